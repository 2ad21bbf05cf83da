//! Running totals: what a counter came to since its billing cycle began.
#![allow(clippy::unwrap_used)] // helpers of tests

mod common;

use common::{amounts, at, bounds, cycle, inputs, sample};
use insight::{By, Cycle, History, PeriodAmount, zone};
use jiff::{SignedDuration, Timestamp};
use model::Sample;
use proptest::prelude::*;

fn days(history: &History, cycle: &Cycle, from: &str, to: &str) -> Vec<PeriodAmount> {
    let periods = history
        .periods(at(from), at(to), By::Day, &zone("UTC").unwrap())
        .unwrap();
    history.running("input", cycle, &periods)
}

#[test]
fn a_running_total_begins_with_the_cycle_and_again_with_the_next() {
    let cycle = cycle("2025-03-03T00:00:00Z");
    let daily = inputs(&[
        ("2025-03-01T00:01:00Z", 900.0),
        ("2025-03-02T00:01:00Z", 950.0),
        ("2025-03-03T00:00:00Z", 0.0),
        ("2025-03-04T00:01:00Z", 40.0),
        ("2025-03-05T00:01:00Z", 70.0),
    ]);
    let history = History::new(&[], &daily, &cycle);
    let found = days(
        &history,
        &cycle,
        "2025-03-01T00:00:00Z",
        "2025-03-05T00:00:00Z",
    );
    // The first cycle was not seen from its beginning; what was used before the reset cannot be known.
    assert_eq!(
        amounts(&found),
        [Some(50.0), Some(50.0), Some(40.0), Some(70.0)]
    );
    assert_eq!(bounds(&found), [true, true, false, false]);
}

#[test]
fn a_day_in_which_a_cycle_begins_ends_with_what_the_new_cycle_used() {
    let cycle = cycle("2025-03-03T14:00:00Z");
    let hourly = inputs(&[
        ("2025-03-03T00:01:00Z", 500.0),
        ("2025-03-03T13:01:00Z", 520.0),
        ("2025-03-03T14:01:00Z", 1.0),
        ("2025-03-04T00:01:00Z", 30.0),
    ]);
    let history = History::new(&hourly, &[], &cycle);
    let found = days(
        &history,
        &cycle,
        "2025-03-03T00:00:00Z",
        "2025-03-04T00:00:00Z",
    );
    assert_eq!(amounts(&found), [Some(30.0)]);
    assert_eq!(bounds(&found), [false]);
}

#[test]
fn in_a_gap_the_running_total_is_unknown_and_after_it_known_again() {
    let cycle = cycle("2025-03-01T00:00:00Z");
    let daily = inputs(&[
        ("2025-03-01T00:01:00Z", 0.0),
        ("2025-03-02T00:01:00Z", 10.0),
        ("2025-03-05T00:01:00Z", 70.0),
        ("2025-03-06T00:01:00Z", 90.0),
    ]);
    let history = History::new(&[], &daily, &cycle);
    let found = days(
        &history,
        &cycle,
        "2025-03-01T00:00:00Z",
        "2025-03-08T00:00:00Z",
    );
    assert_eq!(
        amounts(&found),
        [Some(10.0), None, None, Some(70.0), Some(90.0), None, None]
    );
    assert_eq!(bounds(&found), [false; 7]);
}

#[test]
fn a_level_stands_where_it_stood_whatever_the_cycle() {
    let cycle = cycle("2025-03-02T00:00:00Z");
    let daily = [
        sample("2025-03-01T00:01:00Z", &[("run_users", 7.0)]),
        sample("2025-03-02T00:01:00Z", &[("run_users", 8.0)]),
        sample("2025-03-03T00:01:00Z", &[("run_users", 6.0)]),
    ];
    let history = History::new(&[], &daily, &cycle);
    let periods = history
        .periods(
            at("2025-03-01T00:00:00Z"),
            at("2025-03-03T00:00:00Z"),
            By::Day,
            &zone("UTC").unwrap(),
        )
        .unwrap();
    assert_eq!(
        history.running("run_users", &cycle, &periods),
        history.usage("run_users", &periods)
    );
}

/// Totals of one counter, an hour to some days apart, that grow, fall or are left out.
fn totals() -> impl Strategy<Value = Vec<Sample>> {
    let gap = prop_oneof![6 => Just(1_i64), 1 => 2..100_i64];
    prop::collection::vec(
        (gap, prop::option::weighted(0.8, 0..400_u32), 0..30_u8),
        2..150,
    )
    .prop_map(|steps| {
        let mut hour = 1_740_787_200 / 3600;
        let mut total = 0;
        steps
            .into_iter()
            .map(|(hours, grows, luck)| {
                hour += hours;
                let mut sample = Sample {
                    at: Timestamp::from_second(hour * 3600 + 65).unwrap(),
                    totals: model::Amounts::new(),
                };
                if let Some(by) = grows {
                    total = if luck == 0 { by } else { total + by };
                    sample.totals.set_by_key("input", f64::from(total));
                }
                sample
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn within_a_cycle_a_running_total_never_falls_and_is_never_less_than_its_periods_together(
        hourly in totals(),
        day in 1..28_i8,
        hour in 0..24_i8,
        by in prop::sample::select(vec![By::Hour, By::Day]),
    ) {
        let start: Timestamp = format!("2025-03-{day:02}T{hour:02}:00:00Z").parse().unwrap();
        let cycle = Cycle::of([(start, None)]);
        let history = History::new(&hourly, &[], &cycle);
        let (first, last) = history.span().unwrap();
        let end = last + SignedDuration::from_hours(30);
        let periods = history.periods(first, end, by, &zone("UTC").unwrap()).unwrap();
        let running = history.running("input", &cycle, &periods);
        let used = history.usage("input", &periods);
        prop_assert_eq!(running.len(), periods.len());
        let mut of = None;
        let (mut highest, mut together) = (0.0, 0.0);
        for ((period, total), amount) in periods.iter().zip(&running).zip(&used) {
            let (since, _) = cycle.containing(period.end - SignedDuration::from_nanos(1)).unwrap();
            if of.replace(since) != Some(since) {
                (highest, together) = (0.0, 0.0);
            }
            // A period that the cycle began in holds something of the cycle before.
            if period.start >= since {
                together += amount.amount.unwrap_or(0.0);
            }
            if let Some(total) = total.amount {
                prop_assert!(total >= highest, "{} fell from {}", total, highest);
                prop_assert!(total >= together - 1e-6, "{} is less than {}", total, together);
                highest = total;
            }
        }
    }
}
