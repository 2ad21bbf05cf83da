//! A profile's audit events, from the archive.

use model::{Freshness, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which events to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
pub struct AuditQuery {
    /// Of this profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
    /// Words; an event stays if each is in its message, resource or person.
    pub search: String,
    /// Only of this kind of resource, such as `device`.
    pub resource: Option<String>,
    /// Only by this person, in TagoIO's words.
    pub who: Option<String>,
    /// Only at or after this time.
    #[ts(type = "string | null")]
    pub from: Option<Timestamp>,
    /// Only before this time.
    #[ts(type = "string | null")]
    pub to: Option<Timestamp>,
    /// How many to pass over.
    pub offset: u32,
    /// How many to return; the window gets at most 500.
    #[serde(deserialize_with = "super::at_most_a_page")]
    pub limit: u32,
}

/// A part of a profile's events.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AuditPage {
    /// How many events the query finds in all.
    pub total: u32,
    /// Some of them, the newest first.
    pub rows: Vec<AuditRow>,
}

/// Something that somebody did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AuditRow {
    /// A number that stays.
    #[ts(type = "number")]
    pub key: i64,
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// The kind of thing, such as `device`.
    pub resource: Option<String>,
    /// Which one.
    pub resource_id: Option<String>,
    /// Who did it, in TagoIO's words.
    pub who: Option<String>,
    /// Their name or address, where either was ever seen.
    pub who_name: Option<String>,
    /// What was done, in TagoIO's words.
    pub message: Option<String>,
}

/// What a profile's archive holds, and what it does not.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AuditArchive {
    /// Times of which all events are here, each from a moment to another, the oldest first.
    #[ts(type = "[string, string][]")]
    pub spans: Vec<(Timestamp, Timestamp)>,
    /// Times of which TagoIO still has events that are not here, as far as it keeps them.
    #[ts(type = "[string, string][]")]
    pub missing: Vec<(Timestamp, Timestamp)>,
    /// Events that are here.
    pub events: u32,
    /// Kinds of resource in them, with how many, the most first.
    pub resources: Vec<AuditChoice>,
    /// Persons in them, with how many, the most first.
    pub people: Vec<AuditChoice>,
    /// Whether a connected account owns the profile: the log is its owner's alone.
    pub owned: bool,
    /// Whether the owning account's log is archived.
    pub archiving: bool,
    /// How the last part was fetched.
    pub freshness: Freshness,
}

/// Something to narrow events by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AuditChoice {
    /// TagoIO's word.
    pub value: String,
    /// What a person calls it, where that is another.
    pub name: Option<String>,
    /// How many events it leaves.
    pub events: u32,
}
