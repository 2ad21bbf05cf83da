//! Accounts: who pays, on what plan, and when the counters reset.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use super::{Amounts, Service};

/// A plan of TagoIO's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Free of charge; its counters reset with the calendar month.
    Free,
    /// The smaller paid plan.
    Starter,
    /// The larger paid plan.
    Scale,
}

impl Plan {
    /// Its word in the API.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Starter => "starter",
            Self::Scale => "scale",
        }
    }

    /// The plan with this word.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Free, Self::Starter, Self::Scale]
            .into_iter()
            .find(|plan| plan.key() == key)
    }

    /// Registers that dashboards may read in a cycle, per profile.
    pub const fn dashboard_output(self) -> f64 {
        match self {
            Self::Free => 3e6,
            Self::Starter => 15e6,
            Self::Scale => 50e6,
        }
    }
}

/// When an account's counters reset: each month on this day and hour, UTC. In a month without that
/// day, on its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// Day of the month, 1 to 31.
    pub day: i8,
    /// Hour of the day, 0 to 23.
    pub hour: i8,
}

impl Cycle {
    /// The calendar month.
    pub const CALENDAR: Self = Self { day: 1, hour: 0 };

    /// Start (inclusive) and end (exclusive) of the cycle around a time.
    pub fn around(self, time: Timestamp) -> (Timestamp, Timestamp) {
        let month = time.to_zoned(TimeZone::UTC).date().first_of_month();
        let here = self.start_in(month);
        if time < here {
            (self.start_in(month.saturating_sub(1.month())), here)
        } else {
            (here, self.start_in(month.saturating_add(1.month())))
        }
    }

    fn start_in(self, month: Date) -> Timestamp {
        let day = self.day.clamp(1, month.days_in_month());
        let date = month.with().day(day).build().unwrap_or(month);
        // UTC has no gaps: this cannot fail but at the end of representable time.
        date.at(self.hour, 0, 0, 0)
            .to_zoned(TimeZone::UTC)
            .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }
}

/// The second factors that an account has switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Otp {
    /// An app on a phone.
    pub authenticator: bool,
    /// A text message.
    pub sms: bool,
    /// An e-mail.
    pub email: bool,
}

impl Otp {
    /// The method that is asked for first, if any is on.
    pub fn preferred(self) -> Option<&'static str> {
        [
            (self.authenticator, "authenticator"),
            (self.sms, "sms"),
            (self.email, "email"),
        ]
        .into_iter()
        .find_map(|(on, name)| on.then_some(name))
    }

    /// Whether the method with this name is on.
    pub fn has(self, name: &str) -> bool {
        match name {
            "authenticator" => self.authenticator,
            "sms" => self.sms,
            "email" => self.email,
            _ => false,
        }
    }
}

/// A recurring payment that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastDue {
    /// Cents.
    pub amount_due: i64,
    /// How often it was tried.
    pub attempts: u32,
}

/// A downgrade that takes effect later.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// When.
    pub release_at: Timestamp,
    /// The plan from then on, if it changes.
    pub plan: Option<Plan>,
    /// The account's limits from then on, for the services that change.
    pub limits: Vec<(Service, f64)>,
}

/// An invoice of the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// Names it when paging.
    pub stripe_id: String,
    /// As printed on it; missing for the newest now and then.
    pub number: Option<String>,
    /// Cents.
    pub total: i64,
    /// Whether it was paid.
    pub paid: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An account at TagoIO.
#[derive(Clone, Debug)]
pub struct Account {
    /// 24 hexadecimal characters.
    pub id: String,
    /// The person or company.
    pub name: String,
    /// The company.
    pub company: String,
    /// Signs in with it.
    pub email: String,
    /// Signs in with it.
    pub password: String,
    /// What the second factor answers.
    pub pin: String,
    /// Which second factors are on.
    pub otp: Otp,
    /// Whether a PIN was sent by message or mail and not used yet.
    pub pin_sent: bool,
    /// IANA name.
    pub timezone: String,
    /// Its plan.
    pub plan: Plan,
    /// When its counters reset.
    pub cycle: Cycle,
    /// What its subscription allows over all of its profiles.
    pub limits: Amounts,
    /// When it was made.
    pub created_at: Timestamp,
    /// The desk's token for it; `None` for strangers.
    pub token: Option<String>,
    /// For how many more readings its subscription is being processed.
    pub processing: u8,
    /// Whether its card pays for nothing more.
    pub declines: bool,
    /// A failed payment.
    pub past_due: Option<PastDue>,
    /// The change of its subscription that was to be paid, as it was asked for: `services`, and which.
    pub unpaid: Option<(String, Value)>,
    /// A downgrade to come.
    pub schedule: Option<Schedule>,
    /// Cents of credit.
    pub balance: i64,
    /// Percentage that a coupon takes off.
    pub discount: Option<u8>,
    /// Profiles with a mobile app of their own.
    pub mobile: Vec<String>,
    /// Profiles with a domain of their own.
    pub custom_dns: Vec<String>,
}
