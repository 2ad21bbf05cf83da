//! Whether a profile that sent data regularly fell silent.
//!
//! # The rule
//!
//! A profile is silent if it had input on at least [`ACTIVE_DAYS`] of the 14 days (UTC) up to its last input, that
//! day among them, and if none came for [`QUIET`] since. Thirteen of fourteen leaves out what rests at weekends,
//! whose five working days can lie on six days of UTC.
//!
//! Only hours that are known count: a running total that stands still, or that is absent from a sample an hour
//! after the one before it, tells that nothing came. A hole in the samples tells nothing, unless the total after it is
//! the one before it. A total that falls is a reset, and above zero it tells that something came since.
//!
//! A profile whose input is at its limit, or has none allocated, is not silent but blocked, which another line says.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use model::{AttentionFacts, AttentionSeverity, UsageState};

use super::{Finding, Since, hours};
use crate::{HOUR, JITTER, later};

/// Days with input, of the 14 up to the last input, from which on a profile sends regularly.
pub const ACTIVE_DAYS: u8 = 13;

/// So long without input is silence.
pub const QUIET: SignedDuration = SignedDuration::from_hours(24);

/// How far back samples are looked at. Silence that is longer is told from the pulse before.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(31 * 24);

/// The running total of input that one hourly sample says; `None` if it is absent.
pub type Reading = (Timestamp, Option<f64>);

/// What a profile's hourly samples say of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// The sample until which the last known input came; `None` if none is known.
    pub last_input_at: Option<Timestamp>,
    /// Days with input, of the 14 up to that one.
    pub active_days: u8,
    /// Since when it is known without a hole that no input came, until `sampled_at`.
    pub quiet_from: Timestamp,
    /// The last sample.
    pub sampled_at: Timestamp,
}

impl Pulse {
    /// From hourly samples in order of time, those of [`WINDOW`] at most, and the pulse of the time before,
    /// which stands where nothing came since. `None` without a sample.
    pub fn of(readings: &[Reading], before: Option<&Self>) -> Option<Self> {
        let ((first, total), (sampled_at, _)) = (*readings.first()?, *readings.last()?);
        let mut known = total.filter(|total| readable(*total));
        let mut quiet_from = first;
        let mut previous = first;
        let mut last_input_at = None;
        let mut days = BTreeSet::new();
        for (at, total) in readings.iter().skip(1).copied() {
            let gapless = at.duration_since(previous) <= HOUR + JITTER;
            let total = total.filter(|total| readable(*total));
            match (known, total) {
                (Some(old), Some(new)) if same(old, new) => {}
                (Some(_), Some(new)) if new > 0.0 => {
                    // It rose, or it was reset and rose again.
                    last_input_at = Some(at);
                    quiet_from = at;
                    // What came until just past midnight is of the day before.
                    days.insert(later(at, -(HOUR / 2)).to_zoned(TimeZone::UTC).date());
                }
                // A reset, and nothing since.
                (Some(_), Some(_)) => {}
                (_, None) if gapless => {}
                // Whether something came is not told.
                _ => quiet_from = at,
            }
            if total.is_some() || !gapless {
                known = total;
            }
            previous = at;
        }
        let Some(last) = last_input_at else {
            // What came between a pulse and samples that begin after it is not told.
            let before = before.filter(|before| before.sampled_at >= first);
            return Some(Self {
                last_input_at: before.and_then(|before| before.last_input_at),
                active_days: before.map_or(0, |before| before.active_days),
                // Without a hole between the two, the silence before counts.
                quiet_from: match before {
                    Some(before) if quiet_from == first => before.quiet_from.min(quiet_from),
                    _ => quiet_from,
                },
                sampled_at,
            });
        };
        let last_day = later(last, -(HOUR / 2)).to_zoned(TimeZone::UTC).date();
        let active = days
            .iter()
            .filter(|day| last_day.since(**day).is_ok_and(|span| span.get_days() < 14))
            .count();
        // While the days before the last input leave the samples one by one, what was counted of them stands.
        let counted = before
            .filter(|before| before.last_input_at == Some(last))
            .map_or(0, |before| before.active_days);
        Some(Self {
            last_input_at: Some(last),
            active_days: u8::try_from(active).unwrap_or(u8::MAX).max(counted),
            quiet_from,
            sampled_at,
        })
    }
}

fn readable(total: f64) -> bool {
    total.is_finite() && total >= 0.0
}

fn same(one: f64, other: f64) -> bool {
    (one - other).abs() < f64::EPSILON
}

/// A profile that fell silent, if its input is not what stops it. Within a week it is urgent, since devices may have
/// failed a moment ago; later it is a warning, since somebody probably knows.
pub fn silent(pulse: &Pulse, input: UsageState) -> Option<Finding> {
    let last_input_at = pulse.last_input_at?;
    let quiet = pulse.sampled_at.duration_since(pulse.quiet_from);
    if pulse.active_days < ACTIVE_DAYS
        || quiet < QUIET
        || matches!(input, UsageState::Over | UsageState::NotAllocated)
    {
        return None;
    }
    let measure = hours(last_input_at, pulse.sampled_at);
    let (severity, step) = if measure < 7.0 * 24.0 {
        (AttentionSeverity::Urgent, 1)
    } else if measure < 30.0 * 24.0 {
        (AttentionSeverity::Warning, 2)
    } else {
        (AttentionSeverity::Warning, 3)
    };
    Some(Finding {
        severity,
        step,
        measure: Some(measure),
        since: Some(Since {
            at: last_input_at,
            or_earlier: false,
        }),
        detail: None,
        members: Vec::new(),
        facts: AttentionFacts::Silent {
            last_input_at,
            known_until: pulse.sampled_at,
        },
    })
}
