//! The tokens that stand, in one narrow row each: a hundred thousand of them are filtered, sorted and counted
//! for a page. What each means stands in `token` and `token_version`.

use jiff::{SignedDuration, Timestamp};
use rusqlite::params_from_iter;
use rusqlite::types::Value;

use crate::sql::{Millis, folded, to_json};
use crate::table::token::{SELECT, read};
use crate::table::token_filter::{PRESENT, Selection, TokenTest, millis, sign_in};
use crate::{ProfileKey, Reader, StoreError, TokenVersion, Writer};

// `orphan` is whether who made it is neither the owner nor in the team; null where it is not known. `creator` is
// folded.
pub(crate) const V3: &str = "
    ALTER TABLE token ADD COLUMN never_used INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE token_now (
        token INTEGER PRIMARY KEY REFERENCES token ON DELETE CASCADE,
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        name TEXT NOT NULL,
        last4 TEXT NOT NULL,
        permission TEXT,
        kind TEXT,
        created_at INTEGER,
        creator TEXT,
        used_at INTEGER,
        never_used INTEGER NOT NULL,
        expires_at INTEGER,
        never_expires INTEGER NOT NULL,
        orphan INTEGER
    ) STRICT;
    CREATE INDEX token_now_profile ON token_now (profile);
    -- Letters' case is taken away in every script once the list is fetched again; until then in ASCII.
    INSERT INTO token_now
        SELECT token.key, profile, lower(ifnull(name, '')), last4, permission, lower(kind), created_at,
            lower(created_by), last_authorization_at, 0, expires_at, never_expires, NULL
        FROM token JOIN token_version ON token_version.token = token.key
        WHERE seen_until IS NULL;
";

/// Which of the standing tokens of profiles that are not removed, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenQuery {
    /// Words; each must be in the token's name, its last characters, its creator's name, address or id, or the
    /// profile's name or id. Those with `true` must not.
    pub words: Vec<(String, bool)>,
    /// What else must hold, and with `true` what must not.
    pub tests: Vec<(TokenTest, bool)>,
    /// Of these profiles alone.
    pub profiles: Option<Vec<ProfileKey>>,
    /// Tokens of signing in alone, or none of them; `None` leaves both.
    pub sign_ins: Option<bool>,
    /// The longest life of a token of signing in.
    pub sign_in_life: SignedDuration,
    /// The order; equal rows by name.
    pub sort: TokenSort,
    /// The other way round; unknown ones always come last.
    pub descending: bool,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows to return.
    pub limit: u32,
}

/// The order of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSort {
    /// By name.
    Name,
    /// By the profile's name.
    Profile,
    /// By permission.
    Permission,
    /// By when they were made.
    Made,
    /// By when they expire; those that never do come after all others.
    Expires,
    /// By when they were last used; those that never were come before all others.
    Used,
    /// By creator.
    Creator,
}

/// Some tokens, and how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenPage {
    /// Tokens that the query leaves.
    pub total: u32,
    /// The rows asked for.
    pub rows: Vec<StandingToken>,
}

/// A token that stands, and whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingToken {
    /// Its number in this store.
    pub key: i64,
    /// The profile that it is of.
    pub profile: ProfileKey,
    /// What is known of it.
    pub version: TokenVersion,
    /// Whether who made it is neither the owner nor in the team, if that is known.
    pub orphan: Option<bool>,
}

/// How many standing tokens each flag is of, those of signing in left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenFigures {
    /// All but those of signing in.
    pub tokens: u32,
    /// Those of signing in.
    pub sign_ins: u32,
    /// Never used, as the API said.
    pub never_used: u32,
    /// Never expiring.
    pub never_expires: u32,
    /// Full permission.
    pub full: u32,
    /// Full permission and never used.
    pub full_never_used: u32,
    /// Expiring from now until `soon`.
    pub expiring: u32,
    /// Expired but still listed.
    pub expired: u32,
    /// Whose creator is neither the owner nor in the team.
    pub orphans: u32,
}

impl Reader<'_> {
    /// A page of the standing tokens.
    pub fn token_page(&self, query: &TokenQuery) -> Result<TokenPage, StoreError> {
        let Selection { conditions, values } = self.token_selection(query)?;
        let condition = conditions.join(" AND ");
        let count = format!("SELECT count(*) FROM token_now WHERE {condition}");
        let total = self
            .db
            .prepare_cached(&count)?
            .query_row(params_from_iter(&values), |row| row.get(0))?;
        let direction = if query.descending { "DESC" } else { "ASC" };
        let by = match query.sort {
            TokenSort::Name => "nullif(token_now.name, '')",
            TokenSort::Profile => {
                "(SELECT name_folded FROM profile WHERE profile.key = token_now.profile)"
            }
            TokenSort::Permission => "token_now.permission",
            TokenSort::Made => "token_now.created_at",
            // Beyond every moment, and before every one.
            TokenSort::Expires => {
                "CASE WHEN token_now.never_expires THEN 9223372036854775807 ELSE token_now.expires_at END"
            }
            TokenSort::Used => "CASE WHEN token_now.never_used THEN 0 ELSE token_now.used_at END",
            TokenSort::Creator => "token_now.creator",
        };
        let mut rows = Vec::new();
        if query.limit > 0 {
            let places = values.len();
            let sql = format!(
                "WITH page AS MATERIALIZED (
                     SELECT token, {by} AS by, token_now.name AS called, orphan FROM token_now WHERE {condition}
                     ORDER BY by {direction} NULLS LAST, called, token LIMIT ?{} OFFSET ?{})
                 SELECT now.*, page.orphan, page.token AS number
                 FROM page JOIN ({SELECT} WHERE seen_until IS NULL) AS now ON now.key = page.token
                 ORDER BY page.by {direction} NULLS LAST, called, page.token",
                places + 1,
                places + 2,
            );
            let mut values = values;
            values.extend([Value::from(query.limit), Value::from(query.offset)]);
            let mut statement = self.db.prepare_cached(&sql)?;
            let found = statement.query_map(params_from_iter(&values), |row| {
                Ok(StandingToken {
                    key: row.get("number")?,
                    profile: row.get("profile")?,
                    version: read(row)?,
                    orphan: row.get("orphan")?,
                })
            })?;
            rows = found.collect::<Result<_, _>>()?;
        }
        Ok(TokenPage { total, rows })
    }

    /// How many standing tokens of present profiles have each flag. `soon` is until when one that expires
    /// counts, `sign_in_life` the longest life of one of signing in.
    pub fn token_figures(
        &self,
        now: Timestamp,
        soon: Timestamp,
        sign_in_life: SignedDuration,
    ) -> Result<TokenFigures, StoreError> {
        let sign_in = sign_in("?3");
        let sql = format!(
            "SELECT count(*) - total(sign_in), total(sign_in),
                 total(NOT sign_in AND never_used),
                 total(NOT sign_in AND never_expires),
                 total(NOT sign_in AND permission IS 'full'),
                 total(NOT sign_in AND permission IS 'full' AND never_used),
                 total(NOT sign_in AND (expires_at > ?1 AND expires_at <= ?2) IS TRUE),
                 total(NOT sign_in AND (expires_at <= ?1) IS TRUE),
                 total(NOT sign_in AND orphan IS TRUE)
             FROM (SELECT *, ({sign_in}) IS TRUE AS sign_in FROM token_now WHERE {PRESENT})"
        );
        let mut query = self.db.prepare_cached(&sql)?;
        Ok(
            query.query_row((Millis(now), Millis(soon), millis(sign_in_life)), |row| {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // sums of ones
                let count = |place: usize| row.get::<_, f64>(place).map(|sum| sum as u32);
                Ok(TokenFigures {
                    tokens: count(0)?,
                    sign_ins: count(1)?,
                    never_used: count(2)?,
                    never_expires: count(3)?,
                    full: count(4)?,
                    full_never_used: count(5)?,
                    expiring: count(6)?,
                    expired: count(7)?,
                    orphans: count(8)?,
                })
            })?,
        )
    }

    /// How many standing tokens of present profiles there are, those of signing in left out; the same as
    /// [`TokenFigures::tokens`], in half the time.
    pub fn count_tokens(&self, sign_in_life: SignedDuration) -> Result<u32, StoreError> {
        let sign_in = sign_in("?1");
        // Few profiles are removed: that each is not one of them need not be asked of every token.
        let sql = format!(
            "SELECT (SELECT count(*) FROM token_now WHERE ({sign_in}) IS NOT TRUE) - (
                 SELECT count(*) FROM profile CROSS JOIN token_now ON token_now.profile = profile.key
                 WHERE removed_at IS NOT NULL AND ({}) IS NOT TRUE)",
            sign_in.replace("created_at", "token_now.created_at")
        );
        let mut query = self.db.prepare_cached(&sql)?;
        Ok(query.query_row([millis(sign_in_life)], |row| row.get(0))?)
    }

    /// How many standing tokens of present profiles an account made, by API host and the API's words for it,
    /// those of signing in left out.
    pub fn tokens_made(
        &self,
        sign_in_life: SignedDuration,
    ) -> Result<Vec<(String, String, u32)>, StoreError> {
        let sign_in = sign_in("?1");
        let sql = format!(
            "SELECT api, creator, count(*) FROM token_now JOIN profile ON profile.key = token_now.profile
             WHERE removed_at IS NULL AND creator IS NOT NULL
                 AND ({}) IS NOT TRUE
             GROUP BY api, creator",
            sign_in.replace("created_at", "token_now.created_at")
        );
        let mut query = self.db.prepare_cached(&sql)?;
        let rows = query.query_map([millis(sign_in_life)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One token, standing or gone, and all its versions, the newest first.
    pub fn token_history(
        &self,
        key: i64,
    ) -> Result<Option<(StandingToken, Vec<TokenVersion>)>, StoreError> {
        let sql = format!("{SELECT} WHERE token.key = ?1 ORDER BY token_version.key DESC");
        let mut query = self.db.prepare_cached(&sql)?;
        let rows = query.query_map([key], |row| Ok((row.get("profile")?, read(row)?)))?;
        let rows: Vec<(ProfileKey, TokenVersion)> = rows.collect::<Result<_, _>>()?;
        let Some((profile, version)) = rows.first().cloned() else {
            return Ok(None);
        };
        let sql = "SELECT orphan FROM token_now WHERE token = ?1";
        let mut query = self.db.prepare_cached(sql)?;
        let mut found = query.query([key])?;
        let orphan = match found.next()? {
            Some(row) => row.get(0)?,
            None => None,
        };
        let standing = StandingToken {
            key,
            profile,
            version,
            orphan,
        };
        Ok(Some((
            standing,
            rows.into_iter().map(|(_, version)| version).collect(),
        )))
    }
}

impl Writer<'_> {
    /// Takes over what stands of a profile's tokens, and of its team and owner as far as it is about them. To
    /// be called whenever one of them was written.
    pub(crate) fn settle_tokens(&self, profile: ProfileKey) -> Result<(), StoreError> {
        let sql = "DELETE FROM token_now WHERE profile = ?1";
        self.db.prepare_cached(sql)?.execute([profile])?;
        let sql = "
            INSERT INTO token_now
            SELECT token.key, token.profile, ?2, last4, permission, ?4, created_at, ?3,
                last_authorization_at, never_used AND last_authorization_at IS NULL, expires_at,
                never_expires, NULL
            FROM token JOIN token_version ON token_version.token = token.key
            WHERE token.key = ?1 AND seen_until IS NULL";
        let mut insert = self.db.prepare_cached(sql)?;
        let sql = "
            SELECT token.key, name, created_by, kind
            FROM token JOIN token_version ON token_version.token = token.key
            WHERE token.profile = ?1 AND seen_until IS NULL";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([profile])?;
        while let Some(row) = rows.next()? {
            let name: Option<String> = row.get(1)?;
            let creator: Option<String> = row.get(2)?;
            let kind: Option<String> = row.get(3)?;
            insert.execute((
                row.get::<_, i64>(0)?,
                folded(&name.unwrap_or_default()),
                creator.map(|creator| folded(creator.trim())),
                kind.as_deref().map(folded),
            ))?;
        }
        self.settle_creators(profile)
    }

    /// Notes whose tokens' creators are neither the owner nor in the team. The API gives a creator's id;
    /// where it gives a name or an address instead, that is compared.
    pub(crate) fn settle_creators(&self, profile: ProfileKey) -> Result<(), StoreError> {
        // The team is known from the first list on, though it may be empty.
        let sql = "SELECT EXISTS (
                       SELECT 1 FROM known_since WHERE profile = ?1 AND dataset = 'team')";
        let mut query = self.db.prepare_cached(sql)?;
        let is_known: bool = query.query_row([profile], |row| row.get(0))?;
        if !is_known {
            return Ok(());
        }
        let mut here: Vec<String> = Vec::new();
        let mut note = |text: Option<String>| here.extend(text.map(|text| folded(text.trim())));
        let sql = "
            SELECT profile.owner, person.name, person.email
            FROM profile LEFT JOIN person ON person.api = profile.api AND person.id = profile.owner
            WHERE profile.key = ?1
            UNION ALL
            SELECT id, name, email FROM team_member WHERE profile = ?1 AND seen_until IS NULL";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([profile])?;
        let mut owner_is_known = None;
        while let Some(row) = rows.next()? {
            let id: Option<String> = row.get(0)?;
            owner_is_known.get_or_insert(id.is_some());
            note(id);
            note(row.get(1)?);
            note(row.get(2)?);
        }
        let sql = "
            UPDATE token_now SET orphan = CASE
                WHEN creator IN (SELECT value FROM json_each(?2)) THEN 0
                WHEN creator IS NULL OR creator = '' OR NOT ?3 THEN NULL
                ELSE 1 END
            WHERE profile = ?1";
        self.db.prepare_cached(sql)?.execute((
            profile,
            to_json(&here, "A team")?,
            owner_is_known == Some(true),
        ))?;
        Ok(())
    }
}
