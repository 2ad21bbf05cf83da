//! Hours, days and months of time zones, the clock's switches included.
#![allow(clippy::unwrap_used)] // helpers of tests

mod common;

use common::{amounts, at, by, inputs, sample, the_20th};
use insight::{By, History, Period, PeriodError, periods, zone};
use jiff::SignedDuration;
use model::Sample;

fn cut(from: &str, to: &str, by: By, tz: &str) -> Vec<Period> {
    periods(at(from), at(to), by, &zone(tz).unwrap()).unwrap()
}

fn starts(periods: &[Period]) -> Vec<String> {
    periods.iter().map(|one| one.start.to_string()).collect()
}

fn minutes(periods: &[Period]) -> Vec<i64> {
    let length = |one: &Period| one.end.duration_since(one.start).as_mins();
    periods.iter().map(length).collect()
}

fn assert_gapless(periods: &[Period]) {
    for pair in periods.windows(2) {
        assert_eq!(pair[0].end, pair[1].start);
    }
}

/// Hourly samples from a whole hour on, `input` growing by one an hour.
fn every_hour(from: &str, hours: i64) -> Vec<Sample> {
    let from = at(from);
    (0..hours)
        .map(|hour| {
            let total = f64::from(u32::try_from(hour).unwrap());
            Sample {
                at: from + SignedDuration::from_secs(hour * 3600 + 62),
                totals: [("input", 100.0 + total)].into_iter().collect(),
            }
        })
        .collect()
}

#[test]
fn berlins_days_have_23_hours_in_march_and_25_in_october() {
    let history = History::new(
        &every_hour("2025-03-28T00:00:00Z", 24 * 6),
        &[],
        &the_20th(),
    );
    let found = by(
        &history,
        "input",
        "2025-03-28T23:00:00Z",
        "2025-03-31T22:00:00Z",
        By::Day,
        "Europe/Berlin",
    );
    assert_eq!(amounts(&found), [Some(24.0), Some(23.0), Some(24.0)]);
    let hours = cut(
        "2025-03-29T23:00:00Z",
        "2025-03-30T22:00:00Z",
        By::Hour,
        "Europe/Berlin",
    );
    assert_eq!(minutes(&hours), [60; 23]);

    let history = History::new(
        &every_hour("2025-10-24T00:00:00Z", 24 * 6),
        &[],
        &the_20th(),
    );
    let found = by(
        &history,
        "input",
        "2025-10-24T22:00:00Z",
        "2025-10-27T23:00:00Z",
        By::Day,
        "Europe/Berlin",
    );
    assert_eq!(amounts(&found), [Some(24.0), Some(25.0), Some(24.0)]);
    let hours = cut(
        "2025-10-25T22:00:00Z",
        "2025-10-26T23:00:00Z",
        By::Hour,
        "Europe/Berlin",
    );
    assert_eq!(minutes(&hours), [60; 25]);
}

#[test]
fn a_day_whose_midnight_does_not_exist_begins_at_one_o_clock() {
    // Brazil switched at midnight until 2019.
    let spring = cut(
        "2018-11-03T12:00:00Z",
        "2018-11-05T12:00:00Z",
        By::Day,
        "America/Sao_Paulo",
    );
    assert_eq!(
        starts(&spring),
        [
            "2018-11-03T03:00:00Z",
            "2018-11-04T03:00:00Z",
            "2018-11-05T02:00:00Z"
        ]
    );
    assert_eq!(minutes(&spring), [24 * 60, 23 * 60, 24 * 60]);
    // In autumn the hour before midnight came twice, so the Saturday had 25 hours.
    let autumn = cut(
        "2018-02-17T12:00:00Z",
        "2018-02-18T12:00:00Z",
        By::Day,
        "America/Sao_Paulo",
    );
    assert_eq!(minutes(&autumn), [25 * 60, 24 * 60]);
    assert_eq!(
        minutes(&cut(
            "2018-02-17T02:00:00Z",
            "2018-02-18T03:00:00Z",
            By::Hour,
            "America/Sao_Paulo"
        )),
        [60; 25]
    );
}

#[test]
fn a_date_that_a_zone_never_had_is_left_out() {
    // Samoa crossed the date line and had no 30 December 2011.
    let days = cut(
        "2011-12-29T12:00:00Z",
        "2011-12-31T12:00:00Z",
        By::Day,
        "Pacific/Apia",
    );
    assert_eq!(
        starts(&days),
        [
            "2011-12-29T10:00:00Z",
            "2011-12-30T10:00:00Z",
            "2011-12-31T10:00:00Z"
        ]
    );
    assert_gapless(&days);
}

#[test]
fn lord_howe_switches_by_half_an_hour() {
    let zone = "Australia/Lord_Howe";
    // Forward on 5 October 2025 at 02:00, to 02:30.
    let hours = cut(
        "2025-10-04T13:30:00Z",
        "2025-10-05T13:00:00Z",
        By::Hour,
        zone,
    );
    assert_gapless(&hours);
    assert_eq!(hours.len(), 24);
    assert_eq!(minutes(&hours)[..4], [60, 60, 30, 60]);
    assert_eq!(
        minutes(&cut(
            "2025-10-04T14:00:00Z",
            "2025-10-05T12:00:00Z",
            By::Day,
            zone
        )),
        [23 * 60 + 30]
    );
    // Back on 6 April 2025 at 02:00, to 01:30.
    let hours = cut(
        "2025-04-05T13:00:00Z",
        "2025-04-06T13:30:00Z",
        By::Hour,
        zone,
    );
    assert_gapless(&hours);
    assert_eq!(minutes(&hours)[..4], [60, 60, 30, 60]);
    assert_eq!(
        minutes(&cut(
            "2025-04-05T14:00:00Z",
            "2025-04-06T12:00:00Z",
            By::Day,
            zone
        )),
        [24 * 60 + 30]
    );
    // From inside the half hour, that half hour is the first.
    let from_within = cut(
        "2025-10-04T15:45:00Z",
        "2025-10-04T16:10:00Z",
        By::Hour,
        zone,
    );
    assert_eq!(
        starts(&from_within),
        ["2025-10-04T15:30:00Z", "2025-10-04T16:00:00Z"]
    );

    let history = History::new(
        &every_hour("2025-10-03T00:00:00Z", 24 * 4),
        &[],
        &the_20th(),
    );
    let days = by(
        &history,
        "input",
        "2025-10-03T14:00:00Z",
        "2025-10-06T12:00:00Z",
        By::Day,
        zone,
    );
    // 13:30 to 13:30, to 13:00, to 13:00: the sample that closes a day at 13:30 is the one of 14:01.
    assert_eq!(amounts(&days), [Some(24.0), Some(23.0), Some(24.0)]);
    // No sample was taken in the half hour of the switch: what it used is in the hour before it.
    let hours = by(
        &history,
        "input",
        "2025-10-04T14:30:00Z",
        "2025-10-04T17:00:00Z",
        By::Hour,
        zone,
    );
    assert_eq!(amounts(&hours), [Some(1.0), None, Some(1.0)]);
}

#[test]
fn an_hour_in_whose_midst_the_clock_is_switched_ends_there() {
    // Venezuela went from 02:30 to 03:00 on 1 May 2016.
    let hours = cut(
        "2016-05-01T05:30:00Z",
        "2016-05-01T09:00:00Z",
        By::Hour,
        "America/Caracas",
    );
    assert_eq!(minutes(&hours), [60, 30, 60, 60]);
    assert_eq!(hours[2].start, at("2016-05-01T07:00:00Z"));
}

#[test]
fn each_hour_and_day_of_a_zone_between_whole_hours_takes_the_samples_that_began_in_it() {
    for zone in ["Asia/Kolkata", "Asia/Kathmandu"] {
        let history = History::new(
            &every_hour("2025-06-01T00:00:00Z", 24 * 4),
            &[],
            &the_20th(),
        );
        let hours = by(
            &history,
            "input",
            "2025-06-02T00:30:00Z",
            "2025-06-02T06:00:00Z",
            By::Hour,
            zone,
        );
        assert!(
            hours.iter().all(|one| one.amount == Some(1.0)),
            "{zone}: {hours:?}"
        );
        let days = by(
            &history,
            "input",
            "2025-06-01T18:30:00Z",
            "2025-06-03T18:00:00Z",
            By::Day,
            zone,
        );
        assert!(
            amounts(&days).ends_with(&[Some(24.0), Some(24.0)]),
            "{zone}: {days:?}"
        );
    }
}

#[test]
fn days_of_a_zone_come_from_hourly_samples_and_older_days_are_of_utc_and_say_so() {
    // Daily samples from 1 to 10 June, hourly ones from the 7th on.
    let daily: Vec<_> = (1..=10)
        .map(|day| {
            sample(
                &format!("2025-06-{day:02}T00:01:00Z"),
                &[("input", f64::from(day) * 24.0)],
            )
        })
        .collect();
    let hourly: Vec<_> = (0..96)
        .map(|hour| Sample {
            at: at("2025-06-07T00:01:10Z") + SignedDuration::from_hours(hour),
            totals: [(
                "input",
                7.0 * 24.0 + f64::from(u32::try_from(hour).unwrap()),
            )]
            .into_iter()
            .collect(),
        })
        .collect();
    let history = History::new(&hourly, &daily, &the_20th());
    for (zone, from, seam) in [
        (
            "Europe/Berlin",
            "2025-06-03T22:00:00Z",
            ("2025-06-07T00:00:00Z", "2025-06-07T22:00:00Z", 22.0),
        ),
        (
            "America/Los_Angeles",
            "2025-06-04T07:00:00Z",
            ("2025-06-06T00:00:00Z", "2025-06-07T07:00:00Z", 31.0),
        ),
    ] {
        let found = by(
            &history,
            "input",
            from,
            "2025-06-09T12:00:00Z",
            By::Day,
            zone,
        );
        for pair in found.windows(2) {
            assert_eq!(pair[0].end, pair[1].start, "{zone}");
        }
        let place = found
            .iter()
            .position(|one| one.start == at(seam.0))
            .unwrap();
        assert_eq!(found[place].end, at(seam.1), "{zone}");
        assert_eq!(found[place].amount, Some(seam.2), "{zone}");
        for (day, one) in found.iter().enumerate() {
            assert_eq!(one.utc, day <= place, "{zone} {one:?}");
            if day != place {
                assert_eq!(one.amount, Some(24.0), "{zone} {one:?}");
            }
        }
    }
}

#[test]
fn months_of_a_zone_begin_at_its_midnight_where_hours_reach_and_at_utcs_where_not() {
    let daily: Vec<_> = (0..70)
        .map(|day| Sample {
            at: at("2025-04-01T00:01:00Z") + SignedDuration::from_hours(24 * day),
            totals: [("input", 24.0 * f64::from(u32::try_from(day).unwrap()))]
                .into_iter()
                .collect(),
        })
        .collect();
    let hourly: Vec<_> = (0..200)
        .map(|hour| Sample {
            at: at("2025-05-28T00:01:00Z") + SignedDuration::from_hours(hour),
            totals: [(
                "input",
                24.0 * 57.0 + f64::from(u32::try_from(hour).unwrap()),
            )]
            .into_iter()
            .collect(),
        })
        .collect();
    // No cycle boundary between them that the samples would not speak against.
    let history = History::new(&hourly, &daily, &insight::Cycle::calendar_month());
    let found = by(
        &history,
        "input",
        "2025-04-10T00:00:00Z",
        "2025-06-01T00:00:00Z",
        By::Month,
        "Asia/Tokyo",
    );
    assert_eq!(
        found
            .iter()
            .map(|one| (one.start.to_string(), one.utc))
            .collect::<Vec<_>>(),
        [
            ("2025-04-01T00:00:00Z".to_owned(), true),
            ("2025-05-01T00:00:00Z".to_owned(), true),
            ("2025-05-31T15:00:00Z".to_owned(), false),
        ]
    );
    assert_eq!(found[1].amount, Some(31.0 * 24.0 - 9.0));
}

#[test]
fn a_zone_at_utc_itself_needs_no_label() {
    let daily = inputs(&[("2025-01-03T00:01:00Z", 1.0), ("2025-01-04T00:01:00Z", 2.0)]);
    let history = History::new(&[], &daily, &the_20th());
    let found = by(
        &history,
        "input",
        "2025-01-03T00:00:00Z",
        "2025-01-04T00:00:00Z",
        By::Day,
        "Europe/Lisbon",
    );
    assert_eq!((found[0].amount, found[0].utc), (Some(1.0), false));
}

#[test]
fn what_cannot_be_cut_is_refused_with_words() {
    assert_eq!(
        zone("Mars/Olympus"),
        Err(PeriodError::Zone("Mars/Olympus".to_owned()))
    );
    assert!(zone("europe/berlin").is_ok());
    assert!(zone(" ").is_ok_and(|zone| zone == jiff::tz::TimeZone::UTC));
    let utc = zone("UTC").unwrap();
    let (from, to) = (at("2000-01-01T00:00:00Z"), at("2025-01-01T00:00:00Z"));
    assert_eq!(periods(from, to, By::Hour, &utc), Err(PeriodError::TooMany));
    assert_eq!(periods(to, from, By::Hour, &utc), Ok(Vec::new()));
    assert_eq!(periods(from, from, By::Day, &utc), Ok(Vec::new()));
    let end_of_time = jiff::Timestamp::MAX;
    assert_eq!(
        periods(to, end_of_time, By::Month, &utc),
        Err(PeriodError::Calendar)
    );
}
