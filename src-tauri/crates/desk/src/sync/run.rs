//! A run of a sync from its beginning to its report. One at a time in a process.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use futures::future::join_all;
use futures::{StreamExt, stream};
use store::{AccountKey, ProfileKey};
use tokio_util::sync::CancellationToken;

use super::SyncRequest;
use super::account::{Ready, prepare};
use super::assign::{Reach, assign};
use super::lock::lock;
use super::profile::sync_profile;
use super::tally::Tally;
use crate::event::DeskEvent;
use crate::open::{Desk, Inner};
use crate::problem::{Problem, ProblemCode};
use crate::read::{SyncReport, SyncState};

/// Profiles that are worked on at once. The requests themselves are bounded by the [`super::Gate`];
/// this only keeps thousands of half-done profiles from piling up in memory.
const PROFILES_AT_ONCE: usize = 48;

/// The run that goes on, and how the last one ended.
#[derive(Debug, Default)]
pub(crate) struct Run {
    current: Option<Current>,
    last: Option<SyncReport>,
}

#[derive(Debug)]
struct Current {
    cancel: CancellationToken,
    tally: Arc<Tally>,
}

impl Desk {
    /// Syncs to the end. `Err` is for what stopped all of it before it began; what fails on the way is
    /// in the report. [`ProblemCode::Busy`] if a run goes on already.
    pub async fn sync(&self, request: SyncRequest) -> Result<SyncReport, Problem> {
        let started = self.begin()?;
        started.run(request).await
    }

    /// Syncs in the background; the end is told as an event.
    pub fn start_sync(&self, request: SyncRequest) -> Result<(), Problem> {
        let started = self.begin()?;
        tokio::spawn(async move {
            if let Err(problem) = started.run(request).await {
                tracing::error!(%problem, "a sync could not begin");
            }
        });
        Ok(())
    }

    /// Tells the run that goes on to stop; what is in flight is still written.
    pub fn cancel_sync(&self) {
        if let Some(current) = &self.inner.lock_run().current {
            current.cancel.cancel();
            current.tally.cancelling();
        }
    }

    /// How far a run is, or how the last one ended.
    pub fn sync_state(&self) -> SyncState {
        self.inner.sync_state()
    }

    fn begin(&self) -> Result<Started, Problem> {
        let mut run = self.inner.lock_run();
        if run.current.is_some() {
            return Err(
                Problem::new(ProblemCode::Busy, "A sync is going on already.")
                    .with_hint("Wait for its end, or cancel it."),
            );
        }
        let cancel = CancellationToken::new();
        let tally = Arc::new(Tally::new(
            self.inner.clock.now(),
            self.inner.events.clone(),
        ));
        run.current = Some(Current {
            cancel: cancel.clone(),
            tally: Arc::clone(&tally),
        });
        Ok(Started {
            inner: Arc::clone(&self.inner),
            cancel,
            tally,
            began: Instant::now(),
        })
    }
}

impl Inner {
    fn lock_run(&self) -> std::sync::MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sync_state(&self) -> SyncState {
        let run = self.lock_run();
        match &run.current {
            Some(current) => SyncState::Running {
                progress: current.tally.progress(),
            },
            None => SyncState::Idle {
                last: run.last.clone(),
            },
        }
    }
}

/// A run that has the right to go on until it is dropped.
struct Started {
    inner: Arc<Inner>,
    cancel: CancellationToken,
    tally: Arc<Tally>,
    began: Instant,
}

impl Drop for Started {
    /// Also after a panic, so that the next run is not refused for ever.
    fn drop(&mut self) {
        self.inner.lock_run().current = None;
        drop(
            self.inner
                .events
                .send(DeskEvent::SyncChanged(self.inner.sync_state())),
        );
        self.inner.tell_changed();
    }
}

impl Started {
    async fn run(self, request: SyncRequest) -> Result<SyncReport, Problem> {
        let inner = &self.inner;
        let before = Requests::of(inner);
        let accounts = self.accounts(&request).await?;
        let began_at = inner.clock.now();
        let number = inner
            .write(move |store| store.begin_sync_run(began_at))
            .await?;

        self.tally.expect_accounts(
            accounts
                .iter()
                .map(|account| (account.key, account.label.clone())),
        );
        let only_account = accounts.len() == 1;
        let locked = self.lock(&accounts, request.wait).await;
        let prepared = join_all(locked.into_iter().map(|(account, lock)| {
            prepare(
                inner,
                account,
                lock,
                only_account,
                &self.tally,
                &self.cancel,
            )
        }));
        let ready: HashMap<AccountKey, Ready> = prepared
            .await
            .into_iter()
            .flatten()
            .map(|ready| (ready.key(), ready))
            .collect();

        let jobs = self.jobs(&request, &ready).await?;
        self.tally
            .expect_profiles(jobs.iter().map(|(_, account)| *account));
        let (tally, cancel, full) = (&*self.tally, &self.cancel, request.full);
        stream::iter(jobs)
            .for_each_concurrent(PROFILES_AT_ONCE, |(profile, account)| {
                let ready = &ready[&account];
                sync_profile(inner, ready, profile, full, tally, cancel)
            })
            .await;

        let report = self.report(&before);
        self.write_down(number, &accounts, &report).await?;
        inner.lock_run().last = Some(report.clone());
        Ok(report)
    }

    /// The accounts that no other process syncs, each with the right to do so; the tally has the others.
    async fn lock<'a>(
        &self,
        accounts: &'a [store::Account],
        wait: bool,
    ) -> Vec<(&'a store::Account, store::AccountLock)> {
        let mut in_order: Vec<&store::Account> = accounts.iter().collect();
        in_order.sort_by_key(|account| account.key);
        let mut locked = Vec::new();
        for account in in_order {
            match lock(&self.inner, account, wait, &self.cancel).await {
                Ok(Some(lock)) => locked.push((account, lock)),
                Ok(None) => break,
                Err(problem) => self.tally.stopped(account.key, problem),
            }
        }
        locked
    }

    /// The accounts that the request means.
    async fn accounts(&self, request: &SyncRequest) -> Result<Vec<store::Account>, Problem> {
        let inner = &self.inner;
        let mut accounts = match request.account {
            Some(key) => vec![inner.account(key).await?],
            None => inner.accounts().await?,
        };
        if let Some(profile) = request.profile {
            let reach = inner
                .read(move |store| store.reach_of(ProfileKey(profile)))
                .await?;
            let reaching: HashSet<_> = reach.iter().map(|reach| reach.account).collect();
            accounts.retain(|account| reaching.contains(&account.key));
            if accounts.is_empty() {
                return Err(Problem::new(
                    ProblemCode::NotFound,
                    "No connected account reaches this profile any more.",
                ));
            }
        }
        Ok(accounts)
    }

    /// Each profile once, with the account that fetches it.
    async fn jobs(
        &self,
        request: &SyncRequest,
        ready: &HashMap<AccountKey, Ready>,
    ) -> Result<Vec<(ProfileKey, AccountKey)>, Problem> {
        let able: HashSet<i64> = ready.keys().map(|key| key.0).collect();
        let keys: Vec<AccountKey> = ready.keys().copied().collect();
        let reaches = self
            .inner
            .read(move |store| {
                let mut reaches = Vec::new();
                for account in keys {
                    let own_id = store.account(account)?.map(|account| account.id);
                    for profile in store.profiles_of(account)? {
                        let owner = profile.owner.is_some() && profile.owner == own_id;
                        reaches.push(Reach {
                            profile: profile.key.0,
                            account: account.0,
                            owner,
                        });
                    }
                }
                Ok(reaches)
            })
            .await?;
        Ok(assign(&reaches, &able)
            .into_iter()
            .filter(|(profile, _)| request.profile.is_none_or(|only| only == *profile))
            .map(|(profile, account)| (ProfileKey(profile), AccountKey(account)))
            .collect())
    }

    fn report(&self, before: &Requests) -> SyncReport {
        let now = Requests::of(&self.inner);
        SyncReport {
            requests: now.sent - before.sent,
            retries: now.repeated - before.repeated,
            rate_limited: now.rate_limited - before.rate_limited,
            seconds: self.began.elapsed().as_secs_f64(),
            cancelled: self.cancel.is_cancelled(),
            ended_at: self.inner.clock.now(),
            accounts: self.tally.accounts(),
        }
    }

    /// Notes for each account how it went, and the run in the log of runs.
    async fn write_down(
        &self,
        number: i64,
        accounts: &[store::Account],
        report: &SyncReport,
    ) -> Result<(), Problem> {
        let ended = report.ended_at;
        let problems: Vec<_> = accounts
            .iter()
            .map(|account| (account.key, self.tally.problem_of(account.key)))
            .collect();
        let json = serde_json::to_value(report).map_err(Problem::internal)?;
        self.inner
            .write(move |store| {
                for (key, problem) in &problems {
                    store.put_synced(*key, problem.as_ref(), ended)?;
                }
                store.end_sync_run(number, &json, ended)
            })
            .await
    }
}

/// Counts of requests at one moment.
struct Requests {
    sent: u64,
    repeated: u64,
    rate_limited: u64,
}

impl Requests {
    fn of(inner: &Inner) -> Self {
        Self {
            sent: inner.sent.requests.load(Relaxed),
            repeated: inner.sent.retries.load(Relaxed),
            rate_limited: inner.sent.rate_limited.load(Relaxed),
        }
    }
}
