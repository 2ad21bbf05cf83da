//! How old a datum may be before it is called stale.

use std::time::Duration;

use model::{Dataset, FetchStatus, Freshness, Timestamp};

const QUARTER: Duration = Duration::from_mins(15);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// The age at which a dataset is stale.
pub(super) const fn age_of(dataset: Dataset) -> Duration {
    match dataset {
        Dataset::Profiles | Dataset::Summary => QUARTER,
        Dataset::UsageByDay | Dataset::UsageByHour => HOUR,
        _ => DAY,
    }
}

/// The state of a dataset at a moment.
pub(super) fn freshness(
    dataset: Dataset,
    status: Option<&FetchStatus>,
    now: Timestamp,
) -> Freshness {
    Freshness::of(status, now, age_of(dataset))
}

/// A summary that arrived before this counts as stale in the fleet's figures: a day ago.
pub(super) fn stale_before(now: Timestamp) -> Timestamp {
    now.checked_sub(DAY).unwrap_or(Timestamp::MIN)
}
