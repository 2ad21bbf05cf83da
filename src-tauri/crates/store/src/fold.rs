//! Folding of old hours into days, so that the store does not grow for ever.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::Sample;

use crate::{By, ProfileKey, StoreError, Writer};

const DAY: i64 = 86_400;

impl Writer<'_> {
    /// Moves what must be kept of the hourly samples before a time into the daily ones, and drops the
    /// rest. Of each UTC day stay the samples with the last known total of each service, and each
    /// sample before a total fell, so that no day's amount changes. Whole days are folded; the day in
    /// which `before` lies is left. Returns how many hours were dropped.
    pub fn fold_hours(&self, before: Timestamp) -> Result<usize, StoreError> {
        let midnight = before.as_second().div_euclid(DAY) * DAY;
        let Ok(before) = Timestamp::from_second(midnight) else {
            return Ok(0);
        };
        let mut query = self
            .db
            .prepare_cached("SELECT DISTINCT profile FROM usage_hour WHERE at < ?1")?;
        let profiles = query
            .query_map([midnight], |row| row.get(0))?
            .collect::<Result<Vec<ProfileKey>, _>>()?;
        let mut dropped = 0;
        for profile in profiles {
            let hours = self.usage(profile, By::Hour, Timestamp::MIN, before)?;
            self.put_usage(profile, By::Day, &kept(hours))?;
            dropped += self
                .db
                .prepare_cached("DELETE FROM usage_hour WHERE profile = ?1 AND at < ?2")?
                .execute((profile, midnight))?;
        }
        Ok(dropped)
    }
}

/// The samples that carry a day's last totals, and those after which a total fell.
fn kept(hours: Vec<Sample>) -> Vec<Sample> {
    let mut keep = BTreeSet::new();
    // Where each service's total was last seen, and what it was.
    let mut last: BTreeMap<String, (usize, f64)> = BTreeMap::new();
    let mut today = None;
    for (place, sample) in hours.iter().enumerate() {
        let day = sample.at.as_second().div_euclid(DAY);
        if today.replace(day) != Some(day) {
            keep.extend(last.values().map(|(place, _)| *place));
        }
        for (key, total) in sample.totals.known() {
            if let Some((before, highest)) = last.insert(key.to_owned(), (place, total))
                && total < highest
            {
                keep.insert(before);
            }
        }
    }
    keep.extend(last.values().map(|(place, _)| *place));
    hours
        .into_iter()
        .enumerate()
        .filter(|(place, _)| keep.contains(place))
        .map(|(_, sample)| sample)
        .collect()
}
