//! What one account had bought at a moment, and what that costs whom.

use std::collections::{BTreeMap, HashMap};

use insight::Cycle;
use insight::cost::{AccountCost, Bought, Coupon, PriceList, Unpriced, account_cost};
use jiff::SignedDuration;
use model::{Amounts, Cents, Dataset, ProfileId, Service, Timestamp};
use serde::Deserialize;
use store::{Account, Aspect, Holder, Reader, StoreError, Subject};
use tagoio::Region;

use crate::read::account::sign_in_of;
use crate::read::age::freshness;
use crate::read::filter::region_name;
use crate::read::fleet::status_of;
use crate::read::{CostAccount, CostLine, CostLineKind, CostUnknown, DatasetFreshness};
use crate::settings::Settings;
use crate::sync::{Payment, Prices, Subscription};

/// A cycle that is longer is not a month's.
const LONGEST_MONTH: SignedDuration = SignedDuration::from_hours(24 * 40);

/// Hosts of TagoDeploy's own domain, whatever they answer to a question for prices.
const TAGO_DEPLOY: &str = ".tagoio.net";

/// What a cost stands on.
const DATASETS: [Dataset; 4] = [
    Dataset::Subscription,
    Dataset::Prices,
    Dataset::Allocation,
    Dataset::Payment,
];

/// Of a subscription, its cycle alone: there are many, and the rest of them is not asked for.
#[derive(Deserialize)]
struct Bounds {
    cycle_start: Option<Timestamp>,
    cycle_end: Option<Timestamp>,
}

/// What is known of an account at a moment.
struct Known {
    subscription: Option<Subscription>,
    prices: PriceList,
    no_tiers: bool,
    payment: Option<Payment>,
    cycle: Option<(Timestamp, Timestamp)>,
    monthly: bool,
}

/// An account's cost, and the parts of each of its profiles in the order in which they were given.
pub(super) struct Costed {
    pub(super) account: CostAccount,
    pub(super) profiles: Vec<Parts>,
}

/// What a profile costs: the nine services, and its add-ons.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Parts {
    pub(super) services: Vec<Option<Cents>>,
    pub(super) addons: Option<Cents>,
}

/// What stood at a moment, or stands now.
fn standing<T: serde::de::DeserializeOwned>(
    store: &Reader<'_>,
    subject: Subject,
    aspect: Aspect,
    at: Option<Timestamp>,
) -> Result<Option<T>, StoreError> {
    let version = match at {
        Some(at) => store.version_at(subject, aspect, at)?,
        None => store.version(subject, aspect)?,
    };
    Ok(version.map(|version| version.value))
}

impl Known {
    fn read(
        store: &Reader<'_>,
        account: &Account,
        at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let subject = Subject::Account(account.key);
        let subscription: Option<Subscription> =
            standing(store, subject, Aspect::Subscription, at)?;
        let prices: Option<Prices> = standing(store, subject, Aspect::Prices, at)?;
        let prices: Option<PriceList> = prices.map(PriceList::from);
        let bounds = subscription
            .as_ref()
            .and_then(|bought| Some((bought.cycle_start?, bought.cycle_end?)));
        let long = bounds.filter(|(start, end)| end.duration_since(*start) > LONGEST_MONTH);
        let cycle = match (&subscription, long) {
            (_, Some(long)) => Some(long),
            (Some(bought), None) if bought.cycle_start.is_none() => {
                Cycle::calendar_month().containing(at.unwrap_or(now))
            }
            _ => {
                let versions = store.versions::<Bounds>(subject, Aspect::Subscription)?;
                let cycles = versions.into_iter().filter_map(|version| {
                    Some((version.value.cycle_start?, version.value.cycle_end))
                });
                Cycle::of(cycles).containing(at.unwrap_or(now))
            }
        };
        // That there are none is something that an installation says. Where it was not asked, or its answer did not
        // arrive, it may have some.
        let says_none = prices.as_ref().is_some_and(|prices| !prices.has_tiers());
        let deploy = Region::parse(&account.api).is_ok_and(|region| {
            region.is_custom() && (region.name().ends_with(TAGO_DEPLOY) || says_none)
        });
        Ok(Self {
            no_tiers: deploy && subscription.is_some(),
            payment: standing(store, subject, Aspect::Payment, at)?,
            subscription,
            prices: prices.unwrap_or_default(),
            cycle,
            monthly: long.is_none(),
        })
    }

    fn cost(&self, own: &[Holder]) -> Option<AccountCost> {
        let bought = self.subscription.as_ref()?;
        let none = Amounts::new();
        let held: Vec<(&ProfileId, &Amounts)> = own
            .iter()
            .map(|holder| (&holder.id, holder.allocation.as_ref().unwrap_or(&none)))
            .collect();
        let addons: Option<BTreeMap<String, u32>> = bought.addons.as_ref().map(|addons| {
            let count = |profiles: &[ProfileId]| u32::try_from(profiles.len()).unwrap_or(u32::MAX);
            let counts = addons.iter();
            counts
                .map(|(name, profiles)| (name.clone(), count(profiles)))
                .collect()
        });
        let coupon = self.payment.as_ref().map(|payment| {
            payment.coupon.as_ref().map(|coupon| Coupon {
                amount_off: coupon.amount_off,
                percentage_off: coupon.percentage_off,
                applies_to: coupon.applies_to.clone(),
            })
        });
        let unpriced = PriceList::default();
        let prices = if self.no_tiers {
            &unpriced
        } else {
            &self.prices
        };
        Some(account_cost(
            prices,
            &Bought {
                plan: bought.plan.as_deref(),
                limits: &bought.limits,
                addons: addons.as_ref(),
                monthly: self.monthly,
                coupon: coupon.as_ref().map(Option::as_ref),
                invoice: bought.upcoming_invoice_total,
            },
            &held,
        ))
    }

    fn why(&self, unpriced: Unpriced) -> CostUnknown {
        match unpriced {
            _ if self.no_tiers => CostUnknown::NoTiers,
            Unpriced::NotKnown => CostUnknown::NotKnown,
            Unpriced::NoTier => CostUnknown::NoTier,
            Unpriced::NotMonthly => CostUnknown::NotMonthly,
        }
    }

    fn line(
        &self,
        kind: CostLineKind,
        name: Option<String>,
        amount: Option<f64>,
        price: Result<Cents, Unpriced>,
    ) -> CostLine {
        CostLine {
            kind,
            name,
            amount,
            price: price.ok(),
            why: price.err().map(|unpriced| self.why(unpriced)),
            allocated: None,
            unallocated: None,
            undivided: Cents(0),
        }
    }

    fn lines(&self, bought: &Subscription, cost: &AccountCost) -> Vec<CostLine> {
        let mut lines = vec![self.line(CostLineKind::Plan, bought.plan.clone(), None, cost.plan)];
        for (service, one) in Service::ALL.into_iter().zip(&cost.services) {
            let limit = bought.limits[service];
            let name = Some(service.key().to_owned());
            let mut line = self.line(CostLineKind::Service, name, limit, one.price);
            if let Some(divided) = &one.divided {
                line.allocated = Some(divided.shares.iter().flatten().copied().sum());
                line.unallocated = divided.unallocated;
                line.undivided = divided.undivided;
            }
            lines.push(line);
        }
        for (key, price) in &cost.others {
            let limit = bought.limits.by_key(key);
            lines.push(self.line(CostLineKind::Other, Some(key.clone()), limit, *price));
        }
        for addon in cost.addons.iter().flatten() {
            let (name, count) = (addon.name.clone(), f64::from(addon.profiles));
            lines.push(self.line(CostLineKind::Addon, Some(name), Some(count), addon.price));
        }
        if cost.addons.is_none() {
            lines.push(self.line(CostLineKind::Addon, None, None, Err(Unpriced::NotKnown)));
        }
        let coupon = self
            .payment
            .as_ref()
            .and_then(|payment| payment.coupon.as_ref());
        // No coupon is no line; one that may be there is a line that is not known.
        if coupon.is_some() || self.payment.is_none() {
            let code = coupon.and_then(|coupon| coupon.code.clone());
            let off = coupon.and_then(|coupon| coupon.percentage_off);
            let price = cost.coupon.ok_or(Unpriced::NotKnown);
            lines.push(self.line(CostLineKind::Coupon, code, off, price));
        }
        lines
    }
}

/// Works out what an account costs, and each of its profiles.
pub(super) fn costed(
    store: &Reader<'_>,
    account: &Account,
    own: &[Holder],
    at: Option<Timestamp>,
    settings: &Settings,
    now: Timestamp,
) -> Result<Costed, StoreError> {
    let known = Known::read(store, account, at, now)?;
    let datasets = if at.is_some() {
        Vec::new()
    } else {
        let statuses = store.statuses_of_account(account.key)?;
        let fresh = |dataset| DatasetFreshness {
            dataset,
            freshness: freshness(dataset, status_of(&statuses, dataset), settings, now),
        };
        DATASETS.map(fresh).to_vec()
    };
    let cost = known.cost(own);
    let bought = known.subscription.as_ref();
    let lines = match (bought, &cost) {
        (Some(bought), Some(cost)) => known.lines(bought, cost),
        _ => Vec::new(),
    };
    let profiles = parts(bought, cost.as_ref(), own);
    let services: Option<Cents> = cost.as_ref().and_then(|cost| {
        let mut services = cost.services.iter();
        services.try_fold(Cents(0), |sum, service| {
            Some(sum + service.divided.as_ref()?.unallocated?)
        })
    });
    let account = CostAccount {
        key: account.key.0,
        label: account.label.clone(),
        region: region_name(&account.api),
        plan: bought
            .and_then(|bought| bought.plan.clone())
            .or_else(|| account.plan.clone().filter(|_| at.is_none())),
        sign_in: sign_in_of(account),
        cycle: known.cycle,
        seen: bought.is_some(),
        no_tiers: known.no_tiers,
        profiles: u32::try_from(own.len()).unwrap_or(u32::MAX),
        known: lines.iter().filter_map(|line| line.price).sum(),
        unknown: cost.as_ref().map_or(0, |cost| cost.unknown),
        allocated: profiles
            .iter()
            .flat_map(|parts| parts.services.iter().chain([&parts.addons]))
            .flatten()
            .copied()
            .sum(),
        unallocated: services,
        invoice: bought.and_then(|bought| bought.upcoming_invoice_total),
        difference: cost.and_then(|cost| cost.difference),
        balance: known.payment.as_ref().and_then(|payment| payment.balance),
        payment_seen: known.payment.is_some(),
        datasets,
        lines,
    };
    Ok(Costed { account, profiles })
}

fn parts(bought: Option<&Subscription>, cost: Option<&AccountCost>, own: &[Holder]) -> Vec<Parts> {
    let unknown = Parts {
        services: vec![None; Service::ALL.len()],
        addons: None,
    };
    let (Some(bought), Some(cost)) = (bought, cost) else {
        return vec![unknown; own.len()];
    };
    let prices: HashMap<&str, Option<Cents>> = cost
        .addons
        .iter()
        .flatten()
        .map(|addon| (addon.name.as_str(), addon.each.ok()))
        .collect();
    let mut addons: HashMap<&ProfileId, Option<Cents>> = HashMap::new();
    for (name, profiles) in bought.addons.iter().flatten() {
        let each = prices.get(name.as_str()).copied().flatten();
        for id in profiles {
            let sum = addons.entry(id).or_insert(Some(Cents(0)));
            *sum = sum.and_then(|sum| Some(sum + each?));
        }
    }
    own.iter()
        .enumerate()
        .map(|(place, holder)| Parts {
            services: cost
                .services
                .iter()
                .map(|service| service.divided.as_ref()?.shares[place])
                .collect(),
            addons: match &bought.addons {
                Some(_) => addons.get(&holder.id).copied().unwrap_or(Some(Cents(0))),
                None => None,
            },
        })
        .collect()
}
