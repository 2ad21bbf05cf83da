//! The schema's versions: each is applied in one transaction, together with its record.

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use crate::sql::Millis;
use crate::{StoreError, table};

/// Marks a database file as ours, in its header: `PDsk`.
pub(crate) const APPLICATION_ID: i32 = 0x5044_736b;

/// The schema's versions, the first one first. What was released is never edited: a change is a
/// version of its own, made of the parts of the tables that it concerns.
pub(crate) const SCHEMA: Schema = Schema(&[
    &[
        V1,
        table::account::V1,
        table::profile::V1,
        table::version::V1,
        table::summary::V1,
        table::rank::V1,
        table::usage::V1,
        table::token::V1,
        table::team::V1,
        table::person::V1,
        table::audit::V1,
        table::status::V1,
        table::sync_run::V1,
        table::setting::V1,
    ],
    &[
        table::change::V2,
        table::threshold::V2,
        table::rate_limit::V2,
        table::audit::V2,
    ],
    &[
        table::attention::V3,
        table::attention_answer::V3,
        table::group::V3,
        table::known_since::V3,
        table::pulse::V3,
        table::rank::V3,
        table::token_now::V3,
        table::trend::V3,
    ],
    &[table::action::V4, table::guard::V4, table::profile::V4],
    &[table::rotation::V5],
    &[table::errand::V6],
    &[table::backup::V7],
]);

/// A history of the schema: the parts of each version, in SQL.
#[derive(Clone, Copy)]
pub(crate) struct Schema(pub(crate) &'static [&'static [&'static str]]);

/// The store's own identity, and the record of its migrations.
const V1: &str = "
    CREATE TABLE store (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        id TEXT NOT NULL,
        salt BLOB NOT NULL CHECK (length(salt) = 32)
    ) STRICT;
    CREATE TABLE migration (
        version INTEGER PRIMARY KEY,
        applied_at INTEGER NOT NULL,
        program TEXT NOT NULL
    ) STRICT;
";

/// The schema version of a database; 0 before the first migration.
pub(crate) fn version(db: &Connection) -> rusqlite::Result<u32> {
    db.query_row("PRAGMA user_version", [], |row| row.get(0))
}

impl Schema {
    /// The newest version.
    pub(crate) fn known(self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// Brings a database from its version to the newest. Killed in between, it stands at a version that
    /// was applied whole.
    pub(crate) fn migrate(self, db: &mut Connection, at: Timestamp) -> Result<(), StoreError> {
        let from = version(db)?;
        for (parts, number) in self.0.iter().zip(1_u32..) {
            if number <= from {
                continue;
            }
            let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for part in *parts {
                transaction.execute_batch(part)?;
            }
            if number == 1 {
                identify(&transaction)?;
            }
            transaction.execute(
                "INSERT INTO migration (version, applied_at, program) VALUES (?1, ?2, ?3)",
                (number, Millis(at), env!("CARGO_PKG_VERSION")),
            )?;
            transaction.pragma_update(None, "user_version", number)?;
            transaction.commit()?;
        }
        Ok(())
    }
}

/// Gives a new store its id and its salt.
fn identify(db: &Connection) -> Result<(), StoreError> {
    let mut salt = [0; 32];
    let mut id = [0; 16];
    for bytes in [&mut salt[..], &mut id[..]] {
        getrandom::fill(bytes).map_err(|error| StoreError::Unreadable {
            what: "The system's random source".to_owned(),
            reason: error.to_string(),
        })?;
    }
    db.pragma_update(None, "application_id", APPLICATION_ID)?;
    db.execute(
        "INSERT INTO store (one, id, salt) VALUES (1, lower(hex(?1)), ?2)",
        (id, salt),
    )?;
    Ok(())
}
