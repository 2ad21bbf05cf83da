//! Usage history: the samples of the store, made into amounts per period by `insight`.

use insight::{By as Width, Cycle, History, Period};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use model::{Dataset, Freshness, ServiceKind, Timestamp};
use store::{Aspect, By, ProfileKey, Reader, StoreError, Subject};

use super::age::freshness;
use super::fleet::{no_such_profile, status_of};
use super::{UsageBy, UsageChart, UsageQuery, UsageTable, UsageTableRow};
use crate::open::Desk;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::sync::Subscription;

/// Periods in a chart, at most: more than a screen has columns.
const MOST_POINTS: usize = 2_000;

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
    /// One service's history, ready to be drawn.
    pub async fn usage_chart(&self, query: UsageQuery) -> Result<UsageChart, Problem> {
        let cut = self
            .cut(
                query.profile,
                query.by,
                (query.from, query.to),
                &query.timezone,
            )
            .await?;
        if cut.periods.len() > MOST_POINTS {
            return Err(Problem::invalid(format!(
                "That is {} periods; {MOST_POINTS} are the most that a chart shows.",
                cut.periods.len()
            ))
            .with_hint("Choose a shorter range, or days instead of hours."));
        }
        let (key, service, by) = (ProfileKey(query.profile), query.service, query.by);
        let now = self.inner.clock.now();
        let (limit, freshness) = self
            .inner
            .read(move |store| {
                let limit = store
                    .summary(key)?
                    .and_then(|(summary, _)| summary.limit[service]);
                Ok((limit, history_freshness(store, key, by, now)?))
            })
            .await?;
        let amounts = cut.history.usage(service.key(), &cut.periods);
        let sum = match (service.kind(), cut.periods.first(), cut.periods.last()) {
            (ServiceKind::Counter, Some(first), Some(last)) => {
                cut.history.sum(service.key(), first.start, last.end).amount
            }
            _ => None,
        };
        Ok(UsageChart {
            starts: cut
                .periods
                .iter()
                .map(|period| period.start.as_second())
                .collect(),
            end: cut.periods.last().map(|period| period.end.as_second()),
            unknown: amounts
                .iter()
                .map(|one| u32::from(one.amount.is_none()))
                .sum(),
            lower_bound: amounts.iter().map(|one| one.lower_bound).collect(),
            complete: amounts.iter().map(|one| one.complete).collect(),
            amounts: amounts.into_iter().map(|one| one.amount).collect(),
            limit,
            sum,
            timezone: cut.timezone,
            freshness,
        })
    }

    /// All services' history in rows. `to` is exclusive; without `from` and `to`, as [`UsageQuery`] says.
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
        let bad = |error: insight::PeriodError| {
            Problem::invalid(format!("The history cannot be shown: {error}."))
        };
        let zone = zone(timezone)?;
        let now = self.inner.clock.now();
        let to = to.unwrap_or(now);
        let from = from.unwrap_or_else(|| default_from(by, to, &zone));
        if from >= to {
            return Err(Problem::invalid("The range ends before it begins.")
                .with_hint("Give an earlier --from or a later --to."));
        }
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
                // A day or a month that `from` falls into begins before it.
                let first = earlier(from, BEFORE + first_period(by));
                let last = later(to, AFTER + first_period(by));
                let hourly = store.usage(key, By::Hour, first, last)?;
                let daily = store.usage(key, By::Day, first, last)?;
                Ok(Some(History::new(&hourly, &daily, &cycle)))
            })
            .await?
            .ok_or_else(no_such_profile)?;
        let width = match by {
            UsageBy::Hour => Width::Hour,
            UsageBy::Day => Width::Day,
            UsageBy::Month => Width::Month,
        };
        let periods = history.periods(from, to, width, &zone).map_err(bad)?;
        let timezone = zone.iana_name().unwrap_or("UTC").to_owned();
        Ok(Cut {
            history,
            periods,
            timezone,
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
pub(super) fn cycle_of(store: &Reader<'_>, profile: ProfileKey) -> Result<Cycle, StoreError> {
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

fn history_freshness(
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
