//! The usage history: samples of running totals, as `GET /profile/{id}/statistics` gives them.

use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::ser::{Serialize, Serializer};

use super::{Amounts, Meter, Profile, Service};

const HOUR: i64 = 3_600;

/// How far apart samples are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Each whole hour.
    Hour,
    /// Each midnight of the time zone that is asked for.
    Day,
    /// The last total of each billing cycle, taken within its last minute, and of the current one so
    /// far. TagoIO does not tell what its months are; this is the reading that closes the hole before
    /// a reset.
    Month,
}

/// Running totals at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// When it was taken.
    pub time: Timestamp,
    /// The totals. `None`: absent, because the counter did not move or nothing was seen of the level.
    pub totals: [Option<f64>; 10],
}

/// Appends the samples as a JSON list. By hand: a month of hours is some seven thousand numbers, and
/// a benchmark of a client must not measure how the simulator formats them.
pub(crate) fn push_json(out: &mut String, samples: &[Sample]) {
    out.reserve(2 + samples.len() * 180);
    for (place, sample) in samples.iter().enumerate() {
        out.push_str(if place == 0 {
            "[{\"time\":\""
        } else {
            ",{\"time\":\""
        });
        push_time(out, sample.time.as_second());
        out.push('"');
        for service in Service::ALL {
            let Some(total) = sample.totals[service as usize] else {
                continue;
            };
            out.push_str(",\"");
            out.push_str(service.key());
            out.push_str("\":");
            push_total(out, total);
        }
        out.push('}');
    }
    out.push_str(if samples.is_empty() { "[]" } else { "]" });
}

/// A finite number as JSON. Totals have two decimals at most, and with at most 15 digits such a
/// number is its own shortest form: then the digits are those of a whole number of hundredths.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "whole, not negative and below 2^53; the same double or another way is taken"
)]
fn push_total(out: &mut String, total: f64) {
    let hundredths = (total * 100.0).round();
    if !(0.0..1e15).contains(&hundredths) || hundredths / 100.0 != total {
        // Writing to a String cannot fail, and Display of a finite number is JSON: no exponent.
        let _infallible = write!(out, "{total}");
        return;
    }
    let hundredths = hundredths as u64;
    push_digits(out, hundredths / 100, 1);
    match hundredths % 100 {
        0 => {}
        tenths if tenths % 10 == 0 => {
            out.push('.');
            push_digits(out, tenths / 10, 1);
        }
        decimals => {
            out.push('.');
            push_digits(out, decimals, 2);
        }
    }
}

/// A whole number with at least so many digits.
fn push_digits(out: &mut String, mut number: u64, least: usize) {
    let mut digits = [b'0'; 20];
    let mut start = digits.len();
    while number > 0 || digits.len() - start < least {
        start -= 1;
        digits[start] = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
    // Digits are valid text.
    out.push_str(std::str::from_utf8(&digits[start..]).unwrap_or_default());
}

/// ISO 8601, UTC, milliseconds: what [`crate::reply::time`] writes. The date is found by counting in
/// eras of 400 years, of 146,097 days each, that begin in March.
fn push_time(out: &mut String, second: i64) {
    let (day, second) = (
        second.div_euclid(86_400) + 719_468,
        second.rem_euclid(86_400),
    );
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let since_march = (5 * of_year + 2) / 153;
    let date = of_year - (153 * since_march + 2) / 5 + 1;
    let month = if since_march < 10 {
        since_march + 3
    } else {
        since_march - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    push_digits(out, year.unsigned_abs(), 4);
    for (mark, number) in [
        ('-', month),
        ('-', date),
        ('T', second / 3_600),
        (':', second / 60 % 60),
        (':', second % 60),
    ] {
        out.push(mark);
        push_digits(out, number.unsigned_abs(), 2);
    }
    out.push_str(".000Z");
}

/// A number that is written without a point when it has no decimals.
pub(crate) struct Amount(pub(crate) f64);

impl Serialize for Amount {
    #[expect(clippy::cast_possible_truncation, reason = "whole and far below 2^53")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

impl Profile {
    /// The samples that were taken in `from` ..= `to` and are not in the future of `now`, oldest first.
    pub fn samples(
        &self,
        from: Timestamp,
        to: Timestamp,
        period: Period,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Vec<Sample> {
        self.meter.samples(from, to, period, zone, now)
    }
}

impl Meter {
    /// See [`Profile::samples`].
    pub(crate) fn samples(
        &self,
        from: Timestamp,
        to: Timestamp,
        period: Period,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Vec<Sample> {
        let from = from.as_second();
        let to = to.as_second().min(now.as_second());
        let times = match period {
            Period::Hour => hours(self, from, to),
            Period::Day => days(self, from, to, zone),
            Period::Month => cycle_ends(self, from, to, now),
        };
        let mut walk = self.walk();
        let mut last: Option<(i64, Amounts)> = None;
        let mut samples = Vec::with_capacity(times.len());
        for time in times.into_iter().filter(|time| *time >= self.since) {
            let totals = walk.at(time);
            // The first one is only there to know what moved since.
            if time >= from {
                samples.push(self.sample(time, walk.cycle_start(), &totals, last.as_ref()));
            }
            last = Some((time, totals));
        }
        samples
    }

    fn sample(
        &self,
        time: i64,
        cycle_start: i64,
        totals: &Amounts,
        last: Option<&(i64, Amounts)>,
    ) -> Sample {
        let mut present = [None; 10];
        for service in Service::ALL {
            let index = service as usize;
            let total = totals[index];
            let moved = match last {
                Some((_, before)) if service.is_level() => {
                    (total - before[index]).abs() > f64::EPSILON
                }
                Some((earlier, before)) if *earlier >= cycle_start => total > before[index],
                _ => total > 0.0,
            };
            // Looking at what is stored is use too: a level that stands still shows most of the time.
            let seen = service.is_level()
                && total > 0.0
                && crate::random::share(self.seed ^ 0x1E, time.unsigned_abs() * 10 + index as u64)
                    < 0.6;
            present[index] = (moved || seen).then_some(total);
        }
        Sample {
            time: Timestamp::from_second(time).unwrap_or(Timestamp::UNIX_EPOCH),
            totals: present,
        }
    }
}

/// Times of the hourly samples in `from` ..= `to`, and of the one before.
fn hours(meter: &Meter, from: i64, to: i64) -> Vec<i64> {
    let from = from.max(meter.since);
    let mut hour = from.div_euclid(HOUR) * HOUR - HOUR;
    if meter.sample_time(hour + HOUR) < from {
        hour += HOUR;
    }
    let mut times = Vec::new();
    while meter.sample_time(hour) <= to {
        times.push(meter.sample_time(hour));
        hour += HOUR;
    }
    times
}

/// Times of the samples at local midnights in `from` ..= `to`, and of the one before.
fn days(meter: &Meter, from: i64, to: i64, zone: &TimeZone) -> Vec<i64> {
    let Ok(start) = Timestamp::from_second(from.max(meter.since)) else {
        return Vec::new();
    };
    let mut day: Date = start.to_zoned(zone.clone()).date().saturating_sub(1.day());
    let mut times = Vec::new();
    loop {
        let Ok(midnight) = day
            .to_zoned(zone.clone())
            .and_then(|zoned| zoned.start_of_day())
        else {
            break;
        };
        let time = meter.sample_time(midnight.timestamp().as_second());
        if time > to {
            break;
        }
        times.push(time);
        day = day.saturating_add(1.day());
    }
    // Of those before `from` only the last is needed.
    let early = times.iter().filter(|time| **time < from).count();
    times.split_off(early.saturating_sub(1))
}

/// Times just before each reset in `from` ..= `to`, and that of the newest hourly sample.
fn cycle_ends(meter: &Meter, from: i64, to: i64, now: Timestamp) -> Vec<i64> {
    let mut times = Vec::new();
    let newest = meter.latest_sample_time(now);
    let mut around = from.max(meter.since);
    while let Ok(inside) = Timestamp::from_second(around) {
        let end = meter.cycle.around(inside).1.as_second();
        let last = end - 1 - (end / 86_400).rem_euclid(40);
        if last > to {
            break;
        }
        times.push(last);
        around = end;
    }
    if newest <= to && times.last().is_none_or(|last| *last < newest) {
        times.push(newest);
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_jiff_writes_them() {
        let mut day = Timestamp::from_second(-86_400 * 800).expect("a time");
        while day.as_second() < 86_400 * 366 * 140 {
            let mut out = String::new();
            push_time(&mut out, day.as_second());
            assert_eq!(out, crate::reply::time(day));
            day += jiff::SignedDuration::from_secs(86_400 * 3 + 12_347);
        }
    }

    #[test]
    fn totals_are_written_as_rust_writes_them() {
        let mut draw = crate::random::Draw::new(5, 5);
        let check = |total: f64| {
            let mut out = String::new();
            push_total(&mut out, total);
            assert_eq!(out, total.to_string());
        };
        for total in [0.0, 0.01, 0.1, 0.3, 9.99, 1e13, 1e15, 1e21, -2.5, 1.0 / 3.0] {
            check(total);
        }
        for digits in [1, 3, 5, 7, 9, 11] {
            for _ in 0..2_000 {
                let most = 10f64.powi(digits);
                let total = draw.between(0.0, most);
                check(total.floor());
                check((total * 10.0).floor() / 10.0);
                check((total * 100.0).floor() / 100.0);
                check(total);
            }
        }
    }

    #[test]
    fn samples_are_json() {
        let time = Timestamp::from_second(1_779_000_000).expect("a time");
        let mut totals = [None; 10];
        totals[Service::Input as usize] = Some(1_234_567.0);
        totals[Service::FileStorage as usize] = Some(0.25);
        let sample = Sample { time, totals };
        let json = |samples: &[Sample]| {
            let mut out = String::new();
            push_json(&mut out, samples);
            out
        };
        let read: serde_json::Value =
            serde_json::from_str(&json(&[sample.clone(), sample])).expect("JSON");
        let row = serde_json::json!({"time": "2026-05-17T06:40:00.000Z", "input": 1_234_567, "file_storage": 0.25});
        assert_eq!(read, serde_json::json!([row, row]));
        assert_eq!(json(&[]), "[]");
    }
}
