//! Giving a profile other limits, within what its account bought.

use std::collections::{BTreeMap, HashMap};

use model::{Amounts, ProfileId, Service};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Aspect, ProfileKey, Reader, StoreError, Subject, Writer};
use tagoio::{ApiError, Session};
use ts_rs::TS;

use super::{Fields, Refusal, RefusalReason, Sides, Target};
use crate::sync::{Log, limits_changed, limits_crossed};

/// A profile's new limits, each in its service's unit; services that are not named stay as they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Allocate {
    /// The profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
    /// The limit of each service from now on.
    pub services: BTreeMap<Service, f64>,
}

impl Allocate {
    pub(super) fn check(
        &self,
        store: &Reader<'_>,
        target: &Target,
    ) -> Result<Result<Sides, Refusal>, StoreError> {
        if self.services.is_empty() {
            return Ok(Err(Refusal::invalid("No service is named.")));
        }
        if let Some(service) = self.services.iter().find_map(|(service, limit)| {
            let makes_sense = limit.is_finite() && *limit >= 0.0;
            (!makes_sense).then_some(service)
        }) {
            let message = format!("The limit of {} must be a number from 0.", service.label());
            return Ok(Err(Refusal::invalid(message)));
        }
        let profile = match target.profile() {
            Ok(profile) => profile,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let held = held(store, profile.key)?;
        let (before, after) = (self.fields(&held), self.fields(&self.amounts()));
        if before == after {
            let message = "It has these limits already.";
            return Ok(Err(Refusal::new(RefusalReason::NothingToDo, message)));
        }
        let used = store.summary(profile.key)?;
        let used = used.map(|(summary, _)| summary.used).unwrap_or_default();
        let warnings = self.services.iter().filter_map(|(service, limit)| {
            let used = used[*service].filter(|used| used >= limit)?;
            Some(format!(
                "{} has used {used} of {}: at a limit of {limit} it is blocked at once.",
                profile.name,
                service.label(),
            ))
        });
        Ok(Ok(Sides {
            before,
            after,
            warnings: warnings.collect(),
        }))
    }

    pub(super) async fn send(&self, session: &Session, target: &Target) -> Result<(), ApiError> {
        let amounts = self.amounts();
        session.set_services(target.id()?, &amounts).await?;
        Ok(())
    }

    /// Sends the limits of many profiles of one account at once.
    pub(super) async fn send_all(
        session: &Session,
        rows: &[(ProfileId, Amounts)],
    ) -> Result<(), ApiError> {
        session.set_allocation(rows).await?;
        Ok(())
    }

    pub(super) async fn read(
        &self,
        session: &Session,
        target: &Target,
    ) -> Result<Fields, ApiError> {
        let info = session.profile_info(target.id()?).await?;
        Ok(self.fields(&info.allocation.unwrap_or_default()))
    }

    /// What all profiles of an account are allocated.
    pub(super) async fn read_all(
        session: &Session,
    ) -> Result<HashMap<ProfileId, Amounts>, ApiError> {
        let rows = session.allocation().await?.into_iter();
        Ok(rows.map(|row| (row.profile, row.amounts)).collect())
    }

    pub(super) fn record(
        store: &Writer<'_>,
        profile: ProfileKey,
        confirmed: &Fields,
        log: &mut Log,
    ) -> Result<(), StoreError> {
        let mut held = held(store, profile)?;
        set(&mut held, confirmed);
        let subject = Subject::Profile(profile);
        store.put_version(subject, Aspect::Allocation, &held, log.at())?;
        // What a profile is allocated is its limit.
        let before: Option<store::Version<Amounts>> = store.version(subject, Aspect::Limits)?;
        let before = before.map(|before| before.value).unwrap_or_default();
        let mut limits = before.clone();
        set(&mut limits, confirmed);
        limits_changed(Some(&before), &limits, log);
        store.put_limits(profile, &limits, log.at())?;
        match store.summary(profile)? {
            Some((summary, _)) => limits_crossed(store, profile, &summary, log),
            None => Ok(()),
        }
    }

    /// Whether each limit stands as it did; of one that was not known, such as a new profile's, any may have stood.
    pub(super) fn is_undone(before: &Fields, now: &Fields) -> bool {
        now.iter().all(|(service, limit)| {
            let was = before.get(service).filter(|was| !was.is_null());
            was.is_none_or(|was| was == limit)
        })
    }

    /// A limit that was not known cannot come back.
    pub(super) fn undo(&self, before: &Fields) -> Option<Self> {
        let services = self.services.keys().map(|service| {
            let limit = before.get(service.key())?.as_f64()?;
            Some((*service, limit))
        });
        Some(Self {
            profile: self.profile,
            services: services.collect::<Option<_>>()?,
        })
    }

    /// The new limits.
    pub(super) fn amounts(&self) -> Amounts {
        let mut amounts = Amounts::new();
        for (service, limit) in &self.services {
            amounts[*service] = Some(*limit);
        }
        amounts
    }

    /// The services that this changes, with these amounts.
    pub(super) fn fields(&self, amounts: &Amounts) -> Fields {
        let services = self.services.keys();
        services
            .map(|service| (service.key().to_owned(), number(amounts[*service])))
            .collect()
    }
}

/// What a profile is allocated, as far as that is known.
pub(super) fn held(store: &Reader<'_>, profile: ProfileKey) -> Result<Amounts, StoreError> {
    let version = store.version(Subject::Profile(profile), Aspect::Allocation)?;
    Ok(version.map(|version| version.value).unwrap_or_default())
}

fn set(amounts: &mut Amounts, fields: &Fields) {
    for (key, limit) in fields {
        if let Some(limit) = limit.as_f64() {
            amounts.set_by_key(key, limit);
        }
    }
}

/// Whole numbers are written as such, so that equal amounts are equal values.
#[allow(clippy::cast_possible_truncation)] // guarded by the range
pub(super) fn number(amount: Option<f64>) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    match amount {
        None => Value::Null,
        Some(amount) if amount.fract() == 0.0 && amount.abs() <= EXACT => {
            Value::from(amount as i64)
        }
        Some(amount) => Value::from(amount),
    }
}
