//! Locks between processes: one syncs an account at a time; migration and repair have the store alone.
//!
//! They are the operating system's file locks, so a process that is killed leaves none behind.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AccountKey, StoreError, private};

/// The right to sync an account, to archive its audit log, or to change something by it; dropped, or the process ended,
/// it is free again.
#[derive(Debug)]
pub struct AccountLock {
    file: File,
    holder: PathBuf,
}

/// Who holds an account's lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBy {
    /// The process; 0 if it did not get to write it down.
    pub pid: u32,
    /// The program, as it named itself.
    pub program: String,
    /// Since when.
    pub since: Timestamp,
}

impl AccountLock {
    /// `what` it is a right to is a part of the file's name.
    pub(crate) fn take(
        folder: &Path,
        what: &str,
        account: AccountKey,
        program: &str,
    ) -> Result<Self, StoreError> {
        let locks = folder.join("locks");
        private::folder(&locks)?;
        let path = locks.join(format!("{what}-{}.lock", account.0));
        // The holder stands in a file beside it: Windows lets nobody read a locked one.
        let holder = path.with_extension("json");
        let file = private::file(&path)?;
        if !try_exclusive(&file, &path)? {
            return Err(StoreError::AccountHeld {
                holder: read_holder(&holder),
            });
        }
        let held = HeldBy {
            pid: std::process::id(),
            program: program.to_owned(),
            since: Timestamp::now(),
        };
        let text = serde_json::to_string(&held).unwrap_or_default();
        private::file(&holder)?;
        fs::write(&holder, text).map_err(|error| StoreError::file("Writing", &holder, error))?;
        Ok(Self { file, holder })
    }
}

impl Drop for AccountLock {
    fn drop(&mut self) {
        // The lock itself counts; a name that stays behind is overwritten by the next holder.
        let _ = fs::remove_file(&self.holder);
        let _ = self.file.unlock();
    }
}

/// The holder may not have written its name yet, or may be just gone.
fn read_holder(path: &Path) -> HeldBy {
    fs::read_to_string(path)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_else(|| HeldBy {
            pid: 0,
            program: "another Profile Desk".to_owned(),
            since: Timestamp::now(),
        })
}

/// Held shared by every process that has the store open, alone by one that migrates or repairs it.
#[derive(Debug)]
pub(crate) struct StoreLock {
    file: File,
    path: PathBuf,
}

impl StoreLock {
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("profile-desk.lock");
        let file = private::file(&path).map_err(|error| match error {
            StoreError::NotWritable { reason, .. } => StoreError::NotWritable {
                path: folder.to_owned(),
                reason,
            },
            other => other,
        })?;
        Ok(Self { file, path })
    }

    /// Waits for a migration or repair of another process, until the deadline.
    pub(crate) fn shared(&self, deadline: Instant) -> Result<bool, StoreError> {
        loop {
            match self.file.try_lock_shared() {
                Ok(()) => return Ok(true),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => pause(),
                Err(TryLockError::WouldBlock) => return Ok(false),
                Err(TryLockError::Error(error)) => {
                    return Err(StoreError::file("Locking", &self.path, error));
                }
            }
        }
    }

    pub(crate) fn try_exclusive(&self) -> Result<bool, StoreError> {
        try_exclusive(&self.file, &self.path)
    }

    /// Gives back what is held. By closing the file, which frees it on every platform: an explicit
    /// unlock asks Windows twice, and Wine answers the second time with an error of its own.
    pub(crate) fn released(self, folder: &Path) -> Result<Self, StoreError> {
        drop(self);
        Self::open(folder)
    }
}

/// Long enough to cost nothing, short enough that nobody notices.
pub(crate) fn pause() {
    thread::sleep(Duration::from_millis(20));
}

pub(crate) fn try_exclusive(file: &File, path: &Path) -> Result<bool, StoreError> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(StoreError::file("Locking", path, error)),
    }
}
