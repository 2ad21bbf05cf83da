//! Numbers per service: limits, what was used, totals at a moment.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Index, IndexMut};

use jiff::Timestamp;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap};

use crate::Service;

/// A number per service, where it is known, in the service's own unit.
///
/// `None` is unknown, never zero. Keys beyond the nine (`tcore`, `dashboard_output`, and what is to
/// come) are kept in `other`. In JSON it is one flat object, the nine first and always there;
/// reading takes whole numbers and decimals, numbers in strings, and `null`, and skips what is no number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Amounts {
    nine: [Option<f64>; 9],
    /// What arrived under other keys.
    pub other: BTreeMap<String, f64>,
}

/// What the counters and levels stood at when they were read.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The moment it was taken, UTC.
    pub at: Timestamp,
    /// Running totals of counters, values of levels.
    pub totals: Amounts,
}

impl Amounts {
    /// Nothing known.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number under an API key, one of the nine or another.
    pub fn by_key(&self, key: &str) -> Option<f64> {
        match Service::from_key(key) {
            Some(service) => self[service],
            None => self.other.get(key).copied(),
        }
    }

    /// Sets the number under an API key, one of the nine or another.
    pub fn set_by_key(&mut self, key: &str, value: f64) {
        match Service::from_key(key) {
            Some(service) => self[service] = Some(value),
            None => {
                self.other.insert(key.to_owned(), value);
            }
        }
    }

    /// The nine in order, with what is known of each.
    pub fn nine(&self) -> impl Iterator<Item = (Service, Option<f64>)> + '_ {
        Service::ALL
            .into_iter()
            .map(|service| (service, self[service]))
    }

    /// Every known number with its key, the nine first.
    pub fn known(&self) -> impl Iterator<Item = (&str, f64)> + '_ {
        self.nine()
            .filter_map(|(service, value)| Some((service.key(), value?)))
            .chain(self.other.iter().map(|(key, value)| (key.as_str(), *value)))
    }

    /// Whether nothing at all is known.
    pub fn is_empty(&self) -> bool {
        self.known().next().is_none()
    }
}

impl Index<Service> for Amounts {
    type Output = Option<f64>;

    fn index(&self, service: Service) -> &Self::Output {
        &self.nine[service.index()]
    }
}

impl IndexMut<Service> for Amounts {
    fn index_mut(&mut self, service: Service) -> &mut Self::Output {
        &mut self.nine[service.index()]
    }
}

impl<'a> FromIterator<(&'a str, f64)> for Amounts {
    fn from_iter<I: IntoIterator<Item = (&'a str, f64)>>(numbers: I) -> Self {
        let mut amounts = Self::new();
        for (key, value) in numbers {
            amounts.set_by_key(key, value);
        }
        amounts
    }
}

impl FromIterator<(Service, f64)> for Amounts {
    fn from_iter<I: IntoIterator<Item = (Service, f64)>>(numbers: I) -> Self {
        let mut amounts = Self::new();
        for (service, value) in numbers {
            amounts[service] = Some(value);
        }
        amounts
    }
}

impl Serialize for Amounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(9 + self.other.len()))?;
        for (service, value) in self.nine() {
            map.serialize_entry(service.key(), &value.map(Number))?;
        }
        for (key, value) in &self.other {
            map.serialize_entry(key, &Number(*value))?;
        }
        map.end()
    }
}

/// Writes `12` for 12.0, as the API does.
struct Number(f64);

impl Serialize for Number {
    #[allow(clippy::cast_possible_truncation)] // guarded by the range
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
        if self.0.fract() == 0.0 && self.0.abs() <= EXACT {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

/// A value of any kind, read as a number where it is one.
struct Lenient(Option<f64>);

impl<'de> Deserialize<'de> for Lenient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LenientVisitor)
    }
}

struct LenientVisitor;

#[allow(clippy::cast_precision_loss)] // beyond 2^53 a rounding is harmless
impl<'de> Visitor<'de> for LenientVisitor {
    type Value = Lenient;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_f64<E>(self, value: f64) -> Result<Lenient, E> {
        Ok(Lenient(value.is_finite().then_some(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Lenient, E> {
        Ok(Lenient(Some(value as f64)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Lenient, E> {
        Ok(Lenient(Some(value as f64)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Lenient, E> {
        Ok(Lenient(
            value
                .trim()
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite()),
        ))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Lenient, E> {
        Ok(Lenient(None))
    }

    fn visit_unit<E>(self) -> Result<Lenient, E> {
        Ok(Lenient(None))
    }

    fn visit_none<E>(self) -> Result<Lenient, E> {
        Ok(Lenient(None))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Lenient, D::Error> {
        Lenient::deserialize(deserializer)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Lenient, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Lenient(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Lenient, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Lenient(None))
    }
}

/// Under what an amount stands. A text of its own is made for the few that are none of the nine: whole fleets are
/// read for one screen.
enum Key {
    Nine(Service),
    Other(String),
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E>(self, key: &str) -> Result<Key, E> {
                Ok(match Service::from_key(key) {
                    Some(service) => Key::Nine(service),
                    None => Key::Other(key.to_owned()),
                })
            }
        }

        deserializer.deserialize_str(Text)
    }
}

impl<'de> Deserialize<'de> for Amounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Amounts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of numbers")
            }

            fn visit_unit<E>(self) -> Result<Amounts, E> {
                Ok(Amounts::new())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Amounts, A::Error> {
                let mut amounts = Amounts::new();
                while let Some((key, Lenient(value))) = entries.next_entry::<Key, Lenient>()? {
                    match (key, value) {
                        (_, None) => {}
                        (Key::Nine(service), Some(value)) => amounts[service] = Some(value),
                        (Key::Other(key), Some(value)) => {
                            amounts.other.insert(key, value);
                        }
                    }
                }
                Ok(amounts)
            }
        }

        deserializer.deserialize_any(Entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_whole_numbers_decimals_strings_and_null_and_keeps_unknown_keys() {
        let amounts: Amounts = serde_json::from_str(
            r#"{"input": 40165, "file_storage": 50.75, "sms": null, "email": "12",
                "tcore": 3, "new_thing": {"a": [1]}, "list": [1, 2], "flag": true}"#,
        )
        .unwrap();
        assert_eq!(amounts[Service::Input], Some(40165.0));
        assert_eq!(amounts[Service::FileStorage], Some(50.75));
        assert_eq!(amounts[Service::Sms], None);
        assert_eq!(amounts[Service::Email], Some(12.0));
        assert_eq!(amounts[Service::Output], None);
        assert_eq!(amounts.other, BTreeMap::from([("tcore".to_owned(), 3.0)]));
    }

    #[test]
    fn writes_unknown_as_null_and_whole_numbers_whole() {
        let amounts: Amounts = [("input", 12.0), ("file_storage", 0.5), ("tcore", 1.0)]
            .into_iter()
            .collect();
        let written = serde_json::to_string(&amounts).unwrap();
        assert!(
            written.starts_with(r#"{"input":12,"output":null,"#),
            "{written}"
        );
        assert!(written.contains(r#""file_storage":0.5"#), "{written}");
        assert!(written.ends_with(r#""tcore":1}"#), "{written}");
        assert_eq!(serde_json::from_str::<Amounts>(&written).unwrap(), amounts);
    }

    #[test]
    fn null_in_place_of_the_object_is_nothing_known() {
        assert!(serde_json::from_str::<Amounts>("null").unwrap().is_empty());
    }
}
