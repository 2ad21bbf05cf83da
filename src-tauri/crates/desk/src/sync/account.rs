//! An account's own part of a run: whose token it is, which profiles it reaches, what it has bought.

use std::sync::atomic::AtomicU32;

use model::{Dataset, FetchOutcome, ProfileId, Token};
use store::{Account, AccountKey, AccountLock, Aspect, ListedProfile, Subject};
use tagoio::{ApiError, Session};
use tokio_util::sync::CancellationToken;

use super::ask::{Asker, Unanswered};
use super::record;
use super::tally::Tally;
use crate::connect::account_of;
use crate::open::Inner;
use crate::problem::{Problem, ProblemCode, outcome_of};

/// An account whose profiles can be fetched.
pub(crate) struct Ready {
    pub(crate) account: Account,
    pub(crate) session: Session,
    /// Cancelled when the run is, or when nothing more is to be had for this account.
    pub(crate) stop: CancellationToken,
    /// Requests in a row that did not reach the API.
    pub(crate) unreached: AtomicU32,
    /// Held to the end of the run.
    _lock: AccountLock,
}

impl Ready {
    pub(crate) fn key(&self) -> AccountKey {
        self.account.key
    }
}

/// Does an account's own part. `None` if its profiles cannot be fetched; the tally then says why.
pub(crate) async fn prepare(
    inner: &Inner,
    account: &Account,
    lock: AccountLock,
    only: bool,
    tally: &Tally,
    cancel: &CancellationToken,
) -> Option<Ready> {
    match try_prepare(inner, account, lock, only, tally, cancel).await {
        Ok(ready) => ready,
        Err(problem) => {
            if let Err(problem) = note_sign_in(inner, account.key, &problem).await {
                tally.stopped(account.key, problem);
            }
            tally.stopped(account.key, problem);
            None
        }
    }
}

async fn try_prepare(
    inner: &Inner,
    account: &Account,
    lock: AccountLock,
    only: bool,
    tally: &Tally,
    cancel: &CancellationToken,
) -> Result<Option<Ready>, Problem> {
    let session = match inner.environment_token.clone().filter(|_| only) {
        Some(token) => checked_session(inner, account, token).await?,
        None => stored_session(inner, account).await?,
    };
    let stop = cancel.child_token();
    let unreached = AtomicU32::new(0);
    let ready = Ready {
        account: account.clone(),
        session,
        stop,
        unreached,
        _lock: lock,
    };
    let fetch = Fetch {
        inner,
        ready: &ready,
        tally,
    };
    if !fetch.profiles().await? {
        return Ok(None);
    }
    // None of these stops the profiles from being fetched.
    let ((), (), (), (), (), ()) = tokio::join!(
        fetch.own_info(),
        fetch.subscription(),
        fetch.schedule(),
        fetch.health(),
        fetch.prices(),
        fetch.allocation(),
    );
    Ok(Some(ready))
}

/// A session with the token of the environment, once it is known to be this account's.
async fn checked_session(
    inner: &Inner,
    account: &Account,
    token: Token,
) -> Result<Session, Problem> {
    let session = inner.session_with(&account.api, token)?;
    let (id, _) = account_of(&session, &inner.gate)
        .await
        .map_err(|error| Problem::from_api(&error, inner.clock.now()))?;
    if id == account.id {
        return Ok(session);
    }
    Err(Problem::invalid(format!(
        "The token in PROFILE_DESK_TOKEN belongs to the account {id}, not to “{}”; nothing was written.",
        account.label
    ))
    .with_hint("Name the account that it belongs to with --account."))
}

async fn stored_session(inner: &Inner, account: &Account) -> Result<Session, Problem> {
    match account.token_place {
        store::TokenPlace::Keychain => inner.session(account).await,
        store::TokenPlace::Environment => Err(Problem::new(
            ProblemCode::SignedOut,
            format!("“{}” keeps no token on this computer.", account.label),
        )
        .with_hint("Give its token in PROFILE_DESK_TOKEN, or connect it again to keep one.")),
        store::TokenPlace::None => Err(Problem::new(
            ProblemCode::SignedOut,
            format!("There is no token for “{}” any more.", account.label),
        )
        .with_hint("Connect the account again with a new token.")),
    }
}

/// Notes that the API refused a token. Nothing else than its refusal signs an account out: a keychain
/// that is locked or a network that is away say nothing of the token.
pub(super) async fn note_sign_in(
    inner: &Inner,
    account: AccountKey,
    problem: &Problem,
) -> Result<(), Problem> {
    if problem.code != ProblemCode::SignedOut {
        return Ok(());
    }
    let (message, now) = (problem.message.clone(), inner.clock.now());
    inner
        .write(move |store| store.put_signed_out(account, &message, now))
        .await
}

/// Fetches an account's own datasets, one by one.
struct Fetch<'a> {
    inner: &'a Inner,
    ready: &'a Ready,
    tally: &'a Tally,
}

impl Fetch<'_> {
    fn asker(&self) -> Asker<'_> {
        Asker {
            inner: self.inner,
            session: &self.ready.session,
            stop: &self.ready.stop,
        }
    }

    fn subject(&self) -> Subject {
        Subject::Account(self.ready.key())
    }

    /// The list of profiles, without which there is nothing to do. `false` if the run was cancelled.
    async fn profiles(&self) -> Result<bool, Problem> {
        let now = self.inner.clock.now();
        let key = self.ready.key();
        let list = match self
            .asker()
            .ask(|session| async move { session.profiles().await })
            .await
        {
            Ok(list) => list,
            Err(Unanswered::Stopped) => return Ok(false),
            Err(Unanswered::Failed(error)) => {
                self.note(Dataset::Profiles, outcome_of(&error, now))
                    .await?;
                return Err(Problem::from_api(&error, now));
            }
        };
        let list: Vec<ListedProfile> = list.into_iter().map(record::listed).collect();
        let subject = self.subject();
        self.inner
            .write(move |store| {
                store.put_signed_in(key)?;
                store.put_profiles(key, &list, now)?;
                store.put_status(subject, Dataset::Profiles, &FetchOutcome::Ok, now)
            })
            .await?;
        self.inner.tell_changed();
        Ok(true)
    }

    async fn own_info(&self) {
        let key = self.ready.key();
        let answer = self
            .asker()
            .ask(|session| async move { session.account().await })
            .await;
        self.keep(Dataset::Account, answer, move |store, account, now| {
            let info = store::AccountInfo {
                name: account.name,
                email: account.email,
                plan: account.plan,
                timezone: account.timezone,
            };
            store.put_account_info(key, &info, now)?;
            Ok(FetchOutcome::Ok)
        })
        .await;
    }

    async fn subscription(&self) {
        let subject = self.subject();
        let answer = self
            .asker()
            .ask(|session| async move { session.subscription().await })
            .await;
        self.keep(
            Dataset::Subscription,
            answer,
            move |store, subscription, now| {
                let subscription = record::Subscription::from(subscription);
                store.put_version(subject, Aspect::Subscription, &subscription, now)?;
                Ok(FetchOutcome::Ok)
            },
        )
        .await;
    }

    async fn schedule(&self) {
        let subject = self.subject();
        let answer = self
            .asker()
            .ask(|session| async move { session.schedule().await })
            .await;
        self.keep(Dataset::Schedule, answer, move |store, schedule, now| {
            // No schedule is good news that arrived, not a datum that is missing.
            match schedule.map(record::Schedule::from) {
                Some(schedule) => store.put_version(subject, Aspect::Schedule, &schedule, now)?,
                None => store.end_version(subject, Aspect::Schedule, now)?,
            };
            Ok(FetchOutcome::Ok)
        })
        .await;
    }

    async fn health(&self) {
        let subject = self.subject();
        let answer = self
            .asker()
            .ask(|session| async move { session.health().await })
            .await;
        self.keep(Dataset::Health, answer, move |store, health, now| {
            let Some(health) = health.map(record::Health::from) else {
                store.end_version(subject, Aspect::Health, now)?;
                return Ok(FetchOutcome::NotThere);
            };
            store.put_version(subject, Aspect::Health, &health, now)?;
            Ok(FetchOutcome::Ok)
        })
        .await;
    }

    async fn prices(&self) {
        let subject = self.subject();
        let answer = self
            .asker()
            .ask(|session| async move { session.prices().await })
            .await;
        self.keep(Dataset::Prices, answer, move |store, prices, now| {
            let prices = record::Prices::from(prices);
            store.put_version(subject, Aspect::Prices, &prices, now)?;
            Ok(FetchOutcome::Ok)
        })
        .await;
    }

    async fn allocation(&self) {
        let api = self.ready.account.api.clone();
        let mut answer = self
            .asker()
            .ask(|session| async move { session.allocation().await })
            .await;
        if let Err(Unanswered::Failed(ApiError::Rejected { message, .. })) = &answer
            && self.has_one_profile().await
        {
            // Documented: the call fails for an account with one profile; there is nothing to divide.
            let (call, message) = ("allocation", message.clone());
            answer = Err(Unanswered::Failed(ApiError::NotFound { call, message }));
        }
        self.keep(Dataset::Allocation, answer, move |store, rows, now| {
            for row in rows {
                if let Some(profile) = store.profile_by_id(&api, &row.profile)? {
                    let subject = Subject::Profile(profile.key);
                    store.put_version(subject, Aspect::Allocation, &row.amounts, now)?;
                }
            }
            Ok(FetchOutcome::Ok)
        })
        .await;
    }

    async fn has_one_profile(&self) -> bool {
        let (key, id) = (self.ready.key(), self.ready.account.id.clone());
        let profiles = self.inner.read(move |store| store.profiles_of(key)).await;
        profiles.is_ok_and(|profiles| {
            profiles
                .iter()
                .filter(|profile| profile.owner.as_ref() == Some(&id))
                .count()
                <= 1
        })
    }

    /// Writes an answer and the status of its fetch in one transaction, or the status alone.
    async fn keep<T: Send + 'static>(
        &self,
        dataset: Dataset,
        answer: Result<T, Unanswered>,
        write: impl FnOnce(
            &store::Writer<'_>,
            T,
            model::Timestamp,
        ) -> Result<FetchOutcome, store::StoreError>
        + Send
        + 'static,
    ) {
        let now = self.inner.clock.now();
        let subject = self.subject();
        let written = match answer {
            Ok(answer) => {
                self.inner
                    .write(move |store| {
                        let outcome = write(store, answer, now)?;
                        store.put_status(subject, dataset, &outcome, now)
                    })
                    .await
            }
            Err(Unanswered::Stopped) => return,
            Err(Unanswered::Failed(error)) => {
                let outcome = outcome_of(&error, now);
                if matches!(outcome, FetchOutcome::Failed { .. }) {
                    let problem = Problem::from_api(&error, now);
                    self.tally
                        .failed(self.ready.key(), None::<&ProfileId>, dataset, &problem);
                }
                self.note(dataset, outcome).await
            }
        };
        if let Err(problem) = written {
            self.tally.failed(self.ready.key(), None, dataset, &problem);
        }
    }

    async fn note(&self, dataset: Dataset, outcome: FetchOutcome) -> Result<(), Problem> {
        let (subject, now) = (self.subject(), self.inner.clock.now());
        self.inner
            .write(move |store| store.put_status(subject, dataset, &outcome, now))
            .await
    }
}
