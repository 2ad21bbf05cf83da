//! Why a command did not do what it was told, and with which code pdesk ends.

use std::process::ExitCode;

use desk::read::{SyncAccountReport, SyncReport, SyncStatus};
use desk::{Problem, ProblemCode};
use model::Timestamp;
use serde::Serialize;

/// How a command ended. The numbers are pdesk's exit codes, which scripts rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// All was done.
    Done = 0,
    /// It failed.
    Failed = 1,
    /// The command line or something on it cannot be used.
    Usage = 2,
    /// A token is not valid any more.
    SignInAgain = 3,
    /// The API could not be reached.
    Offline = 4,
    /// Some of it succeeded and some failed.
    Partly = 5,
    /// All was done, and something needs attention.
    Attention = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What is printed as an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Failure {
    /// A stable word for the cause.
    pub(crate) code: &'static str,
    /// What happened, and to what.
    pub(crate) message: String,
    /// What to do next; `null` in JSON if there is nothing.
    pub(crate) hint: Option<String>,
    /// When it makes sense to try again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_at: Option<Timestamp>,
    /// The exit code.
    #[serde(skip)]
    pub(crate) exit: Exit,
}

impl Failure {
    /// Something on the command line, or typed when asked, cannot be used.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            code: "usage",
            message: message.into(),
            hint: None,
            retry_at: None,
            exit: Exit::Usage,
        }
    }

    /// It failed for a reason outside of the desk.
    pub(crate) fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            exit: Exit::Failed,
            ..Self::usage(message)
        }
    }

    /// Adds what to do next.
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self {
            code: problem.code.key(),
            exit: exit_of(problem.code),
            message: problem.message,
            hint: problem.hint,
            retry_at: problem.retry_at,
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::failed("io", format!("The system refused something: {error}."))
    }
}

/// The exit code of a problem that stopped a command.
pub(crate) const fn exit_of(code: ProblemCode) -> Exit {
    match code {
        ProblemCode::InvalidInput => Exit::Usage,
        ProblemCode::SignedOut => Exit::SignInAgain,
        // A proxy or a captive portal stands between: the API cannot be reached.
        ProblemCode::Offline | ProblemCode::NotTheApi => Exit::Offline,
        _ => Exit::Failed,
    }
}

/// The exit code of a sync: done, partly if anything succeeded, else the one cause of all accounts.
pub(crate) fn exit_of_sync(report: &SyncReport) -> Exit {
    let all_ok = report
        .accounts
        .iter()
        .all(|account| account.status == SyncStatus::Ok);
    if all_ok && !report.cancelled {
        return Exit::Done;
    }
    if report
        .accounts
        .iter()
        .any(|account| something_arrived(account, report.cancelled))
    {
        return Exit::Partly;
    }
    // An account of which nothing succeeded names first what stopped it.
    exit_of_all(report.accounts.iter().map(|account| {
        let first = account.errors.first();
        first.map_or(Exit::Failed, |error| exit_of(error.code))
    }))
}

/// The exit code of several failures: the one that all of them have, or that it failed.
pub(crate) fn exit_of_all(mut causes: impl Iterator<Item = Exit>) -> Exit {
    let first = causes.next().unwrap_or(Exit::Failed);
    if causes.all(|cause| cause == first) {
        first
    } else {
        Exit::Failed
    }
}

/// The exit code of two parts of one command.
pub(crate) fn exit_of_both(one: Exit, other: Exit) -> Exit {
    let arrived = |exit| matches!(exit, Exit::Done | Exit::Partly);
    if one == other {
        one
    } else if arrived(one) || arrived(other) {
        Exit::Partly
    } else {
        Exit::Failed
    }
}

/// Whether anything of an account was stored. An account that was stopped names first what stopped it, and
/// of what; one that was not has at least its list of profiles.
fn something_arrived(account: &SyncAccountReport, cancelled: bool) -> bool {
    let stopped = account
        .errors
        .first()
        .is_some_and(|error| error.profile.is_none() && error.dataset.is_none());
    account.profiles.ok + account.profiles.failed > 0 || !(stopped || cancelled)
}

#[cfg(test)]
mod tests {
    use desk::read::{SyncCounts, SyncError};
    use model::Dataset;

    use super::*;

    fn report(accounts: &[(SyncStatus, u32, Option<ProblemCode>)], cancelled: bool) -> SyncReport {
        // What stops a whole account is of no dataset.
        let error = |code: ProblemCode, status: SyncStatus| SyncError {
            profile: None,
            dataset: (status == SyncStatus::Partial).then_some(Dataset::Prices),
            code,
            message: String::new(),
            retry_at: None,
        };
        SyncReport {
            requests: 1,
            retries: 0,
            rate_limited: 0,
            seconds: 1.0,
            cancelled,
            ended_at: Timestamp::UNIX_EPOCH,
            accounts: accounts
                .iter()
                .map(|(status, ok, code)| SyncAccountReport {
                    label: "Acme".to_owned(),
                    status: *status,
                    profiles: SyncCounts {
                        ok: *ok,
                        ..SyncCounts::default()
                    },
                    errors: code.map(|code| error(code, *status)).into_iter().collect(),
                })
                .collect(),
        }
    }

    #[test]
    fn a_sync_ends_with_the_cause_of_all_or_partly_if_anything_succeeded() {
        let ok = |profiles| (SyncStatus::Ok, profiles, None);
        let partial = (SyncStatus::Partial, 0, Some(ProblemCode::Rejected));
        let out = (SyncStatus::SignedOut, 0, Some(ProblemCode::SignedOut));
        let offline = (SyncStatus::Offline, 0, Some(ProblemCode::Offline));
        let portal = (SyncStatus::Failed, 0, Some(ProblemCode::NotTheApi));
        let busy = (SyncStatus::Failed, 0, Some(ProblemCode::Busy));
        for (accounts, cancelled, exit) in [
            (&[ok(3), ok(0)][..], false, Exit::Done),
            (&[out, out], false, Exit::SignInAgain),
            (&[offline], false, Exit::Offline),
            (&[portal, offline], false, Exit::Offline),
            (&[busy], false, Exit::Failed),
            (&[offline, out], false, Exit::Failed),
            (&[ok(3), out], false, Exit::Partly),
            (&[partial], false, Exit::Partly),
            (&[ok(3)], true, Exit::Partly),
            (&[ok(0)], true, Exit::Failed),
        ] {
            let found = exit_of_sync(&report(accounts, cancelled));
            assert_eq!(found, exit, "{accounts:?} {cancelled}");
        }
    }

    #[test]
    fn two_parts_end_alike_or_partly_or_failed() {
        for (one, other, both) in [
            (Exit::Done, Exit::Done, Exit::Done),
            (Exit::Done, Exit::Failed, Exit::Partly),
            (Exit::Offline, Exit::Partly, Exit::Partly),
            (Exit::Offline, Exit::Offline, Exit::Offline),
            (Exit::Offline, Exit::SignInAgain, Exit::Failed),
        ] {
            assert_eq!(exit_of_both(one, other), both);
            assert_eq!(exit_of_both(other, one), both);
        }
    }

    #[test]
    fn a_problem_keeps_its_word_and_gets_its_exit_code() {
        for (code, exit) in [
            (ProblemCode::InvalidInput, 2),
            (ProblemCode::SignedOut, 3),
            (ProblemCode::Offline, 4),
            (ProblemCode::NotTheApi, 4),
            (ProblemCode::LabelTaken, 1),
            (ProblemCode::StoreNewer, 1),
        ] {
            let failure = Failure::from(Problem::new(code, "Something happened."));
            assert_eq!((failure.code, failure.exit as u8), (code.key(), exit));
        }
    }
}
