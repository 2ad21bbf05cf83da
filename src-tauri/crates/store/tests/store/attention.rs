//! What the list of what needs attention is made of, and what a person answered to it.

use std::collections::BTreeMap;

use model::{AccountId, Amounts, ChangeKind, Sample, Service};
use serde_json::{Value, json};
use store::{
    AttentionAnswer, By, Expiry, Member, NewChange, ProfileKey, StoredPulse, Subject, Summary,
    TokenMeta,
};

use crate::world::{World, listed, minute};

fn two(world: &World) -> [ProfileKey; 2] {
    let account = world.account(1, "One");
    let keys = world
        .list(account, &[listed(1, "First"), listed(2, "Second")], 0)
        .keys;
    [keys[0], keys[1]]
}

fn put_summary(world: &World, profile: ProfileKey, used: f64, devices: f64, at: i64) {
    let amounts = |input: f64, output: f64| -> Amounts {
        [("input", input), ("dashboard_output", output)]
            .into_iter()
            .collect()
    };
    let summary = Summary {
        used: amounts(used, 2.5e6),
        limit: amounts(100.0, 3e6),
        resources: BTreeMap::from([("device".to_owned(), devices)]),
    };
    world
        .write(|tx| tx.put_summary(profile, &summary, minute(at)))
        .unwrap();
}

#[test]
fn only_present_profiles_near_a_limit_come_with_their_crossings() {
    let world = World::new();
    let [near, far] = two(&world);
    put_summary(&world, near, 95.0, 3.0, 1);
    put_summary(&world, far, 50.0, 3.0, 1);
    let reached = |profile, old: Value, new: u8, at| NewChange {
        at: minute(at),
        account: None,
        profile: Some(profile),
        kind: ChangeKind::ThresholdReached,
        subject: Some("input".to_owned()),
        old,
        new: new.into(),
    };
    world
        .write(|tx| {
            tx.put_changes(&[
                reached(near, Value::Null, 80, 1),
                reached(near, json!(80), 90, 5),
                reached(far, Value::Null, 80, 1),
            ])
        })
        .unwrap();
    world
        .read(|rows| {
            let found = rows.services_near_limits()?;
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].0, found[0].2), (near, minute(0)));
            assert_eq!(found[0].1.used[Service::Input], Some(95.0));
            assert_eq!(
                rows.crossings()?,
                [
                    (near, Service::Input, None, 80, minute(1)),
                    (near, Service::Input, Some(80), 90, minute(5)),
                ]
            );
            Ok(())
        })
        .unwrap();
    // It is not there any more.
    let account = world.account(1, "One");
    world.list(account, &[listed(2, "Second")], 9);
    world
        .read(|rows| {
            assert!(rows.services_near_limits()?.is_empty());
            assert!(rows.crossings()?.is_empty());
            assert_eq!(rows.beyond_services()?.len(), 1);
            Ok(())
        })
        .unwrap();
}

#[test]
fn resources_and_dashboards_come_with_what_they_were_before() {
    let world = World::new();
    let [one, _] = two(&world);
    put_summary(&world, one, 1.0, 3.0, 1);
    put_summary(&world, one, 1.0, 5.0, 9);
    let output = |at, amount: f64| Sample {
        at: minute(at),
        totals: [("dashboard_output", amount)].into_iter().collect(),
    };
    world
        .write(|tx| {
            tx.put_usage(
                one,
                By::Hour,
                &[output(0, 2.3e6), output(60, 2.4e6), output(120, 2.5e6)],
            )
        })
        .unwrap();
    world
        .read(|rows| {
            let beyond = &rows.beyond_services()?[0];
            assert_eq!(beyond.dashboards_used, Some(2.5e6));
            assert_eq!(beyond.dashboards_limit, Some(3e6));
            assert_eq!(
                beyond.resources,
                BTreeMap::from([("device".to_owned(), 5.0)])
            );
            let counts = &rows.resource_counts(&[one])?[&one];
            let counts: Vec<_> = counts
                .iter()
                .map(|(at, counts)| (*at, counts["device"]))
                .collect();
            assert_eq!(counts, [(minute(9), 5.0), (minute(1), 3.0)]);
            assert_eq!(
                rows.dashboards_since(one, 2.4e6)?,
                Some((minute(60), true)),
                "it was seen to rise"
            );
            assert_eq!(rows.dashboards_since(one, 1e6)?, Some((minute(0), false)));
            assert_eq!(rows.dashboards_since(one, 9e6)?, None);
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_newest_pulse_stands_and_only_quiet_profiles_that_were_active_come() {
    let world = World::new();
    let [quiet, loud] = two(&world);
    let pulse = |quiet_from, active_days| StoredPulse {
        last_input_at: Some(minute(quiet_from)),
        active_days,
        quiet_from: minute(quiet_from),
        sampled_at: minute(5_000),
    };
    world
        .write(|tx| {
            tx.put_pulse(quiet, &pulse(4_000, 14))?;
            tx.put_pulse(quiet, &pulse(100, 14))?;
            tx.put_pulse(loud, &pulse(4_999, 14))
        })
        .unwrap();
    world
        .read(|rows| {
            assert_eq!(rows.pulse(quiet)?, Some(pulse(100, 14)));
            let found = rows.quiet_profiles(jiff::SignedDuration::from_hours(24), 13)?;
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].profile, found[0].used), (quiet, None));
            let none = rows.quiet_profiles(jiff::SignedDuration::from_hours(24), 15)?;
            assert!(none.is_empty());
            Ok(())
        })
        .unwrap();
}

fn token(n: u32, permission: &str, expires: Expiry, used: bool) -> TokenMeta {
    TokenMeta {
        never_used: !used,
        fingerprint: format!("{n:064x}").into(),
        last4: format!("{n:04}"),
        name: Some(format!("Token {n}")),
        permission: Some(permission.to_owned()),
        kind: None,
        ref_id: None,
        expires,
        created_at: Some(minute(0)),
        created_by: None,
        last_authorization_at: used.then(|| minute(1)),
    }
}

#[test]
fn tokens_come_that_end_soon_or_were_never_used_and_never_the_accounts_own() {
    let world = World::new();
    let [one, _] = two(&world);
    let at = |n| Expiry::At(minute(n));
    let tokens = [
        // The account's own has this fingerprint.
        token(1, "full", Expiry::Never, false),
        token(2, "read", at(50), true),
        token(3, "read", at(500), true),
        token(4, "full", Expiry::Never, false),
        token(5, "full", Expiry::Never, true),
        token(6, "read", at(5), true),
    ];
    world
        .write(|tx| tx.put_tokens(one, &tokens, minute(1)))
        .unwrap();
    let found = world
        .read(|rows| rows.tokens_to_watch(minute(10), minute(100)))
        .unwrap();
    let mut ends: Vec<&str> = found
        .iter()
        .map(|(_, version)| version.token.last4.as_str())
        .collect();
    ends.sort_unstable();
    assert_eq!(ends, ["0002", "0004"]);
}

#[test]
fn only_who_has_not_come_yet_is_invited() {
    let world = World::new();
    let [one, _] = two(&world);
    let member = |n: u32, active| Member {
        id: Some(format!("c{n:023x}").parse::<AccountId>().unwrap()),
        name: Some(format!("Person {n}")),
        email: None,
        active: Some(active),
        created_at: None,
    };
    let put = |team: &[Member], at| {
        let put = world.write(|tx| tx.put_team(one, team, minute(at)));
        put.unwrap();
    };
    put(&[member(1, false), member(2, false), member(3, true)], 1);
    put(&[member(1, true), member(2, false), member(3, true)], 2);
    let found = world.read(|rows| rows.open_invitations()).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1.name.as_deref(), Some("Person 2"));
    assert_eq!((found[0].0, found[0].2), (one, minute(1)));
}

#[test]
fn what_was_fetched_and_what_is_old_is_counted() {
    let world = World::new();
    let [one, _] = two(&world);
    put_summary(&world, one, 1.0, 1.0, 50);
    let coverage = |before| world.read(|rows| rows.coverage(minute(before))).unwrap();
    let fresh = coverage(50);
    assert_eq!(
        (fresh.profiles, fresh.never_fetched, fresh.stale),
        (2, 1, 0)
    );
    assert_eq!(fresh.as_of, Some(minute(50)));
    let stale = coverage(51);
    assert_eq!((stale.stale, stale.as_of), (1, None));
}

#[test]
fn an_answer_is_replaced_by_the_next_and_goes_with_the_account() {
    let world = World::new();
    let [one, _] = two(&world);
    let account = world.account(1, "One");
    let answer = |id: &str, subject, note: &str| AttentionAnswer {
        id: id.to_owned(),
        subject,
        at: minute(3),
        until: (note == "later").then(|| minute(99)),
        note: note.to_owned(),
        step: 2,
        members: vec!["<b>".to_owned(), "\"".to_owned()],
    };
    let of_profile = answer("service:p1:input", Subject::Profile(one), "later");
    let of_account = answer("payment:a1", Subject::Account(account), "");
    world
        .write(|tx| {
            let first = answer("service:p1:input", Subject::Profile(one), "first");
            tx.put_attention_answer(&first)?;
            tx.put_attention_answer(&of_profile)?;
            tx.put_attention_answer(&of_account)
        })
        .unwrap();
    let answers = || world.read(|rows| rows.attention_answers()).unwrap();
    assert_eq!(answers().len(), 2);
    assert_eq!(answers()["service:p1:input"], of_profile);
    assert_eq!(answers()["payment:a1"], of_account);
    let forget = |id: &str| world.write(|tx| tx.forget_attention_answer(id)).unwrap();
    assert!(forget("service:p1:input"));
    assert!(!forget("service:p1:input"));
    world
        .write(|tx| tx.remove_account(account, false, minute(4)))
        .unwrap();
    assert!(answers().is_empty());
}
