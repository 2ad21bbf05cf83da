//! How a sync goes, how it ended, and how those before it did.

use model::{Dataset, ProfileId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::problem::ProblemCode;

/// What the sync strip shows.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SyncState {
    /// Nothing runs.
    Idle {
        /// The last run since the program started, if there was one, with how each other account's own last
        /// run ended.
        last: Option<SyncReport>,
        /// When the next one begins by itself, if one does.
        #[ts(type = "string | null")]
        next_at: Option<Timestamp>,
        /// Why none begins by itself, where one otherwise would.
        paused: Option<SyncPause>,
        /// How far the audit log is archived, while it is.
        archive: Option<ArchiveProgress>,
    },
    /// A sync runs.
    Running {
        /// How far it is.
        progress: SyncProgress,
    },
}

/// How far a running sync is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SyncProgress {
    /// Profiles to do, as far as known.
    pub profiles: u32,
    /// Profiles done, failed ones included.
    pub done: u32,
    /// Profiles of which a dataset failed.
    pub failed: u32,
    /// Accounts that are being synced.
    pub accounts: Vec<String>,
    /// When it began.
    #[ts(type = "string")]
    pub started_at: Timestamp,
    /// Whether it was told to stop and only ends what is in flight.
    pub cancelling: bool,
    /// While all that is left waits for TagoIO's limit of requests a minute: until when.
    #[ts(type = "string | null")]
    pub waiting_until: Option<Timestamp>,
}

/// Why the program does not sync by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncPause {
    /// It was turned off in the settings.
    Off,
    /// The connection is metered.
    Metered,
}

/// How far the audit log of the connected accounts' profiles is archived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ArchiveProgress {
    /// Profiles whose log is archived as far as TagoIO keeps it.
    pub done: u32,
    /// Profiles whose log is to be archived.
    pub profiles: u32,
}

/// How a sync ended; this is what `pdesk sync --json` prints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SyncReport {
    /// Requests sent, repeats included.
    #[ts(type = "number")]
    pub requests: u64,
    /// Requests that were repeats.
    #[ts(type = "number")]
    pub retries: u64,
    /// Requests answered 429.
    #[ts(type = "number")]
    pub rate_limited: u64,
    /// How long it took.
    pub seconds: f64,
    /// Whether it was cancelled before its end.
    pub cancelled: bool,
    /// When it ended.
    #[ts(type = "string")]
    pub ended_at: Timestamp,
    /// How it ended for each account.
    pub accounts: Vec<SyncAccountReport>,
}

/// How a sync ended for an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SyncAccountReport {
    /// The account's label.
    pub label: String,
    /// The whole in a word.
    pub status: SyncStatus,
    /// Its profiles, by how they ended.
    pub profiles: SyncCounts,
    /// What failed.
    pub errors: Vec<SyncError>,
}

/// The end of an account's sync in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncStatus {
    /// Everything arrived, or was not there or not permitted to this token.
    Ok,
    /// Some of it failed.
    Partial,
    /// The token is not valid any more.
    SignedOut,
    /// The API could not be reached.
    Offline,
    /// Nothing could be fetched, for another reason.
    Failed,
}

/// Profiles of an account, by how their sync ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncCounts {
    /// Every dataset arrived.
    pub ok: u32,
    /// At least one failed.
    pub failed: u32,
    /// Not done: another account did it, or the sync was stopped.
    pub skipped: u32,
}

/// One thing that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SyncError {
    /// The profile, unless it is the account's own.
    pub profile: Option<ProfileId>,
    /// What could not be fetched.
    pub dataset: Option<Dataset>,
    /// What a caller may act on.
    pub code: ProblemCode,
    /// What happened.
    pub message: String,
    /// When it makes sense to try again.
    #[ts(type = "string | null")]
    pub retry_at: Option<Timestamp>,
}

/// Which of the runs that are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
pub struct SyncRunsQuery {
    /// How many to pass over.
    pub offset: u32,
    /// How many to return; the window gets at most 500.
    #[serde(deserialize_with = "super::at_most_a_page")]
    pub limit: u32,
}

/// A part of the log of syncs.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct SyncRunsPage {
    /// How many runs are kept in all: the newest 1,000.
    pub total: u32,
    /// Some of them, newest first.
    pub rows: Vec<SyncRunRow>,
}

/// A run of a sync; `pdesk syncs --json` prints these.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct SyncRunRow {
    /// Its number in the store.
    #[ts(type = "number")]
    pub key: i64,
    /// When it began.
    #[ts(type = "string")]
    pub started_at: Timestamp,
    /// How it ended; `null` while it runs, and for ever if the program was ended before it.
    pub end: Option<SyncRunEnd>,
}

/// How a run ended, over all its accounts.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct SyncRunEnd {
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// How long it took.
    pub seconds: f64,
    /// The whole in a word: what all accounts have in common, or that only a part arrived.
    pub status: SyncStatus,
    /// Whether it was cancelled before its end.
    pub cancelled: bool,
    /// Requests sent, repeats included.
    #[ts(type = "number")]
    pub requests: u64,
    /// Requests that were repeats.
    #[ts(type = "number")]
    pub retries: u64,
    /// Requests answered 429.
    #[ts(type = "number")]
    pub rate_limited: u64,
    /// The labels of its accounts, as they were.
    pub accounts: Vec<String>,
    /// Its profiles, by how they ended.
    pub profiles: SyncCounts,
    /// How many errors its report lists.
    pub errors: u32,
}
