//! Of how many profiles a dataset is known, so that a sum or a "not found" says what it is over.

use model::{Dataset, Freshness, Timestamp};
use store::{Reader, StoreError};

use super::Coverage;
use super::age::freshness;
use crate::settings::Settings;

/// Over all profiles that are not removed.
pub(super) fn coverage(
    store: &Reader<'_>,
    dataset: Dataset,
    now: Timestamp,
) -> Result<Coverage, StoreError> {
    let settings = Settings::read(store)?;
    let mut coverage = Coverage::default();
    for (_, status) in store.statuses_of_all(dataset)? {
        coverage.profiles += 1;
        let arrived = status
            .as_ref()
            .is_some_and(|status| status.succeeded_at.is_some());
        match freshness(dataset, status.as_ref(), &settings, now) {
            Freshness::Fresh { .. } => coverage.known += 1,
            Freshness::Stale { .. } => {
                coverage.known += 1;
                coverage.outdated += 1;
            }
            Freshness::Failed { .. } if arrived => {
                coverage.known += 1;
                coverage.outdated += 1;
            }
            Freshness::Failed { .. } => coverage.failed += 1,
            Freshness::NeverFetched => coverage.never_fetched += 1,
            Freshness::NotPermitted { .. } => coverage.not_permitted += 1,
            Freshness::NotThere { .. } => coverage.not_there += 1,
        }
    }
    Ok(coverage)
}
