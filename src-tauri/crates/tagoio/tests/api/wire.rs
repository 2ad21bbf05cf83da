//! What can happen to a connection: refused, silent, broken off, endless, not secure.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::common::{Api, client_of, profile, token};
use serde_json::json;
use tagoio::{ApiError, Client, ClientOptions, NotTheApi, Region, Seen, Session, Unreachable};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn quick() -> ClientOptions {
    ClientOptions {
        connect_timeout: Duration::from_millis(400),
        timeout: Duration::from_millis(800),
        ..ClientOptions::default()
    }
}

fn session(base: &str, options: ClientOptions) -> Session {
    Client::new(Region::parse(base).unwrap(), options)
        .unwrap()
        .session(token())
}

/// Serves each connection with `serve`, after the head of its request was read.
async fn serving<F, S>(serve: S) -> String
where
    F: Future<Output = ()> + Send,
    S: Fn(TcpStream) -> F + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let serve = Arc::new(serve);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let serve = Arc::clone(&serve);
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.windows(4).any(|end| end == b"\r\n\r\n") {
                    let mut bytes = [0; 1024];
                    match stream.read(&mut bytes).await {
                        Ok(0) | Err(_) => return,
                        Ok(count) => head.extend_from_slice(&bytes[..count]),
                    }
                }
                serve(stream).await;
            });
        }
    });
    base
}

/// Sends these bytes and closes.
async fn sending(bytes: &'static [u8]) -> String {
    serving(move |mut stream| async move {
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.ok();
    })
    .await
}

fn why(error: &ApiError) -> Unreachable {
    match error {
        ApiError::Unreachable { why, .. } => *why,
        _ => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_closed_port_is_no_connection() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let error = client_of(&format!("http://127.0.0.1:{port}"))
        .session(token())
        .profiles()
        .await
        .unwrap_err();
    assert_eq!(why(&error), Unreachable::Tcp);
    assert!(error.is_offline() && error.is_retryable());
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn a_port_that_speaks_no_tls_is_no_secure_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut hello = [0; 16];
            stream.read_exact(&mut hello).await.ok();
            stream
                .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                .await
                .ok();
        }
    });
    let error = session(&base, quick()).profiles().await.unwrap_err();
    assert_eq!(why(&error), Unreachable::Tls, "{error:?}");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_server_that_never_finishes_connecting_times_out_early() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let held = tokio::spawn(async move {
        let mut streams = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            streams.push(stream);
        }
    });
    let options = ClientOptions {
        timeout: Duration::from_secs(30),
        ..quick()
    };
    let began = Instant::now();
    let error = session(&base, options).profiles().await.unwrap_err();
    assert_eq!(why(&error), Unreachable::ConnectTimeout, "{error:?}");
    assert!(began.elapsed() < Duration::from_secs(10));
    held.abort();
}

#[tokio::test]
async fn a_reply_that_stalls_times_out_before_and_within_its_body() {
    let silent = serving(|stream| async move {
        tokio::time::sleep(Duration::from_secs(30)).await;
        drop(stream);
    })
    .await;
    let stalled = serving(|mut stream| async move {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"sta")
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_secs(30)).await;
    })
    .await;
    for base in [silent, stalled] {
        let began = Instant::now();
        let error = session(&base, quick()).profiles().await.unwrap_err();
        assert_eq!(why(&error), Unreachable::Timeout, "{error:?}");
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}

#[tokio::test]
async fn a_connection_that_breaks_off_is_told_from_json_that_breaks_off() {
    for broken in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"status\": true, \"res",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"sta\r\n",
    ] {
        let base = sending(broken).await;
        let error = session(&base, quick()).profiles().await.unwrap_err();
        assert_eq!(why(&error), Unreachable::Dropped, "{error:?}");
        assert!(error.is_retryable());
    }
    for cut in [
        &b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{\"status\": true, \"re"[..],
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"status\": true, \"re",
    ] {
        let base = sending(cut).await;
        let error = session(&base, quick()).profiles().await.unwrap_err();
        let truncated = matches!(
            &error,
            ApiError::NotTheApi {
                what: NotTheApi::Truncated,
                ..
            }
        );
        assert!(truncated, "{error:?}");
    }
}

#[tokio::test]
async fn what_is_no_http_is_a_dropped_connection_without_its_bytes() {
    let base = sending(b"SSH-2.0-s3cr3t-w0rd\r\n").await;
    let error = session(&base, quick()).profiles().await.unwrap_err();
    assert!(matches!(error, ApiError::Unreachable { .. }));
    assert!(!format!("{error:?}").contains("s3cr3t"), "{error:?}");
}

#[tokio::test]
async fn a_reply_without_end_is_read_to_32_mib_and_no_further() {
    const MIB: usize = 1024 * 1024;
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let base = serving(move |mut stream| {
        let count = Arc::clone(&count);
        async move {
            let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            stream.write_all(head).await.unwrap();
            let chunk = [b"10000\r\n".to_vec(), vec![b' '; 0x10000], b"\r\n".to_vec()].concat();
            while stream.write_all(&chunk).await.is_ok() {
                count.fetch_add(0x10000, Ordering::SeqCst);
            }
        }
    })
    .await;
    let error = client_of(&base)
        .session(token())
        .profiles()
        .await
        .unwrap_err();
    assert_eq!(
        error,
        ApiError::TooLarge {
            call: "list of profiles",
            limit: 32 * MIB
        }
    );
    let sent = sent.load(Ordering::SeqCst);
    // What the sockets hold on the way comes on top.
    assert!((32 * MIB..48 * MIB).contains(&sent), "{sent}");
}

#[tokio::test]
async fn a_reply_of_just_the_limit_is_read_and_one_byte_more_is_not() {
    let body = br#"{"status":true,"result":[]}"#;
    let base =
        sending(b"HTTP/1.1 200 OK\r\ncontent-length: 27\r\n\r\n{\"status\":true,\"result\":[]}")
            .await;
    for (reply_limit, fits) in [(body.len(), true), (body.len() - 1, false)] {
        let options = ClientOptions {
            reply_limit,
            ..quick()
        };
        let read = session(&base, options).profiles().await;
        assert_eq!(read.is_ok(), fits, "{read:?}");
        assert!(fits || matches!(read, Err(ApiError::TooLarge { .. })));
    }
}

#[tokio::test]
async fn a_compressed_reply_is_not_asked_for() {
    let api = Api::with_result(json!([])).await;
    api.session.profiles().await.unwrap();
    assert!(
        !api.requests().await[0]
            .headers
            .contains_key("accept-encoding")
    );
}

#[tokio::test]
async fn the_observer_sees_each_request_with_its_call_and_status() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&seen);
    let options = ClientOptions {
        observer: Some(Arc::new(move |one: &Seen| {
            list.lock().unwrap().push((one.call, one.status));
        })),
        ..quick()
    };
    let api = Api::answering(429, json!({"status": false})).await;
    session(&api.server.uri(), options.clone())
        .team(&profile())
        .await
        .unwrap_err();
    let dead = sending(b"").await;
    session(&dead, options).profiles().await.unwrap_err();
    let seen = seen.lock().unwrap().clone();
    assert_eq!(
        seen,
        [("team of a profile", Some(429)), ("list of profiles", None)]
    );
}
