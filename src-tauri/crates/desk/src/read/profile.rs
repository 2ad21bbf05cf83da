//! One profile: its overview and its usage history.

use model::{AccountId, Dataset, Freshness, Service, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::FleetRow;

/// Everything on a profile's overview.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ProfileOverview {
    /// What the fleet says of it.
    pub row: FleetRow,
    /// The API's base URL.
    pub api: String,
    /// The region that the profile says it is in, else its account's.
    pub region: Option<String>,
    /// `free`, `starter`, `scale`, or what else the API says.
    pub plan: Option<String>,
    /// The owner's account id.
    pub owner: Option<AccountId>,
    /// The owner's name or e-mail address, where either was ever seen.
    pub owner_name: Option<String>,
    /// When the profile was made.
    #[ts(type = "string | null")]
    pub created_at: Option<Timestamp>,
    /// When this store first saw it.
    #[ts(type = "string")]
    pub first_seen_at: Timestamp,
    /// What is allocated to it, in the order of `Service`; `null` is unknown.
    pub allocation: Vec<Option<f64>>,
    /// How many of each resource it has: devices, dashboards, ….
    pub resources: Vec<NamedAmount>,
    /// Limits and use of services beyond the nine, such as `dashboard_output`.
    pub other_services: Vec<NamedAmount>,
    /// Add-ons that it has.
    pub addons: Vec<String>,
    /// Requests per minute that its devices may send and read.
    pub requests_per_minute: Vec<NamedAmount>,
    /// When the billing cycle of its owner's account began and ends, if known.
    #[ts(type = "[string, string] | null")]
    pub cycle: Option<(Timestamp, Timestamp)>,
    /// How fresh each of its datasets is.
    pub datasets: Vec<DatasetFreshness>,
}

/// A number under a name that the API gave.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct NamedAmount {
    /// The API's key.
    pub name: String,
    /// The number.
    pub amount: Option<f64>,
    /// The limit, where there is one.
    pub limit: Option<f64>,
}

/// A dataset and its state.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct DatasetFreshness {
    /// Which dataset.
    pub dataset: Dataset,
    /// Its state.
    pub freshness: Freshness,
}

/// The width of a usage history's periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UsageBy {
    /// Hours, from hourly samples.
    Hour,
    /// Days of UTC or of the zone asked for.
    Day,
    /// Calendar months.
    Month,
}

/// Which usage history to read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct UsageQuery {
    /// The profile's number in this store.
    #[ts(type = "number")]
    pub profile: i64,
    /// The service.
    pub service: Service,
    /// The width of a period.
    pub by: UsageBy,
    /// The beginning, inclusive; without it 31 days (hours) or 13 months (days, months) before the end.
    #[ts(type = "string | null")]
    pub from: Option<Timestamp>,
    /// The end, exclusive; without it now.
    #[ts(type = "string | null")]
    pub to: Option<Timestamp>,
    /// An IANA zone's name; `UTC` if empty.
    pub timezone: String,
}

/// A service's history in columns of equal length, ready to be drawn; at most 2,000 periods.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct UsageChart {
    /// When each period begins, in seconds since 1970, UTC.
    #[ts(type = "Array<number>")]
    pub starts: Vec<i64>,
    /// When the last period ends, in seconds since 1970; starts alone if there are none.
    #[ts(type = "number | null")]
    pub end: Option<i64>,
    /// Counters: the amount used in the period. Levels: the last known value. `null` is unknown.
    pub amounts: Vec<Option<f64>>,
    /// Whether the amount is a lower bound, because a reset fell into the period.
    pub lower_bound: Vec<bool>,
    /// Whether the period is over and known to its end.
    pub complete: Vec<bool>,
    /// The limit that holds now.
    pub limit: Option<f64>,
    /// The sum over the known periods, for counters.
    pub sum: Option<f64>,
    /// How many periods of `starts` are unknown.
    pub unknown: u32,
    /// The zone that the periods are in.
    pub timezone: String,
    /// The state of the history.
    pub freshness: Freshness,
}
