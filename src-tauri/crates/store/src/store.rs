//! The open store: one writer, readers that never wait for it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use jiff::Timestamp;
use model::Salt;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::lock::StoreLock;
use crate::migration::SCHEMA;
use crate::open::{self, Open};
use crate::{AccountKey, AccountLock, Reader, StoreError, Writer, backup};

/// Read-only connections that are kept for the next reader.
const IDLE_READERS: usize = 4;

/// A store that is open. Share it by reference or `Arc`; every call blocks.
pub struct Store {
    folder: PathBuf,
    file: PathBuf,
    opened: Opened,
    id: String,
    salt: Salt,
    // Closed in this order: the writer last, so that it folds SQLite's log into the database; then
    // another process may migrate.
    idle: Mutex<Vec<Connection>>,
    // Reads nothing, and so sees every commit, this process's too.
    witness: Mutex<Option<Connection>>,
    writer: Mutex<Connection>,
    // What `writer` last knew of other processes' writes; changed only while it is held.
    seen: AtomicI64,
    _lock: StoreLock,
}

/// What [`Store::open`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// Nothing; the store was made.
    Fresh,
    /// A store, migrated if it was older.
    Existing,
    /// A damaged store; the user must be told.
    Restored {
        /// The backup that was restored.
        from: PathBuf,
        /// Where the damaged file is kept now.
        moved_to: PathBuf,
    },
    /// A damaged store without a good backup, so an empty one was made; the user must be told.
    StartedAnew {
        /// Where the damaged file is kept now.
        moved_to: PathBuf,
    },
}

impl Store {
    /// Opens the store of a data folder, and makes both where they are missing.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let Open {
            file,
            db,
            opened,
            lock,
        } = open::open(folder, SCHEMA, open::PATIENCE)?;
        let located = |error: rusqlite::Error| StoreError::from(error).in_file(&file);
        let (id, salt) = db
            .query_row("SELECT id, salt FROM store", [], |row| {
                Ok((row.get(0)?, Salt(row.get(1)?)))
            })
            .map_err(located)?;
        let seen = data_version(&db).map_err(located)?;
        Ok(Self {
            folder: folder.to_owned(),
            opened,
            id,
            salt,
            idle: Mutex::new(Vec::new()),
            witness: Mutex::new(None),
            writer: Mutex::new(db),
            seen: AtomicI64::new(seen),
            _lock: lock,
            file,
        })
    }

    /// What opening found.
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The store's random id, 32 hex characters; it names the keychain entries of this store.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The random salt of this store's fingerprints.
    pub fn salt(&self) -> &Salt {
        &self.salt
    }

    /// Runs `work` in one transaction: all of it is stored if it returns `Ok`, nothing otherwise.
    /// Waits for another write to end; readers are not disturbed. Do not nest.
    pub fn write<T>(
        &self,
        work: impl FnOnce(&Writer<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut db = held(&self.writer);
        let written = (|| {
            let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&Writer {
                reader: Reader { db: &transaction },
            })?;
            transaction.commit()?;
            Ok(done)
        })();
        written.map_err(|error| self.located(error))
    }

    /// Runs `work` on one consistent snapshot; never waits for a writer.
    pub fn read<T>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.with_reader(|db| {
            let snapshot = Transaction::new_unchecked(db, TransactionBehavior::Deferred)?;
            let done = work(&Reader { db: &snapshot })?;
            snapshot.finish()?;
            Ok(done)
        })
    }

    /// Backs the store up if the newest backup is a day old or there is none; returns the new file.
    /// Seven backups are kept, two of a store above 500 MB. Blocks for as long as copying takes.
    pub fn backup_if_due(&self, now: Timestamp) -> Result<Option<PathBuf>, StoreError> {
        self.with_reader(|db| backup::make_if_due(db, &self.folder, &self.file, now))
    }

    /// The right to sync an account, until it is dropped or the process ends.
    /// `who` names the program to others. [`StoreError::AccountHeld`] if another has it.
    pub fn lock_account(&self, account: AccountKey, who: &str) -> Result<AccountLock, StoreError> {
        AccountLock::take(&self.folder, "account", account, who)
    }

    /// The right to archive an account's audit log; apart from the right to sync it, as it takes days.
    pub fn lock_archive(&self, account: AccountKey, who: &str) -> Result<AccountLock, StoreError> {
        AccountLock::take(&self.folder, "archive", account, who)
    }

    /// The right to change something at TagoIO by an account; apart from the right to sync it, as a person
    /// does not wait for a sync.
    pub fn lock_changes(&self, account: AccountKey, who: &str) -> Result<AccountLock, StoreError> {
        AccountLock::take(&self.folder, "change", account, who)
    }

    /// Whether another process wrote since this was last asked, or since the store was opened. While
    /// this one writes it answers no without waiting, and the news is left for the next time.
    pub fn written_elsewhere(&self) -> Result<bool, StoreError> {
        let db = match self.writer.try_lock() {
            Ok(db) => db,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(false),
        };
        let now = data_version(&db).map_err(|error| self.located(error.into()))?;
        Ok(self.seen.swap(now, Ordering::Relaxed) != now)
    }

    /// A number that stays as it is until somebody commits, in this process or another: what was read after it was
    /// asked still holds while it is the same. It says nothing beyond this `Store`.
    pub fn generation(&self) -> Result<i64, StoreError> {
        let mut witness = held(&self.witness);
        let now = (|| {
            let db = match witness.take() {
                Some(db) => db,
                None => open::reader(&self.file)?,
            };
            data_version(witness.insert(db))
        })();
        now.map_err(|error| self.located(error.into()))
    }

    /// Lends a read-only connection. There are as many as there are readers at once.
    fn with_reader<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = held(&self.idle).pop();
        let lent = match idle {
            Some(db) => Ok(db),
            None => open::reader(&self.file).map_err(StoreError::from),
        };
        let (db, done) = match lent {
            Ok(db) => {
                let done = work(&db);
                (Some(db), done)
            }
            Err(error) => (None, Err(error)),
        };
        let mut idle = held(&self.idle);
        if idle.len() < IDLE_READERS {
            idle.extend(db);
        }
        drop(idle);
        done.map_err(|error| self.located(error))
    }

    /// Names the file, and remembers damage for the next opening.
    fn located(&self, error: StoreError) -> StoreError {
        let error = match error {
            // It was a database when it was opened.
            StoreError::NotADatabase { file, reason } => StoreError::Corrupt { file, reason },
            other => other,
        };
        if matches!(error, StoreError::Corrupt { .. }) {
            open::suspect(&self.file);
        }
        error.in_file(&self.file)
    }
}

/// A number that changes when another connection has committed. Asked of the writer, that is another
/// process, as no other connection of ours writes.
fn data_version(db: &Connection) -> rusqlite::Result<i64> {
    // Asked all the time, also by a window that nobody touches.
    let mut query = db.prepare_cached("PRAGMA data_version")?;
    query.query_row([], |row| row.get(0))
}

/// A panic in somebody's closure rolled its transaction back; the connection itself is sound.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
