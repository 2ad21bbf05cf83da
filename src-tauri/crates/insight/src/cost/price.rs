//! What a plan, an add-on or a limit costs by TagoIO's price list, and what a coupon takes off.

use std::collections::BTreeMap;

use model::Cents;

use super::divide::{MILLION, millionths};

/// Prices a month, by the API's keys; `None` where TagoIO lists a thing without a price.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriceList {
    /// Plans.
    pub plans: BTreeMap<String, Option<Cents>>,
    /// Add-ons, for one profile.
    pub addons: BTreeMap<String, Option<Cents>>,
    /// Tiers of each service: an amount, and the price of all of it.
    pub services: BTreeMap<String, Vec<(f64, Option<Cents>)>>,
}

/// Why something has no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unpriced {
    /// It is not known what was bought, or what TagoIO asks for it.
    NotKnown,
    /// The limit is no tier's amount.
    NoTier,
    /// It is not paid by the month, and the price list is for a month.
    NotMonthly,
}

/// A discount.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coupon {
    /// What it takes off; this or the percentage.
    pub amount_off: Option<Cents>,
    /// The percentage that it takes off.
    pub percentage_off: Option<f64>,
    /// The keys of the plans, services and add-ons that it is for; `None` is all.
    pub applies_to: Option<Vec<String>>,
}

/// The plan that costs nothing, listed or not.
const FREE: &str = "free";

impl PriceList {
    /// Whether any service has tiers.
    pub fn has_tiers(&self) -> bool {
        self.services.values().any(|tiers| !tiers.is_empty())
    }

    /// What a plan costs.
    pub fn plan(&self, plan: &str) -> Result<Cents, Unpriced> {
        match self.plans.get(plan) {
            None if plan == FREE => Ok(Cents(0)),
            listed => priced(listed.copied().flatten()),
        }
    }

    /// What an add-on costs for one profile.
    pub fn addon(&self, name: &str) -> Result<Cents, Unpriced> {
        priced(self.addons.get(name).copied().flatten())
    }

    /// What a limit of a service costs: what the tier of exactly that amount costs, and nothing for a limit of
    /// nothing. Amounts are compared to the millionth, beyond which a number of the API says nothing.
    pub fn limit(&self, service: &str, limit: Option<f64>) -> Result<Cents, Unpriced> {
        let limit = limit.and_then(millionths).ok_or(Unpriced::NotKnown)?;
        if limit == 0 {
            return Ok(Cents(0));
        }
        let tiers = self.services.get(service).ok_or(Unpriced::NotKnown)?;
        let mut fitting = tiers
            .iter()
            .filter(|(amount, _)| millionths(*amount) == Some(limit))
            .map(|(_, price)| *price);
        let price = fitting.next().ok_or(Unpriced::NoTier)?;
        if fitting.any(|other| other != price) {
            return Err(Unpriced::NotKnown);
        }
        priced(price)
    }
}

impl PriceList {
    /// What it costs to raise limits: the price of each new one, less that of the one that stood. Each is a service's
    /// key, what stands and what is wanted. By prices for the rest of a billing cycle it is what is to be paid now.
    pub fn raise<'a>(
        &self,
        raised: impl IntoIterator<Item = (&'a str, Option<f64>, f64)>,
    ) -> Result<Cents, Unpriced> {
        let each = raised.into_iter().map(|(service, from, to)| {
            Ok(self.limit(service, Some(to))? - self.limit(service, from)?)
        });
        let cost: Cents = each.sum::<Result<Cents, Unpriced>>()?;
        priced(Some(cost))
    }
}

/// A price below zero is none.
fn priced(price: Option<Cents>) -> Result<Cents, Unpriced> {
    price.filter(|price| price.0 >= 0).ok_or(Unpriced::NotKnown)
}

impl Coupon {
    /// What it takes off these lines, at most zero: never more than they come to. `None` if one of the lines that
    /// it is for is not known, or if it does not say how much.
    pub(super) fn takes_off(&self, lines: &[(&str, Option<Cents>)]) -> Option<Cents> {
        // A line that has no name, as nobody knows what it is, may be one that it is for.
        let of = |key: &str| match &self.applies_to {
            None => true,
            Some(keys) => key.is_empty() || keys.iter().any(|one| one == key),
        };
        let base: Cents = lines
            .iter()
            .filter(|(key, _)| of(key))
            .map(|(_, price)| *price)
            .sum::<Option<Cents>>()?;
        if let Some(percentage) = self.percentage_off {
            let share = millionths(percentage)?.min(100 * MILLION);
            let whole = u128::try_from(base.0).ok()?;
            let off = (whole.checked_mul(share)? + 50 * MILLION) / (100 * MILLION);
            return Some(-Cents(i64::try_from(off).ok()?));
        }
        let off = self.amount_off.filter(|off| off.0 >= 0)?;
        Some(-off.min(base))
    }
}
