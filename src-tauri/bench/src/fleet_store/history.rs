//! The usage of a profile: running totals that start again with each billing cycle, and levels that grow.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use model::{Amounts, Sample, Service, ServiceKind, Timestamp};
use store::Summary;

use super::chance::{Chance, mixed};

/// Days with samples.
const DAYS: i32 = 730;

/// Days with hourly samples, before now.
const HOURLY: i64 = 31;

const DAY: f64 = 24.0;

/// How a profile uses its services.
pub(super) struct Habit {
    seed: u64,
    profile: u64,
    /// What each service may use in a cycle, or store; 0 is not allocated.
    pub(super) limits: [f64; 9],
    /// What share of that it has used up at the end of a cycle.
    pace: [f64; 9],
}

/// What came of it.
pub(super) struct History {
    pub(super) days: Vec<Sample>,
    pub(super) hours: Vec<Sample>,
    /// What is used at the end of it.
    pub(super) used: Amounts,
}

/// The largest limits that are common, in the order of [`Service::ALL`]; most profiles have a fraction.
const LIMITS: [f64; 9] = [
    2_000_000.0,
    5_000_000.0,
    6_000.0,
    500.0,
    4_000.0,
    4_000.0,
    3_000_000.0,
    40_000.0,
    400.0,
];

impl Habit {
    pub(super) fn new(seed: u64, profile: u32) -> Self {
        let profile = u64::from(profile);
        let mut chance = Chance::new(seed, &[profile, 1]);
        let mut limits = [0.0; 9];
        let mut pace = [0.0; 9];
        for ((service, most), (limit, pace)) in Service::ALL
            .into_iter()
            .zip(LIMITS)
            .zip(limits.iter_mut().zip(&mut pace))
        {
            // What few need is allocated to few.
            let rare = matches!(service, Service::Sms | Service::PushNotification);
            if rare && chance.happens(550) {
                continue;
            }
            let share = chance.share();
            let step = (most / 200.0).max(10.0);
            *limit = (most * share * share / step).round() * step + step;
            *pace = match chance.below(1_000) {
                0..=11 => 1.0 + 0.4 * chance.share(),
                12..=39 => 0.88 + 0.12 * chance.share(),
                40..=119 => 0.75 + 0.15 * chance.share(),
                120..=199 => 0.0,
                _ => 0.7 * chance.share(),
            };
        }
        Self {
            seed,
            profile,
            limits,
            pace,
        }
    }

    /// From two years before `now`, a whole hour, up to it. A cycle begins on this day of each month.
    pub(super) fn until(&self, now: Timestamp, cycle_day: i8) -> anyhow::Result<History> {
        let today = now.to_zoned(TimeZone::UTC).date();
        let hourly_from = now - SignedDuration::from_hours(HOURLY * 24);
        let mut history = History {
            days: Vec::with_capacity(731),
            hours: Vec::with_capacity(745),
            used: Amounts::new(),
        };
        let mut totals = [0.0; 9];
        let mut day = today.checked_sub(DAYS.days())?;
        let mut age = 0.0;
        while day <= today {
            if day.day() == cycle_day {
                Self::reset(&mut totals);
            }
            self.stand(&mut totals, age);
            let midnight = midnight(day)?;
            let added = self.added(day);
            history.days.push(Self::sample(midnight, &totals));
            let end = midnight + SignedDuration::from_hours(24);
            if end > hourly_from {
                Self::hours(midnight, &totals, &added, (hourly_from, now), &mut history);
            }
            for (total, added) in totals.iter_mut().zip(added) {
                *total += added;
            }
            day = day.tomorrow()?;
            age += 1.0;
        }
        if let Some(last) = history.hours.last() {
            history.used = last.totals.clone();
        }
        Ok(history)
    }

    fn hours(
        midnight: Timestamp,
        totals: &[f64; 9],
        added: &[f64; 9],
        (from, to): (Timestamp, Timestamp),
        history: &mut History,
    ) {
        for hour in 0..24_u32 {
            let at = midnight + SignedDuration::from_hours(i64::from(hour));
            if at < from || at > to {
                continue;
            }
            let part = f64::from(hour) / DAY;
            let mut then = *totals;
            for (total, added) in then.iter_mut().zip(added) {
                *total += added * part;
            }
            history.hours.push(Self::sample(at, &then));
        }
    }

    /// Counters begin anew.
    fn reset(totals: &mut [f64; 9]) {
        for (service, total) in Service::ALL.into_iter().zip(totals) {
            if service.kind() == ServiceKind::Counter {
                *total = 0.0;
            }
        }
    }

    /// Levels grow from half of what they are in the end.
    fn stand(&self, totals: &mut [f64; 9], age: f64) {
        for (place, (service, total)) in Service::ALL.into_iter().zip(totals).enumerate() {
            if service.kind() == ServiceKind::Level {
                let grown = 0.5 + 0.5 * age / f64::from(DAYS);
                *total = self.limits[place] * self.pace[place] * grown;
            }
        }
    }

    /// What each counter adds on a day: less on a weekend, and never quite the same.
    fn added(&self, day: Date) -> [f64; 9] {
        let number = u64::from(day.day_of_year().unsigned_abs())
            + 400 * u64::from(day.year().unsigned_abs());
        let chance = mixed(self.seed, &[self.profile, 2, number]).to_be_bytes();
        let rest = if day.weekday().to_monday_zero_offset() > 4 {
            0.4
        } else {
            1.2
        };
        let mut added = [0.0; 9];
        for (place, service) in Service::ALL.into_iter().enumerate() {
            if service.kind() == ServiceKind::Counter {
                let daily = self.limits[place] * self.pace[place] / 30.0;
                added[place] = daily * rest * (0.7 + 0.6 * f64::from(chance[place % 8]) / 255.0);
            }
        }
        added
    }

    /// A counter that did not move is absent, as in TagoIO's answers.
    fn sample(at: Timestamp, totals: &[f64; 9]) -> Sample {
        let mut amounts = Amounts::new();
        for (service, total) in Service::ALL.into_iter().zip(totals) {
            let total = match service {
                Service::FileStorage => (total * 100.0).round() / 100.0,
                _ => total.floor(),
            };
            if total > 0.0 {
                amounts[service] = Some(total);
            }
        }
        Sample {
            at,
            totals: amounts,
        }
    }

    /// The profile's summary, when it has used this much.
    pub(super) fn summary(&self, used: &Amounts) -> Summary {
        let mut summary = Summary::default();
        for (service, limit) in Service::ALL.into_iter().zip(self.limits) {
            summary.limit[service] = Some(limit);
            summary.used[service] = Some(used[service].unwrap_or(0.0));
        }
        let mut chance = Chance::new(self.seed, &[self.profile, 3]);
        for (name, most) in [
            ("device", 400),
            ("dashboard", 60),
            ("analysis", 40),
            ("action", 50),
            ("user", 200),
            ("bucket", 400),
        ] {
            summary
                .resources
                .insert(name.to_owned(), f64::from(chance.below(most)));
        }
        summary
    }
}

fn midnight(day: Date) -> Result<Timestamp, jiff::Error> {
    Ok(day.to_zoned(TimeZone::UTC)?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_rise_within_a_cycle_and_begin_anew_with_the_next() {
        let now: Timestamp = "2026-11-22T13:00:00Z".parse().unwrap();
        let habit = Habit::new(1, 4);
        let history = habit.until(now, 5).unwrap();
        assert_eq!(history.days.len(), 731);
        assert_eq!(history.hours.len(), 745);
        assert_eq!(history.hours.last().unwrap().at, now);
        let service = Service::ALL
            .into_iter()
            .find(|service| {
                history.used[*service].is_some() && service.kind() == ServiceKind::Counter
            })
            .unwrap();
        for pair in history.days.windows(2) {
            let [before, after] = pair else {
                unreachable!()
            };
            let first = after.at.to_zoned(TimeZone::UTC).day() == 5;
            let total = |sample: &Sample| sample.totals[service].unwrap_or(0.0);
            assert_eq!(total(after) < total(before), first, "{}", after.at);
        }
    }

    #[test]
    fn hours_stand_between_their_days() {
        let now: Timestamp = "2026-11-22T13:00:00Z".parse().unwrap();
        let history = Habit::new(1, 4).until(now, 5).unwrap();
        for day in history.days.iter().rev().take(20) {
            let hour = history.hours.iter().find(|hour| hour.at == day.at).unwrap();
            assert_eq!(hour.totals, day.totals);
        }
    }
}
