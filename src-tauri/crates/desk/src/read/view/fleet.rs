//! All profiles of all accounts.

use model::{Freshness, ProfileId, Service, Timestamp, UsageState};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the fleet's table is to show.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct FleetQuery {
    /// A filter in the language of the filter box; empty for every profile.
    pub filter: String,
    /// What to sort by, what matters most first; by risk and then by growth if empty.
    pub sort: Vec<FleetOrder>,
    /// The service whose last 30 days the rows bear; none if nobody shows them or sorts by them.
    pub trend: Option<Service>,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows to return; the window gets at most 500.
    #[serde(deserialize_with = "super::at_most_a_page")]
    pub limit: u32,
}

/// A column to sort by. What is unknown or empty comes last either way, and equal rows are by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FleetOrder {
    /// The column.
    pub by: FleetSort,
    /// Largest, latest or last name first.
    pub descending: bool,
}

/// A column of the fleet's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FleetSort {
    /// By the highest share of a limit among the services.
    Risk,
    /// By how fast a service grows towards its limit, the fastest of the nine.
    Growth,
    /// By name.
    Name,
    /// By the label of the preferred account.
    Account,
    /// By plan.
    Plan,
    /// By region.
    Region,
    /// By when its summary was fetched.
    AsOf,
    /// By the names of its groups, in the order in which a row bears them.
    Groups,
    /// By when its note was written.
    Noted,
    /// By what the 30 days of the service that the query's `trend` names added: what a counter used, on the days
    /// that are known; how far a level rose or fell. Without such a service it orders nothing.
    Trend,
    /// By TagoIO's id.
    Id,
    /// By the other accounts that reach it, in the order in which a row bears them.
    Others,
    /// By one service's share of its limit; unknown and not allocated come last either way.
    #[serde(untagged)]
    Service(Service),
}

/// A page of the fleet.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct FleetPage {
    /// Profiles that the filter leaves.
    pub total: u32,
    /// The rows asked for.
    pub rows: Vec<FleetRow>,
    /// The strip of figures, over the whole fleet, whatever the filter.
    pub figures: FleetFigures,
}

/// The figures above the table. A profile counts in the worst of over, high and warn alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct FleetFigures {
    /// Profiles that are not removed.
    pub profiles: u32,
    /// Accounts connected.
    pub accounts: u32,
    /// Profiles with a service at or over its limit.
    pub over: u32,
    /// Profiles with a service above 90 % of its limit.
    pub high: u32,
    /// Profiles with a service above 80 % of its limit.
    pub warn: u32,
    /// Profiles whose summary is older than a day.
    pub stale: u32,
    /// Profiles of which a dataset failed when it was last fetched.
    pub failed: u32,
    /// Accounts that must sign in again.
    pub signed_out: u32,
}

/// A profile in the table.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct FleetRow {
    /// Its number in this store.
    #[ts(type = "number")]
    pub key: i64,
    /// TagoIO's id of it.
    pub id: ProfileId,
    /// The API's base URL, without a slash at its end.
    pub api: String,
    /// Its name, as its owner wrote it; never markup.
    pub name: String,
    /// Whether another profile bears the same name, so that the id's end must tell them apart.
    pub name_is_shared: bool,
    /// The label of the account that is used to reach it: the owner's if it is connected.
    pub account: String,
    /// The labels of all connected accounts that reach it.
    pub accounts: Vec<String>,
    /// Whether no connected account owns it.
    pub shared: bool,
    /// `free`, `starter`, `scale`, or what else the API says.
    pub plan: Option<String>,
    /// `us-e1`, `eu-w1`, or the host of a private deployment.
    pub region: String,
    /// The groups that it is in, by their number in this store.
    #[ts(type = "Array<number>")]
    pub groups: Vec<i64>,
    /// Whether there is a note on it.
    pub noted: bool,
    /// When it was found gone.
    #[ts(type = "string | null")]
    pub removed_at: Option<Timestamp>,
    /// The nine services, in the order of `Service`.
    pub usage: Vec<UsageCell>,
    /// The service with the highest share of its limit.
    pub worst: Option<Service>,
    /// How fast its fastest service grows towards its limit: the share of the limit used up each day, over the
    /// last seven days. `null` is unknown.
    pub growth: Option<f64>,
    /// The last 30 whole days of UTC of the service that was asked for, the oldest first: for a counter the
    /// amount used, for a level its value; `null` within is unknown. Empty if nothing is known.
    pub trend: Vec<Option<f64>>,
    /// The state of the summary that `usage` stands on.
    pub freshness: Freshness,
}

/// One service of one profile, against its limit.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct UsageCell {
    /// Used in this cycle, or stored now, in the service's unit.
    pub used: Option<f64>,
    /// The limit, in the service's unit.
    pub limit: Option<f64>,
    /// `used` over `limit`; 1.0 is the limit itself.
    pub share: Option<f64>,
    /// How bad that is.
    pub state: UsageState,
}

/// Some profiles: these, or all that a filter leaves but these.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct FleetSelection {
    /// Numbers of profiles in this store.
    #[ts(type = "Array<number>")]
    pub keys: Vec<i64>,
    /// With a filter, even an empty one: what it leaves, without `keys`.
    pub all_of: Option<String>,
}

impl FleetSelection {
    /// These alone.
    pub fn of(keys: Vec<i64>) -> Self {
        Self { keys, all_of: None }
    }
}

/// What some profiles use and may use, together.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct FleetSum {
    /// How many profiles they are.
    pub profiles: u32,
    /// The nine services, in the order of `Service`.
    pub services: Vec<ServiceSum>,
}

/// One service of some profiles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, TS)]
pub struct ServiceSum {
    /// What is used by those of which that is known.
    pub used: f64,
    /// How many these are.
    pub used_known: u32,
    /// The limits that are known.
    pub limit: f64,
    /// Of how many profiles.
    pub limit_known: u32,
}
