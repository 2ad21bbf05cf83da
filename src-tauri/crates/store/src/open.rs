//! Opening a store: refuse what is not ours, migrate what is older, repair what is damaged.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::lock::{StoreLock, pause};
use crate::migration::{self, APPLICATION_ID, Schema};
use crate::table::trend;
use crate::{Opened, StoreError, backup, private};

/// The database's name in the data folder.
const FILE: &str = "profile-desk.db";

/// How long to wait for another process that migrates or repairs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Up to this size a store is checked each time it is opened, which takes a fraction of a second; a
/// larger one when damage was met, and in its backups.
const CHECKED_UP_TO: u64 = 64 << 20;

/// A store that was opened: its writer, and the lock that keeps migrations away.
pub(crate) struct Open {
    pub(crate) file: PathBuf,
    pub(crate) db: Connection,
    pub(crate) opened: Opened,
    pub(crate) lock: StoreLock,
}

/// What stands in the database's place.
enum Found {
    /// Nothing, or a file that was never written.
    Nothing,
    /// A store of an older schema.
    Older,
    /// A store of our schema, and a connection to it.
    Current(Connection),
    /// A store that is damaged.
    Damaged,
}

/// Opens the store of a data folder, and makes both where they are missing.
pub(crate) fn open(folder: &Path, schema: Schema, patience: Duration) -> Result<Open, StoreError> {
    private::folder(folder)?;
    let file = folder.join(FILE);
    let mut lock = StoreLock::open(folder)?;
    let deadline = Instant::now() + patience;
    let mut opened = Opened::Existing;
    loop {
        if !lock.shared(deadline)? {
            let work = "brought up to date or repaired";
            return Err(StoreError::InUse { file, work });
        }
        let work = match inspect(&file, schema).map_err(|error| error.in_file(&file))? {
            Found::Current(db) => {
                return Ok(Open {
                    file,
                    db,
                    opened,
                    lock,
                });
            }
            Found::Nothing => "made",
            Found::Older => "brought up to date",
            Found::Damaged => "repaired",
        };
        // Two processes may both get here; the one that comes second finds the work done.
        lock = lock.released(folder)?;
        if lock.try_exclusive()? {
            let done = prepare(folder, &file, schema).map_err(|error| error.in_file(&file))?;
            if done != Opened::Existing {
                opened = done;
            }
            lock = lock.released(folder)?;
        } else if Instant::now() > deadline {
            return Err(StoreError::InUse { file, work });
        } else {
            pause();
        }
    }
}

/// A read-only connection to a store that is open.
pub(crate) fn reader(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(file, flags)?;
    settle(&db)?;
    Ok(db)
}

/// Remembers that damage was met, so that the next opening looks at the whole file.
pub(crate) fn suspect(file: &Path) {
    // Without the mark, a small store is still looked at, and a large one by its next backup.
    let _ = fs::write(mark(file), "");
}

fn mark(file: &Path) -> PathBuf {
    file.with_extension("suspect")
}

fn writer(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(file, flags)?;
    settle(&db)?;
    db.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "NORMAL")?;
    db.pragma_update(None, "journal_size_limit", 64 << 20)?;
    // Pages until SQLite's log is folded into the database: 16 MB. What many transactions write again and
    // again, as the indices of a first sync, then goes there and to the disk a quarter as often.
    db.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    Ok(db)
}

/// What holds for every connection.
fn settle(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(Duration::from_secs(10))?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.pragma_update(None, "cell_size_check", true)?;
    db.pragma_update(None, "cache_size", -16_000)?; // 16 MB
    // One plan a statement is enough: what is looked for stands in its text, or is a key. Otherwise SQLite makes a
    // new one for each value that could have met the condition of a partial index, at a tenth of a first sync's cost.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.set_prepared_statement_cache_capacity(128);
    trend::teach(db)
}

/// Looks at the file without changing what it holds.
fn inspect(file: &Path, schema: Schema) -> Result<Found, StoreError> {
    let length = match fs::metadata(file) {
        Ok(metadata) if metadata.is_file() => metadata.len(),
        Ok(_) => return Err(stranger(file, "it is a folder")),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(StoreError::file("Reading", file, error)),
    };
    if length == 0 {
        return Ok(Found::Nothing);
    }
    let mut start = Vec::new();
    File::open(file)
        .and_then(|file| file.take(16).read_to_end(&mut start))
        .map_err(|error| StoreError::file("Reading", file, error))?;
    if start != b"SQLite format 3\0" {
        return Err(stranger(file, "it is not a SQLite database"));
    }
    private::file(file)?;
    match inspect_database(file, schema, length <= CHECKED_UP_TO || mark(file).exists()) {
        Err(StoreError::Corrupt { .. }) => Ok(Found::Damaged),
        // SQLite's own words, unlike ours, name no file. The header's beginning was right, so that
        // what follows it is damaged.
        Err(StoreError::NotADatabase { file, .. }) if file.as_os_str().is_empty() => {
            Ok(Found::Damaged)
        }
        found => found,
    }
}

fn inspect_database(file: &Path, schema: Schema, check: bool) -> Result<Found, StoreError> {
    let db = writer(file)?;
    let version = migration::version(&db)?;
    let owner: i32 = db.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: u32 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if version == 0 && tables == 0 {
        return Ok(Found::Nothing);
    }
    if owner != APPLICATION_ID {
        return Err(stranger(file, "it belongs to another program"));
    }
    if version > schema.known() {
        return Err(StoreError::Newer {
            file: file.to_owned(),
            found: version,
            known: schema.known(),
        });
    }
    if check && !is_sound(&db)? {
        return Ok(Found::Damaged);
    }
    if version < schema.known() {
        return Ok(Found::Older);
    }
    Ok(Found::Current(db))
}

/// Whether SQLite finds nothing wrong with a database's structure.
pub(crate) fn is_sound(db: &Connection) -> Result<bool, StoreError> {
    let verdict: rusqlite::Result<String> =
        db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    match verdict.map_err(StoreError::from) {
        Ok(verdict) => Ok(verdict == "ok"),
        Err(StoreError::Corrupt { .. } | StoreError::NotADatabase { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn stranger(file: &Path, reason: &str) -> StoreError {
    StoreError::NotADatabase {
        file: file.to_owned(),
        reason: reason.to_owned(),
    }
}

/// Makes, migrates or repairs, with the store locked for this process alone. Says what it did.
fn prepare(folder: &Path, file: &Path, schema: Schema) -> Result<Opened, StoreError> {
    let now = Timestamp::now();
    match inspect(file, schema)? {
        Found::Current(_) => Ok(Opened::Existing),
        Found::Nothing => {
            private::file(file)?;
            schema.migrate(&mut writer(file)?, now)?;
            Ok(Opened::Fresh)
        }
        Found::Older => {
            let mut db = writer(file)?;
            backup::make(&db, folder, file, now)?;
            schema.migrate(&mut db, now)?;
            Ok(Opened::Existing)
        }
        Found::Damaged => repair(folder, file, schema, now),
    }
}

/// Moves a damaged store aside and puts the newest good backup in its place.
fn repair(
    folder: &Path,
    file: &Path,
    schema: Schema,
    now: Timestamp,
) -> Result<Opened, StoreError> {
    let from = backup::newest_good(folder, schema)?;
    let stamp = backup::stamp(now);
    let moved_to = file.with_file_name(format!("profile-desk.damaged-{stamp}.db"));
    for suffix in ["-wal", "-shm", ""] {
        let [old, new] = [file, &moved_to].map(|path| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        });
        match fs::rename(&old, &new) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(StoreError::file("Moving aside", &old, error));
            }
            _ => {}
        }
    }
    match fs::remove_file(mark(file)) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(StoreError::file("Removing", &mark(file), error));
        }
        _ => {}
    }
    let Some(from) = from else {
        private::file(file)?;
        schema.migrate(&mut writer(file)?, now)?;
        return Ok(Opened::StartedAnew { moved_to });
    };
    backup::restore(&from, file)?;
    Ok(Opened::Restored { from, moved_to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccountKey, By, NewChange, ProfileKey, Store};

    const NOW: Schema = migration::SCHEMA;
    const SHORT: Duration = Duration::from_millis(200);

    /// Our schema, and the version that may come after it.
    fn with_next(next: &'static [&'static str]) -> Schema {
        Schema(Vec::leak([NOW.0, &[next]].concat()))
    }

    /// Our schema as it stood at a version.
    fn as_of(version: usize) -> Schema {
        Schema(&NOW.0[..version])
    }

    fn backups(folder: &Path) -> usize {
        fs::read_dir(folder.join("backups")).map_or(0, Iterator::count)
    }

    #[test]
    fn an_older_store_is_backed_up_then_migrated_with_a_record() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), NOW, SHORT).unwrap());
        assert_eq!(backups(folder.path()), 0);

        let next = with_next(&["ALTER TABLE setting ADD COLUMN set_at INTEGER"]);
        let Open { db, opened, .. } = open(folder.path(), next, SHORT).unwrap();
        assert_eq!(opened, Opened::Existing);
        assert_eq!(migration::version(&db).unwrap(), NOW.known() + 1);
        let programs: Vec<(u32, String)> = db
            .prepare("SELECT version, program FROM migration WHERE applied_at > 0 ORDER BY version")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let program = env!("CARGO_PKG_VERSION").to_owned();
        let expected: Vec<_> = (1..=NOW.known() + 1)
            .map(|version| (version, program.clone()))
            .collect();
        assert_eq!(programs, expected);
        assert_eq!(backups(folder.path()), 1);
    }

    #[test]
    fn a_store_of_the_first_version_keeps_its_rows() {
        let folder = tempfile::tempdir().unwrap();
        let first = open(folder.path(), as_of(1), SHORT).unwrap();
        assert_eq!(migration::version(&first.db).unwrap(), 1);
        first
            .db
            .execute_batch(
                "INSERT INTO account (key, api, id, label, label_folded, token_place, created_at)
                     VALUES (7, 'https://api.tago.io', 'a00000000000000000000001', 'One', 'one',
                         'keychain', 1000);
                 INSERT INTO profile (key, api, id, name, name_folded, first_seen_at, last_seen_at,
                         preferred, owned, plan)
                     VALUES (9, 'https://api.tago.io', 'b00000000000000000000001', 'P', 'p', 1000,
                         2000, 7, 1, 'Free');
                 INSERT INTO reach (account, profile, owner, first_seen_at, last_seen_at)
                     VALUES (7, 9, 1, 1000, 2000);
                 INSERT INTO rank (profile, removed, name, account, search)
                     VALUES (9, 0, 'p', 'one', 'p');
                 INSERT INTO usage_hour (profile, at, input) VALUES (9, 3600, 5);
                 INSERT INTO fetch_status (profile, dataset, attempted_at, outcome)
                     VALUES (9, 'team', 2000, 'not_permitted');
                 INSERT INTO audit_event (profile, at, resource, resource_id, who, message)
                     VALUES (9, 1000, 'device', '', 'me', 'made');
                 INSERT INTO setting (key, value) VALUES ('theme', 'dark');",
            )
            .unwrap();
        drop(first);

        let store = Store::open(folder.path()).unwrap();
        assert_eq!(*store.opened(), Opened::Existing);
        let (account, profile) = (AccountKey(7), ProfileKey(9));
        store
            .read(|rows| {
                assert_eq!(migration::version(rows.db)?, NOW.known());
                assert_eq!(rows.accounts()?[0].key, account);
                assert_eq!(rows.profiles_of(account)?[0].key, profile);
                assert_eq!(rows.fleet_row(profile)?.unwrap().name, "P");
                let free = crate::ProfileTest::Plan(Some("free".to_owned()));
                let filter = crate::ProfileFilter(vec![free.into()]);
                assert!(rows.matching(&filter)?.contains(&profile));
                assert_eq!(rows.groups()?[0].kind, crate::GroupKind::Favourites);
                let (from, to) = (Timestamp::UNIX_EPOCH, Timestamp::MAX);
                assert_eq!(rows.usage(profile, By::Hour, from, to)?.len(), 1);
                assert_eq!(rows.statuses_of_profile(profile)?.len(), 1);
                assert_eq!(rows.audit(profile, from, to)?.len(), 1);
                assert_eq!(rows.setting("theme")?.as_deref(), Some("dark"));
                Ok(())
            })
            .unwrap();
        let change = NewChange {
            at: Timestamp::UNIX_EPOCH,
            account: Some(account),
            profile: Some(profile),
            kind: model::ChangeKind::ProfileAppeared,
            subject: None,
            old: serde_json::Value::Null,
            new: "P".into(),
        };
        store.write(|tx| tx.put_changes(&[change])).unwrap();
    }

    #[test]
    fn a_migration_that_fails_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), NOW, SHORT).unwrap());
        let broken = with_next(&["CREATE TABLE half (x INTEGER)", "nonsense"]);
        assert!(open(folder.path(), broken, SHORT).is_err());

        let Open { db, .. } = open(folder.path(), NOW, SHORT).unwrap();
        assert_eq!(migration::version(&db).unwrap(), NOW.known());
        let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'half'";
        let half: u32 = db.query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(half, 0);
    }

    #[test]
    fn a_store_that_is_open_elsewhere_is_neither_migrated_nor_repaired() {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = open(folder.path(), NOW, SHORT).unwrap();
        let next = with_next(&["CREATE TABLE second (x INTEGER)"]);
        let refused = open(folder.path(), next, SHORT).err().unwrap();
        assert!(matches!(refused, StoreError::InUse { .. }), "{refused}");
        assert_eq!(migration::version(&elsewhere.db).unwrap(), NOW.known());

        drop(elsewhere);
        assert_eq!(
            migration::version(&open(folder.path(), next, SHORT).unwrap().db).unwrap(),
            NOW.known() + 1
        );
    }
}
