//! What each profile's hourly history means for its silence, so that ten thousand histories need not be read to
//! find the silent ones.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Row;

use crate::sql::{Millis, time};
use crate::{ProfileKey, Reader, StoreError, Writer};

pub(crate) const V3: &str = "
    CREATE TABLE pulse (
        profile INTEGER PRIMARY KEY REFERENCES profile ON DELETE CASCADE,
        last_input_at INTEGER,
        active_days INTEGER NOT NULL,
        quiet_from INTEGER NOT NULL,
        sampled_at INTEGER NOT NULL
    ) STRICT;
";

/// What a profile's hourly samples say of its input; `insight` makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredPulse {
    /// The sample until which the last known input came.
    pub last_input_at: Option<Timestamp>,
    /// Days with input, of the 14 up to that one.
    pub active_days: u8,
    /// Since when it is known that no input came.
    pub quiet_from: Timestamp,
    /// The last sample.
    pub sampled_at: Timestamp,
}

/// A profile with a pulse, and what is known of its input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuietProfile {
    /// The profile.
    pub profile: ProfileKey,
    /// Its pulse.
    pub pulse: StoredPulse,
    /// Input used in this cycle.
    pub used: Option<f64>,
    /// Its limit.
    pub limit: Option<f64>,
}

fn pulse(row: &Row<'_>) -> rusqlite::Result<StoredPulse> {
    Ok(StoredPulse {
        last_input_at: time(row, "last_input_at")?,
        active_days: row.get("active_days")?,
        quiet_from: row.get::<_, Millis>("quiet_from")?.0,
        sampled_at: row.get::<_, Millis>("sampled_at")?.0,
    })
}

impl Reader<'_> {
    /// The present profiles without input for so long, that had some on so many days before.
    pub fn quiet_profiles(
        &self,
        quiet: SignedDuration,
        active_days: u8,
    ) -> Result<Vec<QuietProfile>, StoreError> {
        let sql = "
            SELECT pulse.*, used_input, limit_input FROM pulse
            JOIN rank USING (profile) LEFT JOIN summary USING (profile)
            WHERE removed = 0 AND active_days >= ?1 AND sampled_at - quiet_from >= ?2";
        let mut query = self.db.prepare_cached(sql)?;
        let least = i64::try_from(quiet.as_millis()).unwrap_or(i64::MAX);
        let rows = query.query_map((active_days, least), |row| {
            Ok(QuietProfile {
                profile: row.get("profile")?,
                pulse: pulse(row)?,
                used: row.get("used_input")?,
                limit: row.get("limit_input")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A profile's pulse.
    pub fn pulse(&self, profile: ProfileKey) -> Result<Option<StoredPulse>, StoreError> {
        let mut query = self
            .db
            .prepare_cached("SELECT * FROM pulse WHERE profile = ?1")?;
        let mut rows = query.query_map([profile], pulse)?;
        Ok(rows.next().transpose()?)
    }

    /// The running total of input at each hourly sample since a moment, in order of time; `None` where it was
    /// absent.
    pub fn input_totals(
        &self,
        profile: ProfileKey,
        since: Timestamp,
    ) -> Result<Vec<(Timestamp, Option<f64>)>, StoreError> {
        let sql = "SELECT at, input FROM usage_hour WHERE profile = ?1 AND at >= ?2 ORDER BY at";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query((profile, since.as_second()))?;
        let mut totals = Vec::new();
        while let Some(row) = rows.next()? {
            if let Ok(at) = Timestamp::from_second(row.get(0)?) {
                totals.push((at, row.get(1)?));
            }
        }
        Ok(totals)
    }
}

impl Writer<'_> {
    /// Notes what a profile's hourly samples say of its input.
    pub fn put_pulse(&self, profile: ProfileKey, pulse: &StoredPulse) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO pulse
                       (profile, last_input_at, active_days, quiet_from, sampled_at)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        self.db.prepare_cached(sql)?.execute((
            profile,
            pulse.last_input_at.map(Millis),
            pulse.active_days,
            Millis(pulse.quiet_from),
            Millis(pulse.sampled_at),
        ))?;
        Ok(())
    }
}
