//! The log of syncs: how each run ended, the newest first.

use desk::ProblemCode;
use desk::read::{EVERY_ROW, SyncRunsPage, SyncRunsQuery, SyncStatus};

use crate::Bench;

async fn runs(bench: &Bench, offset: u32, limit: u32) -> SyncRunsPage {
    let query = SyncRunsQuery { offset, limit };
    bench.desk.sync_runs(query).await.unwrap()
}

#[tokio::test]
async fn each_run_is_listed_with_what_its_report_said_also_after_a_restart() {
    let mut bench = Bench::connected(10).await;
    assert_eq!(runs(&bench, 0, EVERY_ROW).await.total, 0);
    let good = bench.sync().await;
    bench.sim.set_fault("revoked".parse().unwrap());
    let bad = bench.sync_again().await;
    bench.reopen().await;

    let page = runs(&bench, 0, EVERY_ROW).await;
    assert_eq!((page.total, page.rows.len()), (2, 2));
    let [newest, oldest] = [0, 1].map(|place| page.rows[place].end.clone().unwrap());
    assert_eq!(newest.status, SyncStatus::SignedOut);
    assert!(newest.errors >= 2, "{newest:?}");
    assert_eq!(oldest.status, SyncStatus::Ok);
    assert_eq!(
        (oldest.requests, oldest.at, oldest.errors),
        (good.requests, good.ended_at, 0)
    );
    assert_eq!(oldest.accounts, ["Acme", "Nordwind"]);
    let ok: u32 = good
        .accounts
        .iter()
        .map(|account| account.profiles.ok)
        .sum();
    assert_eq!(oldest.profiles.ok, ok);
    assert!(page.rows[0].started_at <= newest.at);

    assert_eq!(runs(&bench, 1, 1).await.rows, page.rows[1..]);
    let opened = bench.desk.sync_run(page.rows[0].key).await.unwrap();
    assert_eq!(opened.unwrap().accounts, bad.accounts);
}

#[tokio::test]
async fn a_run_that_is_not_there_is_said_to_be_so() {
    let bench = Bench::new(2).await;
    let problem = bench.desk.sync_run(7).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::NotFound);
    assert_eq!(problem.message, "There is no sync 7 in the store.");
}
