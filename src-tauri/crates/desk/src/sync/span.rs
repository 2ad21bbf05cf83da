//! Which part of a history to ask for: the first time 13 months by day and 31 days by hour, later
//! only what came after the last stored sample, and nothing if no period has ended since.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, ToSpan};
use model::Timestamp;
use store::By;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

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
    // Samples are stored in whole seconds: one second on, the last one is not asked for again.
    (now.as_second() >= next_end).then(|| later(last, SignedDuration::from_secs(1)))
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

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
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
    fn a_closed_period_is_not_asked_for_again() {
        let last = Some(at("2026-11-22T13:01:20Z"));
        assert_eq!(ask_from(By::Hour, last, at("2026-11-22T13:59:59Z")), None);
        assert_eq!(
            ask_from(By::Hour, last, at("2026-11-22T14:00:00Z")),
            Some(at("2026-11-22T13:01:21Z"))
        );
        let last = Some(at("2026-11-22T00:01:00Z"));
        assert_eq!(ask_from(By::Day, last, at("2026-11-22T23:59:59Z")), None);
        assert_eq!(
            ask_from(By::Day, last, at("2026-11-23T00:00:00Z")),
            Some(at("2026-11-22T00:01:01Z"))
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
