//! Usage history: running totals of counters and values of levels over time.

use std::fmt;

use jiff::civil::Date;
use jiff::fmt::temporal::DateTimePrinter;
use model::{Amounts, ProfileId, Sample, Timestamp};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::lenient::Key;
use crate::request::Request;
use crate::scalar::Scalar;
use crate::{ApiError, Session, lenient};

/// Which part of a profile's history, and how finely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatisticsQuery {
    /// The part.
    pub span: StatisticsSpan,
    /// An IANA name; `None` sends none, which the API takes as UTC. The `time` of a sample is an
    /// instant all the same.
    pub timezone: Option<String>,
}

/// A part of a profile's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatisticsSpan {
    /// The hours of one day.
    HoursOf(Date),
    /// From `start` to `end`.
    Range {
        /// The first moment.
        start: Timestamp,
        /// The last moment.
        end: Timestamp,
        /// How finely.
        periodicity: Periodicity,
    },
    /// From the day `start` to the day `end`, sent as days without a time.
    Days {
        /// The first day.
        start: Date,
        /// The last day.
        end: Date,
        /// How finely.
        periodicity: Periodicity,
    },
}

/// How finely a history is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Periodicity {
    /// A sample an hour.
    Hour,
    /// A sample a day.
    Day,
    /// A sample a month.
    Month,
}

/// A row of a history. Read by hand, as serde's `flatten` would first copy every key and number: a first
/// sync reads a thousand rows for each profile.
struct SampleRow(Sample);

#[derive(Deserialize)]
struct Moment(#[serde(deserialize_with = "lenient::date_required")] Timestamp);

impl<'de> Deserialize<'de> for SampleRow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = SampleRow;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with a time and numbers")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<SampleRow, A::Error> {
                let mut at = None;
                let mut totals = Amounts::new();
                while let Some(Key(key)) = entries.next_key()? {
                    if key == "time" {
                        at = Some(entries.next_value::<Moment>()?.0);
                    } else if let Some(number) = entries.next_value::<Scalar<'_>>()?.number() {
                        totals.set_by_key(&key, number);
                    }
                }
                let at = at.ok_or_else(|| A::Error::missing_field("time"))?;
                Ok(SampleRow(Sample { at, totals }))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

impl StatisticsQuery {
    /// The hours of a day in UTC.
    pub fn hours_of(day: Date) -> Self {
        Self {
            span: StatisticsSpan::HoursOf(day),
            timezone: None,
        }
    }

    /// A range in UTC.
    pub fn range(start: Timestamp, end: Timestamp, periodicity: Periodicity) -> Self {
        Self {
            span: StatisticsSpan::Range {
                start,
                end,
                periodicity,
            },
            timezone: None,
        }
    }
}

impl Periodicity {
    /// The API's word for it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }
}

impl Session {
    /// A profile's usage history, in the order in which it came: not sorted, duplicates kept.
    ///
    /// A service that is absent from a sample is `None` in it: a counter did not move, a level is
    /// unknown. A row without a readable time fails the whole reply.
    pub async fn usage_history(
        &self,
        profile: &ProfileId,
        query: &StatisticsQuery,
    ) -> Result<Vec<Sample>, ApiError> {
        let path = format!("/profile/{profile}/statistics");
        let mut request = Request::get("usage history of a profile", path);
        request = match &query.span {
            StatisticsSpan::HoursOf(day) => request.query("date", day.to_string()),
            StatisticsSpan::Range {
                start,
                end,
                periodicity,
            } => request
                .query("start_date", milliseconds(*start))
                .query("end_date", milliseconds(*end))
                .query("periodicity", periodicity.key()),
            StatisticsSpan::Days {
                start,
                end,
                periodicity,
            } => request
                .query("start_date", start.to_string())
                .query("end_date", end.to_string())
                .query("periodicity", periodicity.key()),
        };
        if let Some(timezone) = &query.timezone {
            request = request.query("timezone", timezone);
        }
        let rows: Vec<SampleRow> = self.fetch(request).await?;
        Ok(rows.into_iter().map(|SampleRow(sample)| sample).collect())
    }
}

/// A moment as the API writes it: ISO 8601, UTC, milliseconds.
pub(crate) fn milliseconds(at: Timestamp) -> String {
    const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
    PRINTER.timestamp_to_string(&at)
}
