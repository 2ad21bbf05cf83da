//! What the accounts cost and which profile they cost it for, now or as of a past moment.

mod account;
mod term;

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use model::{Cents, Service, Timestamp};
use store::{AccountKey, Holder, ProfileKey, Reader, StoreError};

use self::account::{Costed, costed};
use super::filter::Filter;
use super::{CostAccount, CostFigures, CostPage, CostQuery, CostRow, CostSort, CostSum};
use crate::open::Desk;
use crate::problem::Problem;
use crate::settings::Settings;

/// What everything costs at a moment.
struct Costs {
    /// By label.
    accounts: Vec<CostAccount>,
    /// Whether another one bears a row's name is known of those that are told.
    rows: Vec<CostRow>,
}

/// A filter of costs, understood.
struct Wanted {
    filter: Filter,
    tests: Vec<term::Test>,
    at: Option<Timestamp>,
    now: Timestamp,
}

impl Desk {
    /// A page of what the profiles cost.
    pub async fn costs(&self, query: CostQuery) -> Result<CostPage, Problem> {
        let (costs, mut rows) = self.found(&query.filter, query.at).await?;
        let figures = costs.figures();
        let sum = sum(rows.iter().map(|place| &costs.rows[*place]));
        let (offset, limit) = (query.offset as usize, query.limit as usize);
        let first = offset.saturating_add(limit);
        sort(&costs.rows, &mut rows, query.sort, query.descending, first);
        let page = rows.get(offset..).unwrap_or_default();
        let page = &page[..limit.min(page.len())];
        Ok(CostPage {
            total: count(rows.len()),
            rows: costs.told(page),
            sum,
            figures,
        })
    }

    /// What the accounts cost, line by line, by label: those that own a profile that a filter leaves, or all.
    pub async fn cost_accounts(
        &self,
        filter: &str,
        at: Option<Timestamp>,
    ) -> Result<Vec<CostAccount>, Problem> {
        let (costs, rows) = self.found(filter, at).await?;
        Ok(costs.accounts(filter, &rows))
    }

    /// The accounts and the profiles that a filter leaves, the dearest first: all of them, as of one moment of the
    /// store, so that they add up.
    pub async fn whole_costs(
        &self,
        filter: &str,
        at: Option<Timestamp>,
    ) -> Result<(Vec<CostAccount>, Vec<CostRow>), Problem> {
        let (costs, mut rows) = self.found(filter, at).await?;
        sort(&costs.rows, &mut rows, CostSort::Total, true, usize::MAX);
        let profiles = costs.told(&rows);
        Ok((costs.accounts(filter, &rows), profiles))
    }

    /// What everything costs in the current cycles, in a few figures.
    pub async fn cost_total(&self) -> Result<CostFigures, Problem> {
        let now = self.inner.clock.now();
        self.inner
            .read(move |store| Ok(Costs::read(store, None, now)?.figures()))
            .await
    }

    /// What everything costs, and the places of the rows that a filter leaves.
    async fn found(
        &self,
        filter: &str,
        at: Option<Timestamp>,
    ) -> Result<(Costs, Vec<usize>), Problem> {
        let wanted = self.wanted(filter, at)?;
        self.inner
            .read(move |store| {
                let costs = Costs::read(store, wanted.at, wanted.now)?;
                let rows = wanted.leaves(store, &costs)?;
                Ok((costs, rows))
            })
            .await
    }

    fn wanted(&self, filter: &str, at: Option<Timestamp>) -> Result<Wanted, Problem> {
        let now = self.inner.clock.now();
        if at.is_some_and(|at| at > now) {
            return Err(Problem::invalid("Costs of the future are not known.")
                .with_hint("Choose a moment that has passed, or none for now."));
        }
        let filter = Filter::parse(filter, &[term::KEY])?;
        let tests = term::tests(&filter)?;
        Ok(Wanted {
            filter,
            tests,
            at,
            now,
        })
    }
}

impl Wanted {
    /// The places of the rows that are left.
    fn leaves(&self, store: &Reader<'_>, costs: &Costs) -> Result<Vec<usize>, StoreError> {
        let profiles = self.filter.profiles(store, self.now)?;
        let words = !self.filter.words().is_empty();
        let left = costs.rows.iter().enumerate().filter(|(_, row)| {
            profiles
                .as_ref()
                .is_none_or(|left| left.contains(&ProfileKey(row.key)))
                && self.tests.iter().all(|test| test.holds(row))
                && (!words
                    || self
                        .filter
                        .has_words(&format!("{}\n{}\n{}", row.name, row.id, row.account)))
        });
        Ok(left.map(|(place, _)| place).collect())
    }
}

impl Costs {
    fn read(store: &Reader<'_>, at: Option<Timestamp>, now: Timestamp) -> Result<Self, StoreError> {
        let settings = Settings::read(store)?;
        let holders = store.holders(at)?;
        let many = holders.len();
        let accounts = store.accounts()?;
        let labels: HashMap<AccountKey, &str> = accounts
            .iter()
            .map(|account| (account.key, account.label.as_str()))
            .collect();
        let (owned, shared): (Vec<Holder>, Vec<Holder>) = holders
            .into_iter()
            .partition(|holder| holder.owner.is_some());
        let mut own: HashMap<AccountKey, Vec<Holder>> = HashMap::new();
        for holder in owned {
            if let Some(owner) = holder.owner {
                own.entry(owner).or_default().push(holder);
            }
        }
        let row = |holder: Holder| CostRow {
            key: holder.key.0,
            id: holder.id,
            name: holder.name,
            name_is_shared: false,
            account: holder
                .owner
                .or(holder.preferred)
                .and_then(|account| labels.get(&account))
                .copied()
                .unwrap_or_default()
                .to_owned(),
            owner: holder.owner.map(|owner| owner.0),
            services: Vec::new(),
            addons: None,
            known: Cents(0),
            unknown: count(Service::ALL.len() + 1),
        };
        let mut costs = Self {
            accounts: Vec::with_capacity(accounts.len()),
            rows: Vec::with_capacity(many),
        };
        for account in &accounts {
            let own = own.remove(&account.key).unwrap_or_default();
            let Costed { account, profiles } = costed(store, account, &own, at, &settings, now)?;
            costs.accounts.push(account);
            for (holder, parts) in own.into_iter().zip(profiles) {
                let all = || parts.services.iter().chain([&parts.addons]);
                costs.rows.push(CostRow {
                    known: all().flatten().copied().sum(),
                    unknown: count(all().filter(|part| part.is_none()).count()),
                    services: parts.services,
                    addons: parts.addons,
                    ..row(holder)
                });
            }
        }
        costs.rows.extend(shared.into_iter().map(|holder| CostRow {
            services: vec![None; Service::ALL.len()],
            ..row(holder)
        }));
        Ok(costs)
    }

    /// Some rows, each with whether another profile bears its name. Only the names of those are looked for.
    fn told(&self, places: &[usize]) -> Vec<CostRow> {
        let name = |place: &usize| (self.rows[*place].name.as_str(), 0_u32);
        let mut names: HashMap<&str, u32> = places.iter().map(name).collect();
        for row in &self.rows {
            if let Some(many) = names.get_mut(row.name.as_str()) {
                *many += 1;
            }
        }
        let told = places.iter().map(|place| {
            let row = self.rows[*place].clone();
            CostRow {
                name_is_shared: names.get(row.name.as_str()).is_some_and(|many| *many > 1),
                ..row
            }
        });
        told.collect()
    }

    /// The accounts that own one of these rows; all of them if nothing is filtered.
    fn accounts(self, filter: &str, rows: &[usize]) -> Vec<CostAccount> {
        let mut accounts = self.accounts;
        if !filter.trim().is_empty() {
            let owners = rows.iter().filter_map(|place| self.rows[*place].owner);
            let owners: HashSet<i64> = owners.collect();
            accounts.retain(|account| owners.contains(&account.key));
        }
        accounts
    }

    fn figures(&self) -> CostFigures {
        let owned = self.rows.iter().filter(|row| row.owner.is_some());
        let unallocated = self.accounts.iter().flat_map(|account| &account.lines);
        CostFigures {
            accounts: count(self.accounts.len()),
            invoices: self
                .accounts
                .iter()
                .filter_map(|account| account.invoice)
                .sum(),
            invoices_known: count(
                self.accounts
                    .iter()
                    .filter(|account| account.invoice.is_some())
                    .count(),
            ),
            allocated: self.rows.iter().map(|row| row.known).sum(),
            unallocated: unallocated.filter_map(|line| line.unallocated).sum(),
            unallocated_known: count(
                self.accounts
                    .iter()
                    .filter(|account| account.unallocated.is_some())
                    .count(),
            ),
            profiles: count(owned.clone().count()),
            unknown: count(owned.filter(|row| row.unknown > 0).count()),
            shared: count(self.rows.iter().filter(|row| row.owner.is_none()).count()),
        }
    }
}

/// How many profiles bear each name.
pub(super) fn name_counts(holders: &[Holder]) -> HashMap<&str, u32> {
    let mut names = HashMap::with_capacity(holders.len());
    for holder in holders {
        *names.entry(holder.name.as_str()).or_insert(0) += 1;
    }
    names
}

fn sum<'a>(rows: impl Iterator<Item = &'a CostRow>) -> CostSum {
    let nine = Service::ALL.len();
    let mut sum = CostSum {
        services: vec![Cents(0); nine],
        services_known: vec![0; nine],
        ..CostSum::default()
    };
    for row in rows {
        sum.cost = sum.cost + row.known;
        sum.known += u32::from(row.unknown == 0);
        for (place, cost) in row.services.iter().enumerate() {
            if let Some(cost) = cost {
                sum.services[place] = sum.services[place] + *cost;
                sum.services_known[place] += 1;
            }
        }
        if let Some(addons) = row.addons {
            sum.addons = sum.addons + addons;
            sum.addons_known += 1;
        }
    }
    sum
}

/// Sorts places of rows, of which only the `first` need to be in order. Those of which nothing is known come last
/// either way, equal ones go by name.
fn sort(all: &[CostRow], rows: &mut [usize], by: CostSort, descending: bool, first: usize) {
    // Few rows are compared by a text, and to fold one costs more than all else that is done with a row.
    let texts = |text: fn(&CostRow) -> &str| {
        let folded: Vec<OnceCell<String>> = vec![OnceCell::new(); all.len()];
        move |one: usize, other: usize| {
            let of = |place: usize| folded[place].get_or_init(|| store::folded(text(&all[place])));
            of(one).cmp(of(other))
        }
    };
    let by_name = texts(|row| &row.name);
    let by_account = texts(|row| &row.account);
    let cents = |place: usize| {
        let row = &all[place];
        match by {
            CostSort::Name | CostSort::Account => None,
            CostSort::Total => Some(row.known).filter(|_| row.unknown < 10),
            CostSort::Addons => row.addons,
            CostSort::Service(service) => row.services[service.index()],
        }
    };
    let turned = |order: Ordering| if descending { order.reverse() } else { order };
    let compare = |one: &usize, other: &usize| {
        let (one, other) = (*one, *other);
        let order = match by {
            CostSort::Name => turned(by_name(one, other)),
            CostSort::Account => turned(by_account(one, other)),
            _ => match (cents(one), cents(other)) {
                (Some(one), Some(other)) => turned(one.cmp(&other)),
                (one, other) => one.is_none().cmp(&other.is_none()),
            },
        };
        order
            .then_with(|| by_name(one, other))
            .then_with(|| all[one].key.cmp(&all[other].key))
    };
    let first = first.min(rows.len());
    if first < rows.len() {
        rows.select_nth_unstable_by(first, compare);
    }
    rows[..first].sort_unstable_by(compare);
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
