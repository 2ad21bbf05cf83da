//! The past is kept: what the API only knows as of now is stored with the time in which it was seen.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, ToSql};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::sql::{Millis, from_json, time, to_json};
use crate::{Reader, StoreError, Subject, Writer};

/// A part of an account or a profile that changes now and then, and is dated as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aspect {
    /// Account or profile: its name. A JSON string.
    Name,
    /// Account or profile: its plan. A JSON string.
    Plan,
    /// Account: what else it says of itself, in the caller's shape.
    Account,
    /// Account: limits bought, cycle, add-ons, in the caller's shape.
    Subscription,
    /// Account: a scheduled downgrade, in the caller's shape.
    Schedule,
    /// Account: whether payments go through, in the caller's shape.
    Health,
    /// Account: coupon and balance, in the caller's shape.
    Payment,
    /// Account: price tiers, in the caller's shape.
    Prices,
    /// Profile: what it is allocated. `model::Amounts`.
    Allocation,
    /// Profile: its limits. `model::Amounts`.
    Limits,
    /// Profile: resource counts. An object of numbers.
    Resources,
    /// Profile: its owner's account id. A JSON string.
    Owner,
    /// Profile: its add-ons. A list of names.
    Addons,
    /// Profile: requests per minute. An object of numbers.
    Rpm,
    /// Profile: the region that it says it is in. A JSON string.
    Region,
    /// Profile: when its newest completed backup was made, in the caller's shape.
    Backups,
}

/// A value and the time in which it was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Version<T> {
    /// The value.
    pub value: T,
    /// When it was first seen.
    pub seen_from: Timestamp,
    /// When it was first seen to have changed or gone; `None` if it stands.
    pub seen_until: Option<Timestamp>,
    /// When it was last seen.
    pub last_seen: Timestamp,
}

pub(crate) const V1: &str = "
    CREATE TABLE version (
        key INTEGER PRIMARY KEY,
        account INTEGER REFERENCES account ON DELETE CASCADE,
        profile INTEGER REFERENCES profile ON DELETE CASCADE,
        aspect TEXT NOT NULL,
        value TEXT NOT NULL,
        seen_from INTEGER NOT NULL,
        seen_until INTEGER,
        last_seen INTEGER NOT NULL,
        CHECK ((account IS NULL) <> (profile IS NULL)),
        CHECK (seen_until >= seen_from)
    ) STRICT;
    CREATE UNIQUE INDEX version_account_now
        ON version (account, aspect) WHERE account IS NOT NULL AND seen_until IS NULL;
    CREATE UNIQUE INDEX version_profile_now
        ON version (profile, aspect) WHERE profile IS NOT NULL AND seen_until IS NULL;
    CREATE INDEX version_account ON version (account, aspect, seen_from) WHERE account IS NOT NULL;
    CREATE INDEX version_profile ON version (profile, aspect, seen_from) WHERE profile IS NOT NULL;
    -- What a person who looks into the file asks for first.
    CREATE VIEW today AS
        SELECT account, profile, aspect, value, seen_from, last_seen
        FROM version WHERE seen_until IS NULL;
";

impl Aspect {
    /// Its name in the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Plan => "plan",
            Self::Account => "account",
            Self::Subscription => "subscription",
            Self::Schedule => "schedule",
            Self::Health => "health",
            Self::Payment => "payment",
            Self::Prices => "prices",
            Self::Allocation => "allocation",
            Self::Limits => "limits",
            Self::Resources => "resources",
            Self::Owner => "owner",
            Self::Addons => "addons",
            Self::Rpm => "rpm",
            Self::Region => "region",
            Self::Backups => "backups",
        }
    }
}

/// What stands: its row, its value as text, and since when.
struct Standing {
    key: i64,
    value: String,
    seen_from: Timestamp,
}

impl Reader<'_> {
    /// What stands now.
    pub fn version<T: DeserializeOwned>(
        &self,
        subject: Subject,
        aspect: Aspect,
    ) -> Result<Option<Version<T>>, StoreError> {
        let select = "seen_until IS NULL";
        Ok(self.select(subject, aspect, select, None)?.pop())
    }

    /// What stood at a time; `None` before it was first seen, and while it was gone.
    pub fn version_at<T: DeserializeOwned>(
        &self,
        subject: Subject,
        aspect: Aspect,
        at: Timestamp,
    ) -> Result<Option<Version<T>>, StoreError> {
        let select = "seen_from <= ?3 AND (seen_until IS NULL OR seen_until > ?3)";
        Ok(self.select(subject, aspect, select, Some(at))?.pop())
    }

    /// Everything that ever stood, the oldest first.
    pub fn versions<T: DeserializeOwned>(
        &self,
        subject: Subject,
        aspect: Aspect,
    ) -> Result<Vec<Version<T>>, StoreError> {
        self.select(subject, aspect, "TRUE", None)
    }

    fn select<T: DeserializeOwned>(
        &self,
        subject: Subject,
        aspect: Aspect,
        select: &str,
        at: Option<Timestamp>,
    ) -> Result<Vec<Version<T>>, StoreError> {
        let column = subject.column();
        let sql = format!(
            "SELECT value, seen_from, seen_until, last_seen FROM version
             WHERE {column} = ?1 AND aspect = ?2 AND ({select})
             ORDER BY seen_from, key"
        );
        let mut query = self.db.prepare_cached(&sql)?;
        let (key, aspect_key, at) = (subject.key(), aspect.key(), at.map(Millis));
        let mut values: Vec<&dyn ToSql> = vec![&key, &aspect_key];
        values.extend(at.iter().map(|at| at as &dyn ToSql));
        let mut rows = query.query(&*values)?;
        let mut versions = Vec::new();
        while let Some(row) = rows.next()? {
            versions.push(Version {
                value: from_json(row.get_ref("value")?.as_str().unwrap_or(""), aspect.key())?,
                seen_from: row.get::<_, Millis>("seen_from")?.0,
                seen_until: time(row, "seen_until")?,
                last_seen: row.get::<_, Millis>("last_seen")?.0,
            });
        }
        Ok(versions)
    }

    fn standing(&self, subject: Subject, aspect: Aspect) -> Result<Option<Standing>, StoreError> {
        let column = subject.column();
        let sql = format!(
            "SELECT key, value, seen_from FROM version
             WHERE {column} = ?1 AND aspect = ?2 AND seen_until IS NULL"
        );
        let mut query = self.db.prepare_cached(&sql)?;
        let standing = query.query_row((subject.key(), aspect.key()), |row| {
            Ok(Standing {
                key: row.get(0)?,
                value: row.get(1)?,
                seen_from: row.get::<_, Millis>(2)?.0,
            })
        });
        Ok(standing.optional()?)
    }
}

impl Writer<'_> {
    /// Notes what was seen. A new version begins only if it differs from what stood; the order of
    /// an object's keys is no difference. Returns whether it differed.
    pub fn put_version(
        &self,
        subject: Subject,
        aspect: Aspect,
        value: &impl Serialize,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let text = to_json(value, aspect.key())?;
        let mut from = at;
        if let Some(standing) = self.standing(subject, aspect)? {
            if same(&standing.value, &text) {
                let sql = "UPDATE version SET last_seen = max(last_seen, ?2) WHERE key = ?1";
                self.db
                    .prepare_cached(sql)?
                    .execute((standing.key, Millis(at)))?;
                return Ok(false);
            }
            from = self.end(&standing, at)?;
        } else if let Some(ended) = self.ended(subject, aspect)? {
            from = at.max(ended);
        }
        let column = subject.column();
        let sql = format!(
            "INSERT INTO version ({column}, aspect, value, seen_from, last_seen)
             VALUES (?1, ?2, ?3, ?4, ?4)"
        );
        self.db
            .prepare_cached(&sql)?
            .execute((subject.key(), aspect.key(), text, Millis(from)))?;
        Ok(true)
    }

    /// Notes that there is no such thing any more. Returns whether there was.
    pub fn end_version(
        &self,
        subject: Subject,
        aspect: Aspect,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        match self.standing(subject, aspect)? {
            Some(standing) => self.end(&standing, at).map(|_| true),
            None => Ok(false),
        }
    }

    /// When the last one ended: the next does not begin before, although the clock may have been set back.
    fn ended(&self, subject: Subject, aspect: Aspect) -> Result<Option<Timestamp>, StoreError> {
        let column = subject.column();
        let sql =
            format!("SELECT max(seen_until) FROM version WHERE {column} = ?1 AND aspect = ?2");
        let mut query = self.db.prepare_cached(&sql)?;
        let ended: Option<Millis> =
            query.query_row((subject.key(), aspect.key()), |row| row.get(0))?;
        Ok(ended.map(|millis| millis.0))
    }

    /// Returns when it ended: not before it began, although the clock may have been set back.
    fn end(&self, standing: &Standing, at: Timestamp) -> Result<Timestamp, StoreError> {
        let at = at.max(standing.seen_from);
        let sql = "UPDATE version SET seen_until = ?2 WHERE key = ?1";
        self.db
            .prepare_cached(sql)?
            .execute((standing.key, Millis(at)))?;
        Ok(at)
    }
}

/// Whether two texts are the same JSON value. What cannot be read is replaced.
fn same(old: &str, new: &str) -> bool {
    old == new
        || matches!(
            (serde_json::from_str::<Value>(old), serde_json::from_str::<Value>(new)),
            (Ok(old), Ok(new)) if old == new
        )
}
