//! The shapes of changes that cross to the window and to `pdesk --json`.

use model::{ActionResult, ProfileId, Service, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Change, Fields};
use crate::problem::Problem;

/// Which changes are meant.
#[derive(Clone, Debug, PartialEq, Deserialize, TS)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum ChangeRequest {
    /// These.
    Changes {
        /// A row each.
        changes: Vec<Change>,
    },
    /// What failed in a batch, and what of it is not known to be done.
    Retry {
        /// The batch's number.
        #[ts(type = "number")]
        batch: i64,
    },
    /// To take back what was done in a batch and its retries.
    Undo {
        /// The batch's number.
        #[ts(type = "number")]
        batch: i64,
    },
}

/// What a person agreed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
pub struct Confirmation {
    /// Profiles that are marked as protected, too.
    pub protected_too: bool,
}

/// That the account's owner is at hand. Used for one call after the other until TagoIO wants a fresh one,
/// and dropped; `Debug` shows nothing of it.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The account's password.
    pub password: SecretString,
    /// The PIN, if the account has a second factor.
    pub pin: Option<SecretString>,
}

/// Why a row is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// There is no such account or profile in the store, or it is removed.
    Gone,
    /// No connected account owns it.
    NotOwned,
    /// The account must sign in again, or keeps no token here.
    SignedOut,
    /// The account's token may not do it.
    NotPermitted,
    /// The account is switched to be only read.
    ReadOnly,
    /// The profile is protected, and that was not agreed to.
    Protected,
    /// The API cannot be reached.
    Offline,
    /// What was typed cannot be used.
    Invalid,
    /// It is so already.
    NothingToDo,
    /// There is something of this name already.
    Taken,
    /// The same thing is changed by a row before.
    Twice,
    /// The account has not so much to allocate.
    OverLimit,
    /// What stands now is not what the batch set.
    Changed,
    /// The API cannot take it back.
    CannotUndo,
    /// Another change of the account goes on.
    Busy,
    /// It is switched off in the settings.
    SwitchedOff,
}

/// Why a row is not sent, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Refusal {
    /// What the caller may act on.
    pub reason: RefusalReason,
    /// The reason, for a person.
    pub message: String,
}

/// What changes would do, before they are carried out.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ChangePreview {
    /// A row each, in the order of the request.
    pub rows: Vec<PlannedChange>,
    /// How many would be sent.
    pub ready: u32,
    /// How many would be refused.
    pub refused: u32,
    /// How many of those that would be sent are about protected profiles.
    pub protected: u32,
    /// How many of those that would be sent can be undone.
    pub undoable: u32,
    /// Whether a password, and a PIN where there is a second factor, is needed.
    pub needs_proof: bool,
    /// The services that are allocated anew, by account.
    pub allocation: Vec<AllocationFigures>,
}

/// A service of an account that is allocated anew. Amounts are in the service's unit.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AllocationFigures {
    /// The account, by its number in the store.
    #[ts(type = "number")]
    pub account: i64,
    /// Its label.
    pub label: String,
    /// The service.
    pub service: Service,
    /// The account's limit; `null` is not known.
    pub total: Option<f64>,
    /// What its profiles are allocated now, as far as is known.
    pub allocated: f64,
    /// What they would be allocated after.
    pub allocated_after: f64,
    /// What is allocated to nobody now; `null` if that is not known.
    pub free: Option<f64>,
    /// What would be allocated to nobody after; below zero is how much the account has too little.
    pub free_after: Option<f64>,
    /// What its profiles use.
    pub used: f64,
}

/// What one change would do.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct PlannedChange {
    /// The change.
    pub change: Change,
    /// The label of the account that it goes by.
    pub account: Option<String>,
    /// TagoIO's id of the profile.
    pub profile: Option<ProfileId>,
    /// The profile's number in the store.
    #[ts(type = "number | null")]
    pub profile_key: Option<i64>,
    /// Its name now.
    pub profile_name: Option<String>,
    /// What stands now, by field; null is nothing or unknown.
    #[ts(type = "Record<string, string | number | boolean | null>")]
    pub before: Fields,
    /// What would stand, by field.
    #[ts(type = "Record<string, string | number | boolean | null>")]
    pub after: Fields,
    /// Why it would not be sent.
    pub refusal: Option<Refusal>,
    /// Whether the profile is protected.
    pub protected: bool,
    /// Whether it can be undone.
    pub undoable: bool,
    /// What should be known before.
    pub warnings: Vec<String>,
}

/// How a batch of changes went, or goes.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ChangeOutcome {
    /// The batch's number; it can be retried and undone by it.
    #[ts(type = "number")]
    pub batch: i64,
    /// How it stands.
    pub counts: ChangeCounts,
    /// Whether it was stopped before all was sent.
    pub cancelled: bool,
    /// Set if the rest waits for a password or a fresh PIN.
    pub needs_proof: Option<NeedsProof>,
    /// A row each, in the order of the request.
    pub rows: Vec<ChangeEnd>,
}

/// What a batch that waits for a proof is to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct NeedsProof {
    /// The label of the account whose password is meant.
    pub account: String,
    /// How many rows wait for it.
    pub rows: u32,
    /// Whether TagoIO wants a PIN beside the password. One that goes by SMS or e-mail is sent by now.
    pub pin: bool,
    /// What TagoIO said of the last one, if one was given.
    pub problem: Option<Problem>,
}

/// How many rows ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct ChangeCounts {
    /// In all.
    pub rows: u32,
    /// Confirmed by TagoIO.
    pub done: u32,
    /// Not sent, for a known reason.
    pub refused: u32,
    /// Not done.
    pub failed: u32,
    /// Not known to be done or not.
    pub unknown: u32,
}

/// How far a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ChangeProgress {
    /// The batch's number.
    #[ts(type = "number")]
    pub batch: i64,
    /// How many rows ended how until now.
    pub counts: ChangeCounts,
}

/// How one change ended.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ChangeEnd {
    /// What it was to do.
    #[serde(flatten)]
    pub row: PlannedChange,
    /// What became of it.
    pub result: ActionResult,
    /// A stable word for the cause, if it was not done.
    pub code: Option<String>,
    /// What is to be said of it.
    pub message: Option<String>,
    /// The row's place in its request, if it made a token: by it the token's value is handed out, which is kept in
    /// memory.
    pub made: Option<u32>,
}

/// Which lines of the action log to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
pub struct ActionQuery {
    /// A filter in the language of the filter box: tests of profiles, and words that must each be in the account,
    /// profile, values or message.
    pub search: String,
    /// Only by this account, by its number in the store.
    #[ts(type = "number | null")]
    pub account: Option<i64>,
    /// Only about this profile, by its number in the store.
    #[ts(type = "number | null")]
    pub profile: Option<i64>,
    /// Only of these kinds; of all if empty.
    pub kinds: Vec<String>,
    /// Only those that ended so; all if empty.
    pub results: Vec<ActionResult>,
    /// Only of this batch.
    #[ts(type = "number | null")]
    pub batch: Option<i64>,
    /// Only what began at or after this time.
    #[ts(type = "string | null")]
    pub since: Option<Timestamp>,
    /// Only what began before this time.
    #[ts(type = "string | null")]
    pub until: Option<Timestamp>,
    /// How many to pass over.
    pub offset: u32,
    /// How many at most.
    pub limit: u32,
}

/// A part of the action log.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ActionPage {
    /// How many lines the query finds in all.
    pub total: u32,
    /// Some of them, newest first.
    pub rows: Vec<ActionRow>,
}

/// Something that this program did at TagoIO, or was not let do; `pdesk log --json` prints these.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ActionRow {
    /// Its number in the store.
    #[ts(type = "number")]
    pub key: i64,
    /// When it began.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// When its end was noted.
    #[ts(type = "string | null")]
    pub ended_at: Option<Timestamp>,
    /// The batch that it belongs to.
    #[ts(type = "number | null")]
    pub batch: Option<i64>,
    /// The account's label, as it was.
    pub account: Option<String>,
    /// TagoIO's id of the profile.
    pub profile: Option<ProfileId>,
    /// The profile's number in the store.
    #[ts(type = "number | null")]
    pub profile_key: Option<i64>,
    /// The profile's name, as it was.
    pub profile_name: Option<String>,
    /// What was done: `rename`, `pictures`, `allocate`, `invite`, `remove_member`, `create_token`,
    /// `revoke_token`, `create_profile`, `move_token`, `create_backup`, `delete_backup`, `delete`, `buy`,
    /// `cancel_downgrade`, `settle_payment`, `answer_invitation`, `protect`, `read_only`, `offboard`, and more to come.
    pub kind: String,
    /// What stood before, by field.
    #[ts(type = "Record<string, string | number | boolean | null>")]
    pub before: Fields,
    /// What stands after if it was done, else what was to stand.
    #[ts(type = "Record<string, string | number | boolean | null>")]
    pub after: Fields,
    /// What became of it.
    pub result: ActionResult,
    /// A stable word for the cause, if it was not done.
    pub code: Option<String>,
    /// What is to be said of it.
    pub message: Option<String>,
}

impl Refusal {
    pub(crate) fn new(reason: RefusalReason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
        }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(RefusalReason::Invalid, message)
    }
}

impl RefusalReason {
    /// Its word in JSON and in the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::NotOwned => "not_owned",
            Self::SignedOut => "signed_out",
            Self::NotPermitted => "not_permitted",
            Self::ReadOnly => "read_only",
            Self::Protected => "protected",
            Self::Offline => "offline",
            Self::Invalid => "invalid",
            Self::NothingToDo => "nothing_to_do",
            Self::Taken => "taken",
            Self::Twice => "twice",
            Self::OverLimit => "over_limit",
            Self::Changed => "changed",
            Self::CannotUndo => "cannot_undo",
            Self::Busy => "busy",
            Self::SwitchedOff => "switched_off",
        }
    }
}

impl ChangeCounts {
    pub(crate) fn count(&mut self, result: ActionResult) {
        match result {
            ActionResult::Done => self.done += 1,
            ActionResult::Refused => self.refused += 1,
            ActionResult::Failed => self.failed += 1,
            ActionResult::Unknown | ActionResult::Begun => self.unknown += 1,
        }
    }

    /// How many rows ended.
    pub fn ended(&self) -> u32 {
        self.done + self.refused + self.failed + self.unknown
    }
}
