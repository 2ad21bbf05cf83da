//! How the last attempt to fetch each dataset ended, and when it last arrived.

use jiff::Timestamp;
use model::{Dataset, FetchOutcome, FetchStatus};
use rusqlite::{OptionalExtension, Row};

use crate::sql::{Millis, keys, time};
use crate::{AccountKey, ProfileKey, Reader, StoreError, Subject, Writer};

/// How a dataset was last fetched, as far as planning the next fetch needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Whose dataset.
    pub subject: Subject,
    /// The dataset.
    pub dataset: Dataset,
    /// When it was last asked for.
    pub attempted_at: Timestamp,
    /// When it last arrived.
    pub succeeded_at: Option<Timestamp>,
    /// How the last attempt ended.
    pub outcome: FetchKind,
}

/// How an attempt ended, without its words: `model::FetchOutcome` has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FetchKind {
    /// It arrived.
    Ok,
    /// It did not.
    Failed,
    /// The token may not ask for it.
    NotPermitted,
    /// There is no such thing.
    NotThere,
}

pub(crate) const V1: &str = "
    CREATE TABLE fetch_status (
        account INTEGER REFERENCES account ON DELETE CASCADE,
        profile INTEGER REFERENCES profile ON DELETE CASCADE,
        dataset TEXT NOT NULL,
        attempted_at INTEGER NOT NULL,
        succeeded_at INTEGER,
        outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'failed', 'not_permitted', 'not_there')),
        code TEXT,
        message TEXT,
        CHECK ((account IS NULL) <> (profile IS NULL))
    ) STRICT;
    CREATE UNIQUE INDEX fetch_status_account
        ON fetch_status (account, dataset) WHERE account IS NOT NULL;
    CREATE UNIQUE INDEX fetch_status_profile
        ON fetch_status (profile, dataset) WHERE profile IS NOT NULL;
    CREATE INDEX fetch_status_failed
        ON fetch_status (profile) WHERE outcome = 'failed' AND profile IS NOT NULL;
";

/// Reads a row of the table, by the names of its columns.
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<FetchStatus> {
    let message = || {
        row.get::<_, Option<String>>("message")
            .map(Option::unwrap_or_default)
    };
    let outcome = match row.get_ref("outcome")?.as_str()? {
        "ok" => FetchOutcome::Ok,
        "not_there" => FetchOutcome::NotThere,
        "not_permitted" => FetchOutcome::NotPermitted {
            message: message()?,
        },
        _ => FetchOutcome::Failed {
            code: row.get::<_, Option<String>>("code")?.unwrap_or_default(),
            message: message()?,
        },
    };
    Ok(FetchStatus {
        attempted_at: row.get::<_, Millis>("attempted_at")?.0,
        succeeded_at: time(row, "succeeded_at")?,
        outcome,
    })
}

impl FetchKind {
    fn from_word(word: &str) -> Self {
        match word {
            "ok" => Self::Ok,
            "not_there" => Self::NotThere,
            "not_permitted" => Self::NotPermitted,
            _ => Self::Failed,
        }
    }
}

impl Reader<'_> {
    /// The status of every dataset of some accounts, then of the profiles that they reach now: those of
    /// a profile once, however many of the accounts reach it. What nobody ever asked for is left out.
    pub fn fetched(&self, accounts: &[AccountKey]) -> Result<Vec<Fetched>, StoreError> {
        let accounts = keys(accounts)?;
        let of_accounts = "
            SELECT account, dataset, attempted_at, succeeded_at, outcome FROM fetch_status
            WHERE account IN (SELECT value FROM json_each(?1)) ORDER BY account, dataset";
        let of_profiles = "
            SELECT profile, dataset, attempted_at, succeeded_at, outcome FROM fetch_status
            WHERE profile IN (
                SELECT profile FROM reach
                WHERE account IN (SELECT value FROM json_each(?1)) AND gone_at IS NULL)
            ORDER BY profile, dataset";
        let account = |key| Subject::Account(AccountKey(key));
        let mut fetched = self.select_fetched(of_accounts, &accounts, account)?;
        let profile = |key| Subject::Profile(ProfileKey(key));
        fetched.extend(self.select_fetched(of_profiles, &accounts, profile)?);
        Ok(fetched)
    }

    /// `subject` makes of the first column whose row it is.
    fn select_fetched(
        &self,
        sql: &str,
        accounts: &str,
        subject: fn(i64) -> Subject,
    ) -> Result<Vec<Fetched>, StoreError> {
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([accounts])?;
        let mut fetched = Vec::new();
        // By place, as there are many rows.
        while let Some(row) = rows.next()? {
            // A dataset that this version does not know was written by another one.
            let Some(dataset) = Dataset::from_key(row.get_ref(1)?.as_str().unwrap_or("")) else {
                continue;
            };
            fetched.push(Fetched {
                subject: subject(row.get(0)?),
                dataset,
                attempted_at: row.get::<_, Millis>(2)?.0,
                succeeded_at: row.get::<_, Option<Millis>>(3)?.map(|millis| millis.0),
                outcome: FetchKind::from_word(row.get_ref(4)?.as_str().unwrap_or("")),
            });
        }
        Ok(fetched)
    }

    /// The status of one dataset; `None` if nobody ever asked for it.
    pub fn status(
        &self,
        subject: Subject,
        dataset: Dataset,
    ) -> Result<Option<FetchStatus>, StoreError> {
        let column = subject.column();
        let sql = format!("SELECT * FROM fetch_status WHERE {column} = ?1 AND dataset = ?2");
        let mut query = self.db.prepare_cached(&sql)?;
        Ok(query
            .query_row((subject.key(), dataset.key()), read)
            .optional()?)
    }

    /// The status of every dataset of a profile that was ever asked for.
    pub fn statuses_of_profile(
        &self,
        profile: ProfileKey,
    ) -> Result<Vec<(Dataset, FetchStatus)>, StoreError> {
        self.statuses(Subject::Profile(profile))
    }

    /// The status of every dataset of an account itself that was ever asked for.
    pub fn statuses_of_account(
        &self,
        account: AccountKey,
    ) -> Result<Vec<(Dataset, FetchStatus)>, StoreError> {
        self.statuses(Subject::Account(account))
    }

    fn statuses(&self, subject: Subject) -> Result<Vec<(Dataset, FetchStatus)>, StoreError> {
        let column = subject.column();
        let sql = format!("SELECT * FROM fetch_status WHERE {column} = ?1 ORDER BY dataset");
        let mut query = self.db.prepare_cached(&sql)?;
        let mut rows = query.query([subject.key()])?;
        let mut statuses = Vec::new();
        while let Some(row) = rows.next()? {
            // A dataset that this version does not know was written by another one.
            if let Some(dataset) = Dataset::from_key(row.get_ref("dataset")?.as_str().unwrap_or(""))
            {
                statuses.push((dataset, read(row)?));
            }
        }
        Ok(statuses)
    }
}

impl Writer<'_> {
    /// Notes how an attempt ended. The time of the last success stays when it failed.
    pub fn put_status(
        &self,
        subject: Subject,
        dataset: Dataset,
        outcome: &FetchOutcome,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (word, code, message) = match outcome {
            FetchOutcome::Ok => ("ok", None, None),
            FetchOutcome::Failed { code, message } => ("failed", Some(code), Some(message)),
            FetchOutcome::NotPermitted { message } => ("not_permitted", None, Some(message)),
            FetchOutcome::NotThere => ("not_there", None, None),
        };
        let succeeded_at = (*outcome == FetchOutcome::Ok).then_some(Millis(at));
        let column = subject.column();
        let sql = format!(
            "INSERT INTO fetch_status
                 ({column}, dataset, attempted_at, succeeded_at, outcome, code, message)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT ({column}, dataset) WHERE {column} IS NOT NULL DO UPDATE SET
                 attempted_at = excluded.attempted_at,
                 succeeded_at = coalesce(excluded.succeeded_at, succeeded_at),
                 outcome = excluded.outcome,
                 code = excluded.code,
                 message = excluded.message"
        );
        self.db.prepare_cached(&sql)?.execute((
            subject.key(),
            dataset.key(),
            Millis(at),
            succeeded_at,
            word,
            code,
            message,
        ))?;
        Ok(())
    }

    /// Forgets what was not permitted to an account itself, and of the profiles that are reached with
    /// it, as another token may be permitted more.
    pub(crate) fn ask_account_again(&self, account: AccountKey) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM fetch_status WHERE account = ?1 AND outcome = 'not_permitted'",
            "DELETE FROM fetch_status
             WHERE profile IN (SELECT key FROM profile WHERE preferred = ?1)
               AND outcome = 'not_permitted'",
        ] {
            self.db.prepare_cached(sql)?.execute([account])?;
        }
        Ok(())
    }

    /// Forgets what was not permitted of a profile, as it is reached with another token now.
    pub(crate) fn ask_profile_again(&self, profile: ProfileKey) -> Result<(), StoreError> {
        let sql = "DELETE FROM fetch_status WHERE profile = ?1 AND outcome = 'not_permitted'";
        self.db.prepare_cached(sql)?.execute([profile])?;
        Ok(())
    }
}
