//! Usage history as a window draws it: some services over the same periods, by a billing cycle or any range.

use insight::{Cycle, History, Period, PeriodAmount};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use model::{Amounts, Freshness, Service, ServiceKind};
use store::{Aspect, ProfileKey, Reader, StoreError, Subject, Version};

use super::fleet::no_such_profile;
use super::usage::{cut, cycle_of, history, history_freshness, name_of, range, zone};
use super::{UsageBefore, UsageBy, UsageChart, UsageLimit, UsageQuery, UsageSeries};
use crate::open::Desk;
use crate::problem::Problem;

/// Periods in a chart, at most: more than a screen has columns.
const MOST_POINTS: i64 = 2_000;

/// A moment before a billing cycle begins, the one before it runs.
const JUST_BEFORE: SignedDuration = SignedDuration::from_nanos(-1);

type Span = (Timestamp, Timestamp);

/// What the store has for a chart.
struct Stored {
    cycle: Cycle,
    by: UsageBy,
    range: Span,
    /// The cycle before, if it is to be compared.
    before: Option<Span>,
    history: History,
    services: Vec<Service>,
    /// The limits now, and every set of them that was ever seen.
    limit: Amounts,
    limits: Vec<Version<Amounts>>,
    freshness: Freshness,
}

impl Desk {
    /// Histories of some services, ready to be drawn.
    pub async fn usage_chart(&self, query: UsageQuery) -> Result<UsageChart, Problem> {
        let zone = zone(&query.timezone)?;
        let now = self.inner.clock.now();
        let asked = (query.clone(), zone.clone());
        let stored = self
            .inner
            .read(move |store| {
                let (query, zone) = asked;
                let key = ProfileKey(query.profile);
                if store.profile(key)?.is_none() {
                    return Ok(Err(no_such_profile()));
                }
                read(store, &query, &zone, now)
            })
            .await??;
        stored.chart(&query, &zone, now)
    }
}

fn read(
    store: &Reader<'_>,
    query: &UsageQuery,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<Result<Stored, Problem>, StoreError> {
    let key = ProfileKey(query.profile);
    let cycle = cycle_of(store, key)?;
    let range = match query.cycle {
        Some(back) => cycle_before(&cycle, now, back),
        None => range(query.by, (query.from, query.to), now, zone),
    };
    let range = match range {
        Ok(range) => range,
        Err(problem) => return Ok(Err(problem)),
    };
    let before = if query.compare && query.cycle.is_some() {
        cycle.containing(shifted(range.0, JUST_BEFORE))
    } else {
        None
    };
    let by = width(query.by, range);
    let first = before.map_or(range.0, |(from, _)| from);
    let summary = store.summary(key)?.map(|(summary, _)| summary);
    let services = if query.services.is_empty() {
        let worst = summary.as_ref().and_then(store::Summary::worst);
        vec![worst.map_or(Service::Input, |(service, _)| service)]
    } else {
        let asked = |service: &Service| query.services.contains(service);
        Service::ALL.into_iter().filter(asked).collect()
    };
    Ok(Ok(Stored {
        history: history(store, key, by, (first, range.1), &cycle)?,
        limit: summary.map(|summary| summary.limit).unwrap_or_default(),
        limits: store.versions(Subject::Profile(key), Aspect::Limits)?,
        freshness: history_freshness(store, key, by, now)?,
        cycle,
        by,
        range,
        before,
        services,
    }))
}

impl Stored {
    fn chart(
        self,
        query: &UsageQuery,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Result<UsageChart, Problem> {
        let whole = query.cycle.is_some();
        let periods = self.periods(self.range, whole, zone, now)?;
        let before = match self.before {
            Some(range) => Some((range, self.periods(range, true, zone, now)?)),
            None => None,
        };
        let series = self
            .services
            .iter()
            .map(|service| {
                let mut series = self.series(*service, &periods, query.running);
                series.before = before
                    .as_ref()
                    .map(|(range, periods)| self.moved(*service, *range, periods, query.running));
                series
            })
            .collect();
        let (from, to) = self.range;
        Ok(UsageChart {
            by: self.by,
            starts: periods.iter().map(|one| one.start.as_second()).collect(),
            end: periods.last().map(|one| one.end.as_second()),
            from: from.as_second(),
            to: to.as_second(),
            cycles: self
                .cycle
                .boundaries(shifted(from, JUST_BEFORE), shifted(to, JUST_BEFORE))
                .into_iter()
                .map(|boundary| boundary.at.as_second())
                .collect(),
            utc: places(periods.iter().map(|period| period.utc)),
            series,
            timezone: name_of(zone),
            freshness: self.freshness,
        })
    }

    /// The periods of a range until now. Those of a whole cycle begin and end with it, so that what they hold adds
    /// up to what the cycle used.
    fn periods(
        &self,
        (from, to): Span,
        whole: bool,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Result<Vec<Period>, Problem> {
        let mut periods = cut(&self.history, (from, to.min(now.max(from))), self.by, zone)?;
        if whole {
            for period in &mut periods {
                period.start = period.start.max(from);
                period.end = period.end.min(to);
            }
            // A day of UTC where the zone's own is not known can lie outside.
            periods.retain(|period| period.start < period.end);
        }
        Ok(periods)
    }

    fn amounts(&self, service: Service, periods: &[Period], running: bool) -> Vec<PeriodAmount> {
        if running {
            self.history.running(service.key(), &self.cycle, periods)
        } else {
            self.history.usage(service.key(), periods)
        }
    }

    /// What a counter used over all periods; not said of levels.
    fn sum(&self, service: Service, periods: &[Period]) -> (Option<f64>, bool) {
        match (service.kind(), periods.first(), periods.last()) {
            (ServiceKind::Counter, Some(first), Some(last)) => {
                let sum = self.history.sum(service.key(), first.start, last.end);
                (sum.amount, sum.lower_bound)
            }
            _ => (None, false),
        }
    }

    fn series(&self, service: Service, periods: &[Period], running: bool) -> UsageSeries {
        let amounts = self.amounts(service, periods, running);
        let (sum, sum_lower_bound) = self.sum(service, periods);
        UsageSeries {
            service,
            lower_bound: places(amounts.iter().map(|one| one.lower_bound)),
            open: places(
                amounts
                    .iter()
                    .map(|one| one.amount.is_some() && !one.complete),
            ),
            unknown: amounts
                .iter()
                .map(|one| u32::from(one.amount.is_none()))
                .sum(),
            amounts: amounts.into_iter().map(|one| one.amount).collect(),
            sum,
            sum_lower_bound,
            limit: self.limit[service],
            limits: limits(&self.limits, service, self.range),
            before: None,
        }
    }

    /// A service in the cycle before, moved onto this one.
    fn moved(
        &self,
        service: Service,
        (from, _): Span,
        periods: &[Period],
        running: bool,
    ) -> UsageBefore {
        let by = self.range.0.as_second() - from.as_second();
        let (sum, sum_lower_bound) = self.sum(service, periods);
        UsageBefore {
            starts: periods
                .iter()
                .map(|period| period.start.as_second() + by)
                .collect(),
            end: periods.last().map(|period| period.end.as_second() + by),
            amounts: self
                .amounts(service, periods, running)
                .into_iter()
                .map(|one| one.amount)
                .collect(),
            sum,
            sum_lower_bound,
        }
    }
}

/// The cycle so many before the one that runs.
fn cycle_before(cycle: &Cycle, now: Timestamp, back: u16) -> Result<Span, Problem> {
    let mut span = cycle.containing(now);
    for _ in 0..back {
        span = span.and_then(|(start, _)| cycle.containing(shifted(start, JUST_BEFORE)));
    }
    span.ok_or_else(|| Problem::invalid("There is no billing cycle so long ago."))
}

/// The width asked for, or a wider one of which not too many fit into the range. At either end a part of one can stand,
/// and one more where summer time or a day of UTC shifts them.
fn width(asked: UsageBy, (from, to): Span) -> UsageBy {
    let hours = to.duration_since(from).as_hours();
    let whole = MOST_POINTS - 3;
    match asked {
        UsageBy::Hour if hours <= whole => UsageBy::Hour,
        UsageBy::Hour | UsageBy::Day if hours / 24 <= whole => UsageBy::Day,
        _ => UsageBy::Month,
    }
}

/// A service's limits in a range, as they were seen: a step where one changed.
fn limits(versions: &[Version<Amounts>], service: Service, (from, to): Span) -> Vec<UsageLimit> {
    let mut steps: Vec<UsageLimit> = Vec::new();
    let mut step = |at: Timestamp, limit: Option<f64>| {
        let step = UsageLimit {
            at: at.max(from).as_second(),
            limit,
        };
        match steps.last_mut() {
            Some(last) if last.at == step.at => *last = step,
            Some(last) if last.limit == step.limit => {}
            _ => steps.push(step),
        }
    };
    let seen = versions.iter().filter(|one| one.seen_from < to);
    for version in seen {
        step(version.seen_from, version.value[service]);
        if let Some(until) = version.seen_until.filter(|until| *until < to) {
            step(until, None);
        }
    }
    // What was not known at first is as if it had not been seen.
    let known = steps.iter().position(|step| step.limit.is_some());
    steps.split_off(known.unwrap_or(steps.len()))
}

fn places(marks: impl Iterator<Item = bool>) -> Vec<u32> {
    (0..)
        .zip(marks)
        .filter_map(|(place, marked)| marked.then_some(place))
        .collect()
}

fn shifted(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn version(limit: f64, from: &str, until: Option<&str>) -> Version<Amounts> {
        Version {
            value: [("input", limit)].into_iter().collect(),
            seen_from: at(from),
            seen_until: until.map(at),
            last_seen: at(until.unwrap_or(from)),
        }
    }

    #[test]
    fn a_limit_is_as_it_was_seen_at_each_time_and_unknown_before_and_between() {
        let versions = [
            version(100.0, "2026-01-05T00:00:00Z", Some("2026-02-10T00:00:00Z")),
            version(200.0, "2026-02-10T00:00:00Z", Some("2026-02-20T00:00:00Z")),
            version(200.0, "2026-02-22T00:00:00Z", None),
        ];
        let of = |from: &str, to: &str| -> Vec<(String, Option<f64>)> {
            limits(&versions, Service::Input, (at(from), at(to)))
                .into_iter()
                .map(|step| {
                    let at = Timestamp::from_second(step.at).unwrap();
                    (at.to_string(), step.limit)
                })
                .collect()
        };
        assert_eq!(
            of("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"),
            [
                ("2026-02-01T00:00:00Z".to_owned(), Some(100.0)),
                ("2026-02-10T00:00:00Z".to_owned(), Some(200.0)),
                ("2026-02-20T00:00:00Z".to_owned(), None),
                ("2026-02-22T00:00:00Z".to_owned(), Some(200.0)),
            ]
        );
        assert_eq!(
            of("2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z"),
            [("2026-01-05T00:00:00Z".to_owned(), Some(100.0))]
        );
        assert_eq!(of("2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z"), []);
    }

    #[test]
    fn a_range_of_too_many_periods_is_shown_in_wider_ones() {
        let of = |by, to: &str| width(by, (at("2020-01-01T00:00:00Z"), at(to)));
        assert_eq!(of(UsageBy::Hour, "2020-03-01T00:00:00Z"), UsageBy::Hour);
        assert_eq!(of(UsageBy::Hour, "2020-06-01T00:00:00Z"), UsageBy::Day);
        assert_eq!(of(UsageBy::Hour, "2026-01-01T00:00:00Z"), UsageBy::Month);
        assert_eq!(of(UsageBy::Day, "2025-01-01T00:00:00Z"), UsageBy::Day);
        assert_eq!(of(UsageBy::Day, "2026-01-01T00:00:00Z"), UsageBy::Month);
    }
}
