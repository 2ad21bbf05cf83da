//! Counters: steps between known totals, and what periods hold of them.

use jiff::Timestamp;

use crate::history::{Point, Reading};
use crate::{JITTER, Period, PeriodAmount, closes_until};

/// What was used between two moments at which the total is known. The steps of a counter follow each
/// other without a hole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Step {
    start: Timestamp,
    end: Timestamp,
    amount: f64,
    lower_bound: bool,
    /// The counter is known to have stood still all the time, so any part of the step is zero.
    still: bool,
}

pub(crate) fn steps(points: &[Point], resets: &[Option<Timestamp>], key: &str) -> Vec<Step> {
    let mut steps = Vec::with_capacity(points.len());
    let mut known: Option<(Timestamp, f64)> = None;
    for (point, reset) in points.iter().zip(resets) {
        let reading = point.reading(key);
        // Whether the counter, being absent here, stood still since a moment.
        let still_since = |since: Timestamp| {
            reading == Reading::Absent && point.at.duration_since(since) <= point.step + JITTER
        };
        if let Some(reset) = *reset {
            if let Some((start, _)) = known
                && start < reset
            {
                // Absent after a reset tells of the time since the reset alone.
                steps.push(Step {
                    start,
                    end: reset,
                    amount: 0.0,
                    lower_bound: true,
                    still: false,
                });
            }
            known = Some((reset, 0.0));
        }
        let (total, still) = match (reading, known) {
            (Reading::Total(total), _) => (total, false),
            (_, Some((since, total))) if still_since(since) => (total, true),
            _ => continue,
        };
        if let Some((start, before)) = known {
            let fell = total < before;
            steps.push(Step {
                start,
                end: point.at,
                amount: if fell { total } else { total - before },
                lower_bound: fell,
                still,
            });
        }
        known = Some((point.at, total));
    }
    steps
}

/// What a period holds: nothing known if two samples span its edge, unless nothing was used between them.
pub(crate) fn amount(steps: &[Step], period: Period) -> PeriodAmount {
    let found = within(steps, period);
    if found.enters || found.leaves {
        return unknown(period);
    }
    total(period, &found, found.starts_late)
}

/// What a range holds, leaving out what spans its edges.
pub(crate) fn sum(steps: &[Step], range: Period) -> PeriodAmount {
    let mut found = within(steps, range);
    let cut_off = found.enters || found.leaves || found.starts_late;
    if found.leaves {
        found.steps = &found.steps[..found.steps.len() - 1];
    }
    total(range, &found, cut_off)
}

/// What was used from `since`, the start of a cycle, until a period's end: the running total there.
///
/// Unknown if no sample of the period tells it: an older one tells where the counter stood before, not where it
/// stands; one that is taken after a gap tells it again, since what two samples span counts in a sum.
pub(crate) fn running(steps: &[Step], since: Timestamp, period: Period) -> PeriodAmount {
    let next = steps.partition_point(|step| step.start < period.end);
    let told = steps[..next].last().is_some_and(|last| {
        last.end > closes_until(period.start)
            && (last.still || last.end <= closes_until(period.end))
    });
    if !told {
        return unknown(period);
    }
    let found = within(
        steps,
        Period {
            start: since,
            ..period
        },
    );
    let cut_off = found.enters || found.starts_late;
    total(period, &found, cut_off)
}

struct Within<'a> {
    /// The steps that began in the period.
    steps: &'a [Step],
    /// Until when the counter stood still from before the period on, if it did.
    still_until: Option<Timestamp>,
    /// A step that began before the period reaches into it.
    enters: bool,
    /// The last of `steps` ends too late to close the period.
    leaves: bool,
    /// Nothing is known before the first of `steps`, and that is too late to be the period's start.
    starts_late: bool,
}

fn within(steps: &[Step], period: Period) -> Within<'_> {
    let first = steps.partition_point(|step| step.start < period.start);
    let next = steps.partition_point(|step| step.start < period.end);
    let start = closes_until(period.start);
    let end = closes_until(period.end);
    let (before, from) = steps.split_at(first);
    let steps = &from[..next.saturating_sub(first)];
    Within {
        steps,
        still_until: before
            .last()
            .filter(|step| step.still && step.end > start)
            .map(|step| step.end),
        enters: before
            .last()
            .is_some_and(|step| !step.still && step.end > start),
        leaves: steps
            .last()
            .is_some_and(|step| !step.still && step.end > end),
        starts_late: before.is_empty() && steps.first().is_some_and(|step| step.start > start),
    }
}

fn total(period: Period, found: &Within<'_>, lower_bound: bool) -> PeriodAmount {
    let Some(known_until) = found
        .steps
        .last()
        .map(|step| step.end)
        .or(found.still_until)
    else {
        return unknown(period);
    };
    let amount: f64 = found.steps.iter().map(|step| step.amount).sum();
    PeriodAmount {
        start: period.start,
        end: period.end,
        utc: period.utc,
        amount: Some(rounded(amount)),
        lower_bound: lower_bound || found.steps.iter().any(|step| step.lower_bound),
        complete: known_until >= period.end,
    }
}

/// To a millionth: no service is counted any finer, and a difference of decimals has noise below that.
fn rounded(amount: f64) -> f64 {
    (amount * 1e6).round() / 1e6
}

fn unknown(period: Period) -> PeriodAmount {
    PeriodAmount {
        start: period.start,
        end: period.end,
        utc: period.utc,
        amount: None,
        lower_bound: false,
        complete: false,
    }
}
