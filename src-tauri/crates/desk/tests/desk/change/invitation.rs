//! Answering invitations to others' profiles.

use desk::change::{AnswerInvitation, Change, InvitationRow};
use model::ActionResult;
use sim::{Fault, FaultKind};

use crate::Bench;

const PRESS: &str = "/notification/{id}/{button}";

impl Bench {
    /// The number of the account that the simulator invites somewhere.
    async fn invited(&self) -> i64 {
        let id = self.sim.tokens()[0].account.clone();
        let accounts = self.desk.accounts().await.unwrap();
        let invited = accounts.iter().find(|one| one.id.as_str() == id);
        invited.unwrap().key
    }

    async fn invitations(&self) -> Vec<InvitationRow> {
        let asked = self.desk.invitations(self.invited().await);
        self.sim.run_through(asked).await.unwrap()
    }

    /// The profile that the first account is invited to.
    fn invited_to(&self) -> String {
        let account = self.sim.tokens()[0].account.clone();
        let world = self.sim.world();
        let mut told = world.notifications.iter();
        let invitation =
            told.find_map(|one| one.invitation.clone().filter(|_| one.account == account));
        invitation.unwrap()
    }

    /// Whether the first account takes part in a profile; `None` if it is not even invited.
    fn standing(&self, profile: &str) -> Option<bool> {
        let account = self.sim.tokens()[0].account.clone();
        let world = self.sim.world();
        let mut team = world.profile(profile).unwrap().team.iter();
        team.find(|member| member.id == account)
            .map(|member| member.active)
    }
}

fn answer(account: i64, row: &InvitationRow, accept: bool) -> Change {
    Change::AnswerInvitation(AnswerInvitation {
        account,
        notification: row.notification.clone(),
        invitation: row.invitation.clone(),
        accept,
    })
}

#[tokio::test]
async fn an_accepted_invitation_brings_its_profile_with_the_next_sync_and_is_answered_once() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let before = bench.fleet().await.total;
    let (open, profile) = (bench.invitations().await, bench.invited_to());
    assert_eq!((open.len(), bench.standing(&profile)), (1, Some(false)));
    let name = bench.sim.world().profile(&profile).unwrap().name.clone();
    assert!(open[0].invitation.contains(&name), "{open:?}");
    let change = answer(bench.invited().await, &open[0], true);
    let preview = bench.preview(vec![change.clone()]).await;
    assert_eq!((preview.ready, preview.undoable), (1, 0));
    assert!(!preview.needs_proof);
    let outcome = bench.carry_out(vec![change.clone()]).await;
    assert_eq!(outcome.rows[0].result, ActionResult::Done, "{outcome:?}");
    assert_eq!(bench.standing(&profile), Some(true));
    assert_eq!(bench.invitations().await, []);
    bench.sync_again().await;
    let fleet = bench.fleet().await;
    assert_eq!(fleet.total, before + 1);

    let again = bench.carry_out(vec![change]).await;
    assert_eq!(again.rows[0].code.as_deref(), Some("changed"), "{again:?}");
    assert_eq!(bench.sent("PUT", PRESS), 1);
    let log = bench.log().await;
    assert_eq!(log.rows[1].kind, "answer_invitation");
    assert_eq!(log.rows[1].after["answer"], "accept");
}

#[tokio::test]
async fn an_answer_whose_answer_was_lost_is_read_back_and_one_that_never_arrived_is_sent_by_a_retry()
 {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let account = bench.invited().await;
    let (open, profile) = (bench.invitations().await, bench.invited_to());
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Drop).on(&format!("PUT {PRESS}")));
    let outcome = bench
        .carry_out(vec![answer(account, &open[0], false)])
        .await;
    assert_eq!(outcome.rows[0].result, ActionResult::Failed, "{outcome:?}");
    assert_eq!(bench.standing(&profile), Some(false));
    bench.sim.clear_faults();
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Lost).on(&format!("PUT {PRESS}")));
    let retry = desk::change::ChangeRequest::Retry {
        batch: outcome.batch,
    };
    let outcome = bench.ask_for(retry).await;
    assert_eq!(outcome.rows[0].result, ActionResult::Done, "{outcome:?}");
    assert_eq!(
        bench.standing(&profile),
        None,
        "who refuses is not in the team"
    );
    assert_eq!(bench.sent("PUT", PRESS), 2);
}
