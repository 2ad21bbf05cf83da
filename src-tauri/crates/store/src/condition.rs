//! A condition of a statement that is put together, and the values of its places.

use rusqlite::types::Value;

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
