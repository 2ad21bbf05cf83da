//! The smallest HTTP client that shows what is really on the wire.

use std::time::Duration;

use serde_json::Value;
use sim::{Clock, Options, Running, Simulator};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    /// 0: the connection ended before a status.
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: String,
    /// The body's length as promised by the headers.
    pub(crate) promised: Option<usize>,
    /// Whether the answer was still open when patience ended.
    pub(crate) stalled: bool,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The result of a success.
    pub(crate) fn result(&self) -> Value {
        let mut json = self.json();
        assert_eq!(self.status, 200, "{json}");
        assert_eq!(json["status"], true, "{json}");
        json["result"].take()
    }

    /// The message of a refusal with this status.
    pub(crate) fn refusal(&self, status: u16) -> String {
        let json = self.json();
        assert_eq!(self.status, status, "{json}");
        assert_eq!(json["status"], false, "{json}");
        json["message"].as_str().expect("a message").to_owned()
    }
}

/// Somebody who asks with a token.
pub(crate) struct Client {
    pub(crate) address: std::net::SocketAddr,
    pub(crate) token: String,
}

impl Client {
    pub(crate) fn new(running: &Running, token: &str) -> Self {
        Self {
            address: running.address(),
            token: token.to_owned(),
        }
    }

    /// The desk's account with this number.
    pub(crate) fn of(running: &Running, number: usize) -> Self {
        Self::new(running, &running.tokens()[number].token)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Value) -> Answer {
        self.ask(method, path, Some(body)).await
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let token = if self.token.is_empty() {
            String::new()
        } else {
            format!("token: {}\r\n", self.token)
        };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: sim\r\nconnection: close\r\n{token}content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).await.expect("connects");
        stream.write_all(head.as_bytes()).await.expect("sends");
        let mut bytes = Vec::new();
        let mut stalled = false;
        loop {
            match tokio::time::timeout(Duration::from_secs(2), stream.read_buf(&mut bytes)).await {
                Ok(Ok(0) | Err(_)) => break,
                Ok(Ok(_)) => {}
                Err(_) => {
                    stalled = true;
                    break;
                }
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (headers, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = headers
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap_or(0);
        let promised = headers
            .lines()
            .find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length: ")
                    .map(str::to_owned)
            })
            .and_then(|length| length.parse().ok());
        Answer {
            status,
            headers: headers.to_lowercase(),
            body: body.to_owned(),
            promised,
            stalled,
        }
    }
}

/// 2026-05-20, in the middle of an hour.
pub(crate) fn may() -> Clock {
    Clock::at("2026-05-20T12:34:56Z".parse().expect("a time"))
}

/// A world of this size at a fixed time.
pub(crate) async fn start(profiles: usize, accounts: usize) -> Running {
    with(Options {
        profiles,
        accounts,
        ..Options::default()
    })
    .await
}

/// A world at a fixed time.
pub(crate) async fn with(options: Options) -> Running {
    Simulator::start(Options {
        clock: may(),
        ..options
    })
    .await
    .expect("starts")
}

/// The ids of the profiles that an account owns, the one that holds its token first.
pub(crate) fn own(running: &Running, number: usize) -> Vec<String> {
    let world = running.world();
    let token = &running.tokens()[number];
    let holder = world.token(&token.token).expect("the token").0.id.clone();
    let mut ids: Vec<String> = world
        .owned_by(&token.account)
        .map(|profile| profile.id.clone())
        .collect();
    ids.sort_by_key(|id| *id != holder);
    ids
}
