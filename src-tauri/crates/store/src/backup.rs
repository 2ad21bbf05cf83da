//! Backups: copies of the whole store, made while it is in use, checked, and few enough.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::lock::{pause, try_exclusive};
use crate::migration::{self, Schema};
use crate::{StoreError, open, private};

const PREFIX: &str = "profile-desk-";
const FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// Above this size fewer backups are kept.
const LARGE: u64 = 500_000_000;

/// Room that a backup must leave free.
const RESERVE: u64 = 16 << 20;

/// A time as it stands in a file's name, in UTC, to the second.
pub(crate) fn stamp(at: Timestamp) -> String {
    at.strftime(FORMAT).to_string()
}

fn folder_of(data: &Path) -> PathBuf {
    data.join("backups")
}

/// The backups of a data folder with the time in their names, the newest first.
fn list(data: &Path) -> Result<Vec<(Timestamp, PathBuf)>, StoreError> {
    let folder = folder_of(data);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let failed = |error| StoreError::file("Reading", &folder, error);
    let mut backups = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let made_at = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(".db"))
            .and_then(|stamp| DateTime::strptime(FORMAT, stamp).ok())
            .and_then(|time| time.to_zoned(TimeZone::UTC).ok());
        if let Some(made_at) = made_at {
            backups.push((made_at.timestamp(), path));
        }
    }
    backups.sort_unstable();
    backups.reverse();
    Ok(backups)
}

/// Makes a backup unless the newest one is less than a day old, or another process is at it.
pub(crate) fn make_if_due(
    source: &Connection,
    data: &Path,
    file: &Path,
    now: Timestamp,
) -> Result<Option<PathBuf>, StoreError> {
    let day = SignedDuration::from_hours(24);
    if let Some((newest, _)) = list(data)?.first()
        // A backup from the future (the clock was set back) does not put the next one off for ever.
        && now.duration_since(*newest).abs() < day
    {
        return Ok(None);
    }
    let folder = folder_of(data);
    private::folder(&folder)?;
    let path = folder.join("lock");
    let lock = private::file(&path)?;
    if !try_exclusive(&lock, &path)? {
        return Ok(None);
    }
    make(source, data, file, now).map(Some)
}

/// Makes a backup now, checks it, and drops the oldest ones beyond those that are kept.
pub(crate) fn make(
    source: &Connection,
    data: &Path,
    file: &Path,
    now: Timestamp,
) -> Result<PathBuf, StoreError> {
    let folder = folder_of(data);
    private::folder(&folder)?;
    let size = size_of(source)?;
    let needed = size + RESERVE;
    let available = private::available(&folder)?;
    if available < needed {
        return Err(StoreError::NoRoomForBackup {
            folder,
            needed,
            available,
        });
    }
    let path = folder.join(format!("{PREFIX}{}.db", stamp(now)));
    let partial = path.with_extension("partial");
    private::file(&partial)?
        .set_len(0)
        .map_err(|error| StoreError::file("Emptying", &partial, error))?;
    let copied = copy(source, &partial, file);
    if let Err(error) = copied {
        // The error that matters is the copy's; what is left is overwritten by the next try.
        let _ = fs::remove_file(&partial);
        return Err(error);
    }
    fs::rename(&partial, &path).map_err(|error| StoreError::file("Naming", &path, error))?;
    let kept = if size > LARGE { 2 } else { 7 };
    for (_, old) in list(data)?.into_iter().skip(kept) {
        fs::remove_file(&old).map_err(|error| StoreError::file("Removing", &old, error))?;
    }
    Ok(path)
}

/// Copies in one step, in one read transaction: writers go on meanwhile, and never start it over.
fn copy(source: &Connection, partial: &Path, file: &Path) -> Result<(), StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let located = |error: rusqlite::Error| StoreError::from(error).in_file(partial);
    let mut target = Connection::open_with_flags(partial, flags).map_err(located)?;
    {
        let backup = Backup::new(source, &mut target).map_err(located)?;
        while backup.step(-1).map_err(located)? != StepResult::Done {
            pause();
        }
    }
    // One file, without a log beside it.
    target
        .query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))
        .map_err(located)?;
    if open::is_sound(&target).map_err(|error| error.in_file(partial))? {
        return Ok(());
    }
    open::suspect(file);
    Err(StoreError::Corrupt {
        file: file.to_owned(),
        reason: "its copy does not pass SQLite's check".to_owned(),
    })
}

fn size_of(db: &Connection) -> Result<u64, StoreError> {
    let sql = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    let size: i64 = db.query_row(sql, [], |row| row.get(0))?;
    Ok(size.unsigned_abs())
}

/// The newest backup that passes SQLite's check and that this program can read.
pub(crate) fn newest_good(data: &Path, schema: Schema) -> Result<Option<PathBuf>, StoreError> {
    for (_, path) in list(data)? {
        if is_good(&path, schema) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// A backup that cannot even be opened is one more that is not good.
fn is_good(path: &Path, schema: Schema) -> bool {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(db) = Connection::open_with_flags(path, flags) else {
        return false;
    };
    let known =
        migration::version(&db).is_ok_and(|version| (1..=schema.known()).contains(&version));
    known && open::is_sound(&db).unwrap_or(false)
}

/// Puts a copy of a backup in the store's place, which must be empty.
pub(crate) fn restore(backup: &Path, file: &Path) -> Result<(), StoreError> {
    let partial = file.with_extension("partial");
    private::file(&partial)?;
    fs::copy(backup, &partial)
        .and_then(|_| File::open(&partial)?.sync_all())
        .and_then(|()| fs::rename(&partial, file))
        .map_err(|error| StoreError::file("Restoring", file, error))?;
    private::file(file)?;
    Ok(())
}
