//! The shapes of off-boarding that cross to the window and to `pdesk --json`.

use model::{AccountId, ActionResult, Dataset, ProfileId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::change::Change;
use crate::read::AccessKind;

/// Somebody who is to lose all access, and what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Leaver {
    /// What to ask for this person with: the address folded, else host and id.
    pub who: String,
    /// Name, also one that TagoIO forgot since.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// TagoIO's ids of their accounts.
    pub ids: Vec<AccountId>,
    /// The label of the connected account that is theirs: what it owns stays with it.
    pub connected: Option<String>,
    /// What can be taken from them here, by profile; team before tokens.
    pub ways: Vec<LeaverWay>,
    /// Profiles that they own: nobody else can take these from them.
    pub owned: Vec<LeaverProfile>,
    /// Drafts to those who own profiles that no connected account does, an owner each; those who are known to have let
    /// the person in come first.
    pub mails: Vec<OwnerMail>,
    /// What is not known, by list and cause.
    pub gaps: Vec<LeaverGap>,
    /// When the oldest list of a team came that this is from, of the connected accounts' own profiles.
    #[ts(type = "string | null")]
    pub teams_as_of: Option<Timestamp>,
    /// The same of lists of tokens.
    #[ts(type = "string | null")]
    pub tokens_as_of: Option<Timestamp>,
}

/// A profile as it is named here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct LeaverProfile {
    /// Its number in the store.
    #[ts(type = "number")]
    pub key: i64,
    /// TagoIO's id of it.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// The label of the account that it is reached with.
    pub account: Option<String>,
}

/// A way into a profile that can be taken from them.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct LeaverWay {
    /// What takes it.
    pub change: Change,
    /// Into which profile.
    pub profile: LeaverProfile,
    /// A membership, an invitation, or a token that they made.
    pub kind: AccessKind,
    /// When the invitation or the token was made.
    #[ts(type = "string | null")]
    pub made_at: Option<Timestamp>,
    /// The token, if it is one.
    pub token: Option<LeaverToken>,
    /// Whether it is meant unless somebody says otherwise.
    pub ticked: bool,
    /// Whether it can be meant at all.
    pub possible: bool,
}

/// A token that they made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct LeaverToken {
    /// Its name.
    pub name: Option<String>,
    /// The end of its value.
    pub last4: String,
    /// What it may do.
    pub permission: Option<String>,
    /// When it was last used; `null` is never or not known.
    #[ts(type = "string | null")]
    pub last_authorization_at: Option<Timestamp>,
    /// When it expires.
    #[ts(type = "string | null")]
    pub expires_at: Option<Timestamp>,
    /// What there is to know before it is revoked.
    pub standing: TokenStanding,
}

/// What there is to know of a token before it is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TokenStanding {
    /// This program works with it, and does not revoke it.
    UsedHere,
    /// Who made it bears the same name; it may be another person.
    NameAlone,
    /// Signing in on TagoIO's site probably made it.
    SignIn,
    /// It was used lately: something may stand still without it.
    InUse,
    /// TagoIO does not say whether it is in use.
    UseNotKnown,
    /// It was never used, or not for a month.
    Quiet,
}

/// Lists that are not known, for one cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct LeaverGap {
    /// Teams or tokens.
    pub dataset: Dataset,
    /// Why.
    pub cause: GapCause,
    /// Whether another owner shares these profiles; else a connected account owns them.
    pub shared: bool,
    /// How many profiles.
    pub profiles: u32,
    /// The names of the first few.
    pub names: Vec<String>,
    /// All of them.
    #[serde(skip)]
    #[ts(skip)]
    pub(crate) all: Vec<LeaverProfile>,
}

/// Why a list is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GapCause {
    /// Nobody asked for it yet.
    NeverFetched,
    /// The account's token may not see it, or not any more.
    NotPermitted,
    /// It never arrived.
    Failed,
}

/// A draft of a mail to who owns profiles that no connected account does. It is never sent from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct OwnerMail {
    /// What to ask for this draft with.
    pub owner: String,
    /// The owner's name.
    pub name: Option<String>,
    /// The owner's address, if it was ever seen.
    pub email: Option<String>,
    /// Profiles that the person is known to get into.
    pub known: u32,
    /// Profiles whose team cannot be seen from here.
    pub unseen: u32,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
    /// The known ways in, and what each is.
    #[serde(skip)]
    #[ts(skip)]
    pub(crate) all: Vec<(LeaverProfile, String)>,
}

/// What became of the off-boarding of somebody.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct OffboardReport {
    /// When this was found.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// The person, as asked for.
    pub who: String,
    /// What the person is called.
    pub called: String,
    /// The batch, if anything was sent.
    #[ts(type = "number | null")]
    pub batch: Option<i64>,
    /// How many lines ended how.
    pub counts: OffboardCounts,
    /// What was removed, what was not and why, and what is not known.
    pub lines: Vec<OffboardLine>,
}

/// How many lines of a report ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct OffboardCounts {
    /// Removed, as TagoIO confirmed.
    pub removed: u32,
    /// Meant, and not removed.
    pub not_removed: u32,
    /// Sent, and not known to be removed or not.
    pub unclear: u32,
    /// Not meant, and still there.
    pub left: u32,
    /// For another owner to remove, or to say.
    pub of_others: u32,
    /// Lists that are not known here.
    pub not_known: u32,
}

/// A line of the report.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct OffboardLine {
    /// What became of it.
    pub end: OffboardEnd,
    /// The profile.
    pub profile: LeaverProfile,
    /// What it is: `member`, `token “CI” ····7f3a`, `team`.
    pub what: String,
    /// Why, where there is something to say.
    pub why: Option<String>,
    /// How the request ended, if one was meant.
    pub result: Option<ActionResult>,
}

/// What became of a way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OffboardEnd {
    /// TagoIO confirmed that it is gone.
    Removed,
    /// It was meant, and is still there.
    NotRemoved,
    /// It was sent, and it is not known how it ended.
    Unclear,
    /// It was not meant, and is still there.
    Left,
    /// Another owner has to do it.
    OfOthers,
    /// Whether there is such a way in is not known.
    NotKnown,
}

/// Which report is to be exported.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct OffboardExport {
    /// The person, as [`Leaver::who`] says.
    pub who: String,
    /// The batch, if anything was sent.
    #[ts(type = "number | null")]
    pub batch: Option<i64>,
}

impl OffboardEnd {
    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::NotRemoved => "not removed",
            Self::Unclear => "not known to be removed",
            Self::Left => "left as it is",
            Self::OfOthers => "for the owner to do",
            Self::NotKnown => "not known",
        }
    }
}

impl TokenStanding {
    /// Whether it is revoked unless somebody says otherwise. A revoked token cannot be had back: one that something
    /// may work with is replaced first, and one of which it is not sure whose it is is looked at first.
    pub(crate) const fn is_ticked(self) -> bool {
        matches!(self, Self::SignIn | Self::Quiet)
    }

    /// What there is to say of one that was not revoked.
    pub const fn said(self) -> &'static str {
        match self {
            Self::UsedHere => "This program works with it: connect the account with another token.",
            Self::NameAlone => {
                "Who made it is known by the name alone, which another person may bear."
            }
            Self::SignIn => "Signing in on TagoIO's site probably made it.",
            Self::InUse => {
                "It is in use, and whoever made it may know its value: replace it, then revoke it."
            }
            Self::UseNotKnown => "TagoIO does not say whether it is in use.",
            Self::Quiet => "It was not used for a month, or never.",
        }
    }
}

impl OffboardCounts {
    pub(crate) fn count(&mut self, end: OffboardEnd) {
        match end {
            OffboardEnd::Removed => self.removed += 1,
            OffboardEnd::NotRemoved => self.not_removed += 1,
            OffboardEnd::Unclear => self.unclear += 1,
            OffboardEnd::Left => self.left += 1,
            OffboardEnd::OfOthers => self.of_others += 1,
            OffboardEnd::NotKnown => self.not_known += 1,
        }
    }
}
