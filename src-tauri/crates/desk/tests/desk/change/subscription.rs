//! What hangs over a subscription: a scheduled downgrade and a payment that failed.

use desk::change::{CancelDowngrade, Change, SettlePayment, Settlement};
use desk::read::TodayQuery;
use model::{ActionResult, AttentionKind};
use sim::world::PastDue;
use sim::{Fault, FaultKind};

use crate::Bench;

impl Bench {
    /// Whether a downgrade of the first account needs attention.
    async fn has_downgrade(&self) -> bool {
        let query = TodayQuery {
            limit: 500,
            ..TodayQuery::default()
        };
        let mut rows = self.desk.today(query).await.unwrap().rows.into_iter();
        rows.any(|row| {
            row.kind == AttentionKind::Downgrade && row.account.as_deref() == Some("Acme")
        })
    }

    async fn acme(&self) -> i64 {
        self.desk.account_by_label("Acme").await.unwrap().key
    }

    /// A desk that knows of a payment of its first account that failed, and that account's id.
    async fn past_due() -> (Self, String) {
        let bench = Self::connected(10).await;
        let id = bench.sim.tokens()[0].account.clone();
        bench.sim.change(|world| {
            world.account_mut(&id).unwrap().past_due = Some(PastDue {
                amount_due: 4_900,
                attempts: 2,
            });
        });
        bench.sync().await;
        (bench, id)
    }

    async fn settling(&self, how: Settlement) -> Change {
        Change::SettlePayment(SettlePayment {
            account: self.acme().await,
            how,
        })
    }
}

#[tokio::test]
async fn a_scheduled_downgrade_is_cancelled_once_and_a_lost_answer_is_read_back() {
    let bench = Bench::connected(10).await;
    let id = bench.sim.tokens()[0].account.clone();
    let at = bench.sim.clock().now() + jiff::SignedDuration::from_hours(240);
    bench.sim.change(|world| {
        world.account_mut(&id).unwrap().schedule = Some(sim::world::Schedule {
            release_at: at,
            plan: None,
            limits: vec![(sim::world::Service::Input, 1.0)],
        });
    });
    bench.sync().await;
    assert!(bench.has_downgrade().await);
    let cancel = Change::CancelDowngrade(CancelDowngrade {
        account: bench.acme().await,
    });
    let lost = Fault::new(FaultKind::Lost).on("DELETE /account/subscription/schedule");
    bench.sim.set_fault(lost);
    bench.sim.clear_requests();
    let outcome = bench.carry_out(vec![cancel.clone()]).await;
    assert_eq!(outcome.rows[0].result, ActionResult::Done, "{outcome:?}");
    assert_eq!(bench.sent("DELETE", "/account/subscription/schedule"), 1);
    assert!(bench.sim.world().account(&id).unwrap().schedule.is_none());
    assert!(!bench.has_downgrade().await);
    let again = bench.carry_out(vec![cancel]).await;
    assert_eq!(again.rows[0].code.as_deref(), Some("nothing_to_do"));
}

#[tokio::test]
async fn a_failed_payment_is_tried_again_or_its_change_is_given_up() {
    for how in [Settlement::Retry, Settlement::Cancel] {
        let (bench, id) = Bench::past_due().await;
        let settle = bench.settling(how).await;
        let preview = bench.preview(vec![settle.clone()]).await;
        assert!(preview.rows[0].before["failed_payment"].is_string());
        let outcome = bench.carry_out(vec![settle.clone()]).await;
        assert_eq!(outcome.rows[0].result, ActionResult::Done, "{outcome:?}");
        assert!(bench.sim.world().account(&id).unwrap().past_due.is_none());
        let again = bench.carry_out(vec![settle]).await;
        assert_eq!(again.rows[0].code.as_deref(), Some("nothing_to_do"));
    }
}

#[tokio::test]
async fn a_payment_that_is_no_failed_one_any_more_is_not_tried_again() {
    for how in [Settlement::Retry, Settlement::Cancel] {
        let (bench, id) = Bench::past_due().await;
        // Somebody paid on TagoIO's own site since.
        let paid = |world: &mut sim::world::World| world.account_mut(&id).unwrap().past_due = None;
        bench.sim.change(paid);
        bench.sim.clear_requests();
        let settle = bench.settling(how).await;
        let outcome = bench.carry_out(vec![settle]).await;
        assert_eq!(outcome.rows[0].result, ActionResult::Failed, "{outcome:?}");
        let said = outcome.rows[0].message.as_deref().unwrap();
        assert!(said.contains("no failed payment any more"), "{said}");
        let requests = bench.sim.requests();
        assert!(
            !requests.is_empty() && requests.iter().all(|one| one.method == "GET"),
            "{requests:?}"
        );
    }
}

#[tokio::test]
async fn a_card_that_declines_again_is_not_said_to_have_paid() {
    let (bench, id) = Bench::past_due().await;
    let declines = |world: &mut sim::world::World| world.account_mut(&id).unwrap().declines = true;
    bench.sim.change(declines);
    let outcome = bench
        .carry_out(vec![bench.settling(Settlement::Retry).await])
        .await;
    assert_eq!(outcome.rows[0].result, ActionResult::Done, "{outcome:?}");
    let said = outcome.rows[0].message.as_deref().unwrap();
    assert!(said.contains("not seen yet"), "{said}");
    // What failed stands as before, and can be tried again.
    let again = bench.preview(vec![bench.settling(Settlement::Retry).await]);
    assert_eq!(again.await.rows[0].refusal, None);
}
