//! The audit log: started, polled with a growing pause, and ended in each possible way.

use std::time::{Duration, Instant};

use crate::common::{Api, call, profile, sent};
use serde_json::{Value, json};
use tagoio::{ApiError, AuditError, AuditPace, AuditQuery, AuditResource};
use tokio_util::sync::CancellationToken;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

const PATH: &str = "/profile/5bb0a0c9f1d2e3a4b5c6d7e8/auditlog";

fn query() -> AuditQuery {
    AuditQuery {
        start: "2026-11-01T00:00:00Z".parse().unwrap(),
        end: "2026-11-07T00:00:00Z".parse().unwrap(),
        resource: None,
        resource_id: None,
        find: None,
        limit: None,
    }
}

fn pace() -> AuditPace {
    AuditPace {
        first: Duration::from_millis(20),
        longest: Duration::from_millis(60),
        total: Duration::from_secs(5),
    }
}

/// A server that gives these answers one after the other, and the last one from then on.
async fn answering(answers: Vec<(u16, Value)>) -> Api {
    let server = MockServer::start().await;
    let last = answers.len() - 1;
    for (place, (status, body)) in answers.into_iter().enumerate() {
        let mock =
            Mock::given(any()).respond_with(ResponseTemplate::new(status).set_body_json(body));
        if place == last {
            mock.mount(&server).await;
        } else {
            mock.up_to_n_times(1).mount(&server).await;
        }
    }
    Api::of(server)
}

#[allow(clippy::needless_pass_by_value)] // reads better where it is called
fn ok(result: Value) -> (u16, Value) {
    (200, json!({"status": true, "result": result}))
}

#[tokio::test]
async fn a_query_is_polled_until_it_is_complete() {
    let api = answering(vec![
        ok(json!({"queryId": "q/1", "status": "Running"})),
        ok(json!({"queryId": "q/1", "status": "Unknown", "events": []})),
        ok(json!({"queryId": "q/1"})),
        ok(json!({"queryId": "q/1", "status": "Complete", "events": [
            {"resourceName": "device", "message": "removed", "resourceID": "d1",
             "who": "6ad1b0c9f1d2e3a4b5c6d7ff", "date": "2026-11-02T03:04:05.678Z"},
            {"resourceName": "hologram", "message": null, "date": "2026-11-02T03:04:05Z"}],
            "statistics": {"recordsMatched": 2, "recordsScanned": 9.0, "bytesScanned": "12"}})),
    ])
    .await;
    let events = api
        .session
        .audit(&profile(), &query(), pace(), &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(events.matched, Some(2.0));
    let events = events.events;
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].resource, Some(AuditResource::Device));
    assert_eq!(events[0].who.as_deref(), Some("6ad1b0c9f1d2e3a4b5c6d7ff"));
    assert_eq!(
        events[1].resource,
        Some(AuditResource::Other("hologram".to_owned()))
    );
    assert_eq!((&events[1].message, &events[1].who), (&None, &None));
    let requests = api.requests().await;
    let start = "?start_date=2026-11-01T00%3A00%3A00.000Z&end_date=2026-11-07T00%3A00%3A00.000Z";
    assert_eq!(
        sent(&requests[0]),
        call("GET", &format!("{PATH}{start}"), Value::Null)
    );
    assert_eq!(requests.len(), 4);
    for poll in &requests[1..] {
        assert_eq!(
            sent(poll),
            call("GET", &format!("{PATH}/q%2F1"), Value::Null)
        );
    }
}

#[tokio::test]
async fn every_filter_is_sent() {
    let api = Api::with_result(json!({"queryId": "q"})).await;
    let query = AuditQuery {
        resource: Some(AuditResource::AccessManagement),
        resource_id: Some("5bb0".to_owned()),
        find: Some("*".to_owned()),
        limit: Some(50),
        ..query()
    };
    let page = api.session.start_audit(&profile(), &query).await.unwrap();
    assert_eq!(page.query.as_str(), "q");
    let (_, target, _) = api.request().await;
    assert!(
        target.ends_with("&resourceName=am&resourceID=5bb0&find=%2A&limit=50"),
        "{target}"
    );
}

#[tokio::test]
async fn a_first_answer_that_is_complete_needs_no_poll_unless_its_events_are_missing() {
    let api = answering(vec![ok(
        json!({"queryId": "q", "status": "Complete", "events": []}),
    )])
    .await;
    let cancel = CancellationToken::new();
    assert_eq!(
        api.session
            .audit(&profile(), &query(), pace(), &cancel)
            .await
            .unwrap()
            .events,
        []
    );
    assert_eq!(api.requests().await.len(), 1);

    let api = answering(vec![ok(json!({"queryId": "q", "status": "Complete"}))]).await;
    assert_eq!(
        api.session
            .audit(&profile(), &query(), pace(), &cancel)
            .await
            .unwrap()
            .events,
        []
    );
    assert_eq!(api.requests().await.len(), 2);

    let counted =
        json!({"queryId": "q", "status": "Complete", "statistics": {"recordsMatched": 3}});
    let api = answering(vec![ok(counted)]).await;
    let error = api
        .session
        .audit(&profile(), &query(), pace(), &cancel)
        .await
        .unwrap_err();
    assert!(
        matches!(error, AuditError::Api(ApiError::UnexpectedShape { .. })),
        "{error}"
    );
}

#[tokio::test]
async fn failure_timeout_and_a_lost_token_end_it() {
    let running = ok(json!({"queryId": "q", "status": "Running"}));
    let cancel = CancellationToken::new();
    for (status, expected) in [
        ("Failed", AuditError::Failed),
        ("Timeout", AuditError::TimedOut),
    ] {
        let api = answering(vec![
            running.clone(),
            ok(json!({"queryId": "q", "status": status})),
        ])
        .await;
        let error = api
            .session
            .audit(&profile(), &query(), pace(), &cancel)
            .await
            .unwrap_err();
        assert_eq!(error, expected);
    }
    let api = answering(vec![
        running,
        (401, json!({"status": false, "message": "Invalid token"})),
    ])
    .await;
    let error = api
        .session
        .audit(&profile(), &query(), pace(), &cancel)
        .await
        .unwrap_err();
    assert!(
        matches!(error, AuditError::Api(ApiError::SignedOut { .. })),
        "{error}"
    );
}

#[tokio::test]
async fn a_query_that_never_ends_is_given_up_with_fewer_and_fewer_polls() {
    let api = answering(vec![ok(json!({"queryId": "q", "status": "Running"}))]).await;
    let pace = AuditPace {
        first: Duration::from_millis(20),
        longest: Duration::from_millis(200),
        total: Duration::from_millis(600),
    };
    let began = Instant::now();
    let error = api
        .session
        .audit(&profile(), &query(), pace, &CancellationToken::new())
        .await
        .unwrap_err();
    assert_eq!(error, AuditError::TimedOut);
    assert!(began.elapsed() < Duration::from_secs(3));
    // 20, 30, 45, 67, 101, 151, 200 …: at most six fit, where an even pace would make thirty.
    let polls = api.requests().await.len() - 1;
    assert!((1..=6).contains(&polls), "{polls}");
}

#[tokio::test]
async fn cancelling_ends_it_at_once() {
    let api = answering(vec![ok(json!({"queryId": "q", "status": "Running"}))]).await;
    let cancel = CancellationToken::new();
    let slow = AuditPace {
        first: Duration::from_mins(1),
        longest: Duration::from_mins(1),
        total: Duration::from_mins(10),
    };
    let later = cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        later.cancel();
    });
    let began = Instant::now();
    let error = api
        .session
        .audit(&profile(), &query(), slow, &cancel)
        .await
        .unwrap_err();
    assert_eq!(error, AuditError::Cancelled);
    assert!(began.elapsed() < Duration::from_secs(10));

    let sent = api.requests().await.len();
    let error = api
        .session
        .audit(&profile(), &query(), slow, &cancel)
        .await
        .unwrap_err();
    assert_eq!(error, AuditError::Cancelled);
    assert_eq!(
        api.requests().await.len(),
        sent,
        "nothing is sent once it is cancelled"
    );
}

#[tokio::test]
async fn a_rate_limit_on_the_way_is_waited_out_while_there_is_time() {
    let limited = (
        429,
        json!({"status": false, "message": "Too many requests (Retry-After: 1)"}),
    );
    let answers = vec![
        ok(json!({"queryId": "q", "status": "Running"})),
        limited,
        ok(json!({"queryId": "q", "status": "Complete", "events": []})),
    ];
    let cancel = CancellationToken::new();
    let api = answering(answers.clone()).await;
    let began = Instant::now();
    api.session
        .audit(&profile(), &query(), pace(), &cancel)
        .await
        .unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));

    let api = answering(answers).await;
    let hurried = AuditPace {
        total: Duration::from_millis(500),
        ..pace()
    };
    let error = api
        .session
        .audit(&profile(), &query(), hurried, &cancel)
        .await
        .unwrap_err();
    assert!(
        matches!(error, AuditError::Api(ApiError::RateLimited { .. })),
        "{error}"
    );
}
