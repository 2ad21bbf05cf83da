//! What the desk does by itself while the window is open.

use std::collections::BTreeMap;
use std::time::Duration;

use desk::read::{SyncPause, SyncState};
use desk::{Desk, DeskEvent, SyncRequest};
use model::Timestamp;

use crate::Bench;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// Lets so much time pass while the desk keeps its accounts synced.
async fn pass(bench: &Bench, time: Duration) {
    let kept = bench.desk.keep_synced();
    let end = bench.sim.clock().now() + time;
    let ended = bench.sim.run_to(end, std::future::pending::<()>()).await;
    assert!(ended.is_none());
    drop(kept);
}

/// Requests by route; of statistics by periodicity.
fn by_route(bench: &Bench) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for request in bench.sim.requests() {
        let mut route = request.route.clone();
        if route.ends_with("/statistics") {
            let day = request.path.contains("periodicity=day");
            route.push_str(if day { " day" } else { " hour" });
        }
        *counts.entry(route).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn a_day_in_the_background_asks_for_exactly_what_the_ages_say() {
    let bench = Bench::connected(6).await;
    for account in bench.desk.accounts().await.unwrap() {
        let off = bench.desk.choose_archive(account.key, false);
        off.await.unwrap();
    }
    bench.sync().await;
    let profiles = bench.fleet().await.total as usize;
    bench.sim.clear_requests();
    pass(&bench, DAY).await;

    let counts = by_route(&bench);
    let count = |route: &str| counts.get(route).copied().unwrap_or(0);
    // Each account waits for 15 to 16.5 minutes after a sync: 87 to 96 runs a day.
    let lists = count("/profile");
    assert!((2 * 87..=2 * 96).contains(&lists), "{lists}");
    let summaries = count("/profile/{id}/summary");
    assert!(
        (profiles * 87..=profiles * 96).contains(&summaries),
        "{summaries}"
    );
    // From 13:20 to 13:20: the hours 14 to 13, the one midnight, everything else once.
    assert_eq!(count("/profile/{id}/statistics hour"), profiles * 24);
    assert_eq!(count("/profile/{id}/statistics day"), profiles);
    for route in ["/profile/{id}", "/profile/{id}/token", "/profile/{id}/team"] {
        let once = count(route);
        assert!(once <= profiles, "{route}: {once}");
    }
    for route in [
        "/account",
        "/account/payment_method",
        "/account/subscription",
        "/pricing",
    ] {
        assert!(count(route) <= 2, "{route}");
    }
    let known = [
        "/profile",
        "/profile/{id}",
        "/profile/{id}/summary",
        "/profile/{id}/statistics hour",
        "/profile/{id}/statistics day",
        "/profile/{id}/token",
        "/profile/{id}/team",
        "/account",
        "/account/payment_method",
        "/account/subscription",
        "/account/subscription/schedule",
        "/account/subscription/summary",
        "/account/allocation",
        "/pricing",
        // Whether the token is valid, where a team is not this account's to see.
        "/info",
    ];
    for route in counts.keys() {
        assert!(known.contains(&route.as_str()), "{route}");
    }

    // And nothing of it is missing: each hour of the day is stored.
    for row in bench.fleet().await.rows {
        let hours = bench
            .desk
            .usage_table(row.key, desk::read::UsageBy::Hour, None, None, "UTC")
            .await
            .unwrap();
        let complete = hours.rows.iter().rev().skip(1).take(24);
        assert!(complete.clone().count() == 24 && complete.into_iter().all(|hour| hour.complete));
    }
}

#[tokio::test]
async fn the_next_sync_is_told_and_one_that_is_turned_off_says_so() {
    let bench = Bench::connected(4).await;
    bench.sync().await;
    let idle = |state: SyncState| match state {
        SyncState::Idle {
            next_at, paused, ..
        } => (next_at, paused),
        SyncState::Running { .. } => panic!("it runs"),
    };
    pass(&bench, Duration::from_mins(1)).await;
    let (next_at, paused) = idle(bench.desk.sync_state());
    let due: Timestamp = "2026-11-22T13:35:00Z".parse().unwrap();
    assert!(next_at.unwrap() >= due && next_at.unwrap() < due + Duration::from_secs(90));
    assert_eq!(paused, None);

    // Each account is synced in its own time, and both are told of.
    pass(&bench, Duration::from_mins(20)).await;
    let SyncState::Idle { last, .. } = bench.desk.sync_state() else {
        panic!("it runs");
    };
    let told = last.unwrap().accounts;
    let labels: Vec<_> = told.iter().map(|account| account.label.as_str()).collect();
    assert_eq!(labels, ["Acme", "Nordwind"]);
    let profiles: u32 = told.iter().map(|account| account.profiles.ok).sum();
    assert_eq!(profiles, bench.fleet().await.total);

    bench.sim.clear_requests();
    bench
        .desk
        .put_setting("sync.interval", Some("0"))
        .await
        .unwrap();
    pass(&bench, HOUR).await;
    assert_eq!(bench.sim.requests(), []);
    let (next_at, paused) = idle(bench.desk.sync_state());
    assert_eq!((next_at, paused), (None, Some(SyncPause::Off)));

    bench
        .desk
        .put_setting("sync.interval", Some("30"))
        .await
        .unwrap();
    pass(&bench, HOUR).await;
    assert!(!bench.sim.requests().is_empty());
}

#[tokio::test]
async fn a_host_that_is_away_is_tried_again_after_growing_pauses_and_is_found_when_it_is_back() {
    let bench = Bench::connected(4).await;
    bench.sync().await;
    bench.sim.set_fault("drop".parse().unwrap());
    bench.sim.clear_requests();
    pass(&bench, HOUR).await;
    let tries = bench.sim.requests().len();
    // At 30 s, 1, 2, 4, 8 minutes and then each 15, some 16 requests each, for two accounts.
    assert!((60..400).contains(&tries), "{tries}");
    bench.sim.clear_faults();
    pass(&bench, Duration::from_mins(16)).await;
    for account in bench.desk.accounts().await.unwrap() {
        assert_eq!(account.problem, None, "{}", account.label);
    }
}

#[tokio::test]
async fn an_account_that_must_sign_in_again_is_left_alone() {
    let bench = Bench::connected(6).await;
    bench.sync().await;
    assert!(bench.sim.revoke(&bench.sim.tokens()[0].token));
    let acme = bench.sim.tokens()[0].account.clone();
    pass(&bench, HOUR).await;
    assert_eq!(bench.fleet().await.figures.signed_out, 1);
    bench.sim.clear_requests();
    pass(&bench, HOUR * 6).await;
    let requests = bench.sim.requests();
    assert!(!requests.is_empty(), "the other one goes on");
    for request in requests {
        assert_ne!(request.account.as_ref(), Some(&acme), "{request:?}");
        assert!(
            request.account.is_some(),
            "a token that is not valid: {request:?}"
        );
    }
}

#[tokio::test]
async fn an_account_that_is_connected_is_synced_at_once_and_its_log_archived() {
    let bench = Bench::new(4).await;
    let kept = bench.desk.keep_synced();
    bench.connect("Acme", &bench.sim.tokens()[0].token).await;
    let end = bench.sim.clock().now() + Duration::from_mins(14);
    bench.sim.run_to(end, std::future::pending::<()>()).await;
    drop(kept);
    assert!(bench.fleet().await.total > 0);
    let account = &bench.desk.archive_accounts().await.unwrap()[0];
    assert!(
        account.done > 0 && account.done == account.profiles,
        "{account:?}"
    );
}

#[tokio::test]
async fn what_another_process_wrote_is_told_and_what_this_one_wrote_is_told_by_name() {
    let bench = Bench::connected(4).await;
    let kept = bench.desk.keep_synced();
    let mut events = bench.desk.events();
    let other = Desk::open(Bench::options(&bench.sim, &bench.folder, &bench.vault))
        .await
        .unwrap();
    bench
        .sim
        .run_through(other.sync(SyncRequest::default()))
        .await
        .unwrap();
    let mut told = async |within| {
        let told = async {
            loop {
                if let Ok(DeskEvent::StoreChanged(news)) = events.recv().await
                    && news.everything
                {
                    break;
                }
            }
        };
        tokio::time::timeout(within, told)
            .await
            .expect("it was not noticed");
    };
    told(Duration::from_mins(1)).await;
    bench
        .sim
        .run_through(other.sync(SyncRequest::default()))
        .await
        .unwrap();
    // Sooner than it looks by itself.
    bench.desk.look_again();
    told(Duration::from_secs(5)).await;
    drop(kept);

    let mut events = bench.desk.events();
    let row = bench.fleet().await.rows.remove(0);
    bench
        .run(SyncRequest {
            profile: Some(row.key),
            ..SyncRequest::default()
        })
        .await;
    let mut named = 0;
    while let Ok(event) = events.try_recv() {
        if let DeskEvent::StoreChanged(news) = event {
            assert!(!news.everything);
            assert!(news.profiles.iter().all(|profile| *profile == row.key));
            named += news.profiles.len();
        }
    }
    assert!(named > 0);
}
