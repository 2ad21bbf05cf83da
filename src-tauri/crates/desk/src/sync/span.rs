//! Which part of a history to ask for: the first time 13 months by day and 31 days by hour, later
//! only from the last stored sample on, and nothing if no period has ended since.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use model::{Dataset, Timestamp};
use store::By;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// A sample is taken within so many seconds after its hour or day has ended.
const TAKEN_WITHIN: i64 = 180;

/// From when to ask for a history that reaches to `last`; `None` if there is nothing new to have.
///
/// A period is ended by the first sample past its end, so nothing new is to be had before the next
/// hour, or midnight UTC, after the last sample.
pub(crate) fn ask_from(by: By, last: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let earliest = first_from(by, now);
    let Some(last) = last.filter(|last| *last >= earliest) else {
        return Some(earliest);
    };
    let period = match by {
        By::Hour => HOUR,
        By::Day => DAY,
    };
    let next_end = (last.as_second().div_euclid(period) + 1) * period;
    // The last sample itself comes again: should the API give one of a period that still ran, it is put
    // right once the period is over.
    (now.as_second() >= next_end).then_some(last)
}

/// The beginning of a history that was never asked for, with one sample more at its beginning, since
/// an amount lies between two samples.
fn first_from(by: By, now: Timestamp) -> Timestamp {
    let back: Span = match by {
        By::Hour => 31.days().hours(1),
        By::Day => 13.months().days(1),
    };
    let utc = now.to_zoned(TimeZone::UTC);
    utc.checked_sub(back)
        .map_or(Timestamp::UNIX_EPOCH, |first| first.timestamp())
}

/// When a dataset is due again that was answered at this time.
pub(crate) fn due_at(dataset: Dataset, answered_at: Timestamp, age: Duration) -> Timestamp {
    match dataset {
        Dataset::UsageByHour | Dataset::UsageByDay => next_sample(dataset, answered_at, age),
        _ => answered_at.saturating_add(age).unwrap_or(Timestamp::MAX),
    }
}

/// When the next sample after this answer is there to be had: samples are taken a minute or so after
/// the hour, or after midnight UTC. With an age above the period, the first of that age.
fn next_sample(dataset: Dataset, answered_at: Timestamp, age: Duration) -> Timestamp {
    let period = if dataset == Dataset::UsageByDay {
        DAY
    } else {
        HOUR
    };
    let age = i64::try_from(age.as_secs()).unwrap_or(i64::MAX).max(period);
    // An answer of the first minutes after the hour may have come before the hour's own sample.
    let known = answered_at.as_second() - TAKEN_WITHIN;
    let second = known.saturating_add(age).div_euclid(period) * period + TAKEN_WITHIN;
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_first_time_thirteen_months_of_days_and_thirty_one_days_of_hours_are_asked_for() {
        let now = at("2026-11-22T13:40:00Z");
        assert_eq!(
            ask_from(By::Day, None, now),
            Some(at("2025-10-21T13:40:00Z"))
        );
        assert_eq!(
            ask_from(By::Hour, None, now),
            Some(at("2026-10-22T12:40:00Z"))
        );
    }

    #[test]
    fn a_closed_period_is_not_asked_for_again_but_for_its_last_sample() {
        let last = Some(at("2026-11-22T13:01:20Z"));
        assert_eq!(ask_from(By::Hour, last, at("2026-11-22T13:59:59Z")), None);
        assert_eq!(
            ask_from(By::Hour, last, at("2026-11-22T14:00:00Z")),
            Some(at("2026-11-22T13:01:20Z"))
        );
        let last = Some(at("2026-11-22T00:01:00Z"));
        assert_eq!(ask_from(By::Day, last, at("2026-11-22T23:59:59Z")), None);
        assert_eq!(
            ask_from(By::Day, last, at("2026-11-23T00:00:00Z")),
            Some(at("2026-11-22T00:01:00Z"))
        );
    }

    #[test]
    fn the_next_hour_is_due_once_its_sample_is_there_whatever_minute_it_was_last_asked_at() {
        let hour = Duration::from_hours(1);
        let next = |answered, age| next_sample(Dataset::UsageByHour, at(answered), age);
        for answered in ["2026-11-22T13:03:00Z", "2026-11-22T13:59:59Z"] {
            assert_eq!(next(answered, hour), at("2026-11-22T14:03:00Z"));
        }
        // Its own sample may not have been taken yet.
        assert_eq!(
            next("2026-11-22T14:00:30Z", hour),
            at("2026-11-22T14:03:00Z")
        );
        let quarter = Duration::from_mins(15);
        assert_eq!(
            next("2026-11-22T13:20:00Z", quarter),
            at("2026-11-22T14:03:00Z")
        );
        let six = Duration::from_hours(6);
        assert_eq!(
            next("2026-11-22T13:20:00Z", six),
            at("2026-11-22T19:03:00Z")
        );
        assert_eq!(
            next_sample(Dataset::UsageByDay, at("2026-11-22T13:20:00Z"), hour),
            at("2026-11-23T00:03:00Z")
        );
    }

    #[test]
    fn after_a_long_absence_no_more_is_asked_for_than_the_first_time() {
        let now = at("2026-11-22T13:40:00Z");
        assert_eq!(
            ask_from(By::Hour, Some(at("2026-01-01T00:01:00Z")), now),
            ask_from(By::Hour, None, now)
        );
    }

    #[test]
    fn a_clock_that_was_set_back_asks_for_nothing() {
        assert_eq!(
            ask_from(
                By::Hour,
                Some(at("2026-11-22T13:01:00Z")),
                at("2026-11-22T12:00:00Z")
            ),
            None
        );
    }
}
