//! How fields are read that may be missing, `null`, or of another kind than promised: as unknown.

use std::borrow::Cow;
use std::collections::BTreeMap;

use model::{Cents, ProfileId, Timestamp, Token};
use secrecy::SecretString;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::scalar::Scalar;

/// A key of an object, as it stands in the reply if nothing in it is escaped. (`Cow` by itself is always read
/// as a text of its own.)
#[derive(Deserialize)]
pub(crate) struct Key<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    Value::deserialize(deserializer)
}

/// Text; a number is its digits. An empty text stays one.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(as_text(&value(deserializer)?))
}

pub(crate) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A word that becomes one of a type's own.
pub(crate) fn from_text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<String>,
{
    Ok(text(deserializer)?.map(T::from))
}

/// The same, or the type's default.
pub(crate) fn from_text_or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: From<String> + Default,
{
    Ok(from_text(deserializer)?.unwrap_or_default())
}

/// Yes or no, as JSON's own, as a word, or as 1 or 0.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(as_flag(&value(deserializer)?))
}

/// The same, where missing means no.
pub(crate) fn flag_or_no<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(flag(deserializer)?.unwrap_or(false))
}

pub(crate) fn as_flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(word) if word.eq_ignore_ascii_case("true") => Some(true),
        Value::String(word) if word.eq_ignore_ascii_case("false") => Some(false),
        Value::Number(number) if number.as_f64() == Some(1.0) => Some(true),
        Value::Number(number) if number.as_f64() == Some(0.0) => Some(false),
        _ => None,
    }
}

/// A number, or a text that is one.
pub(crate) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.number())
}

/// The same, where the thing is nothing without it.
pub(crate) fn number_required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer)?.ok_or_else(|| D::Error::custom("invalid value, expected a number"))
}

pub(crate) fn as_number(value: &Value) -> Option<f64> {
    Scalar::from(value).number()
}

/// A whole number of no sign.
pub(crate) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    Ok(as_whole(&value(deserializer)?))
}

pub(crate) fn as_whole(value: &Value) -> Option<u32> {
    let number = as_number(value)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // guarded by the range
    (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number))
        .then_some(number as u32)
}

/// Cents; a fraction of a cent is rounded to the nearest one.
pub(crate) fn cents<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cents>, D::Error> {
    Ok(as_cents(&value(deserializer)?))
}

pub(crate) fn as_cents(value: &Value) -> Option<Cents> {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    if let Some(whole) = value.as_i64() {
        return Some(Cents(whole));
    }
    let number = as_number(value)?.round();
    #[allow(clippy::cast_possible_truncation)] // guarded by the range
    (number.abs() <= EXACT).then_some(Cents(number as i64))
}

/// A moment.
pub(crate) fn date<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.moment())
}

/// A moment, where the thing is nothing without it.
pub(crate) fn date_required<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Timestamp, D::Error> {
    Scalar::deserialize(deserializer)?
        .moment()
        .ok_or_else(|| D::Error::custom("invalid value, expected an ISO 8601 date"))
}

/// An id that is not the thing's own, or an object that holds one.
pub(crate) fn id<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr,
{
    let value = value(deserializer)?;
    let text = value.get("id").unwrap_or(&value).as_str();
    Ok(text.and_then(|text| text.parse().ok()))
}

/// A list, a map …, where `null` is an empty one.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Numbers by key; what is no number is left out.
pub(crate) fn numbers<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, f64>, D::Error> {
    let entries: BTreeMap<String, Value> = or_default(deserializer)?;
    Ok(entries
        .into_iter()
        .filter_map(|(key, value)| Some((key, as_number(&value)?)))
        .collect())
}

/// Profiles by the key of an add-on; `null` for a key is none.
pub(crate) fn profiles_by_key<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BTreeMap<String, Vec<ProfileId>>>, D::Error> {
    let entries: Option<BTreeMap<String, Option<Vec<ProfileId>>>> =
        Option::deserialize(deserializer)?;
    Ok(entries.map(|entries| {
        entries
            .into_iter()
            .map(|(key, profiles)| (key, profiles.unwrap_or_default()))
            .collect()
    }))
}

/// A token's value, if it is there and can be one.
pub(crate) fn token_option<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Token>, D::Error> {
    Ok(value(deserializer)?
        .as_str()
        .and_then(|text| Token::parse(text).ok()))
}

/// A token's value.
pub(crate) fn token<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Token, D::Error> {
    token_option(deserializer)?.ok_or_else(|| D::Error::custom("invalid value, expected a token"))
}

/// A text that nobody is to read.
pub(crate) fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    match value(deserializer)? {
        Value::String(text) => Ok(text.into()),
        _ => Err(D::Error::custom("invalid value, expected a text")),
    }
}

/// JSON as a `T`, or the path of what cannot be read and why, without any value of the reply.
pub(crate) fn shaped<T: DeserializeOwned>(json: &[u8]) -> Result<T, (String, String)> {
    // To know at each moment where one is costs a text for each key, so it is only looked for where it is
    // needed.
    if let Ok(shaped) = serde_json::from_slice(json) {
        return Ok(shaped);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        (path, without_values(&error.into_inner()))
    })
}

/// serde's words quote what they found, which could be anything; only what was expected is kept.
fn without_values(error: &serde_json::Error) -> String {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let words = error.to_string();
    let words = words.strip_suffix(&place).unwrap_or(&words);
    if words.starts_with("missing field") {
        return words.to_owned();
    }
    match words.rfind("expected ") {
        Some(place) => format!("{} was expected", &words[place + "expected ".len()..]),
        None => "it cannot be read".to_owned(),
    }
}
