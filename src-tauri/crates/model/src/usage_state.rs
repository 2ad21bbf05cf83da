//! How far a service is used up, and what that means for the customer. One rule for the store's order,
//! the screens and the command line.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a use of a limit means, from what is not known to blocked; a later one is worse.
///
/// The thresholds are those at which TagoIO warns; at exactly its limit a service is blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UsageState {
    /// Limit or use is not known.
    Unknown,
    /// The limit is zero.
    NotAllocated,
    /// Up to and including 80 %.
    Ok,
    /// Above 80 %.
    Warn,
    /// Above 90 %.
    High,
    /// At or over the limit: the service is blocked.
    Over,
}

impl UsageState {
    /// Judges use against a limit, both in the service's unit. A negative number or one that is not
    /// finite is unknown. A limit of zero is "not allocated", whatever is used.
    pub fn of(used: Option<f64>, limit: Option<f64>) -> Self {
        if limit == Some(0.0) {
            return Self::NotAllocated;
        }
        match usage_share(used, limit) {
            None => Self::Unknown,
            Some(share) if share >= 1.0 => Self::Over,
            Some(share) if share > 0.9 => Self::High,
            Some(share) if share > 0.8 => Self::Warn,
            Some(_) => Self::Ok,
        }
    }
}

/// Use over limit, 1.0 being the limit itself; `None` if either is unknown or the limit is zero.
pub fn usage_share(used: Option<f64>, limit: Option<f64>) -> Option<f64> {
    let readable = |number: &f64| number.is_finite() && *number >= 0.0;
    let (used, limit) = (used.filter(readable)?, limit.filter(readable)?);
    (limit > 0.0).then(|| used / limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(used: f64, limit: f64) -> UsageState {
        UsageState::of(Some(used), Some(limit))
    }

    #[test]
    fn eighty_and_ninety_percent_belong_below_and_a_hundred_above() {
        assert_eq!(state(0.0, 100.0), UsageState::Ok);
        assert_eq!(state(80.0, 100.0), UsageState::Ok);
        assert_eq!(state(80.01, 100.0), UsageState::Warn);
        assert_eq!(state(27.0, 30.0), UsageState::Warn);
        assert_eq!(state(27.01, 30.0), UsageState::High);
        assert_eq!(state(99.99, 100.0), UsageState::High);
        assert_eq!(state(100.0, 100.0), UsageState::Over);
        assert_eq!(state(130.0, 100.0), UsageState::Over);
        assert_eq!(usage_share(Some(130.0), Some(100.0)), Some(1.3));
    }

    #[test]
    fn a_limit_of_zero_is_not_allocated_even_where_use_is_unknown() {
        assert_eq!(state(5.0, 0.0), UsageState::NotAllocated);
        assert_eq!(UsageState::of(None, Some(0.0)), UsageState::NotAllocated);
        assert_eq!(usage_share(Some(5.0), Some(0.0)), None);
    }

    #[test]
    fn what_cannot_be_read_is_unknown_and_not_zero() {
        for (used, limit) in [
            (None, Some(10.0)),
            (Some(10.0), None),
            (None, None),
            (Some(f64::NAN), Some(10.0)),
            (Some(-1.0), Some(10.0)),
            (Some(1.0), Some(f64::INFINITY)),
        ] {
            assert_eq!(UsageState::of(used, limit), UsageState::Unknown);
            assert_eq!(usage_share(used, limit), None);
        }
        assert_eq!(usage_share(Some(0.0), Some(10.0)), Some(0.0));
    }
}
