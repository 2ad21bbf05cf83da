//! Samples and periods, written short.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)] // each test file uses its part of it

use insight::{By, Cycle, History, PeriodAmount, zone};
use jiff::Timestamp;
use model::Sample;

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A sample of several keys.
pub fn sample(taken: &str, totals: &[(&'static str, f64)]) -> Sample {
    Sample {
        at: at(taken),
        totals: totals.iter().copied().collect(),
    }
}

/// Samples of `input` alone; NaN stands for an absent total.
pub fn inputs(totals: &[(&str, f64)]) -> Vec<Sample> {
    totals
        .iter()
        .map(|(taken, total)| {
            let known = (!total.is_nan()).then_some(("input", *total));
            sample(taken, &known.into_iter().collect::<Vec<_>>())
        })
        .collect()
}

/// A cycle whose boundaries are on the 20th: the samples of these tests stay away from it unless they mean it.
pub fn the_20th() -> Cycle {
    cycle("2025-01-20T12:00:00Z")
}

pub fn cycle(start: &str) -> Cycle {
    Cycle::of([(at(start), None)])
}

pub fn by(
    history: &History,
    key: &str,
    from: &str,
    to: &str,
    by: By,
    tz: &str,
) -> Vec<PeriodAmount> {
    let periods = history
        .periods(at(from), at(to), by, &zone(tz).unwrap())
        .unwrap();
    history.usage(key, &periods)
}

pub fn amounts(found: &[PeriodAmount]) -> Vec<Option<f64>> {
    found.iter().map(|one| one.amount).collect()
}

pub fn bounds(found: &[PeriodAmount]) -> Vec<bool> {
    found.iter().map(|one| one.lower_bound).collect()
}
