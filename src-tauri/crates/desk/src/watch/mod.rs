//! What the desk does by itself while the window is open: it syncs each account at its interval, archives
//! the audit logs in between, and notices what another process wrote.

mod network;
mod schedule;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use model::Timestamp;
use store::Account;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::event::StoreNews;
use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};
use crate::read::{SyncPause, SyncReport, SyncStatus};
use crate::settings::Settings;
use crate::sync::{SyncRequest, is_able};
use network::Network;
use schedule::{Standing, due_at};

/// Accounts that are due within this time of each other are synced by one run.
const TOGETHER: Duration = Duration::from_secs(2);

/// How often it looks whether another process wrote, while nobody says that it is time. Each look wakes a
/// processor that may have slept.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Without anything to wait for, it looks again after this.
const LONGEST_SLEEP: Duration = Duration::from_hours(1);

/// Keeps the accounts synced until it is dropped.
#[derive(Debug)]
#[must_use = "dropped, it ends"]
pub struct KeepSynced(Vec<JoinHandle<()>>);

impl KeepSynced {
    /// Goes on for as long as the program runs.
    pub fn for_good(mut self) {
        self.0.clear();
    }
}

impl Drop for KeepSynced {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

impl Desk {
    /// Syncs the accounts by itself from now on, as the settings say, and tells of what other processes
    /// write. Must be called on a tokio runtime.
    pub fn keep_synced(&self) -> KeepSynced {
        let keeper = Keeper {
            desk: self.clone(),
            network: network::follow(),
            unreached: HashMap::new(),
            at_once: HashSet::new(),
            archive: JoinSet::new(),
        };
        KeepSynced(vec![
            tokio::spawn(keeper.keep()),
            tokio::spawn(notice_others(self.clone())),
        ])
    }

    /// Somebody is about to read: what another process wrote is told now and not at its time.
    pub fn look_again(&self) {
        self.inner.look.notify_one();
    }
}

/// Tells of what another process wrote.
async fn notice_others(desk: Desk) {
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            _ = look.tick() => {}
            () = desk.inner.look.notified() => look.reset(),
        }
        match desk.inner.store().written_elsewhere() {
            Ok(false) => {}
            Ok(true) => {
                desk.inner.tell_changed(StoreNews::everything());
                desk.inner.plans_changed.notify_one();
            }
            Err(error) => tracing::warn!(%error, "the store cannot be looked at"),
        }
    }
}

struct Keeper {
    desk: Desk,
    network: watch::Receiver<Network>,
    /// How often in a row each account could not be reached.
    unreached: HashMap<i64, u32>,
    /// Accounts that are synced as soon as can be: the network is back.
    at_once: HashSet<i64>,
    archive: JoinSet<()>,
}

impl Keeper {
    async fn keep(mut self) {
        let mut begins = true;
        loop {
            let next = match self.next().await {
                Ok(next) => next,
                Err(problem) => {
                    tracing::warn!(%problem, "nothing is synced by itself for now");
                    None
                }
            };
            if begins && next.is_some() {
                // What was interrupted goes on; a sync that is due comes first all the same.
                self.archive();
                begins = false;
            }
            let now = self.desk.inner.clock.now();
            match next {
                Some((at, accounts)) if at <= now => self.sync(accounts).await,
                next => self.wait(next.map(|(at, _)| at)).await,
            }
        }
    }

    /// When the next sync begins, and of which accounts; `None` if there is none to begin by itself.
    async fn next(&mut self) -> Result<Option<(Timestamp, Vec<i64>)>, Problem> {
        let inner = &self.desk.inner;
        let settings = inner.settings().await?;
        let accounts = inner.accounts().await?;
        let paused = paused(&settings, *self.network.borrow());
        if paused.is_some() {
            self.archive.abort_all();
        }
        let now = inner.clock.now();
        let interval = settings.interval().filter(|_| paused.is_none());
        let mut due: Vec<(Timestamp, i64)> = interval
            .map(|interval| {
                let able = accounts.iter().filter(|account| is_able(account));
                able.map(|account| (self.due_at(account, interval, now), account.key.0))
                    .collect()
            })
            .unwrap_or_default();
        due.sort_unstable();
        let first = due.first().map(|(at, _)| (*at).max(now));
        inner.put_outlook(|outlook| {
            outlook.next_at = first;
            outlook.paused = paused;
        });
        Ok(first.map(|at| {
            let until = at.saturating_add(TOGETHER).unwrap_or(at);
            let accounts = due
                .into_iter()
                .take_while(|(at, _)| *at <= until)
                .map(|(_, account)| account);
            (at, accounts.collect())
        }))
    }

    fn due_at(&self, account: &Account, interval: Duration, now: Timestamp) -> Timestamp {
        let key = account.key.0;
        if self.at_once.contains(&key) {
            return now;
        }
        let standing = Standing {
            account: key,
            last_sync_at: account.last_sync_at,
            unreached: self.unreached.get(&key).copied().unwrap_or(0),
        };
        due_at(&standing, interval, now)
    }

    async fn sync(&mut self, accounts: Vec<i64>) {
        for account in &accounts {
            self.at_once.remove(account);
        }
        let request = SyncRequest {
            accounts: accounts.clone(),
            ..SyncRequest::default()
        };
        let inner = self.desk.inner.clone();
        let ended = inner.run_ended.notified();
        tokio::pin!(ended);
        // From here on its end is not missed.
        ended.as_mut().enable();
        match self.desk.sync(request).await {
            Ok(report) => self.note(&accounts, &report).await,
            // Somebody's own run goes on.
            Err(problem) if problem.code == ProblemCode::Busy => ended.await,
            Err(problem) => {
                tracing::warn!(%problem, "a sync could not begin by itself");
                self.desk.inner.clock.sleep(Duration::from_mins(1)).await;
            }
        }
        self.archive();
    }

    /// Remembers who could not be reached.
    async fn note(&mut self, accounts: &[i64], report: &SyncReport) {
        let Ok(known) = self.desk.inner.accounts().await else {
            return;
        };
        for account in accounts {
            let Some(found) = known.iter().find(|known| known.key.0 == *account) else {
                continue;
            };
            let ended = report
                .accounts
                .iter()
                .find(|ended| ended.label == found.label);
            if ended.is_some_and(|ended| ended.status == SyncStatus::Offline) {
                *self.unreached.entry(*account).or_default() += 1;
            } else {
                self.unreached.remove(account);
            }
        }
    }

    /// Goes on archiving, unless it goes on already.
    fn archive(&mut self) {
        while self.archive.try_join_next().is_some() {}
        if !self.archive.is_empty() {
            return;
        }
        let desk = self.desk.clone();
        self.archive.spawn(async move {
            // What failed is in the store, with its reason.
            match desk.archive(Vec::new()).await {
                Ok(report) => tracing::debug!(windows = report.windows, "archived"),
                Err(problem) => tracing::info!(%problem, "nothing was archived"),
            }
        });
    }

    /// Waits until this time, or until something else says to look again.
    async fn wait(&mut self, until: Option<Timestamp>) {
        let inner = self.desk.inner.clone();
        let longest = inner.clock.now().saturating_add(LONGEST_SLEEP);
        let at = until.unwrap_or(longest.unwrap_or(Timestamp::MAX));
        let was_online = self.network.borrow_and_update().online;
        tokio::select! {
            () = inner.clock.sleep_until(at) => {}
            () = inner.plans_changed.notified() => {}
            () = inner.run_ended.notified() => {}
            changed = self.network.changed() => {
                if changed.is_err() {
                    // Nobody tells of the network any more; the other reasons remain.
                    inner.clock.sleep_until(at).await;
                }
                let is_online = self.network.borrow().online;
                if is_online == Some(true) && was_online != Some(true) {
                    self.at_once.extend(self.unreached.drain().map(|(account, _)| account));
                }
            }
        }
    }
}

/// Why nothing is synced by itself, if nothing is.
fn paused(settings: &Settings, network: Network) -> Option<SyncPause> {
    if settings.interval().is_none() {
        Some(SyncPause::Off)
    } else if network.metered == Some(true) && !settings.on_metered() {
        Some(SyncPause::Metered)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(set: &[(&str, &str)]) -> Settings {
        let set = set
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Settings::of(set.collect())
    }

    #[test]
    fn a_metered_connection_pauses_it_unless_a_person_says_otherwise_and_an_unknown_one_does_not() {
        let metered = |metered| Network {
            metered,
            online: Some(true),
        };
        let usual = settings(&[]);
        assert_eq!(
            paused(&usual, metered(Some(true))),
            Some(SyncPause::Metered)
        );
        assert_eq!(paused(&usual, metered(Some(false))), None);
        assert_eq!(paused(&usual, metered(None)), None);
        let always = settings(&[("sync.metered", "true")]);
        assert_eq!(paused(&always, metered(Some(true))), None);
        let off = settings(&[("sync.interval", "0"), ("sync.metered", "true")]);
        assert_eq!(paused(&off, metered(Some(true))), Some(SyncPause::Off));
    }
}
