//! The archive of audit events: of which times it holds all of them.

use model::Timestamp;
use proptest::prelude::*;
use store::{AuditEvent, ProfileKey};

use crate::world::{World, listed, minute, shared};

fn event(at: i64, message: &str) -> AuditEvent {
    AuditEvent {
        at: minute(at),
        resource: None,
        resource_id: None,
        who: None,
        message: Some(message.to_owned()),
    }
}

fn put(world: &World, profile: ProfileKey, span: (i64, i64), events: &[AuditEvent]) -> usize {
    let (from, to) = (minute(span.0), minute(span.1));
    world
        .write(|tx| tx.put_audit_span(profile, from, to, events))
        .unwrap()
}

fn spans(world: &World, profile: ProfileKey) -> Vec<(Timestamp, Timestamp)> {
    world.read(|rows| rows.audit_spans(profile)).unwrap()
}

fn minutes(spans: &[(i64, i64)]) -> Vec<(Timestamp, Timestamp)> {
    spans
        .iter()
        .map(|(from, to)| (minute(*from), minute(*to)))
        .collect()
}

#[test]
fn a_span_that_fills_a_gap_joins_what_it_touches_and_counts_new_events_alone() {
    let world = World::new();
    let profile = world.profile();
    assert!(spans(&world, profile).is_empty());
    assert_eq!(put(&world, profile, (10, 20), &[event(11, "a")]), 1);
    assert_eq!(put(&world, profile, (30, 40), &[event(31, "b")]), 1);
    assert_eq!(put(&world, profile, (0, 5), &[]), 0);
    assert_eq!(
        spans(&world, profile),
        minutes(&[(0, 5), (10, 20), (30, 40)])
    );
    let events = [event(11, "a"), event(25, "c"), event(31, "b")];
    assert_eq!(put(&world, profile, (20, 30), &events), 1);
    assert_eq!(spans(&world, profile), minutes(&[(0, 5), (10, 40)]));
    assert_eq!(put(&world, profile, (12, 13), &[]), 0);
    assert_eq!(spans(&world, profile), minutes(&[(0, 5), (10, 40)]));
    let stored = world
        .read(|rows| rows.audit(profile, minute(0), minute(60)))
        .unwrap();
    assert_eq!(stored.len(), 3);
}

#[test]
fn a_span_without_a_millisecond_covers_nothing_and_still_adds_its_events() {
    let world = World::new();
    let profile = world.profile();
    assert_eq!(put(&world, profile, (5, 5), &[event(5, "a")]), 1);
    assert_eq!(put(&world, profile, (9, 3), &[event(6, "b")]), 1);
    assert!(spans(&world, profile).is_empty());
}

#[test]
fn an_account_is_told_the_spans_of_the_profiles_that_are_there_and_its_own() {
    let world = World::new();
    let [one, two] = [world.account(1, "One"), world.account(2, "Two")];
    let list = [
        listed(1, "Covered"),
        listed(2, "Never asked for"),
        listed(3, "Gone"),
        shared(4, "Somebody's", 2),
    ];
    let keys = world.list(one, &list, 0).keys;
    world.list(two, &[listed(4, "Somebody's")], 0);
    for key in &keys {
        if *key != keys[1] {
            put(&world, *key, (20, 30), &[]);
            put(&world, *key, (0, 10), &[]);
        }
    }
    let without_third = [list[0].clone(), list[1].clone(), list[3].clone()];
    world.list(one, &without_third, 1);
    let of = |account| {
        world
            .read(|rows| rows.audit_spans_of_account(account))
            .unwrap()
    };
    let both = minutes(&[(0, 10), (20, 30)]);
    assert_eq!(of(one), [(keys[0], both.clone()), (keys[1], Vec::new())]);
    assert_eq!(of(two), [(keys[3], both)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn stored_spans_are_apart_in_order_and_cover_exactly_what_was_put(
        put_spans in prop::collection::vec((0_i64..60, 0_i64..20), 0..25),
    ) {
        let world = World::new();
        let profile = world.profile();
        let mut covered = [false; 100];
        world.write(|tx| {
            for (from, length) in &put_spans {
                tx.put_audit_span(profile, minute(*from), minute(from + length), &[])?;
            }
            Ok(())
        }).unwrap();
        for (from, length) in &put_spans {
            for at in *from..from + length {
                covered[usize::try_from(at).unwrap()] = true;
            }
        }
        let stored = spans(&world, profile);
        for span in &stored {
            prop_assert!(span.0 < span.1);
        }
        for two in stored.windows(2) {
            prop_assert!(two[0].1 < two[1].0, "{two:?}");
        }
        for (at, covered) in (0..).zip(covered) {
            let at = minute(at);
            let within = stored.iter().any(|(from, to)| *from <= at && at < *to);
            prop_assert_eq!(within, covered, "{}", at);
        }
    }
}
