//! A condition of a statement that is put together, and the values of its places.

use rusqlite::types::Value;

use crate::ProfileKey;

/// What rows are to fulfil. At first they all do.
pub(crate) struct Condition {
    /// It, for a `WHERE`.
    pub(crate) sql: String,
    /// The values of its places, in their order.
    pub(crate) values: Vec<Value>,
}

impl Condition {
    pub(crate) fn new() -> Self {
        Self {
            sql: "TRUE".to_owned(),
            values: Vec::new(),
        }
    }

    /// Keeps a value and returns its place.
    pub(crate) fn place(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    /// One more condition; each `?` in it is the value.
    pub(crate) fn and(&mut self, condition: &str, value: impl Into<Value>) {
        let place = self.place(value);
        self.sql.push_str(" AND ");
        self.sql.push_str(&condition.replace('?', &place));
    }

    /// That a row of a log is about one of these profiles, or about an account itself that reaches one of them.
    pub(crate) fn of_profiles(&mut self, log: &str, profiles: &[ProfileKey]) {
        let keys: Vec<String> = profiles.iter().map(|key| key.0.to_string()).collect();
        self.and(
            &format!(
                "({log}.profile IN (SELECT value FROM json_each(?))
                  OR {log}.profile IS NULL AND {log}.account IN (
                      SELECT account FROM reach WHERE gone_at IS NULL
                          AND profile IN (SELECT value FROM json_each(?))))"
            ),
            format!("[{}]", keys.join(",")),
        );
    }

    /// That something is one of these, if there are any.
    pub(crate) fn one_of<'a>(&mut self, what: &str, words: impl Iterator<Item = &'a str>) {
        let places: Vec<_> = words.map(|word| self.place(word.to_owned())).collect();
        if !places.is_empty() {
            let any = places.join(", ");
            for part in [" AND ", what, " IN (", &any, ")"] {
                self.sql.push_str(part);
            }
        }
    }
}
