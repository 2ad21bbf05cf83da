//! The log of sync runs.

use jiff::Timestamp;
use rusqlite::OptionalExtension;
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

impl Reader<'_> {
    /// The newest run that came to its end.
    pub fn last_sync_run(&self) -> Result<Option<SyncRun>, StoreError> {
        let sql = "SELECT key, started_at, ended_at, report FROM sync_run
                   WHERE ended_at IS NOT NULL ORDER BY key DESC LIMIT 1";
        let mut query = self.db.prepare_cached(sql)?;
        let run = query.query_row([], |row| {
            let report: Option<String> = row.get("report")?;
            Ok((
                SyncRun {
                    key: row.get("key")?,
                    started_at: row.get::<_, Millis>("started_at")?.0,
                    ended_at: time(row, "ended_at")?,
                    report: None,
                },
                report,
            ))
        });
        let Some((mut run, report)) = run.optional()? else {
            return Ok(None);
        };
        if let Some(report) = report {
            run.report = Some(from_json(&report, "A sync's report")?);
        }
        Ok(Some(run))
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
