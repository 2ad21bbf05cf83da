//! The change log: what it holds, how it is searched, what goes with a profile or an account.

use model::ChangeKind;
use rusqlite::Connection;
use serde_json::{Value, json};
use store::{AccountKey, Change, ChangeQuery, NewChange, ProfileKey, StoreError};

use crate::world::{World, listed, minute, profile_id, shared};

fn words(text: &str) -> Vec<(String, bool)> {
    let words = text.split_whitespace();
    words.map(|word| (word.to_owned(), false)).collect()
}

fn all() -> ChangeQuery {
    ChangeQuery {
        limit: 100,
        ..ChangeQuery::default()
    }
}

fn change(kind: ChangeKind, at: i64) -> NewChange {
    NewChange {
        at: minute(at),
        account: None,
        profile: None,
        kind,
        subject: None,
        old: Value::Null,
        new: Value::Null,
    }
}

fn of_profile(profile: ProfileKey, kind: ChangeKind, at: i64) -> NewChange {
    NewChange {
        profile: Some(profile),
        ..change(kind, at)
    }
}

fn of_account(account: AccountKey, kind: ChangeKind, at: i64) -> NewChange {
    NewChange {
        account: Some(account),
        ..change(kind, at)
    }
}

fn put(world: &World, changes: &[NewChange]) {
    world.write(|tx| tx.put_changes(changes)).unwrap();
}

/// The changes that a query leaves, which must be as many as are counted.
fn found(world: &World, query: &ChangeQuery) -> Vec<Change> {
    let (changes, count) = world
        .read(|rows| Ok((rows.changes(query)?, rows.count_changes(query)?)))
        .unwrap();
    assert_eq!(changes.len(), count as usize);
    changes
}

fn kinds(changes: &[Change]) -> Vec<ChangeKind> {
    changes.iter().map(|change| change.kind).collect()
}

#[test]
fn changes_come_back_whole_the_newest_first_and_the_last_written_first_among_equals() {
    let world = World::new();
    let account = world.account(1, "One");
    let profile = world.list(account, &[listed(1, "First")], 0).keys[0];
    put(
        &world,
        &[
            NewChange {
                account: Some(account),
                subject: Some("input".to_owned()),
                old: json!(200_000),
                new: json!(0.5),
                ..of_profile(profile, ChangeKind::LimitChanged, 2)
            },
            of_account(account, ChangeKind::PlanChanged, 2),
            of_profile(profile, ChangeKind::ProfileAppeared, 1),
            NewChange {
                old: json!("Old \"name\""),
                new: json!("7"),
                ..of_profile(profile, ChangeKind::ProfileRenamed, 3)
            },
        ],
    );
    let changes = found(&world, &all());
    assert_eq!(
        kinds(&changes),
        [
            ChangeKind::ProfileRenamed,
            ChangeKind::PlanChanged,
            ChangeKind::LimitChanged,
            ChangeKind::ProfileAppeared
        ]
    );
    assert_eq!(changes[0].old, json!("Old \"name\""));
    assert_eq!(changes[0].new, json!("7"), "a string stays one");
    assert_eq!(changes[1].profile, None);
    assert_eq!(changes[1].old, Value::Null);
    let limit = Change {
        key: changes[2].key,
        at: minute(2),
        account: Some("One".to_owned()),
        profile: Some(profile_id(1)),
        profile_key: Some(profile),
        profile_name: Some("First".to_owned()),
        kind: ChangeKind::LimitChanged,
        subject: Some("input".to_owned()),
        old: json!(200_000),
        new: json!(0.5),
    };
    assert_eq!(changes[2], limit);
    let page = ChangeQuery {
        offset: 1,
        limit: 2,
        ..ChangeQuery::default()
    };
    let (page, count) = world
        .read(|rows| Ok((rows.changes(&page)?, rows.count_changes(&page)?)))
        .unwrap();
    assert_eq!((page, count), (changes[1..3].to_vec(), 4));
}

#[test]
fn a_query_leaves_what_all_of_its_conditions_leave() {
    let world = World::new();
    let [one, two] = [world.account(1, "One"), world.account(2, "Two")];
    let mine = world.list(one, &[listed(1, "Mine")], 0).keys[0];
    let other = world.list(two, &[listed(2, "Other")], 0).keys[0];
    put(
        &world,
        &[
            NewChange {
                account: Some(one),
                ..of_profile(mine, ChangeKind::TokenCreated, 1)
            },
            NewChange {
                account: Some(two),
                ..of_profile(other, ChangeKind::TokenCreated, 2)
            },
            NewChange {
                account: Some(two),
                ..of_profile(other, ChangeKind::TokenGone, 3)
            },
            of_account(one, ChangeKind::PaymentFailed, 4),
        ],
    );
    let times = |query: ChangeQuery| {
        let changes = found(&world, &query).into_iter();
        changes
            .map(|change| (change.at.as_second() - minute(0).as_second()) / 60)
            .collect::<Vec<_>>()
    };
    let account = |account| ChangeQuery {
        account: Some(account),
        ..all()
    };
    assert_eq!(times(account(one)), [4, 1]);
    assert_eq!(times(account(two)), [3, 2]);
    let profile = ChangeQuery {
        profile: Some(mine),
        ..all()
    };
    assert_eq!(times(profile.clone()), [1]);
    assert_eq!(
        times(ChangeQuery {
            account: Some(two),
            ..profile
        }),
        [0; 0]
    );
    assert_eq!(
        times(ChangeQuery {
            since: Some(minute(3)),
            ..all()
        }),
        [4, 3]
    );
    let tokens = ChangeQuery {
        kinds: vec![ChangeKind::TokenCreated, ChangeKind::TokenGone],
        ..all()
    };
    assert_eq!(times(tokens.clone()), [3, 2, 1]);
    assert_eq!(
        times(ChangeQuery {
            since: Some(minute(2)),
            account: Some(two),
            words: words("oth"),
            ..tokens
        }),
        [3, 2]
    );
}

#[test]
fn words_are_found_in_every_field_whatever_their_case_and_no_character_is_a_wildcard() {
    let world = World::new();
    let account = world.account(1, "Größe & Co");
    let list = [listed(1, "Ünï Corp"), listed(2, "100 % done")];
    let keys = world.list(account, &list, 0).keys;
    put(
        &world,
        &[
            NewChange {
                account: Some(account),
                subject: Some("ana@example.com".to_owned()),
                ..of_profile(keys[0], ChangeKind::MemberJoined, 1)
            },
            NewChange {
                subject: Some("under_score".to_owned()),
                old: json!("ΟΔΟΣ"),
                new: json!(350_000),
                ..of_profile(keys[1], ChangeKind::LimitChanged, 2)
            },
        ],
    );
    let [joined, limit] = [ChangeKind::MemberJoined, ChangeKind::LimitChanged];
    for (search, expected) in [
        ("", &[limit, joined][..]),
        ("  ", &[limit, joined]),
        ("GRÖSSE", &[joined]),
        ("ünï CORP", &[joined]),
        ("ünï größe ANA@", &[joined]),
        ("ünï 350000", &[]),
        (profile_id(2).as_str(), &[limit]),
        ("οδος", &[limit]),
        ("350000", &[limit]),
        ("%", &[limit]),
        ("_", &[limit]),
        ("done%", &[]),
        ("a_a@", &[]),
        ("limit_changed", &[]),
        ("' OR 1=1 --", &[]),
        (&"a ".repeat(5_000), &[joined]),
    ] {
        let query = ChangeQuery {
            words: words(search),
            ..all()
        };
        assert_eq!(kinds(&found(&world, &query)), expected, "{search:.40}");
    }

    world.list(account, &[listed(1, "Renamed"), listed(2, "100 % done")], 3);
    let now = ChangeQuery {
        words: words("renamed"),
        ..all()
    };
    assert_eq!(kinds(&found(&world, &now)), [joined], "as it is called now");
}

#[test]
fn a_deleted_profile_takes_its_changes_and_a_deleted_account_leaves_those_of_profiles() {
    let world = World::new();
    let [one, two] = [world.account(1, "One"), world.account(2, "Two")];
    let keys = world
        .list(one, &[listed(1, "Mine"), listed(2, "Ours")], 0)
        .keys;
    world.list(two, &[shared(2, "Ours", 1)], 0);
    put(
        &world,
        &[
            of_profile(keys[0], ChangeKind::ProfileAppeared, 1),
            NewChange {
                account: Some(one),
                ..of_profile(keys[1], ChangeKind::ProfileAppeared, 2)
            },
            of_account(one, ChangeKind::PlanChanged, 3),
            of_account(two, ChangeKind::PaymentFailed, 4),
        ],
    );
    world
        .write(|tx| tx.remove_account(one, true, minute(5)))
        .unwrap();
    let kept = found(&world, &all());
    assert_eq!(kept.len(), 4, "its history is kept");
    assert_eq!(kept[1].account.as_deref(), Some("One"));

    world
        .write(|tx| {
            tx.put_account(&crate::world::new_account(1, "One"), minute(6))?;
            tx.remove_account(one, false, minute(7))
        })
        .unwrap();
    let left = found(&world, &all());
    assert_eq!(
        kinds(&left),
        [ChangeKind::PaymentFailed, ChangeKind::ProfileAppeared]
    );
    assert_eq!(left[1].profile_key, Some(keys[1]));
    assert_eq!(left[1].account, None);
}

#[test]
fn a_kind_that_this_version_does_not_know_is_passed_over() {
    let world = World::new();
    let profile = world.profile();
    put(
        &world,
        &[
            of_profile(profile, ChangeKind::ProfileAppeared, 1),
            of_profile(profile, ChangeKind::TokenGone, 2),
        ],
    );
    Connection::open(world.folder.path().join("profile-desk.db"))
        .unwrap()
        .execute(
            "UPDATE change SET kind = 'dashboard_painted' WHERE kind = 'token_gone'",
            [],
        )
        .unwrap();
    let page = ChangeQuery { limit: 1, ..all() };
    assert_eq!(
        kinds(&found(&world, &page)),
        [ChangeKind::ProfileAppeared],
        "it takes no place on a page"
    );
}

#[test]
fn a_change_of_what_was_removed_meanwhile_is_an_error_and_none_is_written() {
    let world = World::new();
    let profile = world.profile();
    let refused = world
        .write(|tx| {
            tx.put_changes(&[
                of_profile(profile, ChangeKind::TokenGone, 1),
                of_profile(ProfileKey(99), ChangeKind::TokenGone, 1),
            ])
        })
        .unwrap_err();
    assert!(matches!(refused, StoreError::NotFound { .. }), "{refused}");
    assert!(found(&world, &all()).is_empty());
}
