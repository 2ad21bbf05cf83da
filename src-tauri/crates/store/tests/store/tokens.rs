//! Tokens of many profiles: filtered, sorted, paged, counted and flagged by the store.

use jiff::SignedDuration;
use model::{AccountId, Dataset};
use rusqlite::Connection;
use store::{Expiry, Member, ProfileKey, TokenMeta, TokenPage, TokenQuery, TokenSort, TokenTest};

use crate::world::{World, account_id, listed, minute, shared};

const DAY: i64 = 24 * 60;
const LIFE: SignedDuration = SignedDuration::from_hours(93 * 24);

fn token(n: u32, name: &str) -> TokenMeta {
    TokenMeta {
        fingerprint: format!("{n:064x}").into(),
        last4: format!("{:04}", n % 10_000),
        name: Some(name.to_owned()),
        permission: Some("read".to_owned()),
        kind: Some("profile".to_owned()),
        ref_id: None,
        expires: Expiry::Never,
        created_at: Some(minute(-100 * DAY)),
        created_by: Some(account_id(1).to_string()),
        last_authorization_at: None,
        never_used: false,
    }
}

fn query() -> TokenQuery {
    TokenQuery {
        words: Vec::new(),
        tests: Vec::new(),
        profiles: None,
        sign_ins: Some(false),
        sign_in_life: LIFE,
        sort: TokenSort::Name,
        descending: false,
        offset: 0,
        limit: 100,
    }
}

fn page(world: &World, query: &TokenQuery) -> TokenPage {
    world.read(|store| store.token_page(query)).unwrap()
}

fn names(page: &TokenPage) -> Vec<&str> {
    let rows = page.rows.iter();
    rows.map(|row| row.version.token.name.as_deref().unwrap_or(""))
        .collect()
}

fn found(world: &World, test: TokenTest, negated: bool) -> Vec<String> {
    let query = TokenQuery {
        tests: vec![(test, negated)],
        ..query()
    };
    let page = page(world, &query);
    names(&page).into_iter().map(str::to_owned).collect()
}

fn put(world: &World, profile: ProfileKey, tokens: &[TokenMeta], at: i64) {
    world
        .write(|store| store.put_tokens(profile, tokens, minute(at)))
        .unwrap();
}

fn member(id: AccountId, active: bool) -> Member {
    Member {
        id: Some(id),
        name: Some("Änne Öst".to_owned()),
        email: Some("anne@example.com".to_owned()),
        active: Some(active),
        created_at: None,
    }
}

/// One profile with a token of each kind.
fn mixed(world: &World) -> ProfileKey {
    let profile = world.profile();
    let tokens = [
        TokenMeta {
            permission: Some("full".to_owned()),
            never_used: true,
            ..token(1, "Full, unused")
        },
        TokenMeta {
            expires: Expiry::At(minute(10 * DAY)),
            last_authorization_at: Some(minute(-5 * DAY)),
            ..token(2, "Expiring")
        },
        TokenMeta {
            expires: Expiry::At(minute(-DAY)),
            last_authorization_at: Some(minute(-95 * DAY)),
            ..token(3, "Expired")
        },
        TokenMeta {
            permission: Some("full".to_owned()),
            created_at: Some(minute(-DAY)),
            expires: Expiry::At(minute(29 * DAY)),
            ..token(4, "Sign-in, Chrome")
        },
        TokenMeta {
            permission: None,
            created_at: None,
            created_by: None,
            expires: Expiry::Unknown,
            ..token(5, "<img src=x onerror=alert(1)>")
        },
    ];
    put(world, profile, &tokens, 0);
    profile
}

#[test]
fn tokens_of_signing_in_are_folded_away_or_shown_alone_or_with_the_others() {
    let world = World::new();
    mixed(&world);
    let count = |sign_ins| {
        page(
            &world,
            &TokenQuery {
                sign_ins,
                ..query()
            },
        )
        .total
    };
    assert_eq!(
        [count(Some(false)), count(Some(true)), count(None)],
        [4, 1, 5]
    );
}

#[test]
fn each_test_leaves_what_holds_and_unknown_is_neither_yes_nor_no() {
    let world = World::new();
    mixed(&world);
    let is = |test| found(&world, test, false);
    assert_eq!(is(TokenTest::Permission("full".into())), ["Full, unused"]);
    assert_eq!(is(TokenTest::NeverUsed), ["Full, unused"]);
    assert_eq!(is(TokenTest::NeverExpires), ["Full, unused"]);
    let soon = TokenTest::Expires(Some(minute(0)), Some(minute(14 * DAY)));
    assert_eq!(is(soon), ["Expiring"]);
    assert_eq!(is(TokenTest::Expires(None, Some(minute(0)))), ["Expired"]);
    assert_eq!(
        is(TokenTest::Used(None, Some(minute(-90 * DAY)))),
        ["Expired"]
    );
    assert_eq!(is(TokenTest::Kind("PROFILE".into())).len(), 4);
    assert_eq!(is(TokenTest::Made(None, Some(minute(-DAY)))).len(), 3);
    let any = TokenTest::Any(vec![
        TokenTest::NeverUsed,
        TokenTest::Expires(None, Some(minute(0))),
    ]);
    assert_eq!(is(any), ["Expired", "Full, unused"]);
    // What is turned around leaves what is not known to hold.
    assert_eq!(
        found(&world, TokenTest::NeverExpires, true),
        ["<img src=x onerror=alert(1)>", "Expired", "Expiring"]
    );
}

#[test]
fn words_are_found_in_names_ends_profiles_and_creators_whatever_their_case() {
    let world = World::new();
    let profile = mixed(&world);
    let who = account_id(1);
    world
        .write(|store| {
            let team = [member(who, true)];
            store.put_team(profile, &team, minute(1))
        })
        .unwrap();
    let find = |words: &[(&str, bool)]| {
        let words = words.iter().map(|(word, not)| ((*word).to_owned(), *not));
        page(
            &world,
            &TokenQuery {
                words: words.collect(),
                ..query()
            },
        )
        .total
    };
    assert_eq!(find(&[("EXPIR", false)]), 2);
    assert_eq!(find(&[("expir", false), ("ing", true)]), 1);
    assert_eq!(find(&[("0002", false)]), 1);
    assert_eq!(find(&[("first", false)]), 4, "the profile's name");
    assert_eq!(find(&[("ÄNNE", false)]), 3, "who made it");
    assert_eq!(find(&[("onerror=alert(1)", false)]), 1);
    assert_eq!(find(&[("%", false)]), 0, "no character is a wildcard");
    let creator = TokenTest::Creator("öst".into());
    assert_eq!(found(&world, creator, false).len(), 3);
}

#[test]
fn unknown_values_come_last_either_way_and_never_is_beyond_every_date() {
    let world = World::new();
    mixed(&world);
    let sorted = |sort, descending| {
        let page = page(
            &world,
            &TokenQuery {
                sort,
                descending,
                ..query()
            },
        );
        names(&page)
            .into_iter()
            .map(|name| name.split([',', ' ']).next().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        sorted(TokenSort::Expires, false),
        ["Expired", "Expiring", "Full", "<img"]
    );
    assert_eq!(
        sorted(TokenSort::Expires, true),
        ["Full", "Expiring", "Expired", "<img"]
    );
    assert_eq!(
        sorted(TokenSort::Used, false)[..3],
        ["Full", "Expired", "Expiring"]
    );
    assert_eq!(sorted(TokenSort::Used, true)[..2], ["Expiring", "Expired"]);
}

#[test]
fn the_figures_count_each_flag_once_and_sign_ins_apart() {
    let world = World::new();
    mixed(&world);
    let figures = world
        .read(|store| store.token_figures(minute(0), minute(14 * DAY), LIFE))
        .unwrap();
    assert_eq!((figures.tokens, figures.sign_ins), (4, 1));
    assert_eq!((figures.never_used, figures.full_never_used), (1, 1));
    assert_eq!((figures.never_expires, figures.full), (1, 1));
    assert_eq!((figures.expiring, figures.expired), (1, 1));
    assert_eq!(figures.orphans, 0, "no team is known");
}

#[test]
fn a_creator_is_gone_once_a_team_without_them_is_known_and_back_with_it() {
    let world = World::new();
    let account = world.account(1, "One");
    let profile = world
        .list(account, &[listed(1, "First"), shared(2, "Other", 9)], 0)
        .keys[1];
    let by = |n: u32, by: Option<String>| TokenMeta {
        created_by: by,
        ..token(n, &format!("T{n}"))
    };
    let tokens = [
        by(1, Some(account_id(9).to_string())),
        by(2, Some(account_id(5).to_string())),
        by(3, None),
        by(4, Some("ANNE@example.com ".to_owned())),
    ];
    put(&world, profile, &tokens, 0);
    let orphans = || found(&world, TokenTest::Orphan, false);
    assert_eq!(orphans(), [""; 0], "the team is not known");
    let team = |team: &[Member], at| {
        world
            .write(|store| store.put_team(profile, team, minute(at)))
            .unwrap();
    };
    team(&[], 1);
    assert_eq!(
        orphans(),
        ["T2", "T4"],
        "the owner is no orphan, and unknown none"
    );
    team(&[member(account_id(5), true)], 2);
    assert_eq!(orphans(), [""; 0], "by id and by address");
    team(&[], 3);
    put(&world, profile, &tokens, 4);
    assert_eq!(orphans(), ["T2", "T4"], "after the next list too");
}

#[test]
fn another_owner_makes_the_one_before_a_creator_who_is_gone() {
    let world = World::new();
    let account = world.account(1, "One");
    let list = |owner, at| world.list(account, &[shared(2, "Other", owner)], at).keys[0];
    let profile = list(9, 0);
    let tokens = [TokenMeta {
        created_by: Some(account_id(9).to_string()),
        ..token(1, "T")
    }];
    put(&world, profile, &tokens, 0);
    world
        .write(|store| store.put_team(profile, &[], minute(0)))
        .unwrap();
    assert_eq!(found(&world, TokenTest::Orphan, false), [""; 0]);
    list(8, 1);
    assert_eq!(found(&world, TokenTest::Orphan, false), ["T"]);
}

#[test]
fn gone_tokens_and_those_of_removed_profiles_do_not_stand() {
    let world = World::new();
    let profile = mixed(&world);
    put(&world, profile, &[token(2, "Expiring")], 5);
    assert_eq!(names(&page(&world, &query())), ["Expiring"]);
    world
        .write(|store| store.put_removed(profile, minute(6)))
        .unwrap();
    assert_eq!(page(&world, &query()).total, 0);
    let (standing, versions) = world.read(|store| store.token_history(1)).unwrap().unwrap();
    assert_eq!(standing.version.seen_until, Some(minute(5)));
    assert_eq!(versions.len(), 1);
}

#[test]
fn that_a_token_was_never_used_is_what_the_list_said_last() {
    let world = World::new();
    let profile = world.profile();
    let never = TokenMeta {
        never_used: true,
        ..token(1, "T")
    };
    let used = TokenMeta {
        last_authorization_at: Some(minute(1)),
        ..token(1, "T")
    };
    let unused = || found(&world, TokenTest::NeverUsed, false).len();
    put(&world, profile, &[token(1, "T")], 0);
    assert_eq!(unused(), 0, "a list that says nothing");
    put(&world, profile, std::slice::from_ref(&never), 1);
    assert_eq!(unused(), 1);
    put(&world, profile, &[used], 2);
    assert_eq!(unused(), 0);
    put(&world, profile, &[never], 3);
    assert_eq!(unused(), 0, "a use that was seen is not taken back");
}

#[test]
fn since_when_a_list_is_known_is_kept_also_of_an_empty_one() {
    let world = World::new();
    let profile = world.profile();
    let since = |dataset| world.read(|store| store.known_since(dataset)).unwrap();
    assert!(since(Dataset::Team).is_empty());
    for at in [3, 7] {
        world
            .write(|store| store.put_team(profile, &[], minute(at)))
            .unwrap();
        put(&world, profile, &[], at + 1);
    }
    assert_eq!(since(Dataset::Team)[&profile], minute(3));
    assert_eq!(since(Dataset::Tokens)[&profile], minute(4));
}

#[test]
fn a_hundred_thousand_tokens_are_paged_without_a_gap_in_every_order() {
    let world = World::new();
    let account = world.account(1, "One");
    let list: Vec<_> = (0..5_000)
        .map(|n| listed(n, &format!("P {n:04}")))
        .collect();
    let keys = world.list(account, &list, 0).keys;
    world
        .write(|store| {
            for (place, key) in keys.iter().enumerate() {
                let tokens: Vec<_> = (0..20_u32)
                    .map(|n| {
                        let number = u32::try_from(place).unwrap() * 20 + n;
                        let made = -i64::from(number % 900) * DAY;
                        TokenMeta {
                            permission: Some(
                                ["full", "read", "write"][(number % 3) as usize].into(),
                            ),
                            never_used: number % 4 == 0,
                            created_at: Some(minute(made)),
                            expires: match number % 5 {
                                0 => Expiry::Never,
                                1 => Expiry::Unknown,
                                _ => Expiry::At(minute(made + i64::from(number % 400) * DAY)),
                            },
                            ..token(number, &format!("Token {:05}", (number * 7_919) % 100_000))
                        }
                    })
                    .collect();
                store.put_tokens(*key, &tokens, minute(0))?;
            }
            Ok(())
        })
        .unwrap();
    let db = Connection::open(world.folder.path().join("profile-desk.db")).unwrap();
    let count: u32 = db
        .query_row("SELECT count(*) FROM token_now", [], |row| row.get(0))
        .unwrap();
    assert_eq!(count, 100_000);

    for sort in [
        TokenSort::Name,
        TokenSort::Profile,
        TokenSort::Permission,
        TokenSort::Made,
        TokenSort::Expires,
        TokenSort::Used,
        TokenSort::Creator,
    ] {
        let all = TokenQuery {
            sign_ins: None,
            sort,
            limit: 150,
            ..query()
        };
        let began = std::time::Instant::now();
        let first = page(&world, &all);
        println!(
            "{sort:?}: a page of 100,000 tokens in {:?}",
            began.elapsed()
        );
        assert_eq!(first.total, 100_000);
        let second = page(
            &world,
            &TokenQuery {
                offset: 75,
                ..all.clone()
            },
        );
        let keys = |page: &TokenPage| page.rows.iter().map(|row| row.key).collect::<Vec<_>>();
        assert_eq!(keys(&first)[75..], keys(&second)[..75], "{sort:?}");
    }
    let filtered = TokenQuery {
        words: vec![("p 49".into(), false)],
        tests: vec![(TokenTest::Permission("full".into()), false)],
        ..query()
    };
    let began = std::time::Instant::now();
    let found = page(&world, &filtered);
    println!("filtered to {}: {:?}", found.total, began.elapsed());
    assert!(found.total > 400 && found.total < 700, "{}", found.total);
    let began = std::time::Instant::now();
    world
        .read(|store| store.token_figures(minute(0), minute(14 * DAY), LIFE))
        .unwrap();
    println!("figures: {:?}", began.elapsed());
}
