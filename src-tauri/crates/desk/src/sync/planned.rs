//! A plan made of what is stored now, to be carried out or to be printed.

use std::collections::{HashMap, HashSet};

use model::{Dataset, Timestamp};
use store::{AccountKey, By, PlannedProfile, Subject};

use super::SyncRequest;
use super::assign::assign;
use super::plan::{self, Known, Plan};
use super::ready::is_able;
use super::span::ask_from;
use crate::open::{Desk, Inner};
use crate::problem::Problem;
use crate::read::{PlannedOperation, SyncPlan};
use crate::settings::Settings;

/// A plan made of what is stored now.
pub(super) struct Planned {
    pub(super) plan: Plan,
    /// Each profile once, with the account that asks for it.
    pub(super) assigned: Vec<PlannedProfile>,
    at: Timestamp,
}

impl Planned {
    /// Of these accounts; their own datasets only if `with_accounts`. A profile that another account than
    /// these is to ask for is left to it, unless that one is known to be `unable`.
    pub(super) async fn make(
        inner: &Inner,
        request: &SyncRequest,
        settings: &Settings,
        accounts: &[AccountKey],
        unable: &[AccountKey],
        with_accounts: bool,
    ) -> Result<Self, Problem> {
        let mut asking: Vec<_> = accounts.to_vec();
        if request.profile.is_none() {
            let others = inner.accounts().await?.into_iter();
            asking.extend(
                others
                    .filter(is_able)
                    .map(|other| other.key)
                    .filter(|other| !accounts.contains(other) && !unable.contains(other)),
            );
        }
        let keys = accounts.to_vec();
        let (fetched, reaches, able) = inner
            .read(move |store| {
                // Who must sign in again is asked for the list alone, which tells whether it has.
                let mut able = HashSet::new();
                for key in &asking {
                    let account = store.account(*key)?;
                    let able_one = account.filter(|one| one.signed_out.is_none());
                    able.extend(able_one.map(|one| one.key));
                }
                Ok((
                    store.fetched(&keys)?,
                    store.planned_profiles(&asking)?,
                    able,
                ))
            })
            .await?;
        let (known, wish, at) = (Known::new(fetched), request.wish(), inner.clock.now());
        let mut plan = if with_accounts {
            plan::of_accounts(accounts, &known, &wish, settings, at)
        } else {
            Plan::default()
        };
        let mut assigned = assign(reaches, &able);
        assigned.retain(|profile| {
            accounts.contains(&profile.account)
                && wish.profile.is_none_or(|only| only == profile.key)
        });
        let pairs: Vec<_> = assigned
            .iter()
            .map(|profile| (profile.key, profile.account))
            .collect();
        let looked_at = inner.looked_at();
        let of_profiles = plan::of_profiles(&pairs, looked_at, &known, &wish, settings, at);
        plan.operations.extend(of_profiles.operations);
        plan.fresh += of_profiles.fresh;
        Ok(Self { plan, assigned, at })
    }
}

impl Inner {
    /// A plan without the histories of which there is nothing new to have: no request is sent for them.
    async fn without_known_history(&self, mut plan: Plan, at: Timestamp) -> Result<Plan, Problem> {
        self.read(move |store| {
            let all = std::mem::take(&mut plan.operations);
            for operation in all {
                let by = match operation.dataset {
                    Dataset::UsageByHour => Some(By::Hour),
                    Dataset::UsageByDay => Some(By::Day),
                    _ => None,
                };
                if let (Some(by), Subject::Profile(profile)) = (by, operation.subject)
                    && ask_from(by, store.last_at(profile, by)?, at).is_none()
                {
                    plan.fresh += 1;
                } else {
                    plan.operations.push(operation);
                }
            }
            Ok(plan)
        })
        .await
    }
}

impl Desk {
    /// What a sync would ask for now.
    pub async fn sync_plan(&self, request: SyncRequest) -> Result<SyncPlan, Problem> {
        let inner = &self.inner;
        let settings = inner.settings().await?;
        let accounts = inner.accounts_of(&request).await?;
        let labels: HashMap<_, _> = accounts
            .iter()
            .map(|account| (account.key, account.label.clone()))
            .collect();
        let keys: Vec<_> = accounts.iter().map(|account| account.key).collect();
        let Planned {
            mut plan,
            assigned,
            at,
        } = Planned::make(inner, &request, &settings, &keys, &[], true).await?;
        if !request.full {
            plan = inner.without_known_history(plan, at).await?;
        }
        let ids: HashMap<_, _> = assigned
            .into_iter()
            .map(|profile| (profile.key, profile.id))
            .collect();
        let operations = plan
            .operations
            .iter()
            .map(|operation| PlannedOperation {
                account: labels.get(&operation.account).cloned().unwrap_or_default(),
                profile: match operation.subject {
                    Subject::Profile(key) => ids.get(&key).cloned(),
                    Subject::Account(_) => None,
                },
                dataset: operation.dataset,
                reason: operation.reason,
                fetched_at: operation.fetched_at,
            })
            .collect();
        Ok(SyncPlan {
            at,
            operations,
            fresh: plan.fresh,
        })
    }
}
