//! Moving the token that an account is reached with to another of its profiles.

use desk::Desk;
use desk::change::{Change, ChangeRequest, MoveToken, RefusalReason};
use desk::read::FleetRow;
use model::ActionResult;
use sim::{Fault, FaultKind};

use crate::Bench;

const SWITCH: &str = "/profile/switch/{target}";

impl Bench {
    async fn moving_to(&self, row: &FleetRow) -> Vec<Change> {
        vec![Change::MoveToken(MoveToken {
            account: self.first_account().await.key,
            profile: row.id.clone(),
        })]
    }

    async fn first_account(&self) -> desk::read::AccountRow {
        self.desk.account_by_label("Acme").await.unwrap()
    }

    /// The profile that the first account's token belongs to at TagoIO.
    fn home_upstream(&self) -> String {
        let value = self.sim.tokens()[0].token.clone();
        let world = self.sim.world();
        let mut profiles = world.profiles.values();
        let home = profiles.find(|profile| profile.tokens.iter().any(|one| one.token == value));
        home.unwrap().id.clone()
    }

    /// An own profile that has the token, and one that has not.
    async fn home_and_other(&self) -> (FleetRow, FleetRow) {
        let home = self.home_upstream();
        let (homes, others): (Vec<_>, Vec<_>) = self
            .owned()
            .await
            .into_iter()
            .partition(|row| row.id.as_str() == home);
        (homes[0].clone(), others[0].clone())
    }
}

#[tokio::test]
async fn a_moved_token_keeps_its_value_and_is_seen_where_it_is_now() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let (home, other) = bench.home_and_other().await;
    let entries = bench.vault.list().await.unwrap();
    let changes = bench.moving_to(&other).await;
    let preview = bench.preview(changes.clone()).await;
    assert_eq!((preview.ready, preview.undoable), (1, 1), "{preview:?}");
    let row = &preview.rows[0];
    assert_eq!(row.before["profile"], home.name.as_str());
    assert_eq!(row.after["profile_id"], other.id.as_str());
    assert!(row.warnings[0].contains("data of both"), "{row:?}");
    assert_eq!(bench.home_upstream(), home.id.as_str());

    bench.sim.clear_requests();
    let outcome = bench.carry_out(changes).await;
    assert_eq!(outcome.rows[0].result, ActionResult::Done, "{outcome:?}");
    assert_eq!(bench.sim.requests().len(), 1);
    assert_eq!(bench.home_upstream(), other.id.as_str());
    assert_eq!(bench.vault.list().await.unwrap(), entries);
    let account = bench.first_account().await;
    assert_eq!(account.token_profile, Some(other.id.clone()));
    let log = bench.log().await;
    assert_eq!((log.total, log.rows[0].kind.as_str()), (1, "move_token"));

    // The account is reached as before, and a sync finds nothing that is not known.
    let report = bench.sync_again().await;
    assert!(report.accounts[0].errors.is_empty(), "{report:?}");
    let account = bench.first_account().await;
    assert_eq!(account.token_profile_name, Some(other.name.clone()));

    let batch = outcome.batch;
    let undone = bench.ask_for(ChangeRequest::Undo { batch }).await;
    assert_eq!(undone.counts.done, 1, "{undone:?}");
    assert_eq!(bench.home_upstream(), home.id.as_str());
}

#[tokio::test]
async fn a_move_whose_answer_was_lost_is_read_back_and_never_sent_twice() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let (_, other) = bench.home_and_other().await;
    let put = format!("PUT {SWITCH}");
    // Carried out, and the answer lost.
    bench.sim.set_fault(Fault::new(FaultKind::Lost).on(&put));
    bench.sim.clear_requests();
    let outcome = bench.carry_out(bench.moving_to(&other).await).await;
    bench.sim.clear_faults();
    assert_eq!(outcome.rows[0].result, ActionResult::Done, "{outcome:?}");
    assert_eq!(bench.sent("PUT", SWITCH), 1);
    assert_eq!(bench.sent("GET", "/profile/{id}"), 1);
    assert_eq!(bench.first_account().await.token_profile, Some(other.id));

    // Not carried out, whatever the answer was.
    let (_, third) = bench.home_and_other().await;
    bench.sim.set_fault(Fault::new(FaultKind::Drop).on(&put));
    let outcome = bench.carry_out(bench.moving_to(&third).await).await;
    bench.sim.clear_faults();
    assert_eq!(outcome.rows[0].result, ActionResult::Failed, "{outcome:?}");
    let said = outcome.rows[0].message.as_deref().unwrap();
    assert!(said.contains("was not done"), "{said}");
    assert_ne!(bench.home_upstream(), third.id.as_str());
}

#[tokio::test]
async fn a_token_is_not_moved_to_where_it_is_or_to_what_somebody_else_owns() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let (home, _) = bench.home_and_other().await;
    let own = bench.owned().await;
    let of_others = bench.fleet().await.rows;
    let foreign = of_others
        .iter()
        .find(|row| own.iter().all(|one| one.key != row.key))
        .unwrap();
    for (row, reason) in [
        (&home, RefusalReason::NothingToDo),
        (foreign, RefusalReason::NotOwned),
    ] {
        let preview = bench.preview(bench.moving_to(row).await).await;
        let refusal = preview.rows[0].refusal.as_ref().unwrap();
        assert_eq!(refusal.reason, reason, "{refusal:?}");
    }
}

#[tokio::test]
async fn only_the_token_that_is_kept_is_moved_whatever_the_environment_gave() {
    let mut bench = Bench::connected(10).await;
    bench.sync().await;
    let (home, other) = bench.home_and_other().await;
    let kept = bench.sim.tokens()[0].token.clone();
    let another = format!("p-{}", "5".repeat(32));
    bench.sim.change(|world| {
        let tokens = &mut world.profile_mut(home.id.as_str()).unwrap().tokens;
        let mut more = tokens.iter().find(|one| one.token == kept).unwrap().clone();
        more.token.clone_from(&another);
        tokens.push(more);
    });
    for (given, refused) in [(another, true), (kept, false)] {
        let options = desk::Options {
            environment_token: Some(model::Token::parse(&given).unwrap()),
            ..Bench::options(&bench.sim, &bench.folder, &bench.vault)
        };
        bench.desk = Desk::open(options).await.unwrap();
        bench.sim.clear_requests();
        let row = &bench.preview(bench.moving_to(&other).await).await.rows[0];
        let refusal = row.refusal.as_ref();
        assert_eq!(refusal.is_some(), refused, "{row:?}");
        let outcome = bench.carry_out(bench.moving_to(&other).await).await;
        if let Some(refusal) = refusal {
            assert_eq!(refusal.reason, RefusalReason::Invalid);
            assert!(
                refusal.message.contains("PROFILE_DESK_TOKEN"),
                "{refusal:?}"
            );
            assert_eq!(outcome.rows[0].result, ActionResult::Refused, "{outcome:?}");
            assert_eq!(bench.sim.requests(), []);
        } else {
            assert_eq!(outcome.rows[0].result, ActionResult::Done, "{outcome:?}");
            assert_eq!(bench.home_upstream(), other.id.as_str());
        }
    }
}
