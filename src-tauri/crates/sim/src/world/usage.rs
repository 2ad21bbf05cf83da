//! What a profile uses: a pure function of its seed and the time, so that two years of hours need no
//! room. Every day has an amount and every hour a share of it; a counter's running total is the sum
//! of these since its cycle began.

use jiff::Timestamp;

use super::{Amounts, Cycle, Service};
use crate::random::{mix, share};

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// Days during which no device sent anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// First day, counted from 1970-01-01.
    pub from_day: i64,
    /// First day on which devices sent again.
    pub to_day: i64,
}

/// What was added to a service by hand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bump {
    /// From when on. A counter loses it at its next reset.
    pub at: Timestamp,
    /// Which service.
    pub service: Service,
    /// How much; negative to take away.
    pub amount: f64,
}

/// How the days of a profile look.
#[derive(Clone, Debug)]
pub struct Meter {
    pub(crate) seed: u64,
    /// When the profile was made: nothing was used before.
    pub(crate) since: i64,
    /// A counter's mean amount a day; a level's size at the start.
    pub(crate) rates: Amounts,
    /// Growth in a year, as a share.
    pub(crate) growth: f64,
    /// After so many days stored data is cleared out, and its level falls.
    pub(crate) retention_days: f64,
    /// The share of what is stored that is cleared out then.
    pub(crate) cleared: f64,
    /// Nothing was used from this day on.
    pub idle_from: Option<i64>,
    /// When devices were silent.
    pub outages: Vec<Outage>,
    /// Totals beyond which the service refuses more, for profiles that stand exactly at a limit.
    pub caps: [Option<f64>; 10],
    /// When its counters reset.
    pub cycle: Cycle,
    /// What was added by hand.
    pub bumps: Vec<Bump>,
}

impl Meter {
    /// Of a profile that nobody uses yet.
    pub(crate) fn unused(seed: u64, since: Timestamp, cycle: Cycle) -> Self {
        Self {
            seed,
            since: since.as_second(),
            rates: [0.0; 10],
            growth: 0.0,
            retention_days: 90.0,
            cleared: 0.0,
            idle_from: None,
            outages: Vec::new(),
            caps: [None; 10],
            cycle,
            bumps: Vec::new(),
        }
    }

    /// When the sample of a whole hour is taken: a minute or so past it.
    pub(crate) fn sample_time(&self, hour: i64) -> i64 {
        hour + 40 + i64::try_from(mix(self.seed ^ 0x5A, hour.unsigned_abs()) % 75).unwrap_or(0)
    }

    /// The time of the newest hourly sample that exists at a time.
    pub(crate) fn latest_sample_time(&self, now: Timestamp) -> i64 {
        let now = now.as_second();
        let hour = now.div_euclid(HOUR) * HOUR;
        let time = self.sample_time(hour);
        if time <= now {
            time
        } else {
            self.sample_time(hour - HOUR)
        }
    }

    /// The totals of the newest hourly sample. What was bumped since counts as well; when a cycle
    /// began since, counters are 0.
    pub(crate) fn latest(&self, now: Timestamp) -> Amounts {
        let sampled = self.latest_sample_time(now);
        let cycle_start = self.cycle.around(now).0.as_second();
        let mut totals = self.walk().at(sampled);
        for service in Service::ALL {
            let total = &mut totals[service as usize];
            if !service.is_level() && sampled < cycle_start {
                *total = 0.0;
            }
            let from = if service.is_level() {
                sampled
            } else {
                sampled.max(cycle_start - 1)
            };
            *total = (*total + self.bumped(service, from, now.as_second())).max(0.0);
        }
        totals
    }

    /// Reads totals at times that never go back.
    pub(crate) fn walk(&self) -> Walk<'_> {
        Walk {
            meter: self,
            cycle: (0, 0),
            next_day: 0,
            before: [0.0; 10],
            start: [0.0; 10],
            today: None,
        }
    }

    /// Bumps of a service after `from`, up to and with `to`.
    fn bumped(&self, service: Service, from: i64, to: i64) -> f64 {
        let counts = |bump: &&Bump| {
            bump.service == service && (from + 1..=to).contains(&bump.at.as_second())
        };
        self.bumps
            .iter()
            .filter(counts)
            .map(|bump| bump.amount)
            .sum()
    }

    /// What the counters move in a day; levels are 0 here.
    fn day(&self, day: i64) -> Amounts {
        let mut amounts = [0.0; 10];
        if self.idle_from.is_some_and(|from| day >= from) || (day + 1) * DAY <= self.since {
            return amounts;
        }
        let number = day.unsigned_abs();
        // 1970-01-01 was a Thursday.
        let weekend = matches!((day + 4).rem_euclid(7), 0 | 6);
        let pace = self.grown(day)
            * if weekend { 0.55 } else { 1.15 }
            * (0.85 + 0.3 * share(self.seed, number));
        let silent = self
            .outages
            .iter()
            .any(|outage| (outage.from_day..outage.to_day).contains(&day));
        for service in Service::ALL
            .into_iter()
            .filter(|service| !service.is_level())
        {
            let index = service as usize;
            let noise = 0.8 + 0.4 * share(self.seed ^ (index as u64 + 7), number);
            amounts[index] = match service {
                Service::Input if silent => 0.0,
                Service::Output | Service::Analysis if silent => {
                    self.rates[index] * pace * noise * 0.3
                }
                // Messages come in bursts: on two days of five, none.
                Service::Sms | Service::Email | Service::PushNotification => {
                    if share(self.seed ^ 0xB0, number * 11 + index as u64) < 0.4 {
                        0.0
                    } else {
                        self.rates[index] * pace * noise / 0.6
                    }
                }
                _ => self.rates[index] * pace * noise,
            };
        }
        amounts
    }

    #[expect(clippy::cast_precision_loss, reason = "days are far below 2^52")]
    fn grown(&self, day: i64) -> f64 {
        1.0 + self.growth * (day - self.since.div_euclid(DAY)).max(0) as f64 / 365.0
    }

    /// The share of a day's amount that is used up to each whole hour, 0 to 24.
    fn curve(&self, day: i64) -> [f64; 25] {
        let mut curve = [0.0; 25];
        for hour in 0..24 {
            let busy = if (7..19).contains(&hour) { 1.6 } else { 0.6 };
            let weight =
                busy * (0.7 + 0.6 * share(self.seed ^ 0xC0, day.unsigned_abs() * 24 + hour as u64));
            curve[hour + 1] = curve[hour] + weight;
        }
        let whole = curve[24];
        curve.map(|sum| sum / whole)
    }

    /// A level at a time: it grows, and falls when old data is cleared out or users leave.
    #[expect(clippy::cast_precision_loss, reason = "seconds of a few years fit")]
    fn level(&self, service: Service, time: i64) -> f64 {
        let base = self.rates[service as usize];
        let end = self.idle_from.map_or(time, |day| time.min(day * DAY));
        let days = (end - self.since).max(0) as f64 / DAY as f64;
        let size = base * (1.0 + self.growth * days / 365.0);
        let phase = (days / self.retention_days).fract();
        match service {
            Service::DataRecords => (size * (1.0 - self.cleared + self.cleared * phase)).floor(),
            Service::FileStorage => {
                let phase = (days / (self.retention_days * 1.7)).fract();
                (size * (1.0 - self.cleared * 0.6 + self.cleared * 0.6 * phase) * 100.0).floor()
                    / 100.0
            }
            _ => {
                // Users come and go by the week.
                let week = (end - self.since).max(0).unsigned_abs() / (7 * DAY.unsigned_abs());
                let gone = share(self.seed ^ 0xE0, week) * 0.06 * size;
                (size - gone).floor().max(0.0)
            }
        }
    }
}

/// Sums a meter forward; see [`Meter::walk`].
pub(crate) struct Walk<'a> {
    meter: &'a Meter,
    /// The cycle that the sums are of, in seconds.
    cycle: (i64, i64),
    /// The first day that `before` does not hold.
    next_day: i64,
    /// Whole days since the first of the cycle.
    before: Amounts,
    /// What of the cycle's first day was before the cycle.
    start: Amounts,
    today: Option<(i64, Amounts, [f64; 25])>,
}

impl Walk<'_> {
    /// The totals at a time, which must not be before the one asked for last. A counter that never
    /// moved and a level of nothing are 0.
    pub(crate) fn at(&mut self, time: i64) -> Amounts {
        let meter = self.meter;
        if time < meter.since {
            return [0.0; 10];
        }
        if !(self.cycle.0..self.cycle.1).contains(&time) {
            self.begin_cycle(time);
        }
        let day = time.div_euclid(DAY);
        while self.next_day < day {
            let amounts = meter.day(self.next_day);
            for (sum, amount) in self.before.iter_mut().zip(amounts) {
                *sum += amount;
            }
            self.next_day += 1;
        }
        let today = self.part_of_day(time);
        let mut totals = [0.0; 10];
        for service in Service::ALL {
            let index = service as usize;
            let bumped = |from| {
                if meter.bumps.is_empty() {
                    0.0
                } else {
                    meter.bumped(service, from, time)
                }
            };
            let plain = if service.is_level() {
                meter.level(service, time) + bumped(i64::MIN)
            } else {
                let sum = self.before[index] + today[index] - self.start[index];
                let whole = if service == Service::Analysis {
                    (sum * 10.0).floor() / 10.0
                } else {
                    sum.floor()
                };
                whole + bumped(self.cycle.0 - 1)
            };
            totals[index] = meter.caps[index]
                .map_or(plain, |cap| plain.min(cap))
                .max(0.0);
        }
        totals
    }

    /// When the cycle of the last totals began, in seconds.
    pub(crate) fn cycle_start(&self) -> i64 {
        self.cycle.0
    }

    fn begin_cycle(&mut self, time: i64) {
        let around = Timestamp::from_second(time).unwrap_or(Timestamp::UNIX_EPOCH);
        let (start, end) = self.meter.cycle.around(around);
        self.cycle = (start.as_second(), end.as_second());
        let first = self.cycle.0.max(self.meter.since);
        self.next_day = first.div_euclid(DAY);
        self.before = [0.0; 10];
        self.start = self.part_of_day(first);
    }

    /// What of its day's amounts was used up to a time.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        clippy::cast_possible_truncation,
        reason = "a second of a day"
    )]
    fn part_of_day(&mut self, time: i64) -> Amounts {
        let day = time.div_euclid(DAY);
        if self.today.as_ref().is_none_or(|(known, ..)| *known != day) {
            self.today = Some((day, self.meter.day(day), self.meter.curve(day)));
        }
        let Some((_, amounts, curve)) = &self.today else {
            return [0.0; 10];
        };
        let second = time.rem_euclid(DAY);
        let hour = (second / HOUR) as usize;
        let into = (second % HOUR) as f64 / HOUR as f64;
        let part = curve[hour] + (curve[hour + 1] - curve[hour]) * into;
        amounts.map(|amount| amount * part)
    }
}
