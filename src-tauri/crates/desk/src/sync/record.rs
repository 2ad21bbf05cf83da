//! What the API said, in the shapes that the store keeps.

use std::collections::BTreeMap;

use insight::cost::PriceList;
use model::{Amounts, Cents, ProfileId, Salt, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Expiry, ListedProfile, Member, ProfileInfo, Summary, TokenMeta};

/// What an account has bought, as it is kept in dated versions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Subscription {
    pub(crate) plan: Option<String>,
    pub(crate) limits: Amounts,
    /// `None` is not known.
    pub(crate) addons: Option<BTreeMap<String, Vec<ProfileId>>>,
    pub(crate) cycle_start: Option<Timestamp>,
    pub(crate) cycle_end: Option<Timestamp>,
    pub(crate) processing: Option<bool>,
    pub(crate) payment_error: Option<String>,
    pub(crate) overdue: Option<bool>,
    pub(crate) upcoming_invoice_total: Option<Cents>,
    pub(crate) trial_end: Option<Timestamp>,
}

/// A scheduled downgrade, as it is kept in dated versions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Schedule {
    pub(crate) release_at: Option<Timestamp>,
    pub(crate) plan: Option<String>,
    pub(crate) limits: Amounts,
    pub(crate) addons: Option<BTreeMap<String, Vec<ProfileId>>>,
}

/// Whether payments go through, as it is kept in dated versions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Health {
    pub(crate) processing: Option<bool>,
    pub(crate) payment_error: Option<String>,
    pub(crate) overdue: Option<bool>,
    pub(crate) not_enough_balance: Option<bool>,
    pub(crate) schedule: Option<bool>,
}

/// What is taken off an account's invoices, as it is kept in dated versions. Of the card nothing is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Payment {
    pub(crate) coupon: Option<Coupon>,
    /// As TagoIO has it: whether it is for or against the account is not published.
    pub(crate) balance: Option<Cents>,
}

/// A discount.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Coupon {
    pub(crate) code: Option<String>,
    pub(crate) amount_off: Option<Cents>,
    pub(crate) percentage_off: Option<f64>,
    pub(crate) applies_to: Option<Vec<String>>,
}

/// Prices a month, as they are kept in dated versions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Prices {
    pub(crate) plans: BTreeMap<String, Option<Cents>>,
    pub(crate) addons: BTreeMap<String, Option<Cents>>,
    pub(crate) services: BTreeMap<String, Vec<(f64, Option<Cents>)>>,
}

fn reason(error: tagoio::PaymentError) -> String {
    match (error.message, error.details) {
        (Some(message), Some(details)) => format!("{message} {details}"),
        (Some(words), None) | (None, Some(words)) => words,
        (None, None) => "A payment failed, and TagoIO does not say why.".to_owned(),
    }
}

impl From<tagoio::Subscription> for Subscription {
    fn from(said: tagoio::Subscription) -> Self {
        Self {
            plan: said.plan,
            limits: said.limits,
            addons: said.addons,
            cycle_start: said.current_cycle.and_then(|cycle| cycle.start),
            cycle_end: said.current_cycle.and_then(|cycle| cycle.end),
            processing: said.processing,
            payment_error: said.payment_error.map(reason),
            overdue: said.past_due.map(|due| due.overdue),
            upcoming_invoice_total: said.upcoming_invoice_total,
            trial_end: said.trial_end,
        }
    }
}

impl From<tagoio::Schedule> for Schedule {
    fn from(said: tagoio::Schedule) -> Self {
        Self {
            release_at: said.release_at,
            plan: said.plan,
            limits: said.limits,
            addons: said.addons,
        }
    }
}

impl From<tagoio::Health> for Health {
    fn from(said: tagoio::Health) -> Self {
        Self {
            processing: said.processing,
            payment_error: said.payment_error.map(reason),
            overdue: said.past_due.map(|due| due.overdue),
            not_enough_balance: said.not_enough_balance,
            schedule: said.schedule,
        }
    }
}

impl From<tagoio::PaymentMethod> for Payment {
    fn from(said: tagoio::PaymentMethod) -> Self {
        Self {
            coupon: said.coupon.map(|coupon| Coupon {
                code: coupon.code,
                amount_off: coupon.amount_off,
                percentage_off: coupon.percentage_off,
                applies_to: coupon.applies_to,
            }),
            balance: said.balance,
        }
    }
}

impl From<Prices> for PriceList {
    fn from(kept: Prices) -> Self {
        Self {
            plans: kept.plans,
            addons: kept.addons,
            services: kept.services,
        }
    }
}

impl From<tagoio::Prices> for Prices {
    fn from(said: tagoio::Prices) -> Self {
        let named = |prices: Vec<tagoio::NamedPrice>| {
            prices
                .into_iter()
                .map(|named| (named.name, named.price))
                .collect()
        };
        let tiers = |tiers: Vec<tagoio::PriceTier>| {
            tiers
                .into_iter()
                .map(|tier| (tier.amount, tier.price))
                .collect()
        };
        Self {
            plans: named(said.plans),
            addons: named(said.addons),
            services: said
                .services
                .into_iter()
                .map(|(key, list)| (key, tiers(list)))
                .collect(),
        }
    }
}

/// A profile of an account's list. One without a name goes by its id.
pub(crate) fn listed(said: tagoio::ProfileListed) -> ListedProfile {
    ListedProfile {
        name: said.name.unwrap_or_else(|| said.id.to_string()),
        id: said.id,
        logo_url: said.logo_url,
        shared: Some(said.from_share),
        owner: said.account,
    }
}

pub(crate) fn info(said: tagoio::ProfileInfo) -> ProfileInfo {
    ProfileInfo {
        name: said.name,
        logo_url: said.logo_url,
        banner_url: said.banner_url,
        owner: said.account,
        plan: said.account_plan,
        region: said.region,
        created_at: said.created_at,
        allocation: said.allocation,
        addons: said.addons.map(|addons| {
            [
                ("custom_dns", addons.custom_dns),
                ("mobile", addons.mobile),
                ("control_tower", addons.control_tower),
            ]
            .into_iter()
            .filter(|(_, has)| *has == Some(true))
            .map(|(name, _)| name.to_owned())
            .collect()
        }),
        rpm: said.rpm.map(|rpm| {
            [
                ("data_input", rpm.data_input),
                ("data_output", rpm.data_output),
            ]
            .into_iter()
            .filter_map(|(name, rate)| Some((name.to_owned(), rate?)))
            .collect()
        }),
    }
}

pub(crate) fn summary(said: tagoio::ProfileSummary) -> Summary {
    Summary {
        used: said.limit_used.unwrap_or_default(),
        limit: said.limit.unwrap_or_default(),
        resources: said.resources,
    }
}

/// A token's metadata; the value is fingerprinted and dropped here. `None` if the API did not give the
/// value, since nothing else tells one token from another.
pub(crate) fn token(said: tagoio::TokenRow, salt: &Salt) -> Option<TokenMeta> {
    let value = said.value?;
    Some(TokenMeta {
        fingerprint: value.fingerprint(salt),
        last4: value.last4(),
        name: said.name,
        permission: said
            .permission
            .map(|permission| permission.key().to_owned()),
        kind: said.kind,
        ref_id: said.ref_id,
        expires: expiry(said.expiry),
        created_at: said.created_at,
        created_by: said.created_by,
        last_authorization_at: said.last_authorization.moment(),
        never_used: said.last_authorization == tagoio::LastUse::Never,
    })
}

pub(crate) fn expiry(said: tagoio::Expiry) -> Expiry {
    match said {
        tagoio::Expiry::At(at) => Expiry::At(at),
        tagoio::Expiry::Never => Expiry::Never,
        tagoio::Expiry::Unknown => Expiry::Unknown,
    }
}

pub(crate) fn member(said: tagoio::TeamMember) -> Member {
    Member {
        id: Some(said.id),
        name: said.name,
        email: said.email,
        active: said.active,
        created_at: said.created_at,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn addons_that_are_not_known_are_kept_as_not_known_and_none_as_none() {
        for (said, kept) in [
            (json!({}), Value::Null),
            (json!({"addons": {}}), json!({})),
            (json!({"addons": {"mobile": null}}), json!({"mobile": []})),
        ] {
            let said: tagoio::Subscription = serde_json::from_value(said).unwrap();
            let record = Subscription::from(said);
            let stored = serde_json::to_value(&record).unwrap();
            assert_eq!(stored["addons"], kept);
            let read: Subscription = serde_json::from_value(stored).unwrap();
            assert_eq!(read, record);
        }
    }
}
