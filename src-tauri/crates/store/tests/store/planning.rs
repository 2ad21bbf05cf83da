//! What a sync plans from: which profiles there are, how each dataset was last fetched, and what has to
//! be asked again because another token asks.

use model::{Dataset, FetchOutcome};
use store::{AccountKey, Aspect, FetchKind, Fetched, PlannedProfile, ProfileKey, Subject, Version};

use crate::world::{World, listed, minute, new_account, profile_id, shared};

fn not_permitted() -> FetchOutcome {
    FetchOutcome::NotPermitted {
        message: "Authorization denied".to_owned(),
    }
}

fn put(world: &World, subject: Subject, dataset: Dataset, outcome: &FetchOutcome, at: i64) {
    world
        .write(|tx| tx.put_status(subject, dataset, outcome, minute(at)))
        .unwrap();
}

fn fetched(world: &World, accounts: &[AccountKey]) -> Vec<Fetched> {
    world.read(|rows| rows.fetched(accounts)).unwrap()
}

/// Which datasets of a profile have a status.
fn known(world: &World, profile: ProfileKey) -> Vec<Dataset> {
    let statuses = world.read(|rows| rows.statuses_of_profile(profile));
    let statuses = statuses.unwrap().into_iter();
    statuses.map(|(dataset, _)| dataset).collect()
}

#[test]
fn each_pair_of_a_profile_and_an_account_that_reaches_it_is_planned_once_in_order() {
    let world = World::new();
    let [one, two, three] = [1, 2, 3].map(|n| world.account(n, &format!("Account {n}")));
    let keys = world
        .list(two, &[listed(1, "A"), listed(2, "B"), listed(3, "Gone")], 0)
        .keys;
    world.list(one, &[shared(2, "B", 2), shared(9, "Nobody's", 8)], 0);
    world.list(three, &[shared(1, "A", 2)], 0);
    world.list(two, &[listed(1, "A"), listed(2, "B")], 1);
    let nobodys = world
        .read(|rows| rows.find_profiles("Nobody's"))
        .unwrap()
        .remove(0)
        .key;
    let planned = |accounts: &[AccountKey]| {
        let planned = world.read(|rows| rows.planned_profiles(accounts)).unwrap();
        planned
            .into_iter()
            .map(|planned| (planned.key, planned.account, planned.owner))
            .collect::<Vec<_>>()
    };
    let expected = [
        (keys[0], two, true),
        (keys[1], one, false),
        (keys[1], two, true),
        (nobodys, one, false),
    ];
    assert_eq!(planned(&[two, one, two]), expected);
    assert_eq!(planned(&[three]), [(keys[0], three, false)]);
    assert!(planned(&[]).is_empty() && planned(&[AccountKey(99)]).is_empty());
    let whole = world.read(|rows| rows.planned_profiles(&[three])).unwrap();
    let expected = PlannedProfile {
        key: keys[0],
        id: profile_id(1),
        account: three,
        owner: false,
    };
    assert_eq!(whole, [expected]);
}

#[test]
fn statuses_of_many_accounts_come_at_once_and_those_of_a_shared_profile_once() {
    let world = World::new();
    let [one, two, three] = [1, 2, 3].map(|n| world.account(n, &format!("Account {n}")));
    let keys = world
        .list(one, &[listed(1, "Ours"), listed(2, "Gone")], 0)
        .keys;
    let theirs = world
        .list(two, &[shared(1, "Ours", 1), listed(3, "Theirs")], 0)
        .keys[1];
    let away = world.list(three, &[listed(4, "Elsewhere")], 0).keys[0];
    let failed = FetchOutcome::Failed {
        code: "unreachable".to_owned(),
        message: "…".to_owned(),
    };
    let [ours, gone] = [keys[0], keys[1]].map(Subject::Profile);
    put(&world, ours, Dataset::Team, &FetchOutcome::Ok, 1);
    put(&world, ours, Dataset::Team, &failed, 2);
    put(&world, ours, Dataset::Info, &not_permitted(), 3);
    put(&world, gone, Dataset::Info, &FetchOutcome::Ok, 3);
    let third = Subject::Profile(theirs);
    put(&world, third, Dataset::Backups, &FetchOutcome::NotThere, 4);
    let elsewhere = Subject::Profile(away);
    put(&world, elsewhere, Dataset::Info, &FetchOutcome::Ok, 4);
    let [first, last] = [one, three].map(Subject::Account);
    put(&world, first, Dataset::Profiles, &FetchOutcome::Ok, 5);
    put(&world, last, Dataset::Profiles, &FetchOutcome::Ok, 5);
    world.list(one, &[listed(1, "Ours")], 6);

    let row = |subject, dataset, attempted_at, succeeded_at: Option<i64>, outcome| Fetched {
        subject,
        dataset,
        attempted_at: minute(attempted_at),
        succeeded_at: succeeded_at.map(minute),
        outcome,
    };
    let expected = [
        row(first, Dataset::Profiles, 5, Some(5), FetchKind::Ok),
        row(ours, Dataset::Info, 3, None, FetchKind::NotPermitted),
        row(ours, Dataset::Team, 2, Some(1), FetchKind::Failed),
        row(third, Dataset::Backups, 4, None, FetchKind::NotThere),
    ];
    assert_eq!(fetched(&world, &[two, one]), expected);
    assert_eq!(fetched(&world, &[one]), expected[..3]);
    assert!(fetched(&world, &[]).is_empty());
}

#[test]
fn what_was_not_permitted_is_asked_again_when_another_account_is_preferred() {
    let world = World::new();
    let [member, owner] = [world.account(1, "Member"), world.account(2, "Owner")];
    let list = [shared(1, "Shared", 2), shared(2, "Another", 2)];
    let keys = world.list(member, &list, 0).keys;
    for key in &keys {
        let subject = Subject::Profile(*key);
        put(&world, subject, Dataset::Team, &not_permitted(), 1);
        put(&world, subject, Dataset::Info, &FetchOutcome::Ok, 1);
    }
    world.list(member, &list, 2);
    assert_eq!(known(&world, keys[0]), [Dataset::Info, Dataset::Team]);

    world.list(owner, &[listed(1, "Shared")], 3);
    assert_eq!(
        known(&world, keys[0]),
        [Dataset::Info],
        "its owner asks now"
    );
    assert_eq!(known(&world, keys[1]), [Dataset::Info, Dataset::Team]);

    // The other way round: the owner does not reach it any more, and was deleted.
    let subject = Subject::Profile(keys[0]);
    put(&world, subject, Dataset::Tokens, &not_permitted(), 4);
    world.list(owner, &[], 5);
    assert_eq!(known(&world, keys[0]), [Dataset::Info]);
    world.list(owner, &[listed(1, "Shared")], 6);
    put(&world, subject, Dataset::Tokens, &not_permitted(), 7);
    world
        .write(|tx| tx.remove_account(owner, false, minute(8)))
        .unwrap();
    assert_eq!(known(&world, keys[0]), [Dataset::Info]);
}

#[test]
fn a_profile_that_nobody_reaches_for_a_while_is_not_asked_again_by_the_same_account() {
    let world = World::new();
    let account = world.account(1, "One");
    let key = world.list(account, &[listed(1, "P")], 0).keys[0];
    let subject = Subject::Profile(key);
    put(&world, subject, Dataset::Team, &not_permitted(), 1);
    world.list(account, &[], 2);
    world.list(account, &[listed(1, "P")], 3);
    assert_eq!(known(&world, key), [Dataset::Team]);
}

#[test]
fn what_was_not_permitted_is_asked_again_when_an_account_gets_another_token() {
    let world = World::new();
    let [one, two] = [world.account(1, "One"), world.account(2, "Two")];
    let mine = world.list(one, &[listed(1, "Mine")], 0).keys[0];
    let theirs = world.list(two, &[listed(2, "Theirs")], 0).keys[0];
    world.list(one, &[listed(1, "Mine"), shared(2, "Theirs", 2)], 0);
    let refuse = |at| {
        for key in [mine, theirs] {
            put(
                &world,
                Subject::Profile(key),
                Dataset::Team,
                &not_permitted(),
                at,
            );
        }
        for account in [one, two] {
            let subject = Subject::Account(account);
            put(&world, subject, Dataset::Prices, &not_permitted(), at);
            put(
                &world,
                subject,
                Dataset::Health,
                &FetchOutcome::NotThere,
                at,
            );
        }
    };
    let of_account = |account| {
        let statuses = world.read(|rows| rows.statuses_of_account(account));
        let statuses = statuses.unwrap().into_iter();
        statuses.map(|(dataset, _)| dataset).collect::<Vec<_>>()
    };
    let connect = |at, left: &[Dataset]| {
        world
            .write(|tx| tx.put_account(&new_account(1, "One"), minute(at)))
            .unwrap();
        assert_eq!(of_account(one), left);
        assert_eq!(of_account(two), [Dataset::Health, Dataset::Prices]);
        assert!(known(&world, mine).is_empty());
        assert_eq!(known(&world, theirs), [Dataset::Team]);
    };
    refuse(1);
    connect(2, &[Dataset::Health]);
    refuse(3);
    world
        .write(|tx| tx.remove_account(one, true, minute(4)))
        .unwrap();
    // Nothing is known any more to be as it was when it was removed.
    connect(5, &[]);
}

#[test]
fn the_newest_backup_of_a_profile_is_a_version_of_its_own() {
    let world = World::new();
    let subject = Subject::Profile(world.profile());
    world
        .write(|tx| tx.put_version(subject, Aspect::Backups, &minute(1), minute(2)))
        .unwrap();
    let backups: Option<Version<model::Timestamp>> = world
        .read(|rows| rows.version(subject, Aspect::Backups))
        .unwrap();
    assert_eq!(backups.unwrap().value, minute(1));
    assert_eq!(Aspect::Backups.key(), "backups");
}
