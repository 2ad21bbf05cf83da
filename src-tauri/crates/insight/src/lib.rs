//! Pure rules: amounts per period from running totals, what costs what ([`cost`]), which tokens want attention,
//! who had access. No I/O, no clock: the same functions serve the window, `pdesk` and exports.
//!
//! # The rules of amounts
//!
//! 1. Samples are UTC. Hours of a zone, and days and months of a zone where hourly samples reach,
//!    are that zone's own; where only daily samples are left, a day or month begins at midnight UTC
//!    and its period says so ([`Period::utc`]).
//! 2. Any fall of a counter is a reset, and the total after it counts from zero. At a known boundary
//!    of the billing cycle a carried total is zero again ([`Cycle`] tells which boundaries are known).
//! 3. What was used between two samples belongs to the period in which the first of them was taken.
//!    Where the second was taken too late to close that period, every period that the two span is
//!    unknown, and the amount counts only in a [`History::sum`] over them; unless the second tells
//!    that nothing was used since the first: then each of them is zero.
//! 4. What was used between the last sample before a reset and the reset cannot be known: the amount
//!    is a lower bound and marked.
//!
//! # When a sample closes a period
//!
//! A sample is taken a minute or so *past* the hour or past midnight and says the total until then.
//! So the sample of 01:01 closes the hour that began at 00:00, the one of the 4th at 00:01 closes the
//! 3rd, and what is used between 00:01 and 01:01 is the hour of 00:00. A sample closes a period if it
//! is taken at most [`JITTER`] after the period's end. A period that ends between two whole hours of UTC
//! (zones with half hours) is closed by the first sample past the next whole hour, because no
//! sample exists any nearer.
//!
//! # What a sample does not say
//!
//! A counter that is absent from a sample did not move since the sample before it, an hour or a day
//! ago. After a longer gap an absent counter says nothing: its total stays unknown until it is seen
//! again. Before its first known value a counter is unknown, unless a cycle boundary within the
//! samples makes it zero. An absent level keeps its last known value. A total that is negative, infinite or
//! not a number is unknown: neither carried nor counted.

mod access;
pub mod allocation;
pub mod attention;
pub mod cost;
mod counter;
mod cycle;
mod find;
mod history;
mod level;
mod period;
mod reset;
mod rotation;
mod token;
mod trend;

use jiff::{SignedDuration, Timestamp};

pub use access::{Acts, Grouped, Grouping, Known, Presence, presence, shared_between};
pub use cycle::{Boundary, Cycle};
pub use find::{Fit, Found, Haystack, Needle, Rank, best};
pub use history::{History, PeriodAmount, UsageRow};
pub use period::{By, MAX_PERIODS, Period, PeriodError, periods, zone};
pub use rotation::{QUIET, RotationStep, Seen, rotation_step};
pub use token::{
    EXPIRES_SOON, INVITATION_LIFE, SIGN_IN_LIFE, TokenFacts, TokenFlag, is_sign_in, token_flags,
};
pub use trend::{TREND_DAYS, Trend};

/// How late after an hour or midnight a sample may be taken and still close it: ten minutes.
pub const JITTER: SignedDuration = SignedDuration::from_mins(10);

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Sums of times stay within what a timestamp can say; no sample is anywhere near its ends.
fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(if by.is_negative() {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// Until when a sample closes a period that ends at `end`.
fn closes_until(end: Timestamp) -> Timestamp {
    let whole = i64::from(end.subsec_nanosecond() > 0) + end.as_second();
    let hour = whole.saturating_add((-whole).rem_euclid(3600));
    later(Timestamp::from_second(hour).unwrap_or(end), JITTER)
}
