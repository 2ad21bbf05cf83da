//! The accounts that are connected.

use model::{AccountId, ProfileId, Timestamp};
use serde::Serialize;
use ts_rs::TS;

use crate::problem::Problem;

/// Whether an account can be asked for anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignIn {
    /// Its token worked when it was last used.
    SignedIn,
    /// The API said that its token is not valid any more: sign in again.
    SignedOut,
    /// No token is kept for it on this computer.
    NoToken,
}

/// A connected account.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AccountRow {
    /// Its number in this store.
    #[ts(type = "number")]
    pub key: i64,
    /// TagoIO's id of it.
    pub id: AccountId,
    /// What the user calls it; unique.
    pub label: String,
    /// The API's base URL, without a slash at its end.
    pub api: String,
    /// `us-e1`, `eu-w1`, or the host of a private deployment.
    pub region: String,
    /// The account's name at TagoIO.
    pub name: Option<String>,
    /// The account's e-mail address at TagoIO.
    pub email: Option<String>,
    /// `free`, `starter`, `scale`, or what else the API says.
    pub plan: Option<String>,
    /// Profiles that it reaches and that are not removed.
    pub profiles: u32,
    /// Whether it can be asked.
    pub sign_in: SignIn,
    /// When a sync of it last ended, however it ended.
    #[ts(type = "string | null")]
    pub last_sync_at: Option<Timestamp>,
    /// When its token expires; `null` is never or not known.
    #[ts(type = "string | null")]
    pub token_expires_at: Option<Timestamp>,
    /// Whether that is within 14 days or over.
    pub token_ends_soon: bool,
    /// The profile that its token belongs to, by TagoIO's id; `null` is not known.
    pub token_profile: Option<ProfileId>,
    /// What that profile is called.
    pub token_profile_name: Option<String>,
    /// Whether TagoIO narrows an audit log by nothing but the time for it, as it does on the free plan.
    pub audit_by_time_only: bool,
    /// Whether a person switched off every change that goes by it.
    pub read_only: bool,
    /// What stopped the last sync of it, if something did.
    pub problem: Option<Problem>,
}

/// What is known of the end of an account's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TokenEnd {
    /// It is over, or TagoIO does not accept it any more.
    Ended,
    /// It will end.
    Ends,
    /// It is valid for good.
    Never,
    /// It is not known whether it ends.
    Unknown,
    /// No token is kept on this computer.
    NoToken,
}

/// When the token of an account ends.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TokenEndRow {
    /// The account.
    pub account: AccountRow,
    /// What is known of it.
    pub end: TokenEnd,
    /// When it ends or has ended; of one that was refused before its time, since when that is known.
    #[ts(type = "string | null")]
    pub at: Option<Timestamp>,
    /// Whole days from now until then; negative if it is over.
    #[ts(type = "number | null")]
    pub days: Option<i64>,
    /// Whether it is to be renewed now: it is over, or ends within 14 days.
    pub soon: bool,
}
