//! What needs attention, worst first.

use model::{AttentionFacts, AttentionKind, AttentionSeverity, ProfileId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which lines to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct TodayQuery {
    /// A filter in the language of the filter box, with the tests `kind:`, `severity:` and `snoozed:`. Empty for all
    /// lines that nobody answered.
    pub filter: String,
    /// Lines to pass over.
    pub offset: u32,
    /// Lines to return; the window gets at most 500.
    #[serde(deserialize_with = "super::at_most_a_page")]
    pub limit: u32,
}

/// A part of the list.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TodayPage {
    /// Lines that the filter leaves.
    pub total: u32,
    /// Some of them, the worst first.
    pub rows: Vec<TodayRow>,
    /// Over everything, whatever the filter.
    pub figures: TodayFigures,
}

/// Counts over everything, and what they rest on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, TS)]
pub struct TodayFigures {
    /// Lines that need attention: those that nobody answered, or that came back.
    pub open: u32,
    /// Lines that are acknowledged or snoozed.
    pub answered: u32,
    /// How many of the open lines are of each kind, in the order of the kinds; those of none are left out.
    pub kinds: Vec<TodayCount>,
    /// Accounts connected.
    pub accounts: u32,
    /// Profiles that are not removed.
    pub profiles: u32,
    /// Profiles whose limits and use never arrived: what they hide is not in the list.
    pub never_fetched: u32,
    /// Profiles whose limits and use are older than a day.
    pub stale: u32,
    /// Accounts that must sign in again.
    pub signed_out: u32,
    /// When the oldest limits and use arrived among those that are not older than a day.
    #[ts(type = "string | null")]
    pub as_of: Option<Timestamp>,
}

/// Open lines of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct TodayCount {
    /// The kind.
    pub kind: AttentionKind,
    /// The worst severity among them.
    pub severity: AttentionSeverity,
    /// How many.
    pub open: u32,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TodayRow {
    /// A number for it, the same as long as it is there.
    #[ts(type = "number")]
    pub key: i64,
    /// Names it to who answers it: `service:p12:input`.
    pub id: String,
    /// What kind of line it is.
    pub kind: AttentionKind,
    /// How bad it is.
    pub severity: AttentionSeverity,
    /// The account's label; the one that is used to reach the profile, if it is of a profile.
    pub account: Option<String>,
    /// The account's number in the store.
    #[ts(type = "number | null")]
    pub account_key: Option<i64>,
    /// The profile; `null` if it is of the account as a whole.
    pub profile: Option<ProfileId>,
    /// The profile's number in the store.
    #[ts(type = "number | null")]
    pub profile_key: Option<i64>,
    /// The profile's name.
    pub profile_name: Option<String>,
    /// Whether another profile bears the same name, so that the id's end must tell them apart.
    pub name_is_shared: bool,
    /// What is known of it.
    pub facts: AttentionFacts,
    /// When it began; `null` is not known.
    #[ts(type = "string | null")]
    pub since: Option<Timestamp>,
    /// Whether it was already so when it was first looked at, and may have begun earlier.
    pub or_earlier: bool,
    /// How much of it, larger is worse, comparable within a kind alone; `null` is beyond measure.
    pub measure: Option<f64>,
    /// What a person answered, if the answer holds.
    pub answer: Option<TodayAnswer>,
    /// What a person answered before the line came back, if so: its note says what was known of it then.
    pub earlier: Option<TodayAnswer>,
}

/// What a person answered to a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct TodayAnswer {
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Until when it stays away; `null` until it is worse. Either way it comes back once it is worse.
    #[ts(type = "string | null")]
    pub until: Option<Timestamp>,
    /// What the person noted; empty if nothing.
    pub note: String,
}
