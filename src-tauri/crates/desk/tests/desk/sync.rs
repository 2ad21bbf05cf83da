//! What a sync stores, what it asks for, and what it does not ask for again.

use std::time::Duration;

use desk::read::{SyncState, SyncStatus};
use desk::{DeskEvent, ProblemCode, SyncRequest};
use model::{Dataset, Freshness, Service};

use crate::Bench;

#[tokio::test]
async fn every_dataset_of_every_profile_arrives() {
    let bench = Bench::connected(40).await;
    let report = bench.sync().await;
    for account in &report.accounts {
        assert_eq!(account.status, SyncStatus::Ok, "{:?}", account.errors);
        assert_eq!(account.profiles.failed + account.profiles.skipped, 0);
    }
    let page = bench.fleet().await;
    let synced: u32 = report
        .accounts
        .iter()
        .map(|account| account.profiles.ok)
        .sum();
    assert_eq!(page.total, synced);
    for row in &page.rows {
        for dataset in bench.desk.profile(row.key).await.unwrap().datasets {
            let team_of_others = dataset.dataset == Dataset::Team && row.shared;
            match dataset.freshness {
                Freshness::Fresh { .. } => {}
                Freshness::NotPermitted { .. } if team_of_others || row.shared => {}
                other => panic!("{}, {}: {other:?}", row.name, dataset.dataset),
            }
        }
    }
}

#[tokio::test]
async fn the_figures_are_those_that_the_api_holds() {
    let bench = Bench::connected(40).await;
    bench.sync().await;
    let (world, now) = (bench.sim.world(), bench.sim.clock().now());
    for row in bench.fleet().await.rows {
        let held = world.profile(row.id.as_str()).unwrap();
        assert_eq!(row.name, held.name);
        let used = held.limit_used(now);
        for (place, service) in Service::ALL.into_iter().enumerate() {
            let cell = &row.usage[place];
            let theirs = sim::world::Service::from_key(service.key()).unwrap();
            assert_eq!(
                cell.limit,
                Some(held.limits[theirs as usize]),
                "{} {service}",
                row.name
            );
            if let Some(ours) = cell.used {
                assert!(
                    (ours - used[theirs as usize]).abs() < 1e-6,
                    "{} {service}",
                    row.name
                );
            }
        }
    }
}

#[tokio::test]
async fn a_second_run_asks_for_no_closed_hour_or_day_again() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let history = || {
        let requests = bench.sim.requests().into_iter();
        requests
            .filter(|request| request.route.ends_with("/statistics"))
            .collect::<Vec<_>>()
    };
    assert!(!history().is_empty());

    bench.sim.clear_requests();
    bench.sync().await;
    assert_eq!(history(), []);

    // An hour later there is one new hour and no new day.
    bench.sim.clock().advance(Duration::from_hours(1));
    bench.sim.clear_requests();
    bench.sync().await;
    let asked = history();
    assert_eq!(asked.len(), bench.fleet().await.rows.len());
    for request in asked {
        assert!(
            request.path.contains("periodicity=hour"),
            "{}",
            request.path
        );
        assert!(
            request.path.contains("start_date=2026-11-22T13%3A"),
            "{}",
            request.path
        );
    }
}

#[tokio::test]
async fn a_profile_that_two_accounts_reach_is_fetched_once_and_counts_once() {
    let bench = Bench::connected(40).await;
    bench.sync().await;
    let page = bench.fleet().await;
    let both: Vec<_> = page
        .rows
        .iter()
        .filter(|row| row.accounts.len() > 1)
        .collect();
    assert!(
        !both.is_empty(),
        "the simulator shares no profile between its accounts"
    );
    for row in both {
        let route = format!("/profile/{}/summary", row.id);
        let requests = bench.sim.requests();
        let asked: Vec<_> = requests
            .iter()
            .filter(|request| request.path.starts_with(&route))
            .collect();
        assert_eq!(asked.len(), 1, "{}", row.name);
        let owner = bench
            .sim
            .world()
            .profile(row.id.as_str())
            .unwrap()
            .owner
            .clone();
        assert_eq!(asked[0].account.as_deref(), Some(owner.as_str()));
    }
    let mut ids: Vec<_> = page.rows.iter().map(|row| &row.id).collect();
    ids.dedup();
    assert_eq!(ids.len(), page.rows.len());
}

#[tokio::test]
async fn a_run_of_one_account_leaves_what_another_owns_to_it_unless_that_one_must_sign_in_again() {
    let bench = Bench::connected(40).await;
    bench.sync().await;
    let accounts = bench.desk.accounts().await.unwrap();
    let both: Vec<_> = {
        let rows = bench.fleet().await.rows.into_iter();
        rows.filter(|row| row.accounts.len() > 1).collect()
    };
    assert!(!both.is_empty());
    let owner = both[0].account.clone();
    let guest = accounts
        .iter()
        .find(|account| account.label != owner && both[0].accounts.contains(&account.label))
        .unwrap();
    let of_the_owner = both.iter().filter(|row| row.account == owner);
    let ids: Vec<_> = of_the_owner.map(|row| row.id.to_string()).collect();
    let alone = SyncRequest {
        accounts: vec![guest.key],
        ..SyncRequest::default()
    };
    bench.sim.clock().advance(Duration::from_hours(30));
    bench.sim.clear_requests();
    bench.run(alone.clone()).await;
    let asked_of = |id: &String| {
        let requests = bench.sim.requests();
        requests
            .iter()
            .any(|request| request.path.contains(id.as_str()))
    };
    assert!(!bench.sim.requests().is_empty());
    assert!(!ids.iter().any(asked_of), "the owner's account asks for it");

    let owner_id = accounts
        .iter()
        .find(|account| account.label == owner)
        .unwrap();
    let tokens = bench.sim.tokens();
    let token = tokens
        .iter()
        .find(|token| token.account == owner_id.id.as_str());
    assert!(bench.sim.revoke(&token.unwrap().token));
    bench.sync().await;
    bench.sim.clock().advance(Duration::from_hours(30));
    bench.sim.clear_requests();
    bench.run(alone).await;
    assert!(
        ids.iter().all(asked_of),
        "nobody else is left to ask for it"
    );
}

#[tokio::test]
async fn a_profile_that_is_gone_upstream_is_kept_and_marked() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    let row = bench
        .fleet()
        .await
        .rows
        .into_iter()
        .find(|row| !row.shared)
        .unwrap();
    assert!(bench.sim.remove_profile(row.id.as_str()));
    bench.sim.clock().advance(Duration::from_mins(15));
    bench.sync().await;
    assert!(
        bench
            .fleet()
            .await
            .rows
            .iter()
            .all(|other| other.key != row.key)
    );
    let kept = bench.desk.profile(row.key).await.unwrap();
    assert!(kept.row.removed_at.is_some());
    assert_eq!(kept.row.name, row.name);
    let chart = bench
        .desk
        .usage_table(row.key, desk::read::UsageBy::Day, None, None, "UTC")
        .await
        .unwrap();
    assert!(
        chart
            .rows
            .iter()
            .any(|day| day.amounts[Service::DataRecords].is_some())
    );
}

#[tokio::test]
async fn one_run_at_a_time_and_a_cancelled_one_says_so_and_can_be_run_again() {
    let bench = Bench::connected(40).await;
    bench.sim.set_fault("latency".parse().unwrap());
    let mut events = bench.desk.events();
    bench.desk.start_sync(SyncRequest::default()).unwrap();
    let busy = bench.desk.start_sync(SyncRequest::default()).unwrap_err();
    assert_eq!(busy.code, ProblemCode::Busy);
    bench.desk.cancel_sync();
    bench.sim.clear_faults();
    loop {
        let event = tokio::time::timeout(Duration::from_secs(20), events.recv())
            .await
            .unwrap();
        if let Ok(DeskEvent::SyncChanged(SyncState::Idle { last, .. })) = event {
            assert!(last.unwrap().cancelled);
            break;
        }
    }
    let report = bench.sync().await;
    assert!(!report.cancelled);
    for account in &report.accounts {
        assert_eq!(account.status, SyncStatus::Ok, "{:?}", account.errors);
    }
}

#[tokio::test]
async fn everything_reads_the_same_after_a_restart_without_the_api() {
    let mut bench = Bench::connected(20).await;
    bench.sync().await;
    let before = bench.fleet().await;
    bench.sim.set_fault("drop".parse().unwrap());
    bench.reopen().await;
    let after = bench.fleet().await;
    assert_eq!(before, after);
    let report = bench.sync_again().await;
    assert!(
        report
            .accounts
            .iter()
            .all(|account| account.status == SyncStatus::Offline)
    );
    assert_eq!(
        bench.fleet().await.rows,
        before.rows,
        "a failed sync took something away"
    );
}

#[tokio::test]
async fn which_addons_a_profile_has_is_not_known_until_something_says_so() {
    let bench = Bench::connected(6).await;
    bench
        .sim
        .set_fault("5xx@GET /profile/{id}".parse().unwrap());
    bench.sync().await;
    let rows = bench.fleet().await.rows;
    for row in &rows {
        assert_eq!(bench.desk.profile(row.key).await.unwrap().addons, None);
    }
    bench.sim.clear_faults();
    bench.sync_again().await;
    let mut known = Vec::new();
    for row in &rows {
        known.extend(bench.desk.profile(row.key).await.unwrap().addons);
    }
    assert_eq!(known.len(), rows.len());
    assert!(known.iter().any(Vec::is_empty), "none is something known");
}
