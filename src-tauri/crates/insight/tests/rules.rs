//! The rules that turn running totals into amounts, one by one.

mod common;

use common::{amounts, at, bounds, by, cycle, inputs, sample, the_20th};
use insight::{By, Cycle, History};

const ABSENT: f64 = f64::NAN;

#[test]
fn the_sample_past_the_hour_closes_the_hour_before_it() {
    let hourly = inputs(&[
        ("2025-03-04T00:01:10Z", 39_933.0),
        ("2025-03-04T01:01:05Z", 40_165.0),
        ("2025-03-04T02:02:00Z", 40_397.0),
    ]);
    let history = History::new(&hourly, &[], &the_20th());
    let found = by(
        &history,
        "input",
        "2025-03-03T23:00:00Z",
        "2025-03-04T03:00:00Z",
        By::Hour,
        "UTC",
    );
    assert_eq!(amounts(&found), [None, Some(232.0), Some(232.0), None]);
    assert_eq!(bounds(&found), [false; 4]);
    assert_eq!(
        found.iter().map(|one| one.complete).collect::<Vec<_>>(),
        [false, true, true, false]
    );
}

#[test]
fn the_sample_past_midnight_closes_the_day_before_it() {
    let daily = inputs(&[
        ("2025-03-03T00:01:00Z", 100.0),
        ("2025-03-04T00:01:30Z", 150.0),
        ("2025-03-05T00:00:40Z", 175.0),
    ]);
    let history = History::new(&[], &daily, &the_20th());
    let found = by(
        &history,
        "input",
        "2025-03-03T00:00:00Z",
        "2025-03-05T00:00:00Z",
        By::Day,
        "UTC",
    );
    assert_eq!(amounts(&found), [Some(50.0), Some(25.0)]);
    assert!(
        found
            .iter()
            .all(|one| one.complete && !one.lower_bound && !one.utc)
    );
}

#[test]
fn a_gap_leaves_every_period_it_spans_unknown_and_counts_in_their_sum() {
    let hourly = inputs(&[
        ("2025-03-04T00:01:00Z", 10.0),
        ("2025-03-04T01:01:00Z", 14.0),
        ("2025-03-04T04:01:00Z", 50.0),
        ("2025-03-04T05:01:00Z", 51.0),
    ]);
    let history = History::new(&hourly, &[], &the_20th());
    let (from, to) = ("2025-03-04T00:00:00Z", "2025-03-04T05:00:00Z");
    let found = by(&history, "input", from, to, By::Hour, "UTC");
    assert_eq!(amounts(&found), [Some(4.0), None, None, None, Some(1.0)]);
    let sum = history.sum("input", at(from), at(to));
    assert_eq!(
        (sum.amount, sum.lower_bound, sum.complete),
        (Some(41.0), false, true)
    );
}

#[test]
fn a_sum_whose_edge_lies_in_a_gap_is_a_lower_bound() {
    let hourly = inputs(&[
        ("2025-03-04T00:01:00Z", 10.0),
        ("2025-03-04T04:01:00Z", 50.0),
        ("2025-03-04T05:01:00Z", 51.0),
        ("2025-03-04T09:01:00Z", 99.0),
    ]);
    let history = History::new(&hourly, &[], &the_20th());
    let sum = history.sum(
        "input",
        at("2025-03-04T02:00:00Z"),
        at("2025-03-04T07:00:00Z"),
    );
    assert_eq!(
        (sum.amount, sum.lower_bound, sum.complete),
        (Some(1.0), true, false)
    );
}

#[test]
fn a_sample_that_comes_too_late_closes_nothing() {
    let hourly = inputs(&[
        ("2025-03-04T00:01:00Z", 10.0),
        ("2025-03-04T01:12:00Z", 14.0),
        ("2025-03-04T02:01:00Z", 20.0),
        ("2025-03-04T03:10:00Z", 29.0),
    ]);
    let history = History::new(&hourly, &[], &the_20th());
    let found = by(
        &history,
        "input",
        "2025-03-04T00:00:00Z",
        "2025-03-04T03:00:00Z",
        By::Hour,
        "UTC",
    );
    assert_eq!(amounts(&found), [None, None, Some(9.0)]);
}

#[test]
fn an_absent_counter_did_not_move_and_before_its_first_value_is_unknown() {
    let hourly = inputs(&[
        ("2025-03-04T00:01:00Z", ABSENT),
        ("2025-03-04T01:01:00Z", 5.0),
        ("2025-03-04T02:01:00Z", ABSENT),
        ("2025-03-04T03:01:00Z", 8.0),
    ]);
    let history = History::new(&hourly, &[], &the_20th());
    let found = by(
        &history,
        "input",
        "2025-03-04T00:00:00Z",
        "2025-03-04T03:00:00Z",
        By::Hour,
        "UTC",
    );
    assert_eq!(amounts(&found), [None, Some(0.0), Some(3.0)]);
}

#[test]
fn a_counter_first_used_after_a_boundary_counts_from_zero() {
    let daily = [
        sample("2025-03-09T00:01:00Z", &[("input", 50.0)]),
        sample("2025-03-10T00:01:00Z", &[("input", 60.0)]),
        sample("2025-03-11T00:01:00Z", &[("input", 7.0)]),
        sample("2025-03-12T00:01:00Z", &[("input", 9.0), ("sms", 4.0)]),
    ];
    let history = History::new(&[], &daily, &cycle("2025-03-10T12:00:00Z"));
    let found = by(
        &history,
        "sms",
        "2025-03-09T00:00:00Z",
        "2025-03-12T00:00:00Z",
        By::Day,
        "UTC",
    );
    assert_eq!(amounts(&found), [None, Some(0.0), Some(4.0)]);
}

#[test]
fn after_a_gap_an_absent_counter_says_nothing_until_it_is_seen_again() {
    // What was used from 01:00 to 04:00 is in the total of 06:01, and not all of hour 5.
    let hourly = inputs(&[
        ("2025-03-04T00:01:00Z", 10.0),
        ("2025-03-04T01:01:00Z", 12.0),
        ("2025-03-04T04:01:00Z", ABSENT),
        ("2025-03-04T05:01:00Z", ABSENT),
        ("2025-03-04T06:01:00Z", 40.0),
    ]);
    let history = History::new(&hourly, &[], &the_20th());
    let (from, to) = ("2025-03-04T00:00:00Z", "2025-03-04T06:00:00Z");
    let found = by(&history, "input", from, to, By::Hour, "UTC");
    assert_eq!(amounts(&found), [Some(2.0), None, None, None, None, None]);
    assert_eq!(history.sum("input", at(from), at(to)).amount, Some(30.0));
}

#[test]
fn a_daily_sample_bridges_a_missing_hour_for_a_counter_that_stood_still() {
    let hourly = [
        sample("2025-03-04T22:01:00Z", &[("email", 5.0), ("input", 1.0)]),
        sample("2025-03-05T00:01:00Z", &[("input", 9.0)]),
        sample("2025-03-05T01:01:00Z", &[("input", 10.0)]),
    ];
    let daily = [
        sample("2025-03-04T00:01:20Z", &[("email", 5.0)]),
        sample("2025-03-05T00:01:20Z", &[]),
    ];
    let history = History::new(&hourly, &daily, &the_20th());
    let (from, to) = ("2025-03-05T00:00:00Z", "2025-03-05T01:00:00Z");
    assert_eq!(
        amounts(&by(&history, "email", from, to, By::Hour, "UTC")),
        [Some(0.0)]
    );
}

#[test]
fn a_day_on_which_a_counter_stood_still_is_zero_in_each_of_its_parts() {
    // Hours are kept from the 4th at 14:00 on; e-mail was not used that day.
    let mut hourly = inputs(&[("2025-03-04T14:01:00Z", 50.0)]);
    for hour in 15..24 {
        hourly.extend(inputs(&[(&format!("2025-03-04T{hour}:01:00Z"), 50.0)]));
    }
    hourly.extend(inputs(&[
        ("2025-03-05T00:01:00Z", 60.0),
        ("2025-03-05T01:01:00Z", 61.0),
    ]));
    let daily = [
        sample("2025-03-04T00:01:20Z", &[("input", 10.0), ("email", 5.0)]),
        sample("2025-03-05T00:01:20Z", &[("input", 60.0)]),
    ];
    let history = History::new(&hourly, &daily, &the_20th());
    let (from, to) = ("2025-03-04T12:00:00Z", "2025-03-04T15:00:00Z");
    assert_eq!(
        amounts(&by(&history, "email", from, to, By::Hour, "UTC")),
        [Some(0.0); 3]
    );
    assert_eq!(
        amounts(&by(&history, "input", from, to, By::Hour, "UTC")),
        [None, None, Some(0.0)]
    );
    // Berlin's midnight of the 5th lies within that day of UTC.
    let found = by(
        &history,
        "email",
        "2025-03-04T00:00:00Z",
        "2025-03-05T00:30:00Z",
        By::Day,
        "Europe/Berlin",
    );
    assert_eq!(amounts(&found), [Some(0.0), Some(0.0)]);
    assert_eq!(
        found.iter().map(|one| one.complete).collect::<Vec<_>>(),
        [true, false]
    );
}

#[test]
fn a_period_that_has_just_begun_is_unknown_for_an_idle_counter_as_for_a_busy_one() {
    let hourly = [
        sample("2025-03-04T00:01:00Z", &[("input", 1.0), ("email", 5.0)]),
        sample("2025-03-04T01:01:00Z", &[("input", 2.0)]),
    ];
    let history = History::new(&hourly, &[], &the_20th());
    let (from, to) = ("2025-03-04T01:00:00Z", "2025-03-04T02:00:00Z");
    for key in ["input", "email"] {
        assert_eq!(
            amounts(&by(&history, key, from, to, By::Hour, "UTC")),
            [None],
            "{key}"
        );
    }
}

#[test]
fn differences_of_decimals_have_no_noise() {
    let hourly = [
        sample("2025-03-04T00:01:00Z", &[("analysis", 2_201.5)]),
        sample("2025-03-04T01:01:00Z", &[("analysis", 2_212.4)]),
    ];
    let history = History::new(&hourly, &[], &the_20th());
    let found = by(
        &history,
        "analysis",
        "2025-03-04T00:00:00Z",
        "2025-03-04T01:00:00Z",
        By::Hour,
        "UTC",
    );
    assert_eq!(amounts(&found), [Some(10.9)]);
}

#[test]
fn a_daily_reading_of_the_same_moment_as_an_hourly_one_is_no_second_sample() {
    // A second or so apart, the daily one a little lower: no fall.
    let hourly = inputs(&[
        ("2025-03-04T00:01:00Z", 1_000.0),
        ("2025-03-04T01:01:00Z", 1_010.0),
    ]);
    let daily = inputs(&[
        ("2025-03-03T00:01:00Z", 900.0),
        ("2025-03-04T00:01:30Z", 999.0),
    ]);
    let history = History::new(&hourly, &daily, &the_20th());
    let sum = history.sum(
        "input",
        at("2025-03-03T00:00:00Z"),
        at("2025-03-04T01:00:00Z"),
    );
    assert_eq!(
        (sum.amount, sum.lower_bound, sum.complete),
        (Some(110.0), false, true)
    );
}

#[test]
fn of_two_totals_at_one_moment_the_larger_stands() {
    let hourly = inputs(&[
        ("2025-03-04T01:01:00Z", 30.0),
        ("2025-03-04T00:01:00Z", 10.0),
        ("2025-03-04T01:01:00Z", 25.0),
    ]);
    let history = History::new(&hourly, &[], &the_20th());
    let found = by(
        &history,
        "input",
        "2025-03-04T00:00:00Z",
        "2025-03-04T01:00:00Z",
        By::Hour,
        "UTC",
    );
    assert_eq!(
        (amounts(&found), bounds(&found)),
        (vec![Some(20.0)], vec![false])
    );
}

#[test]
fn a_total_that_is_no_number_or_negative_is_unknown_and_not_carried() {
    for nonsense in [f64::NAN, f64::INFINITY, -5.0] {
        let hourly = [
            sample("2025-03-04T00:01:00Z", &[("input", 10.0)]),
            sample("2025-03-04T01:01:00Z", &[("input", nonsense)]),
            sample("2025-03-04T02:01:00Z", &[("input", 16.0)]),
            sample("2025-03-04T03:01:00Z", &[("input", 17.0)]),
        ];
        let history = History::new(&hourly, &[], &the_20th());
        let (from, to) = ("2025-03-04T00:00:00Z", "2025-03-04T03:00:00Z");
        let found = by(&history, "input", from, to, By::Hour, "UTC");
        assert_eq!(amounts(&found), [None, None, Some(1.0)], "{nonsense}");
        assert_eq!(history.sum("input", at(from), at(to)).amount, Some(7.0));
    }
}

#[test]
fn the_period_in_which_the_samples_begin_is_a_lower_bound_and_the_last_one_incomplete() {
    let hourly = inputs(&[
        ("2025-03-04T10:01:00Z", 10.0),
        ("2025-03-04T11:01:00Z", 15.0),
        ("2025-03-04T12:01:00Z", 15.0),
    ]);
    let all: Vec<_> = (13..24)
        .map(|hour| sample(&format!("2025-03-04T{hour}:01:00Z"), &[("input", 15.0)]))
        .chain([
            sample("2025-03-05T00:01:00Z", &[("input", 20.0)]),
            sample("2025-03-05T01:01:00Z", &[("input", 21.0)]),
        ])
        .chain(hourly)
        .collect();
    let history = History::new(&all, &[], &the_20th());
    let found = by(
        &history,
        "input",
        "2025-03-03T00:00:00Z",
        "2025-03-06T00:00:00Z",
        By::Day,
        "UTC",
    );
    assert_eq!(amounts(&found), [None, Some(10.0), Some(1.0)]);
    assert_eq!(bounds(&found), [false, true, false]);
    assert_eq!(
        found.iter().map(|one| one.complete).collect::<Vec<_>>(),
        [false, true, false]
    );
}

#[test]
fn a_level_is_the_last_known_value_at_the_periods_end_and_may_fall() {
    let daily = [
        sample("2025-03-03T00:01:00Z", &[("data_records", 500.0)]),
        sample("2025-03-04T00:01:00Z", &[("data_records", 200.0)]),
        sample("2025-03-05T00:01:00Z", &[("input", 1.0)]),
        sample("2025-03-08T00:01:00Z", &[("data_records", 700.0)]),
    ];
    let history = History::new(&[], &daily, &the_20th());
    let found = by(
        &history,
        "data_records",
        "2025-03-01T00:00:00Z",
        "2025-03-10T00:00:00Z",
        By::Day,
        "UTC",
    );
    assert_eq!(
        amounts(&found),
        [
            None,
            Some(500.0),
            Some(200.0),
            Some(200.0),
            Some(200.0),
            Some(200.0),
            Some(700.0),
            Some(700.0),
            None
        ]
    );
    assert_eq!(
        found.iter().map(|one| one.complete).collect::<Vec<_>>(),
        [false, true, true, true, false, false, true, false, false]
    );
    assert_eq!(bounds(&found), [false; 9]);
    let end = history.sum(
        "data_records",
        at("2025-03-03T00:00:00Z"),
        at("2025-03-05T00:00:00Z"),
    );
    assert_eq!(end.amount, Some(200.0));
}

#[test]
fn rows_hold_the_nine_and_every_other_key_as_a_counter() {
    let daily = [
        sample(
            "2025-03-09T00:01:00Z",
            &[("input", 90.0), ("tcore", 4.0), ("file_storage", 1.5)],
        ),
        sample(
            "2025-03-10T00:01:00Z",
            &[("input", 5.0), ("tcore", 6.0), ("file_storage", 1.25)],
        ),
    ];
    let history = History::new(&[], &daily, &the_20th());
    let utc = insight::zone("").unwrap();
    let periods = history
        .periods(
            at("2025-03-09T00:00:00Z"),
            at("2025-03-10T00:00:00Z"),
            By::Day,
            &utc,
        )
        .unwrap();
    let rows = history.rows(&periods);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].amounts.by_key("input"), Some(5.0));
    assert_eq!(rows[0].amounts.by_key("tcore"), Some(2.0));
    assert_eq!(rows[0].amounts.by_key("file_storage"), Some(1.25));
    assert_eq!(rows[0].amounts.by_key("sms"), None);
    assert_eq!(rows[0].lower_bound, ["input"]);
    assert!(rows[0].complete);
}

#[test]
fn a_cycle_of_dense_samples_sums_to_the_last_total_before_the_reset() {
    // Hourly from before the start to after the end of the cycle from 31 January 14:00 to 28 February 14:00.
    let start = at("2025-01-31T14:00:00Z");
    let mut total = 0.0;
    let mut last = 0.0;
    let hourly: Vec<_> = (-30..28 * 24 + 20)
        .map(|hour: i64| {
            if hour == 0 || hour == 28 * 24 {
                last = total;
                total = 0.0;
            }
            total += f64::from(u32::try_from(hour.rem_euclid(7)).unwrap());
            model::Sample {
                at: start + jiff::SignedDuration::from_secs(hour * 3600 + 75),
                totals: [("input", total)].into_iter().collect(),
            }
        })
        .collect();
    let history = History::new(&hourly, &[], &Cycle::of([(start, None)]));
    let sum = history.sum("input", start, at("2025-02-28T14:00:00Z"));
    assert_eq!(sum.amount, Some(last));
    assert!(
        sum.lower_bound,
        "the last hour before the reset is not known"
    );
}

#[test]
fn without_samples_nothing_is_known_and_nothing_fails() {
    let history = History::new(&[], &[], &Cycle::calendar_month());
    assert_eq!(history.span(), None);
    let found = by(
        &history,
        "input",
        "2025-03-01T00:00:00Z",
        "2025-03-03T00:00:00Z",
        By::Day,
        "UTC",
    );
    assert_eq!(amounts(&found), [None, None]);
    assert_eq!(
        history
            .sum(
                "data_records",
                at("2025-03-01T00:00:00Z"),
                at("2025-03-03T00:00:00Z")
            )
            .amount,
        None
    );
}
