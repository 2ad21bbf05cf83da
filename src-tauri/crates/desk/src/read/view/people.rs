//! Who has access to what, now or at a past moment, and how that is known.

use model::{AccountId, ProfileId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Coverage;

/// Which persons to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
pub struct PeopleQuery {
    /// Words and tests, as typed: `invited:>3d flag:shared account:acme`.
    pub filter: String,
    /// As of this moment; now if there is none.
    #[ts(type = "string | null")]
    pub at: Option<Timestamp>,
    /// The order.
    pub sort: PeopleOrder,
    /// The other way round.
    pub descending: bool,
    /// How many to pass over.
    pub offset: u32,
    /// How many to return; the window gets at most 500.
    #[serde(deserialize_with = "super::at_most_a_page")]
    pub limit: u32,
}

/// What persons are sorted by; equal ones by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PeopleOrder {
    /// Name; who has none comes last.
    #[default]
    Name,
    /// E-mail address.
    Email,
    /// How many profiles they reach.
    Profiles,
    /// Through how many accounts.
    Accounts,
    /// How many invitations are open or ended unanswered.
    Invitations,
    /// How many tokens they made.
    Tokens,
    /// How many customers' data they share.
    Shared,
}

/// A part of the persons.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct PeoplePage {
    /// How many persons the query finds in all.
    pub total: u32,
    /// Some of them.
    pub rows: Vec<PersonRow>,
    /// Over everybody, whatever is looked for.
    pub figures: PeopleFigures,
}

/// Counts over everybody with access to anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct PeopleFigures {
    /// Persons with access or an invitation.
    pub persons: u32,
    /// Profiles that they reach.
    pub profiles: u32,
    /// Invitations that may still be accepted.
    pub invitations: u32,
    /// Invitations that ended unanswered and are still listed.
    pub ended: u32,
    /// Persons who share data between customers.
    pub shared: u32,
    /// Of how many profiles the team was known at the moment.
    pub known: u32,
    /// Of how many.
    pub known_of: u32,
    /// Of how many profiles the team is known now, and why not of the others.
    pub coverage: Coverage,
}

/// Somebody with access to something. One e-mail address is one person, whatever the ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PersonRow {
    /// A number that stays while the person does.
    #[ts(type = "number")]
    pub key: i64,
    /// What to ask for this person's access with: the address folded, else host and id.
    pub who: String,
    /// TagoIO's ids of their accounts.
    pub ids: Vec<AccountId>,
    /// Name, also one that TagoIO forgot since.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// The label of the connected account that is theirs.
    pub connected: Option<String>,
    /// Profiles that they reach, those they are only invited to left out.
    pub profiles: u32,
    /// Of these, those that they own.
    pub owned: u32,
    /// Accounts that these profiles are reached with; the first few labels.
    pub accounts: Vec<String>,
    /// How many accounts these are.
    pub account_count: u32,
    /// Invitations that may still be accepted.
    pub invitations: u32,
    /// Invitations that ended unanswered and are still listed.
    pub ended: u32,
    /// When the oldest of both was made.
    #[ts(type = "string | null")]
    pub invited_at: Option<Timestamp>,
    /// Tokens that they made and that stand now, those of signing in left out.
    pub tokens: u32,
    /// The customers whose data they share, if there are several.
    pub shares: Vec<String>,
    /// How the least sure part of it is known.
    pub known: AccessKnown,
}

/// How something about access is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AccessKnown {
    /// A list of TagoIO's said it.
    Seen,
    /// It follows from the audit log, or from what a later list says of the time before.
    Inferred,
    /// It was before the first sync, and nothing says more.
    NotKnown,
}

/// Whose access to what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
pub struct AccessQuery {
    /// A filter in the language of the filter box of persons: the profiles that it leaves, and of these the
    /// persons that it finds, if it says something of persons.
    pub filter: String,
    /// As of this moment; now if there is none.
    #[ts(type = "string | null")]
    pub at: Option<Timestamp>,
    /// Of this person: an address, an id, or a name that one person alone bears.
    pub person: Option<String>,
    /// To this profile, by its number in the store.
    #[ts(type = "number | null")]
    pub profile: Option<i64>,
    /// Whether tokens of signing in are listed too.
    pub sign_ins: bool,
    /// How many lines to pass over.
    pub offset: u32,
    /// How many to return; the window gets at most 500.
    #[serde(deserialize_with = "super::at_most_a_page")]
    pub limit: u32,
}

/// Who had access, line by line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AccessList {
    /// The moment that it is about.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// How many lines there are in all.
    pub total: u32,
    /// Some of them, by profile; owner, team, tokens.
    pub lines: Vec<AccessLine>,
    /// Tokens of signing in that were left out.
    pub folded: u32,
}

/// One way in, or that it is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AccessLine {
    /// The profile's number in the store.
    #[ts(type = "number")]
    pub profile_key: i64,
    /// The profile.
    pub profile: ProfileId,
    /// Its name.
    pub profile_name: String,
    /// The label of the account that it is reached with.
    pub account: Option<String>,
    /// What kind of access.
    pub kind: AccessKind,
    /// The person's id; of a token, who made it.
    pub person: Option<AccountId>,
    /// Their name.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// The token's name.
    pub token: Option<String>,
    /// The last characters of the token's value.
    pub last4: Option<String>,
    /// What the token may do.
    pub permission: Option<String>,
    /// How it is known.
    pub known: AccessKnown,
    /// The same in words: `seen`, `inferred from the audit log`, `not known before the first sync`, ….
    pub how: String,
    /// From when on it is known.
    #[ts(type = "string | null")]
    pub since: Option<Timestamp>,
    /// When it was first seen to have ended; of what is inferred, the next moment of which it is known.
    #[ts(type = "string | null")]
    pub until: Option<Timestamp>,
    /// When the invitation or the token was made.
    #[ts(type = "string | null")]
    pub made_at: Option<Timestamp>,
    /// When the token expires.
    #[ts(type = "string | null")]
    pub expires_at: Option<Timestamp>,
    /// Where it is known from, in a sentence.
    pub source: String,
}

/// A way into a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AccessKind {
    /// It is theirs.
    Owner,
    /// They are in its team.
    Member,
    /// They are invited to its team.
    Invitation,
    /// The invitation ended unanswered.
    InvitationEnded,
    /// They acted in it; whether as owner or member is not known.
    Person,
    /// A token.
    Token,
    /// Its owner, of whom nothing is known.
    UnknownOwner,
    /// Its team, of which nothing or not all is known.
    UnknownTeam,
    /// Its tokens, of which nothing or not all is known.
    UnknownTokens,
}
