//! What can go wrong with the store, said to a person: what happened, to which file, what to do.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::HeldBy;

/// Why the store could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The data folder, or a file in it, may not be written.
    #[error(
        "{path} cannot be written: {reason}. Give yourself access to it, or choose another data \
         folder with --data-dir or PROFILE_DESK_DATA_DIR."
    )]
    NotWritable {
        /// The folder or file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// The database was written by a newer version of the program.
    #[error(
        "{file} was written by a newer version of Profile Desk (its schema is {found}, this version \
         knows up to {known}). Update Profile Desk; nothing was changed."
    )]
    Newer {
        /// The database.
        file: PathBuf,
        /// Its schema version.
        found: u32,
        /// The newest schema version that this program knows.
        known: u32,
    },
    /// There is a file in the database's place that is no database of this program.
    #[error(
        "{file} is not a database of Profile Desk ({reason}). Move it away or choose another data \
         folder; nothing was changed."
    )]
    NotADatabase {
        /// The file.
        file: PathBuf,
        /// What gave it away.
        reason: String,
    },
    /// The database is damaged. Opening it again repairs it from a backup.
    #[error(
        "{file} is damaged ({reason}). Close Profile Desk and start it again: it then restores the \
         newest good backup."
    )]
    Corrupt {
        /// The database.
        file: PathBuf,
        /// SQLite's words.
        reason: String,
    },
    /// There is no room to write.
    #[error(
        "There is no room left to write {file}: the disk is full, or a quota or size limit is \
         reached. Free some space and try again; what was stored before is safe."
    )]
    DiskFull {
        /// The file.
        file: PathBuf,
    },
    /// A backup needs more room than there is.
    #[error(
        "There is no room for a backup in {folder}: it needs {} MB and {} MB are free. Free some \
         space and try again.", needed / 1_000_000, available / 1_000_000
    )]
    NoRoomForBackup {
        /// The folder of the backups.
        folder: PathBuf,
        /// Bytes that the backup needs.
        needed: u64,
        /// Bytes that are free.
        available: u64,
    },
    /// Another process held the database for longer than the busy timeout.
    #[error("{file} is held by another process. Try again in a moment.")]
    Busy {
        /// The database.
        file: PathBuf,
    },
    /// The store must be migrated or repaired, and another process has it open.
    #[error(
        "{file} must be {work} first, and another Profile Desk has it open. Close the other one \
         and try again."
    )]
    InUse {
        /// The database.
        file: PathBuf,
        /// What is to be done, as in "brought up to date".
        work: &'static str,
    },
    /// Another process syncs this account.
    #[error(
        "This account is being synced by {} (process {}) since {}. Wait for it to end, or stop it.",
        holder.program, holder.pid, holder.since
    )]
    AccountHeld {
        /// Who holds it.
        holder: HeldBy,
    },
    /// Another account has this label.
    #[error("There is an account with the label {label:?} already. Choose another label.")]
    LabelTaken {
        /// The label, as it was asked for.
        label: String,
    },
    /// There is no such row, or it was removed meanwhile.
    #[error("There is no {what} in the store; it may have been removed meanwhile.")]
    NotFound {
        /// What was looked for.
        what: String,
    },
    /// A stored value has another shape than this version expects.
    #[error("{what} in the store cannot be read: {reason}. Sync again to replace it.")]
    Unreadable {
        /// Which value.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file operation failed for another reason.
    #[error("{doing} {path} failed: {source}")]
    File {
        /// What was tried, as in "Reading".
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// SQLite failed for another reason.
    #[error("The database {file} failed: {source}")]
    Sqlite {
        /// The database.
        file: PathBuf,
        /// SQLite's error.
        source: rusqlite::Error,
    },
}

impl StoreError {
    /// Sorts a failed file operation by what a person can do about it.
    pub(crate) fn file(doing: &'static str, path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::DiskFull {
                file: path.to_owned(),
            },
            io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::NotADirectory => Self::NotWritable {
                path: path.to_owned(),
                reason: source.to_string(),
            },
            _ => Self::File {
                doing,
                path: path.to_owned(),
                source,
            },
        }
    }

    /// Names the database that an error of SQLite came from.
    pub(crate) fn in_file(mut self, path: &Path) -> Self {
        match &mut self {
            Self::NotWritable { path: file, .. }
            | Self::NotADatabase { file, .. }
            | Self::Corrupt { file, .. }
            | Self::DiskFull { file }
            | Self::Busy { file }
            | Self::Sqlite { file, .. }
                if file.as_os_str().is_empty() =>
            {
                path.clone_into(file);
            }
            _ => {}
        }
        self
    }
}

/// The file is named on the way out, by `in_file`.
impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        let file = PathBuf::new();
        let rusqlite::Error::SqliteFailure(failure, _) = &source else {
            return Self::Sqlite { file, source };
        };
        match failure.code {
            ErrorCode::DiskFull => Self::DiskFull { file },
            // SQLite tells ENOSPC alone from other failed writes; a quota and a size limit end here.
            ErrorCode::SystemIoFailure
                if matches!(
                    failure.extended_code,
                    ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_SHMSIZE
                ) =>
            {
                Self::DiskFull { file }
            }
            // What a row was to belong to is gone: removed meanwhile by another process or thread.
            ErrorCode::ConstraintViolation
                if failure.extended_code == ffi::SQLITE_CONSTRAINT_FOREIGNKEY =>
            {
                Self::NotFound {
                    what: "such account or profile".to_owned(),
                }
            }
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy { file },
            ErrorCode::DatabaseCorrupt => Self::Corrupt {
                file,
                reason: source.to_string(),
            },
            ErrorCode::NotADatabase => Self::NotADatabase {
                file,
                reason: source.to_string(),
            },
            ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
                Self::NotWritable {
                    path: file,
                    reason: source.to_string(),
                }
            }
            _ => Self::Sqlite { file, source },
        }
    }
}
