//! The backups that TagoIO has of a profile, as its list told them last. One that the list no longer has is kept, with
//! the time when it was seen to be gone.

use jiff::Timestamp;
use rusqlite::Row;

use crate::sql::{Millis, Number, time};
use crate::{ProfileKey, Reader, StoreError, Writer};

pub(crate) const V7: &str = "
    CREATE TABLE backup (
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        id TEXT NOT NULL,
        created_at INTEGER,
        status TEXT,
        file_size REAL,
        error TEXT,
        seen_from INTEGER NOT NULL,
        seen_until INTEGER,
        PRIMARY KEY (profile, id)
    ) STRICT, WITHOUT ROWID;
";

/// A backup of a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Backup {
    /// TagoIO's id of it.
    pub id: String,
    /// When it was asked for.
    pub created_at: Option<Timestamp>,
    /// How far it is, in TagoIO's word.
    pub status: Option<String>,
    /// Its size as TagoIO gives it.
    pub file_size: Option<f64>,
    /// Why it failed, in TagoIO's words.
    pub error: Option<String>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Backup> {
    Ok(Backup {
        id: row.get("id")?,
        created_at: time(row, "created_at")?,
        status: row.get("status")?,
        file_size: row.get("file_size")?,
        error: row.get("error")?,
    })
}

impl Reader<'_> {
    /// The backups of a profile that are there, the newest first.
    pub fn backups(&self, profile: ProfileKey) -> Result<Vec<Backup>, StoreError> {
        let sql = "SELECT * FROM backup WHERE profile = ?1 AND seen_until IS NULL
                   ORDER BY created_at DESC, id DESC";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([profile], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One of them, also one that is gone.
    pub fn backup(&self, profile: ProfileKey, id: &str) -> Result<Option<Backup>, StoreError> {
        let sql = "SELECT * FROM backup WHERE profile = ?1 AND id = ?2";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query_map((profile, id), read)?;
        Ok(rows.next().transpose()?)
    }
}

impl Writer<'_> {
    /// Writes a whole list. What was there and is not in it is gone.
    pub fn put_backups(
        &self,
        profile: ProfileKey,
        backups: &[Backup],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE backup SET seen_until = ?2 WHERE profile = ?1 AND seen_until IS NULL";
        self.db
            .prepare_cached(sql)?
            .execute((profile, Millis(at)))?;
        for backup in backups {
            self.put_backup(profile, backup, at)?;
        }
        Ok(())
    }

    /// Writes one that is there, beside the others.
    pub fn put_backup(
        &self,
        profile: ProfileKey,
        backup: &Backup,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO backup (profile, id, created_at, status, file_size, error, seen_from)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                   ON CONFLICT (profile, id) DO UPDATE SET
                       created_at = coalesce(excluded.created_at, created_at), status = excluded.status,
                       file_size = excluded.file_size, error = excluded.error, seen_until = NULL";
        self.db.prepare_cached(sql)?.execute((
            profile,
            &backup.id,
            backup.created_at.map(Millis),
            &backup.status,
            backup.file_size.and_then(Number::finite),
            &backup.error,
            Millis(at),
        ))?;
        Ok(())
    }

    /// Notes that one is gone.
    pub fn put_backup_gone(
        &self,
        profile: ProfileKey,
        id: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE backup SET seen_until = ?3
                   WHERE profile = ?1 AND id = ?2 AND seen_until IS NULL";
        let mut gone = self.db.prepare_cached(sql)?;
        gone.execute((profile, id, Millis(at)))?;
        Ok(())
    }
}
