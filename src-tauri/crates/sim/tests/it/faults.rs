//! Each fault is on the wire what its name says.

use std::time::{Duration, Instant};

use sim::{Fault, FaultKind, Options, Running, SimError};

use crate::http::{Answer, Client, start, with};

async fn struck(kind: FaultKind) -> (Running, Answer) {
    let running = start(20, 2).await;
    running.set_fault(Fault::new(kind));
    let answer = Client::of(&running, 0).get("/profile").await;
    (running, answer)
}

#[tokio::test]
async fn a_dropped_connection_ends_before_a_byte() {
    let (running, answer) = struck(FaultKind::Drop).await;
    assert_eq!((answer.status, answer.headers.as_str()), (0, ""));
    running.clear_faults();
    Client::of(&running, 0).get("/profile").await.result();
}

#[tokio::test]
async fn a_truncated_body_ends_halfway() {
    let (_running, answer) = struck(FaultKind::Truncated).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.promised.map(|length| length / 2),
        Some(answer.body.len())
    );
    assert!(!answer.stalled);
}

#[tokio::test]
async fn a_stalled_body_stays_open() {
    let (running, answer) = struck(FaultKind::Stall).await;
    assert!(answer.stalled && !answer.body.is_empty());
    assert!(answer.promised > Some(answer.body.len()));
    // It must not keep the simulator from ending.
    tokio::time::timeout(Duration::from_secs(2), running.stop())
        .await
        .expect("stops");
}

#[tokio::test]
async fn html_is_a_success_without_json() {
    let (_running, answer) = struck(FaultKind::Html).await;
    assert_eq!(answer.status, 200);
    assert!(answer.headers.contains("text/html") && answer.body.starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn server_errors_are_of_every_kind() {
    let (running, first) = struck(FaultKind::ServerError).await;
    let mut statuses = vec![first.status];
    for _ in 0..2 {
        statuses.push(Client::of(&running, 0).get("/profile").await.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [500, 502, 503]);
}

#[tokio::test]
async fn a_revoked_token_is_refused_and_a_login_is_not() {
    let (running, answer) = struck(FaultKind::Revoked).await;
    assert_eq!(answer.refusal(401), "Invalid token");
    let account = running.world().accounts[0].clone();
    let body = serde_json::json!({"email": account.email, "password": account.password});
    Client::new(&running, "")
        .send("POST", "/account/login", body)
        .await
        .result();
}

#[tokio::test]
async fn too_many_requests_can_be_had_at_once() {
    let (_running, answer) = struck(FaultKind::RateLimited).await;
    assert_eq!(answer.refusal(429), "Too many requests (Retry-After: 4)");
}

#[tokio::test]
async fn an_unexpected_shape_is_json_of_another_kind() {
    let (running, answer) = struck(FaultKind::UnexpectedShape).await;
    assert!(answer.result().is_object(), "a list became an object");
    assert!(
        Client::of(&running, 0)
            .get("/account")
            .await
            .result()
            .is_array(),
        "an object became a list"
    );
}

#[tokio::test]
async fn latency_comes_from_the_options_and_from_a_fault() {
    let running = with(Options {
        profiles: 4,
        latency: Duration::from_millis(60),
        jitter: Duration::from_millis(20),
        ..Options::default()
    })
    .await;
    let timed = async || {
        let begun = Instant::now();
        Client::of(&running, 0).get("/profile").await.result();
        begun.elapsed()
    };
    assert!(timed().await >= Duration::from_millis(60));
    running.set_fault(Fault::new(FaultKind::Latency(Duration::from_millis(200))));
    assert!(timed().await >= Duration::from_millis(160));
}

#[tokio::test]
async fn a_share_of_the_requests_and_a_route_alone_are_struck() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    running.set_fault("5xx@/profile/{id}/summary".parse().expect("a fault"));
    client.get("/profile").await.result();
    assert!(client.get("/profile/current/summary").await.status >= 500);
    running.clear_faults();
    running.set_fault("html@PUT /profile/{id}".parse().expect("a fault"));
    client.get("/profile/current").await.result();
    running.clear_faults();
    running.set_fault(Fault::new(FaultKind::Html).share(0.3));
    let mut struck = 0;
    for _ in 0..200 {
        struck += usize::from(client.get("/account").await.headers.contains("text/html"));
    }
    assert!(
        (35..=85).contains(&struck),
        "{struck} of 200 with a share of 0.3"
    );
}

#[test]
fn every_kind_is_read_by_its_name_and_nonsense_is_refused() {
    for name in [
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
        let fault: Fault = name.parse().expect(name);
        assert_eq!(fault.kind().to_string(), name);
        assert!(format!("{name}:0.25@/profile").parse::<Fault>().is_ok());
    }
    for text in ["", "flood", "drop:", "drop:2", "drop:x", "drop@"] {
        assert!(
            matches!(text.parse::<Fault>(), Err(SimError::BadFault { .. })),
            "{text}"
        );
    }
}
