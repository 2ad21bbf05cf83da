//! The books of a run: what was expected, what came, what failed. Tells the window as it goes.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use model::{Dataset, ProfileId, Timestamp};
use store::{AccountKey, ProfileKey, Subject, SyncProblem};
use tokio::sync::broadcast::Sender;

use super::job::End;
use super::plan::Operation;
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
    waiting_until: Option<Timestamp>,
    accounts: BTreeMap<AccountKey, AccountBook>,
}

#[derive(Debug, Default)]
struct AccountBook {
    label: String,
    /// What stopped all of it.
    stopped: Option<Problem>,
    /// Operations that ended well.
    arrived: u32,
    profiles: HashMap<ProfileKey, ProfileBook>,
    counts: SyncCounts,
    errors: Vec<(SyncError, Problem)>,
}

/// A profile's part of a run.
#[derive(Clone, Copy, Debug, Default)]
struct ProfileBook {
    /// Operations that have not ended.
    left: u32,
    failed: bool,
    stopped: bool,
}

impl ProfileBook {
    fn count(self, counts: &mut SyncCounts) -> &mut u32 {
        if self.failed {
            &mut counts.failed
        } else if self.stopped {
            &mut counts.skipped
        } else {
            &mut counts.ok
        }
    }
}

impl Tally {
    pub(crate) fn new(started_at: Timestamp, events: Sender<DeskEvent>) -> Self {
        let books = Books {
            started_at,
            cancelling: false,
            told: None,
            waiting_until: None,
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

    /// A profile is part of the run, with so many operations to do; none, if all of it is fresh.
    pub(crate) fn expect_profiles(
        &self,
        profiles: impl Iterator<Item = (AccountKey, ProfileKey, u32)>,
    ) {
        let mut books = self.books();
        for (account, profile, operations) in profiles {
            books.account(account).expect(profile, operations);
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
        let book = books.account(account);
        if book.stopped.is_none() {
            book.stopped = Some(problem);
        }
    }

    /// An account's host was found to be away. What failed first on the way says it best.
    pub(crate) fn away(&self, account: AccountKey, problem: Problem) {
        let mut books = self.books();
        let book = books.account(account);
        if book.stopped.is_none() {
            let first = book.errors.first().map(|(_, problem)| problem.clone());
            book.stopped = Some(first.unwrap_or(problem));
        }
    }

    /// Whether anything stopped an account's part.
    pub(crate) fn is_stopped(&self, account: AccountKey) -> bool {
        self.books().account(account).stopped.is_some()
    }

    pub(crate) fn failed(
        &self,
        account: AccountKey,
        profile: Option<&ProfileId>,
        dataset: Dataset,
        problem: &Problem,
    ) {
        let mut books = self.books();
        let book = books.account(account);
        if book.errors.len() < ERRORS_LISTED {
            let error = error(profile, Some(dataset), problem);
            book.errors.push((error, problem.clone()));
        }
    }

    pub(crate) fn operation_ended(&self, operation: &Operation, end: End) {
        let mut books = self.books();
        let book = books.account(operation.account);
        book.arrived += u32::from(end == End::Ok);
        if let Subject::Profile(profile) = operation.subject {
            book.operation_ended(profile, end);
        }
        self.tell(&mut books, false);
    }

    /// All that is left waits for the API's limits, until then; or not any more.
    pub(crate) fn waiting(&self, until: Option<Timestamp>) {
        let mut books = self.books();
        books.waiting_until = until;
        self.tell(&mut books, true);
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
        if let Some(problem) = book.stopped() {
            return Some(SyncProblem {
                code: problem.code.key().to_owned(),
                message: problem.message.clone(),
            });
        }
        let (first, _) = book.errors.first()?;
        let (failed, expected) = (book.counts.failed, book.profiles.len());
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
        profiles: books
            .accounts
            .values()
            .map(|book| u32::try_from(book.profiles.len()).unwrap_or(u32::MAX))
            .sum(),
        done: counts(|counts| counts.ok + counts.failed + counts.skipped),
        failed: counts(|counts| counts.failed),
        accounts: books
            .accounts
            .values()
            .map(|book| book.label.clone())
            .collect(),
        started_at: books.started_at,
        cancelling: books.cancelling,
        waiting_until: books.waiting_until,
    }
}

fn error(profile: Option<&ProfileId>, dataset: Option<Dataset>, problem: &Problem) -> SyncError {
    SyncError {
        profile: profile.cloned(),
        dataset,
        code: problem.code,
        message: problem.message.clone(),
        retry_at: problem.retry_at,
    }
}

impl Books {
    fn account(&mut self, account: AccountKey) -> &mut AccountBook {
        self.accounts.entry(account).or_default()
    }
}

impl AccountBook {
    fn expect(&mut self, profile: ProfileKey, operations: u32) {
        let book = self.profiles.entry(profile).or_insert_with(|| {
            self.counts.ok += 1;
            ProfileBook::default()
        });
        if operations > 0 && book.left == 0 {
            // It was done already, and begins again.
            *book.count(&mut self.counts) -= 1;
            *book = ProfileBook::default();
        }
        book.left += operations;
    }

    fn operation_ended(&mut self, profile: ProfileKey, end: End) {
        let Some(book) = self.profiles.get_mut(&profile).filter(|book| book.left > 0) else {
            return;
        };
        book.left -= 1;
        book.failed |= end == End::Failed;
        book.stopped |= end == End::Stopped;
        if book.left == 0 {
            *book.count(&mut self.counts) += 1;
        }
    }

    /// What stopped all of it: where nothing at all arrived, the first failure did.
    fn stopped(&self) -> Option<&Problem> {
        let first = self.errors.first().map(|(_, problem)| problem);
        let nothing = self.arrived == 0 && self.counts.ok == 0;
        self.stopped.as_ref().or(first.filter(|_| nothing))
    }

    fn report(&self) -> SyncAccountReport {
        let stopped = self.stopped().map(|problem| error(None, None, problem));
        // Where the first failure is what stopped it, it is named once.
        let rest = usize::from(stopped.is_some() && self.stopped.is_none());
        let errors = self
            .errors
            .iter()
            .skip(rest)
            .map(|(error, _)| error.clone());
        SyncAccountReport {
            label: self.label.clone(),
            status: self.status(),
            profiles: self.counts,
            errors: stopped.into_iter().chain(errors).collect(),
        }
    }

    fn status(&self) -> SyncStatus {
        match self.stopped().map(|problem| problem.code) {
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
    use crate::read::PlanReason;

    const ACCOUNT: AccountKey = AccountKey(1);

    /// Two profiles, of two operations each.
    fn tally() -> Tally {
        let (events, _) = tokio::sync::broadcast::channel(16);
        let tally = Tally::new(Timestamp::UNIX_EPOCH, events);
        tally.expect_accounts([(ACCOUNT, "Acme".to_owned())].into_iter());
        let profiles = [1, 2].map(|profile| (ACCOUNT, ProfileKey(profile), 2));
        tally.expect_profiles(profiles.into_iter());
        tally
    }

    fn ended(tally: &Tally, profile: i64, ends: [End; 2]) {
        for (dataset, end) in [Dataset::Summary, Dataset::Team].into_iter().zip(ends) {
            let operation = Operation {
                account: ACCOUNT,
                subject: Subject::Profile(ProfileKey(profile)),
                dataset,
                reason: PlanReason::Stale,
                fetched_at: None,
                urgent: false,
            };
            tally.operation_ended(&operation, end);
        }
    }

    fn failed(tally: &Tally, message: &str) {
        let problem = Problem::new(ProblemCode::Rejected, message);
        tally.failed(ACCOUNT, None, Dataset::Summary, &problem);
    }

    #[test]
    fn a_run_without_errors_is_ok_and_leaves_no_problem() {
        let tally = tally();
        assert_eq!((tally.progress().done, tally.progress().profiles), (0, 2));
        ended(&tally, 1, [End::Ok; 2]);
        ended(&tally, 2, [End::Ok; 2]);
        assert_eq!(tally.accounts()[0].status, SyncStatus::Ok);
        assert_eq!(tally.problem_of(ACCOUNT), None);
        assert_eq!((tally.progress().done, tally.progress().profiles), (2, 2));
    }

    #[test]
    fn a_profile_that_is_all_fresh_is_done_and_one_that_is_asked_for_again_is_not() {
        let tally = tally();
        tally.expect_profiles([(ACCOUNT, ProfileKey(3), 0)].into_iter());
        assert_eq!((tally.progress().done, tally.progress().profiles), (1, 3));
        tally.expect_profiles([(ACCOUNT, ProfileKey(3), 2)].into_iter());
        assert_eq!((tally.progress().done, tally.progress().profiles), (0, 3));
        ended(&tally, 3, [End::Ok; 2]);
        assert_eq!(tally.progress().done, 1);
    }

    #[test]
    fn one_failed_dataset_makes_it_partial_and_says_how_many() {
        let tally = tally();
        failed(&tally, "No.");
        ended(&tally, 1, [End::Ok, End::Failed]);
        ended(&tally, 2, [End::Ok; 2]);
        assert_eq!(tally.accounts()[0].status, SyncStatus::Partial);
        assert_eq!(
            tally.problem_of(ACCOUNT).unwrap().message,
            "1 of 2 profiles are not complete. No."
        );
    }

    #[test]
    fn what_stopped_an_account_is_its_status_and_is_listed_first() {
        let tally = tally();
        failed(&tally, "No.");
        tally.stopped(ACCOUNT, Problem::new(ProblemCode::SignedOut, "Sign in."));
        tally.stopped(ACCOUNT, Problem::new(ProblemCode::Offline, "Later."));
        ended(&tally, 1, [End::Stopped; 2]);
        let report = &tally.accounts()[0];
        assert_eq!(report.status, SyncStatus::SignedOut);
        assert_eq!(report.errors[0].code, ProblemCode::SignedOut);
        assert_eq!((report.errors.len(), report.profiles.skipped), (2, 1));
        assert_eq!(tally.problem_of(ACCOUNT).unwrap().code, "signed_out");
    }

    #[test]
    fn where_nothing_arrived_the_first_failure_stopped_it() {
        let tally = tally();
        failed(&tally, "First.");
        failed(&tally, "Second.");
        ended(&tally, 1, [End::Failed; 2]);
        let report = &tally.accounts()[0];
        assert_eq!(report.status, SyncStatus::Failed);
        let errors: Vec<_> = report
            .errors
            .iter()
            .map(|error| (error.dataset, error.message.as_str()))
            .collect();
        let second = (Some(Dataset::Summary), "Second.");
        assert_eq!(errors, [(None, "First."), second]);
    }
}
