//! Resets: a fall, a known boundary of the billing cycle, and a boundary that is only continued by the month.

mod common;

use common::{amounts, at, bounds, by, cycle, inputs, sample, the_20th};
use insight::{By, Cycle, History};

/// A counter that is not in the sample.
const ABSENT: f64 = f64::NAN;

#[test]
fn a_fall_is_a_reset_and_the_amount_a_lower_bound() {
    let hourly = inputs(&[
        ("2025-03-04T00:01:00Z", 900.0),
        ("2025-03-04T01:01:00Z", 950.0),
        ("2025-03-04T02:01:00Z", 30.0),
        ("2025-03-04T03:01:00Z", 45.0),
    ]);
    let history = History::new(&hourly, &[], &the_20th());
    let (from, to) = ("2025-03-04T00:00:00Z", "2025-03-04T03:00:00Z");
    let found = by(&history, "input", from, to, By::Hour, "UTC");
    assert_eq!(amounts(&found), [Some(50.0), Some(30.0), Some(15.0)]);
    assert_eq!(bounds(&found), [false, true, false]);
    let sum = history.sum("input", at(from), at(to));
    assert_eq!((sum.amount, sum.lower_bound), (Some(95.0), true));
}

#[test]
fn a_reset_at_a_known_hour_leaves_the_hole_before_it_in_the_period_before() {
    // The cycle starts at 13:00; the daily series only sees midnight.
    let daily = inputs(&[
        ("2025-03-10T00:01:00Z", 900.0),
        ("2025-03-11T00:01:00Z", 40.0),
        ("2025-03-12T00:01:00Z", 90.0),
    ]);
    let history = History::new(&[], &daily, &cycle("2025-03-10T13:00:00Z"));
    let found = by(
        &history,
        "input",
        "2025-03-10T00:00:00Z",
        "2025-03-12T00:00:00Z",
        By::Day,
        "UTC",
    );
    assert_eq!(amounts(&found), [Some(40.0), Some(50.0)]);
    assert_eq!(bounds(&found), [true, false]);
    let cycle = history.sum(
        "input",
        at("2025-03-10T13:00:00Z"),
        at("2025-03-12T00:00:00Z"),
    );
    assert_eq!((cycle.amount, cycle.lower_bound), (Some(90.0), false));
}

#[test]
fn at_a_known_boundary_a_carried_total_is_zero_even_if_the_next_sample_is_higher() {
    let daily = inputs(&[
        ("2025-03-08T00:01:00Z", 10.0),
        ("2025-03-09T00:01:00Z", ABSENT),
        ("2025-03-10T00:01:00Z", ABSENT),
        ("2025-03-11T00:01:00Z", ABSENT),
        ("2025-03-12T00:01:00Z", 15.0),
    ]);
    let history = History::new(&[], &daily, &cycle("2025-03-10T00:00:00Z"));
    let found = by(
        &history,
        "input",
        "2025-03-08T00:00:00Z",
        "2025-03-12T00:00:00Z",
        By::Day,
        "UTC",
    );
    assert_eq!(
        amounts(&found),
        [Some(0.0), Some(0.0), Some(0.0), Some(15.0)]
    );
    assert_eq!(
        bounds(&found),
        [false, true, false, false],
        "what was used just before the reset cannot be known"
    );
}

#[test]
fn a_known_boundary_resets_a_total_that_was_seen_on_both_sides() {
    let daily = inputs(&[
        ("2025-03-09T00:01:00Z", 10.0),
        ("2025-03-11T00:01:00Z", 15.0),
    ]);
    let history = History::new(&[], &daily, &cycle("2025-03-10T00:00:00Z"));
    let sum = history.sum(
        "input",
        at("2025-03-09T00:00:00Z"),
        at("2025-03-11T00:00:00Z"),
    );
    assert_eq!((sum.amount, sum.lower_bound), (Some(15.0), true));
}

#[test]
fn a_sample_just_past_the_boundary_that_still_holds_the_old_total_closes_the_old_cycle() {
    let hourly = inputs(&[
        ("2025-03-09T23:01:00Z", 900.0),
        ("2025-03-10T00:01:00Z", 950.0),
        ("2025-03-10T01:01:00Z", 30.0),
    ]);
    let known = cycle("2025-03-10T00:00:00Z");
    let history = History::new(&hourly, &[], &known);
    let found = by(
        &history,
        "input",
        "2025-03-09T23:00:00Z",
        "2025-03-10T01:00:00Z",
        By::Hour,
        "UTC",
    );
    assert_eq!(amounts(&found), [Some(50.0), Some(30.0)]);
    assert_eq!(bounds(&found), [false, false]);
    // Nor is it counted anew while it is the last one.
    let history = History::new(&hourly[..2], &[], &known);
    let sum = history.sum(
        "input",
        at("2025-03-09T23:00:00Z"),
        at("2025-03-10T01:00:00Z"),
    );
    assert_eq!(sum.amount, Some(50.0));
}

#[test]
fn a_continued_boundary_is_given_up_where_a_busy_counter_went_on_and_kept_where_one_fell() {
    // Upgraded on 10 September; in August the cycle was another one.
    let of_september = cycle("2025-09-10T14:00:00Z");
    let went_on = [
        sample(
            "2025-08-10T00:01:00Z",
            &[("input", 9_000.0), ("email", 3.0)],
        ),
        sample("2025-08-11T00:01:00Z", &[("input", 9_900.0)]),
        sample(
            "2025-08-12T00:01:00Z",
            &[("input", 9_950.0), ("email", 7.0)],
        ),
    ];
    let history = History::new(&[], &went_on, &of_september);
    let (from, to) = (at("2025-08-10T00:00:00Z"), at("2025-08-12T00:00:00Z"));
    assert_eq!(history.sum("input", from, to).amount, Some(950.0));
    assert_eq!(history.sum("email", from, to).amount, Some(4.0));

    let fell = [
        sample(
            "2025-08-10T00:01:00Z",
            &[("input", 9_000.0), ("email", 3.0)],
        ),
        sample("2025-08-11T00:01:00Z", &[("input", 200.0)]),
        sample("2025-08-12T00:01:00Z", &[("input", 500.0), ("email", 7.0)]),
    ];
    let history = History::new(&[], &fell, &of_september);
    let input = history.sum("input", from, to);
    assert_eq!((input.amount, input.lower_bound), (Some(500.0), true));
    let email = history.sum("email", from, to);
    assert_eq!((email.amount, email.lower_bound), (Some(7.0), true));
}

#[test]
fn a_total_of_an_older_cycle_does_not_speak_against_a_boundary() {
    // SMS were sent in January and again right after the boundary of 1 March, never in February.
    let daily: Vec<_> = (0..45)
        .map(|day: i64| {
            let totals: &[_] = match day {
                0 => &[("sms", 10.0)],
                20 => &[("email", 8.0)],
                32 => &[("sms", 15.0)],
                40 => &[("email", 9.0)],
                _ => &[],
            };
            let mut one = sample("2025-01-28T00:01:00Z", totals);
            one.at += jiff::SignedDuration::from_hours(24 * day);
            one
        })
        .collect();
    let history = History::new(&[], &daily, &Cycle::calendar_month());
    let (from, to) = (at("2025-03-01T00:00:00Z"), at("2025-03-10T00:00:00Z"));
    assert_eq!(history.sum("sms", from, to).amount, Some(15.0));
    assert_eq!(history.sum("email", from, to).amount, Some(9.0));
}
