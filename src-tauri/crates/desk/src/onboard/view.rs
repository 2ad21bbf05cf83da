//! What of an onboarding crosses to the window and to `pdesk --json`.

use model::{ProfileId, Timestamp};
use serde::Serialize;
use ts_rs::TS;

use super::Onboard;
use crate::change::{AllocationFigures, NeedsProof};

/// What a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OnboardStepKind {
    /// The profile itself, which all other steps need.
    Profile,
    /// Its logo.
    Logo,
    /// Its limits.
    Limits,
    /// An invitation to its team.
    Invitation,
    /// A token of it.
    Token,
    /// A group on this computer.
    Group,
    /// The note on this computer.
    Note,
    /// The mark that it is protected.
    Protection,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OnboardState {
    /// It was not tried yet.
    Waits,
    /// It would be refused.
    Refused,
    /// It is done.
    Done,
    /// It was tried and not done.
    Failed,
    /// It was tried, and whether it is done is not known: going on finds out first.
    Unknown,
    /// The token is made, and its value is to be handed out.
    HandOut,
    /// The token is made, and nobody has its value: going on revokes it and makes another.
    Lost,
    /// A person chose to do without it.
    Skipped,
}

/// One step of an onboarding.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct OnboardStep {
    /// Names it among the others: `profile`, `invitation:ada@example.com`.
    pub id: String,
    /// What it is about.
    pub kind: OnboardStepKind,
    /// What it does, for a person.
    pub what: String,
    /// How it stands.
    pub state: OnboardState,
    /// A stable word for the cause, if it would be refused or was not seen to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<String>,
    /// What is to be said of that.
    pub message: Option<String>,
}

/// What an onboarding would do.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct OnboardPreview {
    /// The account's label.
    pub account: Option<String>,
    /// The steps in their order; each waits or is refused.
    pub steps: Vec<OnboardStep>,
    /// How many would be refused. With any of them it is not begun.
    pub refused: u32,
    /// Whether it takes the account's password, and a PIN where there is a second factor.
    pub needs_proof: bool,
    /// What the account has of the services that are allocated.
    pub allocation: Vec<AllocationFigures>,
}

/// An onboarding that was begun.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Onboarding {
    /// Its number in the store.
    #[ts(type = "number")]
    pub key: i64,
    /// Since when.
    #[ts(type = "string")]
    pub began_at: Timestamp,
    /// When it was over.
    #[ts(type = "string | null")]
    pub ended_at: Option<Timestamp>,
    /// What was asked for.
    pub wanted: Onboard,
    /// The account's label; null if it is not connected any more.
    pub account: Option<String>,
    /// The profile's number in the store, once it is made.
    #[ts(type = "number | null")]
    pub profile_key: Option<i64>,
    /// TagoIO's id of the profile.
    pub profile: Option<ProfileId>,
    /// The steps in their order.
    pub steps: Vec<OnboardStep>,
    /// Whether nothing is left to do: each step is done or skipped.
    pub over: bool,
    /// Whether going on takes the account's password, and a PIN where there is a second factor.
    pub needs_proof: bool,
    /// The batch that made the token whose value is to be handed out.
    #[ts(type = "number | null")]
    pub made_batch: Option<i64>,
    /// The row of that batch.
    pub made_row: Option<u32>,
}

/// How far going on brought an onboarding.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct OnboardWent {
    /// How it stands.
    pub onboarding: Onboarding,
    /// The batch that waits for a password or a fresh PIN, and what is wanted.
    #[ts(type = "number | null")]
    pub batch: Option<i64>,
    /// Set if the rest waits for that.
    pub needs_proof: Option<NeedsProof>,
}

impl OnboardStepKind {
    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Logo => "logo",
            Self::Limits => "limits",
            Self::Invitation => "invitation",
            Self::Token => "token",
            Self::Group => "group",
            Self::Note => "note",
            Self::Protection => "protection",
        }
    }
}

impl OnboardState {
    /// Whether going on tries it.
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Waits | Self::Failed | Self::Unknown | Self::Lost
        )
    }

    /// Whether nothing is left to do of it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Skipped)
    }
}
