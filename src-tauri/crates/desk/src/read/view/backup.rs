//! A profile's backups at TagoIO.

use model::{Freshness, Timestamp};
use serde::Serialize;
use ts_rs::TS;

/// A profile's backups, as far as they are known.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct BackupsView {
    /// The newest first.
    pub rows: Vec<BackupRow>,
    /// Whether a connected account owns the profile: its backups are its owner's alone.
    pub owned: bool,
    /// Why none can be made now, by the plan and by what was made today.
    pub blocked: Option<String>,
    /// How the list was fetched.
    pub freshness: Freshness,
}

/// A backup; `pdesk backup list --json` prints these.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct BackupRow {
    /// TagoIO's id of it.
    pub id: String,
    /// When it was asked for.
    #[ts(type = "string | null")]
    pub created_at: Option<Timestamp>,
    /// `queued`, `processing`, `completed` or `failed`; other words of TagoIO's may come.
    pub status: Option<String>,
    /// Its size as TagoIO gives it; its unit is not documented.
    pub file_size: Option<f64>,
    /// Why it failed, in TagoIO's words.
    pub error: Option<String>,
}
