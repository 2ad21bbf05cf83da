//! The shapes of purchases that cross to the window and to `pdesk --json`. Money is in US cents.

use model::{Cents, Service, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::change::{Buy, Refusal};

/// What TagoIO sells to an account, as it is stored; prices are a month's.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct BuyOffer {
    /// The account, by its number in the store.
    #[ts(type = "number")]
    pub account: i64,
    /// Its label.
    pub label: String,
    /// Whether buying is switched on.
    pub buying: bool,
    /// The services of which more can be bought.
    pub services: Vec<BuyService>,
}

/// A service of which more can be bought. Amounts are in its unit.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct BuyService {
    /// The service.
    pub service: Service,
    /// The account's limit.
    pub limit: f64,
    /// What that costs a month; `null` is not known.
    #[ts(type = "number | null")]
    pub price: Option<Cents>,
    /// The higher limits, the lowest first.
    pub tiers: Vec<BuyTier>,
}

/// A limit that TagoIO sells.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
pub struct BuyTier {
    /// The limit.
    pub amount: f64,
    /// What all of it costs a month; `null` is not known.
    #[ts(type = "number | null")]
    pub price: Option<Cents>,
}

/// What it costs to buy more, as TagoIO says it now.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct BuyQuote {
    /// What would be bought, for the price that is named; `null` if it has none.
    pub buy: Option<Buy>,
    /// What it costs now, for the rest of the billing cycle; `null` if TagoIO names no price.
    #[ts(type = "number | null")]
    pub now: Option<Cents>,
    /// What is new on a monthly invoice.
    #[ts(type = "number | null")]
    pub monthly: Option<Cents>,
    /// The end of the billing cycle.
    #[ts(type = "string | null")]
    pub until: Option<Timestamp>,
    /// When the price was asked.
    #[ts(type = "string")]
    pub asked_at: Timestamp,
    /// Why it cannot be bought, if so.
    pub refusal: Option<Refusal>,
}

/// What was agreed to.
#[derive(Clone, Debug, PartialEq, Deserialize, TS)]
pub struct PurchaseRequest {
    /// What is bought, as its price was named.
    pub buy: Buy,
    /// Which profile of the account is given what is new, by its number in the store; nobody without one.
    #[ts(type = "number | null")]
    pub allocate_to: Option<i64>,
}

/// How far a purchase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseStep {
    /// It was agreed to, and nothing was sent.
    Asked,
    /// It was about to be sent, and no more is known. It is never sent again.
    Sending,
    /// It was sent, and TagoIO is at work on it or waits for the payment.
    Processing,
    /// It is bought, and to be given to a profile.
    Allocating,
    /// All is done.
    Done,
    /// Nothing was bought.
    NotBought,
}

/// A purchase.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct PurchaseRow {
    /// Its number in the store.
    #[ts(type = "number")]
    pub key: i64,
    /// Since when.
    #[ts(type = "string")]
    pub began_at: Timestamp,
    /// When it was over.
    #[ts(type = "string | null")]
    pub ended_at: Option<Timestamp>,
    /// The account, by its number in the store.
    #[ts(type = "number")]
    pub account: i64,
    /// Its label.
    pub label: String,
    /// What is bought.
    pub services: Vec<PurchasedService>,
    /// What it may cost for the rest of the cycle.
    #[ts(type = "number")]
    pub agreed: Cents,
    /// Which profile is given it, by its number in the store.
    #[ts(type = "number | null")]
    pub allocate_to: Option<i64>,
    /// Its name.
    pub allocate_to_name: Option<String>,
    /// How far it is.
    pub step: PurchaseStep,
    /// What is to be said of that.
    pub message: Option<String>,
}

/// A service of a purchase. Amounts are in its unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
pub struct PurchasedService {
    /// The service.
    pub service: Service,
    /// The limit that stood.
    pub from: Option<f64>,
    /// The limit that is bought.
    pub to: f64,
}
