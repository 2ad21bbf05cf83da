//! Usage history: for a chart, one service in columns; for a table, all services in rows.

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
    /// The service.
    pub service: Service,
    /// The width of a period.
    pub by: UsageBy,
    /// The beginning, inclusive; without it 31 days (hours) or 13 months (days, months) before the end.
    #[ts(type = "string | null")]
    pub from: Option<Timestamp>,
    /// The end, exclusive; without it now.
    #[ts(type = "string | null")]
    pub to: Option<Timestamp>,
    /// An IANA zone's name; `UTC` if empty.
    pub timezone: String,
}

/// A service's history in columns of equal length, ready to be drawn; at most 2,000 periods.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct UsageChart {
    /// When each period begins, in seconds since 1970, UTC.
    #[ts(type = "Array<number>")]
    pub starts: Vec<i64>,
    /// When the last period ends, in seconds since 1970; starts alone if there are none.
    #[ts(type = "number | null")]
    pub end: Option<i64>,
    /// Counters: the amount used in the period. Levels: the last known value. `null` is unknown.
    pub amounts: Vec<Option<f64>>,
    /// Whether the amount is a lower bound, because a reset fell into the period.
    pub lower_bound: Vec<bool>,
    /// Whether the period is over and known to its end.
    pub complete: Vec<bool>,
    /// The limit that holds now.
    pub limit: Option<f64>,
    /// The sum over the known periods, for counters.
    pub sum: Option<f64>,
    /// How many periods of `starts` are unknown.
    pub unknown: u32,
    /// The zone that the periods are in.
    pub timezone: String,
    /// The state of the history.
    pub freshness: Freshness,
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
