//! Tokens of all profiles: their metadata, and what in it wants attention. Never a value.

use model::{AccountId, Freshness, ProfileId, Timestamp, TokenKind};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which tokens to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
pub struct TokensQuery {
    /// Words and tests, as typed: `permission:full expires:<14d account:acme`.
    pub filter: String,
    /// Only of this profile, by its number in the store; also of one that is removed.
    #[ts(type = "number | null")]
    pub profile: Option<i64>,
    /// The order.
    pub sort: TokenOrder,
    /// The other way round.
    pub descending: bool,
    /// How many to pass over.
    pub offset: u32,
    /// How many to return; the window gets at most 500.
    #[serde(deserialize_with = "super::at_most_a_page")]
    pub limit: u32,
}

/// What tokens are sorted by; what is not known comes last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TokenOrder {
    /// Name.
    Name,
    /// The profile's name.
    Profile,
    /// What they may do.
    Permission,
    /// When they were made.
    Created,
    /// When they expire; those that never do after all others.
    #[default]
    Expires,
    /// When they were last used; those that never were before all others.
    Used,
    /// Who made them.
    Creator,
}

/// A part of the tokens.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TokensPage {
    /// How many tokens the query finds in all.
    pub total: u32,
    /// Some of them.
    pub rows: Vec<TokenRow>,
    /// How many tokens of signing in the same query would find, if it folds them away; else 0.
    pub folded: u32,
}

/// Why a token wants attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TokenFlag {
    /// Who made it is neither the profile's owner nor in its team any more.
    CreatorGone,
    /// It expires within 14 days.
    ExpiresSoon,
    /// It expired, and TagoIO still lists it.
    Expired,
    /// It was never used, as TagoIO says.
    NeverUsed,
    /// It may do everything.
    FullPermission,
    /// It never expires.
    NeverExpires,
}

/// A token that stands, or stood when its profile's list was last fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct TokenRow {
    /// Its number in the store.
    #[ts(type = "number")]
    pub key: i64,
    /// The profile that it is of, by its number in the store.
    #[ts(type = "number")]
    pub profile_key: i64,
    /// That profile.
    pub profile: ProfileId,
    /// That profile's name.
    pub profile_name: String,
    /// The label of the account that the profile is reached with.
    pub account: Option<String>,
    /// SHA-256 over the store's salt and its value.
    pub fingerprint: String,
    /// Its name.
    pub name: Option<String>,
    /// The last characters of its value, at most four.
    pub last4: String,
    /// `full`, `write`, `read`, `deny`, or what else TagoIO says.
    pub permission: Option<String>,
    /// When it was made.
    #[ts(type = "string | null")]
    pub created_at: Option<Timestamp>,
    /// Who made it: a name or an address, else TagoIO's own word, mostly an id.
    pub creator: Option<String>,
    /// The same in TagoIO's words.
    pub created_by: Option<String>,
    /// When it was last used.
    #[ts(type = "string | null")]
    pub last_authorization_at: Option<Timestamp>,
    /// Whether TagoIO said that it was never used. Without that and a last use, neither is known.
    pub never_used: bool,
    /// When it expires.
    #[ts(type = "string | null")]
    pub expires_at: Option<Timestamp>,
    /// Whether it never expires. Without that and a date, neither is known.
    pub never_expires: bool,
    /// Whether signing in on TagoIO's site probably made it.
    pub sign_in: bool,
    /// Why it wants attention, the gravest first.
    pub flags: Vec<TokenFlag>,
    /// The label of the account that this program itself reaches with it.
    pub used_here: Option<String>,
}

/// All that is kept of a token.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TokenDetail {
    /// What the list shows of it.
    pub row: TokenRow,
    /// TagoIO's word for its kind.
    pub kind: Option<String>,
    /// The id of what it signs in, in TagoIO's words.
    pub ref_id: Option<String>,
    /// The address of who made it, where it was ever seen.
    pub creator_email: Option<String>,
    /// Whether who made it is neither the owner nor in the team, if that is known.
    pub creator_gone: Option<bool>,
    /// When a list without it was first seen, if it is gone.
    #[ts(type = "string | null")]
    pub gone_at: Option<Timestamp>,
    /// What it was, the newest first.
    pub versions: Vec<TokenVersionRow>,
    /// How fresh the list is that it is from.
    pub freshness: Freshness,
}

/// What a token was for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct TokenVersionRow {
    /// Its name then.
    pub name: Option<String>,
    /// What it could do.
    pub permission: Option<String>,
    /// When it was to expire.
    #[ts(type = "string | null")]
    pub expires_at: Option<Timestamp>,
    /// Whether it was never to expire.
    pub never_expires: bool,
    /// When it was first seen so.
    #[ts(type = "string")]
    pub seen_from: Timestamp,
    /// When it was first seen to be otherwise or gone.
    #[ts(type = "string | null")]
    pub seen_until: Option<Timestamp>,
}

/// How many tokens want attention and why, over all profiles that are not removed. Those of signing in are
/// counted apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct TokenFigures {
    /// All but those of signing in.
    pub tokens: u32,
    /// Those of signing in.
    pub sign_ins: u32,
    /// Never used.
    pub never_used: u32,
    /// Never expiring.
    pub never_expires: u32,
    /// Full permission.
    pub full: u32,
    /// Full permission and never used.
    pub full_never_used: u32,
    /// Expiring within 14 days.
    pub expiring: u32,
    /// Expired and still listed.
    pub expired: u32,
    /// Whose creator is neither the owner nor in the team any more.
    pub creator_gone: u32,
    /// Of how many profiles this tells.
    pub coverage: Coverage,
}

/// Of how many profiles a dataset is known; each counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct Coverage {
    /// Profiles that are not removed.
    pub profiles: u32,
    /// Of which it arrived at least once, and may be asked for now.
    pub known: u32,
    /// Of these, not fetched anew in time, or failed since.
    pub outdated: u32,
    /// That nobody ever asked for.
    pub never_fetched: u32,
    /// That never arrived, because each try failed.
    pub failed: u32,
    /// That the token may not see.
    pub not_permitted: u32,
    /// That TagoIO has no such thing of.
    pub not_there: u32,
}

/// What is known of a token's value that somebody has. It is never given back.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TokenFound {
    /// The last characters of what was looked for, at most four.
    pub last4: String,
    /// What its prefix says that it is.
    pub kind: TokenKind,
    /// The profiles that have or had it, the present ones first; mostly one, or none.
    pub tokens: Vec<FoundToken>,
    /// The label of the account that this program reaches with it.
    pub used_here: Option<String>,
    /// Of how many profiles the tokens are known: where it is not of all, not to be found proves less.
    pub coverage: Coverage,
}

/// A profile's token that was found by its value.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct FoundToken {
    /// The token.
    pub row: TokenRow,
    /// When a list without it was first seen, if it is gone.
    #[ts(type = "string | null")]
    pub gone_at: Option<Timestamp>,
}

/// A profile's team, as its page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TeamView {
    /// The owner first, then who is in the team by name.
    pub members: Vec<TeamRow>,
    /// Who was in it and is not any more, the last to go first.
    pub former: Vec<TeamRow>,
    /// Since when the team is known; `null` if it never arrived.
    #[ts(type = "string | null")]
    pub known_since: Option<Timestamp>,
    /// How fresh the list is.
    pub freshness: Freshness,
}

/// Somebody in a team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct TeamRow {
    /// TagoIO's id of the account.
    pub id: Option<AccountId>,
    /// Name, also one that TagoIO forgot since.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// What they are to the profile.
    pub role: TeamRole,
    /// When they were invited.
    #[ts(type = "string | null")]
    pub invited_at: Option<Timestamp>,
    /// When they were first seen so.
    #[ts(type = "string | null")]
    pub seen_from: Option<Timestamp>,
    /// When a team without them was first seen.
    #[ts(type = "string | null")]
    pub gone_at: Option<Timestamp>,
    /// How many of the profile's tokens they made, those of signing in left out.
    pub tokens: u32,
}

/// Who is in teams, over all profiles that are not removed, and of how many that is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Teams {
    /// Profile by profile, by name.
    pub members: Vec<TeamMember>,
    /// Of how many profiles.
    pub coverage: Coverage,
}

/// Somebody in a profile's team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamMember {
    /// The profile.
    pub profile: ProfileId,
    /// Its name.
    pub profile_name: String,
    /// Who.
    pub row: TeamRow,
}

/// What somebody is to a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TeamRole {
    /// Whose it is.
    Owner,
    /// In the team.
    Member,
    /// In the list, without a word whether it was accepted.
    Listed,
    /// Invited, and may still accept.
    Invited,
    /// Invited more than seven days ago: TagoIO takes no acceptance any more.
    InvitationEnded,
}
