//! Errands: what takes several steps and maybe days, such as buying more and then allocating it. What each step was
//! is `desk`'s own and kept here as JSON, so that an errand outlives the program; what is done at TagoIO for it is in
//! the action log.

use jiff::Timestamp;
use rusqlite::Row;
use serde_json::Value;

use crate::sql::{Millis, from_json, to_json};
use crate::{Reader, StoreError, Writer};

pub(crate) const V6: &str = "
    CREATE TABLE errand (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        state TEXT NOT NULL CHECK (json_valid(state)),
        began_at INTEGER NOT NULL,
        ended_at INTEGER
    ) STRICT;
    CREATE INDEX errand_kind ON errand (kind, key);
";

/// Something of several steps that was begun.
#[derive(Clone, Debug, PartialEq)]
pub struct Errand {
    /// Its number in this store.
    pub key: i64,
    /// What sort it is; a word of `desk`.
    pub kind: String,
    /// What is wanted, and how far it is. It holds no secret.
    pub state: Value,
    /// Since when, UTC.
    pub began_at: Timestamp,
    /// When it was over; `None` while it goes on.
    pub ended_at: Option<Timestamp>,
}

const WHAT: &str = "An errand";

fn read(row: &Row<'_>) -> Result<Errand, StoreError> {
    Ok(Errand {
        key: row.get("key")?,
        kind: row.get("kind")?,
        state: from_json(&row.get::<_, String>("state")?, WHAT)?,
        began_at: row.get::<_, Millis>("began_at")?.0,
        ended_at: row.get::<_, Option<Millis>>("ended_at")?.map(|at| at.0),
    })
}

impl Reader<'_> {
    /// Those of a kind, also those that are over, the oldest first.
    pub fn errands(&self, kind: &str) -> Result<Vec<Errand>, StoreError> {
        let sql = "SELECT * FROM errand WHERE kind = ?1 ORDER BY key";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([kind])?;
        let mut errands = Vec::new();
        while let Some(row) = rows.next()? {
            errands.push(read(row)?);
        }
        Ok(errands)
    }

    /// One of them.
    pub fn errand(&self, key: i64) -> Result<Option<Errand>, StoreError> {
        let mut query = self
            .db
            .prepare_cached("SELECT * FROM errand WHERE key = ?1")?;
        let mut rows = query.query([key])?;
        rows.next()?.map(read).transpose()
    }
}

impl Writer<'_> {
    /// Begins one, and returns its number.
    pub fn begin_errand(
        &self,
        kind: &str,
        state: &Value,
        at: Timestamp,
    ) -> Result<i64, StoreError> {
        let sql = "INSERT INTO errand (kind, state, began_at) VALUES (?1, ?2, ?3)";
        self.db
            .prepare_cached(sql)?
            .execute((kind, to_json(state, WHAT)?, Millis(at)))?;
        Ok(self.db.last_insert_rowid())
    }

    /// Notes how far one is. Returns whether it was there.
    pub fn put_errand(&self, key: i64, state: &Value) -> Result<bool, StoreError> {
        let sql = "UPDATE errand SET state = ?2 WHERE key = ?1";
        Ok(self
            .db
            .prepare_cached(sql)?
            .execute((key, to_json(state, WHAT)?))?
            > 0)
    }

    /// Notes that one is over; the first time stays. Returns whether it was there.
    pub fn end_errand(&self, key: i64, at: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE errand SET ended_at = coalesce(ended_at, ?2) WHERE key = ?1";
        Ok(self.db.prepare_cached(sql)?.execute((key, Millis(at)))? > 0)
    }

    /// Forgets one. Returns whether it was there.
    pub fn forget_errand(&self, key: i64) -> Result<bool, StoreError> {
        let mut delete = self
            .db
            .prepare_cached("DELETE FROM errand WHERE key = ?1")?;
        Ok(delete.execute([key])? > 0)
    }
}
