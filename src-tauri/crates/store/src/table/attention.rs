//! What the list of what needs attention is made of, over all profiles at once.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use model::{ProfileId, Service};

use crate::sql::{Millis, from_json, parsed, profile_keys, time};
use crate::table::version::Aspect;
use crate::table::{summary, token};
use crate::{AccountKey, Member, ProfileKey, Reader, StoreError, Summary, TokenVersion};

// The indexes hold no more than what may need attention.
pub(crate) const V3: &str = "
    CREATE INDEX token_version_ending ON token_version (expires_at)
        WHERE seen_until IS NULL AND expires_at IS NOT NULL;
    CREATE INDEX token_version_full ON token_version (token)
        WHERE seen_until IS NULL AND permission = 'full';
    CREATE INDEX team_member_open ON team_member (profile)
        WHERE seen_until IS NULL AND active = 0;
";

/// What a profile has beyond the nine services.
#[derive(Clone, Debug, PartialEq)]
pub struct Beyond {
    /// The profile.
    pub profile: ProfileKey,
    /// Its plan.
    pub plan: Option<String>,
    /// Registers that dashboards read.
    pub dashboards_used: Option<f64>,
    /// How many they may read, if the API said it.
    pub dashboards_limit: Option<f64>,
    /// How many of each resource there are.
    pub resources: BTreeMap<String, f64>,
}

/// A profile as a line names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedProfile {
    /// TagoIO's id of it.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// Whether another present profile bears the same name.
    pub name_is_shared: bool,
    /// The preferred account.
    pub account: Option<AccountKey>,
}

/// How much of the fleet there is to judge by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Profiles that are not removed.
    pub profiles: u32,
    /// Of these, those of which no summary ever arrived.
    pub never_fetched: u32,
    /// Of these, those whose summary arrived before a moment.
    pub stale: u32,
    /// When the oldest of the summaries that are not stale arrived.
    pub as_of: Option<Timestamp>,
}

/// When use rose through a threshold: profile, service, the thresholds before and then, when.
pub type Crossing = (ProfileKey, Service, Option<u8>, u8, Timestamp);

/// How many of each resource a profile had, the newest counts first, with when they were first seen.
pub type ResourceCounts = Vec<(Timestamp, BTreeMap<String, f64>)>;

impl Reader<'_> {
    /// The profiles with a service above 80 % of its limit, each with its summary and when it was first seen.
    pub fn services_near_limits(
        &self,
    ) -> Result<Vec<(ProfileKey, Summary, Timestamp)>, StoreError> {
        let sql = "
            SELECT summary.*, first_seen_at FROM rank
            JOIN summary USING (profile) JOIN profile ON profile.key = rank.profile
            WHERE removed = 0 AND state >= ?1";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([model::UsageState::Warn as i64])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let (summary, _) = summary::read(row)?;
            let first_seen = row.get::<_, Millis>("first_seen_at")?.0;
            found.push((row.get("profile")?, summary, first_seen));
        }
        Ok(found)
    }

    /// When use of these profiles' services was seen to rise through thresholds, the oldest first.
    pub fn crossings(&self) -> Result<Vec<Crossing>, StoreError> {
        let sql = "
            SELECT change.profile, subject, old, new, at FROM rank
            JOIN change ON change.profile = rank.profile AND kind = 'threshold_reached'
            WHERE removed = 0 AND state >= ?1 ORDER BY at, change.key";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([model::UsageState::Warn as i64])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let subject = row.get_ref("subject")?.as_str_or_null().ok().flatten();
            let percent = |column: &str| -> Result<Option<u8>, StoreError> {
                let text: Option<String> = row.get(column)?;
                text.map(|text| from_json(&text, "A change")).transpose()
            };
            if let (Some(service), Some(new)) =
                (subject.and_then(Service::from_key), percent("new")?)
            {
                let at = row.get::<_, Millis>("at")?.0;
                found.push((row.get("profile")?, service, percent("old")?, new, at));
            }
        }
        Ok(found)
    }

    /// What every present profile has beyond the nine services.
    pub fn beyond_services(&self) -> Result<Vec<Beyond>, StoreError> {
        let sql = "
            SELECT rank.profile, profile.plan, beyond FROM rank
            JOIN summary USING (profile) JOIN profile ON profile.key = rank.profile
            WHERE removed = 0";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let beyond = summary::beyond(row.get_ref(2)?.as_str().unwrap_or(""))?;
            let output = |amounts: &BTreeMap<String, f64>| amounts.get("dashboard_output").copied();
            found.push(Beyond {
                profile: row.get(0)?,
                plan: row.get(1)?,
                dashboards_used: output(&beyond.used),
                dashboards_limit: output(&beyond.limit),
                resources: beyond.resources,
            });
        }
        Ok(found)
    }

    /// The counts of resources that these profiles ever had, each profile's the newest first, with when they
    /// were first seen so.
    pub fn resource_counts(
        &self,
        profiles: &[ProfileKey],
    ) -> Result<HashMap<ProfileKey, ResourceCounts>, StoreError> {
        let sql = "
            SELECT profile, value, seen_from FROM version
            WHERE profile IN (SELECT value FROM json_each(?1)) AND aspect = ?2
            ORDER BY profile, seen_from DESC";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query((profile_keys(profiles)?, Aspect::Resources.key()))?;
        let mut found: HashMap<ProfileKey, Vec<_>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let counts = from_json(row.get_ref(1)?.as_str().unwrap_or(""), "Resource counts")?;
            let seen_from = row.get::<_, Millis>(2)?.0;
            found
                .entry(row.get(0)?)
                .or_default()
                .push((seen_from, counts));
        }
        Ok(found)
    }

    /// The first of the newest hourly samples that all say that dashboards read so much or more, and whether a
    /// sample that says less is before it; `None` if the last one says less, or none is there.
    pub fn dashboards_since(
        &self,
        profile: ProfileKey,
        least: f64,
    ) -> Result<Option<(Timestamp, bool)>, StoreError> {
        let sql = "
            WITH output AS (
                SELECT at, json_extract(other, '$.dashboard_output') AS amount FROM usage_hour
                WHERE profile = ?1 AND other IS NOT NULL
            ), below AS (SELECT max(at) AS at FROM output WHERE amount < ?2)
            SELECT min(output.at), below.at IS NOT NULL FROM output, below
            WHERE amount >= ?2 AND output.at > ifnull(below.at, 0)";
        let mut query = self.db.prepare_cached(sql)?;
        let (second, is_seen): (Option<i64>, Option<bool>) =
            query.query_row((profile, least), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(second
            .and_then(|second| Timestamp::from_second(second).ok())
            .map(|at| (at, is_seen == Some(true))))
    }

    /// The tokens of present profiles that expire between two moments, or may do everything and were never
    /// used; but for those that the accounts themselves are reached with.
    pub fn tokens_to_watch(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(ProfileKey, TokenVersion)>, StoreError> {
        let sql = format!(
            "WITH watched (version) AS (
                 SELECT key FROM token_version
                 WHERE seen_until IS NULL AND expires_at IS NOT NULL
                   AND expires_at > ?1 AND expires_at <= ?2
                 UNION
                 SELECT token_version.key FROM token_version
                 JOIN token ON token.key = token_version.token
                 WHERE seen_until IS NULL AND permission = 'full'
                   AND last_authorization_at IS NULL AND never_used
             )
             {} WHERE token_version.key IN (SELECT version FROM watched)
               AND EXISTS (SELECT 1 FROM rank WHERE rank.profile = token.profile AND removed = 0)
               AND fingerprint NOT IN (
                   SELECT token_fingerprint FROM account WHERE token_fingerprint IS NOT NULL)",
            token::SELECT
        );
        let mut query = self.db.prepare_cached(&sql)?;
        let rows = query.query_map([Millis(from), Millis(until)], |row| {
            Ok((row.get("profile")?, token::read(row)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Who is invited to a present profile's team, and when that was first seen.
    pub fn open_invitations(&self) -> Result<Vec<(ProfileKey, Member, Timestamp)>, StoreError> {
        let sql = "
            SELECT team_member.profile, id, team_member.name, email, active, created_at, seen_from
            FROM team_member JOIN rank ON rank.profile = team_member.profile AND removed = 0
            WHERE seen_until IS NULL AND active = 0";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([], |row| {
            let member = Member {
                id: parsed(row, "id")?,
                name: row.get("name")?,
                email: row.get("email")?,
                active: row.get("active")?,
                created_at: time(row, "created_at")?,
            };
            let seen_from = row.get::<_, Millis>("seen_from")?.0;
            Ok((row.get("profile")?, member, seen_from))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest backup of each present profile whose backups were asked for, and when that was first seen.
    pub fn newest_backups(
        &self,
    ) -> Result<Vec<(ProfileKey, Option<Timestamp>, Timestamp)>, StoreError> {
        let sql = "
            SELECT version.profile, value, seen_from FROM rank
            JOIN version ON version.profile = rank.profile
            WHERE removed = 0 AND aspect = ?1 AND seen_until IS NULL";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([Aspect::Backups.key()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let newest = from_json(row.get_ref(1)?.as_str().unwrap_or(""), "A backup")?;
            found.push((row.get(0)?, newest, row.get::<_, Millis>(2)?.0));
        }
        Ok(found)
    }

    /// The summaries of the present profiles that an account owns.
    pub fn summaries_owned_by(
        &self,
        account: AccountKey,
    ) -> Result<Vec<(ProfileKey, Summary)>, StoreError> {
        let sql = "
            SELECT summary.* FROM reach JOIN summary USING (profile)
            WHERE account = ?1 AND owner AND gone_at IS NULL";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([account])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let (summary, _) = summary::read(row)?;
            found.push((row.get("profile")?, summary));
        }
        Ok(found)
    }

    /// How many profiles an account owns.
    pub fn count_owned_by(&self, account: AccountKey) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM reach WHERE account = ?1 AND owner AND gone_at IS NULL";
        let mut query = self.db.prepare_cached(sql)?;
        Ok(query.query_row([account], |row| row.get(0))?)
    }

    /// Which account reaches which profile now.
    pub fn reached(&self) -> Result<Vec<(AccountKey, ProfileKey)>, StoreError> {
        let mut query = self
            .db
            .prepare_cached("SELECT account, profile FROM reach WHERE gone_at IS NULL")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// These profiles as lines name them.
    pub fn named_profiles(
        &self,
        profiles: &[ProfileKey],
    ) -> Result<HashMap<ProfileKey, NamedProfile>, StoreError> {
        let sql = "
            SELECT key, id, name, preferred, EXISTS (
                SELECT 1 FROM profile AS other
                WHERE other.name_folded = profile.name_folded AND other.key <> profile.key
                    AND other.removed_at IS NULL) AS name_is_shared
            FROM profile WHERE key IN (SELECT value FROM json_each(?1))";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([profile_keys(profiles)?], |row| {
            let named = NamedProfile {
                id: parsed(row, "id")?.ok_or(rusqlite::Error::InvalidQuery)?,
                name: row.get("name")?,
                name_is_shared: row.get("name_is_shared")?,
                account: row.get("preferred")?,
            };
            Ok((row.get("key")?, named))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How much of the fleet there is to judge by; a summary that arrived before the moment is stale.
    pub fn coverage(&self, stale_before: Timestamp) -> Result<Coverage, StoreError> {
        let sql = "
            SELECT (SELECT count(*) FROM rank WHERE removed = 0) AS profiles,
                (SELECT count(*) FROM rank WHERE removed = 0 AND fetched_at IS NULL) AS never,
                (SELECT count(*) FROM rank WHERE removed = 0 AND fetched_at < ?1) AS stale,
                (SELECT min(fetched_at) FROM rank WHERE removed = 0 AND fetched_at >= ?1) AS as_of";
        let mut query = self.db.prepare_cached(sql)?;
        Ok(query.query_row([Millis(stale_before)], |row| {
            Ok(Coverage {
                profiles: row.get("profiles")?,
                never_fetched: row.get("never")?,
                stale: row.get("stale")?,
                as_of: time(row, "as_of")?,
            })
        })?)
    }
}
