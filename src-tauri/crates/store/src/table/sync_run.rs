//! The log of sync runs.

use jiff::Timestamp;
use rusqlite::Row;
use serde_json::Value;

use crate::sql::{Millis, from_json, time, to_json};
use crate::{Reader, StoreError, Writer};

pub(crate) const V1: &str = "
    CREATE TABLE sync_run (
        key INTEGER PRIMARY KEY,
        started_at INTEGER NOT NULL,
        ended_at INTEGER,
        report TEXT
    ) STRICT;
";

/// A sync run.
#[derive(Clone, Debug, PartialEq)]
pub struct SyncRun {
    /// Its number in this store.
    pub key: i64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; `None` if it runs or was killed.
    pub ended_at: Option<Timestamp>,
    /// How it ended, in the caller's own shape.
    pub report: Option<Value>,
}

impl SyncRun {
    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let report: Option<String> = row.get("report")?;
        Ok(Self {
            key: row.get("key")?,
            started_at: row.get::<_, Millis>("started_at")?.0,
            ended_at: time(row, "ended_at")?,
            report: report
                .map(|text| from_json(&text, "A sync's report"))
                .transpose()?,
        })
    }
}

impl Reader<'_> {
    /// So many runs after so many, the newest first.
    pub fn sync_runs(&self, offset: u32, limit: u32) -> Result<Vec<SyncRun>, StoreError> {
        let sql = "SELECT key, started_at, ended_at, report FROM sync_run
                   ORDER BY key DESC LIMIT ?2 OFFSET ?1";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query((offset, limit))?;
        let mut runs = Vec::new();
        while let Some(row) = rows.next()? {
            runs.push(SyncRun::read(row)?);
        }
        Ok(runs)
    }

    /// How many runs are kept.
    pub fn count_sync_runs(&self) -> Result<u32, StoreError> {
        let mut query = self.db.prepare_cached("SELECT count(*) FROM sync_run")?;
        Ok(query.query_row([], |row| row.get(0))?)
    }

    /// One run.
    pub fn sync_run(&self, key: i64) -> Result<Option<SyncRun>, StoreError> {
        let sql = "SELECT key, started_at, ended_at, report FROM sync_run WHERE key = ?1";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([key])?;
        rows.next()?.map(SyncRun::read).transpose()
    }
}

impl Writer<'_> {
    /// Notes that a run began; returns its number.
    pub fn begin_sync_run(&self, at: Timestamp) -> Result<i64, StoreError> {
        self.db.execute(
            "INSERT INTO sync_run (started_at) VALUES (?1)",
            [Millis(at)],
        )?;
        Ok(self.db.last_insert_rowid())
    }

    /// Notes how a run ended. The newest 1,000 runs are kept.
    pub fn end_sync_run(&self, key: i64, report: &Value, at: Timestamp) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE sync_run SET ended_at = ?2, report = ?3 WHERE key = ?1",
            (key, Millis(at), to_json(report, "A sync's report")?),
        )?;
        self.db
            .execute("DELETE FROM sync_run WHERE key <= ?1 - 1000", [key])?;
        Ok(())
    }
}
