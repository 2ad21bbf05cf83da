//! The rules of what needs attention, and the order of what they find.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test, a panic is the report"
)]

use std::cmp::Ordering;
use std::collections::BTreeMap;

use insight::attention::{
    Answered, Concerns, Crossings, Cut, Finding, Invited, Item, KeptToken, Owned, Pulse, Since,
    backup, dashboards, downgrade, expiring, invitations, order, payment, resource, resource_limit,
    service, signed_out, silent, unused,
};
use jiff::{SignedDuration, Timestamp};
use model::{Amounts, AttentionFacts, AttentionSeverity, Service, UsageState};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const NOW: &str = "2026-11-22T13:20:00Z";

fn now() -> Timestamp {
    at(NOW)
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn ago(days: i64) -> Timestamp {
    now() - self::days(days)
}

fn used(share: f64) -> Option<Finding> {
    service(
        Service::Input,
        share * 1_000.0,
        1_000.0,
        Crossings::default(),
        ago(90),
    )
}

#[test]
fn a_service_is_listed_above_80_percent_and_worse_above_90_and_at_100() {
    assert_eq!(used(0.8), None);
    for (share, severity, step) in [
        (0.801, AttentionSeverity::Warning, 1),
        (0.9, AttentionSeverity::Warning, 1),
        (0.901, AttentionSeverity::Urgent, 2),
        (1.0, AttentionSeverity::Critical, 3),
        (1.3, AttentionSeverity::Critical, 3),
    ] {
        let found = used(share).unwrap();
        assert_eq!((found.severity, found.step), (severity, step), "{share}");
    }
    let none = service(Service::Sms, 5.0, 0.0, Crossings::default(), now());
    assert_eq!(none, None, "nothing is allocated");
}

#[test]
fn a_service_began_when_it_crossed_what_it_is_above_now() {
    let crossings = Crossings {
        warn: Some(ago(9)),
        high: Some(ago(3)),
        over: None,
    };
    let since = |used: f64| {
        service(Service::Input, used, 100.0, crossings, ago(90))
            .unwrap()
            .since
    };
    let seen = |at| {
        Some(Since {
            at,
            or_earlier: false,
        })
    };
    assert_eq!(since(85.0), seen(ago(9)));
    assert_eq!(since(95.0), seen(ago(3)));
    let earlier = Since {
        at: ago(90),
        or_earlier: true,
    };
    assert_eq!(since(100.0), Some(earlier), "nobody saw it rise");
}

#[test]
fn a_resource_at_the_plans_limit_stops_nothing_but_more_of_it() {
    assert_eq!(resource_limit("Free", "device"), Some(5.0));
    assert_eq!(resource_limit("scale", "am"), Some(100.0));
    assert_eq!(resource_limit("own terms", "device"), None);
    assert_eq!(resource_limit("free", "bucket"), None);
    let found = |amount| resource("device", amount, 100.0, None).map(|found| found.severity);
    assert_eq!(found(80.0), None);
    assert_eq!(found(95.0), Some(AttentionSeverity::Notice));
    assert_eq!(found(100.0), Some(AttentionSeverity::Warning));
    assert_eq!(
        dashboards(3e6, 3e6, None).unwrap().severity,
        AttentionSeverity::Critical
    );
}

#[test]
fn a_payment_that_failed_is_urgent_and_worse_once_it_is_overdue() {
    assert_eq!(payment(None, false, false, 5, None), None);
    let step = |reason, overdue, balance| payment(reason, overdue, balance, 5, None).unwrap().step;
    assert_eq!(step(None, false, true), 1);
    assert_eq!(step(Some("No."), false, false), 2);
    assert_eq!(step(Some("No."), true, false), 3);
}

fn owned(profile: i64, limit: f64, used: f64) -> Owned {
    let one = |amount| [(Service::Input, amount)].into_iter().collect::<Amounts>();
    Owned {
        profile,
        limit: one(limit),
        used: one(used),
        resources: BTreeMap::new(),
    }
}

fn cut(limit: f64, plan: Option<&str>, at: Timestamp) -> Cut {
    Cut {
        at,
        plan: plan.map(str::to_owned),
        limits: [(Service::Input, limit)].into_iter().collect(),
        since: None,
    }
}

#[test]
fn a_downgrade_is_listed_with_the_profiles_that_it_cuts_below_todays_use() {
    let profiles = [owned(1, 600.0, 320.0), owned(2, 400.0, 100.0)];
    // Half of what is allocated: 300 and 200.
    let found = downgrade(&cut(500.0, None, now() + days(20)), &profiles, now()).unwrap();
    assert_eq!(found.members, ["1"]);
    assert_eq!(found.severity, AttentionSeverity::Warning);
    let soon = downgrade(&cut(500.0, None, now() + days(6)), &profiles, now()).unwrap();
    assert_eq!(soon.severity, AttentionSeverity::Urgent);
    let nothing = downgrade(&cut(0.0, None, now() + days(20)), &profiles, now()).unwrap();
    assert_eq!(nothing.members, ["1", "2"]);
    for (limit, when) in [(1_000.0, 20), (700.0, 20), (500.0, -1)] {
        let none = downgrade(&cut(limit, None, now() + days(when)), &profiles, now());
        assert_eq!(none, None, "{limit} in {when} days");
    }
}

#[test]
fn a_smaller_plan_cuts_resources_as_well() {
    let mut one = owned(7, 100.0, 1.0);
    one.resources.insert("device".to_owned(), 6.0);
    let found = downgrade(&cut(100.0, Some("free"), now() + days(20)), &[one], now()).unwrap();
    let AttentionFacts::Downgrade {
        profiles, services, ..
    } = found.facts
    else {
        panic!("another kind");
    };
    assert_eq!((profiles, services), (1, vec!["device".to_owned()]));
}

/// Hourly readings from 31 days ago on: `total` says what stands at each hour, `None` within is absent, and
/// without is no sample.
fn hours(total: impl Fn(i64) -> Option<Option<f64>>) -> Vec<(Timestamp, Option<f64>)> {
    let first = now() - days(31);
    (0..=31 * 24)
        .filter_map(|hour| Some((first + SignedDuration::from_hours(hour), total(hour)?)))
        .collect()
}

const LAST: i64 = 31 * 24;

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn sending_until(hour: i64) -> impl Fn(i64) -> Option<Option<f64>> {
    move |now| Some((now <= hour).then_some(now as f64 + 1.0))
}

fn is_silent(pulse: &Pulse) -> bool {
    silent(pulse, UsageState::Ok).is_some()
}

#[test]
fn a_profile_that_sent_every_day_is_silent_after_a_day_without_input() {
    for (quiet, expected) in [(0, false), (23, false), (24, true), (200, true)] {
        let pulse = Pulse::of(&hours(sending_until(LAST - quiet)), None).unwrap();
        assert_eq!(is_silent(&pulse), expected, "{quiet} hours");
    }
    let pulse = Pulse::of(&hours(sending_until(LAST - 30)), None).unwrap();
    let found = silent(&pulse, UsageState::Ok).unwrap();
    assert_eq!(
        found.since.unwrap().at,
        now() - SignedDuration::from_hours(30)
    );
    assert_eq!(found.measure, Some(30.0));
    assert_eq!(silent(&pulse, UsageState::Over), None, "it is blocked");
    assert_eq!(silent(&pulse, UsageState::NotAllocated), None);
}

#[test]
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn what_rests_at_weekends_never_sent_or_began_lately_is_not_silent() {
    // Five days of seven, and two days of rest at the end.
    let weekly = hours(|hour| {
        let resting = ((LAST - hour) / 24) % 7 < 2;
        Some((!resting).then_some(hour as f64 + 1.0))
    });
    assert!(!is_silent(&Pulse::of(&weekly, None).unwrap()));
    let never = hours(|_| Some(None));
    assert!(!is_silent(&Pulse::of(&never, None).unwrap()));
    let lately = hours(|hour| {
        Some(
            (LAST - 24 * 9..=LAST - 24 * 2)
                .contains(&hour)
                .then_some(hour as f64),
        )
    });
    assert!(!is_silent(&Pulse::of(&lately, None).unwrap()));
    assert_eq!(Pulse::of(&[], None), None);
}

#[test]
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn a_hole_in_the_samples_is_no_silence_unless_the_total_after_it_is_the_one_before() {
    let hole = LAST - 40..LAST - 10;
    let holed = |after: Option<f64>| {
        hours(|hour| match hour {
            hour if hole.contains(&hour) => None,
            hour if hour < hole.start => Some(Some(hour as f64 + 1.0)),
            hour if hour == hole.end => Some(after),
            _ => Some(None),
        })
    };
    let before = hole.start as f64;
    let silent = |after| is_silent(&Pulse::of(&holed(after), None).unwrap());
    assert!(!silent(None), "nothing is told of the hole");
    assert!(!silent(Some(before + 5.0)), "something came in it");
    assert!(silent(Some(before)), "the total stands still");
}

#[test]
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn a_reset_is_input_only_if_something_came_since() {
    let reset_to = |total: f64| {
        hours(move |hour| match hour {
            hour if hour < LAST - 30 => Some(Some(hour as f64 + 1.0)),
            hour if hour == LAST - 12 => Some(Some(total)),
            _ => Some(None),
        })
    };
    assert!(is_silent(&Pulse::of(&reset_to(0.0), None).unwrap()));
    assert!(!is_silent(&Pulse::of(&reset_to(3.0), None).unwrap()));
}

#[test]
fn a_silence_that_is_longer_than_the_samples_go_on_is_known_from_before() {
    let first = Pulse::of(&hours(sending_until(LAST - 100)), None).unwrap();
    let later: Vec<_> = hours(|_| Some(None))
        .into_iter()
        .map(|(at, total)| (at + days(20), total))
        .collect();
    let second = Pulse::of(&later, Some(&first)).unwrap();
    assert_eq!(second.last_input_at, first.last_input_at);
    assert_eq!(silent(&second, UsageState::Ok).unwrap().step, 2);
    // Between a pulse and samples that begin after it, anything may have come.
    let much_later: Vec<_> = later
        .iter()
        .map(|(at, total)| (*at + days(90), *total))
        .collect();
    assert!(!is_silent(&Pulse::of(&much_later, Some(&first)).unwrap()));
}

#[test]
fn a_silence_stays_one_while_the_days_before_it_leave_the_samples_day_by_day() {
    // What was kept each day of 40, over samples that reach back 31 days.
    let all = hours(sending_until(LAST - 30));
    let mut pulse = Pulse::of(&all, None).unwrap();
    for day in 1..40 {
        let from = now() - days(31) + days(day);
        let to = now() + days(day);
        let quiet = (1..=day * 24).map(|hour| (now() + SignedDuration::from_hours(hour), None));
        let seen: Vec<_> = all
            .iter()
            .copied()
            .chain(quiet)
            .filter(|(at, _)| *at >= from && *at <= to)
            .collect();
        pulse = Pulse::of(&seen, Some(&pulse)).unwrap();
        assert!(is_silent(&pulse), "after {day} days");
    }
    assert_eq!(silent(&pulse, UsageState::Ok).unwrap().step, 3);
}

fn token(number: u8, end: Option<Timestamp>, used: Option<Timestamp>) -> KeptToken {
    KeptToken {
        fingerprint: number.to_string(),
        called: format!("Token {number}"),
        full: true,
        expires_at: end,
        created_at: Some(ago(200)),
        used_at: used,
        never_used: used.is_none(),
    }
}

#[test]
fn tokens_of_a_profile_that_expire_are_one_line_as_bad_as_the_worst() {
    let end = |after| Some(now() + days(after));
    let of = |tokens: &[KeptToken]| expiring(tokens, now());
    assert_eq!(of(&[token(1, end(15), None), token(2, None, None)]), None);
    assert_eq!(
        of(&[token(1, end(-1), Some(ago(2)))]),
        None,
        "it has expired"
    );
    let found = of(&[token(1, end(9), Some(ago(1))), token(2, end(4), None)]).unwrap();
    assert_eq!(found.severity, AttentionSeverity::Warning);
    assert_eq!(found.members, ["2", "1"]);
    assert_eq!(found.measure, Some(10.0));
    assert_eq!(found.since.unwrap().at, now() - days(10));
    let urgent = of(&[token(1, end(2), Some(ago(1)))]).unwrap();
    assert_eq!(urgent.severity, AttentionSeverity::Urgent);
    let idle = of(&[token(1, end(2), None)]).unwrap();
    assert_eq!(idle.severity, AttentionSeverity::Notice);
}

#[test]
fn a_full_token_that_was_never_used_is_listed_a_week_after_it_was_made() {
    let made = |days| KeptToken {
        created_at: Some(ago(days)),
        ..token(1, None, None)
    };
    assert_eq!(unused(&[made(6)], now()), None);
    assert_eq!(unused(&[made(7)], now()).unwrap().since.unwrap().at, ago(7));
    let reads = KeptToken {
        full: false,
        ..made(99)
    };
    let used = token(2, None, Some(ago(1)));
    assert_eq!(unused(&[reads, used], now()), None);
}

#[test]
fn an_invitation_ends_after_seven_days_and_stays_listed() {
    let invited = |who: &str, days| Invited {
        who: who.to_owned(),
        called: who.to_owned(),
        at: Some(ago(days)),
        seen_at: ago(1),
    };
    assert_eq!(invitations(&[], now()), None);
    let ended = |invited: &[Invited]| {
        let found = invitations(invited, now()).unwrap();
        matches!(found.facts, AttentionFacts::Invitation { ended: true, .. })
    };
    assert!(!ended(&[invited("Ada", 6)]));
    assert!(ended(&[invited("Ada", 7), invited("Bea", 30)]));
    assert!(!ended(&[invited("Ada", 1), invited("Bea", 30)]));
}

#[test]
fn a_backup_is_too_old_only_beyond_what_was_chosen_and_none_at_all_is_worst() {
    let of = |newest| backup(newest, days(10), ago(3), now());
    assert_eq!(of(Some(ago(10))), None);
    let old = of(Some(ago(12))).unwrap();
    assert_eq!((old.step, old.since.unwrap().at), (1, ago(2)));
    assert_eq!(of(Some(ago(21))).unwrap().step, 2);
    let none = of(None).unwrap();
    assert_eq!((none.step, none.measure), (3, None));
}

#[test]
fn an_answer_holds_until_its_day_comes_or_the_line_is_worse() {
    let answered = |until, step, members: &[&str]| Answered {
        until,
        step,
        members: members.iter().map(|one| (*one).to_owned()).collect(),
    };
    let high = used(0.95).unwrap();
    assert!(answered(None, 2, &[]).holds(&high, now()));
    assert!(answered(None, 3, &[]).holds(&high, now()), "it is better");
    assert!(!answered(None, 1, &[]).holds(&high, now()), "it is worse");
    assert!(answered(Some(now() + days(1)), 2, &[]).holds(&high, now()));
    assert!(!answered(Some(now()), 2, &[]).holds(&high, now()));
    assert!(!answered(Some(now() + days(1)), 1, &[]).holds(&high, now()));
    let tokens = unused(&[token(1, None, None), token(2, None, None)], now()).unwrap();
    assert!(answered(None, 1, &["1", "2", "3"]).holds(&tokens, now()));
    assert!(
        !answered(None, 1, &["1"]).holds(&tokens, now()),
        "there is one more"
    );
}

#[test]
fn what_became_better_and_then_as_bad_as_it_was_is_worse_than_its_answer() {
    let answer = Answered {
        until: None,
        step: used(1.0).unwrap().step,
        members: vec!["1".to_owned(), "2".to_owned()],
    };
    let fell = answer.clone().since_seen(&used(0.85).unwrap());
    assert!(fell.holds(&used(0.85).unwrap(), now()));
    assert!(!fell.holds(&used(1.0).unwrap(), now()));
    let one = unused(&[token(1, None, None)], now()).unwrap();
    let both = unused(&[token(1, None, None), token(2, None, None)], now()).unwrap();
    let left = answer.since_seen(&one);
    assert!(left.holds(&one, now()));
    assert!(!left.holds(&both, now()), "it came back");
    assert_eq!(left.clone().since_seen(&both), left, "nothing is added");
}

/// A line of any kind, with any share.
fn any_item() -> impl Strategy<Value = Item> {
    let finding = (0_u8..7, 0.81_f64..3.0, 0_i64..400).prop_map(|(kind, share, back)| {
        let began = Some(Since {
            at: ago(back),
            or_earlier: back % 2 == 0,
        });
        match kind {
            0 => used(share).unwrap(),
            1 => dashboards(share * 3e6, 3e6, began).unwrap(),
            2 => payment(Some("No."), back % 3 == 0, false, 7, began).unwrap(),
            3 => signed_out("No.", 3, ago(back)),
            4 => resource("device", share * 100.0, 100.0, began).unwrap(),
            5 => unused(&[token(1, None, None)], now()).unwrap(),
            _ => backup(
                (back % 4 != 0).then(|| ago(back + 11)),
                days(10),
                ago(1),
                now(),
            )
            .unwrap(),
        }
    });
    (finding, any::<bool>(), 0_i64..60).prop_map(|(finding, account, key)| Item {
        concerns: if account {
            Concerns::Account(key)
        } else {
            Concerns::Profile(key)
        },
        finding,
    })
}

proptest! {
    #[test]
    fn the_order_is_total(one in any_item(), two in any_item(), three in any_item()) {
        prop_assert_eq!(order(&one, &two), order(&two, &one).reverse());
        prop_assert_eq!(order(&one, &one), Ordering::Equal);
        if order(&one, &two).is_le() && order(&two, &three).is_le() {
            prop_assert!(order(&one, &three).is_le());
        }
        if order(&one, &two).is_eq() {
            prop_assert_eq!(one.id(), two.id());
        }
    }

    #[test]
    fn a_line_that_comes_moves_no_two_others_past_each_other(
        mut items in prop::collection::vec(any_item(), 0..30),
        new in any_item(),
    ) {
        items.retain(|item| item.id() != new.id());
        items.sort_by(order);
        let before: Vec<String> = items.iter().map(Item::id).collect();
        items.insert(0, new.clone());
        items.sort_by(order);
        let after: Vec<String> = items
            .iter()
            .map(Item::id)
            .filter(|id| *id != new.id())
            .collect();
        prop_assert_eq!(before, after);
    }

    #[test]
    fn a_higher_share_never_ranks_below_a_lower_one(
        low in 0.81_f64..3.0,
        more in 0.0_f64..3.0,
        key in 0_i64..60,
        other in 0_i64..60,
    ) {
        let item = |share, key| Item {
            concerns: Concerns::Profile(key),
            finding: used(share).unwrap(),
        };
        let (higher, lower) = (item(low + more, key), item(low, other));
        prop_assert!(higher.finding.severity >= lower.finding.severity);
        prop_assert!(higher.finding.step >= lower.finding.step);
        if more > f64::EPSILON * 8.0 {
            prop_assert_eq!(order(&higher, &lower), Ordering::Less);
        }
    }
}
