//! What TagoIO asks for its services, in US cents a month.

use std::collections::BTreeMap;

use model::Cents;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, de};

use crate::request::Request;
use crate::{ApiError, Session, lenient};

/// Prices. A service is kept under the API's key, those beyond the nine included.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices {
    /// Plans by their key.
    pub plans: Vec<NamedPrice>,
    /// Add-ons by their key.
    pub addons: Vec<NamedPrice>,
    /// Tiers of each service, in the order in which they came.
    pub services: BTreeMap<String, Vec<PriceTier>>,
}

/// What a plan or an add-on costs a month.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct NamedPrice {
    /// Its key.
    pub name: String,
    /// The price; `None` if the API names none.
    #[serde(default, deserialize_with = "lenient::cents")]
    pub price: Option<Cents>,
}

/// What an amount of a service costs a month.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct PriceTier {
    /// The amount, in the service's unit.
    #[serde(deserialize_with = "lenient::number_required")]
    pub amount: f64,
    /// The price of the whole amount, not on top of the tier below; `None` if the API names none.
    #[serde(default, deserialize_with = "lenient::cents")]
    pub price: Option<Cents>,
}

impl<'de> Deserialize<'de> for Prices {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> de::Visitor<'de> for Entries {
            type Value = Prices;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of prices")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut entries: A) -> Result<Prices, A::Error> {
                let mut prices = Prices::default();
                while let Some(key) = entries.next_key::<String>()? {
                    match key.as_str() {
                        "plans" => prices.plans = entries.next_value::<Nullable<_>>()?.0,
                        "addons" => prices.addons = entries.next_value::<Nullable<_>>()?.0,
                        _ => {
                            if let Tiers(Some(tiers)) = entries.next_value()? {
                                prices.services.insert(key, tiers);
                            }
                        }
                    }
                }
                Ok(prices)
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

/// A list, or nothing in its place.
struct Nullable<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::or_default(deserializer).map(Self)
    }
}

/// Tiers, where the value is a list; a currency or a date beside the services is none.
struct Tiers(Option<Vec<PriceTier>>);

impl<'de> Deserialize<'de> for Tiers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rows;

        impl<'de> de::Visitor<'de> for Rows {
            type Value = Tiers;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of tiers")
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut rows: A) -> Result<Tiers, A::Error> {
                let mut tiers = Vec::new();
                while let Some(tier) = rows.next_element()? {
                    tiers.push(tier);
                }
                Ok(Tiers(Some(tiers)))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Tiers, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Tiers(None))
            }

            fn visit_str<E>(self, _: &str) -> Result<Tiers, E> {
                Ok(Tiers(None))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Tiers, E> {
                Ok(Tiers(None))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Tiers, E> {
                Ok(Tiers(None))
            }

            fn visit_i64<E>(self, _: i64) -> Result<Tiers, E> {
                Ok(Tiers(None))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Tiers, E> {
                Ok(Tiers(None))
            }

            fn visit_unit<E>(self) -> Result<Tiers, E> {
                Ok(Tiers(None))
            }
        }

        deserializer.deserialize_any(Rows)
    }
}

impl Session {
    /// The prices.
    pub async fn prices(&self) -> Result<Prices, ApiError> {
        self.fetch(Request::get("prices", "/pricing")).await
    }

    /// The prices for the rest of the current cycle.
    pub async fn prorated_prices(&self) -> Result<Prices, ApiError> {
        self.fetch(Request::get("prorated prices", "/pricing/prorated"))
            .await
    }
}
