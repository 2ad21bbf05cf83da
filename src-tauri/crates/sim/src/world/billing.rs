//! What things cost in this world: TagoIO's shape and order of magnitude, figures of our own.

use super::{Account, Amounts, Invoice, Plan, Service, World};
use crate::random::{Draw, mix};
use jiff::{SignedDuration, Timestamp};

/// Cents a month for each plan.
pub(crate) const PLANS: [(Plan, i64); 3] = [
    (Plan::Free, 0),
    (Plan::Starter, 4_500),
    (Plan::Scale, 18_500),
];

/// Cents a month for an add-on, per profile.
pub(crate) const ADDON: i64 = 9_000;

/// `(amount, cents)`, from the free tier up. A tier's price is for the whole amount.
pub(crate) fn prices(service: Service) -> &'static [(f64, i64)] {
    match service {
        Service::Input => &[
            (1.2e6, 0),
            (4e6, 2_400),
            (12e6, 6_000),
            (25e6, 10_500),
            (60e6, 19_000),
            (120e6, 36_000),
            (250e6, 70_000),
            (500e6, 98_000),
            (1e9, 148_000),
            (2.5e9, 240_000),
            (1e10, 520_000),
        ],
        Service::Output => &[
            (3.5e6, 0),
            (2e7, 2_400),
            (6e7, 6_000),
            (1.5e8, 14_000),
            (4e8, 38_000),
            (9e8, 72_000),
            (2e9, 120_000),
            (6e9, 225_000),
            (3e10, 600_000),
        ],
        Service::Analysis => &[
            (3_500.0, 0),
            (7_500.0, 3_200),
            (15_000.0, 6_000),
            (50_000.0, 18_000),
            (150_000.0, 44_000),
            (500_000.0, 120_000),
            (2e6, 320_000),
            (1e7, 780_000),
        ],
        Service::Sms => &[
            (10.0, 0),
            (120.0, 300),
            (600.0, 1_400),
            (2_500.0, 5_200),
            (12_000.0, 19_500),
            (50_000.0, 78_000),
            (250_000.0, 330_000),
        ],
        Service::Email => &[
            (150.0, 0),
            (1_200.0, 300),
            (6_000.0, 1_100),
            (30_000.0, 3_600),
            (120_000.0, 8_200),
            (600_000.0, 16_500),
            (3e6, 60_000),
        ],
        Service::PushNotification => &[
            (150.0, 0),
            (1_200.0, 300),
            (6_000.0, 1_100),
            (30_000.0, 3_600),
            (120_000.0, 8_200),
            (600_000.0, 26_000),
            (3e6, 90_000),
        ],
        Service::DataRecords => &[
            (9e5, 0),
            (2e6, 1_800),
            (8e6, 5_200),
            (2.5e7, 12_000),
            (8e7, 29_000),
            (2e8, 62_000),
            (6e8, 150_000),
            (2e9, 350_000),
            (1e10, 980_000),
        ],
        Service::FileStorage => &[
            (250.0, 0),
            (12_000.0, 2_200),
            (60_000.0, 5_500),
            (250_000.0, 10_500),
            (1e6, 21_000),
            (6e6, 42_000),
        ],
        Service::RunUsers => &[
            (10.0, 0),
            (120.0, 1_200),
            (600.0, 4_500),
            (2_500.0, 9_500),
            (12_000.0, 27_000),
            (60_000.0, 64_000),
            (250_000.0, 140_000),
        ],
        Service::DashboardOutput => &[],
    }
}

/// The smallest tier that holds an amount; the largest there is where none does.
pub(crate) fn tier_at_least(service: Service, amount: f64) -> f64 {
    let tiers = prices(service);
    tiers
        .iter()
        .find(|(size, _)| *size >= amount)
        .or(tiers.last())
        .map_or(0.0, |(size, _)| size.max(amount))
}

/// Cents a month for the tier that holds a limit.
pub(crate) fn tier_price(service: Service, limit: f64) -> i64 {
    let tiers = prices(service);
    tiers
        .iter()
        .find(|(size, _)| *size >= limit)
        .or(tiers.last())
        .map_or(0, |(_, price)| *price)
}

impl Account {
    /// Cents a month for plan, services and add-ons, the coupon taken off.
    pub fn monthly_total(&self) -> i64 {
        let plan = PLANS
            .iter()
            .find(|(plan, _)| *plan == self.plan)
            .map_or(0, |(_, price)| *price);
        let services: i64 = Service::NINE
            .into_iter()
            .map(|service| tier_price(service, self.limits[service as usize]))
            .sum();
        let addons = ADDON * i64::try_from(self.mobile.len() + self.custom_dns.len()).unwrap_or(0);
        let whole = plan + services + addons;
        whole - whole * i64::from(self.discount.unwrap_or(0)) / 100
    }

    /// Its invoices, one for each cycle that ended, newest first. None on the free plan.
    pub fn invoices(&self, seed: u64, now: Timestamp) -> Vec<Invoice> {
        let mut invoices = Vec::new();
        if self.plan == Plan::Free {
            return invoices;
        }
        let mut start = self.cycle.around(now).0;
        let mut draw = Draw::new(
            seed,
            self.id
                .bytes()
                .fold(0, |sum, byte| mix(sum, u64::from(byte))),
        );
        let salt = draw.number();
        while start > self.created_at {
            let month = start.as_second() / 86_400 / 28;
            let newest = invoices.is_empty();
            // What was bought grew over time; figures of the past differ from today's.
            let total = self.monthly_total()
                * (100 - i64::try_from(invoices.len()).unwrap_or(0).min(60))
                / 100;
            let id = mix(salt, month.unsigned_abs());
            invoices.push(Invoice {
                stripe_id: format!("in_{id:016x}"),
                number: (!newest || self.past_due.is_none())
                    .then(|| format!("{:08X}-{:04}", salt >> 32, month % 10_000)),
                total,
                paid: !(newest && self.past_due.is_some()),
                created_at: start,
            });
            start = self.cycle.around(start - SignedDuration::from_secs(1)).0;
        }
        invoices
    }
}

impl World {
    /// Puts scheduled downgrades in force whose day has come: the account's limits shrink, and its
    /// profiles' shares with them.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        for index in 0..self.accounts.len() {
            let due = |schedule: &mut super::Schedule| schedule.release_at <= now;
            let Some(schedule) = self.accounts[index].schedule.take_if(due) else {
                continue;
            };
            let account = &mut self.accounts[index];
            if let Some(plan) = schedule.plan {
                account.plan = plan;
            }
            let owner = account.id.clone();
            let mut factors: Amounts = [1.0; 10];
            for (service, limit) in schedule.limits {
                let held = &mut account.limits[service as usize];
                if *held > 0.0 {
                    factors[service as usize] = (limit / *held).min(1.0);
                }
                *held = limit;
            }
            for profile in self
                .profiles
                .values_mut()
                .filter(|profile| profile.owner == owner)
            {
                for service in Service::NINE {
                    let limit = &mut profile.limits[service as usize];
                    *limit = (*limit * factors[service as usize]).floor();
                }
                profile.allocated_at = now;
            }
        }
    }
}
