//! The books of a run: what was expected, what came, what failed. Tells the window as it goes.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use model::{Dataset, ProfileId, Timestamp};
use store::{AccountKey, SyncProblem};
use tokio::sync::broadcast::Sender;

use crate::event::DeskEvent;
use crate::problem::{Problem, ProblemCode};
use crate::read::{SyncAccountReport, SyncCounts, SyncError, SyncProgress, SyncState, SyncStatus};

/// The window hears of progress at most so often: more than it could show is wasted.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Errors listed per account; the rest would say the same, and are counted in `profiles.failed`.
const ERRORS_LISTED: usize = 500;

#[derive(Debug)]
pub(crate) struct Tally {
    books: Mutex<Books>,
    events: Sender<DeskEvent>,
}

#[derive(Debug)]
struct Books {
    started_at: Timestamp,
    cancelling: bool,
    told: Option<Instant>,
    accounts: BTreeMap<AccountKey, AccountBook>,
}

#[derive(Debug, Default)]
struct AccountBook {
    label: String,
    /// What stopped all of it.
    stopped: Option<Problem>,
    expected: u32,
    counts: SyncCounts,
    errors: Vec<SyncError>,
}

/// How a profile's part of a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProfileEnd {
    Ok,
    Failed,
    Skipped,
}

impl Tally {
    pub(crate) fn new(started_at: Timestamp, events: Sender<DeskEvent>) -> Self {
        let books = Books {
            started_at,
            cancelling: false,
            told: None,
            accounts: BTreeMap::new(),
        };
        Self {
            books: Mutex::new(books),
            events,
        }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn expect_accounts(&self, accounts: impl Iterator<Item = (AccountKey, String)>) {
        let mut books = self.books();
        for (key, label) in accounts {
            books.accounts.insert(
                key,
                AccountBook {
                    label,
                    ..AccountBook::default()
                },
            );
        }
        self.tell(&mut books, true);
    }

    pub(crate) fn expect_profiles(&self, accounts: impl Iterator<Item = AccountKey>) {
        let mut books = self.books();
        for key in accounts {
            books.accounts.entry(key).or_default().expected += 1;
        }
        self.tell(&mut books, true);
    }

    pub(crate) fn cancelling(&self) {
        let mut books = self.books();
        books.cancelling = true;
        self.tell(&mut books, true);
    }

    /// Something stopped all that was to be done for an account. The first reason stands.
    pub(crate) fn stopped(&self, account: AccountKey, problem: Problem) {
        let mut books = self.books();
        let book = books.accounts.entry(account).or_default();
        if book.stopped.is_none() {
            book.errors.insert(0, error(None, None, &problem));
            book.stopped = Some(problem);
        }
    }

    pub(crate) fn failed(
        &self,
        account: AccountKey,
        profile: Option<&ProfileId>,
        dataset: Dataset,
        problem: &Problem,
    ) {
        let mut books = self.books();
        let book = books.accounts.entry(account).or_default();
        if book.errors.len() < ERRORS_LISTED {
            book.errors.push(error(profile, Some(dataset), problem));
        }
    }

    pub(crate) fn profile_ended(&self, account: AccountKey, end: ProfileEnd) {
        let mut books = self.books();
        let counts = &mut books.accounts.entry(account).or_default().counts;
        match end {
            ProfileEnd::Ok => counts.ok += 1,
            ProfileEnd::Failed => counts.failed += 1,
            ProfileEnd::Skipped => counts.skipped += 1,
        }
        self.tell(&mut books, false);
    }

    pub(crate) fn progress(&self) -> SyncProgress {
        progress(&self.books())
    }

    pub(crate) fn accounts(&self) -> Vec<SyncAccountReport> {
        self.books()
            .accounts
            .values()
            .map(AccountBook::report)
            .collect()
    }

    /// What the account's row says of the run: nothing if all went well.
    pub(crate) fn problem_of(&self, account: AccountKey) -> Option<SyncProblem> {
        let books = self.books();
        let book = books.accounts.get(&account)?;
        if let Some(problem) = &book.stopped {
            return Some(SyncProblem {
                code: problem.code.key().to_owned(),
                message: problem.message.clone(),
            });
        }
        let first = book.errors.first()?;
        let (failed, expected) = (book.counts.failed, book.expected);
        Some(SyncProblem {
            code: first.code.key().to_owned(),
            message: if failed == 0 {
                first.message.clone()
            } else {
                format!(
                    "{failed} of {expected} profiles are not complete. {}",
                    first.message
                )
            },
        })
    }

    /// Tells the window how far it is, and that the store has news, unless it was told just now.
    fn tell(&self, books: &mut Books, at_once: bool) {
        let now = Instant::now();
        if !at_once && books.told.is_some_and(|told| now - told < TELL_EVERY) {
            return;
        }
        books.told = Some(now);
        let state = SyncState::Running {
            progress: progress(books),
        };
        drop(self.events.send(DeskEvent::SyncChanged(state)));
    }
}

fn progress(books: &Books) -> SyncProgress {
    let counts = |count: fn(&SyncCounts) -> u32| {
        books
            .accounts
            .values()
            .map(|book| count(&book.counts))
            .sum::<u32>()
    };
    SyncProgress {
        profiles: books.accounts.values().map(|book| book.expected).sum(),
        done: counts(|counts| counts.ok + counts.failed + counts.skipped),
        failed: counts(|counts| counts.failed),
        accounts: books
            .accounts
            .values()
            .map(|book| book.label.clone())
            .collect(),
        started_at: books.started_at,
        cancelling: books.cancelling,
    }
}

fn error(profile: Option<&ProfileId>, dataset: Option<Dataset>, problem: &Problem) -> SyncError {
    SyncError {
        profile: profile.cloned(),
        dataset,
        code: problem.code,
        message: problem.message.clone(),
    }
}

impl AccountBook {
    fn report(&self) -> SyncAccountReport {
        SyncAccountReport {
            label: self.label.clone(),
            status: self.status(),
            profiles: self.counts,
            errors: self.errors.clone(),
        }
    }

    fn status(&self) -> SyncStatus {
        let code = self.stopped.as_ref().map(|problem| problem.code);
        match code {
            Some(ProblemCode::SignedOut) => SyncStatus::SignedOut,
            Some(ProblemCode::Offline) => SyncStatus::Offline,
            Some(_) => SyncStatus::Failed,
            None if self.errors.is_empty() => SyncStatus::Ok,
            None => SyncStatus::Partial,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally() -> (Tally, AccountKey) {
        let (events, _) = tokio::sync::broadcast::channel(16);
        let tally = Tally::new(Timestamp::UNIX_EPOCH, events);
        let key = AccountKey(1);
        tally.expect_accounts([(key, "Acme".to_owned())].into_iter());
        tally.expect_profiles([key, key].into_iter());
        (tally, key)
    }

    #[test]
    fn a_run_without_errors_is_ok_and_leaves_no_problem() {
        let (tally, key) = tally();
        tally.profile_ended(key, ProfileEnd::Ok);
        tally.profile_ended(key, ProfileEnd::Ok);
        assert_eq!(tally.accounts()[0].status, SyncStatus::Ok);
        assert_eq!(tally.problem_of(key), None);
        assert_eq!((tally.progress().done, tally.progress().profiles), (2, 2));
    }

    #[test]
    fn one_failed_dataset_makes_it_partial_and_says_how_many() {
        let (tally, key) = tally();
        tally.failed(
            key,
            None,
            Dataset::Summary,
            &Problem::new(ProblemCode::Rejected, "No."),
        );
        tally.profile_ended(key, ProfileEnd::Failed);
        tally.profile_ended(key, ProfileEnd::Ok);
        assert_eq!(tally.accounts()[0].status, SyncStatus::Partial);
        assert_eq!(
            tally.problem_of(key).unwrap().message,
            "1 of 2 profiles are not complete. No."
        );
    }

    #[test]
    fn what_stopped_an_account_is_its_status_and_is_listed_first() {
        let (tally, key) = tally();
        tally.failed(
            key,
            None,
            Dataset::Info,
            &Problem::new(ProblemCode::Rejected, "No."),
        );
        tally.stopped(key, Problem::new(ProblemCode::SignedOut, "Sign in."));
        tally.stopped(key, Problem::new(ProblemCode::Offline, "Later."));
        let report = &tally.accounts()[0];
        assert_eq!(report.status, SyncStatus::SignedOut);
        assert_eq!(report.errors[0].code, ProblemCode::SignedOut);
        assert_eq!(tally.problem_of(key).unwrap().code, "signed_out");
    }
}
