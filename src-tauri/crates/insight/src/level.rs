//! Levels: what is stored at a moment. They are never differenced.

use jiff::Timestamp;

use crate::history::{Point, Reading};
use crate::{JITTER, Period, PeriodAmount, later};

pub(crate) fn over(points: &[Point], key: &str, periods: &[Period]) -> Vec<PeriodAmount> {
    let values = values(points, key);
    let one = |period: &Period| value(points, &values, *period);
    periods.iter().map(one).collect()
}

pub(crate) fn at_end(points: &[Point], key: &str, range: Period) -> PeriodAmount {
    value(points, &values(points, key), range)
}

fn values(points: &[Point], key: &str) -> Vec<(Timestamp, f64)> {
    let value = |point: &Point| match point.reading(key) {
        Reading::Total(value) => Some((point.at, value)),
        _ => None,
    };
    points.iter().filter_map(value).collect()
}

/// The last value that was read until the period's end, if anything was read since its start.
fn value(points: &[Point], values: &[(Timestamp, f64)], period: Period) -> PeriodAmount {
    let (start, end) = (later(period.start, JITTER), later(period.end, JITTER));
    let last_taken = points.last().map(|point| point.at);
    let until = values.partition_point(|(at, _)| *at <= end);
    let amount = values[..until]
        .last()
        .filter(|_| last_taken.is_some_and(|last| last >= period.start))
        .map(|(_, value)| *value);
    let taken_until = points.partition_point(|point| point.at <= end);
    let taken_within = points[..taken_until]
        .last()
        .is_some_and(|point| point.at > start);
    PeriodAmount {
        start: period.start,
        end: period.end,
        utc: period.utc,
        amount,
        lower_bound: false,
        complete: amount.is_some()
            && taken_within
            && last_taken.is_some_and(|last| last >= period.end),
    }
}
