//! Who can get in: tokens that somebody made, those of signing in, and teams.

use desk::read::ChangeTopic;
use jiff::{SignedDuration, Timestamp};
use model::ChangeKind;
use serde_json::Value;
use sim::world::{Member, Permission, Token};

use super::{DAY, QUARTER, told};
use crate::Bench;

const MAKER: &str = "aaaaaaaaaaaaaaaaaaaaaaaa";

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// A token that never ends and reads only; its number is the end of its value.
fn token(bench: &Bench, number: u32, name: &str) -> Token {
    Token {
        token: format!("p-7b1d2c3e-5f60-4a7b-8c9d-0e1f2a3b{number:04}"),
        name: name.to_owned(),
        permission: Permission::Read,
        expires_at: None,
        last_authorization: None,
        created_at: bench.sim.clock().now(),
        created_by: MAKER.to_owned(),
        ref_id: String::new(),
        serie_number: None,
    }
}

fn until(end: Timestamp, token: Token) -> Token {
    Token {
        expires_at: Some(end),
        ..token
    }
}

#[tokio::test]
async fn a_token_that_somebody_made_is_told_when_it_comes_and_when_it_goes() {
    let bench = Bench::connected(12).await;
    let profile = bench.quiet();
    let old = token(&bench, 1, "Gateway");
    let nameless = token(&bench, 2, "");
    bench.alter(&profile, |profile| {
        profile.tokens = vec![old.clone(), nameless.clone()];
    });
    bench.sync().await;
    let new = token(&bench, 3, "Gateway");
    bench.alter(&profile, |profile| profile.tokens.push(new));
    bench.sync_after(DAY).await;
    let mut expected = vec![told(
        ChangeKind::TokenCreated,
        Some("Gateway ····0003"),
        Value::Null,
        "read",
    )];
    assert_eq!(bench.told_of(&profile, ChangeTopic::Tokens).await, expected);

    // That one is used, renamed or may do more is neither a new token nor one that is gone.
    let now = bench.sim.clock().now();
    bench.alter(&profile, |profile| {
        profile.tokens[0].last_authorization = Some(now);
        profile.tokens[0].name = "Old gateway".to_owned();
        profile.tokens[2].permission = Permission::Full;
    });
    bench.sync_after(DAY).await;
    assert_eq!(bench.told_of(&profile, ChangeTopic::Tokens).await, expected);

    bench.alter(&profile, |profile| profile.tokens.truncate(1));
    bench.sync_after(DAY).await;
    expected.extend([
        told(ChangeKind::TokenGone, Some("····0002"), "read", Value::Null),
        told(
            ChangeKind::TokenGone,
            Some("Gateway ····0003"),
            "full",
            Value::Null,
        ),
    ]);
    assert_eq!(bench.told_of(&profile, ChangeTopic::Tokens).await, expected);
    assert_eq!(bench.told_of(&profile, ChangeTopic::SignIns).await, []);
}

#[tokio::test]
async fn a_token_is_told_once_when_its_last_fourteen_days_begin() {
    let bench = Bench::connected(12).await;
    let profile = bench.quiet();
    let now = bench.sim.clock().now();
    let end = |after: i64| now + days(after) + SignedDuration::from_hours(1);
    bench.alter(&profile, |profile| {
        profile.tokens = vec![
            until(end(15), token(&bench, 1, "Soon")),
            until(end(16), token(&bench, 2, "Later")),
            until(end(13), token(&bench, 3, "Already")),
            until(end(300), token(&bench, 4, "Some day")),
        ];
    });
    bench.sync().await;
    let expiring = |name: &str, after: i64| {
        told(
            ChangeKind::TokenExpiring,
            Some(name),
            Value::Null,
            format!("{:.0}", end(after)),
        )
    };
    let mut expected = Vec::new();
    for day in 1..=4 {
        bench.sync_after(DAY).await;
        match day {
            2 => expected.push(expiring("Soon ····0001", 15)),
            3 => expected.push(expiring("Later ····0002", 16)),
            _ => {}
        }
        let all = bench.told_of(&profile, ChangeTopic::Tokens).await;
        assert_eq!(all, expected, "after {day} days");
    }
    // One that is made for less is told at once, and not again.
    let now = bench.sim.clock().now();
    let short = until(now + days(3), token(&bench, 5, "Short"));
    bench.alter(&profile, |profile| profile.tokens.push(short));
    bench.sync_after(DAY).await;
    bench.sync_after(DAY).await;
    expected.extend([
        told(
            ChangeKind::TokenCreated,
            Some("Short ····0005"),
            Value::Null,
            "read",
        ),
        told(
            ChangeKind::TokenExpiring,
            Some("Short ····0005"),
            Value::Null,
            format!("{:.0}", now + days(3)),
        ),
    ]);
    assert_eq!(bench.told_of(&profile, ChangeTopic::Tokens).await, expected);
}

#[tokio::test]
async fn a_token_that_enters_its_last_days_while_fetching_fails_is_told_by_the_next_good_fetch() {
    let bench = Bench::connected(12).await;
    let profile = bench.quiet();
    let end = bench.sim.clock().now() + days(15);
    let soon = until(end, token(&bench, 1, "Soon"));
    bench.alter(&profile, |profile| profile.tokens = vec![soon]);
    bench.sync().await;
    bench
        .sim
        .set_fault("5xx@/profile/{id}/token".parse().unwrap());
    bench.sync_after(2 * DAY).await;
    let gone = token(&bench, 2, "Came and went");
    bench.alter(&profile, |profile| profile.tokens.push(gone));
    bench.sync_after(DAY).await;
    assert_eq!(bench.told_of(&profile, ChangeTopic::Tokens).await, []);
    bench.sim.clear_faults();
    bench.alter(&profile, |profile| profile.tokens.truncate(1));
    bench.sync_after(QUARTER).await;
    let name = Some("Soon ····0001");
    let expected = told(
        ChangeKind::TokenExpiring,
        name,
        Value::Null,
        format!("{end:.0}"),
    );
    assert_eq!(
        bench.told_of(&profile, ChangeTopic::Tokens).await,
        [expected]
    );
}

#[tokio::test]
async fn tokens_of_signing_in_come_and_go_apart_from_those_that_somebody_made() {
    let bench = Bench::connected(12).await;
    let profile = bench.quiet();
    bench.alter(&profile, |profile| profile.tokens.clear());
    bench.sync().await;
    let now = bench.sim.clock().now();
    let full = |number, name: &str, lives| Token {
        permission: Permission::Full,
        ..until(now + days(lives), token(&bench, number, name))
    };
    let made = vec![
        full(1, "Chrome on Windows", 93),
        full(2, "By hand", 94),
        until(now + days(30), token(&bench, 3, "Reads only")),
        Token {
            expires_at: None,
            ..full(4, "For ever", 1)
        },
    ];
    bench.alter(&profile, |profile| profile.tokens = made);
    bench.sync_after(DAY).await;
    let started = told(
        ChangeKind::SignInStarted,
        Some("Chrome on Windows ····0001"),
        Value::Null,
        "full",
    );
    assert_eq!(
        bench.told_of(&profile, ChangeTopic::SignIns).await,
        std::slice::from_ref(&started)
    );
    let kinds = |told: Vec<super::Told>| {
        let pairs = told
            .into_iter()
            .map(|(kind, subject, ..)| (kind, subject.unwrap()));
        let mut pairs: Vec<_> = pairs.collect();
        pairs.sort();
        pairs
    };
    let names = [
        "By hand ····0002",
        "For ever ····0004",
        "Reads only ····0003",
    ];
    let created = names.map(|name| (ChangeKind::TokenCreated, name.to_owned()));
    assert_eq!(
        kinds(bench.told_of(&profile, ChangeTopic::Tokens).await),
        created
    );

    // Its end comes near: nobody needs to be told that a sign-in ends. Then it is gone.
    bench.sync_after(85 * DAY).await;
    bench.alter(&profile, |profile| drop(profile.tokens.remove(0)));
    bench.sync_after(DAY).await;
    let ended = told(
        ChangeKind::SignInEnded,
        Some("Chrome on Windows ····0001"),
        "full",
        Value::Null,
    );
    let mut sign_ins = bench.told_of(&profile, ChangeTopic::SignIns).await;
    sign_ins.retain(|(_, subject, ..)| subject.as_ref().unwrap().contains("····0001"));
    assert_eq!(sign_ins, [started, ended]);
    let tokens = kinds(bench.told_of(&profile, ChangeTopic::Tokens).await);
    assert!(
        tokens.iter().all(|(_, name)| !name.contains("Chrome")),
        "{tokens:?}"
    );
}

/// An edit of a team, and what it tells.
type Step<'a> = (&'a dyn Fn(&mut Vec<Member>), Vec<super::Told>);

fn member(number: u32, name: &str, active: bool, at: Timestamp) -> Member {
    Member {
        id: format!("{number:024x}"),
        name: name.to_owned(),
        email: format!("{}@example.com", name.to_lowercase()),
        active,
        created_at: at,
    }
}

#[tokio::test]
async fn somebody_is_invited_joins_and_leaves_each_once() {
    let bench = Bench::connected(12).await;
    let profile = bench.quiet();
    let now = bench.sim.clock().now();
    bench.alter(&profile, |profile| {
        profile.team = vec![member(1, "Ada", true, now), member(2, "Bea", false, now)];
    });
    bench.sync().await;
    let change = |kind, name: &str, new: Option<&str>| match new {
        Some(email) => told(kind, Some(name), Value::Null, email),
        None => told(
            kind,
            Some(name),
            format!("{}@example.com", name.to_lowercase()),
            Value::Null,
        ),
    };
    let mut expected = Vec::new();
    let steps: [Step<'_>; 5] = [
        (
            // Whom it does not know yet has no name.
            &|team| {
                team.push(member(3, "Cem", false, now));
                team[2].name.clear();
            },
            vec![told(
                ChangeKind::MemberInvited,
                Some("cem@example.com"),
                Value::Null,
                "cem@example.com",
            )],
        ),
        (
            &|team| {
                "Cem".clone_into(&mut team[2].name);
                for one in team {
                    one.active = true;
                }
            },
            vec![
                change(ChangeKind::MemberJoined, "Bea", Some("bea@example.com")),
                change(ChangeKind::MemberJoined, "Cem", Some("cem@example.com")),
            ],
        ),
        // Invited and accepted between two fetches.
        (
            &|team| team.push(member(4, "Dan", true, now)),
            vec![change(
                ChangeKind::MemberJoined,
                "Dan",
                Some("dan@example.com"),
            )],
        ),
        // The same person under another name and address.
        (
            &|team| {
                "Cem II".clone_into(&mut team[2].name);
                "other@example.com".clone_into(&mut team[2].email);
            },
            Vec::new(),
        ),
        (
            &|team| drop(team.drain(..2)),
            vec![
                change(ChangeKind::MemberLeft, "Ada", None),
                change(ChangeKind::MemberLeft, "Bea", None),
            ],
        ),
    ];
    for (step, (edit, changes)) in steps.into_iter().enumerate() {
        bench.alter(&profile, |profile| edit(&mut profile.team));
        bench.sync_after(DAY).await;
        expected.extend(changes);
        let all = bench.told_of(&profile, ChangeTopic::People).await;
        assert_eq!(all, expected, "step {step}");
    }
    bench.sync_after(DAY).await;
    assert_eq!(bench.told_of(&profile, ChangeTopic::People).await, expected);
}

#[tokio::test]
async fn a_team_and_tokens_that_are_refused_for_a_time_have_not_left() {
    let bench = Bench::connected(12).await;
    let profile = bench.quiet();
    let now = bench.sim.clock().now();
    let kept = token(&bench, 1, "Gateway");
    bench.alter(&profile, |profile| {
        profile.team = vec![member(1, "Ada", true, now)];
        profile.tokens = vec![kept];
    });
    bench.sync().await;
    // The owner changes: what the first account may see of it, it may not see as a member.
    let accounts = bench.sim.tokens();
    let was = accounts[0].account.clone();
    let stranger = bench.sim.world().accounts[2].id.clone();
    bench.alter(&profile, |profile| {
        profile.owner = stranger;
        let mut me = member(9, "Me", true, now);
        me.id.clone_from(&was);
        profile.team.push(me);
    });
    bench.sync_after(DAY).await;
    bench.sync_after(DAY).await;
    assert_eq!(bench.told_of(&profile, ChangeTopic::People).await, []);
    assert_eq!(bench.told_of(&profile, ChangeTopic::Tokens).await, []);
    bench.alter(&profile, |profile| {
        profile.owner = was;
        profile.team.truncate(1);
        profile.team.push(member(2, "Bea", true, now));
    });
    bench.sync_after(DAY).await;
    let joined = told(
        ChangeKind::MemberJoined,
        Some("Bea"),
        Value::Null,
        "bea@example.com",
    );
    assert_eq!(bench.told_of(&profile, ChangeTopic::People).await, [joined]);
}
