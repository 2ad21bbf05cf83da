//! What every table speaks: keys, times, and the reader and writer that a transaction hands out.

use std::ops::Deref;

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StoreError;

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                self.0.to_sql()
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                i64::column_result(value).map(Self)
            }
        }
    };
}

key! {
    /// An account's number in this store; never given to another account.
    AccountKey
}

key! {
    /// A profile's number in this store; never given to another profile.
    ProfileKey
}

/// What a dated version or a fetch status is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An account.
    Account(AccountKey),
    /// A profile.
    Profile(ProfileKey),
}

/// The store as it stood when [`crate::Store::read`] began; later writes are not seen.
pub struct Reader<'a> {
    pub(crate) db: &'a Connection,
}

/// A transaction that is not committed yet. It reads what it wrote.
pub struct Writer<'a> {
    pub(crate) reader: Reader<'a>,
}

impl<'a> Deref for Writer<'a> {
    type Target = Reader<'a>;

    fn deref(&self) -> &Reader<'a> {
        &self.reader
    }
}

impl Subject {
    /// The column that names it.
    pub(crate) fn column(self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::Profile(_) => "profile",
        }
    }

    /// What stands in that column.
    pub(crate) fn key(self) -> i64 {
        match self {
            Self::Account(AccountKey(key)) | Self::Profile(ProfileKey(key)) => key,
        }
    }
}

/// A time in its column: milliseconds since 1970, UTC.
pub(crate) struct Millis(pub(crate) Timestamp);

impl ToSql for Millis {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_millisecond().into())
    }
}

impl FromSql for Millis {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let millis = i64::column_result(value)?;
        Timestamp::from_millisecond(millis)
            .map(Self)
            .map_err(|_| FromSqlError::OutOfRange(millis))
    }
}

/// A number in its column: whole ones as integers, which are shorter.
#[derive(Clone, Copy)]
pub(crate) struct Number(f64);

impl Number {
    /// `None` if SQLite could not give it back.
    pub(crate) fn finite(number: f64) -> Option<Self> {
        number.is_finite().then_some(Self(number))
    }
}

impl ToSql for Number {
    #[allow(clippy::cast_possible_truncation)] // guarded by the range
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
        if self.0.fract() == 0.0 && self.0.abs() <= EXACT {
            Ok((self.0 as i64).into())
        } else {
            Ok(self.0.into())
        }
    }
}

/// A time, of a column that may be null.
pub(crate) fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<Millis>>(column)?.map(|millis| millis.0))
}

/// A value of a type that is kept as text, of a column that may be null.
pub(crate) fn parsed<T: std::str::FromStr>(
    row: &Row<'_>,
    column: &str,
) -> rusqlite::Result<Option<T>>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let index = row.as_ref().column_index(column)?;
    row.get::<_, Option<String>>(index)?
        .map(|text| {
            text.parse().map_err(|error: T::Err| {
                rusqlite::Error::FromSqlConversionFailure(
                    index,
                    rusqlite::types::Type::Text,
                    Box::new(error),
                )
            })
        })
        .transpose()
}

/// Text with letters' case taken away, in every script, for searching, sorting and comparing labels.
/// Through upper case, so that ß meets SS and both small sigmas meet.
pub fn folded(text: &str) -> String {
    text.chars()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

/// Words of a search beyond these are passed over, as SQLite's expressions may not grow without end.
pub(crate) const WORDS: usize = 32;

/// The words that a person looks for, folded. They are to be looked for with `instr`, to which no
/// character is a wildcard.
pub(crate) fn words(search: &str) -> Vec<String> {
    folded(search)
        .split_whitespace()
        .take(WORDS)
        .map(str::to_owned)
        .collect()
}

/// Accounts as a JSON list, for `json_each`: SQLite takes no list as a value.
pub(crate) fn keys(accounts: &[AccountKey]) -> Result<String, StoreError> {
    let keys: Vec<i64> = accounts.iter().map(|account| account.0).collect();
    to_json(&keys, "A list of accounts")
}

/// Profiles as a JSON list, for `json_each`.
pub(crate) fn profile_keys(profiles: &[ProfileKey]) -> Result<String, StoreError> {
    let keys: Vec<i64> = profiles.iter().map(|profile| profile.0).collect();
    to_json(&keys, "A list of profiles")
}

/// Turns "no row" into the error that says what was looked for.
pub(crate) fn found<T>(row: Option<T>, what: impl FnOnce() -> String) -> Result<T, StoreError> {
    row.ok_or_else(|| StoreError::NotFound { what: what() })
}

/// A value as JSON text.
pub(crate) fn to_json(value: &impl Serialize, what: &str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| unreadable(what, &error))
}

/// A value from JSON text.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| unreadable(what, &error))
}

fn unreadable(what: &str, error: &serde_json::Error) -> StoreError {
    StoreError::Unreadable {
        what: what.to_owned(),
        reason: error.to_string(),
    }
}
