//! The usage history keeps the rules that TagoIO's pages tell.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use sim::Running;
use sim::world::{Period, Profile, Service};

use crate::http::{Client, own, start};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn hours(profile: &Profile, from: &str, to: &str) -> Vec<sim::world::Sample> {
    profile.samples(
        at(from),
        at(to),
        Period::Hour,
        &TimeZone::UTC,
        at("2026-05-20T12:34:56Z"),
    )
}

fn input(sample: &sim::world::Sample) -> Option<f64> {
    sample.totals[Service::Input as usize]
}

fn busy(running: &Running) -> Profile {
    running
        .world()
        .profile(&own(running, 0)[0])
        .expect("a profile")
        .clone()
}

#[tokio::test]
async fn counters_only_rise_within_a_cycle_and_begin_at_zero_after_it() {
    let running = start(20, 2).await;
    let profile = busy(&running);
    let samples = hours(&profile, "2026-01-01T00:00:00Z", "2026-05-20T12:00:00Z");
    assert!(samples.len() > 3_300, "{}", samples.len());
    let mut resets = 0;
    for pair in samples.windows(2) {
        for service in Service::ALL
            .into_iter()
            .filter(|service| !service.is_level())
        {
            let (Some(before), Some(after)) = (
                pair[0].totals[service as usize],
                pair[1].totals[service as usize],
            ) else {
                continue;
            };
            let (start, _) = profile.meter.cycle.around(pair[1].time);
            if pair[0].time >= start {
                assert!(
                    after > before,
                    "{service:?} fell or stood at {}",
                    pair[1].time
                );
            } else {
                assert!(after < before, "{service:?} was not reset at {start}");
                resets += 1;
            }
        }
    }
    assert!(resets >= 4, "{resets}");
}

#[tokio::test]
async fn a_sample_is_taken_a_minute_or_so_past_the_hour_and_a_day_is_its_midnight_sample() {
    let running = start(20, 2).await;
    let profile = busy(&running);
    let by_hour = hours(&profile, "2026-05-01T00:00:00Z", "2026-05-08T00:00:00Z");
    for sample in &by_hour {
        let past = sample.time.as_second().rem_euclid(3_600);
        assert!((40..115).contains(&past), "{past}");
    }
    let by_day = profile.samples(
        at("2026-05-01T00:00:00Z"),
        at("2026-05-08T00:00:00Z"),
        Period::Day,
        &TimeZone::UTC,
        at("2026-05-20T12:34:56Z"),
    );
    assert_eq!(by_day.len(), 7);
    for day in &by_day {
        let hour = by_hour
            .iter()
            .find(|sample| sample.time == day.time)
            .expect("the same sample by the hour");
        for (service, (day, hour)) in Service::ALL.iter().zip(day.totals.iter().zip(hour.totals)) {
            if let (Some(day), Some(hour)) = (day, hour) {
                assert!((day - hour).abs() < f64::EPSILON, "{service:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_summary_says_what_the_latest_sample_says() {
    let running = start(40, 2).await;
    for number in 0..2 {
        let client = Client::of(&running, number);
        for id in own(&running, number) {
            let used =
                client.get(&format!("/profile/{id}/summary")).await.result()["limit_used"].take();
            let samples = client
                .get(&format!(
                    "/profile/{id}/statistics?start_date=2026-04-01&end_date=2026-05-20"
                ))
                .await
                .result();
            let cycle = running
                .world()
                .profile(&id)
                .expect("a profile")
                .meter
                .cycle
                .around(running.clock().now())
                .0;
            for service in Service::NINE {
                let key = service.key();
                // Absent: the counter did not move, the level stands.
                let last = samples
                    .as_array()
                    .expect("a list")
                    .iter()
                    .rev()
                    .find_map(|sample| {
                        let time = at(sample["time"].as_str().expect("a time"));
                        sample
                            .get(key)
                            .filter(|_| service.is_level() || time >= cycle)
                    });
                assert_eq!(
                    used[key],
                    last.cloned().unwrap_or(0.into()),
                    "{key} of {id}"
                );
            }
        }
    }
}

#[tokio::test]
async fn the_months_series_closes_the_hole_before_each_reset() {
    let running = start(20, 2).await;
    let profile = busy(&running);
    let now = at("2026-05-20T12:34:56Z");
    let months = profile.samples(
        at("2026-01-01T00:00:00Z"),
        now,
        Period::Month,
        &TimeZone::UTC,
        now,
    );
    assert!(months.len() >= 5);
    let (current, ended) = months.split_last().expect("months");
    assert!(current.time <= now);
    for month in ended {
        let (start, end) = profile.meter.cycle.around(month.time);
        assert!(end.as_second() - month.time.as_second() <= 60);
        let last_hour = profile
            .samples(start, end, Period::Hour, &TimeZone::UTC, now)
            .iter()
            .filter_map(input)
            .next_back();
        assert!(
            input(month) > last_hour,
            "something was used in the last hour"
        );
    }
}

#[tokio::test]
async fn unused_services_are_absent_and_an_outage_keeps_input_flat() {
    let running = start(40, 2).await;
    let world = running.world();
    let dead = world
        .profiles
        .values()
        .find(|profile| {
            profile
                .limit_used(running.clock().now())
                .iter()
                .all(|used| *used == 0.0)
        })
        .expect("unused");
    let samples = hours(dead, "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z");
    assert_eq!(samples.len(), 24);
    assert!(
        samples
            .iter()
            .all(|sample| sample.totals.iter().all(Option::is_none))
    );

    let silent = world
        .profiles
        .values()
        .find(|profile| {
            profile
                .meter
                .outages
                .iter()
                .any(|outage| outage.to_day == i64::MAX)
        })
        .expect("an outage");
    let samples = hours(silent, "2026-05-17T01:30:00Z", "2026-05-20T12:00:00Z");
    assert!(samples.len() > 80);
    let cycle = silent.meter.cycle.around(at("2026-05-20T00:00:00Z")).0;
    assert!(
        samples
            .iter()
            .filter(|sample| sample.time > cycle)
            .all(|sample| input(sample).is_none())
    );
    assert!(
        hours(silent, "2026-05-10T00:00:00Z", "2026-05-11T00:00:00Z")
            .iter()
            .all(|sample| input(sample).is_some())
    );
}

#[tokio::test]
async fn levels_fall_and_some_amounts_have_decimals() {
    let running = start(40, 2).await;
    let world = running.world();
    let mut falls = [0; 10];
    let mut decimals = false;
    for profile in world.profiles.values() {
        let now = running.clock().now();
        let days = profile.samples(
            at("2024-05-20T00:00:00Z"),
            now,
            Period::Day,
            &TimeZone::UTC,
            now,
        );
        let mut last = [None; 10];
        for sample in days {
            for service in Service::NINE {
                let Some(total) = sample.totals[service as usize] else {
                    continue;
                };
                decimals |= total.fract() > 0.0;
                if last[service as usize].is_some_and(|before| total < before) {
                    falls[service as usize] += 1;
                }
                last[service as usize] = Some(total);
            }
        }
    }
    for level in [
        Service::DataRecords,
        Service::FileStorage,
        Service::RunUsers,
    ] {
        assert!(falls[level as usize] > 0, "{level:?} never falls");
    }
    assert!(decimals);
}

#[tokio::test]
async fn ranges_zones_and_dates_are_read_in_every_form() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    let times = async |query: &str| {
        let rows = client
            .get(&format!("/profile/current/statistics{query}"))
            .await
            .result();
        rows.as_array()
            .expect("a list")
            .iter()
            .map(|row| row["time"].as_str().expect("a time").to_owned())
            .collect::<Vec<_>>()
    };
    let day = times("?date=2026-05-18").await;
    assert_eq!(day.len(), 24);
    assert!(day[0].starts_with("2026-05-18T00:0") && day[23].starts_with("2026-05-18T23:0"));
    assert_eq!(&day[0][19..], ".000Z");
    // Today: what there is so far.
    assert_eq!(times("").await.len(), 13);
    assert_eq!(times("?date=2026-05-20").await.len(), 13);
    assert_eq!(
        times("?start_date=2026-05-18&end_date=2026-05-18").await,
        day
    );
    assert_eq!(times("?start_date=2026-05-18T00:00:00.000Z&end_date=2026-05-18T23:59:59.999Z&periodicity=hour").await, day);
    assert_eq!(
        times("?start_date=2026-05-18%2000:00:00&end_date=2026-05-18%2023:59:59").await,
        day
    );
    let local = times("?date=2026-05-18&timezone=America/New_York").await;
    assert!(
        local[0].starts_with("2026-05-18T04:0") && local[23].starts_with("2026-05-19T03:0"),
        "{local:?}"
    );
    let short = times("?date=2026-03-29&timezone=Europe/Oslo").await;
    assert_eq!(short.len(), 23, "the day on which clocks go forward");
    let midnights =
        times("?start_date=2026-05-01&end_date=2026-05-04&periodicity=day&timezone=Asia/Kolkata")
            .await;
    assert_eq!(midnights.len(), 4);
    assert!(
        midnights.iter().all(|time| time[11..].starts_with("18:3")),
        "{midnights:?}"
    );
    for wrong in [
        "?date=yesterday",
        "?timezone=Mars/Base",
        "?start_date=2026-05-01",
        "?start_date=2026-05-02&end_date=2026-05-01",
        "?start_date=2026-05-01&end_date=2026-05-02&periodicity=year",
    ] {
        client
            .get(&format!("/profile/current/statistics{wrong}"))
            .await
            .refusal(400);
    }
}

#[tokio::test]
async fn what_is_used_now_shows_at_once_and_is_gone_after_the_reset() {
    let running = start(20, 2).await;
    let id = own(&running, 0)[0].clone();
    let client = Client::of(&running, 0);
    let used = async |key: &str| {
        client.get(&format!("/profile/{id}/summary")).await.result()["limit_used"][key]
            .as_f64()
            .expect("a number")
    };
    let (input, users) = (used("input").await, used("run_users").await);
    assert!(running.use_service(&id, Service::Input, 5_000.0));
    assert!(running.use_service(&id, Service::RunUsers, 3.0));
    assert_eq!(
        (used("input").await, used("run_users").await),
        (input + 5_000.0, users + 3.0)
    );
    running.clock().advance(Duration::from_hours(1));
    assert!(used("input").await >= input + 5_000.0);
    let last = |rows: &Value| {
        rows.as_array()
            .and_then(|rows| rows.last().cloned())
            .expect("a sample")["input"]
            .as_f64()
    };
    assert!(
        last(
            &client
                .get(&format!("/profile/{id}/statistics"))
                .await
                .result()
        ) >= Some(input + 5_000.0)
    );
    let (_, end) = running
        .world()
        .profile(&id)
        .expect("a profile")
        .meter
        .cycle
        .around(running.clock().now());
    running
        .clock()
        .set(end + jiff::SignedDuration::from_secs(10));
    assert_eq!(used("input").await, 0.0);
    assert!(used("run_users").await > 0.0);
}

#[tokio::test]
async fn two_years_of_history_are_there_and_answering_is_quick() {
    let running = start(20, 2).await;
    let profile = busy(&running);
    let now = running.clock().now();
    let first = profile.samples(
        at("2020-01-01T00:00:00Z"),
        now,
        Period::Day,
        &TimeZone::UTC,
        now,
    );
    assert!(now.as_second() - first[0].time.as_second() >= 730 * 86_400);
    let begun = Instant::now();
    for _ in 0..20 {
        profile.samples(
            at("2025-04-20T00:00:00Z"),
            now,
            Period::Day,
            &TimeZone::UTC,
            now,
        );
        profile.samples(
            at("2026-04-20T00:00:00Z"),
            now,
            Period::Hour,
            &TimeZone::UTC,
            now,
        );
    }
    let each = begun.elapsed() / 40;
    println!("{each:?} for a series");
    // Unoptimised and on a busy machine; a sum over all days for each sample would take a hundred times as long.
    assert!(each < Duration::from_millis(100), "{each:?}");
}
