//! What some profiles use and may use, together.

use std::collections::HashSet;

use model::Service;

use crate::sql::to_json;
use crate::table::filter::ProfileFilter;
use crate::{ProfileKey, Reader, StoreError};

/// Some profiles: these, or all that a filter leaves but these.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FleetSelection {
    /// The profiles.
    pub keys: Vec<ProfileKey>,
    /// With a filter: what it leaves, without `keys`.
    pub all_of: Option<ProfileFilter>,
}

/// What some profiles use and may use.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FleetSum {
    /// How many they are.
    pub profiles: u32,
    /// The nine services, in the order of `Service`.
    pub services: [ServiceSum; 9],
}

/// One service of some profiles.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ServiceSum {
    /// What is used by those of which that is known.
    pub used: f64,
    /// How many these are.
    pub used_known: u32,
    /// The limits that are known.
    pub limit: f64,
    /// Of how many profiles.
    pub limit_known: u32,
}

impl Reader<'_> {
    /// The profiles that are selected and are there, by key.
    pub fn selected(&self, selection: &FleetSelection) -> Result<Vec<ProfileKey>, StoreError> {
        let named: HashSet<ProfileKey> = selection.keys.iter().copied().collect();
        let mut selected: Vec<ProfileKey> = Vec::new();
        if let Some(filter) = &selection.all_of {
            let all = self.matching(filter)?;
            selected.extend(all.difference(&named));
        } else {
            let mut there = self
                .db
                .prepare_cached("SELECT 1 FROM profile WHERE key = ?1")?;
            for key in named {
                if there.exists([key])? {
                    selected.push(key);
                }
            }
        }
        selected.sort_unstable();
        Ok(selected)
    }

    /// What selected profiles use and may use, together.
    pub fn fleet_sum(&self, selection: &FleetSelection) -> Result<FleetSum, StoreError> {
        let keys: Vec<i64> = self.selected(selection)?.iter().map(|key| key.0).collect();
        let sums: Vec<String> = Service::ALL
            .into_iter()
            .map(|service| {
                format!(
                    "total(used_{service}), count(used_{service}), total(limit_{service}), count(limit_{service})"
                )
            })
            .collect();
        let sql = format!(
            "SELECT {} FROM summary WHERE profile IN (SELECT value FROM json_each(?1))",
            sums.join(", ")
        );
        let mut query = self.db.prepare_cached(&sql)?;
        let profiles = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let sum = query.query_row([to_json(&keys, "A list of profiles")?], |row| {
            let mut sum = FleetSum {
                profiles,
                ..FleetSum::default()
            };
            for (service, place) in sum.services.iter_mut().zip((0..).step_by(4)) {
                *service = ServiceSum {
                    used: row.get(place)?,
                    used_known: row.get(place + 1)?,
                    limit: row.get(place + 2)?,
                    limit_known: row.get(place + 3)?,
                };
            }
            Ok(sum)
        });
        Ok(sum?)
    }
}
