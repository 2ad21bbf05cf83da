//! A profile's samples in one line, and what they say of periods.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use model::{Amounts, Sample, Service, ServiceKind};

use crate::period::{cut, midnight};
use crate::{
    By, Cycle, DAY, HOUR, JITTER, Period, PeriodError, closes_until, counter, later, level, reset,
};

/// The samples of one profile, put in order and freed of duplicates, with the resets of its counters.
///
/// Building it costs a sort; asking it costs a pass over the samples a service.
#[derive(Clone, Debug)]
pub struct History {
    pub(crate) points: Vec<Point>,
    /// Beside each point, when the counters went back to zero between the point before and this one.
    pub(crate) resets: Vec<Option<Timestamp>>,
}

/// What was read at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) at: Timestamp,
    /// Since how long before a counter that is absent here did not move.
    pub(crate) step: SignedDuration,
    totals: Amounts,
}

/// What a point says of one key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reading {
    /// A total, or the value of a level.
    Total(f64),
    /// Nothing: a counter did not move.
    Absent,
    /// Something that is no total: it may have moved.
    Unreadable,
}

/// What one service used in a period, or stood at when it ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeriodAmount {
    /// The period's beginning, inclusive.
    pub start: Timestamp,
    /// The period's end, exclusive.
    pub end: Timestamp,
    /// Whether the period is of UTC for want of hourly samples: [`Period::utc`].
    pub utc: bool,
    /// Counters: what was used. Levels: the last value known at the end. `None` is unknown, not zero.
    pub amount: Option<f64>,
    /// More may have been used: a reset fell into the period, or the samples begin within it. Never of a level.
    pub lower_bound: bool,
    /// The amount is known to the period's end, so the period is over. Otherwise it is the amount so
    /// far, or a level's value from before the period.
    pub complete: bool,
}

/// All services in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageRow {
    /// The period.
    pub period: Period,
    /// The amount of each service, unknown ones left out: see [`PeriodAmount::amount`].
    pub amounts: Amounts,
    /// The keys whose amount is a lower bound, the nine first.
    pub lower_bound: Vec<String>,
    /// Something is known, and all that is known is known to the period's end.
    pub complete: bool,
}

impl History {
    /// Joins hourly and daily samples, each in any order and with any duplicates; an empty slice where
    /// there are none.
    ///
    /// Samples of one series at the same moment are one: of two totals the larger stands, since a total only
    /// grows between resets and the smaller can only be older. A daily sample within [`JITTER`] of an
    /// hourly one is the same reading taken twice; it fills in what the hourly one leaves out.
    pub fn new(hourly: &[Sample], daily: &[Sample], cycle: &Cycle) -> Self {
        let mut points = in_order(hourly, HOUR);
        let hours = points.len();
        for day in in_order(daily, DAY) {
            match nearest(&mut points[..hours], day.at) {
                Some(hour) => hour.fill_in(&day),
                None => points.push(day),
            }
        }
        points.sort_by_key(|point| point.at);
        let resets = reset::find(&points, cycle);
        Self { points, resets }
    }

    /// When the first and the last sample were taken; `None` without samples.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        Some((self.points.first()?.at, self.points.last()?.at))
    }

    /// The periods of a zone that touch `[from, to)`, as [`crate::periods`] cuts them, except
    /// that a day or month begins at midnight UTC where only a daily sample is left to close it.
    pub fn periods(
        &self,
        from: Timestamp,
        to: Timestamp,
        by: By,
        zone: &TimeZone,
    ) -> Result<Vec<Period>, PeriodError> {
        let closed = |date: Date, zone: &TimeZone| {
            midnight(date, zone).is_ok_and(|end| self.sampled(end, closes_until(end)))
        };
        cut(from, to, by, zone, |date| {
            !closed(date, zone) && closed(date, &TimeZone::UTC)
        })
    }

    /// Whether a sample was taken between two moments, both inclusive.
    fn sampled(&self, from: Timestamp, until: Timestamp) -> bool {
        let next = self.points.partition_point(|point| point.at < from);
        self.points.get(next).is_some_and(|point| point.at <= until)
    }

    /// One service over periods. Any key but the nine's is a counter.
    pub fn usage(&self, key: &str, periods: &[Period]) -> Vec<PeriodAmount> {
        if is_level(key) {
            return level::over(&self.points, key, periods);
        }
        let steps = counter::steps(&self.points, &self.resets, key);
        let amount = |period: &Period| counter::amount(&steps, *period);
        periods.iter().map(amount).collect()
    }

    /// What one service came to at the end of each period: counters as the running total since the start of the
    /// billing cycle in which the period ends, levels as they stood, as [`Self::usage`] tells them.
    ///
    /// A running total is the sum of what was used since the cycle began, by the same rules: it is a lower bound
    /// where part of that is one or was not seen, unknown where no sample of the period tells it, and known again
    /// after a gap.
    pub fn running(&self, key: &str, cycle: &Cycle, periods: &[Period]) -> Vec<PeriodAmount> {
        if is_level(key) {
            return level::over(&self.points, key, periods);
        }
        let steps = counter::steps(&self.points, &self.resets, key);
        let mut around: Option<(Timestamp, Timestamp)> = None;
        let mut amount = |period: &Period| {
            // A period that ends with a cycle is the cycle's last.
            if !around.is_some_and(|(start, end)| start < period.end && period.end <= end) {
                around = cycle.containing(later(period.end, SignedDuration::from_nanos(-1)));
            }
            let since = around.map_or(period.start, |(start, _)| start);
            counter::running(&steps, since, *period)
        };
        periods.iter().map(&mut amount).collect()
    }

    /// One service over a whole range: what a counter used in `[from, to)`, by the same rules, or
    /// where a level stood at its end.
    ///
    /// Unlike a period, a range is not unknown because two samples span its edge: what is known within
    /// it is summed, and is a lower bound.
    pub fn sum(&self, key: &str, from: Timestamp, to: Timestamp) -> PeriodAmount {
        let range = Period {
            start: from,
            end: to,
            utc: false,
        };
        if is_level(key) {
            return level::at_end(&self.points, key, range);
        }
        counter::sum(&counter::steps(&self.points, &self.resets, key), range)
    }

    /// All services over periods: the nine, and whatever other key the samples hold.
    pub fn rows(&self, periods: &[Period]) -> Vec<UsageRow> {
        let mut rows: Vec<UsageRow> = periods
            .iter()
            .map(|period| UsageRow {
                period: *period,
                amounts: Amounts::new(),
                lower_bound: Vec::new(),
                complete: true,
            })
            .collect();
        for key in self.keys() {
            for (row, one) in rows.iter_mut().zip(self.usage(key, periods)) {
                let Some(amount) = one.amount else { continue };
                row.amounts.set_by_key(key, amount);
                row.complete &= one.complete;
                if one.lower_bound {
                    row.lower_bound.push(key.to_owned());
                }
            }
        }
        for row in &mut rows {
            row.complete &= !row.amounts.is_empty();
        }
        rows
    }

    /// The nine, then every other key that the samples hold.
    pub fn keys(&self) -> Vec<&str> {
        let others: BTreeSet<&str> = self
            .points
            .iter()
            .flat_map(|point| point.totals.other.keys().map(String::as_str))
            .collect();
        let mut keys: Vec<&str> = Service::ALL.into_iter().map(Service::key).collect();
        keys.extend(others);
        keys
    }
}

impl Point {
    pub(crate) fn reading(&self, key: &str) -> Reading {
        self.totals.by_key(key).map_or(Reading::Absent, readable)
    }

    /// The totals of counters.
    pub(crate) fn counters(&self) -> impl Iterator<Item = (&str, f64)> {
        self.totals
            .known()
            .filter(|(key, total)| !is_level(key) && readable(*total) != Reading::Unreadable)
    }

    /// Takes the larger of each total.
    fn merge(&mut self, twin: &Sample) {
        for (key, total) in twin.totals.known() {
            let larger = match (self.reading(key), readable(total)) {
                (Reading::Total(own), Reading::Total(other)) => own.max(other),
                (Reading::Total(own), _) => own,
                _ => total,
            };
            self.totals.set_by_key(key, larger);
        }
    }

    /// Takes from a daily sample of the same moment what this one does not tell. What neither
    /// tells did not move for a day.
    fn fill_in(&mut self, day: &Point) {
        for (key, total) in day.totals.known() {
            if !matches!(self.reading(key), Reading::Total(_)) {
                self.totals.set_by_key(key, total);
            }
        }
        self.step = day.step;
    }
}

fn readable(total: f64) -> Reading {
    if total.is_finite() && total >= 0.0 {
        Reading::Total(total)
    } else {
        Reading::Unreadable
    }
}

fn is_level(key: &str) -> bool {
    Service::from_key(key).is_some_and(|service| service.kind() == ServiceKind::Level)
}

fn in_order(samples: &[Sample], step: SignedDuration) -> Vec<Point> {
    let mut sorted: Vec<&Sample> = samples.iter().collect();
    sorted.sort_by_key(|sample| sample.at);
    let mut points: Vec<Point> = Vec::with_capacity(sorted.len());
    for sample in sorted {
        match points.last_mut() {
            Some(last) if last.at == sample.at => last.merge(sample),
            _ => points.push(Point {
                at: sample.at,
                step,
                totals: sample.totals.clone(),
            }),
        }
    }
    points
}

/// The hourly point within the jitter of a moment, the nearest.
fn nearest(hours: &mut [Point], at: Timestamp) -> Option<&mut Point> {
    let first = hours.partition_point(|point| point.at < later(at, -JITTER));
    let last = hours.partition_point(|point| point.at <= later(at, JITTER));
    hours[first..last]
        .iter_mut()
        .min_by_key(|point| point.at.duration_since(at).abs())
}
