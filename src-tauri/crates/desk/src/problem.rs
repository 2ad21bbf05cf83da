//! What crosses to a person when something did not work.

use model::Timestamp;
use serde::Serialize;
use ts_rs::TS;

/// An error as the window and `pdesk --json` get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Problem {
    /// What the caller may act on.
    pub code: ProblemCode,
    /// What happened, and to what.
    pub message: String,
    /// What to do next, if there is something to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub hint: Option<String>,
    /// When it makes sense to try again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub retry_at: Option<Timestamp>,
}

/// A code exists only where a caller does something about it: shows a field's error, asks to sign in,
/// goes calm because it is offline, or picks an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// What was typed cannot be used; the message says which part.
    InvalidInput,
    /// The account's label is taken.
    LabelTaken,
    /// There is no such account, profile or dataset in the store.
    NotFound,
    /// The token is not valid any more, or never was.
    SignedOut,
    /// The token is valid but may not do this.
    NotPermitted,
    /// The API said to wait.
    RateLimited,
    /// The API could not be reached.
    Offline,
    /// Something answered, but not the API: a proxy, a captive portal.
    NotTheApi,
    /// The API refused, in its own words.
    Rejected,
    /// No keychain service runs.
    VaultMissing,
    /// The keychain is locked, or its dialog was dismissed.
    VaultLocked,
    /// The keychain does not answer, or answered something unexpected.
    VaultFailed,
    /// The data folder or its database cannot be used.
    StoreFailed,
    /// The database was written by a newer version of the program.
    StoreNewer,
    /// The disk is full.
    DiskFull,
    /// Another process is doing it already.
    Busy,
    /// It was cancelled.
    Cancelled,
    /// A defect of this program.
    Internal,
}
