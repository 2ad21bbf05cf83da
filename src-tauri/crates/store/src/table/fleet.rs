//! The fleet: all profiles of all accounts, searched, sorted and counted.

use jiff::Timestamp;
use model::{Dataset, FetchStatus, ProfileId, Service, UsageState};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, params_from_iter};

use crate::sql::{Millis, found, parsed, time, words};
use crate::{AccountKey, ProfileKey, Reader, StoreError, Subject, Summary};

/// Which profiles, in which order.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetQuery {
    /// Words, divided by white space. A profile stays if each is in its name, in its id or in the
    /// label of an account that reaches it, whatever the case of the letters.
    pub search: String,
    /// The order.
    pub sort: FleetSort,
    /// The other way round. Equal rows are always by name and key; unknown ones always come last.
    pub descending: bool,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows to return.
    pub limit: u32,
    /// Whether removed profiles are rows as well. They never count in the figures.
    pub removed: bool,
    /// A summary that arrived before is stale (for the figure alone).
    pub stale_before: Timestamp,
}

/// The order of the fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FleetSort {
    /// By the highest share of a limit among the services.
    Risk,
    /// By name, whatever the case of its letters.
    Name,
    /// By the label of the preferred account.
    Account,
    /// By when the summary was fetched.
    AsOf,
    /// By one service's share of its limit.
    Service(Service),
}

/// Some rows of the fleet, and how many there are.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetPage {
    /// Profiles that the search leaves.
    pub total: u32,
    /// The rows asked for.
    pub rows: Vec<FleetRow>,
    /// Over the whole fleet, whatever is searched for.
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
    /// When it was found that no account reaches it any more.
    pub removed_at: Option<Timestamp>,
    /// Its newest summary, and when it was fetched.
    pub summary: Option<(Summary, Timestamp)>,
    /// The service with the highest share of its limit, and the share.
    pub worst: Option<(Service, f64)>,
    /// The worst state among its services.
    pub state: UsageState,
    /// How the summary was last fetched.
    pub status: Option<FetchStatus>,
}

impl FleetSort {
    /// The column of `rank` to sort by.
    fn column(self) -> String {
        match self {
            Self::Name => "name".to_owned(),
            Self::Risk => "risk".to_owned(),
            Self::Account => "account".to_owned(),
            Self::AsOf => "fetched_at".to_owned(),
            Self::Service(service) => format!("share_{service}"),
        }
    }
}

/// The profiles that a query leaves: a condition, and the values of its places.
struct Selection {
    condition: String,
    values: Vec<Value>,
}

impl Selection {
    fn of(query: &FleetQuery) -> Self {
        let mut conditions = vec!["TRUE".to_owned()];
        if !query.removed {
            conditions.push("removed = 0".to_owned());
        }
        let mut values = Vec::new();
        for word in words(&query.search) {
            values.push(Value::from(word));
            conditions.push(format!("instr(search, ?{})", values.len()));
        }
        Self {
            condition: conditions.join(" AND "),
            values,
        }
    }
}

impl Reader<'_> {
    /// A page of the fleet.
    pub fn fleet(&self, query: &FleetQuery) -> Result<FleetPage, StoreError> {
        let figures = self.figures(query.stale_before)?;
        let (total, keys) = self.keys(query, figures.profiles)?;
        let mut rows = Vec::new();
        for key in keys {
            let what = || format!("profile with the number {}", key.0);
            rows.push(found(self.row(key, query.removed)?, what)?);
        }
        Ok(FleetPage {
            total,
            rows,
            figures,
        })
    }

    /// How many profiles a query leaves, and the ones of its page. `present` is how many there are
    /// that are not removed.
    fn keys(&self, query: &FleetQuery, present: u32) -> Result<(u32, Vec<ProfileKey>), StoreError> {
        let Selection {
            condition,
            mut values,
        } = Selection::of(query);
        let all = values.is_empty() && !query.removed;
        let column = query.sort.column();
        let direction = if query.descending { "DESC" } else { "ASC" };
        let page = format!(
            "ORDER BY {column} {direction} NULLS LAST, name, profile LIMIT ?{} OFFSET ?{}",
            values.len() + 1,
            values.len() + 2,
        );
        let sql = if all {
            // In the order of an index, so that a page costs no more than its rows.
            format!("SELECT profile, 0 FROM rank WHERE {condition} {page}")
        } else {
            // What a search leaves is looked for once, then counted and sorted.
            let also = if column == "name" { "" } else { &column };
            let comma = if also.is_empty() { "" } else { ", " };
            format!(
                "WITH hit AS MATERIALIZED (
                     SELECT profile, name{comma}{also} FROM rank WHERE {condition})
                 SELECT profile, (SELECT count(*) FROM hit) FROM hit {page}"
            )
        };
        let count = values.clone();
        values.extend([Value::from(query.limit), Value::from(query.offset)]);
        let mut total = all.then_some(present);
        let mut keys = Vec::new();
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(&values))?;
        while let Some(row) = rows.next()? {
            keys.push(row.get(0)?);
            if total.is_none() {
                total = Some(row.get(1)?);
            }
        }
        let total = match total {
            Some(total) => total,
            // A page without rows does not say how many there are before it.
            None => self.db.query_row(
                &format!("SELECT count(*) FROM rank WHERE {condition}"),
                params_from_iter(&count),
                |row| row.get(0),
            )?,
        };
        Ok((total, keys))
    }

    /// One profile as the fleet shows it, removed or not.
    pub fn fleet_row(&self, profile: ProfileKey) -> Result<Option<FleetRow>, StoreError> {
        self.row(profile, false)
    }

    fn row(&self, key: ProfileKey, removed: bool) -> Result<Option<FleetRow>, StoreError> {
        let sql = "
            SELECT profile.api, profile.id, profile.name, profile.plan, profile.removed_at,
                NOT owned AS shared, account.key AS account, label,
                EXISTS (
                    SELECT 1 FROM profile AS other
                    WHERE other.name_folded = profile.name_folded AND other.key <> profile.key
                        AND (?2 OR other.removed_at IS NULL)
                ) AS name_is_shared
            FROM profile LEFT JOIN account ON account.key = preferred WHERE profile.key = ?1";
        let mut query = self.db.prepare_cached(sql)?;
        let row = query.query_row((key, removed), |row| {
            let account: Option<AccountKey> = row.get("account")?;
            let label: Option<String> = row.get("label")?;
            Ok(FleetRow {
                key,
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
                removed_at: time(row, "removed_at")?,
                summary: None,
                worst: None,
                state: UsageState::Unknown,
                status: None,
            })
        });
        let Some(mut row) = row.optional()? else {
            return Ok(None);
        };
        row.accounts = self.labels(key)?;
        row.status = self.status(Subject::Profile(key), Dataset::Summary)?;
        row.summary = self.summary(key)?;
        if let Some((summary, _)) = &row.summary {
            row.worst = summary.worst();
            row.state = summary.worst_state();
        }
        Ok(Some(row))
    }

    fn labels(&self, key: ProfileKey) -> Result<Vec<AccountLabel>, StoreError> {
        let reach = self.reach_of(key)?.into_iter();
        Ok(reach
            .map(|reach| AccountLabel {
                key: reach.account,
                label: reach.label,
            })
            .collect())
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
