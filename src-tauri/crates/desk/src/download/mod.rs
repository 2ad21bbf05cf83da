//! A backup as a file. TagoIO gives an address for the account's password; the file is on another host, which is asked
//! without the token. What came of it is kept beside the file until it is whole, so that a download goes on where it
//! stopped, whatever stopped it.

mod part;
mod run;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::tz::TimeZone;
use model::Timestamp;
use serde::Serialize;
use store::ProfileKey;
use tokio_util::sync::CancellationToken;
use ts_rs::TS;

use crate::change::{NeedsProof, Proof};
use crate::export::for_file_name;
use crate::open::{Desk, Inner};
use crate::problem::{Problem, ProblemCode};
use crate::read::no_such_profile;
use run::Download;

/// A backup that is to be a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupToFile {
    /// The profile, by its number in the store.
    pub profile: i64,
    /// TagoIO's id of the backup.
    pub backup: String,
    /// The file. What is there is replaced, once the backup is whole.
    pub path: PathBuf,
}

/// How a download ended, or why it waits.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct DownloadEnd {
    /// The file that it is to be, or is.
    pub path: String,
    /// Bytes that are here.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Bytes in all, where that is known.
    #[ts(type = "number | null")]
    pub of: Option<u64>,
    /// Set once it is whole.
    pub saved: Option<BackupSaved>,
    /// Whether it was stopped; what came is kept.
    pub cancelled: bool,
    /// Whether the address ended on the way: the password was right, and another address takes it again.
    pub address_ended: bool,
    /// Set if it goes on with a password, or a fresh PIN.
    pub needs_proof: Option<NeedsProof>,
}

/// A backup that is a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct BackupSaved {
    /// What tells it from every other file: the SHA-256 of all its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Whether it is as long as TagoIO says; `null` if TagoIO does not say.
    pub size_agrees: Option<bool>,
}

/// How far a download is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct DownloadProgress {
    /// TagoIO's id of the backup.
    pub backup: String,
    /// Bytes that are here.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Bytes in all, where that is known.
    #[ts(type = "number | null")]
    pub of: Option<u64>,
}

/// The downloads that go on, by the backup, and where those are to go that a person chose a file for.
#[derive(Default)]
pub(crate) struct Downloads {
    going: Mutex<HashMap<String, CancellationToken>>,
    places: Mutex<HashMap<String, PathBuf>>,
}

impl Downloads {
    fn going(&self) -> MutexGuard<'_, HashMap<String, CancellationToken>> {
        self.going.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn places(&self) -> MutexGuard<'_, HashMap<String, PathBuf>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to download a backup, given back when dropped.
pub(super) struct Turn {
    inner: Arc<Inner>,
    backup: String,
    pub(super) cancel: CancellationToken,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.inner.downloads.going().remove(&self.backup);
    }
}

impl Desk {
    /// The name to propose for a backup's file, with the day that it was made: `Harbour 2026-11-24.backup`.
    pub async fn backup_name(&self, profile: i64, backup: &str) -> Result<String, Problem> {
        let (key, id) = (ProfileKey(profile), backup.to_owned());
        let found = self
            .inner
            .read(move |store| Ok((store.profile(key)?, store.backup(key, &id)?)))
            .await?;
        let (Some(profile), backup) = found else {
            return Err(no_such_profile());
        };
        let day = backup
            .and_then(|backup| backup.created_at)
            .map(|at: Timestamp| TimeZone::system().to_datetime(at).date());
        let day = day.map_or_else(String::new, |day| format!(" {day}"));
        Ok(format!("{}{day}.backup", for_file_name(&profile.name)))
    }

    /// Remembers which file a person chose for a backup, for as long as the program runs.
    pub fn put_backup_place(&self, backup: &str, path: PathBuf) {
        self.inner
            .downloads
            .places()
            .insert(backup.to_owned(), path);
    }

    /// The file that was chosen for a backup.
    pub fn backup_place(&self, backup: &str) -> Option<PathBuf> {
        self.inner.downloads.places().get(backup).cloned()
    }

    /// Downloads a backup, and goes on with what is there of it. The password is used for the address and dropped;
    /// once that has ended, the end says so, and the same with a password goes on. It goes on if nobody waits for it
    /// any more. [`ProblemCode::Busy`] if it goes on already.
    pub async fn download_backup(
        &self,
        wanted: BackupToFile,
        proof: Proof,
    ) -> Result<DownloadEnd, Problem> {
        let turn = self.inner.begin_download(&wanted.backup)?;
        let inner = Arc::clone(&self.inner);
        let work =
            tokio::spawn(async move { Download::new(&inner, wanted, &turn).run(proof).await });
        work.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a download ended early");
            Err(Problem::internal("a download ended early"))
        })
    }

    /// Stops a download; what came is kept.
    pub fn cancel_download(&self, backup: &str) {
        if let Some(cancel) = self.inner.downloads.going().get(backup) {
            cancel.cancel();
        }
    }

    /// Stops all downloads.
    pub fn cancel_all_downloads(&self) {
        for cancel in self.inner.downloads.going().values() {
            cancel.cancel();
        }
    }
}

impl Inner {
    fn begin_download(self: &Arc<Self>, backup: &str) -> Result<Turn, Problem> {
        let mut going = self.downloads.going();
        if going.contains_key(backup) {
            let message = "This backup is being downloaded already.";
            return Err(Problem::new(ProblemCode::Busy, message));
        }
        let cancel = CancellationToken::new();
        going.insert(backup.to_owned(), cancel.clone());
        Ok(Turn {
            inner: Arc::clone(self),
            backup: backup.to_owned(),
            cancel,
        })
    }
}
