//! How syncs are begun, stopped and followed. One at a time in a process.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};

use model::Timestamp;
use store::ProfileKey;
use tokio_util::sync::CancellationToken;

use super::SyncRequest;
use super::run::Started;
use super::tally::Tally;
use super::work::Work;
use crate::event::{DeskEvent, StoreNews};
use crate::open::{Desk, Inner};
use crate::problem::{Problem, ProblemCode};
use crate::read::{ArchiveProgress, SyncPause, SyncReport, SyncState};

/// The run that goes on, and how the last one ended.
#[derive(Default)]
pub(crate) struct Run {
    current: Option<Current>,
    last: Option<SyncReport>,
    outlook: Outlook,
}

/// What happens by itself next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outlook {
    pub(crate) next_at: Option<Timestamp>,
    pub(crate) paused: Option<SyncPause>,
    pub(crate) archive: Option<ArchiveProgress>,
}

struct Current {
    cancel: CancellationToken,
    tally: Arc<Tally>,
    /// Its operations, once they are planned.
    work: Option<Arc<Work>>,
}

impl Desk {
    /// Syncs to the end. `Err` is for what stopped all of it before it began; what fails on the way is
    /// in the report. [`ProblemCode::Busy`] if a run goes on already.
    pub async fn sync(&self, request: SyncRequest) -> Result<SyncReport, Problem> {
        let started = self.begin()?;
        started.run(request).await
    }

    /// Syncs in the background; the end is told as an event. One profile alone is fetched at once also
    /// while a run goes on: as a part of it, or right after it.
    pub fn start_sync(&self, request: SyncRequest) -> Result<(), Problem> {
        if let Some(profile) = request.profile
            && self.inner.ask_first(ProfileKey(profile))
        {
            return Ok(());
        }
        let begun = self.begin();
        if request.profile.is_none() || begun.is_ok() {
            let started = begun?;
            tokio::spawn(async move { log_problem(started.run(request).await.err()) });
            return Ok(());
        }
        let desk = self.clone();
        tokio::spawn(async move {
            let started = loop {
                let ended = desk.inner.run_ended.notified();
                match desk.begin() {
                    Ok(started) => break started,
                    Err(_) => ended.await,
                }
            };
            log_problem(started.run(request).await.err());
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

    /// Says which profile a person looks at: it is fetched before others.
    pub fn look_at(&self, profile: Option<i64>) {
        let profile = profile.map(ProfileKey);
        self.inner.put_looked_at(profile);
        if let Some(profile) = profile
            && let Some(work) = self.inner.work()
        {
            work.queue.look_at(profile);
        }
    }

    pub(crate) fn begin(&self) -> Result<Started, Problem> {
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
            work: None,
        });
        Ok(Started::new(Arc::clone(&self.inner), cancel, tally))
    }
}

fn log_problem(problem: Option<Problem>) {
    if let Some(problem) = problem {
        tracing::error!(%problem, "a sync could not begin");
    }
}

impl Inner {
    fn lock_run(&self) -> std::sync::MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The run that went on has come to its end.
    pub(super) fn run_is_over(&self) {
        self.lock_run().current = None;
        self.run_ended.notify_waiters();
        self.tell_changed(StoreNews::accounts());
        drop(self.events.send(DeskEvent::SyncChanged(self.sync_state())));
    }

    /// The run that goes on has planned its operations.
    pub(super) fn put_work(&self, work: &Arc<Work>) {
        if let Some(current) = &mut self.lock_run().current {
            current.work = Some(Arc::clone(work));
        }
    }

    /// Notes how a run ended. Accounts that it was not about stand as their own last run left them, so
    /// that the whole can be told: each account is synced in its own time.
    pub(super) fn put_last_run(&self, report: &SyncReport) {
        let mut run = self.lock_run();
        let mut all = report.clone();
        let before = run.last.take().into_iter().flat_map(|last| last.accounts);
        all.accounts.extend(before.filter(|account| {
            report
                .accounts
                .iter()
                .all(|ended| ended.label != account.label)
        }));
        all.accounts.sort_by(|a, b| a.label.cmp(&b.label));
        run.last = Some(all);
    }

    /// An account is not connected any more.
    pub(crate) fn forget_runs_of(&self, label: &str) {
        if let Some(last) = &mut self.lock_run().last {
            last.accounts.retain(|account| account.label != label);
        }
    }

    /// The operations of the run that goes on.
    fn work(&self) -> Option<Arc<Work>> {
        self.lock_run().current.as_ref()?.work.clone()
    }

    /// Has the run that goes on fetch a profile before all else. `false` if it cannot.
    fn ask_first(&self, profile: ProfileKey) -> bool {
        self.work().is_some_and(|work| work.ask_first(profile))
    }

    pub(crate) fn sync_state(&self) -> SyncState {
        let run = self.lock_run();
        match &run.current {
            Some(current) => SyncState::Running {
                progress: current.tally.progress(),
            },
            None => SyncState::Idle {
                last: run.last.clone(),
                next_at: run.outlook.next_at,
                paused: run.outlook.paused,
                archive: run.outlook.archive.clone(),
            },
        }
    }

    /// Notes what happens by itself next, and tells it.
    pub(crate) fn put_outlook(&self, change: impl FnOnce(&mut Outlook)) {
        let mut run = self.lock_run();
        let before = run.outlook.clone();
        change(&mut run.outlook);
        let told = run.outlook == before || run.current.is_some();
        drop(run);
        if !told {
            drop(self.events.send(DeskEvent::SyncChanged(self.sync_state())));
        }
    }

    /// The accounts that a request means.
    pub(super) async fn accounts_of(
        &self,
        request: &SyncRequest,
    ) -> Result<Vec<store::Account>, Problem> {
        let mut accounts = match &request.accounts[..] {
            [] => self.accounts().await?,
            [key] => vec![self.account(*key).await?],
            keys => {
                let mut accounts = self.accounts().await?;
                accounts.retain(|account| keys.contains(&account.key.0));
                accounts
            }
        };
        if let Some(profile) = request.profile {
            let reach = self
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
}
