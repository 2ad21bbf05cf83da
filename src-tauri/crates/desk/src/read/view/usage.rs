//! Usage history: for a chart, services in columns; for a table, all services in rows.

use model::{Amounts, Freshness, ProfileId, Service, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The width of a usage history's periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum UsageBy {
    /// Hours, from hourly samples.
    Hour,
    /// Days of UTC or of the zone asked for.
    Day,
    /// Calendar months.
    Month,
}

/// Which usage history to read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct UsageQuery {
    /// The profile's number in this store.
    #[ts(type = "number")]
    pub profile: i64,
    /// The services, each at most once; none for the one that is nearest to its limit.
    pub services: Vec<Service>,
    /// The width of a period.
    pub by: UsageBy,
    /// A whole billing cycle, so many before the one that runs; `from` and `to` are then passed over.
    pub cycle: Option<u16>,
    /// The beginning, inclusive; without it 31 days (hours) or 13 months (days, months) before the end.
    #[ts(type = "string | null")]
    pub from: Option<Timestamp>,
    /// The end, exclusive; without it now.
    #[ts(type = "string | null")]
    pub to: Option<Timestamp>,
    /// Counters as the running total since their billing cycle began, in place of the amount of each period.
    pub running: bool,
    /// The cycle before as well; passed over where no whole cycle is asked for.
    pub compare: bool,
    /// An IANA zone's name; `UTC` if empty.
    pub timezone: String,
}

/// Histories of some services over the same periods, in columns, ready to be drawn: at most 2,000 periods.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct UsageChart {
    /// The width of the periods: wider than asked for where that would have been more than 2,000.
    pub by: UsageBy,
    /// When each period begins, in seconds since 1970, UTC. One ends where the next begins.
    #[ts(type = "Array<number>")]
    pub starts: Vec<i64>,
    /// When the last period ends, in seconds since 1970; `null` if there are none.
    #[ts(type = "number | null")]
    pub end: Option<i64>,
    /// Where the range begins, in seconds since 1970.
    #[ts(type = "number")]
    pub from: i64,
    /// Where it ends: with a whole cycle its end, also if that is still to come.
    #[ts(type = "number")]
    pub to: i64,
    /// When a billing cycle begins within the range, in seconds since 1970.
    #[ts(type = "Array<number>")]
    pub cycles: Vec<i64>,
    /// The places of the periods that begin or end at a midnight of UTC instead of the zone's own.
    pub utc: Vec<u32>,
    /// The histories, in the order of `Service`.
    pub series: Vec<UsageSeries>,
    /// The zone that the periods are in.
    pub timezone: String,
    /// The state of the history.
    pub freshness: Freshness,
}

/// One service's history; places are those of the chart's periods.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct UsageSeries {
    /// The service.
    pub service: Service,
    /// Counters: the amount used in the period, or the running total at its end. Levels: the last known
    /// value. `null` is unknown.
    pub amounts: Vec<Option<f64>>,
    /// The places of the amounts that are lower bounds.
    pub lower_bound: Vec<u32>,
    /// The places of the amounts that are not known to their period's end.
    pub open: Vec<u32>,
    /// How many periods are unknown.
    pub unknown: u32,
    /// What a counter used in the whole range, as far as that is known.
    pub sum: Option<f64>,
    /// Whether more may have been used than `sum`.
    pub sum_lower_bound: bool,
    /// The limit that holds now.
    pub limit: Option<f64>,
    /// The limits of the range as they were seen, in order of time; nothing is known before the first.
    pub limits: Vec<UsageLimit>,
    /// The same service in the billing cycle before, if it was asked for.
    pub before: Option<UsageBefore>,
}

/// A limit and since when it was seen to hold.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct UsageLimit {
    /// Since when, in seconds since 1970; the range's beginning if it held before.
    #[ts(type = "number")]
    pub at: i64,
    /// The limit; `null` is unknown.
    pub limit: Option<f64>,
}

/// The billing cycle before, moved so that both cycles begin at the same moment.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct UsageBefore {
    /// When each period begins, in seconds since 1970, plus the time between the two cycles' beginnings.
    #[ts(type = "Array<number>")]
    pub starts: Vec<i64>,
    /// When the last period ends, moved as well.
    #[ts(type = "number | null")]
    pub end: Option<i64>,
    /// The amounts, as those of the series.
    pub amounts: Vec<Option<f64>>,
    /// What a counter used in the whole cycle, as far as that is known.
    pub sum: Option<f64>,
    /// Whether more may have been used than `sum`.
    pub sum_lower_bound: bool,
}

/// A profile's history in rows; what `pdesk usage --json` prints.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UsageTable {
    /// TagoIO's id of the profile.
    pub profile: ProfileId,
    /// The width of a row.
    pub by: UsageBy,
    /// The zone that the rows are in.
    pub timezone: String,
    /// The periods, in order of time.
    pub rows: Vec<UsageTableRow>,
}

/// All services in one period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UsageTableRow {
    /// The period's beginning, inclusive.
    pub start: Timestamp,
    /// The period's end, exclusive.
    pub end: Timestamp,
    /// Whether the period begins or ends at a midnight of UTC instead of the zone's own, for want of
    /// hourly samples.
    pub utc: bool,
    /// Whether the period is over and known to its end.
    pub complete: bool,
    /// The services whose amount is a lower bound.
    pub lower_bound: Vec<String>,
    /// Counters: the amount used. Levels: the last known value. `null` is unknown.
    #[serde(flatten)]
    pub amounts: Amounts,
}
