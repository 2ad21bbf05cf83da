//! The fleet: all profiles of all accounts, filtered, sorted and counted.

use std::collections::HashMap;

use jiff::Timestamp;
use model::{Dataset, FetchStatus, ProfileId, Service, UsageState};
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use crate::sql::{Millis, parsed, time, to_json};
use crate::table::filter::{ProfileFilter, Selection};
use crate::table::fleet_sort::{FleetSort, Order};
use crate::table::group::GroupKey;
use crate::table::{status, summary, trend};
use crate::{AccountKey, ProfileKey, Reader, StoreError, Summary};

/// How many times the rows that are wanted must be there for a walk along an index, where each row that is passed
/// costs as much as several of a scan.
const PLENTY: u64 = 4;

/// Which profiles, in which order.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetQuery {
    /// Which profiles.
    pub filter: ProfileFilter,
    /// The order, what matters most first: a column, and whether the largest comes first. Unknown ones
    /// come last either way, and equal rows are by name and key.
    pub sort: Vec<(FleetSort, bool)>,
    /// The service whose trend the rows bear, if any.
    pub trend: Option<Service>,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows to return.
    pub limit: u32,
    /// A summary that arrived before is stale (for the figure alone).
    pub stale_before: Timestamp,
}

/// Some rows of the fleet, and how many there are.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetPage {
    /// Profiles that the filter leaves.
    pub total: u32,
    /// The rows asked for.
    pub rows: Vec<FleetRow>,
    /// Over the whole fleet, whatever the filter.
    pub figures: FleetFigures,
}

/// Counts over the whole fleet. A profile counts in the worst of over, high and warn alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FleetFigures {
    /// Profiles that are not removed.
    pub profiles: u32,
    /// Accounts connected.
    pub accounts: u32,
    /// Profiles with a service at or over its limit.
    pub over: u32,
    /// Profiles with a service above 90 % of its limit.
    pub high: u32,
    /// Profiles with a service above 80 % of its limit.
    pub warn: u32,
    /// Profiles whose summary arrived before `stale_before`; one that never arrived is not counted.
    pub stale: u32,
    /// Profiles of which a dataset failed when it was last fetched.
    pub failed: u32,
    /// Accounts that must sign in again.
    pub signed_out: u32,
}

/// An account that reaches a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLabel {
    /// The account.
    pub key: AccountKey,
    /// Its label.
    pub label: String,
}

/// A profile of the fleet.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetRow {
    /// Its number in this store.
    pub key: ProfileKey,
    /// The API's base URL.
    pub api: String,
    /// TagoIO's id of it.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// Whether another profile that could stand in the table bears the same name, whatever the case.
    pub name_is_shared: bool,
    /// The preferred account; of a removed profile the last one, as long as it is known.
    pub account: Option<AccountLabel>,
    /// All accounts that reach it now, the preferred one first.
    pub accounts: Vec<AccountLabel>,
    /// Whether no connected account owns it.
    pub shared: bool,
    /// Its plan.
    pub plan: Option<String>,
    /// The region that it says it is in.
    pub region: Option<String>,
    /// The groups that it is in, by kind and name.
    pub groups: Vec<GroupKey>,
    /// Whether there is a note on it.
    pub noted: bool,
    /// When it was found that no account reaches it any more.
    pub removed_at: Option<Timestamp>,
    /// Its newest summary, and when it was fetched.
    pub summary: Option<(Summary, Timestamp)>,
    /// The service with the highest share of its limit, and the share.
    pub worst: Option<(Service, f64)>,
    /// The worst state among its services.
    pub state: UsageState,
    /// The share of a limit that a day adds to its fastest service.
    pub growth: Option<f64>,
    /// The last days of the service that was asked for, the oldest first; empty where nothing is known.
    pub trend: Vec<Option<f64>>,
    /// How the summary was last fetched.
    pub status: Option<FetchStatus>,
}

impl Reader<'_> {
    /// A page of the fleet.
    pub fn fleet(&self, query: &FleetQuery) -> Result<FleetPage, StoreError> {
        let figures = self.figures(query.stale_before)?;
        let (total, keys) = self.keys(query, figures.profiles)?;
        let removed = query.filter.means_removed();
        Ok(FleetPage {
            total,
            rows: self.rows(&keys, query.trend, removed)?,
            figures,
        })
    }

    /// One profile as the fleet shows it, removed or not.
    pub fn fleet_row(&self, profile: ProfileKey) -> Result<Option<FleetRow>, StoreError> {
        Ok(self.rows(&[profile], None, false)?.pop())
    }

    /// How many profiles a query leaves, and the ones of its page. `present` is how many there are
    /// that are not removed.
    fn keys(&self, query: &FleetQuery, present: u32) -> Result<(u32, Vec<ProfileKey>), StoreError> {
        let Selection {
            condition,
            mut values,
        } = query.filter.select()?;
        let all = query.filter.0.is_empty();
        let total = if all {
            present
        } else {
            // Each index holds nearly every row, and to go through one looks each row up.
            let sql = format!("SELECT count(*) FROM rank NOT INDEXED WHERE {condition}");
            let mut count = self.db.prepare_cached(&sql)?;
            count.query_row(params_from_iter(&values), |row| row.get(0))?
        };
        let Order {
            terms,
            elsewhere,
            index,
        } = Order::by(&query.sort);
        // Along an index the page is there after a few rows, unless few of those that are passed belong to it.
        let wanted = u64::from(query.offset) + u64::from(query.limit);
        let plenty = all || u64::from(total) / PLENTY > wanted;
        let by = match index {
            Some(index) if plenty && !query.filter.means_removed() => format!("INDEXED BY {index}"),
            _ => "NOT INDEXED".to_owned(),
        };
        let sql = format!(
            "SELECT profile{elsewhere} FROM rank {by} WHERE {condition}
             ORDER BY {terms}name, profile LIMIT ?{} OFFSET ?{}",
            values.len() + 1,
            values.len() + 2,
        );
        values.extend([Value::from(query.limit), Value::from(query.offset)]);
        let mut statement = self.db.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(&values), |row| row.get(0))?;
        Ok((total, rows.collect::<Result<_, _>>()?))
    }

    /// The rows of some profiles, in their order. `removed` says whether removed ones stand among them.
    fn rows(
        &self,
        keys: &[ProfileKey],
        service: Option<Service>,
        removed: bool,
    ) -> Result<Vec<FleetRow>, StoreError> {
        let keys: Vec<i64> = keys.iter().map(|key| key.0).collect();
        let keys = to_json(&keys, "A list of profiles")?;
        let mut accounts = self.labels(&keys)?;
        let mut groups = self.groups_among(&keys)?;
        // The summary's columns stand first, since they are read by place.
        let sql = "
            SELECT summary.*, profile.key, profile.api, profile.id, profile.name, profile.plan,
                profile.region, profile.removed_at, NOT owned AS shared, preferred, label, growth,
                note.profile IS NOT NULL AS noted, fetch_status.outcome, fetch_status.code,
                fetch_status.message, fetch_status.attempted_at, fetch_status.succeeded_at,
                CASE WHEN ?3 > 0 THEN substr(trend.days, ?3, ?4) END AS trend,
                EXISTS (
                    SELECT 1 FROM profile AS other
                    WHERE other.name_folded = profile.name_folded AND other.key <> profile.key
                        AND (?2 OR other.removed_at IS NULL)
                ) AS name_is_shared
            FROM json_each(?1) AS wanted
            CROSS JOIN profile ON profile.key = wanted.value
            LEFT JOIN account ON account.key = preferred
            LEFT JOIN rank ON rank.profile = profile.key
            LEFT JOIN summary ON summary.profile = profile.key
            LEFT JOIN note ON note.profile = profile.key
            LEFT JOIN trend ON trend.profile = profile.key AND ?3 > 0
            LEFT JOIN fetch_status ON fetch_status.profile = profile.key AND dataset = ?5
            ORDER BY wanted.key";
        let (place, bytes) = service.map_or((0, 0), trend::place);
        let mut query = self.db.prepare_cached(sql)?;
        let mut found = query.query((keys, removed, place, bytes, Dataset::Summary.key()))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let mut one = read(row)?;
            one.accounts = accounts.remove(&one.key).unwrap_or_default();
            one.groups = groups.remove(&one.key).unwrap_or_default();
            rows.push(one);
        }
        Ok(rows)
    }

    /// The accounts that reach some profiles now, of each the preferred one first.
    fn labels(&self, keys: &str) -> Result<HashMap<ProfileKey, Vec<AccountLabel>>, StoreError> {
        let sql = "
            SELECT reach.profile, account.key, label
            FROM reach JOIN account ON account.key = reach.account
            WHERE reach.profile IN (SELECT value FROM json_each(?1)) AND gone_at IS NULL
            ORDER BY reach.owner DESC, reach.account";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([keys])?;
        let mut labels: HashMap<ProfileKey, Vec<AccountLabel>> = HashMap::new();
        while let Some(row) = rows.next()? {
            labels.entry(row.get(0)?).or_default().push(AccountLabel {
                key: row.get(1)?,
                label: row.get(2)?,
            });
        }
        Ok(labels)
    }

    fn groups_among(&self, keys: &str) -> Result<HashMap<ProfileKey, Vec<GroupKey>>, StoreError> {
        let sql = "
            SELECT profile, grp FROM profile_group_member
            JOIN profile_group ON profile_group.key = grp
            WHERE profile IN (SELECT value FROM json_each(?1)) ORDER BY kind, name_folded";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([keys])?;
        let mut groups: HashMap<ProfileKey, Vec<GroupKey>> = HashMap::new();
        while let Some(row) = rows.next()? {
            groups.entry(row.get(0)?).or_default().push(row.get(1)?);
        }
        Ok(groups)
    }

    fn figures(&self, stale_before: Timestamp) -> Result<FleetFigures, StoreError> {
        // Each is a walk over no more of an index than it counts.
        let sql = "
            SELECT (SELECT count(*) FROM rank WHERE removed = 0) AS profiles,
                (SELECT count(*) FROM rank WHERE removed = 0 AND state = ?1) AS over,
                (SELECT count(*) FROM rank WHERE removed = 0 AND state = ?2) AS high,
                (SELECT count(*) FROM rank WHERE removed = 0 AND state = ?3) AS warn,
                (SELECT count(*) FROM rank WHERE removed = 0 AND fetched_at < ?4) AS stale";
        let [over, high, warn] =
            [UsageState::Over, UsageState::High, UsageState::Warn].map(|state| state as i64);
        let mut figures = self.db.prepare_cached(sql)?.query_row(
            (over, high, warn, Millis(stale_before)),
            |row| {
                Ok(FleetFigures {
                    profiles: row.get("profiles")?,
                    over: row.get("over")?,
                    high: row.get("high")?,
                    warn: row.get("warn")?,
                    stale: row.get("stale")?,
                    ..FleetFigures::default()
                })
            },
        )?;
        let sql = "SELECT count(DISTINCT fetch_status.profile) FROM fetch_status
                   JOIN profile ON profile.key = fetch_status.profile
                   WHERE outcome = 'failed' AND fetch_status.profile IS NOT NULL
                     AND removed_at IS NULL";
        let mut query = self.db.prepare_cached(sql)?;
        figures.failed = query.query_row([], |row| row.get(0))?;
        let sql = "SELECT count(*), count(signed_out_at) FROM account WHERE removed_at IS NULL";
        let mut query = self.db.prepare_cached(sql)?;
        (figures.accounts, figures.signed_out) =
            query.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(figures)
    }
}

fn read(row: &Row<'_>) -> Result<FleetRow, StoreError> {
    let summary = match row.get::<_, Option<i64>>(0)? {
        Some(_) => Some(summary::read(row)?),
        None => None,
    };
    let label: Option<String> = row.get("label")?;
    let account: Option<AccountKey> = row.get("preferred")?;
    let (worst, state) = summary
        .as_ref()
        .map_or((None, UsageState::Unknown), |(summary, _)| {
            (summary.worst(), summary.worst_state())
        });
    let status = match row.get::<_, Option<i64>>("attempted_at")? {
        Some(_) => Some(status::read(row)?),
        None => None,
    };
    Ok(FleetRow {
        key: row.get("key")?,
        api: row.get("api")?,
        id: parsed(row, "id")?.ok_or(rusqlite::Error::InvalidQuery)?,
        name: row.get("name")?,
        name_is_shared: row.get("name_is_shared")?,
        account: account
            .zip(label)
            .map(|(key, label)| AccountLabel { key, label }),
        accounts: Vec::new(),
        shared: row.get("shared")?,
        plan: row.get("plan")?,
        region: row.get("region")?,
        groups: Vec::new(),
        noted: row.get("noted")?,
        removed_at: time(row, "removed_at")?,
        summary,
        worst,
        state,
        growth: row.get("growth")?,
        trend: trend::days(row.get_ref("trend")?),
        status,
    })
}
