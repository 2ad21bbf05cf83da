//! One operation of a plan: ask, keep what came, and note how it ended.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{Dataset, FetchOutcome, ProfileId, Timestamp};
use store::{AccountKey, PlannedProfile, ProfileKey, StoreError, Subject, Writer};
use tagoio::{ApiError, Session};
use tokio_util::sync::CancellationToken;

use super::changelog::Log;
use super::plan::Operation;
use super::ready::Ready;
use super::tally::Tally;
use crate::event::StoreNews;
use crate::open::Inner;
use crate::pace::Priority;
use crate::problem::{Problem, ProblemCode, outcome_of};
use crate::settings::Settings;

/// How long a request that is in flight may still take after a cancel. Nothing is lost with its answer: it
/// is asked for again by the next run.
const GRACE: Duration = Duration::from_secs(5);

/// What all operations of a run share.
pub(crate) struct RunContext {
    pub(crate) inner: Arc<Inner>,
    pub(crate) tally: Arc<Tally>,
    pub(crate) settings: Settings,
    /// Ask for the whole history again, not only for what is new.
    pub(crate) full: bool,
    pub(crate) accounts: Mutex<HashMap<AccountKey, Arc<Ready>>>,
    /// The profiles of the run, with the account that asks for each.
    pub(crate) assigned: Mutex<HashMap<ProfileKey, PlannedProfile>>,
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It is stored, or it is not for this token.
    Ok,
    /// There was nothing new to ask for.
    NothingNew,
    Failed,
    /// It was given up on before there was an answer.
    Stopped,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// It was not wanted any more, or the host was given up on, before there was an answer.
    Stopped,
    /// The API, or the way to it, failed.
    Failed(ApiError),
}

/// An operation at work.
pub(crate) struct Job<'a> {
    pub(crate) run: &'a RunContext,
    pub(crate) ready: &'a Ready,
    pub(crate) operation: Operation,
    /// The profile's id at TagoIO, if it is about one.
    pub(crate) profile: Option<ProfileId>,
    /// Nothing was asked before.
    began_at: Timestamp,
}

impl RunContext {
    fn accounts(&self) -> MutexGuard<'_, HashMap<AccountKey, Arc<Ready>>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, ready: Ready) {
        self.accounts().insert(ready.account.key, Arc::new(ready));
    }

    /// The accounts that can be asked.
    pub(crate) fn keys(&self) -> Vec<AccountKey> {
        self.accounts().keys().copied().collect()
    }

    pub(crate) fn account(&self, key: AccountKey) -> Option<Arc<Ready>> {
        self.accounts().get(&key).cloned()
    }

    pub(crate) fn assigned(&self, key: ProfileKey) -> Option<PlannedProfile> {
        let assigned = self.assigned.lock().unwrap_or_else(PoisonError::into_inner);
        assigned.get(&key).cloned()
    }

    /// Does one operation of a plan and puts its end into the books.
    pub(crate) async fn carry_out(&self, operation: Operation) -> End {
        let end = match self.account(operation.account) {
            Some(ready) if !ready.stop.is_cancelled() => match operation.subject {
                Subject::Account(_) => self.job(&ready, operation, None).of_account().await,
                Subject::Profile(key) => {
                    let profile = self.assigned(key).map(|assigned| assigned.id);
                    self.job(&ready, operation, profile).of_profile(key).await
                }
            },
            _ => End::Stopped,
        };
        self.tally.operation_ended(&operation, end);
        end
    }

    fn job<'a>(
        &'a self,
        ready: &'a Ready,
        operation: Operation,
        profile: Option<ProfileId>,
    ) -> Job<'a> {
        Job {
            run: self,
            ready,
            operation,
            profile,
            began_at: self.inner.clock.now(),
        }
    }
}

/// Sends requests of an account that may be given up on. A denial is settled into "signed out" or "not
/// permitted".
pub(crate) async fn ask<T, F>(
    inner: &Inner,
    ready: &Ready,
    priority: Priority,
    call: impl FnOnce(Session) -> F,
) -> Result<T, Unanswered>
where
    F: Future<Output = Result<T, ApiError>>,
{
    let session = ready.paced(inner, priority);
    let answer = Box::pin(async {
        match call(session.clone()).await {
            Err(ApiError::Denied { call, message }) if ready.is_proven(inner.clock.now()) => {
                let message = Some(message);
                Err(ApiError::NotPermitted { call, message })
            }
            Err(denied @ ApiError::Denied { .. }) => Err(session.settle(denied).await),
            answer => answer,
        }
    });
    let answer = tokio::select! {
        answer = answer => answer,
        () = out_of_patience(&ready.stop) => return Err(Unanswered::Stopped),
    };
    match &answer {
        Ok(_) | Err(ApiError::NotPermitted { .. }) => ready.prove(inner.clock.now()),
        Err(_) => {}
    }
    answer.map_err(|error| match error {
        ApiError::Withdrawn { .. } => Unanswered::Stopped,
        error => Unanswered::Failed(error),
    })
}

/// Ends when the work was stopped and what is in flight had its time.
async fn out_of_patience(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(GRACE).await;
}

impl Job<'_> {
    fn priority(&self) -> Priority {
        let looked_at = self.run.inner.looked_at().map(Subject::Profile);
        match self.operation.subject {
            _ if self.operation.urgent => Priority::Asked,
            subject if Some(subject) == looked_at => Priority::LookedAt,
            Subject::Account(_) => Priority::Account,
            Subject::Profile(_) if self.operation.dataset == Dataset::Summary => Priority::Summary,
            Subject::Profile(_) => Priority::Rest,
        }
    }

    pub(crate) async fn ask<T, F>(&self, call: impl FnOnce(Session) -> F) -> Result<T, Unanswered>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        ask(&self.run.inner, self.ready, self.priority(), call).await
    }

    /// Writes an answer, what it says to have changed, and the status of its fetch in one transaction;
    /// without an answer, the status alone. Where something was changed since it was asked, the answer may show
    /// what stood before: then it is thrown away, and asked for again by the next run.
    pub(crate) async fn keep<T: Send + 'static>(
        &self,
        answer: Result<T, Unanswered>,
        write: impl FnOnce(&Writer<'_>, T, &mut Log) -> Result<FetchOutcome, StoreError>
        + Send
        + 'static,
    ) -> End {
        let inner = &self.run.inner;
        let now = inner.clock.now();
        let Operation {
            account,
            subject,
            dataset,
            ..
        } = self.operation;
        let written = match answer {
            Ok(answer) => {
                let mut log = Log::new(account, subject, now);
                let began_at = self.began_at;
                inner
                    .write(move |store| {
                        if store.changed_since(subject, began_at)? {
                            return Ok(None);
                        }
                        let before = store.status(subject, dataset)?;
                        log.begin(before.and_then(|status| status.succeeded_at));
                        let outcome = write(store, answer, &mut log)?;
                        let changed = log.write(store)?;
                        store.put_status(subject, dataset, &outcome, now)?;
                        Ok(Some(changed))
                    })
                    .await
            }
            Err(Unanswered::Stopped) => return End::Stopped,
            Err(Unanswered::Failed(error)) => return self.failed(&error, now).await,
        };
        match written {
            Ok(None) => End::Stopped,
            Ok(Some(changed)) => {
                self.tell(changed);
                End::Ok
            }
            Err(problem) => self.broken(problem),
        }
    }

    /// There was nothing to ask for: what is stored is what an answer would say.
    pub(crate) async fn nothing_new(&self) -> End {
        match self
            .note(FetchOutcome::Ok, self.run.inner.clock.now())
            .await
        {
            Ok(()) => End::NothingNew,
            Err(problem) => self.broken(problem),
        }
    }

    fn tell(&self, changed: bool) {
        let mut news = match self.operation.subject {
            Subject::Account(_) => StoreNews::accounts(),
            Subject::Profile(profile) => StoreNews::profile(profile.0),
        };
        news.list = self.operation.dataset == Dataset::Profiles;
        news.activity = changed;
        self.run.inner.tell_changed(news);
    }

    /// The store cannot be written: there is no use in fetching on.
    pub(crate) fn broken(&self, problem: Problem) -> End {
        self.run.tally.stopped(self.operation.account, problem);
        self.ready.stop.cancel();
        End::Failed
    }

    /// Notes why there was no answer. What fails stops nothing else, but for a token that is not valid any
    /// more and a host that is not there: they stop the account's part.
    async fn failed(&self, error: &ApiError, now: Timestamp) -> End {
        let inner = &self.run.inner;
        let account = self.operation.account;
        let outcome = outcome_of(error, now);
        let failed = matches!(outcome, FetchOutcome::Failed { .. });
        if let Err(problem) = self.note(outcome, now).await {
            return self.broken(problem);
        }
        self.tell(false);
        if !failed {
            return End::Ok;
        }
        let problem = Problem::from_api(error, now);
        let stops = match problem.code {
            ProblemCode::SignedOut => true,
            ProblemCode::Offline | ProblemCode::NotTheApi => inner.pace.is_away(&self.ready.host),
            _ => false,
        };
        if problem.code == ProblemCode::SignedOut
            && let Err(problem) = super::ready::note_signed_out(inner, account, &problem).await
        {
            return self.broken(problem);
        }
        if stops {
            self.run.tally.stopped(account, problem);
            self.ready.stop.cancel();
        } else {
            self.run.tally.failed(
                account,
                self.profile.as_ref(),
                self.operation.dataset,
                &problem,
            );
        }
        End::Failed
    }

    async fn note(&self, outcome: FetchOutcome, now: Timestamp) -> Result<(), Problem> {
        let (subject, dataset) = (self.operation.subject, self.operation.dataset);
        self.run
            .inner
            .write(move |store| store.put_status(subject, dataset, &outcome, now))
            .await
    }
}
