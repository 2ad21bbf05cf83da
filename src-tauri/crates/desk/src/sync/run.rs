//! A run of a sync from its beginning to its report.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use futures::future::join_all;
use model::Dataset;
use store::{AccountKey, Subject};
use tokio_util::sync::CancellationToken;

use super::SyncRequest;
use super::job::RunContext;
use super::lock::lock;
use super::plan::Operation;
use super::planned::Planned;
use super::ready::{Ready, note_signed_out};
use super::tally::Tally;
use super::work::Work;
use crate::open::Inner;
use crate::problem::{Problem, ProblemCode};
use crate::read::SyncReport;

/// A run that has the right to go on until it is dropped.
pub(crate) struct Started {
    inner: Arc<Inner>,
    cancel: CancellationToken,
    tally: Arc<Tally>,
    began: Instant,
}

impl Started {
    pub(super) fn new(inner: Arc<Inner>, cancel: CancellationToken, tally: Arc<Tally>) -> Self {
        Self {
            inner,
            cancel,
            tally,
            began: Instant::now(),
        }
    }
}

impl Drop for Started {
    /// Also after a panic, so that the next run is not refused for ever.
    fn drop(&mut self) {
        self.inner.run_is_over();
    }
}

/// An account that nobody else syncs.
type Locked<'a> = (&'a store::Account, store::AccountLock);

impl Started {
    pub(crate) async fn run(self, request: SyncRequest) -> Result<SyncReport, Problem> {
        let inner = &self.inner;
        let before = Requests::of(inner);
        let settings = inner.settings().await?;
        let accounts = inner.accounts_of(&request).await?;
        let began_at = inner.clock.now();
        let number = inner
            .write(move |store| store.begin_sync_run(began_at))
            .await?;
        inner.pace.try_again();

        self.tally.expect_accounts(
            accounts
                .iter()
                .map(|account| (account.key, account.label.clone())),
        );
        let locked = self.lock(&accounts, request.wait).await;
        let context = Arc::new(RunContext {
            inner: Arc::clone(inner),
            tally: Arc::clone(&self.tally),
            settings,
            full: request.full,
            accounts: Mutex::default(),
            assigned: Mutex::default(),
        });
        let only = accounts.len() == 1;
        self.carry_out(&request, locked, only, &context).await?;
        self.name_who_is_away(&context);

        let report = self.report(&before);
        self.write_down(number, &accounts, &report).await?;
        if let Err(problem) = inner.keep_answers_current().await {
            // They are looked through again when the next run ends.
            tracing::warn!(%problem, "answers to what needs attention were not held against what stands now");
        }
        if request.profile.is_none() {
            inner.put_last_run(&report);
        }
        Ok(report)
    }

    /// Plans and does the accounts' own datasets, then, with whatever profiles there are by then, theirs.
    async fn carry_out(
        &self,
        request: &SyncRequest,
        locked: Vec<Locked<'_>>,
        only: bool,
        context: &Arc<RunContext>,
    ) -> Result<(), Problem> {
        let (inner, settings) = (&self.inner, &context.settings);
        let keys: Vec<_> = locked.iter().map(|(account, _)| account.key).collect();
        let Planned { plan, .. } =
            Planned::make(inner, request, settings, &keys, &[], true).await?;
        let needed = plan.by_account();
        // One of which everything is fresh is not even asked for its token.
        let (needed, idle): (Vec<_>, Vec<_>) = locked
            .into_iter()
            .partition(|(account, _)| needed.contains_key(&account.key));
        self.open(needed, only, context).await;
        let of_accounts = plan
            .operations
            .into_iter()
            .filter(|operation| matches!(operation.subject, Subject::Account(_)));
        accounts_first(context, of_accounts.collect()).await;

        let opened = context.keys();
        let able: Vec<_> = opened
            .iter()
            .copied()
            .filter(|account| !self.tally.is_stopped(*account))
            .chain(idle.iter().map(|(account, _)| account.key))
            .collect();
        let unable: Vec<_> = keys
            .iter()
            .copied()
            .filter(|account| !able.contains(account))
            .collect();
        let Planned { plan, assigned, .. } =
            Planned::make(inner, request, settings, &able, &unable, false).await?;
        let needed = plan.by_account();
        let (needed, _idle): (Vec<_>, Vec<_>) = idle
            .into_iter()
            .partition(|(account, _)| needed.contains_key(&account.key));
        self.open(needed, only, context).await;

        let work = Work::new(Arc::clone(context), &plan, assigned);
        inner.put_work(&work);
        work.run().await;
        Ok(())
    }

    /// Takes the accounts' tokens. Whose cannot be had is stopped.
    async fn open(&self, accounts: Vec<Locked<'_>>, only: bool, context: &RunContext) {
        let opening = accounts.into_iter().map(async |(account, lock)| {
            match Ready::open(&self.inner, account, lock, only, &self.cancel).await {
                Ok(ready) => context.add(ready),
                Err(problem) => {
                    let noted = note_signed_out(&self.inner, account.key, &problem).await;
                    self.tally
                        .stopped(account.key, noted.err().unwrap_or(problem));
                }
            }
        });
        join_all(opening).await;
    }

    /// An account whose host was found to be away, by whatever account, was not synced for that reason.
    fn name_who_is_away(&self, context: &RunContext) {
        for account in context.keys() {
            let Some(ready) = context.account(account) else {
                continue;
            };
            if self.inner.pace.is_away(&ready.host) {
                let problem = Problem::new(
                    ProblemCode::Offline,
                    format!("{} cannot be reached.", ready.host),
                )
                .with_hint("Check the network.");
                self.tally.away(account, problem);
            }
        }
    }

    /// The accounts that no other process syncs, each with the right to do so; the tally has the others.
    async fn lock<'a>(&self, accounts: &'a [store::Account], wait: bool) -> Vec<Locked<'a>> {
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

/// Does the accounts' own operations: of each account the list of profiles, then the rest at once.
async fn accounts_first(context: &RunContext, operations: Vec<Operation>) {
    let mut of_account: BTreeMap<AccountKey, Vec<Operation>> = BTreeMap::new();
    for operation in operations {
        of_account
            .entry(operation.account)
            .or_default()
            .push(operation);
    }
    let accounts = of_account.into_values().map(async |operations| {
        let (list, rest): (Vec<_>, Vec<_>) = operations
            .into_iter()
            .partition(|operation| operation.dataset == Dataset::Profiles);
        for operation in list {
            context.carry_out(operation).await;
        }
        join_all(
            rest.into_iter()
                .map(|operation| context.carry_out(operation)),
        )
        .await;
    });
    join_all(accounts).await;
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
