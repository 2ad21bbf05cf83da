//! Usage history: the same amounts as the simulator's own totals tell.
#![allow(clippy::unwrap_used)] // helpers of tests

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sim::world::{Cycle, Period, Profile, Sample, Service};

use crate::bench::Bench;

fn at(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

/// A simulator's profile as it was when its world stood still.
struct Held<'a> {
    profile: &'a Profile,
    cycle: &'a Cycle,
    now: Timestamp,
}

impl Held<'_> {
    /// The sample that is taken past a moment.
    fn sample(&self, moment: Timestamp) -> Option<Sample> {
        let until = moment + SignedDuration::from_mins(10);
        let samples = self
            .profile
            .samples(moment, until, Period::Hour, &TimeZone::UTC, self.now);
        samples.into_iter().next()
    }

    /// What a counter stood at when the sample past a moment was taken; at the start of a billing cycle,
    /// nothing.
    fn total(&self, service: Service, moment: Timestamp, starts: bool) -> Option<f64> {
        if starts && self.cycle.around(moment).0 == moment {
            return Some(0.0);
        }
        let taken = self.sample(moment)?.time;
        Some(self.profile.limit_used(taken)[service as usize])
    }

    /// Whether the sample that ends a row shows a service: those that stood still are often left out.
    fn is_sampled(&self, service: Service, row: &Value) -> bool {
        let sample = self.sample(at(&row["end"]));
        sample.is_some_and(|sample| sample.totals[service as usize].is_some())
    }
}

#[test]
fn amounts_by_hour_day_and_local_day_agree_with_the_simulators_totals() {
    let bench = Bench::connected(12);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let (profiles, _) = bench.json(&["profile", "list"]);
    let world = bench.sim.world();
    let mut compared = 0;
    for profile in profiles.as_array().unwrap().iter().take(4) {
        let id = profile["id"].as_str().unwrap();
        let kept = world.profile(id).unwrap();
        let held = Held {
            profile: kept,
            cycle: &world.account(&kept.owner).unwrap().cycle,
            now: bench.sim.clock().now(),
        };
        for (by, zone) in [
            ("hour", "UTC"),
            ("day", "UTC"),
            ("day", "Europe/Berlin"),
            ("day", "America/Los_Angeles"),
            ("month", "UTC"),
        ] {
            let (usage, code) = bench.json(&["usage", id, "--by", by, "--timezone", zone]);
            assert_eq!(code, 0, "{usage}");
            assert_eq!(usage["profile"], id);
            // Before its first hourly sample a level is known from the midnight before, and may have changed. A
            // zone's day between the daily history and the hourly one ends there, too.
            let mut shown = [by != "hour"; Service::ALL.len()];
            for row in usage["rows"].as_array().unwrap() {
                let end_of_day = at(&row["end"]).as_second().rem_euclid(86_400) == 0;
                if row["utc"] == true && !end_of_day {
                    shown = [false; Service::ALL.len()];
                }
                for service in Service::ALL {
                    if service.is_level() && !shown[service as usize] {
                        shown[service as usize] = held.is_sampled(service, row);
                    }
                    if service.is_level() && !shown[service as usize] {
                        continue;
                    }
                    let bounds = row["lower_bound"].as_array().unwrap();
                    let bounded = bounds.iter().any(|key| key == service.key());
                    let (Some(amount), false, true) = (
                        row[service.key()].as_f64(),
                        bounded,
                        row["complete"] == true,
                    ) else {
                        continue;
                    };
                    let (start, end) = (at(&row["start"]), at(&row["end"]));
                    let (Some(first), Some(last)) = (
                        held.total(service, start, true),
                        held.total(service, end, false),
                    ) else {
                        continue;
                    };
                    let moved = if service.is_level() {
                        last
                    } else {
                        last - first
                    };
                    assert!(
                        (amount - moved).abs() < 0.01,
                        "{by} {zone} {}: {first} {last} {row}",
                        service.key()
                    );
                    compared += 1;
                }
            }
        }
    }
    assert!(
        compared > 15_000,
        "only {compared} amounts could be compared"
    );
}

#[test]
fn the_days_of_a_zone_that_only_daily_samples_are_left_of_are_labelled() {
    let bench = Bench::connected(6);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let id = bench.json(&["profile", "list"]).0[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let (usage, _) = bench.json(&["usage", &id, "--timezone", "Europe/Berlin"]);
    let rows = usage["rows"].as_array().unwrap();
    let utc = rows.iter().filter(|row| row["utc"] == true).count();
    assert!(rows.len() > 380, "{}", rows.len());
    assert!(
        (28..=34).contains(&(rows.len() - utc)),
        "{utc} of {}",
        rows.len()
    );
    for pair in rows.windows(2) {
        assert_eq!(pair[0]["end"], pair[1]["start"]);
    }
    assert!(
        bench
            .run(&["usage", &id, "--timezone", "Europe/Berlin"])
            .out
            .contains("UTC")
    );
}

#[test]
fn a_range_is_of_the_zone_and_its_end_is_not_included() {
    let bench = Bench::connected(6);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let id = bench.json(&["profile", "list"]).0[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let to = bench
        .sim
        .clock()
        .now()
        .to_zoned(TimeZone::get("Asia/Tokyo").unwrap())
        .date();
    let from = to.saturating_sub(jiff::Span::new().days(3));
    let args = [
        "usage",
        &id,
        "--from",
        &from.to_string(),
        "--to",
        &to.to_string(),
        "--timezone",
        "Asia/Tokyo",
    ];
    let (usage, _) = bench.json(&args);
    let rows = usage["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 3, "{usage}");
    assert!(
        rows[0]["start"].as_str().unwrap().ends_with("T15:00:00Z"),
        "{usage}"
    );
    assert_eq!(usage["timezone"], "Asia/Tokyo");
}

#[test]
fn csv_has_a_line_a_row_and_the_same_numbers() {
    let bench = Bench::connected(6);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let id = bench.json(&["profile", "list"]).0[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let file = bench.session.folder().join("usage.csv");
    let written = bench.run(&[
        "usage",
        &id,
        "--by",
        "month",
        "--csv",
        file.to_str().unwrap(),
    ]);
    assert_eq!((written.code, written.out.as_str()), (0, ""), "{written:?}");
    let printed = bench.run(&["usage", &id, "--by", "month", "--csv", "-"]);
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text, printed.out);
    let (usage, _) = bench.json(&["usage", &id, "--by", "month"]);
    let rows = usage["rows"].as_array().unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), rows.len() + 1);
    let place = lines[0]
        .split(',')
        .position(|title| title == "input")
        .unwrap();
    for (line, row) in lines[1..].iter().zip(rows) {
        let field = line.split(',').nth(place).unwrap();
        assert_eq!(field.parse::<f64>().ok(), row["input"].as_f64());
    }
}

#[test]
fn the_whole_fleet_is_each_profiles_usage_and_totals_say_how_many_of_how_many() {
    let bench = Bench::connected(6);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let (profiles, _) = bench.json(&["profile", "list", "--sort", "name"]);
    let profiles = profiles.as_array().unwrap();
    let from = bench.sim.clock().now() - SignedDuration::from_hours(70 * 24);
    let from = from.strftime("%Y-%m").to_string();
    let to = bench.sim.clock().now().strftime("%Y-%m").to_string();
    let range = ["--from", &from, "--to", &to, "--by", "month"];
    let (fleet, code) = bench.json(&[&["usage", "--all"], &range[..]].concat());
    assert_eq!(code, 0, "{fleet}");
    let fleet = fleet.as_array().unwrap();
    assert_eq!(fleet.len(), profiles.len());
    for (usage, profile) in fleet.iter().zip(profiles) {
        let id = profile["id"].as_str().unwrap();
        let (alone, _) = bench.json(&[&["usage", id], &range[..]].concat());
        assert_eq!(*usage, alone);
    }

    let table = bench.run(&[&["usage", "--all"], &range[..]].concat());
    assert_eq!(table.code, 0, "{table:?}");
    let count = profiles.len();
    let months = fleet[0]["rows"].as_array().unwrap().len();
    let totals = table.out.lines().filter(|line| line.contains("Total, "));
    assert_eq!(totals.count(), months, "{}", table.out);
    assert!(
        table.out.contains(&format!("of {count} known")),
        "{}",
        table.out
    );
    let lines = table
        .out
        .lines()
        .take_while(|line| !line.is_empty())
        .count();
    assert_eq!(lines, 1 + months * (count + 1), "{}", table.out);

    let csv = bench.run(&[&["usage", "--all", "--csv", "-"], &range[..]].concat());
    let mut lines = csv.out.lines();
    assert!(lines.next().unwrap().starts_with("profile,name,start,end,"));
    assert_eq!(lines.count(), months * count);
}
