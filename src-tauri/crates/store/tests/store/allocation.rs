//! Every profile with its owner and what it holds, now and as of a past moment.

use model::{Amounts, FetchOutcome, Service};
use store::{Aspect, Member, ProfileKey, Subject, Summary};

use crate::world::{World, listed, minute, shared};

fn amounts(input: f64) -> Amounts {
    [(Service::Input, input)].into_iter().collect()
}

fn allocate(world: &World, profile: ProfileKey, input: f64, at: i64) {
    let subject = Subject::Profile(profile);
    world
        .write(|tx| tx.put_version(subject, Aspect::Allocation, &amounts(input), minute(at)))
        .unwrap();
}

#[test]
fn each_profile_is_one_row_with_its_owner_its_allocation_and_its_use() {
    let world = World::new();
    let (one, two) = (world.account(1, "One"), world.account(2, "Two"));
    let mine = world
        .list(one, &[listed(1, "Mine"), listed(2, "Other")], 0)
        .keys;
    // The same profile, reached by a second account that does not own it, and one of a stranger's.
    let stranger = world
        .list(two, &[shared(1, "Mine", 1), shared(3, "Theirs", 9)], 1)
        .keys[1];
    allocate(&world, mine[0], 50.75, 1);
    let summary = Summary {
        used: amounts(7.0),
        limit: amounts(50.75),
        ..Summary::default()
    };
    world
        .write(|tx| tx.put_summary(mine[0], &summary, minute(1)))
        .unwrap();
    let holders = world.read(|store| store.holders_with_use()).unwrap();
    assert_eq!(holders.len(), 3);
    let of = |key| holders.iter().find(|one| one.key == key).unwrap();
    let first = of(mine[0]);
    assert_eq!((first.name.as_str(), first.owner), ("Mine", Some(one)));
    assert_eq!(first.allocation, Some(amounts(50.75)));
    assert_eq!(first.used.as_ref().unwrap()[Service::Input], Some(7.0));
    assert_eq!(first.used.as_ref().unwrap()[Service::Sms], None);
    let second = of(mine[1]);
    assert_eq!((&second.allocation, &second.used), (&None, &None));
    let theirs = of(stranger);
    assert_eq!((theirs.owner, theirs.preferred), (None, Some(two)));
}

#[test]
fn a_past_moment_has_the_profiles_the_owners_and_the_allocation_of_then() {
    let world = World::new();
    let one = world.account(1, "One");
    let keys = world
        .list(one, &[listed(1, "Stays"), listed(2, "Goes")], 10)
        .keys;
    allocate(&world, keys[0], 100.0, 10);
    allocate(&world, keys[1], 200.0, 10);
    allocate(&world, keys[0], 300.0, 20);
    world.list(one, &[listed(1, "Renamed"), listed(3, "New")], 30);
    let at = |n| world.read(|store| store.holders(Some(minute(n)))).unwrap();
    assert_eq!(at(9), []);
    let held = |n| -> Vec<Option<f64>> {
        let holders = at(n);
        assert!(
            holders
                .iter()
                .all(|holder| holder.owner == Some(one) && holder.used.is_none())
        );
        let held = holders.into_iter();
        held.map(|holder| {
            holder
                .allocation
                .and_then(|allocation| allocation[Service::Input])
        })
        .collect()
    };
    assert_eq!(held(15), [Some(100.0), Some(200.0)]);
    assert_eq!(held(20), [Some(300.0), Some(200.0)]);
    assert_eq!(held(30), [Some(300.0), None]);
    let now = world.read(|store| store.holders(None)).unwrap();
    assert_eq!(now.len(), 2);
}

#[test]
fn an_account_that_was_removed_owns_nothing() {
    let world = World::new();
    let one = world.account(1, "One");
    world.list(one, &[listed(1, "Kept")], 0);
    world
        .write(|tx| tx.remove_account(one, true, minute(5)))
        .unwrap();
    assert_eq!(world.read(|store| store.holders(None)).unwrap(), []);
    let then = world.read(|store| store.holders(Some(minute(1)))).unwrap();
    assert_eq!((then.len(), then[0].owner), (1, None));
}

#[test]
fn a_team_that_never_arrived_is_not_a_team_of_nobody() {
    let world = World::new();
    let one = world.account(1, "One");
    let keys = world
        .list(one, &[listed(1, "A"), listed(2, "B"), listed(3, "C")], 0)
        .keys;
    let member = |email: &str| Member {
        id: None,
        name: None,
        email: Some(email.to_owned()),
        active: Some(true),
        created_at: None,
    };
    let put = |profile: ProfileKey, team: &[Member], at| {
        let subject = Subject::Profile(profile);
        world
            .write(|tx| {
                tx.put_team(profile, team, minute(at))?;
                tx.put_status(subject, model::Dataset::Team, &FetchOutcome::Ok, minute(at))
            })
            .unwrap();
    };
    put(
        keys[0],
        &[member("a@example.com"), member("b@example.com")],
        1,
    );
    put(keys[0], &[member("a@example.com")], 2);
    put(keys[1], &[], 1);
    let sizes = world.read(|store| store.team_sizes()).unwrap();
    assert_eq!(sizes.get(&keys[0]), Some(&1));
    assert_eq!(sizes.get(&keys[1]), Some(&0));
    assert_eq!(sizes.get(&keys[2]), None);
}
