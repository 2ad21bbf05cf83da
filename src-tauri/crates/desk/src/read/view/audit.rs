//! A profile's audit events, from the archive.

use model::{Freshness, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::problem::Problem;

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

/// What to ask TagoIO for of a profile's events. All but the times takes a paid plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
pub struct LiveAuditQuery {
    /// Of this profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
    /// At or after this time; a week back by default.
    #[ts(type = "string | null")]
    pub from: Option<Timestamp>,
    /// Before this time; now by default.
    #[ts(type = "string | null")]
    pub to: Option<Timestamp>,
    /// Only of this kind of resource, such as `device`.
    pub resource: Option<String>,
    /// Only of this resource, by its id.
    pub resource_id: Option<String>,
    /// Only those whose message has this text.
    pub find: Option<String>,
    /// So many at most, the newest.
    pub limit: Option<u32>,
}

/// A part of what TagoIO answered last for a profile; `limit` 0 is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
pub struct LiveAuditPage {
    /// Of this profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
    /// How many to pass over.
    pub offset: u32,
    /// How many to return; the window gets at most 500.
    #[serde(deserialize_with = "super::at_most_a_page")]
    pub limit: u32,
}

/// How far the queries are that a profile's events are asked for with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
pub struct LiveAuditProgress {
    /// The profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
    /// Queries that are through, each of a week at most.
    pub done: u32,
    /// Queries in all.
    pub queries: u32,
    /// Events that TagoIO read, as it says.
    pub scanned: f64,
    /// Events that it found, as it says.
    pub matched: f64,
}

/// What TagoIO answered.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct LiveAuditEnd {
    /// How far it came.
    pub progress: LiveAuditProgress,
    /// The time that its queries are of.
    #[ts(type = "string")]
    pub from: Timestamp,
    /// The end of that time.
    #[ts(type = "string")]
    pub to: Timestamp,
    /// Events that came, which are had page by page.
    pub events: u32,
    /// Whether there may be more than were wanted, or than are kept.
    pub limited: bool,
    /// Whether it was stopped before all was asked.
    pub cancelled: bool,
    /// Events that are new in the archive: what is not narrowed is kept there.
    pub archived: u32,
    /// Why not all of it was answered, if so.
    pub problem: Option<Problem>,
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
