//! What the accounts' limits are divided into, what is left of them, and of the plan's profiles and members.

use std::collections::{HashMap, HashSet};

use insight::allocation::{Held, PlanSlots, Pool};
use model::{Dataset, Service, Timestamp, UsageState, usage_share};
use store::{Account, AccountKey, Aspect, Holder, ProfileKey, Reader, StoreError, Subject};

use super::account::sign_in_of;
use super::age::freshness;
use super::cost::{count, name_counts};
use super::filter::Filter;
use super::filter::region_name;
use super::fleet::status_of;
use super::{
    AllocationAccount, AllocationCell, AllocationHeld, AllocationOverview, AllocationProfiles,
    AllocationProfilesQuery, AllocationQuery, AllocationRow, AllocationSlots, AllocationSort,
};
use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};
use crate::settings::Settings;
use crate::sync::Subscription;

impl Desk {
    /// What each account has bought, allocated and left.
    pub async fn allocation(&self, query: AllocationQuery) -> Result<AllocationOverview, Problem> {
        Ok(self.whole_allocation(query, Vec::new()).await?.0)
    }

    /// The same, and what the accounts' profiles hold of some services, as of one moment of the store, so that it
    /// adds up.
    pub async fn whole_allocation(
        &self,
        query: AllocationQuery,
        services: Vec<Service>,
    ) -> Result<(AllocationOverview, AllocationHeld), Problem> {
        let now = self.inner.clock.now();
        let filter = Filter::parse(&query.filter, &[])?;
        let all = query.filter.trim().is_empty();
        self.inner
            .read(move |store| {
                let holders = store.holders_with_use()?;
                let left = filter.profiles(store, now)?;
                let mut overview = overview(store, &holders, now)?;
                if !all {
                    let owners: HashSet<i64> = holders
                        .iter()
                        .filter(|holder| leaves(&filter, left.as_ref(), holder, ""))
                        .filter_map(|holder| Some(holder.owner?.0))
                        .collect();
                    overview.accounts.retain(|account| {
                        owners.contains(&account.key)
                            || left.is_none() && filter.has_words(&account.label)
                    });
                }
                let names = name_counts(&holders);
                let mut held = AllocationHeld::new();
                for account in &overview.accounts {
                    let own: Vec<&Holder> = holders
                        .iter()
                        .filter(|holder| holder.owner == Some(AccountKey(account.key)))
                        .filter(|holder| leaves(&filter, left.as_ref(), holder, &account.label))
                        .collect();
                    let of_account = held.entry(account.key).or_default();
                    for service in &services {
                        let bought = account.services[service.index()].bought;
                        let mut rows: Vec<AllocationRow> = own
                            .iter()
                            .map(|holder| row(holder, *service, bought, &names))
                            .collect();
                        sort(&mut rows, AllocationSort::Allocated, true);
                        of_account.insert(*service, rows);
                    }
                }
                Ok((overview, held))
            })
            .await
    }

    /// A page of what an account's profiles hold of one service. An account that is not connected is refused.
    pub async fn allocation_profiles(
        &self,
        query: AllocationProfilesQuery,
    ) -> Result<AllocationProfiles, Problem> {
        let now = self.inner.clock.now();
        let filter = Filter::parse(&query.filter, &[])?;
        let key = AccountKey(query.account);
        let service = query.service;
        let rows = self
            .inner
            .read(move |store| {
                let Some(account) = store.account(key)? else {
                    return Ok(None);
                };
                let bought = bought(store, key)?.and_then(|bought| bought.limits[service]);
                let holders = store.holders_with_use()?;
                let names = name_counts(&holders);
                let left = filter.profiles(store, now)?;
                let rows = holders
                    .iter()
                    .filter(|holder| holder.owner == Some(key))
                    .filter(|holder| leaves(&filter, left.as_ref(), holder, &account.label))
                    .map(|holder| row(holder, service, bought, &names));
                Ok(Some(rows.collect::<Vec<_>>()))
            })
            .await?;
        let mut rows = rows.ok_or_else(|| {
            Problem::new(
                ProblemCode::NotFound,
                "There is no such account in the store any more.",
            )
        })?;
        sort(&mut rows, query.sort, query.descending);
        Ok(AllocationProfiles {
            total: count(rows.len()),
            rows: rows
                .into_iter()
                .skip(query.offset as usize)
                .take(query.limit as usize)
                .collect(),
        })
    }
}

/// Whether a filter leaves a profile. An account that its words name keeps all its profiles.
fn leaves(
    filter: &Filter,
    left: Option<&HashSet<ProfileKey>>,
    holder: &Holder,
    label: &str,
) -> bool {
    left.is_none_or(|left| left.contains(&holder.key))
        && (filter.words().is_empty()
            || filter.has_words(&format!("{}\n{}\n{label}", holder.name, holder.id)))
}

fn bought(store: &Reader<'_>, account: AccountKey) -> Result<Option<Subscription>, StoreError> {
    let version = store.version(Subject::Account(account), Aspect::Subscription)?;
    Ok(version.map(|version| version.value))
}

fn held(holder: &Holder, service: Service) -> Held {
    Held {
        allocated: holder
            .allocation
            .as_ref()
            .and_then(|allocation| allocation[service]),
        used: holder.used.as_ref().and_then(|used| used[service]),
    }
}

fn row(
    holder: &Holder,
    service: Service,
    bought: Option<f64>,
    names: &HashMap<&str, u32>,
) -> AllocationRow {
    let held = held(holder, service);
    AllocationRow {
        key: holder.key.0,
        id: holder.id.clone(),
        name: holder.name.clone(),
        name_is_shared: names.get(holder.name.as_str()).copied().unwrap_or(0) > 1,
        allocated: held.allocated,
        share: held.share(bought),
        used: held.used,
        used_share: usage_share(held.used, held.allocated),
        state: UsageState::of(held.used, held.allocated),
        headroom: held.headroom(),
    }
}

fn overview(
    store: &Reader<'_>,
    holders: &[Holder],
    now: Timestamp,
) -> Result<AllocationOverview, StoreError> {
    let settings = Settings::read(store)?;
    let teams = store.team_sizes()?;
    let mut own: HashMap<AccountKey, Vec<&Holder>> = HashMap::new();
    for holder in holders {
        if let Some(owner) = holder.owner {
            own.entry(owner).or_default().push(holder);
        }
    }
    let mut accounts = Vec::new();
    for account in store.accounts()? {
        let own = own.remove(&account.key).unwrap_or_default();
        accounts.push(one(store, &account, &own, &teams, &settings, now)?);
    }
    // What is free in the others is what is free in all, less one's own.
    for index in 0..Service::ALL.len() {
        let free = |account: &AllocationAccount| {
            let free = account.services[index].free;
            free.filter(|free| *free > 0.0)
        };
        let all: f64 = accounts.iter().filter_map(free).sum();
        let places = accounts.iter().filter(|one| free(one).is_some()).count();
        for account in &mut accounts {
            let mine = free(account);
            let cell = &mut account.services[index];
            let elsewhere = all - mine.unwrap_or_default();
            cell.elsewhere = (elsewhere * 1e6).round() / 1e6;
            cell.elsewhere_accounts = count(places - usize::from(mine.is_some()));
        }
    }
    let over = accounts
        .iter()
        .flat_map(|account| &account.services)
        // What is not known can only be more.
        .filter(|cell| cell.bought.is_some_and(|bought| cell.allocated > bought));
    Ok(AllocationOverview {
        all: count(accounts.len()),
        over: count(over.count()),
        shared: count(
            holders
                .iter()
                .filter(|holder| holder.owner.is_none())
                .count(),
        ),
        accounts,
    })
}

fn one(
    store: &Reader<'_>,
    account: &Account,
    own: &[&Holder],
    teams: &HashMap<ProfileKey, u32>,
    settings: &Settings,
    now: Timestamp,
) -> Result<AllocationAccount, StoreError> {
    let bought = bought(store, account.key)?;
    let plan = bought
        .as_ref()
        .and_then(|bought| bought.plan.clone())
        .or_else(|| account.plan.clone());
    let services = Service::ALL.map(|service| {
        let limit = bought.as_ref().and_then(|bought| bought.limits[service]);
        let pool = Pool::of(limit, own.iter().map(|holder| held(holder, service)));
        AllocationCell {
            bought: pool.bought,
            allocated: pool.allocated,
            allocated_known: pool.allocated_known,
            used: pool.used,
            used_known: pool.used_known,
            headroom: pool.headroom,
            headroom_known: pool.headroom_known,
            free: pool.free,
            elsewhere: 0.0,
            elsewhere_accounts: 0,
        }
    });
    let statuses = store.statuses_of_account(account.key)?;
    let fresh = |dataset| freshness(dataset, status_of(&statuses, dataset), settings, now);
    Ok(AllocationAccount {
        key: account.key.0,
        label: account.label.clone(),
        region: region_name(&account.api),
        sign_in: sign_in_of(account),
        services: services.to_vec(),
        slots: slots(plan.as_deref(), own, teams),
        bought: fresh(Dataset::Subscription),
        allocated: fresh(Dataset::Allocation),
        plan,
    })
}

fn slots(plan: Option<&str>, own: &[&Holder], teams: &HashMap<ProfileKey, u32>) -> AllocationSlots {
    let plan = plan.and_then(PlanSlots::of);
    let sizes: Vec<u32> = own
        .iter()
        .filter_map(|holder| teams.get(&holder.key).copied())
        .collect();
    let profiles = count(own.len());
    AllocationSlots {
        profiles,
        profiles_in_plan: plan.map(|plan| plan.profiles),
        profiles_free: plan.map(|plan| plan.profiles.saturating_sub(profiles)),
        members: sizes.iter().sum(),
        members_known: count(sizes.len()),
        members_in_plan: plan.map(|plan| plan.members),
        members_free: plan.map(|plan| {
            let free = sizes.iter().map(|size| plan.members.saturating_sub(*size));
            free.sum()
        }),
        members_beyond: plan.map_or(0, |plan| {
            count(sizes.iter().filter(|size| **size > plan.members).count())
        }),
    }
}

/// What is unknown comes last either way, equal ones go by name.
fn sort(rows: &mut [AllocationRow], by: AllocationSort, descending: bool) {
    let number = |row: &AllocationRow| match by {
        AllocationSort::Name => None,
        AllocationSort::Allocated => row.allocated,
        AllocationSort::Used => row.used_share,
        AllocationSort::Headroom => row.headroom,
    };
    let names = |row: &AllocationRow| store::folded(&row.name);
    rows.sort_by_cached_key(|row| (names(row), row.key));
    match by {
        AllocationSort::Name if descending => rows.reverse(),
        AllocationSort::Name => {}
        _ => rows.sort_by(|one, other| match (number(one), number(other)) {
            (Some(one), Some(other)) if descending => other.total_cmp(&one),
            (Some(one), Some(other)) => one.total_cmp(&other),
            (one, other) => one.is_none().cmp(&other.is_none()),
        }),
    }
}
