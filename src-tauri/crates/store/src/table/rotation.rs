//! Tokens that are being replaced: which one, by which name, and where the new one is to be put. A row stands as
//! long as that goes on; what was done of it is in the action log.

use jiff::Timestamp;
use rusqlite::Row;

use crate::sql::Millis;
use crate::{ProfileKey, Reader, StoreError, Writer};

pub(crate) const V5: &str = "
    CREATE TABLE rotation (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        old TEXT NOT NULL,
        new_name TEXT NOT NULL,
        place TEXT NOT NULL,
        began_at INTEGER NOT NULL,
        UNIQUE (profile, old)
    ) STRICT;
";

/// A token that is to be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRotation {
    /// The profile.
    pub profile: ProfileKey,
    /// The token's fingerprint.
    pub old: String,
    /// The name of the one that takes its place.
    pub new_name: String,
    /// Where a person is to put that; empty if nobody said.
    pub place: String,
    /// Since when, UTC.
    pub began_at: Timestamp,
}

/// A token that is being replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Its number in this store.
    pub key: i64,
    /// What is known of it.
    pub rotation: NewRotation,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Rotation> {
    Ok(Rotation {
        key: row.get("key")?,
        rotation: NewRotation {
            profile: row.get("profile")?,
            old: row.get("old")?,
            new_name: row.get("new_name")?,
            place: row.get("place")?,
            began_at: row.get::<_, Millis>("began_at")?.0,
        },
    })
}

impl Reader<'_> {
    /// All of them, the longest first.
    pub fn rotations(&self) -> Result<Vec<Rotation>, StoreError> {
        let mut query = self
            .db
            .prepare_cached("SELECT * FROM rotation ORDER BY key")?;
        let rows = query.query_map([], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Notes one, and returns its number; `None` if the token is being replaced already.
    pub fn add_rotation(&self, new: &NewRotation) -> Result<Option<i64>, StoreError> {
        let sql = "INSERT INTO rotation (profile, old, new_name, place, began_at)
                   VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (profile, old) DO NOTHING";
        let added = self.db.prepare_cached(sql)?.execute((
            new.profile,
            &new.old,
            &new.new_name,
            &new.place,
            Millis(new.began_at),
        ))?;
        Ok((added > 0).then(|| self.db.last_insert_rowid()))
    }

    /// Forgets one: it is over. Returns whether it was there.
    pub fn end_rotation(&self, key: i64) -> Result<bool, StoreError> {
        let mut delete = self
            .db
            .prepare_cached("DELETE FROM rotation WHERE key = ?1")?;
        Ok(delete.execute([key])? > 0)
    }
}
