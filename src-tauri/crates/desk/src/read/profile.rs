//! One profile's overview.

use std::collections::BTreeMap;

use model::{Amounts, Dataset, ProfileId, Service};
use store::{Aspect, ProfileKey, Reader, StoreError, Subject};

use super::age::freshness;
use super::fleet::{no_such_profile, status_of};
use super::usage::cycle_of;
use super::{DatasetFreshness, NamedAmount, ProfileOverview};
use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};
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
                    note: store.note(key)?,
                    protected: store.protected()?.contains(&key),
                    groups: store
                        .groups_of(key)?
                        .into_iter()
                        .map(|group| group.name)
                        .collect(),
                    has_admin_site: admin_site(&profile.api).is_some(),
                    region: profile.region,
                    owner: profile.owner,
                    owner_name: owner.and_then(|person| person.name.or(person.email)),
                    created_at: profile.created_at,
                    first_seen_at: profile.first_seen_at,
                    allocation: Service::ALL.map(|service| allocation[service]).to_vec(),
                    resources: named(summary.resources),
                    other_services: other_services(&summary.used, &summary.limit),
                    addons: store
                        .version(subject, Aspect::Addons)?
                        .map(|version| version.value),
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

    /// The number in this store of the profile with an id of TagoIO. Where several hosts have one with this id, one
    /// that is still there.
    pub async fn profile_with_id(&self, id: &ProfileId) -> Result<i64, Problem> {
        let wanted = id.clone();
        let found = self
            .inner
            .read(move |store| store.find_profiles(wanted.as_str()))
            .await?;
        let of_this_id = || found.iter().filter(|profile| profile.id == *id);
        of_this_id()
            .find(|profile| profile.removed_at.is_none())
            .or_else(|| of_this_id().next())
            .map(|profile| profile.key.0)
            .ok_or_else(|| {
                let message = format!("No profile with the id {id} is in the store.");
                Problem::new(ProblemCode::NotFound, message)
                    .with_hint("Connect the account that reaches it, or sync to see new ones.")
            })
    }

    /// The address at which a person finds a profile on TagoIO's admin site.
    pub async fn admin_site(&self, key: i64) -> Result<&'static str, Problem> {
        let profile = self
            .inner
            .read(move |store| store.profile(ProfileKey(key)))
            .await?
            .ok_or_else(no_such_profile)?;
        admin_site(&profile.api).ok_or_else(|| {
            let message = format!(
                "Where {} has its admin site is not known: it is a private deployment.",
                profile.api
            );
            Problem::new(ProblemCode::NotFound, message)
                .with_hint("Open its admin site in the browser by the address that you know.")
        })
    }
}

/// TagoIO's admin site, for profiles on TagoIO's own hosts. Where a private deployment has its own is not known.
/// No address of a single profile is documented: a person chooses it there.
fn admin_site(api: &str) -> Option<&'static str> {
    const HOSTS: [&str; 3] = [
        "https://api.tago.io",
        "https://api.us-e1.tago.io",
        "https://api.eu-w1.tago.io",
    ];
    HOSTS
        .contains(&api.trim_end_matches('/'))
        .then_some("https://admin.tago.io")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_admin_site_is_offered_where_it_is_known_and_nowhere_else() {
        assert_eq!(
            admin_site("https://api.eu-w1.tago.io"),
            Some("https://admin.tago.io")
        );
        for other in [
            "https://api.acme.tagoio.net",
            "https://api.tago.io.example.com",
            "http://127.0.0.1:4000",
        ] {
            assert_eq!(admin_site(other), None, "{other}");
        }
    }
}
