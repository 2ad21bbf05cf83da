//! Filters of profiles: each test alone, turned around, and with what is not known.

use model::{Dataset, FetchOutcome, Service, UsageState};
use store::{
    Compare, FleetSelection, GroupKind, ProfileFilter, ProfileInfo, ProfileKey, ProfileTerm,
    ProfileTest, Subject, Summary,
};

use ProfileTest as Is;

use crate::world::{API, World, listed, minute, profile_id, shared};

/// Profiles P1 … P6: over, high, half, not allocated, fetched without figures, never fetched.
fn fleet(world: &World) -> Vec<ProfileKey> {
    let [one, two] = [world.account(1, "North Sea"), world.account(2, "Größe")];
    let mine = [1, 2, 3, 4, 5].map(|n| listed(n, &format!("P{n}")));
    let mut keys = world.list(one, &mine, 1).keys;
    keys.extend(world.list(two, &[shared(6, "Gehört wem", 9)], 1).keys);
    let of = |used: f64, limit: f64| {
        let mut summary = Summary::default();
        summary.used[Service::Input] = Some(used);
        summary.limit[Service::Input] = Some(limit);
        summary
    };
    let summaries = [
        of(120.0, 100.0),
        of(95.0, 100.0),
        of(50.0, 100.0),
        of(3.0, 0.0),
    ];
    world
        .write(|tx| {
            for (key, summary) in keys.iter().zip(&summaries) {
                tx.put_summary(*key, summary, minute(10))?;
            }
            tx.put_summary(keys[4], &Summary::default(), minute(5))?;
            let info = ProfileInfo {
                plan: Some("Scale".to_owned()),
                region: Some("eu-w1".to_owned()),
                ..ProfileInfo::default()
            };
            tx.put_info(keys[0], &info, minute(2))
        })
        .unwrap();
    keys
}

/// The names of what a test leaves, and of what it leaves when it is turned around.
fn both(world: &World, keys: &[ProfileKey], test: &ProfileTest) -> [Vec<usize>; 2] {
    [false, true].map(|negated| {
        let any = vec![test.clone()];
        let filter = ProfileFilter(vec![ProfileTerm { negated, any }]);
        let left = world.read(|rows| rows.matching(&filter)).unwrap();
        let places = keys.iter().zip(1..).filter(|(key, _)| left.contains(key));
        places.map(|(_, place)| place).collect()
    })
}

#[test]
fn each_test_and_its_opposite_divide_the_fleet() {
    let world = World::new();
    let keys = fleet(&world);
    let account = |label: &str| {
        let accounts = world.read(|rows| rows.accounts()).unwrap();
        accounts
            .into_iter()
            .find(|one| one.label == label)
            .unwrap()
            .key
    };
    let region = |text: &str, apis: &[&str]| ProfileTest::Region {
        text: text.to_owned(),
        apis: apis.iter().map(|api| (*api).to_owned()).collect(),
    };
    let failed = FetchOutcome::Failed {
        code: "offline".to_owned(),
        message: "…".to_owned(),
    };
    world
        .write(|tx| {
            tx.put_status(
                Subject::Profile(keys[1]),
                Dataset::Team,
                &failed,
                minute(11),
            )?;
            tx.put_signed_out(account("Größe"), "Invalid token", minute(11))
        })
        .unwrap();
    let text = str::to_owned;
    let cases: Vec<(ProfileTest, Vec<usize>)> = vec![
        (Is::Word(text("SEA")), vec![1, 2, 3, 4, 5]),
        (Is::Word(text("gehört")), vec![6]),
        (Is::Name(text("p1")), vec![1]),
        (Is::Name(text("%")), vec![]),
        (Is::Id(text(profile_id(3).as_str())), vec![3]),
        (Is::Accounts(vec![account("Größe")]), vec![6]),
        (Is::Accounts(vec![]), vec![]),
        (region("EU", &[]), vec![1]),
        (region("nowhere", &[API]), vec![2, 3, 4, 5, 6]),
        (Is::Plan(Some(text("SCALE"))), vec![1]),
        (Is::Plan(None), vec![2, 3, 4, 5, 6]),
        (Is::Shared, vec![6]),
        (Is::FetchedBefore(minute(10)), vec![5]),
        (Is::FetchedSince(minute(10)), vec![1, 2, 3, 4]),
        (Is::NeverFetched, vec![6]),
        (Is::Failed(None), vec![2]),
        (Is::Failed(Some(Dataset::Team)), vec![2]),
        (Is::Failed(Some(Dataset::Tokens)), vec![]),
        (Is::State(UsageState::Over), vec![1]),
        (Is::State(UsageState::Unknown), vec![5, 6]),
        (Is::State(UsageState::NotAllocated), vec![4]),
        (Is::Risk(Compare::More, 0.9), vec![1, 2]),
        (Is::Share(Service::Input, Compare::AtMost, 0.5), vec![3]),
        (Is::Share(Service::Input, Compare::Is, 0.95), vec![2]),
        (Is::Used(Service::Input, Compare::Less, 60.0), vec![3, 4]),
        (Is::Used(Service::Output, Compare::AtLeast, 0.0), vec![]),
        (Is::ServiceState(Service::Input, UsageState::High), vec![2]),
        (
            Is::ServiceState(Service::Input, UsageState::NotAllocated),
            vec![4],
        ),
        (
            Is::ServiceState(Service::Input, UsageState::Unknown),
            vec![5, 6],
        ),
        (Is::SignedOut, vec![6]),
        (Is::Not(Box::new(Is::Shared)), vec![1, 2, 3, 4, 5]),
    ];
    for (test, left) in cases {
        let others: Vec<usize> = (1..=6).filter(|place| !left.contains(place)).collect();
        assert_eq!(both(&world, &keys, &test), [left, others], "{test:?}");
    }
}

#[test]
fn removed_profiles_are_meant_only_where_they_are_named() {
    let world = World::new();
    let account = world.account(1, "One");
    let keys = world
        .list(account, &[listed(1, "A"), listed(2, "B")], 1)
        .keys;
    world.list(account, &[listed(1, "A")], 2);
    let left = |tests: Vec<ProfileTest>| {
        let filter = ProfileFilter(tests.into_iter().map(Into::into).collect());
        let mut left: Vec<_> = world
            .read(|rows| rows.matching(&filter))
            .unwrap()
            .into_iter()
            .collect();
        left.sort();
        left
    };
    assert_eq!(left(vec![]), [keys[0]]);
    assert_eq!(left(vec![ProfileTest::Removed]), [keys[1]]);
    assert_eq!(left(vec![ProfileTest::Any]), keys);
    let not = ProfileTest::Not(Box::new(ProfileTest::Removed));
    assert_eq!(left(vec![not.clone()]), [keys[0]]);
    let turned = ProfileFilter(vec![ProfileTerm {
        negated: true,
        any: vec![not],
    }]);
    let gone = world.read(|rows| rows.matching(&turned)).unwrap();
    assert_eq!(gone.into_iter().collect::<Vec<_>>(), [keys[1]]);
    let of_account = ProfileTest::Accounts(vec![account]);
    assert_eq!(left(vec![of_account.clone()]), [keys[0]]);
    assert_eq!(left(vec![of_account, ProfileTest::Removed]), [keys[1]]);
}

#[test]
fn groups_and_notes_are_filters_and_a_term_holds_if_one_of_its_tests_does() {
    let world = World::new();
    let keys = fleet(&world);
    let north = world
        .write(|tx| {
            let north = tx.add_group("North", GroupKind::Group)?;
            let acme = tx.add_group("Acme", GroupKind::Customer)?;
            assert_eq!(tx.put_members(north, &keys[..2], true)?, 2);
            assert_eq!(tx.put_members(north, &keys[..3], true)?, 1);
            assert_eq!(tx.put_members(north, &keys[2..4], false)?, 1);
            tx.put_members(acme, &keys[1..2], true)?;
            assert!(tx.put_note(keys[5], "Frägt im März nach", minute(3))?);
            assert!(!tx.put_note(keys[5], "Frägt im März nach", minute(4))?);
            Ok(north)
        })
        .unwrap();
    let left = |test: ProfileTest| both(&world, &keys, &test)[0].clone();
    assert_eq!(left(Is::Groups(vec![north])), [1, 2]);
    assert_eq!(left(Is::Grouped(GroupKind::Customer)), [2]);
    assert_eq!(left(Is::Grouped(GroupKind::Favourites)), [0; 0]);
    assert_eq!(left(Is::Note("MÄRZ".to_owned())), [6]);
    assert_eq!(left(Is::Note(String::new())), [6]);
    let either = ProfileFilter(vec![ProfileTerm {
        negated: false,
        any: vec![Is::Groups(vec![north]), Is::Shared],
    }]);
    assert_eq!(world.read(|rows| rows.matching(&either)).unwrap().len(), 3);
    let nothing = ProfileFilter(vec![ProfileTerm {
        negated: false,
        any: vec![],
    }]);
    assert_eq!(world.read(|rows| rows.matching(&nothing)).unwrap().len(), 0);
}

#[test]
fn a_sum_says_of_how_many_it_is_known() {
    let world = World::new();
    let keys = fleet(&world);
    let sum = |selection: FleetSelection| world.read(|rows| rows.fleet_sum(&selection)).unwrap();
    let all = sum(FleetSelection {
        keys: vec![keys[0]],
        all_of: Some(ProfileFilter::default()),
    });
    assert_eq!(all.profiles, 5);
    let input = all.services[Service::Input.index()];
    assert_eq!((input.used, input.used_known), (148.0, 3));
    assert_eq!((input.limit, input.limit_known), (200.0, 3));
    assert_eq!(all.services[Service::Output.index()].used_known, 0);
    let gone = ProfileKey(999);
    let two = sum(FleetSelection {
        keys: vec![keys[0], keys[1], keys[1], gone],
        all_of: None,
    });
    assert_eq!(two.profiles, 2);
    assert!((two.services[Service::Input.index()].used - 215.0).abs() < 1e-9);
}
