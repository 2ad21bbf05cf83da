//! Which accounts' audit logs are archived, and what it would take.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{SyncCounts, SyncError};

/// An account and the archive of its own profiles' audit logs.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ArchiveAccount {
    /// The account's number in the store.
    #[ts(type = "number")]
    pub account: i64,
    /// Its label.
    pub label: String,
    /// Profiles that it owns; nobody else may read their logs.
    pub profiles: u32,
    /// Those of them whose log is archived as far as TagoIO keeps it.
    pub done: u32,
    /// Whether it is archived.
    pub choice: ArchiveChoice,
    /// About how many requests it still takes.
    pub requests: u32,
    /// About how many days these take, one query at a time.
    pub days: f64,
}

/// Whether an account's audit logs are archived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveChoice {
    /// They are.
    On,
    /// They are not.
    Off,
    /// There are so many profiles that a person must decide first.
    Ask,
}

/// How archiving the audit log ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
pub struct ArchiveReport {
    /// Requests sent.
    #[ts(type = "number")]
    pub requests: u64,
    /// Events that were new.
    #[ts(type = "number")]
    pub events: u64,
    /// Windows of time that were archived.
    pub windows: u32,
    /// How long it took.
    pub seconds: f64,
    /// Whether it was cancelled before its end.
    pub cancelled: bool,
    /// Profiles whose log is archived as far as TagoIO keeps it, and those of which a part failed.
    pub profiles: SyncCounts,
    /// What failed.
    pub errors: Vec<ArchiveError>,
}

/// One thing that failed, and whose it is.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ArchiveError {
    /// The account's label; `None` if nothing could be archived, or the account is not connected any more.
    pub account: Option<String>,
    /// What failed.
    #[serde(flatten)]
    pub error: SyncError,
}
