//! Requests per minute.

use std::time::Duration;

use sim::{Options, RateScope};

use crate::http::{Client, own, with};

#[tokio::test]
async fn a_window_is_per_route_and_profile_and_opens_on_the_wall_clock_minute() {
    let running = with(Options {
        rpm: Some(3),
        ..Options::default()
    })
    .await;
    let client = Client::of(&running, 0);
    for _ in 0..3 {
        client.get("/profile").await.result();
    }
    assert_eq!(
        client.get("/profile").await.refusal(429),
        "Too many requests (Retry-After: 4)"
    );
    client.get("/account").await.result();
    Client::of(&running, 1).get("/profile").await.result();
    running.clock().advance(Duration::from_secs(3));
    assert_eq!(
        client.get("/profile").await.refusal(429),
        "Too many requests (Retry-After: 1)"
    );
    running.clock().advance(Duration::from_secs(1));
    client.get("/profile").await.result();
    running.set_rpm(None);
    for _ in 0..5 {
        client.get("/profile").await.result();
    }
}

#[tokio::test]
async fn requests_count_for_the_tokens_profile_or_for_the_one_asked_for() {
    let of = async |rate_scope| {
        let running = with(Options {
            rpm: Some(1),
            rate_scope,
            ..Options::default()
        })
        .await;
        let ids = own(&running, 0);
        let client = Client::of(&running, 0);
        client
            .get(&format!("/profile/{}/summary", ids[0]))
            .await
            .result();
        let other = client
            .get(&format!("/profile/{}/summary", ids[1]))
            .await
            .status;
        let current = client.get("/profile/current/summary").await.status;
        (other, current)
    };
    assert_eq!(of(RateScope::Caller).await, (429, 429));
    assert_eq!(of(RateScope::Asked).await, (200, 429));
}

#[tokio::test]
async fn without_a_limit_nothing_is_counted() {
    let running = with(Options::default()).await;
    for _ in 0..100 {
        Client::of(&running, 0).get("/account").await.result();
    }
}
