//! Answers that were lost, and programs that did not live to see one.

use desk::change::ChangeRequest;
use desk::read::FleetSelection;
use model::ActionResult;
use sim::{Fault, FaultKind};

use super::rename;
use crate::Bench;

#[tokio::test]
async fn what_cannot_be_read_back_is_unknown_and_a_retry_finds_out_before_it_sends() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let rows = bench.owned().await;
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Lost).on("PUT /profile/{id}"));
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Html).on("GET /profile/{id}"));
    let outcome = bench.carry_out(vec![rename(&rows[0], "Done unseen")]).await;
    assert_eq!(outcome.rows[0].result, ActionResult::Unknown, "{outcome:?}");
    assert_eq!(
        bench.owned().await[0].name,
        rows[0].name,
        "nothing unconfirmed is kept"
    );

    bench.sim.clear_faults();
    bench.sim.clear_requests();
    let retried = bench
        .ask_for(ChangeRequest::Retry {
            batch: outcome.batch,
        })
        .await;
    assert_eq!(retried.rows[0].result, ActionResult::Done, "{retried:?}");
    assert_eq!(bench.sent("PUT", "/profile/{id}"), 0, "it was done already");
    let log = bench.log().await;
    assert_eq!((log.total, log.rows[0].result), (1, ActionResult::Done));
    let now = bench.owned().await;
    assert!(now.iter().any(|row| row.name == "Done unseen"));
}

#[tokio::test]
async fn what_became_of_a_change_is_found_out_though_it_may_not_be_sent_any_more() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let rows = bench.owned().await;
    let account = bench.desk.account_by_label(&rows[0].account).await.unwrap();
    // Of the first two the answer is lost, of the third the request.
    for (kind, which) in [(FaultKind::Lost, 0..2), (FaultKind::Drop, 2..3)] {
        bench
            .sim
            .set_fault(Fault::new(kind).on("PUT /profile/{id}"));
        bench
            .sim
            .set_fault(Fault::new(FaultKind::Html).on("GET /profile/{id}"));
        for row in &rows[which] {
            let outcome = bench.carry_out(vec![rename(row, "Quay")]).await;
            assert_eq!(outcome.rows[0].result, ActionResult::Unknown, "{outcome:?}");
        }
        bench.sim.clear_faults();
    }
    let batches: Vec<i64> = {
        let mut of: Vec<i64> = bench
            .log()
            .await
            .rows
            .iter()
            .filter_map(|row| row.batch)
            .collect();
        of.sort_unstable();
        of
    };
    bench.sim.clear_requests();
    let protected = FleetSelection::of(vec![rows[0].key]);
    bench.desk.put_protected(protected, true).await.unwrap();
    let retry = async |place: usize| {
        let request = ChangeRequest::Retry {
            batch: batches[place],
        };
        bench.ask_for(request).await.rows.remove(0)
    };
    assert_eq!(retry(0).await.result, ActionResult::Done);
    bench.desk.put_read_only(account.key, true).await.unwrap();
    assert_eq!(retry(1).await.result, ActionResult::Done);
    let not_done = retry(2).await;
    assert_eq!(not_done.result, ActionResult::Failed, "{not_done:?}");
    assert_eq!(not_done.code.as_deref(), Some("read_only"));
    assert_eq!(bench.sent("PUT", "/profile/{id}"), 0);
    assert_eq!(bench.name_upstream(&rows[2]), rows[2].name);
}

#[tokio::test]
async fn actions_without_an_end_are_found_and_read_back() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let rows = bench.owned().await;
    // As a process leaves it that is killed before it notes the end.
    for (row, name) in rows.iter().zip(["Was done", "Was not"]) {
        let done = bench.carry_out(vec![rename(row, name)]).await;
        assert_eq!(done.counts.done, 1);
    }
    let file = bench.folder.path().join("profile-desk.db");
    let db = rusqlite::Connection::open(file).unwrap();
    let refused = db.execute("DELETE FROM action_end", []).unwrap_err();
    assert!(refused.to_string().contains("only added to"), "{refused}");
    db.execute_batch("DROP TRIGGER action_end_is_kept; DELETE FROM action_end;")
        .unwrap();
    drop(db);
    assert!(bench.sim.rename_profile(rows[1].id.as_str(), &rows[1].name));
    assert!(
        bench
            .log()
            .await
            .rows
            .iter()
            .all(|row| row.result == ActionResult::Begun)
    );

    bench.sim.set_fault(Fault::new(FaultKind::Drop));
    let still = bench
        .sim
        .run_through(bench.desk.unfinished())
        .await
        .unwrap();
    assert!(
        still.iter().all(|row| row.result == ActionResult::Unknown),
        "{still:?}"
    );
    bench.sim.clear_faults();

    let found = bench
        .sim
        .run_through(bench.desk.unfinished())
        .await
        .unwrap();
    let results: Vec<_> = found.iter().map(|row| row.result).collect();
    assert_eq!(
        results,
        [ActionResult::Done, ActionResult::Failed],
        "{found:?}"
    );
    assert!(bench.desk.unfinished().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_sync_that_asked_before_a_change_does_not_bring_the_old_name_back() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    // Only the sync's answers are slow, so that the change ends while they are on their way.
    let late = FaultKind::Latency(std::time::Duration::from_secs(5));
    bench.sim.set_fault(Fault::new(late).on("GET /profile"));
    bench
        .sim
        .set_fault(Fault::new(late).on("GET /profile/{id}"));
    let row = bench.owned().await.remove(0);
    let at_once = async {
        let sync = bench.desk.sync(desk::SyncRequest {
            all: true,
            ..desk::SyncRequest::default()
        });
        let changes = vec![rename(&row, "New")];
        let request = ChangeRequest::Changes { changes };
        let change = bench
            .desk
            .carry_out(request, desk::change::Confirmation::default(), None);
        tokio::join!(sync, change)
    };
    let (_, outcome) = bench.sim.run_through(Box::pin(at_once)).await;
    assert_eq!(outcome.unwrap().counts.done, 1);
    let now = bench.fleet().await.rows;
    assert!(
        now.iter()
            .any(|one| one.key == row.key && one.name == "New")
    );
    let query = desk::read::ActivityQuery {
        profile: Some(row.key),
        limit: 10,
        ..desk::read::ActivityQuery::default()
    };
    let renames = bench.desk.activity(query).await.unwrap().rows;
    let renames = renames
        .iter()
        .filter(|change| change.new == "New" || change.old == "New");
    assert_eq!(renames.count(), 1);
}
