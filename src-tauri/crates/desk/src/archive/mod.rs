//! The archive of the audit logs: TagoIO forgets an event after six months, the store does not.
//!
//! It goes window by window, one query at a time, after everything else that is asked of the API. What is
//! archived is stored with each window, so that it goes on where it stopped, whenever that was. It runs
//! beside syncs, under a lock of its own, as it can take days.

mod choice;
mod live;
mod pass;
mod query;
mod windows;

use std::sync::PoisonError;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use store::AccountKey;
use tokio_util::sync::CancellationToken;

use crate::open::{Desk, Inner};
use crate::problem::{Problem, ProblemCode};
use crate::read::{ArchiveChoice, ArchiveReport};
pub(crate) use choice::is_archived;
pub(crate) use live::Asking;
use pass::Pass;
pub(crate) use windows::missing;

impl Desk {
    /// Archives the audit logs of the profiles that these accounts own, or of all accounts that are to be
    /// archived, as far as TagoIO keeps them. [`ProblemCode::Busy`] if it goes on already.
    pub async fn archive(&self, accounts: Vec<i64>) -> Result<ArchiveReport, Problem> {
        let turn = self.inner.begin_archive()?;
        let (began, before) = (Instant::now(), self.inner.sent.requests.load(Relaxed));
        let wanted = if accounts.is_empty() {
            let all = self.archive_accounts().await?;
            all.into_iter()
                .filter(|account| account.choice == ArchiveChoice::On)
                .map(|account| account.account)
                .collect()
        } else {
            accounts
        };
        let keys: Vec<_> = wanted.into_iter().map(AccountKey).collect();
        let mut pass = Pass::open(&self.inner, &keys, &turn.stop).await?;
        pass.run().await?;
        Ok(ArchiveReport {
            requests: self.inner.sent.requests.load(Relaxed) - before,
            seconds: began.elapsed().as_secs_f64(),
            cancelled: turn.stop.is_cancelled(),
            ..pass.report()
        })
    }

    /// Tells the archive to stop; the window that is asked for is given up on.
    pub fn cancel_archive(&self) {
        let archiving = &self.inner.archiving;
        let stop = archiving.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stop) = &*stop {
            stop.cancel();
        }
    }
}

/// The right of a process to archive, given back when dropped.
struct ArchiveTurn<'a> {
    inner: &'a Inner,
    stop: CancellationToken,
}

impl Inner {
    fn begin_archive(&self) -> Result<ArchiveTurn<'_>, Problem> {
        let mut archiving = self
            .archiving
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if archiving.is_some() {
            return Err(Problem::new(
                ProblemCode::Busy,
                "The audit log is being archived already.",
            ));
        }
        let stop = CancellationToken::new();
        *archiving = Some(stop.clone());
        Ok(ArchiveTurn { inner: self, stop })
    }
}

impl Drop for ArchiveTurn<'_> {
    fn drop(&mut self) {
        let archiving = &self.inner.archiving;
        *archiving.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.inner.put_outlook(|outlook| outlook.archive = None);
    }
}
