//! Tokens' metadata, dated. A token's value is never stored.
//!
//! What identifies a token and what merely moves on (its last use) stands in one row, updated in place;
//! what somebody decides (name, permission, expiry) stands in versions. So a token that is used
//! every minute does not make a version each time it is seen.

use std::collections::BTreeSet;

use jiff::Timestamp;
use model::{Dataset, Fingerprint};
use rusqlite::{OptionalExtension, Row, ToSql};

use crate::sql::{Millis, time};
use crate::{ProfileKey, Reader, StoreError, Writer};

/// When a token expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// The API did not say.
    Unknown,
    /// It does not.
    Never,
    /// Then.
    At(Timestamp),
}

/// What is kept of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenMeta {
    /// Of its value, with the store's salt.
    pub fingerprint: Fingerprint,
    /// The last characters of its value, at most four.
    pub last4: String,
    /// Name.
    pub name: Option<String>,
    /// `full`, `write`, `read`, `deny`, or what else the API says.
    pub permission: Option<String>,
    /// The API's `type`.
    pub kind: Option<String>,
    /// The API's `ref_id`.
    pub ref_id: Option<String>,
    /// When it expires.
    pub expires: Expiry,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Who made it, in the API's words.
    pub created_by: Option<String>,
    /// When it was last used.
    pub last_authorization_at: Option<Timestamp>,
    /// Whether the API said that it was never used; without that and a last use, neither is known.
    pub never_used: bool,
}

/// A token and the time in which it was seen like that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenVersion {
    /// The token; its last use is the latest known, whatever the version.
    pub token: TokenMeta,
    /// When it was first seen so.
    pub seen_from: Timestamp,
    /// When it was first seen to have changed or gone; `None` if it stands.
    pub seen_until: Option<Timestamp>,
}

/// Where a token was found by its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundToken {
    /// Its number in this store.
    pub key: i64,
    /// The profile that has or had it.
    pub profile: ProfileKey,
    /// Its last version there; `seen_until` is set if it is gone.
    pub version: TokenVersion,
}

pub(crate) const V1: &str = "
    CREATE TABLE token (
        key INTEGER PRIMARY KEY,
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        fingerprint TEXT NOT NULL,
        last4 TEXT NOT NULL CHECK (length(last4) <= 4),
        created_at INTEGER,
        created_by TEXT,
        last_authorization_at INTEGER,
        UNIQUE (profile, fingerprint)
    ) STRICT;
    CREATE INDEX token_fingerprint ON token (fingerprint);
    CREATE TABLE token_version (
        key INTEGER PRIMARY KEY,
        token INTEGER NOT NULL REFERENCES token ON DELETE CASCADE,
        name TEXT,
        permission TEXT,
        kind TEXT,
        ref_id TEXT,
        expires_at INTEGER,
        never_expires INTEGER NOT NULL,
        seen_from INTEGER NOT NULL,
        seen_until INTEGER,
        CHECK (seen_until >= seen_from)
    ) STRICT;
    CREATE INDEX token_version_history ON token_version (token, seen_from);
    CREATE UNIQUE INDEX token_version_now ON token_version (token) WHERE seen_until IS NULL;
";

pub(crate) const SELECT: &str = "
    SELECT token.key, token.profile, fingerprint, last4, created_at, created_by, last_authorization_at,
           never_used, name, permission, kind, ref_id, expires_at, never_expires, seen_from, seen_until
    FROM token JOIN token_version ON token_version.token = token.key";

pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<TokenVersion> {
    let expires = match (row.get("never_expires")?, time(row, "expires_at")?) {
        (true, _) => Expiry::Never,
        (false, Some(at)) => Expiry::At(at),
        (false, None) => Expiry::Unknown,
    };
    let last_authorization_at = time(row, "last_authorization_at")?;
    Ok(TokenVersion {
        token: TokenMeta {
            fingerprint: row.get::<_, String>("fingerprint")?.into(),
            last4: row.get("last4")?,
            name: row.get("name")?,
            permission: row.get("permission")?,
            kind: row.get("kind")?,
            ref_id: row.get("ref_id")?,
            expires,
            created_at: time(row, "created_at")?,
            created_by: row.get("created_by")?,
            never_used: last_authorization_at.is_none() && row.get("never_used")?,
            last_authorization_at,
        },
        seen_from: row.get::<_, Millis>("seen_from")?.0,
        seen_until: time(row, "seen_until")?,
    })
}

/// What somebody decides of a token, and what makes a version when it changes.
#[derive(PartialEq)]
struct Decided {
    name: Option<String>,
    permission: Option<String>,
    kind: Option<String>,
    ref_id: Option<String>,
    expires: Expiry,
}

impl Decided {
    /// Of what was seen; what is unknown now is as it was before.
    fn of(token: &TokenMeta, before: Option<&TokenMeta>) -> Self {
        let or = |now: &Option<String>, before: Option<&Option<String>>| {
            now.clone().or_else(|| before.cloned().flatten())
        };
        Self {
            name: or(&token.name, before.map(|token| &token.name)),
            permission: or(&token.permission, before.map(|token| &token.permission)),
            kind: or(&token.kind, before.map(|token| &token.kind)),
            ref_id: or(&token.ref_id, before.map(|token| &token.ref_id)),
            expires: match (token.expires, before) {
                (Expiry::Unknown, Some(before)) => before.expires,
                (expires, _) => expires,
            },
        }
    }
}

impl Reader<'_> {
    /// The tokens as they were last seen, by name.
    pub fn tokens(&self, profile: ProfileKey) -> Result<Vec<TokenVersion>, StoreError> {
        self.select_tokens("seen_until IS NULL", &[&profile])
    }

    /// The tokens as they stood at a time, by name; empty before they were first seen.
    pub fn tokens_at(
        &self,
        profile: ProfileKey,
        at: Timestamp,
    ) -> Result<Vec<TokenVersion>, StoreError> {
        let select = "seen_from <= ?2 AND (seen_until IS NULL OR seen_until > ?2)";
        self.select_tokens(select, &[&profile, &Millis(at)])
    }

    fn select_tokens(
        &self,
        select: &str,
        values: &[&dyn ToSql],
    ) -> Result<Vec<TokenVersion>, StoreError> {
        let sql = format!(
            "{SELECT} WHERE token.profile = ?1 AND ({select}) ORDER BY name IS NULL, name, token.key"
        );
        let mut query = self.db.prepare_cached(&sql)?;
        let rows = query.query_map(values, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every profile that has or had the token, the present ones first.
    pub fn find_token(&self, fingerprint: &Fingerprint) -> Result<Vec<FoundToken>, StoreError> {
        let sql = format!(
            "{SELECT} WHERE fingerprint = ?1 AND token_version.key = (
                 SELECT max(last.key) FROM token_version AS last WHERE last.token = token.key)
             ORDER BY seen_until IS NOT NULL, seen_until DESC, token.key"
        );
        let mut query = self.db.prepare_cached(&sql)?;
        let rows = query.query_map([fingerprint.as_str()], |row| {
            Ok(FoundToken {
                key: row.get("key")?,
                profile: row.get("profile")?,
                version: read(row)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Notes the whole list of a profile's tokens. What is not in it any more is gone.
    pub fn put_tokens(
        &self,
        profile: ProfileKey,
        tokens: &[TokenMeta],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut present = BTreeSet::new();
        for token in tokens {
            present.insert(self.put_token(profile, token, at)?);
        }
        let sql = "SELECT token.key FROM token JOIN token_version ON token = token.key
                   WHERE profile = ?1 AND seen_until IS NULL";
        let mut query = self.db.prepare_cached(sql)?;
        let standing = query.query_map([profile], |row| row.get::<_, i64>(0))?;
        for key in standing.collect::<Result<Vec<_>, _>>()? {
            if !present.contains(&key) {
                self.end_token(key, at)?;
            }
        }
        self.put_known(profile, Dataset::Tokens, at)?;
        self.settle_tokens(profile)
    }

    /// Returns the token's row.
    fn put_token(
        &self,
        profile: ProfileKey,
        token: &TokenMeta,
        at: Timestamp,
    ) -> Result<i64, StoreError> {
        let sql = "
            INSERT INTO token
                (profile, fingerprint, last4, created_at, created_by, last_authorization_at,
                 never_used)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (profile, fingerprint) DO UPDATE SET
                created_at = coalesce(excluded.created_at, created_at),
                created_by = coalesce(excluded.created_by, created_by),
                last_authorization_at =
                    coalesce(excluded.last_authorization_at, last_authorization_at),
                never_used = excluded.never_used
            RETURNING key";
        let key = self.db.prepare_cached(sql)?.query_row(
            (
                profile,
                token.fingerprint.as_str(),
                &token.last4,
                token.created_at.map(Millis),
                &token.created_by,
                token.last_authorization_at.map(Millis),
                token.never_used,
            ),
            |row| row.get(0),
        )?;
        let sql = format!("{SELECT} WHERE token.key = ?1 AND seen_until IS NULL");
        let standing = self
            .db
            .prepare_cached(&sql)?
            .query_row([key], read)
            .optional()?;
        let decided = Decided::of(token, standing.as_ref().map(|standing| &standing.token));
        let from;
        if let Some(standing) = standing {
            if Decided::of(&standing.token, None) == decided {
                return Ok(key);
            }
            from = at.max(standing.seen_from);
            self.end_token(key, from)?;
        } else {
            // One that is back was not here before it went, although the clock may have been set back.
            let sql = "SELECT max(seen_until) FROM token_version WHERE token = ?1";
            let mut query = self.db.prepare_cached(sql)?;
            let gone: Option<Millis> = query.query_row([key], |row| row.get(0))?;
            from = gone.map_or(at, |gone| at.max(gone.0));
        }
        let sql = "
            INSERT INTO token_version (token, name, permission, kind, ref_id, expires_at,
                never_expires, seen_from)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let expires_at = match decided.expires {
            Expiry::At(at) => Some(Millis(at)),
            Expiry::Unknown | Expiry::Never => None,
        };
        self.db.prepare_cached(sql)?.execute((
            key,
            decided.name,
            decided.permission,
            decided.kind,
            decided.ref_id,
            expires_at,
            decided.expires == Expiry::Never,
            Millis(from),
        ))?;
        Ok(key)
    }

    fn end_token(&self, key: i64, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE token_version SET seen_until = max(seen_from, ?2)
                   WHERE token = ?1 AND seen_until IS NULL";
        self.db.prepare_cached(sql)?.execute((key, Millis(at)))?;
        Ok(())
    }
}
