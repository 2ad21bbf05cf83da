use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tagoio::{ApiError, Asked, Before, Next, Pace as _, Unreachable};
use tokio_util::sync::CancellationToken;

use super::*;

fn pace() -> Pace {
    Pace::new(Clock::default(), Arc::default()).0
}

fn way(pace: &Pace, host: &str, priority: Priority) -> Way {
    Way {
        pace: pace.clone(),
        host: host.into(),
        account: 1,
        priority,
        stop: CancellationToken::new(),
    }
}

fn asked(route: &str) -> Asked {
    Asked {
        call: "a call",
        route: route.to_owned(),
        profile: None,
        repeatable: route.starts_with("GET"),
    }
}

fn dropped() -> ApiError {
    ApiError::Unreachable {
        call: "a call",
        why: Unreachable::Dropped,
        detail: None,
    }
}

fn server_failed() -> ApiError {
    ApiError::ServerFailed {
        call: "a call",
        status: 500,
        message: None,
    }
}

#[tokio::test]
async fn no_host_has_more_than_sixteen_in_flight_and_all_no_more_than_thirty_two() {
    let pace = pace();
    let counts: Vec<_> = (0..4)
        .map(|_| (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0))))
        .collect();
    let mut requests = tokio::task::JoinSet::new();
    for number in 0..300 {
        let host = number % 3;
        let way = way(&pace, &format!("host-{host}"), Priority::Rest);
        let ours = [counts[host].clone(), counts[3].clone()];
        requests.spawn(async move {
            let asked = asked(&format!("GET /{}", number % 7));
            let mut turn = way.turn(&asked, Before::default()).await.unwrap();
            for (now, peak) in &ours {
                peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
            for (now, _) in &ours {
                now.fetch_sub(1, Ordering::SeqCst);
            }
            turn.answered();
            assert_eq!(turn.ended(None), Next::End);
        });
    }
    requests.join_all().await;
    for (_, peak) in &counts[..3] {
        assert!(peak.load(Ordering::SeqCst) <= PER_HOST);
    }
    assert_eq!(counts[3].1.load(Ordering::SeqCst), IN_ALL);
    assert_eq!(pace.state().in_flight, 0);
}

#[tokio::test]
async fn the_most_urgent_goes_first_and_then_the_one_that_waited_longest() {
    let pace = pace();
    let mut held = Vec::new();
    for _ in 0..PER_HOST {
        let way = way(&pace, "host", Priority::Rest);
        held.push(way.turn(&asked("GET /a"), Before::default()).await.unwrap());
    }
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut waiting = tokio::task::JoinSet::new();
    for (name, priority) in [
        ("archive", Priority::Archive),
        ("first", Priority::Rest),
        ("second", Priority::Rest),
        ("click", Priority::Click),
    ] {
        let (way, order) = (way(&pace, "host", priority), Arc::clone(&order));
        waiting.spawn(async move {
            let asked = asked(&format!("GET /{name}"));
            let turn = way.turn(&asked, Before::default()).await.unwrap();
            order.lock().unwrap().push(name);
            turn.ended(None);
        });
        tokio::task::yield_now().await;
    }
    // One place, so that one goes after the other.
    held.pop();
    waiting.join_all().await;
    assert_eq!(
        *order.lock().unwrap(),
        ["click", "first", "second", "archive"]
    );
}

#[tokio::test]
async fn a_get_is_repeated_four_times_with_a_growing_chance_of_a_pause_and_nothing_else_is() {
    let pace = pace();
    let way = way(&pace, "host", Priority::Rest);
    let end = async |route: &str, repeats: u32, error: &ApiError| {
        let asked = asked(route);
        let before = Before {
            repeats,
            refusals: 0,
        };
        way.turn(&asked, before).await.unwrap().ended(Some(error))
    };
    for repeats in 0..4 {
        for error in [dropped(), server_failed()] {
            let Next::Repeat(pause) = end("GET /a", repeats, &error).await else {
                panic!("{repeats}");
            };
            assert!(pause <= Duration::from_millis(500 << repeats), "{pause:?}");
        }
    }
    assert_eq!(end("GET /a", 4, &server_failed()).await, Next::End);
    assert_eq!(end("PUT /a", 0, &server_failed()).await, Next::End);
    assert_eq!(end("PUT /a", 0, &dropped()).await, Next::End);
    let rejected = ApiError::Rejected {
        call: "a call",
        status: 400,
        message: None,
    };
    assert_eq!(end("GET /a", 0, &rejected).await, Next::End);
}

#[tokio::test]
async fn a_host_that_is_away_ends_the_wait_of_everybody_until_the_next_run() {
    let pace = pace();
    let way_there = way(&pace, "away", Priority::Rest);
    let mut held = Vec::new();
    for _ in 0..PER_HOST {
        let turn = way_there.turn(&asked("GET /a"), Before::default()).await;
        held.push(turn.unwrap());
    }
    let mut late = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let way = way_there.clone();
        late.spawn(async move { way.turn(&asked("GET /b"), Before::default()).await });
    }
    tokio::task::yield_now().await;
    for turn in held {
        turn.ended(Some(&dropped()));
    }
    assert!(pace.is_away("away"));
    let turns = late.join_all().await;
    let let_through = turns.iter().flatten().count();
    assert!(let_through <= PER_HOST, "whoever still waits is sent home");
    drop(turns);
    assert!(
        way_there
            .turn(&asked("GET /a"), Before::default())
            .await
            .is_none()
    );
    let elsewhere = way(&pace, "here", Priority::Rest);
    assert!(
        elsewhere
            .turn(&asked("GET /a"), Before::default())
            .await
            .is_some()
    );
    let click = way(&pace, "away", Priority::Click);
    let turn = click.turn(&asked("GET /a"), Before::default()).await;
    assert!(turn.is_some(), "a person may try it all the same");

    pace.try_again();
    assert!(
        way_there
            .turn(&asked("GET /a"), Before::default())
            .await
            .is_some()
    );
}

#[tokio::test]
async fn a_route_that_always_fails_is_left_alone_and_no_other_is() {
    let pace = pace();
    let way = way(&pace, "host", Priority::Rest);
    for _ in 0..FAILED_IN_A_ROW {
        let turn = way.turn(&asked("GET /a"), Before::default()).await.unwrap();
        turn.ended(Some(&server_failed()));
    }
    assert!(
        way.turn(&asked("GET /a"), Before::default())
            .await
            .is_none()
    );
    assert!(
        way.turn(&asked("GET /b"), Before::default())
            .await
            .is_some()
    );
    assert!(!pace.is_away("host"));
    pace.try_again();
    assert!(
        way.turn(&asked("GET /a"), Before::default())
            .await
            .is_some()
    );
}

#[tokio::test]
async fn an_answer_in_between_shows_that_the_host_is_there() {
    let pace = pace();
    let way = way(&pace, "host", Priority::Rest);
    for number in 0..3 * UNREACHED_IN_A_ROW {
        let turn = way.turn(&asked("GET /a"), Before::default()).await.unwrap();
        let answered = number % (UNREACHED_IN_A_ROW - 1) == 0;
        turn.ended(Some(&if answered { server_failed() } else { dropped() }));
    }
    assert!(!pace.is_away("host"));
}

#[tokio::test]
async fn a_request_that_is_not_wanted_any_more_leaves_the_line_and_a_dropped_one_its_place() {
    let pace = pace();
    let there = way(&pace, "host", Priority::Rest);
    let mut held = Vec::new();
    for _ in 0..PER_HOST {
        held.push(
            there
                .turn(&asked("GET /a"), Before::default())
                .await
                .unwrap(),
        );
    }
    let stopped = way(&pace, "host", Priority::Rest);
    stopped.stop.cancel();
    assert!(
        stopped
            .turn(&asked("GET /a"), Before::default())
            .await
            .is_none()
    );
    drop(held);
    assert_eq!(pace.state().in_flight, 0);
}

#[tokio::test]
async fn what_waits_for_a_limit_wakes_with_the_minute_although_it_waited_for_a_place_at_first() {
    let now = Arc::new(Mutex::new(
        "2026-11-24T12:00:10Z".parse::<Timestamp>().unwrap(),
    ));
    let clock = {
        let (read, moved) = (Arc::clone(&now), Arc::clone(&now));
        Clock::given(
            move || *read.lock().unwrap(),
            move |at| {
                let moved = Arc::clone(&moved);
                Box::pin(async move {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    let mut now = moved.lock().unwrap();
                    *now = (*now).max(at);
                })
            },
        )
    };
    let (pace, mut learned) = Pace::new(clock, Arc::default());
    let way = way(&pace, "host", Priority::Rest);
    let mut held = Vec::new();
    for _ in 0..PER_HOST {
        held.push(way.turn(&asked("GET /a"), Before::default()).await.unwrap());
    }
    let late = tokio::spawn({
        let way = way.clone();
        async move {
            way.turn(&asked("GET /a"), Before::default())
                .await
                .is_some()
        }
    });
    tokio::task::yield_now().await;
    let refusal = ApiError::RateLimited {
        call: "a call",
        wait: Duration::from_secs(50),
    };
    for (number, turn) in held.into_iter().enumerate() {
        let end = turn.ended((number < 6).then_some(&refusal));
        assert_eq!(end == Next::AnotherTurn, number < 6);
    }
    assert!(late.await.unwrap());
    assert!(*now.lock().unwrap() >= "2026-11-24T12:01:00Z".parse().unwrap());
    assert_eq!(pace.limit("host", 1, "GET /a").unwrap().0, 10);
    assert!(matches!(
        learned.recv().await,
        Some(Learned::Limit { account: 1, .. })
    ));
}
