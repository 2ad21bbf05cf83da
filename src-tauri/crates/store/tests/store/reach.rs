//! One profile is one profile: who reaches it, who owns it, when it goes and comes back.

use model::{Service, Timestamp};
use store::{By, ListedProfile, ProfileInfo, ProfileKey, Reach, Summary};

use crate::world::{World, account_id, listed, minute, profile_id, shared};

fn reach(world: &World, profile: ProfileKey) -> Vec<(String, bool)> {
    let reach = world.read(|rows| rows.reach_of(profile)).unwrap();
    reach
        .into_iter()
        .map(|Reach { label, owner, .. }| (label, owner))
        .collect()
}

fn known(label: &str, owner: bool) -> (String, bool) {
    (label.to_owned(), owner)
}

#[test]
fn a_profile_that_two_accounts_reach_is_one_and_its_owner_is_preferred() {
    let world = World::new();
    let member = world.account(1, "Member");
    let owner = world.account(2, "Owner");
    let first = world.list(member, &[shared(1, "Shared", 2)], 1);
    assert_eq!(first.added, first.keys);
    let key = first.keys[0];
    let profile = || world.read(|rows| rows.profile(key)).unwrap().unwrap();
    assert_eq!(profile().preferred, Some(member));
    assert_eq!(profile().owner, Some(account_id(2)));

    let second = world.list(owner, &[listed(1, "Shared")], 2);
    assert_eq!(second.keys, [key]);
    assert!(second.added.is_empty());
    assert_eq!(profile().preferred, Some(owner));
    assert_eq!(
        reach(&world, key),
        [known("Owner", true), known("Member", false)]
    );
    assert_eq!(profile().first_seen_at, minute(1));
    assert_eq!(profile().last_seen_at, minute(2));
}

#[test]
fn without_an_owner_the_account_with_the_lowest_key_is_preferred() {
    let world = World::new();
    let first = world.account(1, "A");
    let second = world.account(2, "B");
    world.list(second, &[shared(1, "P", 9)], 1);
    let key = world.list(first, &[shared(1, "P", 9)], 2).keys[0];
    let profile = world.read(|rows| rows.profile(key)).unwrap().unwrap();
    assert_eq!(profile.preferred, Some(first));
    let row = world.read(|rows| rows.fleet_row(key)).unwrap().unwrap();
    assert!(row.shared);
}

#[test]
fn what_info_says_of_the_owner_stands_against_a_list_that_does_not_say() {
    let world = World::new();
    let account = world.account(1, "A");
    let silent = [listed(1, "P")];
    let key = world.list(account, &silent, 1).keys[0];
    assert_eq!(reach(&world, key), [known("A", true)]);
    let info = ProfileInfo {
        owner: Some(account_id(9)),
        ..ProfileInfo::default()
    };
    world
        .write(|tx| tx.put_info(key, &info, minute(2)))
        .unwrap();
    assert_eq!(reach(&world, key), [known("A", false)]);
    world.list(account, &silent, 3);
    assert_eq!(reach(&world, key), [known("A", false)]);
    let owners = world
        .read(|rows| rows.versions::<String>(store::Subject::Profile(key), store::Aspect::Owner))
        .unwrap();
    assert_eq!(owners.len(), 2, "{owners:?}");
}

#[test]
fn a_profile_that_nobody_reaches_is_kept_with_its_history_and_comes_back() {
    let world = World::new();
    let one = world.account(1, "One");
    let two = world.account(2, "Two");
    let both = [listed(1, "Stays"), listed(2, "Goes")];
    let keys = world.list(one, &both, 1).keys;
    world.list(two, &[shared(2, "Goes", 1)], 1);
    world
        .write(|tx| {
            let sample = model::Sample {
                at: minute(1),
                totals: [("input", 5.0)].into_iter().collect(),
            };
            tx.put_usage(keys[1], By::Day, &[sample])
        })
        .unwrap();
    let removed_at = || {
        let profile = world.read(|rows| rows.profile(keys[1])).unwrap();
        profile.unwrap().removed_at
    };

    let listed_once_less = world.list(one, &both[..1], 2);
    assert!(listed_once_less.removed.is_empty());
    assert_eq!(removed_at(), None);
    assert_eq!(reach(&world, keys[1]), [known("Two", false)]);

    let gone = world.list(two, &[], 3);
    assert_eq!(gone.removed, [keys[1]]);
    assert_eq!(removed_at(), Some(minute(3)));
    world.list(two, &[], 4);
    assert_eq!(removed_at(), Some(minute(3)));
    assert_eq!(
        world
            .read(|rows| rows.usage(keys[1], By::Day, Timestamp::MIN, Timestamp::MAX))
            .unwrap()
            .len(),
        1
    );
    let row = world.read(|rows| rows.fleet_row(keys[1])).unwrap().unwrap();
    assert_eq!(row.account.unwrap().label, "Two");
    assert!(row.accounts.is_empty());

    let back = world.list(one, &both, 5);
    assert_eq!(back.returned, [keys[1]]);
    assert!(back.added.is_empty());
    assert_eq!(removed_at(), None);
    world
        .write(|tx| tx.put_removed(keys[1], minute(6)))
        .unwrap();
    assert_eq!(removed_at(), Some(minute(6)));
}

#[test]
fn the_same_id_on_another_host_is_another_profile() {
    let world = World::new();
    let here = world.account(1, "Here");
    let there = {
        let mut account = crate::world::new_account(1, "There");
        account.api = "https://api.eu-w1.tago.io".to_owned();
        world
            .write(|tx| tx.put_account(&account, minute(0)))
            .unwrap()
            .key
    };
    let [a, b] = [here, there].map(|account| world.list(account, &[listed(1, "P")], 1).keys[0]);
    assert_ne!(a, b);
    let found = world
        .read(|rows| rows.find_profiles(&profile_id(1).as_str().to_uppercase()))
        .unwrap();
    assert_eq!(found.len(), 2);
}

#[test]
fn a_list_that_names_a_profile_twice_counts_it_once() {
    let world = World::new();
    let account = world.account(1, "One");
    let twice = world.list(account, &[listed(1, "P"), listed(1, "P")], 1);
    assert_eq!(twice.keys.len(), 1);
    assert_eq!(twice.added.len(), 1);
}

#[test]
fn a_name_finds_what_is_there_before_what_is_gone() {
    let world = World::new();
    let account = world.account(1, "One");
    let keys = world
        .list(
            account,
            &[listed(1, "Ünï"), listed(2, "ünï"), listed(3, "Old")],
            1,
        )
        .keys;
    let find = |text: &str| {
        let found = world.read(|rows| rows.find_profiles(text)).unwrap();
        found
            .into_iter()
            .map(|profile| profile.key)
            .collect::<Vec<_>>()
    };
    assert_eq!(find("Ünï"), [keys[0]]);
    assert_eq!(find("ÜNÏ"), keys[..2]);
    world.list(account, &[listed(2, "ünï")], 2);
    assert_eq!(
        find("Ünï"),
        [keys[0]],
        "exactly this one, although it is gone"
    );
    assert_eq!(find("ÜNÏ"), [keys[1]]);
    assert_eq!(find("old"), [keys[2]]);
    assert!(find("nobody").is_empty());
}

#[test]
fn removing_an_account_with_its_history_kept_can_be_undone() {
    let world = World::new();
    let account = world.account(1, "One");
    let key = world.list(account, &[listed(1, "P")], 1).keys[0];
    let summary = Summary {
        used: [(Service::Input, 5.0)].into_iter().collect(),
        ..Summary::default()
    };
    world
        .write(|tx| tx.put_summary(key, &summary, minute(1)))
        .unwrap();
    world
        .write(|tx| tx.remove_account(account, true, minute(2)))
        .unwrap();
    assert!(world.read(|rows| rows.accounts()).unwrap().is_empty());
    let profile = world.read(|rows| rows.profile(key)).unwrap().unwrap();
    assert_eq!(profile.removed_at, Some(minute(2)));
    let gone = world
        .write(|tx| tx.remove_account(account, true, minute(2)))
        .unwrap_err();
    assert!(matches!(gone, store::StoreError::NotFound { .. }), "{gone}");

    // Its label is free meanwhile.
    world.account(2, "one");
    let again = world
        .write(|tx| tx.put_account(&crate::world::new_account(1, "Back"), minute(3)))
        .unwrap();
    assert_eq!((again.key, again.was_there), (account, false));
    world.list(account, &[listed(1, "P")], 4);
    let (stored, _) = world.read(|rows| rows.summary(key)).unwrap().unwrap();
    assert_eq!(stored, summary);
}

#[test]
fn removing_an_account_deletes_what_nobody_else_ever_reached() {
    let world = World::new();
    let account = world.account(1, "One");
    let other = world.account(2, "Two");
    let list: [ListedProfile; 2] = [listed(1, "Mine"), listed(2, "Ours")];
    let keys = world.list(account, &list, 1).keys;
    world.list(other, &[shared(2, "Ours", 1)], 1);
    world
        .write(|tx| {
            tx.put_summary(keys[0], &Summary::default(), minute(1))?;
            tx.remove_account(account, false, minute(2))
        })
        .unwrap();
    assert_eq!(world.read(|rows| rows.profile(keys[0])).unwrap(), None);
    let ours = world.read(|rows| rows.profile(keys[1])).unwrap().unwrap();
    assert_eq!((ours.preferred, ours.removed_at), (Some(other), None));
    assert_eq!(reach(&world, keys[1]), [known("Two", false)]);
    let again = world.account(1, "One");
    assert_ne!(again, account, "a number is never given twice");
}
