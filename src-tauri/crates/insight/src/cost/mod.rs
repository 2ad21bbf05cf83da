//! What an account pays for, and which profile it pays it for: the price of the account's tier times the
//! profile's share of the account's limit. Integer cents throughout.
//!
//! # The rules
//!
//! 1. Prices are those of a month. A tier's price is for its whole amount, not on top of the tier below.
//! 2. A limit costs what the tier of exactly that amount costs. A limit of nothing costs nothing. A limit that is
//!    no tier's amount has no known price: the nearest tier's would be a guess.
//! 3. A service's price is divided by what each profile is allocated of the account's limit; what is allocated
//!    to none keeps its part ([`divide()`]). Cents are shared out by the largest remainder, so that the parts
//!    are the price to the cent.
//! 4. A coupon is taken off the sum of what it is for. What is left between that and the invoice that
//!    TagoIO announces is the [`AccountCost::difference`]: credits, discounts, tax, and whatever has no known price.
//! 5. What is unknown is left out of a sum and counted beside it.

mod divide;
mod price;

use std::collections::BTreeMap;

use model::{Amounts, Cents, Service};

pub use divide::{Divided, divide};
pub use price::{Coupon, PriceList, Unpriced};

/// What an account has bought, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct Bought<'a> {
    /// The plan's key.
    pub plan: Option<&'a str>,
    /// The account's limit of each service, over all its profiles.
    pub limits: &'a Amounts,
    /// How many profiles have each add-on, by the add-on's key; `None` if that is not known.
    pub addons: Option<&'a BTreeMap<String, u32>>,
    /// Whether it is paid by the month, as prices are. A longer cycle has no known prices.
    pub monthly: bool,
    /// The coupon, if there is one; `None` if that is not known.
    pub coupon: Option<Option<&'a Coupon>>,
    /// What TagoIO says that the next invoice will come to.
    pub invoice: Option<Cents>,
}

/// What an account costs a month, line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountCost {
    /// The plan.
    pub plan: Result<Cents, Unpriced>,
    /// The nine services, in the order of [`Service::ALL`], divided among the profiles that were given.
    pub services: Vec<ServiceCost>,
    /// Services beyond the nine that have a limit, by key. They are divided among nobody.
    pub others: Vec<(String, Result<Cents, Unpriced>)>,
    /// Add-ons, by key; `None` if it is not known which there are.
    pub addons: Option<Vec<AddonCost>>,
    /// What the coupon takes off, at most zero; zero without one.
    pub coupon: Option<Cents>,
    /// The invoice less all lines that are known; `None` if TagoIO announced no invoice.
    pub difference: Option<Cents>,
    /// Lines that are not known. What they come to is part of the difference.
    pub unknown: u32,
}

/// What one service costs an account, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCost {
    /// The price of the account's limit.
    pub price: Result<Cents, Unpriced>,
    /// Whose it is; `None` if the price is not known.
    pub divided: Option<Divided>,
}

/// What an add-on costs an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddonCost {
    /// The API's key.
    pub name: String,
    /// How many profiles have it.
    pub profiles: u32,
    /// For one profile.
    pub each: Result<Cents, Unpriced>,
    /// For all of them.
    pub price: Result<Cents, Unpriced>,
}

/// What an account costs, its services divided among `held`: what each of its profiles is allocated, with
/// something that orders them, whatever the order in which they come.
pub fn account_cost<K: Ord>(
    prices: &PriceList,
    bought: &Bought<'_>,
    held: &[(K, &Amounts)],
) -> AccountCost {
    let monthly = |price: Result<Cents, Unpriced>| {
        if bought.monthly {
            price
        } else {
            Err(Unpriced::NotMonthly)
        }
    };
    let plan = monthly(
        bought
            .plan
            .map_or(Err(Unpriced::NotKnown), |plan| prices.plan(plan)),
    );
    let services: Vec<ServiceCost> = Service::ALL
        .into_iter()
        .map(|service| {
            let limit = bought.limits[service];
            let price = monthly(prices.limit(service.key(), limit));
            let held = held
                .iter()
                .map(|(key, amounts)| (key, amounts[service]))
                .collect::<Vec<_>>();
            let divided = match (price, limit) {
                (Ok(price), Some(limit)) => divide(price, limit, &held),
                _ => None,
            };
            ServiceCost { price, divided }
        })
        .collect();
    let others: Vec<_> = bought
        .limits
        .other
        .iter()
        .filter(|(_, limit)| **limit != 0.0)
        .map(|(key, limit)| (key.clone(), monthly(prices.limit(key, Some(*limit)))))
        .collect();
    let addons: Option<Vec<AddonCost>> = bought.addons.map(|addons| {
        let costs = addons.iter().filter(|(_, profiles)| **profiles > 0);
        costs
            .map(|(name, profiles)| {
                let each = monthly(prices.addon(name));
                AddonCost {
                    name: name.clone(),
                    profiles: *profiles,
                    each,
                    price: each.and_then(|each| {
                        let all = each.0.checked_mul(i64::from(*profiles));
                        all.map(Cents).ok_or(Unpriced::NotKnown)
                    }),
                }
            })
            .collect()
    });

    let mut lines: Vec<(&str, Option<Cents>)> = vec![(bought.plan.unwrap_or_default(), plan.ok())];
    lines.extend(
        Service::ALL
            .into_iter()
            .zip(&services)
            .map(|(service, cost)| (service.key(), cost.price.ok())),
    );
    lines.extend(others.iter().map(|(key, price)| (key.as_str(), price.ok())));
    match &addons {
        Some(addons) => lines.extend(
            addons
                .iter()
                .map(|addon| (addon.name.as_str(), addon.price.ok())),
        ),
        None => lines.push(("", None)),
    }
    let coupon = match bought.coupon {
        None => None,
        Some(None) => Some(Cents(0)),
        Some(Some(coupon)) => coupon.takes_off(&lines),
    };
    lines.push(("", coupon));
    let known: Cents = lines.iter().filter_map(|(_, price)| *price).sum();
    let unknown = lines.iter().filter(|(_, price)| price.is_none()).count();
    AccountCost {
        plan,
        services,
        others,
        addons,
        coupon,
        difference: bought.invoice.map(|invoice| invoice - known),
        unknown: u32::try_from(unknown).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests;
