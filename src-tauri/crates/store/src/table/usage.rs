//! Usage history: running totals by hour and by day, one wide row a sample.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use model::{Amounts, Sample, Service};
use rusqlite::{OptionalExtension, Row};
use serde::{Serialize, Serializer};

use crate::sql::{Number, from_json, to_json};
use crate::{ProfileKey, Reader, StoreError, Writer};

/// Which series of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// Samples taken each hour.
    Hour,
    /// Samples taken each day, and hours that were folded into days.
    Day,
}

// Whole numbers are stored as such, which takes a byte to four instead of eight, and times as seconds:
// a year of hours of a profile is 8,760 rows.
pub(crate) const V1: &str = "
    CREATE TABLE usage_hour (
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        at INTEGER NOT NULL,
        input ANY, output ANY, analysis ANY, sms ANY, email ANY, push_notification ANY,
        data_records ANY, file_storage ANY, run_users ANY,
        other TEXT,
        PRIMARY KEY (profile, at)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE usage_day (
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        at INTEGER NOT NULL,
        input ANY, output ANY, analysis ANY, sms ANY, email ANY, push_notification ANY,
        data_records ANY, file_storage ANY, run_users ANY,
        other TEXT,
        PRIMARY KEY (profile, at)
    ) STRICT, WITHOUT ROWID;
";

impl By {
    pub(crate) const fn table(self) -> &'static str {
        match self {
            Self::Hour => "usage_hour",
            Self::Day => "usage_day",
        }
    }

    /// Made once, as most writes are of few samples.
    fn upsert(self) -> &'static str {
        static HOUR: LazyLock<String> = LazyLock::new(|| upsert(By::Hour.table()));
        static DAY: LazyLock<String> = LazyLock::new(|| upsert(By::Day.table()));
        match self {
            Self::Hour => &HOUR,
            Self::Day => &DAY,
        }
    }
}

/// The columns of the nine services, in their order.
pub(crate) fn columns() -> String {
    Service::ALL.map(Service::key).join(", ")
}

/// Reads a row of `at`, `other` and the nine in their order. By place: a name is looked up among all columns, and
/// a chart reads thousands of cells.
fn read(row: &Row<'_>) -> Result<Sample, StoreError> {
    let mut totals = Amounts::new();
    if let Some(other) = row
        .get_ref(1)?
        .as_str_or_null()
        .map_err(rusqlite::Error::from)?
    {
        totals.other = from_json(other, "A usage sample")?;
    }
    for (place, service) in (2..).zip(Service::ALL) {
        totals[service] = row.get(place)?;
    }
    let at = Timestamp::from_second(row.get(0)?).map_err(|error| StoreError::Unreadable {
        what: "A usage sample".to_owned(),
        reason: error.to_string(),
    })?;
    Ok(Sample { at, totals })
}

impl Reader<'_> {
    /// The samples from a time (inclusive) to a time (exclusive), in order of time.
    pub fn usage(
        &self,
        profile: ProfileKey,
        by: By,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Sample>, StoreError> {
        let sql = format!(
            "SELECT at, other, {} FROM {} WHERE profile = ?1 AND at >= ?2 AND at < ?3 ORDER BY at",
            columns(),
            by.table()
        );
        let mut query = self.db.prepare_cached(&sql)?;
        let mut rows = query.query((profile, ceil(from), ceil(to)))?;
        let mut samples = Vec::new();
        while let Some(row) = rows.next()? {
            samples.push(read(row)?);
        }
        Ok(samples)
    }

    /// When the oldest stored sample was taken.
    pub fn first_at(&self, profile: ProfileKey, by: By) -> Result<Option<Timestamp>, StoreError> {
        self.end_of(profile, by, "ASC")
    }

    /// When the newest stored sample was taken.
    pub fn last_at(&self, profile: ProfileKey, by: By) -> Result<Option<Timestamp>, StoreError> {
        self.end_of(profile, by, "DESC")
    }

    fn end_of(
        &self,
        profile: ProfileKey,
        by: By,
        order: &str,
    ) -> Result<Option<Timestamp>, StoreError> {
        let table = by.table();
        let sql = format!("SELECT at FROM {table} WHERE profile = ?1 ORDER BY at {order} LIMIT 1");
        let mut query = self.db.prepare_cached(&sql)?;
        let second: Option<i64> = query.query_row([profile], |row| row.get(0)).optional()?;
        Ok(second.and_then(|second| Timestamp::from_second(second).ok()))
    }
}

impl Writer<'_> {
    /// Adds samples, in whole seconds. History only grows: what an answer leaves out stays, a service
    /// that is absent from a sample does not erase its stored total. Returns how many rows are new
    /// or changed.
    pub fn put_usage(
        &self,
        profile: ProfileKey,
        by: By,
        samples: &[Sample],
    ) -> Result<usize, StoreError> {
        let mut upsert = self.db.prepare_cached(by.upsert())?;
        // Bound by place, one after the other: a list of values for each row costs a tenth of the time.
        upsert.raw_bind_parameter(1, profile)?;
        let mut changed = 0;
        for sample in samples {
            upsert.raw_bind_parameter(2, floor(sample.at))?;
            upsert.raw_bind_parameter(3, others(&sample.totals)?)?;
            for (place, (_, total)) in (4..).zip(sample.totals.nine()) {
                upsert.raw_bind_parameter(place, total.and_then(Number::finite))?;
            }
            changed += upsert.raw_execute()?;
        }
        Ok(changed)
    }
}

/// The statement that adds a sample, or what is new in it.
fn upsert(table: &str) -> String {
    let columns = columns();
    let keep = Service::ALL
        .map(|service| format!("{0} = coalesce(excluded.{0}, {0})", service.key()))
        .join(", ");
    let differs = Service::ALL
        .map(|service| {
            format!(
                "excluded.{0} IS NOT NULL AND excluded.{0} IS NOT {0}",
                service.key()
            )
        })
        .join(" OR ");
    format!(
        "INSERT INTO {table} (profile, at, other, {columns})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (profile, at) DO UPDATE SET {keep},
             other = CASE WHEN excluded.other IS NULL THEN other
                 ELSE json_patch(coalesce(other, '{{}}'), excluded.other) END
         WHERE {differs} OR excluded.other IS NOT NULL AND excluded.other IS NOT other"
    )
}

/// The numbers beyond the nine, as JSON; `None` if there are none.
pub(crate) fn others(amounts: &Amounts) -> Result<Option<String>, StoreError> {
    let finite = Finite(&amounts.other);
    if finite.numbers().next().is_none() {
        return Ok(None);
    }
    to_json(&finite, "A set of amounts").map(Some)
}

/// Those of some numbers that JSON can hold, as an object.
struct Finite<'a>(&'a BTreeMap<String, f64>);

impl<'a> Finite<'a> {
    fn numbers(&self) -> impl Iterator<Item = (&'a String, &'a f64)> + use<'a> {
        self.0.iter().filter(|(_, number)| number.is_finite())
    }
}

impl Serialize for Finite<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.numbers())
    }
}

/// The second in which a moment lies.
fn floor(at: Timestamp) -> i64 {
    at.as_second() - i64::from(at.subsec_nanosecond() < 0)
}

/// The first whole second that is not before a moment.
fn ceil(at: Timestamp) -> i64 {
    at.as_second() + i64::from(at.subsec_nanosecond() > 0)
}
