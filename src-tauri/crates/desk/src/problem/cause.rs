//! How the errors of the parts below become problems: which code, and what to do.

use model::{FetchOutcome, Timestamp};
use store::StoreError;
use tagoio::ApiError;
use vault::VaultError;

use super::{Problem, ProblemCode};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let code = match error {
            StoreError::Newer { .. } => ProblemCode::StoreNewer,
            StoreError::DiskFull { .. } | StoreError::NoRoomForBackup { .. } => {
                ProblemCode::DiskFull
            }
            StoreError::Busy { .. } | StoreError::InUse { .. } | StoreError::AccountHeld { .. } => {
                ProblemCode::Busy
            }
            StoreError::LabelTaken { .. } => ProblemCode::LabelTaken,
            StoreError::NotFound { .. } => ProblemCode::NotFound,
            _ => ProblemCode::StoreFailed,
        };
        Self::new(code, error.to_string())
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        let code = match error {
            VaultError::NoService { .. } | VaultError::NoKeyring => ProblemCode::VaultMissing,
            VaultError::Locked | VaultError::Refused => ProblemCode::VaultLocked,
            _ => ProblemCode::VaultFailed,
        };
        Self::new(code, sentence(&error.to_string())).with_hint(error.hint())
    }
}

impl Problem {
    /// An error of the API client. A wait that the API asked for counts from `now`.
    pub(crate) fn from_api(error: &ApiError, now: Timestamp) -> Self {
        let code = match error {
            ApiError::SignedOut { .. } => ProblemCode::SignedOut,
            ApiError::Denied { .. } | ApiError::NotPermitted { .. } => ProblemCode::NotPermitted,
            ApiError::RateLimited { .. } => ProblemCode::RateLimited,
            ApiError::NotFound { .. } => ProblemCode::NotFound,
            ApiError::NotTheApi { .. } => ProblemCode::NotTheApi,
            ApiError::Unreachable { .. } => ProblemCode::Offline,
            _ => ProblemCode::Rejected,
        };
        let problem = Self::new(code, sentence(&error.to_string()));
        match error.wait().and_then(|wait| now.checked_add(wait).ok()) {
            Some(at) => problem.with_retry_at(at),
            None => problem,
        }
    }
}

/// What is written down of an attempt that failed.
pub(crate) fn outcome_of(error: &ApiError, now: Timestamp) -> FetchOutcome {
    let problem = Problem::from_api(error, now);
    match problem.code {
        ProblemCode::NotPermitted => FetchOutcome::NotPermitted {
            message: problem.message,
        },
        ProblemCode::NotFound => FetchOutcome::NotThere,
        code => FetchOutcome::Failed {
            code: code.key().to_owned(),
            message: problem.message,
        },
    }
}

/// With a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let mut sentence: String = letters
        .next()
        .map(char::to_uppercase)
        .into_iter()
        .flatten()
        .collect();
    sentence.push_str(letters.as_str());
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}
