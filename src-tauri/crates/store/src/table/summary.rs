//! The newest summary of each profile: limits, what is used of them, resource counts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{Amounts, Service, UsageState, usage_share};
use rusqlite::{OptionalExtension, Row, ToSql};
use serde::{Deserialize, Serialize};

use crate::sql::{Millis, Number, from_json, to_json};
use crate::table::version::Aspect;
use crate::{ProfileKey, Reader, StoreError, Subject, Writer};

/// A profile's limits and what is used of them, as the API said at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Used in this cycle (counters) or stored now (levels).
    pub used: Amounts,
    /// The limits.
    pub limit: Amounts,
    /// How many of each resource there are: devices, dashboards, ….
    pub resources: BTreeMap<String, f64>,
}

pub(crate) const V1: &str = "
    CREATE TABLE summary (
        profile INTEGER PRIMARY KEY REFERENCES profile ON DELETE CASCADE,
        fetched_at INTEGER NOT NULL,
        used_input ANY, used_output ANY, used_analysis ANY, used_sms ANY,
        used_email ANY, used_push_notification ANY, used_data_records ANY,
        used_file_storage ANY, used_run_users ANY,
        limit_input ANY, limit_output ANY, limit_analysis ANY, limit_sms ANY,
        limit_email ANY, limit_push_notification ANY, limit_data_records ANY,
        limit_file_storage ANY, limit_run_users ANY,
        beyond TEXT NOT NULL
    ) STRICT;
";

/// The places of the table's columns.
const USED: usize = 2;
const LIMIT: usize = USED + Service::ALL.len();
const BEYOND: usize = LIMIT + Service::ALL.len();

/// What has no column of its own, as JSON.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Beyond {
    pub(crate) used: BTreeMap<String, f64>,
    pub(crate) limit: BTreeMap<String, f64>,
    pub(crate) resources: BTreeMap<String, f64>,
}

/// Reads what stands in `beyond`.
pub(crate) fn beyond(text: &str) -> Result<Beyond, StoreError> {
    from_json(text, "A summary")
}

/// Reads a row of the table.
pub(crate) fn read(row: &Row<'_>) -> Result<(Summary, Timestamp), StoreError> {
    // By place, as the names of twenty columns cost more than the columns.
    let beyond = beyond(row.get_ref(BEYOND)?.as_str().unwrap_or(""))?;
    let mut summary = Summary {
        resources: beyond.resources,
        ..Summary::default()
    };
    summary.used.other = beyond.used;
    summary.limit.other = beyond.limit;
    for service in Service::ALL {
        summary.used[service] = row.get(USED + service.index())?;
        summary.limit[service] = row.get(LIMIT + service.index())?;
    }
    Ok((summary, row.get::<_, Millis>("fetched_at")?.0))
}

impl Summary {
    /// Used over limit; `None` if either is unknown or the limit is zero.
    pub fn share(&self, service: Service) -> Option<f64> {
        usage_share(self.used[service], self.limit[service])
    }

    /// The state of one service.
    pub fn state(&self, service: Service) -> UsageState {
        UsageState::of(self.used[service], self.limit[service])
    }

    /// The service with the highest share, and the share; the first of equal ones.
    pub fn worst(&self) -> Option<(Service, f64)> {
        let mut worst = None;
        for service in Service::ALL {
            let Some(share) = self.share(service) else {
                continue;
            };
            if worst.is_none_or(|(_, highest)| share > highest) {
                worst = Some((service, share));
            }
        }
        worst
    }

    /// The worst state among the services.
    pub fn worst_state(&self) -> UsageState {
        Service::ALL
            .into_iter()
            .map(|service| self.state(service))
            .max()
            .unwrap_or(UsageState::Unknown)
    }
}

impl Reader<'_> {
    /// A profile's newest summary and when it was fetched.
    pub fn summary(&self, profile: ProfileKey) -> Result<Option<(Summary, Timestamp)>, StoreError> {
        let sql = "SELECT * FROM summary WHERE profile = ?1";
        let mut query = self.db.prepare_cached(sql)?;
        let summary = query.query_row([profile], |row| Ok(read(row))).optional()?;
        summary.transpose()
    }
}

impl Writer<'_> {
    /// Notes a profile's summary. Limits and resource counts become versions where they changed.
    pub fn put_summary(
        &self,
        profile: ProfileKey,
        summary: &Summary,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.put_versions(profile, summary, at)?;
        self.put_row(profile, summary, at)
    }

    /// Notes a profile's limits alone, as they were set. What it uses is as old as it was.
    pub fn put_limits(
        &self,
        profile: ProfileKey,
        limits: &Amounts,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let limits_alone = Summary {
            limit: limits.clone(),
            ..Summary::default()
        };
        self.put_versions(profile, &limits_alone, at)?;
        let Some((mut summary, fetched_at)) = self.summary(profile)? else {
            return Ok(());
        };
        for (key, limit) in limits.known() {
            summary.limit.set_by_key(key, limit);
        }
        self.put_row(profile, &summary, fetched_at)
    }

    fn put_row(
        &self,
        profile: ProfileKey,
        summary: &Summary,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let beyond = to_json(
            &Beyond {
                used: summary.used.other.clone(),
                limit: summary.limit.other.clone(),
                resources: summary.resources.clone(),
            },
            "A summary",
        )?;
        let fetched_at = Millis(at);
        let mut values: Vec<&dyn ToSql> = vec![&profile, &fetched_at];
        let numbers = [&summary.used, &summary.limit]
            .map(|amounts| Service::ALL.map(|service| amounts[service].and_then(Number::finite)));
        values.extend(numbers.iter().flatten().map(|number| number as &dyn ToSql));
        values.push(&beyond);
        // In the order of the table's columns.
        let places = vec!["?"; values.len()].join(", ");
        let sql = format!("INSERT OR REPLACE INTO summary VALUES ({places})");
        self.db.prepare_cached(&sql)?.execute(&*values)?;
        self.put_rank(profile, summary, at)
    }

    fn put_versions(
        &self,
        profile: ProfileKey,
        summary: &Summary,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let subject = Subject::Profile(profile);
        if !summary.limit.is_empty() {
            // A limit that an answer leaves out is unknown, so that the one before still stands.
            let before = self.version::<Amounts>(subject, Aspect::Limits)?;
            let mut limits = before.map(|before| before.value).unwrap_or_default();
            for (key, limit) in summary.limit.known() {
                limits.set_by_key(key, limit);
            }
            self.put_version(subject, Aspect::Limits, &limits, at)?;
        }
        if !summary.resources.is_empty() {
            self.put_version(subject, Aspect::Resources, &summary.resources, at)?;
        }
        Ok(())
    }
}
