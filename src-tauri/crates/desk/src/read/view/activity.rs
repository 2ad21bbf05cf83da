//! What changed, newest first.

use model::{ChangeKind, ProfileId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// Which changes to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
pub struct ActivityQuery {
    /// A filter in the language of the filter box. Its words must be in a change's account, profile, subject or
    /// values, whatever their case.
    pub search: String,
    /// Only these topics; all if empty.
    pub topics: Vec<ChangeTopic>,
    /// Only of this account, by its number in the store.
    #[ts(type = "number | null")]
    pub account: Option<i64>,
    /// Only of this profile, by its number in the store.
    #[ts(type = "number | null")]
    pub profile: Option<i64>,
    /// Only what was seen at or after this time.
    #[ts(type = "string | null")]
    pub since: Option<Timestamp>,
    /// How many to pass over.
    pub offset: u32,
    /// How many to return; the window gets at most 500.
    #[serde(deserialize_with = "super::at_most_a_page")]
    pub limit: u32,
}

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChangeTopic {
    /// Profiles that came, went or were renamed.
    Profiles,
    /// Limits, and use that crossed 80, 90 or 100 % of one.
    Limits,
    /// Tokens that somebody made.
    Tokens,
    /// Tokens that signing in on TagoIO's site made.
    SignIns,
    /// Teams.
    People,
    /// Plans, payments and downgrades.
    Billing,
    /// Backups.
    Backups,
}

/// A part of the change log.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ActivityPage {
    /// How many changes the query finds in all.
    pub total: u32,
    /// Some of them, newest first.
    pub rows: Vec<ChangeRow>,
}

/// Something that was seen to have changed; `pdesk changes --json` prints these.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ChangeRow {
    /// Its number in the store.
    #[ts(type = "number")]
    pub key: i64,
    /// When it was seen; it happened at some time since the fetch before.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// The account's label; `null` once the account was forgotten.
    pub account: Option<String>,
    /// The profile; `null` if it is the account's own.
    pub profile: Option<ProfileId>,
    /// The profile's number in the store.
    #[ts(type = "number | null")]
    pub profile_key: Option<i64>,
    /// The profile's name, as it is now.
    pub profile_name: Option<String>,
    /// What happened.
    pub kind: ChangeKind,
    /// To what: a service's key, a token's name and last characters, a person's name.
    pub subject: Option<String>,
    /// What it was.
    #[ts(type = "string | number | null")]
    pub old: Value,
    /// What it is.
    #[ts(type = "string | number | null")]
    pub new: Value,
}

impl ChangeTopic {
    /// The kinds of change that belong to it.
    pub const fn kinds(self) -> &'static [ChangeKind] {
        use ChangeKind as Kind;
        match self {
            Self::Profiles => &[
                Kind::ProfileAppeared,
                Kind::ProfileReturned,
                Kind::ProfileRemoved,
                Kind::ProfileRenamed,
            ],
            Self::Limits => &[
                Kind::LimitChanged,
                Kind::ThresholdReached,
                Kind::ThresholdLeft,
            ],
            Self::Tokens => &[Kind::TokenCreated, Kind::TokenGone, Kind::TokenExpiring],
            Self::SignIns => &[Kind::SignInStarted, Kind::SignInEnded],
            Self::People => &[Kind::MemberInvited, Kind::MemberJoined, Kind::MemberLeft],
            Self::Billing => &[
                Kind::PlanChanged,
                Kind::PaymentFailed,
                Kind::PaymentOverdue,
                Kind::PaymentRecovered,
                Kind::DowngradeScheduled,
                Kind::DowngradeGone,
            ],
            Self::Backups => &[Kind::BackupOld],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_change_belongs_to_one_topic() {
        use ChangeTopic as Topic;
        let topics = [
            Topic::Profiles,
            Topic::Limits,
            Topic::Tokens,
            Topic::SignIns,
            Topic::People,
            Topic::Billing,
            Topic::Backups,
        ];
        for kind in ChangeKind::ALL {
            let homes = topics
                .iter()
                .filter(|topic| topic.kinds().contains(&kind))
                .count();
            assert_eq!(homes, 1, "{kind}");
        }
    }
}
