//! The guard rails: what is not sent, and why.

use desk::change::{ChangeRequest, Confirmation, RefusalReason};
use desk::read::{FleetQuery, FleetSelection};
use model::ActionResult;

use super::rename;
use crate::Bench;

#[tokio::test]
async fn a_protected_profile_is_changed_only_where_that_was_agreed_to_and_the_mark_survives_a_sync()
{
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let row = bench.owned().await.remove(0);
    let this = || FleetSelection::of(vec![row.key]);
    let turned = bench.desk.put_protected(this(), true).await.unwrap();
    let again = bench.desk.put_protected(this(), true).await.unwrap();
    assert_eq!((turned, again), (1, 0));
    bench.sync_again().await;
    let query = FleetQuery {
        filter: "protected:yes".to_owned(),
        limit: 10,
        ..FleetQuery::default()
    };
    let found = bench.desk.fleet(query).await.unwrap();
    assert_eq!(
        found.rows.iter().map(|row| row.key).collect::<Vec<_>>(),
        [row.key]
    );

    let changes = vec![rename(&row, "New")];
    let preview = bench.preview(changes.clone()).await;
    assert_eq!((preview.ready, preview.protected), (1, 1));
    let outcome = bench.carry_out(changes.clone()).await;
    assert_eq!(outcome.rows[0].code.as_deref(), Some("protected"));
    let agreed = Confirmation {
        protected_too: true,
    };
    let work = bench
        .desk
        .carry_out(ChangeRequest::Changes { changes }, agreed, None);
    let outcome = bench.sim.run_through(work).await.unwrap();
    assert_eq!(outcome.rows[0].result, ActionResult::Done);
    let kinds: Vec<_> = bench
        .log()
        .await
        .rows
        .into_iter()
        .map(|row| row.kind)
        .collect();
    assert_eq!(kinds, ["rename", "rename", "protect"]);
}

#[tokio::test]
async fn all_of_a_filter_are_protected_but_some_each_with_a_line_in_the_log_and_a_filter_that_is_none_marks_nobody()
 {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let all = bench.fleet().await.rows;
    let but_the_first = FleetSelection {
        keys: vec![all[0].key],
        all_of: Some(String::new()),
    };
    let bad = FleetSelection {
        all_of: Some("input:>many".to_owned()),
        ..FleetSelection::default()
    };
    assert!(bench.desk.put_protected(bad, true).await.is_err());
    let turned = bench.desk.put_protected(but_the_first.clone(), true).await;
    let others = u32::try_from(all.len() - 1).unwrap();
    assert_eq!(turned.unwrap(), others);
    assert!(!bench.desk.is_protected(all[0].key).await.unwrap());
    assert!(bench.desk.is_protected(all[1].key).await.unwrap());
    assert_eq!(bench.log().await.total, others);
    let taken_away = bench.desk.put_protected(but_the_first, false).await;
    assert_eq!(taken_away.unwrap(), others);
    assert!(!bench.desk.is_protected(all[1].key).await.unwrap());
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_with_its_reason_and_never_sent() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let owned = bench.owned().await;
    let accounts = bench.desk.accounts().await.unwrap();
    let nordwind = accounts.iter().find(|one| one.label == "Nordwind").unwrap();
    let world = bench.sim.world();
    let of = |account: &str| {
        let ids: Vec<String> = world.owned_by(account).map(|one| one.id.clone()).collect();
        ids
    };
    let (first, second) = (
        of(&bench.sim.tokens()[0].account),
        of(&bench.sim.tokens()[1].account),
    );
    let fleet = bench.fleet().await.rows;
    let other = fleet
        .iter()
        .find(|row| second.contains(&row.id.to_string()))
        .unwrap();
    let foreign = fleet
        .iter()
        .find(|row| !first.contains(&row.id.to_string()) && !second.contains(&row.id.to_string()))
        .unwrap();
    assert!(bench.desk.put_read_only(nordwind.key, true).await.unwrap());
    let changes = vec![
        rename(&owned[0], "  "),
        rename(&owned[1], &owned[1].name),
        rename(&owned[2], &"x".repeat(201)),
        rename(other, "Read only"),
        rename(foreign, "Not mine"),
        rename(&owned[3], "Once"),
        rename(&owned[3], "Twice"),
    ];
    bench.sim.clear_requests();
    let preview = bench.preview(changes.clone()).await;
    let reasons: Vec<_> = preview
        .rows
        .iter()
        .map(|row| row.refusal.as_ref().map(|why| why.reason))
        .collect();
    let expected = [
        Some(RefusalReason::Invalid),
        Some(RefusalReason::NothingToDo),
        Some(RefusalReason::Invalid),
        Some(RefusalReason::ReadOnly),
        Some(RefusalReason::NotOwned),
        None,
        Some(RefusalReason::Twice),
    ];
    assert_eq!(reasons, expected);
    let outcome = bench.carry_out(changes).await;
    assert_eq!((outcome.counts.done, outcome.counts.refused), (1, 6));
    assert_eq!(bench.sim.requests().len(), 1);
    assert_eq!(
        bench.log().await.total,
        7,
        "all but what was so already, and the switch"
    );
}

#[tokio::test]
async fn a_token_that_is_refused_stops_its_account_and_signs_it_out() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let owned = bench.owned().await;
    assert!(bench.sim.revoke(&bench.sim.tokens()[0].token));
    let changes = owned.iter().map(|row| rename(row, "New")).collect();
    let outcome = bench.carry_out(changes).await;
    assert_eq!(outcome.counts.failed, outcome.counts.rows);
    let preview = bench.preview(vec![rename(&owned[0], "New")]).await;
    let reason = preview.rows[0].refusal.as_ref().unwrap().reason;
    assert_eq!(reason, RefusalReason::SignedOut);
}
