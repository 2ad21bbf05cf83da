//! The last days of a service, and how fast it uses more: what a glance at the fleet shows.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::{Service, ServiceKind};

use crate::{By, DAY, History, later};

/// Whole days that a trend looks back.
pub const TREND_DAYS: usize = 30;

/// Whole days over which a rate is taken: a week, so that weekends weigh as much as they are.
const RATE_DAYS: usize = 7;

/// Of these, so many at least must be known.
const RATE_KNOWN: usize = 4;

/// What a service did in the last days.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// The last [`TREND_DAYS`] whole days of UTC, the oldest first: what a counter used, where a level
    /// stood at the day's end. `None` is unknown, and so is a day that is not known to its end.
    pub days: Vec<Option<f64>>,
    /// What a day adds, in the service's unit: of a counter the mean use of the known ones among the last seven
    /// days, of a level the difference over them. `None` where fewer than four are known.
    pub rate: Option<f64>,
}

impl History {
    /// The trend of each service at a moment, in the order of [`Service`].
    pub fn trends(&self, now: Timestamp) -> [Trend; 9] {
        let until = now
            .to_zoned(TimeZone::UTC)
            .start_of_day()
            .map_or(now, |midnight| midnight.timestamp());
        let days = i32::try_from(TREND_DAYS).unwrap_or(i32::MAX);
        let from = later(until, -(DAY * days));
        let periods = self
            .periods(from, until, By::Day, &TimeZone::UTC)
            .unwrap_or_default();
        Service::ALL.map(|service| {
            let amounts = self.usage(service.key(), &periods);
            let days: Vec<Option<f64>> = amounts
                .iter()
                .map(|day| day.amount.filter(|_| day.complete))
                .collect();
            let rate = rate(service.kind(), &days);
            Trend { days, rate }
        })
    }
}

fn rate(kind: ServiceKind, days: &[Option<f64>]) -> Option<f64> {
    match kind {
        ServiceKind::Counter => {
            let week = &days[days.len().saturating_sub(RATE_DAYS)..];
            let known: Vec<f64> = week.iter().flatten().copied().collect();
            let count = u32::try_from(known.len()).ok()?;
            (known.len() >= RATE_KNOWN).then(|| known.iter().sum::<f64>() / f64::from(count))
        }
        ServiceKind::Level => {
            // A day more, since a difference has two ends.
            let week = &days[days.len().saturating_sub(RATE_DAYS + 1)..];
            let known: Vec<(f64, f64)> = week
                .iter()
                .zip(0_u32..)
                .filter_map(|(day, place)| Some((f64::from(place), (*day)?)))
                .collect();
            let (first, last) = (known.first()?, known.last()?);
            let between = last.0 - first.0;
            let enough = f64::from(u32::try_from(RATE_KNOWN).ok()?);
            (between >= enough).then(|| (last.1 - first.1) / between)
        }
    }
}

#[cfg(test)]
mod tests {
    use model::{Amounts, Sample};

    use super::*;
    use crate::Cycle;

    /// Samples a minute past each midnight of 40 days, the last one of 10 December.
    fn daily(total: impl Fn(u32) -> Option<(f64, f64)>) -> History {
        let first: Timestamp = "2026-11-01T00:01:00Z".parse().unwrap();
        let samples: Vec<Sample> = (0..40)
            .filter_map(|day| {
                let (input, records) = total(day)?;
                let mut totals = Amounts::new();
                totals[Service::Input] = Some(input);
                totals[Service::DataRecords] = Some(records);
                Some(Sample {
                    at: later(first, DAY * i32::try_from(day).unwrap()),
                    totals,
                })
            })
            .collect();
        History::new(&[], &samples, &Cycle::calendar_month())
    }

    fn now() -> Timestamp {
        "2026-12-10T15:30:00Z".parse().unwrap()
    }

    fn of(history: &History, service: Service) -> Trend {
        history.trends(now())[service.index()].clone()
    }

    #[test]
    fn a_counter_shows_what_each_whole_day_used_and_the_mean_of_a_week() {
        // Totals begin anew with December.
        let total = |day: u32| f64::from(if day < 30 { day } else { day - 30 }) * 100.0;
        let trend = of(&daily(|day| Some((total(day), 0.0))), Service::Input);
        assert_eq!(trend.days.len(), TREND_DAYS);
        assert_eq!(trend.days[TREND_DAYS - 1], Some(100.0));
        assert_eq!(trend.rate, Some(100.0));
    }

    #[test]
    fn a_level_shows_where_it_stood_and_the_difference_of_a_day() {
        let trend = of(
            &daily(|day| Some((0.0, 1_000.0 + f64::from(day) * 10.0))),
            Service::DataRecords,
        );
        assert_eq!(trend.rate, Some(10.0));
        assert_eq!(trend.days[29], Some(1_390.0));
    }

    #[test]
    fn what_is_not_known_is_a_hole_and_a_rate_of_too_few_days_is_none() {
        let missing = |from: u32| {
            let history = daily(|day| (day < from).then(|| (f64::from(day), f64::from(day))));
            [Service::Input, Service::DataRecords].map(|service| of(&history, service))
        };
        let [counter, level] = missing(38);
        assert!(counter.days[29].is_none() && counter.days[20].is_some());
        assert!(counter.rate.is_some() && level.rate.is_some());
        let [counter, level] = missing(34);
        assert_eq!(counter.rate, None);
        assert_eq!(level.rate, None);
        let none = History::new(&[], &[], &Cycle::calendar_month());
        assert_eq!(of(&none, Service::Input).rate, None);
        assert!(of(&none, Service::Input).days.iter().all(Option::is_none));
    }
}
