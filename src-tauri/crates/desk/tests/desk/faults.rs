//! Each thing that can go wrong on the way: said clearly, nothing lost, and the next run completes.

use std::collections::BTreeMap;

use desk::read::SyncStatus;
use desk::{ProblemCode, SyncRequest};
use model::Freshness;

use crate::Bench;

/// The store's database, checked by SQLite itself.
fn assert_intact(bench: &Bench) {
    let file = bench.folder.path().join("profile-desk.db");
    let checked: String = rusqlite::Connection::open(file)
        .unwrap()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(checked, "ok");
}

/// A fault on everything stops the account; without the fault the next run completes.
async fn stops_everything(fault: &str, codes: &[ProblemCode], status: SyncStatus) {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let before = bench.fleet().await;
    bench.sim.set_fault(fault.parse().unwrap());
    let report = bench.sync_again().await;
    for account in &report.accounts {
        assert_eq!(account.status, status, "{fault}: {:?}", account.errors);
        assert!(
            codes.contains(&account.errors[0].code),
            "{fault}: {:?}",
            account.errors
        );
    }
    assert_intact(&bench);
    let rows = |page: &desk::read::FleetPage| {
        page.rows
            .iter()
            .map(|row| (row.id.clone(), row.usage.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        rows(&bench.fleet().await),
        rows(&before),
        "{fault} took something away"
    );

    bench.sim.clear_faults();
    // A token that was refused needs signing in again; the others just need another run.
    if status == SyncStatus::SignedOut {
        for account in bench.sim.tokens() {
            bench.connect("Any label", &account.token).await;
        }
    }
    let report = bench.sync().await;
    for account in &report.accounts {
        assert_eq!(
            account.status,
            SyncStatus::Ok,
            "after {fault}: {:?}",
            account.errors
        );
    }
}

#[tokio::test]
async fn a_dropped_connection_is_offline() {
    stops_everything("drop", &[ProblemCode::Offline], SyncStatus::Offline).await;
}

#[tokio::test]
async fn a_stalled_answer_is_offline() {
    stops_everything("stall", &[ProblemCode::Offline], SyncStatus::Offline).await;
}

#[tokio::test]
async fn a_captive_portal_is_no_api_here_and_never_an_empty_fleet() {
    stops_everything("html", &[ProblemCode::NotTheApi], SyncStatus::Failed).await;
}

#[tokio::test]
async fn a_truncated_answer_is_no_api_here() {
    stops_everything("truncated", &[ProblemCode::Offline], SyncStatus::Offline).await;
}

#[tokio::test]
async fn a_server_that_fails_is_named_as_one() {
    // A 502 can come with a proxy's page in place of the API's words.
    let codes = [ProblemCode::Rejected, ProblemCode::NotTheApi];
    stops_everything("5xx", &codes, SyncStatus::Failed).await;
}

#[tokio::test]
async fn an_unexpected_shape_fails_what_has_it_and_empties_nothing() {
    // A few replies are read so generously that they take any shape.
    stops_everything("shape", &[ProblemCode::Rejected], SyncStatus::Partial).await;
}

#[tokio::test]
async fn a_revoked_token_is_sign_in_again_and_never_offline() {
    stops_everything("revoked", &[ProblemCode::SignedOut], SyncStatus::SignedOut).await;
}

#[tokio::test]
async fn one_signed_out_account_stops_that_account_alone() {
    let bench = Bench::connected(20).await;
    assert!(bench.sim.revoke(&bench.sim.tokens()[0].token));
    let report = bench.sync().await;
    let by_label = |label: &str| {
        report
            .accounts
            .iter()
            .find(|one| one.label == label)
            .unwrap()
    };
    assert_eq!(by_label("Acme").status, SyncStatus::SignedOut);
    assert_eq!(
        by_label("Nordwind").status,
        SyncStatus::Ok,
        "{:?}",
        by_label("Nordwind").errors
    );
    let accounts = bench.desk.accounts().await.unwrap();
    let acme = accounts
        .iter()
        .find(|account| account.label == "Acme")
        .unwrap();
    assert_eq!(acme.sign_in, desk::read::SignIn::SignedOut);
    assert_eq!(bench.fleet().await.figures.signed_out, 1);
}

#[tokio::test]
async fn one_failing_dataset_stops_no_other_and_keeps_its_last_good_value() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    bench
        .sim
        .set_fault("shape@/profile/{id}/summary".parse().unwrap());
    let report = bench.sync_again().await;
    for account in &report.accounts {
        assert_eq!(
            account.status,
            SyncStatus::Partial,
            "every profile has a hole, and every other dataset"
        );
    }
    for row in bench.fleet().await.rows {
        let Freshness::Failed {
            fetched_at, reason, ..
        } = &row.freshness
        else {
            panic!("{:?}", row.freshness)
        };
        assert!(fetched_at.is_some());
        assert!(reason.contains("unexpected shape"), "{reason}");
        assert!(
            row.usage.iter().any(|cell| cell.used.is_some()),
            "the last good value is gone"
        );
    }
    bench.sim.clear_faults();
    let report = bench.sync().await;
    assert!(
        report
            .accounts
            .iter()
            .all(|account| account.status == SyncStatus::Ok)
    );
}

#[tokio::test]
async fn a_network_that_drops_every_fifth_request_still_completes_with_the_right_figures() {
    let bench = Bench::connected(30).await;
    bench.sim.set_fault("drop:0.2".parse().unwrap());
    let report = bench.sync().await;
    for account in &report.accounts {
        assert_eq!(account.status, SyncStatus::Ok, "{:?}", account.errors);
        assert_eq!(account.profiles.failed + account.profiles.skipped, 0);
    }
    assert!(report.retries * 6 > report.requests, "{report:?}");
    let calm = Bench::connected(30).await;
    calm.sync().await;
    let figures = |page: desk::read::FleetPage| {
        let rows = page.rows.into_iter();
        rows.map(|row| (row.id.to_string(), (row.name, row.usage)))
            .collect::<BTreeMap<_, _>>()
    };
    assert_eq!(figures(bench.fleet().await), figures(calm.fleet().await));
    assert_intact(&bench);
}

#[tokio::test]
async fn what_failed_is_asked_for_by_the_next_run_and_nothing_else_is() {
    let bench = Bench::connected(20).await;
    bench
        .sim
        .set_fault("shape:0.3@/profile/{id}/team".parse().unwrap());
    let first = bench.sync().await;
    let failed: u32 = first
        .accounts
        .iter()
        .map(|account| account.profiles.failed)
        .sum();
    assert!(failed > 0);
    bench.sim.clear_faults();
    bench.sim.clear_requests();
    let second = bench.sync().await;
    assert!(
        second
            .accounts
            .iter()
            .all(|account| account.status == SyncStatus::Ok)
    );
    let asked = bench.sim.requests();
    assert_eq!(asked.len(), failed as usize);
    assert!(asked.iter().all(|request| request.route.ends_with("/team")));
}

#[tokio::test]
async fn a_sync_of_one_profile_asks_for_no_other() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let row = bench.fleet().await.rows.remove(0);
    bench.sim.clear_requests();
    let request = SyncRequest {
        profile: Some(row.key),
        ..SyncRequest::default()
    };
    bench.run(request).await;
    for request in bench.sim.requests() {
        if request.route.starts_with("/profile/{id}") {
            assert!(request.path.contains(row.id.as_str()), "{}", request.path);
        }
    }
}
