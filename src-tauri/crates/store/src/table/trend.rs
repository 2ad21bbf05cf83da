//! What a profile used in the last days and how fast it uses more, made once a day when its history arrives:
//! the fleet shows and sorts by it, and cannot read ten thousand histories.

use model::Service;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};

use crate::{ProfileKey, Reader, StoreError, Summary, Writer};

/// The whole days of UTC that a trend is of.
pub const TREND_DAYS: usize = 30;

/// What a profile used in its last days.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// Of each service the last days, the oldest first: what a counter used, where a level stood. `None`
    /// is unknown.
    pub days: [[Option<f32>; TREND_DAYS]; 9],
    /// Of each service what a day adds to it; `None` is unknown.
    pub rates: [Option<f64>; 9],
}

// `days` holds a float of 32 bits a day and service, `rates` one of 64 bits a service, each little-endian
// and not a number where unknown: half the size of text, and a service's days are cut out of it unread.
pub(crate) const V3: &str = "
    CREATE TABLE trend (
        profile INTEGER PRIMARY KEY REFERENCES profile ON DELETE CASCADE,
        days BLOB NOT NULL CHECK (length(days) = 9 * 30 * 4),
        rates BLOB NOT NULL CHECK (length(rates) = 9 * 8)
    ) STRICT;
";

/// The bytes of one service's days.
const BYTES: usize = TREND_DAYS * 4;

/// Where a service's days stand in `days`, as SQLite's `substr` counts, and how many bytes they are.
pub(crate) fn place(service: Service) -> (i64, i64) {
    let [index, bytes] = [service.index(), BYTES].map(|number| i64::try_from(number).unwrap_or(0));
    (index * bytes + 1, bytes)
}

/// Reads one service's days, cut out of `days`. Empty where there are none.
pub(crate) fn days(value: ValueRef<'_>) -> Vec<Option<f64>> {
    let bytes = value.as_blob_or_null().ok().flatten().unwrap_or_default();
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers
        .iter()
        .map(|number| Some(f64::from(f32::from_le_bytes(*number))).filter(|day| !day.is_nan()))
        .collect()
}

/// The name in SQL of what a service's days added, cut out of `days`, and whether it is a level.
pub(crate) const ADDED: &str = "trend_added";

/// Teaches a connection [`ADDED`]: SQLite cannot read the days by itself.
pub(crate) fn teach(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    db.create_scalar_function(ADDED, 2, flags, |call| {
        Ok(added(&days(call.get_raw(0)), call.get(1)?))
    })
}

/// What some days added: what a counter used on those that are known, and how far a level stood above where it
/// first did. `None` is unknown.
fn added(days: &[Option<f64>], is_level: bool) -> Option<f64> {
    let known: Vec<f64> = days.iter().copied().flatten().collect();
    match known.as_slice() {
        [] => None,
        known if !is_level => Some(known.iter().sum()),
        [first, .., last] => Some(last - first),
        // One day alone says nothing of how it went.
        [_] => None,
    }
}

/// How fast the fastest service grows towards its limit: the share of it that a day adds.
fn growth(rates: &[Option<f64>], summary: &Summary) -> Option<f64> {
    let shares = Service::ALL.into_iter().filter_map(|service| {
        let limit = summary.limit[service].filter(|limit| *limit > 0.0)?;
        Some((*rates.get(service.index())?)? / limit)
    });
    shares.reduce(f64::max)
}

impl Reader<'_> {
    fn rates(&self, profile: ProfileKey) -> Result<Vec<Option<f64>>, StoreError> {
        let mut query = self
            .db
            .prepare_cached("SELECT rates FROM trend WHERE profile = ?1")?;
        let bytes: Option<Vec<u8>> = query.query_row([profile], |row| row.get(0)).optional()?;
        let bytes = bytes.unwrap_or_default();
        let (numbers, _) = bytes.as_chunks::<8>();
        Ok(numbers
            .iter()
            .map(|number| Some(f64::from_le_bytes(*number)).filter(|rate| !rate.is_nan()))
            .collect())
    }

    /// How fast a profile with this summary grows: see [`growth`]. `None` is unknown.
    pub(crate) fn growth(
        &self,
        profile: ProfileKey,
        summary: &Summary,
    ) -> Result<Option<f64>, StoreError> {
        Ok(growth(&self.rates(profile)?, summary))
    }
}

impl Writer<'_> {
    /// Keeps a profile's trend in place of the one before.
    pub fn put_trend(&self, profile: ProfileKey, trend: &Trend) -> Result<(), StoreError> {
        let days = trend.days.as_flattened().iter();
        let days: Vec<u8> = days
            .flat_map(|day| day.unwrap_or(f32::NAN).to_le_bytes())
            .collect();
        let rates = trend.rates.iter();
        let rates: Vec<u8> = rates
            .flat_map(|rate| rate.unwrap_or(f64::NAN).to_le_bytes())
            .collect();
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO trend (profile, days, rates) VALUES (?1, ?2, ?3)",
            )?
            .execute((profile, days, rates))?;
        let Some((summary, _)) = self.summary(profile)? else {
            return Ok(());
        };
        let growth = growth(&trend.rates, &summary);
        self.db
            .prepare_cached("UPDATE rank SET growth = ?2 WHERE profile = ?1")?
            .execute((profile, growth))?;
        Ok(())
    }
}
