//! What an account has and owes, and backups that grow old.

use desk::read::{ActivityQuery, ChangeTopic};
use jiff::SignedDuration;
use model::ChangeKind;
use serde_json::Value;
use sim::world::{Account, Backup, BackupState, PastDue, Plan, Schedule, Service};

use super::{DAY, QUARTER, Told, everything, told, told_in};
use crate::Bench;

impl Bench {
    /// Changes an account behind the desk's back.
    pub(crate) fn alter_account(&self, number: usize, change: impl FnOnce(&mut Account)) {
        self.sim.change(|world| change(&mut world.accounts[number]));
    }

    /// What was told of one account's billing.
    async fn billing_of(&self, label: &str) -> Vec<Told> {
        let account = self.desk.account_by_label(label).await.unwrap();
        let query = ActivityQuery {
            topics: vec![ChangeTopic::Billing],
            account: Some(account.key),
            ..everything()
        };
        let rows = self.changes(query).await;
        assert!(rows.iter().all(|row| row.account.as_deref() == Some(label)));
        told_in(rows)
    }
}

#[tokio::test]
async fn another_plan_is_told_once_for_the_account_and_not_for_each_of_its_profiles() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    bench.alter_account(1, |account| account.plan = Plan::Scale);
    bench.sync_after(DAY).await;
    let expected = told(ChangeKind::PlanChanged, None, "starter", "scale");
    for _ in 0..2 {
        assert_eq!(
            bench.billing_of("Nordwind").await,
            std::slice::from_ref(&expected)
        );
        assert_eq!(bench.billing_of("Acme").await, []);
        bench.sync_after(DAY).await;
    }
}

#[tokio::test]
async fn another_plan_is_told_also_where_the_account_was_connected_again_meanwhile() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    bench.alter_account(1, |account| account.plan = Plan::Scale);
    bench.sim.clock().advance(DAY);
    bench
        .connect("Nordwind", &bench.sim.tokens()[1].token)
        .await;
    bench.sync().await;
    let expected = told(ChangeKind::PlanChanged, None, "starter", "scale");
    assert_eq!(bench.billing_of("Nordwind").await, [expected]);
}

#[tokio::test]
async fn a_payment_fails_is_past_due_and_recovers_each_once() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    let owes = PastDue {
        amount_due: 4_500,
        attempts: 1,
    };
    bench.alter_account(0, |account| account.past_due = Some(owes));
    bench.sync_after(DAY).await;
    let reason = "Your card was declined. insufficient_funds";
    let mut expected = vec![
        told(ChangeKind::PaymentFailed, None, Value::Null, reason),
        told(ChangeKind::PaymentOverdue, None, Value::Null, Value::Null),
    ];
    assert_eq!(bench.billing_of("Acme").await, expected);
    bench.alter_account(0, |account| {
        account.past_due = Some(PastDue {
            attempts: 2,
            ..owes
        });
    });
    bench.sync_after(DAY).await;
    assert_eq!(bench.billing_of("Acme").await, expected);

    // Whether it recovered cannot be known from an answer that did not come.
    bench
        .sim
        .set_fault("5xx@/account/subscription/summary".parse().unwrap());
    bench.sync_after(DAY).await;
    bench.sim.clear_faults();
    bench.sync_after(QUARTER).await;
    assert_eq!(bench.billing_of("Acme").await, expected);

    bench.alter_account(0, |account| account.past_due = None);
    bench.sync_after(DAY).await;
    bench.sync_after(DAY).await;
    expected.push(told(
        ChangeKind::PaymentRecovered,
        None,
        reason,
        Value::Null,
    ));
    assert_eq!(bench.billing_of("Acme").await, expected);
    assert_eq!(bench.billing_of("Nordwind").await, []);
}

#[tokio::test]
async fn a_downgrade_is_told_when_it_is_scheduled_moved_and_called_off() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    let now = bench.sim.clock().now();
    let on = |days: i64| now + SignedDuration::from_hours(24 * days);
    let text = |days: i64| format!("{:.0}", on(days));
    let to_starter = |days| Schedule {
        release_at: on(days),
        plan: Some(Plan::Starter),
        limits: vec![(Service::Input, 10.0)],
    };
    bench.alter_account(0, |account| account.schedule = Some(to_starter(20)));
    bench.sync_after(DAY).await;
    let plan = Some("starter");
    let mut expected = vec![told(
        ChangeKind::DowngradeScheduled,
        plan,
        Value::Null,
        text(20),
    )];
    assert_eq!(bench.billing_of("Acme").await, expected);
    bench.sync_after(DAY).await;
    assert_eq!(bench.billing_of("Acme").await, expected);

    bench.alter_account(0, |account| account.schedule = Some(to_starter(25)));
    bench.sync_after(DAY).await;
    expected.push(told(
        ChangeKind::DowngradeScheduled,
        plan,
        text(20),
        text(25),
    ));
    assert_eq!(bench.billing_of("Acme").await, expected);

    bench.alter_account(0, |account| account.schedule = None);
    bench.sync_after(DAY).await;
    bench.sync_after(DAY).await;
    expected.push(told(ChangeKind::DowngradeGone, plan, text(25), Value::Null));
    assert_eq!(bench.billing_of("Acme").await, expected);
}

#[tokio::test]
async fn a_downgrade_that_takes_place_is_gone_and_changes_plan_and_limits() {
    let bench = Bench::connected(12).await;
    let profile = bench.quiet();
    bench.sim.set_limit(&profile, Service::Input, 1_000.0);
    let (now, bought) = (bench.sim.clock().now(), 500_000.0);
    let release_at = now + SignedDuration::from_hours(12);
    bench.alter_account(0, |account| {
        account.limits[Service::Input as usize] = bought;
        account.schedule = Some(Schedule {
            release_at,
            plan: Some(Plan::Starter),
            limits: vec![(Service::Input, bought / 2.0)],
        });
    });
    bench.sync().await;
    bench.sync_after(DAY).await;
    let mut billing = bench.billing_of("Acme").await;
    // Both are seen by the same sync, in whatever order their answers came.
    billing.sort_by_key(|(kind, ..)| *kind);
    let when = format!("{release_at:.0}");
    assert_eq!(
        billing,
        [
            told(ChangeKind::PlanChanged, None, "scale", "starter"),
            told(
                ChangeKind::DowngradeGone,
                Some("starter"),
                when,
                Value::Null
            ),
        ]
    );
    let limits = bench.told_of(&profile, ChangeTopic::Limits).await;
    let limit = told(ChangeKind::LimitChanged, Some("input"), 1_000.0, 500.0);
    assert_eq!(limits[0], limit);
}

/// A backup that was made so many hours before now.
fn backup(bench: &Bench, hours: i64, state: BackupState) -> Backup {
    Backup {
        id: format!("{hours:024x}"),
        created_at: bench.sim.clock().now() - SignedDuration::from_hours(hours),
        file_size: 1_000,
        state,
    }
}

#[tokio::test]
async fn a_backup_is_told_once_when_it_is_older_than_was_chosen() {
    let bench = Bench::connected(12).await;
    let profile = bench.quiet();
    let made = backup(&bench, 5 * 24, BackupState::Completed);
    let when = format!("{:.0}", made.created_at);
    bench.alter(&profile, |profile| profile.backups = vec![made]);
    bench.sync().await;
    bench.sync_after(3 * DAY).await;
    let asked = |bench: &Bench| {
        let requests = bench.sim.requests().into_iter();
        requests
            .filter(|request| request.route.ends_with("/backup"))
            .count()
    };
    assert_eq!(asked(&bench), 0, "nobody chose an age");

    bench
        .desk
        .put_setting("backup.age", Some("10"))
        .await
        .unwrap();
    let of = |topic| bench.told_of(&profile, topic);
    // 8 days old, then 9, 10 and 11.
    let mut expected = Vec::new();
    for age in 8..=12 {
        bench.sync().await;
        if age == 11 {
            expected.push(told(ChangeKind::BackupOld, None, Value::Null, when.clone()));
        }
        assert_eq!(of(ChangeTopic::Backups).await, expected, "{age} days");
        bench.sim.clock().advance(DAY);
    }
    // One that failed is none; one that is made begins anew.
    let failed = backup(&bench, 1, BackupState::Failed);
    bench.alter(&profile, |profile| profile.backups.push(failed));
    bench.sync().await;
    assert_eq!(of(ChangeTopic::Backups).await, expected);
    bench.sim.clock().advance(DAY);
    let new = backup(&bench, 2, BackupState::Completed);
    let when = format!("{:.0}", new.created_at);
    bench.alter(&profile, |profile| profile.backups.push(new));
    for _ in 0..12 {
        bench.sync().await;
        bench.sim.clock().advance(DAY);
    }
    expected.push(told(ChangeKind::BackupOld, None, Value::Null, when));
    assert_eq!(of(ChangeTopic::Backups).await, expected);

    bench
        .desk
        .put_setting("backup.age", Some("off"))
        .await
        .unwrap();
    bench.sim.clear_requests();
    bench.sync_again().await;
    assert_eq!(asked(&bench), 0);
}
