//! What a sync would do, before it does it.

use model::{Dataset, ProfileId, Timestamp};
use serde::Serialize;
use ts_rs::TS;

/// What a sync would ask for now; `pdesk sync --plan --json` prints it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct SyncPlan {
    /// When it was made.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// In the order in which they are begun.
    pub operations: Vec<PlannedOperation>,
    /// Datasets that are fresh, and so are not asked for.
    pub fresh: u32,
}

/// One dataset to ask for. Most take one request; tokens and backups one for each page.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct PlannedOperation {
    /// The label of the account that asks.
    pub account: String,
    /// The profile; `null` if it is the account's own.
    pub profile: Option<ProfileId>,
    /// What is asked for.
    pub dataset: Dataset,
    /// Why.
    pub reason: PlanReason,
    /// When it was last fetched.
    #[ts(type = "string | null")]
    pub fetched_at: Option<Timestamp>,
}

/// Why a dataset is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PlanReason {
    /// Somebody asked for it by name.
    Asked,
    /// It was never fetched.
    Never,
    /// The last try failed.
    Failed,
    /// It is older than its age.
    Stale,
}
