//! The program `tagoio-sim`.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::http::Client;

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tagoio-sim"));
    command
        .kill_on_drop(true)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[tokio::test]
async fn it_prints_its_address_then_a_token_an_account() {
    let mut child = program()
        .args([
            "--listen",
            "127.0.0.1:0",
            "--profiles",
            "12",
            "--seed",
            "4",
            "--accounts",
            "3",
            "--token",
            "my-own-token",
        ])
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut next = async || lines.next_line().await.expect("a line").expect("a line");
    let url = next().await;
    assert!(
        url.starts_with("http://127.0.0.1:") && !url.ends_with(":0"),
        "{url}"
    );
    assert_eq!(next().await, "my-own-token");
    let (second, third) = (next().await, next().await);
    assert!(second != third && second.len() >= 36 && third.len() >= 36);
    child.kill().await.expect("ends");
}

#[tokio::test]
async fn it_refuses_to_listen_to_the_world_and_faults_that_it_does_not_know() {
    for (arguments, says) in [
        (["--listen", "0.0.0.0:0"], "loopback"),
        (["--fault", "flood"], "latency, 5xx, drop"),
        (["--accounts", "0"], "at least one account"),
        (["--rpm-route", "GET /account"], "ROUTE=N"),
        (["--rpm-route", "account=3"], "ROUTE=N"),
        (["--rate-scope", "everybody"], "caller, asked"),
    ] {
        let output = program().args(arguments).output().await.expect("runs");
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(says), "{said}");
        assert!(output.stdout.is_empty());
    }
}

#[tokio::test]
async fn it_limits_requests_by_route_and_by_the_profile_that_is_asked_for() {
    let mut child = program()
        .args([
            "--rpm",
            "1",
            "--rpm-route",
            "GET /profile/{id}/summary=2",
            "--rpm-route",
            "/account=0",
            "--rate-scope",
            "asked",
        ])
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut next = async || lines.next_line().await.expect("a line").expect("a line");
    let (url, token) = (next().await, next().await);
    let address = url.strip_prefix("http://").and_then(|at| at.parse().ok());
    let client = Client {
        address: address.expect("an address"),
        token,
    };
    assert_eq!(client.get("/account").await.status, 429);
    let list = client.get("/profile").await.result();
    for profile in list.as_array().expect("a list").iter().take(2) {
        let summary = format!(
            "/profile/{}/summary",
            profile["id"].as_str().expect("an id")
        );
        let mut statuses = Vec::new();
        for _ in 0..3 {
            statuses.push(client.get(&summary).await.status);
        }
        assert_eq!(statuses, [200, 200, 429]);
    }
    child.kill().await.expect("ends");
}

#[tokio::test]
async fn its_help_tells_of_every_fault() {
    let output = program().arg("--help").output().await.expect("runs");
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    for kind in [
        "latency",
        "5xx",
        "drop",
        "truncated",
        "html",
        "stall",
        "revoked",
        "429",
        "shape",
    ] {
        assert!(
            help.lines()
                .any(|line| line.trim_start().starts_with(&format!("{kind} "))),
            "{kind} is missing"
        );
    }
}
