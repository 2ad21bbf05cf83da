//! Once over all logs: of all that is left the most urgent window, until none is left.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use model::{Dataset, FetchOutcome, ProfileId, Timestamp};
use store::{Account, AccountKey, ProfileKey, Subject};
use tokio_util::sync::CancellationToken;

use super::choice::is_done;
use super::query::{self, Narrowed};
use super::windows::{self, Span, Urgency, Window};
use crate::event::StoreNews;
use crate::open::Inner;
use crate::pace::Priority;
use crate::problem::{Problem, ProblemCode, outcome_of};
use crate::read::{ArchiveError, ArchiveProgress, ArchiveReport, SyncCounts, SyncError};
use crate::sync::{Ready, note_signed_out};

/// Errors that are listed; the rest would say the same.
const ERRORS_LISTED: usize = 100;

/// A profile's log.
struct Log {
    ready: Arc<Ready>,
    profile: ProfileKey,
    id: ProfileId,
    archived: Vec<Span>,
    failed: bool,
}

/// The place of a log in the line: the most urgent window first, of equal ones the oldest.
type Place = (Urgency, Timestamp, usize);

pub(super) struct Pass<'a> {
    inner: &'a Arc<Inner>,
    stop: &'a CancellationToken,
    age: Duration,
    logs: Vec<Log>,
    line: BTreeMap<Place, Window>,
    report: ArchiveReport,
}

impl<'a> Pass<'a> {
    /// Takes the right to archive each account, and its token. One that cannot be had is in the report.
    pub(super) async fn open(
        inner: &'a Arc<Inner>,
        accounts: &[AccountKey],
        stop: &'a CancellationToken,
    ) -> Result<Self, Problem> {
        let settings = inner.settings().await?;
        let mut pass = Self {
            inner,
            stop,
            age: settings.age_of(Dataset::Audit),
            logs: Vec::new(),
            line: BTreeMap::new(),
            report: ArchiveReport::default(),
        };
        for key in accounts {
            let (label, added) = match inner.account(key.0).await {
                Ok(account) => {
                    let added = pass.add(&account, accounts.len() == 1).await;
                    (Some(account.label), added)
                }
                Err(problem) => (None, Err(problem)),
            };
            if let Err(problem) = added {
                pass.note(label, None, &problem);
            }
        }
        let now = inner.clock.now();
        for place in 0..pass.logs.len() {
            pass.line_up(place, now);
        }
        Ok(pass)
    }

    async fn add(&mut self, account: &Account, only: bool) -> Result<(), Problem> {
        let inner = self.inner;
        let (key, now) = (account.key, inner.clock.now());
        let (spans, reaches, refused) = inner
            .read(move |store| {
                let spans = store.audit_spans_of_account(key)?;
                let mut refused = Vec::new();
                for (profile, _) in &spans {
                    let status = store.status(Subject::Profile(*profile), Dataset::Audit)?;
                    refused.push(status.and_then(|status| match status.outcome {
                        FetchOutcome::NotPermitted { .. } => Some(status.attempted_at),
                        _ => None,
                    }));
                }
                Ok((spans, store.planned_profiles(&[key])?, refused))
            })
            .await?;
        let ids: BTreeMap<_, _> = reaches
            .into_iter()
            .map(|reach| (reach.key, reach.id))
            .collect();
        // What was refused is refused for a day as well.
        let asked = |refused: Option<Timestamp>| {
            refused.is_none_or(|at| now.duration_since(at).unsigned_abs() >= self.age)
        };
        let logs: Vec<_> = spans
            .into_iter()
            .zip(refused)
            .filter(|((_, archived), refused)| {
                asked(*refused) && windows::next(archived, now, self.age).is_some()
            })
            .filter_map(|((profile, archived), _)| {
                let id = ids.get(&profile)?.clone();
                Some((profile, id, archived))
            })
            .collect();
        if logs.is_empty() {
            return Ok(());
        }
        if let Some(signed_out) = &account.signed_out {
            // The archive goes on by itself: it does not try a token again that was refused.
            return Err(Problem::new(
                ProblemCode::SignedOut,
                signed_out.message.clone(),
            ));
        }
        let program = inner.program.clone();
        let lock = inner
            .with_store(move |store| store.lock_archive(key, &program))
            .await??;
        let ready = Arc::new(Ready::open(inner, account, lock, only, self.stop).await?);
        self.logs
            .extend(logs.into_iter().map(|(profile, id, archived)| Log {
                ready: Arc::clone(&ready),
                profile,
                id,
                archived,
                failed: false,
            }));
        Ok(())
    }

    /// Archives window after window.
    pub(super) async fn run(&mut self) -> Result<(), Problem> {
        self.tell();
        while let Some((place, window)) = self.next() {
            if self.stop.is_cancelled() {
                break;
            }
            self.archive(place, window).await?;
            self.tell();
        }
        Ok(())
    }

    pub(super) fn report(&self) -> ArchiveReport {
        let now = self.inner.clock.now();
        let mut report = self.report.clone();
        report.profiles = self
            .logs
            .iter()
            .fold(SyncCounts::default(), |mut counts, log| {
                if log.failed {
                    counts.failed += 1;
                } else if is_done(&log.archived, now) {
                    counts.ok += 1;
                } else {
                    counts.skipped += 1;
                }
                counts
            });
        report
    }

    /// The log whose turn it is. One that a person looks at is ahead of all.
    fn next(&mut self) -> Option<(usize, Window)> {
        let looked_at = self.inner.looked_at();
        let ahead = self
            .line
            .keys()
            .find(|(.., place)| Some(self.logs[*place].profile) == looked_at)
            .copied();
        let first = ahead.or_else(|| self.line.keys().next().copied())?;
        let window = self.line.remove(&first)?;
        Some((first.2, window))
    }

    fn line_up(&mut self, place: usize, now: Timestamp) {
        if let Some(window) = windows::next(&self.logs[place].archived, now, self.age) {
            let key = (window.urgency, window.from, place);
            self.line.insert(key, window);
        }
    }

    async fn archive(&mut self, place: usize, window: Window) -> Result<(), Problem> {
        let (inner, now) = (self.inner, self.inner.clock.now());
        let log = &self.logs[place];
        let (key, subject) = (log.profile, Subject::Profile(log.profile));
        if log.ready.stop.is_cancelled() {
            return Ok(());
        }
        let session = log.ready.paced(inner, Priority::Archive);
        let span = (window.from, window.until);
        let all = Narrowed::default();
        let found = query::events(&session, &log.id, &all, span, &log.ready.stop, |_| {}).await;
        let error = match found {
            Ok(found) => {
                let events = found.events;
                let (from, until) = window.covers(now);
                let (new, spans) = inner
                    .write(move |store| {
                        let new = store.put_audit_span(key, from, until, &events)?;
                        store.put_status(subject, Dataset::Audit, &FetchOutcome::Ok, now)?;
                        Ok((new, store.audit_spans(key)?))
                    })
                    .await?;
                self.report.windows += 1;
                self.report.events += new as u64;
                self.logs[place].archived = spans;
                self.line_up(place, inner.clock.now());
                self.tell_who_looks(key);
                return Ok(());
            }
            Err(error) => match query::as_api_error(error) {
                Some(tagoio::ApiError::Withdrawn { .. }) | None => return Ok(()),
                Some(error) => session.settle(error).await,
            },
        };
        let outcome = outcome_of(&error, now);
        // A window that is not there was not archived either: only a refusal is an answer.
        let failed = !matches!(outcome, FetchOutcome::NotPermitted { .. });
        inner
            .write(move |store| store.put_status(subject, Dataset::Audit, &outcome, now))
            .await?;
        self.tell_who_looks(key);
        if failed {
            self.logs[place].failed = true;
            let problem = Problem::from_api(&error, now);
            self.give_up(place, &problem).await?;
            let log = &self.logs[place];
            let (label, id) = (log.ready.account.label.clone(), log.id.clone());
            self.note(Some(label), Some(id), &problem);
        }
        Ok(())
    }

    /// A token that is not valid any more and a host that is not there end the account's part.
    async fn give_up(&self, place: usize, problem: &Problem) -> Result<(), Problem> {
        let ready = &self.logs[place].ready;
        if matches!(
            problem.code,
            ProblemCode::SignedOut | ProblemCode::Offline | ProblemCode::NotTheApi
        ) {
            ready.stop.cancel();
        }
        note_signed_out(self.inner, ready.account.key, problem).await
    }

    fn note(&mut self, account: Option<String>, profile: Option<ProfileId>, problem: &Problem) {
        if self.report.errors.len() < ERRORS_LISTED {
            let error = SyncError {
                profile,
                dataset: Some(Dataset::Audit),
                code: problem.code,
                message: problem.message.clone(),
                retry_at: problem.retry_at,
            };
            self.report.errors.push(ArchiveError { account, error });
        }
    }

    /// A log is shown with its own profile alone: nothing else is read again for each window.
    fn tell_who_looks(&self, profile: ProfileKey) {
        if self.inner.looked_at() == Some(profile) {
            self.inner.tell_changed(StoreNews::profile(profile.0));
        }
    }

    fn tell(&self) {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let progress = ArchiveProgress {
            done: count(self.logs.len() - self.line.len()),
            profiles: count(self.logs.len()),
        };
        self.inner
            .put_outlook(|outlook| outlook.archive = Some(progress));
    }
}
