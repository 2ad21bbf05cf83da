//! The environment's proxy: used for other hosts, never for this machine.
//!
//! The environment belongs to the whole process, so each test starts itself again as a child.

use std::process::{Command, Output};

use crate::common::{Api, client_of, token};
use serde_json::json;
use tagoio::{ApiError, NotTheApi, Unreachable};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

const TARGET: &str = "TAGOIO_TEST_TARGET";

/// Runs one of the ignored tests below with these proxy settings and none of this environment's.
async fn child(test: &'static str, target: &str, settings: Vec<(&'static str, String)>) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let test = format!("{}::{test}", module_path!().split_once("::").unwrap().1);
    command.args(["--exact", &test, "--ignored", "--nocapture"]);
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    command.env(TARGET, target).envs(settings);
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

fn assert_passed(output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(text.contains("1 passed"), "{text}");
}

/// A proxy that gives this answer to everything, and the first lines that it was sent.
async fn proxy(answer: &'static str) -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let mut head = String::new();
            while stream
                .read_line(&mut head)
                .await
                .is_ok_and(|count| count > 2)
            {}
            sender.send(head).unwrap();
            stream.get_mut().write_all(answer.as_bytes()).await.ok();
        }
    });
    (address, receiver)
}

#[tokio::test]
async fn this_machine_is_never_reached_through_a_proxy() {
    let api = Api::with_result(json!([])).await;
    let (address, mut seen) = proxy("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n").await;
    let settings = [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
    ];
    let settings = settings.map(|name| (name, address.clone())).to_vec();
    let output = child("reaches_the_target", &api.server.uri(), settings).await;
    assert_passed(&output);
    assert_eq!(api.requests().await.len(), 1);
    assert!(seen.try_recv().is_err(), "the proxy was asked");
}

#[tokio::test]
async fn another_host_is_reached_through_the_proxy_of_the_environment_without_showing_it_the_token()
{
    let (address, mut seen) =
        proxy("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n").await;
    let settings = vec![("https_proxy", address)];
    let output = child(
        "meets_a_proxy_that_wants_a_login",
        "https://api.desk.invalid",
        settings,
    )
    .await;
    assert_passed(&output);
    let head = seen.try_recv().unwrap();
    assert!(head.starts_with("CONNECT api.desk.invalid:443 "), "{head}");
    assert!(
        !head.contains(crate::common::TOKEN) && !head.to_lowercase().contains("\ntoken"),
        "{head}"
    );
}

#[tokio::test]
async fn a_proxy_that_refuses_is_told_from_a_host_that_is_away() {
    let (address, _seen) = proxy("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await;
    let settings = vec![("HTTPS_PROXY", address)];
    let output = child(
        "meets_a_proxy_that_refuses",
        "https://api.desk.invalid",
        settings,
    )
    .await;
    assert_passed(&output);
}

async fn profiles_of_the_target() -> Result<usize, ApiError> {
    let session = client_of(&std::env::var(TARGET).unwrap()).session(token());
    session.profiles().await.map(|profiles| profiles.len())
}

#[tokio::test]
#[ignore = "a child of the tests above"]
async fn reaches_the_target() {
    assert_eq!(profiles_of_the_target().await, Ok(0));
}

#[tokio::test]
#[ignore = "a child of the tests above"]
async fn meets_a_proxy_that_wants_a_login() {
    let error = profiles_of_the_target().await.unwrap_err();
    let login = matches!(
        &error,
        ApiError::NotTheApi {
            what: NotTheApi::ProxyLogin,
            ..
        }
    );
    assert!(login, "{error:?}");
}

#[tokio::test]
#[ignore = "a child of the tests above"]
async fn meets_a_proxy_that_refuses() {
    let error = profiles_of_the_target().await.unwrap_err();
    let refused = matches!(
        &error,
        ApiError::Unreachable {
            why: Unreachable::Proxy,
            ..
        }
    );
    assert!(refused, "{error:?}");
}
