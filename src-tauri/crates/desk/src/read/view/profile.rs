//! One profile's overview.

use model::{AccountId, Dataset, Freshness, Timestamp};
use serde::Serialize;
use ts_rs::TS;

use super::FleetRow;

/// Everything on a profile's overview.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ProfileOverview {
    /// What the fleet says of it.
    pub row: FleetRow,
    /// Whether it is marked as protected, so that every change of it asks first.
    pub protected: bool,
    /// The region that the profile says it is in, else its account's.
    pub region: Option<String>,
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
    /// Add-ons that it has; `null` as long as nothing said which.
    pub addons: Option<Vec<String>>,
    /// Requests per minute that its devices may send and read.
    pub requests_per_minute: Vec<NamedAmount>,
    /// When the billing cycle of its owner's account began and ends, if known.
    #[ts(type = "[string, string] | null")]
    pub cycle: Option<(Timestamp, Timestamp)>,
    /// What is written down about it on this computer.
    pub note: Option<String>,
    /// The names of the groups that it is in.
    pub groups: Vec<String>,
    /// Whether it is on one of TagoIO's own hosts, whose admin site is known.
    pub has_admin_site: bool,
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
