//! Query strings as both SDKs write them.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::reply::Failure;

/// The parameters of a request, decoded, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn parse(query: Option<&str>) -> Self {
        Self(
            form_urlencoded::parse(query.unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The value of a key, if it is there and not empty.
    pub(crate) fn one(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, value)| known == key && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// All values of a list: `key=a&key=b`, `key[]=a` or `key[0]=a&key[1]=b`.
    pub(crate) fn many(&self, key: &str) -> Vec<&str> {
        let belongs = |known: &str| {
            known == key
                || inside(known, key).is_some_and(|index| index.bytes().all(|b| b.is_ascii_digit()))
        };
        self.0
            .iter()
            .filter(|(known, _)| belongs(known))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The entries of a map: `key[name]=value`.
    pub(crate) fn map(&self, key: &str) -> Vec<(&str, &str)> {
        self.0
            .iter()
            .filter_map(|(known, value)| Some((inside(known, key)?, value.as_str())))
            .collect()
    }

    /// `true` and `True` are true.
    pub(crate) fn is_true(&self, key: &str) -> bool {
        self.one(key)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// A number from 1 to `most`; `default` when there is none.
    pub(crate) fn count(&self, key: &str, default: usize, most: usize) -> Result<usize, Failure> {
        let Some(text) = self.one(key) else {
            return Ok(default);
        };
        match text.parse() {
            Ok(number) if number >= 1 => Ok(usize::min(number, most)),
            _ => Err(Failure::bad(format!(
                "Invalid {key}: it must be a number from 1"
            ))),
        }
    }

    /// The time zone that is asked for, UTC when none is.
    pub(crate) fn zone(&self) -> Result<TimeZone, Failure> {
        match self.one("timezone") {
            None => Ok(TimeZone::UTC),
            Some(name) => TimeZone::get(name).map_err(|_| Failure::bad("Invalid timezone")),
        }
    }

    /// A moment: a date (its first instant, or its last if `end`), or a date with a time, in the zone
    /// where it names no offset.
    pub(crate) fn moment(
        &self,
        key: &str,
        zone: &TimeZone,
        end: bool,
    ) -> Result<Option<Timestamp>, Failure> {
        self.one(key)
            .map(|text| {
                moment(text, zone, end).ok_or_else(|| Failure::bad(format!("Invalid {key}")))
            })
            .transpose()
    }
}

/// `name` of `key[name]`.
fn inside<'a>(known: &'a str, key: &str) -> Option<&'a str> {
    known
        .strip_prefix(key)?
        .strip_prefix('[')?
        .strip_suffix(']')
}

/// See [`Params::moment`].
pub(crate) fn moment(text: &str, zone: &TimeZone, end: bool) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    if text.len() == 10 {
        let date: Date = text.parse().ok()?;
        let day = if end {
            date.saturating_add(1.day())
        } else {
            date
        };
        let start = day.to_zoned(zone.clone()).ok()?.timestamp();
        return Some(if end {
            start.saturating_sub(1.millisecond()).ok()?
        } else {
            start
        });
    }
    let civil: DateTime = text.parse().ok()?;
    Some(civil.to_zoned(zone.clone()).ok()?.timestamp())
}
