//! What crosses to a person when something did not work.

mod cause;

use std::fmt;
use std::path::Path;

use model::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

pub(crate) use cause::outcome_of;

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

impl Problem {
    /// What happened, without advice.
    pub fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            retry_at: None,
        }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds when to try again.
    #[must_use]
    pub fn with_retry_at(mut self, at: Timestamp) -> Self {
        self.retry_at = Some(at);
        self
    }

    /// Bad input; nothing was done.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ProblemCode::InvalidInput, message)
    }

    /// The same, of a line of a file: its name stands before.
    pub(crate) fn in_file(mut self, path: &Path) -> Self {
        self.message = format!("{}, {}", path.display(), self.message);
        self
    }

    /// A defect of this program, said as one.
    pub(crate) fn internal(message: impl fmt::Display) -> Self {
        Self::new(
            ProblemCode::Internal,
            format!("A defect of Profile Desk: {message}."),
        )
        .with_hint("Nothing was lost. Please report it with the log of today.")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

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

impl ProblemCode {
    /// Its word in JSON and in the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::LabelTaken => "label_taken",
            Self::NotFound => "not_found",
            Self::SignedOut => "signed_out",
            Self::NotPermitted => "not_permitted",
            Self::RateLimited => "rate_limited",
            Self::Offline => "offline",
            Self::NotTheApi => "not_the_api",
            Self::Rejected => "rejected",
            Self::VaultMissing => "vault_missing",
            Self::VaultLocked => "vault_locked",
            Self::VaultFailed => "vault_failed",
            Self::StoreFailed => "store_failed",
            Self::StoreNewer => "store_newer",
            Self::DiskFull => "disk_full",
            Self::Busy => "busy",
            Self::Cancelled => "cancelled",
            Self::Internal => "internal",
        }
    }

    const ALL: [Self; 18] = [
        Self::InvalidInput,
        Self::LabelTaken,
        Self::NotFound,
        Self::SignedOut,
        Self::NotPermitted,
        Self::RateLimited,
        Self::Offline,
        Self::NotTheApi,
        Self::Rejected,
        Self::VaultMissing,
        Self::VaultLocked,
        Self::VaultFailed,
        Self::StoreFailed,
        Self::StoreNewer,
        Self::DiskFull,
        Self::Busy,
        Self::Cancelled,
        Self::Internal,
    ];

    /// The code with this word; one that an older or newer version wrote is `Internal`.
    pub fn from_key(key: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|code| code.key() == key)
            .unwrap_or(Self::Internal)
    }
}

impl<'de> Deserialize<'de> for ProblemCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|key| Self::from_key(&key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_leads_back_from_its_word_and_is_what_serde_writes() {
        for code in ProblemCode::ALL {
            assert_eq!(ProblemCode::from_key(code.key()), code);
            assert_eq!(serde_json::to_value(code).unwrap(), code.key());
        }
    }
}
