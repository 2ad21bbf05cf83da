//! A session's pace: each request takes a turn, and is sent again only where the pace says so.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::TryStreamExt;
use futures::future::BoxFuture;
use serde_json::json;
use tagoio::{ApiError, Asked, Before, Next, Pace, ProfileEdit, TokenFilter, Turn};
use wiremock::ResponseTemplate;

use crate::common::{Api, profile};

/// Lets everything through, and has what failed sent again so many times, and then wait for so many
/// turns.
#[derive(Default)]
struct Counting {
    repeats: u32,
    turns: u32,
    closed: bool,
    asked: Mutex<Vec<Asked>>,
    pauses: Mutex<Vec<Duration>>,
    open: Arc<AtomicUsize>,
    failed: Arc<AtomicUsize>,
}

struct OneTurn {
    next: Next,
    answered: bool,
    open: Arc<AtomicUsize>,
    failed: Arc<AtomicUsize>,
}

impl Pace for Counting {
    fn turn<'a>(
        &'a self,
        asked: &'a Asked,
        before: Before,
    ) -> BoxFuture<'a, Option<Box<dyn Turn>>> {
        Box::pin(async move {
            let mut all = self.asked.lock().unwrap();
            all.push(asked.clone());
            self.open.fetch_add(1, Ordering::SeqCst);
            let turn = OneTurn {
                next: if before.repeats < self.repeats {
                    Next::Repeat(Duration::from_secs(7))
                } else if before.refusals < self.turns {
                    Next::AnotherTurn
                } else {
                    Next::End
                },
                answered: false,
                open: Arc::clone(&self.open),
                failed: Arc::clone(&self.failed),
            };
            (!self.closed).then(|| Box::new(turn) as Box<dyn Turn>)
        })
    }

    fn pause(&self, time: Duration) -> BoxFuture<'_, ()> {
        self.pauses.lock().unwrap().push(time);
        Box::pin(async {})
    }
}

impl Turn for OneTurn {
    fn answered(&mut self) {
        self.answered = true;
    }

    fn ended(self: Box<Self>, error: Option<&ApiError>) -> Next {
        assert!(
            self.answered,
            "the place is given back before the answer is read"
        );
        if error.is_none() {
            return Next::End;
        }
        self.failed.fetch_add(1, Ordering::SeqCst);
        self.next
    }
}

impl Drop for OneTurn {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_request_is_sent_again_after_the_pause_that_its_pace_names_and_no_more_often() {
    let api = Api::answering(500, json!({"status": false, "message": "Oops"})).await;
    let pace = Arc::new(Counting {
        repeats: 2,
        turns: 1,
        ..Counting::default()
    });
    let session = api.session.paced(pace.clone());
    let error = session.profiles().await.unwrap_err();
    assert!(matches!(error, ApiError::ServerFailed { .. }), "{error}");
    assert_eq!(api.requests().await.len(), 4);
    assert_eq!(*pace.pauses.lock().unwrap(), [Duration::from_secs(7); 2]);
    assert_eq!(pace.failed.load(Ordering::SeqCst), 4);
    assert_eq!(pace.open.load(Ordering::SeqCst), 0, "each turn was ended");
}

#[tokio::test]
async fn what_is_not_wanted_any_more_is_not_sent() {
    let api = Api::with_result(json!([])).await;
    let pace = Arc::new(Counting {
        closed: true,
        ..Counting::default()
    });
    let error = api.session.paced(pace).profiles().await.unwrap_err();
    assert!(matches!(error, ApiError::Withdrawn { .. }), "{error}");
    assert!(!error.is_retryable() && !error.is_offline());
    assert!(api.requests().await.is_empty());
}

#[tokio::test]
async fn each_page_of_a_list_takes_a_turn_of_its_own() {
    let rows: Vec<_> = (0..40)
        .map(|n| json!({"token": format!("p-{n}"), "name": "x", "created_at": "2026-01-01T00:00:00.000Z"}))
        .collect();
    let api = Api::with_result(json!(rows)).await;
    let pace = Arc::new(Counting::default());
    let tokens = api
        .session
        .paced(pace.clone())
        .tokens(&profile(), TokenFilter::default());
    assert_eq!(tokens.try_collect::<Vec<_>>().await.unwrap().len(), 40);
    let asked = pace.asked.lock().unwrap();
    assert_eq!(
        asked.len(),
        2,
        "the second page repeats the first, and ends it"
    );
    assert!(asked.iter().all(|asked| asked.repeatable
        && asked.route == "GET /profile/{id}/token"
        && asked.profile == Some(profile())));
}

#[tokio::test]
async fn a_change_is_told_apart_from_what_may_be_repeated() {
    let api = Api::answering(200, json!({"status": true, "result": "Done"})).await;
    let pace = Arc::new(Counting::default());
    let edit = ProfileEdit {
        name: Some("New".to_owned()),
        ..ProfileEdit::default()
    };
    let session = api.session.paced(pace.clone());
    session.edit_profile(&profile(), &edit).await.unwrap();
    assert!(!pace.asked.lock().unwrap()[0].repeatable);
}

#[tokio::test]
async fn a_request_that_is_given_up_on_gives_its_turn_back() {
    let answer = ResponseTemplate::new(200).set_delay(Duration::from_secs(20));
    let api = Api::with(answer).await;
    let pace = Arc::new(Counting::default());
    let session = api.session.paced(pace.clone());
    let waiting = tokio::time::timeout(Duration::from_millis(200), session.profiles());
    assert!(waiting.await.is_err());
    assert_eq!(pace.asked.lock().unwrap().len(), 1);
    assert_eq!(pace.open.load(Ordering::SeqCst), 0);
}
