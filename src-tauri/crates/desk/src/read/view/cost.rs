//! What the accounts cost, and which profile they cost it for. Money is in cents of a US dollar, a month's.

use model::{Cents, ProfileId, Service, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DatasetFreshness, SignIn};

/// What the table of costs is to show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct CostQuery {
    /// A filter in the language of the filter box, with `cost:>10` (dollars), `cost:unknown` and `cost:shared` of
    /// its own; empty for every profile.
    pub filter: String,
    /// As of when; `null` is now. Each account is in the billing cycle that holds this moment.
    #[ts(type = "string | null")]
    pub at: Option<Timestamp>,
    /// What to sort by.
    pub sort: CostSort,
    /// Largest or last name first. What is unknown comes last either way.
    pub descending: bool,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows to return; the window gets at most 500.
    #[serde(deserialize_with = "super::at_most_a_page")]
    pub limit: u32,
}

/// A column of the table of costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CostSort {
    /// By all that is known of a profile's cost.
    #[default]
    Total,
    /// By name.
    Name,
    /// By the account's label, then by name.
    Account,
    /// By its add-ons.
    Addons,
    /// By one service.
    #[serde(untagged)]
    Service(Service),
}

/// A page of the table of costs.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct CostPage {
    /// Profiles that the filter leaves.
    pub total: u32,
    /// The rows asked for.
    pub rows: Vec<CostRow>,
    /// What those that the filter leaves cost together.
    pub sum: CostSum,
    /// The strip of figures, over all accounts, whatever the filter.
    pub figures: CostFigures,
}

/// What one profile costs a month.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct CostRow {
    /// Its number in this store.
    #[ts(type = "number")]
    pub key: i64,
    /// TagoIO's id of it.
    pub id: ProfileId,
    /// Its name, as its owner wrote it; never markup.
    pub name: String,
    /// Whether another profile bears the same name, so that the id's end must tell them apart.
    pub name_is_shared: bool,
    /// The label of the account that owns it, or else that reaches it.
    pub account: String,
    /// The account that owns it and pays for it; `null` if that is not connected, so that no cost is known.
    #[ts(type = "number | null")]
    pub owner: Option<i64>,
    /// The nine services, in the order of `Service`; `null` is unknown.
    pub services: Vec<Option<Cents>>,
    /// Its add-ons together; `null` if which it has, or the price of one, is unknown.
    pub addons: Option<Cents>,
    /// All of these that are known, together.
    pub known: Cents,
    /// How many of these are unknown; if any, it costs at least `known`.
    pub unknown: u32,
}

/// What some profiles cost together. Sums are over what is known, with the number of profiles of which it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
pub struct CostSum {
    /// All that is known.
    pub cost: Cents,
    /// Of how many profiles everything is known.
    pub known: u32,
    /// The nine services, in the order of `Service`.
    pub services: Vec<Cents>,
    /// Of how many profiles each of them is known.
    pub services_known: Vec<u32>,
    /// Add-ons.
    pub addons: Cents,
    /// Of how many profiles these are known.
    pub addons_known: u32,
}

/// The figures above the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct CostFigures {
    /// Accounts connected.
    pub accounts: u32,
    /// What TagoIO announces of their next invoices, together.
    pub invoices: Cents,
    /// Of how many accounts that is known.
    pub invoices_known: u32,
    /// What of the services and add-ons is known to be for a profile.
    pub allocated: Cents,
    /// What of the services is allocated to no profile.
    pub unallocated: Cents,
    /// Of how many accounts that is known of every service.
    pub unallocated_known: u32,
    /// Profiles that a connected account owns.
    pub profiles: u32,
    /// Of how many of them a part of the cost is unknown.
    pub unknown: u32,
    /// Profiles whose owner is not connected, so that nothing of their cost is known.
    pub shared: u32,
}

/// One account, line by line, up to the invoice.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct CostAccount {
    /// Its number in this store.
    #[ts(type = "number")]
    pub key: i64,
    /// What the user calls it.
    pub label: String,
    /// `us-e1`, `eu-w1`, or the host of a private deployment.
    pub region: String,
    /// Its plan then.
    pub plan: Option<String>,
    /// Whether it can be asked.
    pub sign_in: SignIn,
    /// The billing cycle that holds the moment, from its start to its end; a calendar month if it is on the free plan
    /// or nobody told.
    #[ts(type = "[string, string] | null")]
    pub cycle: Option<(Timestamp, Timestamp)>,
    /// Whether what it had bought is known as of then.
    pub seen: bool,
    /// Whether it is on an installation that has no tiers, so that no cost can be worked out: TagoDeploy.
    pub no_tiers: bool,
    /// Profiles that it owned.
    pub profiles: u32,
    /// Plan, services, add-ons and coupon, in this order.
    pub lines: Vec<CostLine>,
    /// All lines that are known, together.
    pub known: Cents,
    /// How many lines are unknown; what they come to is part of the difference.
    pub unknown: u32,
    /// What of the services and add-ons is known to be for a profile.
    pub allocated: Cents,
    /// What of the services is allocated to no profile; `null` if that is unknown of one of them.
    pub unallocated: Option<Cents>,
    /// What the next invoice comes to, as TagoIO says.
    pub invoice: Option<Cents>,
    /// The invoice less `known`: credits, discounts, tax.
    pub difference: Option<Cents>,
    /// The balance as TagoIO has it. Whether the invoice holds it is not published, so that it is in no sum.
    pub balance: Option<Cents>,
    /// Whether coupon and balance are known as of then.
    pub payment_seen: bool,
    /// How fresh what this stands on is; empty of a past moment.
    pub datasets: Vec<DatasetFreshness>,
}

/// What an account pays for one thing.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct CostLine {
    /// What sort of thing it is.
    pub kind: CostLineKind,
    /// The API's key of the plan, service or add-on, or the coupon's code. An add-on without one stands for all of them:
    /// which there are is not known.
    pub name: Option<String>,
    /// The account's limit of a service, or how many profiles have an add-on.
    pub amount: Option<f64>,
    /// The price; a coupon's is below zero. `null` is unknown.
    pub price: Option<Cents>,
    /// Why the price is unknown.
    pub why: Option<CostUnknown>,
    /// What of a service's price is for profiles of which it is known.
    pub allocated: Option<Cents>,
    /// What of a service's price is allocated to no profile; `null` if that is unknown.
    pub unallocated: Option<Cents>,
    /// What of a service's price is for profiles of which it is unknown, and for none, together.
    pub undivided: Cents,
}

/// What sort of thing an account pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CostLineKind {
    /// The plan.
    Plan,
    /// One of the nine services.
    Service,
    /// A service beyond the nine; it is divided among nobody.
    Other,
    /// An add-on.
    Addon,
    /// The coupon.
    Coupon,
}

/// Why a price is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CostUnknown {
    /// It is not known what was bought, or what TagoIO asks for it.
    NotKnown,
    /// The limit is no tier's amount.
    NoTier,
    /// It is not paid by the month, and the price list is for a month.
    NotMonthly,
    /// The installation has no tiers.
    NoTiers,
}
