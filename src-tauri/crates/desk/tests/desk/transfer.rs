//! Handing a profile over to another account: what is known to stand in the way, and when it is done by itself.

use desk::change::{Change, ChangeRequest, Confirmation, Delete, Proof};
use desk::read::{FleetRow, TodayQuery};
use desk::transfer::{
    TransferCheckKind as Kind, TransferLook, TransferRow, TransferState, TransferVerdict,
};
use model::AttentionKind;

use crate::Bench;

impl Bench {
    /// A desk in which a transfer of a profile was asked for.
    async fn transferring() -> (Self, FleetRow, TransferRow) {
        let bench = Self::connected(10).await;
        bench.sync().await;
        let row = bench.one_owned().await;
        let asked = bench
            .desk
            .begin_transfer(row.key, "new@owner.example", "T-7");
        let asked = asked.await.unwrap();
        (bench, row, asked)
    }

    /// A profile that the first account owns.
    async fn one_owned(&self) -> FleetRow {
        let account = self.sim.tokens()[0].account.clone();
        let id = {
            let world = self.sim.world();
            world.owned_by(&account).next().unwrap().id.clone()
        };
        let rows = self.fleet().await.rows;
        rows.into_iter().find(|row| row.id.as_str() == id).unwrap()
    }

    fn email(&self, account: usize) -> String {
        let id = self.sim.tokens()[account].account.clone();
        self.sim.world().account(&id).unwrap().email.clone()
    }
}

fn verdict(look: &TransferLook, kind: Kind) -> TransferVerdict {
    let mut checks = look.checks.iter();
    checks.find(|check| check.kind == kind).unwrap().verdict
}

#[tokio::test]
async fn each_prerequisite_is_yes_no_or_not_known_with_the_reason() {
    use TransferVerdict::{No, Unknown, Yes};
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let row = bench.one_owned().await;
    let look = async |destination: &str| {
        let look = bench.desk.look_at_transfer(row.key, destination);
        look.await.unwrap()
    };
    let stranger = look("new@owner.example").await;
    for kind in [Kind::Owner, Kind::Plan, Kind::Profiles, Kind::Destination] {
        assert_eq!(verdict(&stranger, kind), Yes, "{stranger:?}");
    }
    for kind in [Kind::Slot, Kind::Resources] {
        assert_eq!(verdict(&stranger, kind), Unknown);
    }
    let parts = [
        row.name.as_str(),
        row.id.as_str(),
        "To: new@owner.example",
        "Data input: ",
    ];
    for part in parts {
        assert!(stranger.text.contains(part), "{part}: {}", stranger.text);
    }
    assert!(stranger.checks.iter().all(|check| !check.why.is_empty()));

    assert_eq!(verdict(&look("").await, Kind::Destination), Unknown);
    assert_eq!(verdict(&look("nobody").await, Kind::Destination), No);
    let own = bench.email(0);
    assert_eq!(verdict(&look(&own).await, Kind::Destination), No);
    // One that is connected is looked at.
    let known = look(&bench.email(1)).await;
    assert_ne!(verdict(&known, Kind::Slot), Unknown);
    assert_ne!(verdict(&known, Kind::Resources), Unknown);
}

#[tokio::test]
async fn a_transfer_is_done_once_a_sync_sees_the_profile_gone_and_not_before() {
    let bench = Bench::connected(10).await;
    bench.sync().await;
    let row = bench.one_owned().await;
    let refused = bench.desk.begin_transfer(row.key, "nobody", "").await;
    assert!(refused.unwrap_err().message.contains("no e-mail address"));
    let asked = bench
        .desk
        .begin_transfer(row.key, " new@owner.example ", "");
    let asked = asked.await.unwrap();
    assert_eq!(asked.state, TransferState::Waits);
    assert_eq!(asked.destination, "new@owner.example");
    let again = bench.desk.begin_transfer(row.key, "else@owner.example", "");
    assert!(again.await.unwrap_err().message.contains("already"));
    let noted = bench.desk.note_transfer(asked.key, "T-1042").await.unwrap();
    assert_eq!(noted.ticket, "T-1042");

    bench.sync_again().await;
    let still = bench.desk.transfer_of(row.key).await.unwrap().unwrap();
    assert_eq!(still.state, TransferState::Waits);
    assert!(bench.sim.remove_profile(row.id.as_str()));
    bench.sync_again().await;
    let gone = bench.desk.transfer_of(row.key).await.unwrap().unwrap();
    assert_eq!(gone.state, TransferState::Gone);
    assert!(gone.ended_at.is_some());
    let over = bench.desk.give_up_transfer(asked.key).await;
    assert!(over.unwrap_err().message.contains("over"));
}

#[tokio::test]
async fn a_transfer_that_waited_for_more_than_14_days_is_a_line_of_today_until_it_is_given_up() {
    let (bench, row, asked) = Bench::transferring().await;
    let lines = async || {
        let query = TodayQuery {
            limit: 500,
            ..TodayQuery::default()
        };
        let mut rows = bench.desk.today(query).await.unwrap().rows;
        rows.retain(|line| line.kind == AttentionKind::Transfer);
        rows
    };
    assert_eq!(lines().await, []);
    let fortnight = std::time::Duration::from_hours(15 * 24);
    bench.sim.clock().advance(fortnight);
    let waits = lines().await;
    assert_eq!(waits.len(), 1);
    assert_eq!(waits[0].profile_key, Some(row.key));
    let what = waits[0].what();
    assert!(what.contains("new@owner.example"), "{what}");
    let given_up = bench.desk.give_up_transfer(asked.key).await.unwrap();
    assert_eq!(given_up.state, TransferState::GivenUp);
    assert_eq!(lines().await, []);
}

#[tokio::test]
async fn a_profile_that_is_deleted_from_here_is_not_told_to_be_handed_over() {
    let (bench, row, _) = Bench::transferring().await;
    let password = {
        let world = bench.sim.world();
        let account = world.account(&bench.sim.tokens()[0].account).unwrap();
        account.password.clone()
    };
    let changes = vec![Change::Delete(Delete { profile: row.key })];
    let proof = Proof {
        password: password.as_str().into(),
        pin: None,
    };
    let work = bench.desk.carry_out(
        ChangeRequest::Changes { changes },
        Confirmation::default(),
        Some(proof),
    );
    let outcome = bench.sim.run_through(work).await.unwrap();
    assert_eq!(outcome.counts.done, 1, "{outcome:?}");
    for _ in 0..2 {
        let state = bench
            .desk
            .transfer_of(row.key)
            .await
            .unwrap()
            .unwrap()
            .state;
        assert_eq!(state, TransferState::Deleted);
        // The next list has the profile no more.
        bench.sync_again().await;
    }
    let over = bench.desk.transfers().await.unwrap().remove(0);
    assert!(over.ended_at.is_some());
}

#[tokio::test]
async fn a_transfer_of_an_account_that_was_forgotten_is_said_to_be_watched_by_nobody() {
    let (bench, row, asked) = Bench::transferring().await;
    let account = bench.desk.account_by_label("Acme").await.unwrap();
    bench.desk.forget(account.key, true).await.unwrap();
    let left = bench.desk.transfer_of(row.key).await.unwrap().unwrap();
    assert_eq!((left.state, left.account), (TransferState::Unwatched, None));
    bench
        .sim
        .clock()
        .advance(std::time::Duration::from_hours(15 * 24));
    let query = TodayQuery {
        limit: 500,
        ..TodayQuery::default()
    };
    let lines = bench.desk.today(query).await.unwrap().rows;
    let of_it = |line: &desk::read::TodayRow| line.kind == AttentionKind::Transfer;
    assert!(!lines.iter().any(of_it), "nobody waits for it");
    // It is watched again with the account.
    let token = bench.sim.tokens()[0].token.clone();
    bench.connect("Acme", &token).await;
    bench.sync().await;
    let again = bench.desk.transfer_of(row.key).await.unwrap().unwrap();
    assert_eq!(again.state, TransferState::Waits);
    bench.desk.forget(account.key, true).await.unwrap();
    let given_up = bench.desk.give_up_transfer(asked.key).await.unwrap();
    assert_eq!(given_up.state, TransferState::GivenUp);
}
