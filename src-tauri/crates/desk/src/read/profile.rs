//! One profile's overview.

use std::collections::BTreeMap;

use model::{Amounts, Dataset, Service};
use store::{Aspect, ProfileKey, Reader, StoreError, Subject};

use super::age::freshness;
use super::fleet::{no_such_profile, status_of};
use super::usage::cycle_of;
use super::{DatasetFreshness, NamedAmount, ProfileOverview};
use crate::open::Desk;
use crate::problem::Problem;
use crate::settings::Settings;

impl Desk {
    /// Everything on a profile's overview.
    pub async fn profile(&self, key: i64) -> Result<ProfileOverview, Problem> {
        let row = self.fleet_row(key).await?;
        let now = self.inner.clock.now();
        self.inner
            .read(move |store| {
                let key = ProfileKey(key);
                let subject = Subject::Profile(key);
                let Some(profile) = store.profile(key)? else {
                    return Ok(None);
                };
                let settings = Settings::read(store)?;
                let statuses = store.statuses_of_profile(key)?;
                let summary = store
                    .summary(key)?
                    .map(|(summary, _)| summary)
                    .unwrap_or_default();
                let allocation: Amounts = current(store, subject, Aspect::Allocation)?;
                let rpm: BTreeMap<String, f64> = current(store, subject, Aspect::Rpm)?;
                let owner = match &profile.owner {
                    Some(owner) => store.person(&profile.api, owner)?,
                    None => None,
                };
                Ok(Some(ProfileOverview {
                    region: profile.region,
                    owner: profile.owner,
                    owner_name: owner.and_then(|person| person.name.or(person.email)),
                    created_at: profile.created_at,
                    first_seen_at: profile.first_seen_at,
                    allocation: Service::ALL.map(|service| allocation[service]).to_vec(),
                    resources: named(summary.resources),
                    other_services: other_services(&summary.used, &summary.limit),
                    addons: current(store, subject, Aspect::Addons)?,
                    requests_per_minute: named(rpm),
                    cycle: cycle_of(store, key)?.containing(now),
                    datasets: Dataset::OF_PROFILE
                        .into_iter()
                        .map(|dataset| DatasetFreshness {
                            dataset,
                            freshness: freshness(
                                dataset,
                                status_of(&statuses, dataset),
                                &settings,
                                now,
                            ),
                        })
                        .collect(),
                    row,
                }))
            })
            .await?
            .ok_or_else(no_such_profile)
    }
}

/// What stands now, or nothing.
fn current<T: serde::de::DeserializeOwned + Default>(
    store: &Reader<'_>,
    subject: Subject,
    aspect: Aspect,
) -> Result<T, StoreError> {
    Ok(store
        .version(subject, aspect)?
        .map(|version| version.value)
        .unwrap_or_default())
}

fn named(amounts: BTreeMap<String, f64>) -> Vec<NamedAmount> {
    amounts
        .into_iter()
        .map(|(name, amount)| NamedAmount {
            name,
            amount: Some(amount),
            limit: None,
        })
        .collect()
}

/// Use and limits under keys beyond the nine.
fn other_services(used: &Amounts, limit: &Amounts) -> Vec<NamedAmount> {
    let mut names: Vec<&String> = used.other.keys().chain(limit.other.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .map(|name| NamedAmount {
            name: name.clone(),
            amount: used.other.get(name).copied(),
            limit: limit.other.get(name).copied(),
        })
        .collect()
}
