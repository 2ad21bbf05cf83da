//! Requests per minute.

use std::time::Duration;

use sim::{Fault, FaultKind, Options, RateScope};

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
async fn a_route_can_have_a_limit_of_its_own_by_its_method_or_by_any() {
    let of = |route: &str, rpm| (route.to_owned(), rpm);
    let running = with(Options {
        rpm: Some(2),
        rpm_by_route: vec![
            of("GET /profile/{id}/summary", 4),
            of("/account", 1),
            of("PUT /profile/{id}", 0),
        ],
        ..Options::default()
    })
    .await;
    let client = Client::of(&running, 0);
    let allowed = async |path: &str| {
        let mut allowed = 0;
        while client.get(path).await.status == 200 {
            allowed += 1;
        }
        allowed
    };
    assert_eq!(allowed("/profile/current/summary").await, 4);
    assert_eq!(allowed("/account").await, 1);
    assert_eq!(allowed("/profile/current").await, 2);
    let named = serde_json::json!({"name": "Another"});
    client
        .send("PUT", "/profile/current", named)
        .await
        .refusal(429);
    running.set_rpm(None);
    client.get("/profile/current").await.result();
    client.get("/account").await.refusal(429);
}

#[tokio::test]
async fn what_is_refused_does_not_count() {
    let running = with(Options {
        rpm: Some(1),
        ..Options::default()
    })
    .await;
    let client = Client::of(&running, 0);
    client.get("/account").await.result();
    for _ in 0..5 {
        client.get("/account").await.refusal(429);
    }
    running.set_rpm(Some(2));
    client.get("/account").await.result();
    client.get("/account").await.refusal(429);
}

#[tokio::test]
async fn the_record_tells_how_each_request_was_answered() {
    let running = with(Options {
        rpm: Some(1),
        ..Options::default()
    })
    .await;
    let client = Client::of(&running, 0);
    client.get("/account").await.result();
    client.get("/account").await.refusal(429);
    client.get("/nowhere").await;
    Client::new(&running, "nonsense").get("/account").await;
    let statuses = |running: &sim::Running| -> Vec<Option<u16>> {
        running.requests().iter().map(|one| one.status).collect()
    };
    assert_eq!(
        statuses(&running),
        [Some(200), Some(429), Some(404), Some(401)]
    );
    running.clear_requests();
    running.set_fault(Fault::new(FaultKind::Drop));
    client.get("/account").await;
    running.clear_faults();
    client.get("/pricing").await.result();
    assert_eq!(statuses(&running), [None, Some(200)]);
}

#[tokio::test]
async fn without_a_limit_nothing_is_counted() {
    let running = with(Options::default()).await;
    for _ in 0..100 {
        Client::of(&running, 0).get("/account").await.result();
    }
}
