//! Every account id that was ever seen with a name: upstream forgets those who left.

use jiff::Timestamp;
use model::AccountId;
use rusqlite::OptionalExtension;

use crate::sql::Millis;
use crate::{Reader, StoreError, Writer};

/// An account id and what was last known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The API's base URL.
    pub api: String,
    /// TagoIO's id of the account.
    pub id: AccountId,
    /// The last name seen.
    pub name: Option<String>,
    /// The last e-mail address seen.
    pub email: Option<String>,
    /// When the id was first seen.
    pub first_seen_at: Timestamp,
    /// When it was last seen.
    pub last_seen_at: Timestamp,
}

pub(crate) const V1: &str = "
    CREATE TABLE person (
        api TEXT NOT NULL,
        id TEXT NOT NULL,
        name TEXT,
        email TEXT,
        first_seen_at INTEGER NOT NULL,
        last_seen_at INTEGER NOT NULL,
        PRIMARY KEY (api, id)
    ) STRICT, WITHOUT ROWID;
";

/// What upstream calls somebody who was removed.
const FORGOTTEN: &str = "unknown user";

impl Reader<'_> {
    /// What is known of an account id.
    pub fn person(&self, api: &str, id: &AccountId) -> Result<Option<Person>, StoreError> {
        let sql = "SELECT * FROM person WHERE api = ?1 AND id = ?2";
        let mut query = self.db.prepare_cached(sql)?;
        let person = query.query_row((api, id.as_str()), |row| {
            Ok(Person {
                api: api.to_owned(),
                id: id.clone(),
                name: row.get("name")?,
                email: row.get("email")?,
                first_seen_at: row.get::<_, Millis>("first_seen_at")?.0,
                last_seen_at: row.get::<_, Millis>("last_seen_at")?.0,
            })
        });
        Ok(person.optional()?)
    }
}

impl Writer<'_> {
    /// Notes an account id. What is unknown now, or `Unknown user`, does not erase a known name.
    pub fn put_person(
        &self,
        api: &str,
        id: &AccountId,
        name: Option<&str>,
        email: Option<&str>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let known =
            |text: &&str| !text.trim().is_empty() && !text.trim().eq_ignore_ascii_case(FORGOTTEN);
        let sql = "
            INSERT INTO person (api, id, name, email, first_seen_at, last_seen_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?5)
            ON CONFLICT (api, id) DO UPDATE SET
                name = coalesce(excluded.name, name),
                email = coalesce(excluded.email, email),
                last_seen_at = max(excluded.last_seen_at, last_seen_at)";
        self.db.prepare_cached(sql)?.execute((
            api,
            id.as_str(),
            name.filter(known),
            email.filter(known),
            Millis(at),
        ))?;
        Ok(())
    }
}
