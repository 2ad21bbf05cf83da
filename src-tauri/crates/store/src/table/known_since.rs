//! Since when a profile's team and tokens are known: what was before is not, and is not taken for "nobody".

use std::collections::HashMap;

use jiff::Timestamp;
use model::Dataset;
use rusqlite::OptionalExtension;

use crate::sql::Millis;
use crate::{ProfileKey, Reader, StoreError, Writer};

// An older version did not note it: then it is the first that was seen, or the last fetch of an empty list.
pub(crate) const V3: &str = "
    CREATE TABLE known_since (
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        dataset TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (profile, dataset)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO known_since
        SELECT profile, dataset, min(at) FROM (
            SELECT profile, 'team' AS dataset, min(seen_from) AS at FROM team_member GROUP BY profile
            UNION ALL
            SELECT profile, 'tokens', min(seen_from)
            FROM token_version JOIN token ON token.key = token_version.token GROUP BY profile
            UNION ALL
            SELECT profile, dataset, succeeded_at FROM fetch_status
            WHERE dataset IN ('team', 'tokens') AND profile IS NOT NULL AND succeeded_at IS NOT NULL)
        GROUP BY profile, dataset;
";

impl Reader<'_> {
    /// Since when each profile's team or tokens are known; one that never arrived is left out.
    pub fn known_since(
        &self,
        dataset: Dataset,
    ) -> Result<HashMap<ProfileKey, Timestamp>, StoreError> {
        let sql = "SELECT profile, at FROM known_since WHERE dataset = ?1";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([dataset.key()], |row| {
            Ok((row.get(0)?, row.get::<_, Millis>(1)?.0))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Reader<'_> {
    /// Since when one profile's team or tokens are known.
    pub fn known_since_of(
        &self,
        profile: ProfileKey,
        dataset: Dataset,
    ) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT at FROM known_since WHERE profile = ?1 AND dataset = ?2";
        let mut query = self.db.prepare_cached(sql)?;
        let at = query.query_row((profile, dataset.key()), |row| row.get::<_, Millis>(0));
        Ok(at.optional()?.map(|at| at.0))
    }
}

impl Writer<'_> {
    /// Notes that a whole list arrived; the first time stands.
    pub(crate) fn put_known(
        &self,
        profile: ProfileKey,
        dataset: Dataset,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO known_since (profile, dataset, at) VALUES (?1, ?2, ?3)";
        self.db
            .prepare_cached(sql)?
            .execute((profile, dataset.key(), Millis(at)))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use crate::migration::{SCHEMA, Schema};

    #[test]
    fn an_older_store_gets_its_tokens_and_since_when_its_lists_are_known() {
        let mut db = Connection::open_in_memory().unwrap();
        let now = jiff::Timestamp::UNIX_EPOCH;
        Schema(&SCHEMA.0[..2]).migrate(&mut db, now).unwrap();
        db.execute_batch(
            "INSERT INTO profile (key, api, id, name, name_folded, first_seen_at, last_seen_at)
                 VALUES (1, 'a', 'p', 'P', 'p', 0, 0), (2, 'a', 'q', 'Q', 'q', 0, 0);
             INSERT INTO token (key, profile, fingerprint, last4) VALUES (7, 1, 'f', '1234');
             INSERT INTO token_version (token, name, never_expires, seen_from, seen_until)
                 VALUES (7, 'Old', 0, 10, 20), (7, 'New', 1, 20, NULL);
             INSERT INTO fetch_status (profile, dataset, attempted_at, succeeded_at, outcome)
                 VALUES (1, 'tokens', 50, 50, 'ok'), (1, 'team', 50, NULL, 'failed'),
                     (2, 'team', 60, 60, 'ok');",
        )
        .unwrap();
        SCHEMA.migrate(&mut db, now).unwrap();
        let standing: (i64, String, bool, bool) = db
            .query_row(
                "SELECT token, name, never_expires, never_used FROM token_now",
                [],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
            )
            .unwrap();
        assert_eq!(standing, (7, "new".to_owned(), true, false));
        let mut query = db
            .prepare("SELECT profile, dataset, at FROM known_since ORDER BY profile")
            .unwrap();
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let known: Vec<(i64, String, i64)> = rows.unwrap().map(Result::unwrap).collect();
        assert_eq!(
            known,
            [(1, "tokens".to_owned(), 10), (2, "team".to_owned(), 60)]
        );
    }
}
