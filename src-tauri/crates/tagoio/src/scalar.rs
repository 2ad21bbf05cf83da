//! A text, a number or neither, read without a copy of the text: a history has a time and ten numbers for
//! each hour.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use model::Timestamp;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What a field holds where it should be a number or a date.
pub(crate) enum Scalar<'a> {
    /// A number that is whole and not beyond all measure.
    Whole(i64),
    /// Any other number.
    Number(f64),
    Text(Cow<'a, str>),
    /// `null`, yes or no, a list or an object.
    Other,
}

impl Scalar<'_> {
    /// A number, or a text that is one.
    pub(crate) fn number(&self) -> Option<f64> {
        let number = match self {
            #[expect(clippy::cast_precision_loss, reason = "as every reader of JSON does")]
            Self::Whole(whole) => *whole as f64,
            Self::Number(number) => *number,
            Self::Text(text) => text.trim().parse().ok()?,
            Self::Other => return None,
        };
        Some(number).filter(|number| number.is_finite())
    }

    /// ISO 8601; without an offset it is UTC, without a time it is midnight; a number is milliseconds
    /// since 1970, as JavaScript counts.
    pub(crate) fn moment(&self) -> Option<Timestamp> {
        match self {
            Self::Whole(whole) => Timestamp::from_millisecond(*whole).ok(),
            Self::Text(text) => {
                let text = text.trim();
                text.parse().ok().or_else(|| {
                    let civil = text
                        .parse::<DateTime>()
                        .or_else(|_| text.parse::<Date>().map(DateTime::from))
                        .ok()?;
                    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
                })
            }
            Self::Number(_) | Self::Other => None,
        }
    }
}

impl<'a> From<&'a Value> for Scalar<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Self::Whole(whole),
                (None, Some(number)) => Self::Number(number),
                (None, None) => Self::Other,
            },
            Value::String(text) => Self::Text(text.into()),
            _ => Self::Other,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Scalar<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_i64<E>(self, whole: i64) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Whole(whole))
            }

            fn visit_u64<E>(self, whole: u64) -> Result<Scalar<'de>, E> {
                #[expect(clippy::cast_precision_loss, reason = "as every reader of JSON does")]
                Ok(i64::try_from(whole).map_or(Scalar::Number(whole as f64), Scalar::Whole))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Number(number))
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Text(text.into()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Text(text.to_owned().into()))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Other)
            }

            fn visit_unit<E>(self) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Scalar<'de>, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Scalar<'de>, A::Error> {
                while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::Other)
            }
        }

        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_the_same_read_from_a_text_and_made_before() {
        for (text, number, moment) in [
            ("7", Some(7.0), Some("1970-01-01T00:00:00.007Z")),
            ("-7", Some(-7.0), Some("1969-12-31T23:59:59.993Z")),
            ("7.5", Some(7.5), None),
            (
                "18446744073709551615",
                Some(18_446_744_073_709_551_615.0),
                None,
            ),
            (r#"" 7.5 ""#, Some(7.5), None),
            (r#""7\u002e5""#, Some(7.5), None),
            (r#""inf""#, None, None),
            (
                r#""2026-11-22T13:20:00+01:00""#,
                None,
                Some("2026-11-22T12:20:00Z"),
            ),
            (r#""2026-11-22""#, None, Some("2026-11-22T00:00:00Z")),
            ("null", None, None),
            ("true", None, None),
            ("[1, [2]]", None, None),
            (r#"{"a": {"b": 1}}"#, None, None),
        ] {
            let moment = moment.map(|moment| moment.parse::<Timestamp>().unwrap());
            let read: Scalar<'_> = serde_json::from_str(text).unwrap();
            assert_eq!((read.number(), read.moment()), (number, moment), "{text}");
            let value: Value = serde_json::from_str(text).unwrap();
            let made = Scalar::from(&value);
            assert_eq!((made.number(), made.moment()), (number, moment), "{text}");
        }
    }
}
