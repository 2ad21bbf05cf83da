//! Many changes at once, and a network that fails.

use std::collections::HashMap;

use desk::change::{ChangeOutcome, ChangeRequest};
use desk::read::{FleetQuery, FleetRow};
use model::ActionResult;
use sim::{Fault, FaultKind};

use super::rename;
use crate::{Bench, world_of};

/// How often each profile was changed at TagoIO since its events were counted.
fn edits(bench: &Bench) -> HashMap<String, usize> {
    let world = bench.sim.world();
    let accounts = bench.sim.tokens();
    let owned = accounts.iter().flat_map(|one| world.owned_by(&one.account));
    owned
        .map(|profile| {
            let events = profile.events.iter();
            let edits = events.filter(|event| event.message == "Profile edited");
            (profile.id.clone(), edits.count())
        })
        .collect()
}

/// The requests that would change a profile, by profile.
fn puts(bench: &Bench) -> HashMap<String, usize> {
    let mut puts = HashMap::new();
    for request in bench.sim.requests() {
        if request.method == "PUT" {
            let id = request.path.rsplit('/').next().unwrap().to_owned();
            *puts.entry(id).or_default() += 1;
        }
    }
    puts
}

/// All rows of the fleet that the two accounts own.
async fn owned(bench: &Bench) -> Vec<FleetRow> {
    let ids = edits(bench);
    let mut rows = Vec::new();
    for offset in [0, 500] {
        let query = FleetQuery {
            limit: 500,
            offset,
            ..FleetQuery::default()
        };
        rows.extend(bench.desk.fleet(query).await.unwrap().rows);
    }
    rows.retain(|row| ids.contains_key(row.id.as_str()));
    rows
}

fn new_name(row: &FleetRow) -> String {
    format!("{} ({})", row.name, row.key)
}

fn exact(bench: &Bench, outcome: &ChangeOutcome, before: &HashMap<i64, String>) {
    for end in &outcome.rows {
        let id = end.row.profile.as_ref().unwrap().as_str();
        let there = bench.sim.world().profile(id).unwrap().name.clone();
        match end.result {
            ActionResult::Done => assert_eq!(there, end.row.after["name"], "{end:?}"),
            ActionResult::Failed => {
                assert_eq!(there, before[&end.row.profile_key.unwrap()], "{end:?}");
            }
            other => panic!("{other}: {end:?}"),
        }
    }
}

#[tokio::test]
async fn a_rename_of_500_with_every_seventh_request_failing_is_exact_and_renames_none_twice() {
    let bench = Bench::connected_to(world_of(560)).await;
    bench.sync().await;
    let mut rows = owned(&bench).await;
    rows.truncate(500);
    assert_eq!(rows.len(), 500);
    let before: HashMap<i64, String> = rows.iter().map(|row| (row.key, row.name.clone())).collect();
    let edits_before = edits(&bench);
    bench.sim.clear_requests();
    // Every fourteenth fails before it is carried out, every fourteenth between them after.
    bench
        .sim
        .set_fault(Fault::new(FaultKind::ServerError).every(14, 0));
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Lost).every(14, 7));

    let changes = rows.iter().map(|row| rename(row, &new_name(row))).collect();
    let outcome = bench.carry_out(changes).await;
    bench.sim.clear_faults();

    assert_eq!(outcome.counts.rows, 500);
    assert_eq!(outcome.counts.done + outcome.counts.failed, 500);
    assert!(outcome.counts.failed > 20, "{:?}", outcome.counts);
    exact(&bench, &outcome, &before);
    let puts = puts(&bench);
    assert_eq!(puts.len(), 500);
    assert!(
        puts.values().all(|count| *count == 1),
        "each was asked for once"
    );
    let lost = outcome
        .rows
        .iter()
        .filter(|end| end.result == ActionResult::Done && end.message.is_some());
    assert!(
        lost.count() > 20,
        "those whose answer was lost are done all the same"
    );

    let retried = bench
        .ask_for(ChangeRequest::Retry {
            batch: outcome.batch,
        })
        .await;
    assert_eq!(retried.counts.rows, outcome.counts.failed);
    assert_eq!(retried.counts.done, outcome.counts.failed);
    let now = edits(&bench);
    for row in &rows {
        let id = row.id.as_str();
        assert_eq!(now[id] - edits_before[id], 1, "{id} was renamed twice");
        assert_eq!(bench.name_upstream(row), new_name(row));
    }

    let undone = bench
        .ask_for(ChangeRequest::Undo {
            batch: outcome.batch,
        })
        .await;
    assert_eq!(undone.counts.done, 500, "{:?}", undone.counts);
    for row in &rows {
        assert_eq!(bench.name_upstream(row), before[&row.key]);
    }
    let fleet = owned(&bench).await;
    for row in fleet.iter().filter(|row| before.contains_key(&row.key)) {
        assert_eq!(row.name, before[&row.key]);
    }
}

#[tokio::test]
async fn too_many_requests_are_waited_for_since_nothing_was_done() {
    let bench = Bench::of(sim::Options {
        rpm_by_route: vec![("PUT /profile/{id}".to_owned(), 5)],
        ..world_of(20)
    })
    .await;
    let token = bench.sim.tokens()[0].token.clone();
    bench.connect("Acme", &token).await;
    bench.sync().await;
    let rows = bench.owned().await;
    assert!(rows.len() > 5);
    let edits_before = edits(&bench);
    let changes = rows.iter().map(|row| rename(row, &new_name(row))).collect();
    let outcome = bench.carry_out(changes).await;
    assert_eq!(outcome.counts.done as usize, rows.len(), "{outcome:?}");
    let now = edits(&bench);
    for row in &rows {
        let id = row.id.as_str();
        assert_eq!(now[id] - edits_before[id], 1);
    }
}

#[tokio::test]
async fn a_batch_that_is_stopped_says_of_each_row_whether_it_was_sent_and_a_retry_does_the_rest() {
    let bench = Bench::connected(40).await;
    bench.sync().await;
    let rows = bench.owned().await;
    let mut events = bench.desk.events();
    let desk = bench.desk.clone();
    let watch = tokio::spawn(async move {
        while let Ok(event) = events.recv().await {
            if matches!(event, desk::DeskEvent::Changing(progress) if progress.counts.done > 0) {
                desk.cancel_all_changes();
                return;
            }
        }
    });
    let changes = rows.iter().map(|row| rename(row, &new_name(row))).collect();
    let outcome = bench.carry_out(changes).await;
    watch.await.unwrap();
    let counts = outcome.counts;
    assert!(
        outcome.cancelled && counts.done > 0 && counts.failed > 0,
        "{counts:?}"
    );
    for (row, end) in rows.iter().zip(&outcome.rows) {
        let is_new = bench.name_upstream(row) == new_name(row);
        assert_eq!(is_new, end.result == ActionResult::Done, "{end:?}");
    }
    let rest = bench
        .ask_for(ChangeRequest::Retry {
            batch: outcome.batch,
        })
        .await;
    assert_eq!(rest.counts.done, counts.failed);
}
