//! What was learned of the API's rate limits, so that a new process need not meet them to know them.

use jiff::Timestamp;
use rusqlite::OptionalExtension;

use crate::sql::Millis;
use crate::table::account::base;
use crate::{AccountKey, Reader, StoreError, Writer};

/// How often an account may ask for a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// The account.
    pub account: AccountKey,
    /// The route, as the caller names it.
    pub route: String,
    /// Requests a minute.
    pub per_minute: u32,
    /// When it was learned.
    pub learned_at: Timestamp,
}

/// For whom an API host counts a request that concerns a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateScope {
    /// The profile of the token: one count, whichever profile is asked for.
    Token,
    /// The profile that is asked for: a count each.
    Asked,
}

pub(crate) const V2: &str = "
    CREATE TABLE rate_limit (
        account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
        route TEXT NOT NULL,
        per_minute INTEGER NOT NULL,
        learned_at INTEGER NOT NULL,
        PRIMARY KEY (account, route)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE rate_scope (
        api TEXT PRIMARY KEY,
        scope TEXT NOT NULL CHECK (scope IN ('token', 'asked')),
        learned_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
";

impl RateScope {
    const fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Asked => "asked",
        }
    }

    fn from_word(word: &str) -> Self {
        match word {
            "asked" => Self::Asked,
            _ => Self::Token,
        }
    }
}

impl Reader<'_> {
    /// What was learned of an account's limits, by route.
    pub fn rate_limits(&self, account: AccountKey) -> Result<Vec<RateLimit>, StoreError> {
        let sql = "SELECT route, per_minute, learned_at FROM rate_limit
                   WHERE account = ?1 ORDER BY route";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([account], |row| {
            Ok(RateLimit {
                account,
                route: row.get("route")?,
                per_minute: row.get("per_minute")?,
                learned_at: row.get::<_, Millis>("learned_at")?.0,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// For whom an API host counts, and when that was learned; `None` if it is not known.
    pub fn rate_scope(&self, api: &str) -> Result<Option<(RateScope, Timestamp)>, StoreError> {
        let sql = "SELECT scope, learned_at FROM rate_scope WHERE api = ?1";
        let mut query = self.db.prepare_cached(sql)?;
        let scope = query.query_row([base(api)], |row| {
            let scope = RateScope::from_word(row.get_ref("scope")?.as_str()?);
            Ok((scope, row.get::<_, Millis>("learned_at")?.0))
        });
        Ok(scope.optional()?)
    }
}

impl Writer<'_> {
    /// Notes a limit, in place of what was known of the account's route.
    pub fn put_rate_limit(&self, limit: &RateLimit) -> Result<(), StoreError> {
        let sql = "
            INSERT INTO rate_limit (account, route, per_minute, learned_at)
            VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (account, route) DO UPDATE SET
                per_minute = excluded.per_minute, learned_at = excluded.learned_at";
        self.db.prepare_cached(sql)?.execute((
            limit.account,
            &limit.route,
            limit.per_minute,
            Millis(limit.learned_at),
        ))?;
        Ok(())
    }

    /// Forgets the limit of an account's route, if one was known.
    pub fn forget_rate_limit(&self, account: AccountKey, route: &str) -> Result<(), StoreError> {
        self.db.execute(
            "DELETE FROM rate_limit WHERE account = ?1 AND route = ?2",
            (account, route),
        )?;
        Ok(())
    }

    /// Notes for whom an API host counts, in place of what was known of it.
    pub fn put_rate_scope(
        &self,
        api: &str,
        scope: RateScope,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO rate_scope (api, scope, learned_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (api) DO UPDATE SET
                 scope = excluded.scope, learned_at = excluded.learned_at",
            (base(api), scope.word(), Millis(at)),
        )?;
        Ok(())
    }
}
