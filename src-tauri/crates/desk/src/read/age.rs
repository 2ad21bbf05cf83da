//! How old a datum may be before it is called stale.

use std::time::Duration;

use model::{Dataset, FetchStatus, Freshness, Timestamp};

use crate::settings::Settings;
use crate::sync::due_at;

const DAY: Duration = Duration::from_hours(24);

/// Between being due and being here lies one more interval at most, and the time of the sync itself.
const UNDER_WAY: Duration = Duration::from_mins(2);

/// The state of a dataset at a moment: stale once a sync should have brought a newer one.
pub(super) fn freshness(
    dataset: Dataset,
    status: Option<&FetchStatus>,
    settings: &Settings,
    now: Timestamp,
) -> Freshness {
    let max_age = status.map_or(DAY, |status| {
        let arrived = status.succeeded_at.unwrap_or(status.attempted_at);
        let due = due_at(dataset, arrived, settings.age_of(dataset));
        let wait = settings.interval().unwrap_or_default().mul_f64(1.1);
        due.duration_since(arrived).unsigned_abs() + wait + UNDER_WAY
    });
    Freshness::of(status, now, max_age)
}

/// A summary that arrived before this counts as stale in the fleet's figures: a day ago.
pub(super) fn stale_before(now: Timestamp) -> Timestamp {
    now.checked_sub(DAY).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use model::FetchOutcome;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn is_fresh(dataset: Dataset, arrived: &str, now: &str) -> bool {
        let status = FetchStatus {
            attempted_at: at(arrived),
            succeeded_at: Some(at(arrived)),
            outcome: FetchOutcome::Ok,
        };
        let freshness = freshness(dataset, Some(&status), &Settings::default(), at(now));
        matches!(freshness, Freshness::Fresh { .. })
    }

    #[test]
    fn nothing_is_stale_while_the_next_sync_is_still_to_come() {
        let noon = "2026-11-24T12:00:00Z";
        assert!(is_fresh(Dataset::Summary, noon, "2026-11-24T12:31:00Z"));
        assert!(!is_fresh(Dataset::Summary, noon, "2026-11-24T12:35:00Z"));
        let hour = Dataset::UsageByHour;
        assert!(is_fresh(
            hour,
            "2026-11-24T12:05:00Z",
            "2026-11-24T13:20:00Z"
        ));
        assert!(!is_fresh(
            hour,
            "2026-11-24T12:05:00Z",
            "2026-11-24T13:25:00Z"
        ));
    }

    #[test]
    fn a_day_is_fresh_until_the_next_midnights_sample_should_be_here() {
        let (day, noon) = (Dataset::UsageByDay, "2026-11-24T12:00:00Z");
        assert!(is_fresh(day, noon, "2026-11-24T23:59:00Z"));
        assert!(!is_fresh(day, noon, "2026-11-25T00:30:00Z"));
    }
}
