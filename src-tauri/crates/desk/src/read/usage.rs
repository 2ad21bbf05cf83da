//! Usage history: the samples of the store, made into amounts per period by `insight`.

use insight::{By as Width, Cycle, History, Period};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use model::{Dataset, Freshness, Timestamp};
use store::{Aspect, By, ProfileKey, Reader, StoreError, Subject};

use super::age::freshness;
use super::fleet::{no_such_profile, status_of};
use super::{UsageBy, UsageTable, UsageTableRow};
use crate::open::Desk;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::sync::Subscription;

/// Samples are read from so long before a range: a cycle and more, so that a counter that is seldom used
/// is known by its last value, or by the cycle's boundary.
const BEFORE: SignedDuration = SignedDuration::from_hours(40 * 24);

/// Samples are read until so long after a range, so that a gap at its end is seen as one.
const AFTER: SignedDuration = SignedDuration::from_hours(40 * 24);

/// A range of a profile's history, cut into periods.
struct Cut {
    history: History,
    periods: Vec<Period>,
    timezone: String,
}

impl Desk {
    /// All services' history in rows. `to` is exclusive; without `from` and `to`, as [`super::UsageQuery`] says.
    pub async fn usage_table(
        &self,
        profile: i64,
        by: UsageBy,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
        timezone: &str,
    ) -> Result<UsageTable, Problem> {
        let id = self.fleet_row(profile).await?.id;
        let cut = self.cut(profile, by, (from, to), timezone).await?;
        let rows = cut
            .history
            .rows(&cut.periods)
            .into_iter()
            .map(|row| UsageTableRow {
                start: row.period.start,
                end: row.period.end,
                utc: row.period.utc,
                complete: row.complete,
                lower_bound: row.lower_bound,
                amounts: row.amounts,
            })
            .collect();
        Ok(UsageTable {
            profile: id,
            by,
            timezone: cut.timezone,
            rows,
        })
    }

    async fn cut(
        &self,
        profile: i64,
        by: UsageBy,
        (from, to): (Option<Timestamp>, Option<Timestamp>),
        timezone: &str,
    ) -> Result<Cut, Problem> {
        let zone = zone(timezone)?;
        let now = self.inner.clock.now();
        let (from, to) = range(by, (from, to), now, &zone)?;
        // No sample is from the future, and neither is a period.
        let to = to.min(now.max(from));
        let key = ProfileKey(profile);
        let history = self
            .inner
            .read(move |store| {
                if store.profile(key)?.is_none() {
                    return Ok(None);
                }
                let cycle = cycle_of(store, key)?;
                history(store, key, by, (from, to), &cycle).map(Some)
            })
            .await?
            .ok_or_else(no_such_profile)?;
        let periods = cut(&history, (from, to), by, &zone)?;
        Ok(Cut {
            history,
            periods,
            timezone: name_of(&zone),
        })
    }
}

/// The zone of an IANA name, in which a reader of usage means days; `UTC` if the name is empty.
pub fn zone(name: &str) -> Result<TimeZone, Problem> {
    insight::zone(name)
        .map_err(|error| Problem::invalid(format!("The time zone cannot be used: {error}.")))
}

/// The billing cycle of a profile's owner, from every subscription of it that was ever seen; the
/// calendar month if its owner is not connected.
pub(crate) fn cycle_of(store: &Reader<'_>, profile: ProfileKey) -> Result<Cycle, StoreError> {
    let owner = store
        .reach_of(profile)?
        .into_iter()
        .find(|reach| reach.owner);
    let Some(owner) = owner else {
        return Ok(Cycle::calendar_month());
    };
    let versions =
        store.versions::<Subscription>(Subject::Account(owner.account), Aspect::Subscription)?;
    let cycles = versions
        .into_iter()
        .filter_map(|version| Some((version.value.cycle_start?, version.value.cycle_end)));
    Ok(Cycle::of(cycles))
}

/// A range that was asked for, with what nobody said filled in. Refused if it is empty.
pub(super) fn range(
    by: UsageBy,
    (from, to): (Option<Timestamp>, Option<Timestamp>),
    now: Timestamp,
    zone: &TimeZone,
) -> Result<(Timestamp, Timestamp), Problem> {
    let to = to.unwrap_or(now);
    let from = from.unwrap_or_else(|| default_from(by, to, zone));
    if from < to {
        return Ok((from, to));
    }
    Err(Problem::invalid("The range ends before it begins.")
        .with_hint("Choose an earlier beginning or a later end."))
}

/// The samples that tell of a range, put together.
pub(super) fn history(
    store: &Reader<'_>,
    key: ProfileKey,
    by: UsageBy,
    (from, to): (Timestamp, Timestamp),
    cycle: &Cycle,
) -> Result<History, StoreError> {
    // A day or a month that `from` falls into begins before it.
    let first = earlier(from, BEFORE + first_period(by));
    let last = later(to, AFTER + first_period(by));
    let hourly = store.usage(key, By::Hour, first, last)?;
    let daily = store.usage(key, By::Day, first, last)?;
    Ok(History::new(&hourly, &daily, cycle))
}

/// The periods that touch a range.
pub(super) fn cut(
    history: &History,
    (from, to): (Timestamp, Timestamp),
    by: UsageBy,
    zone: &TimeZone,
) -> Result<Vec<Period>, Problem> {
    let width = match by {
        UsageBy::Hour => Width::Hour,
        UsageBy::Day => Width::Day,
        UsageBy::Month => Width::Month,
    };
    history
        .periods(from, to, width, zone)
        .map_err(|error| Problem::invalid(format!("The history cannot be shown: {error}.")))
}

/// What a zone is called.
pub(super) fn name_of(zone: &TimeZone) -> String {
    zone.iana_name().unwrap_or("UTC").to_owned()
}

/// Where a range begins if nobody says: 31 days back for hours, 13 months for days and months.
fn default_from(by: UsageBy, to: Timestamp, zone: &TimeZone) -> Timestamp {
    let back = match by {
        UsageBy::Hour => 31.days(),
        UsageBy::Day | UsageBy::Month => 13.months(),
    };
    let local = to.to_zoned(zone.clone());
    local
        .checked_sub(back)
        .map_or(Timestamp::UNIX_EPOCH, |from| from.timestamp())
}

/// The longest that a period can be.
fn first_period(by: UsageBy) -> SignedDuration {
    match by {
        UsageBy::Hour => SignedDuration::from_hours(2),
        UsageBy::Day => SignedDuration::from_hours(26),
        UsageBy::Month => SignedDuration::from_hours(32 * 24),
    }
}

/// How fresh the samples of such periods are.
pub(super) fn history_freshness(
    store: &Reader<'_>,
    profile: ProfileKey,
    by: UsageBy,
    now: Timestamp,
) -> Result<Freshness, StoreError> {
    let dataset = match by {
        UsageBy::Hour => Dataset::UsageByHour,
        UsageBy::Day | UsageBy::Month => Dataset::UsageByDay,
    };
    let statuses = store.statuses_of_profile(profile)?;
    let status = status_of(&statuses, dataset);
    Ok(freshness(dataset, status, &Settings::read(store)?, now))
}

fn earlier(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
