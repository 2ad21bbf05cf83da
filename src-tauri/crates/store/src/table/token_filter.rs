//! Which of the standing tokens a filter leaves, in SQL.

use jiff::{SignedDuration, Timestamp};
use rusqlite::types::Value;

use crate::sql::{folded, profile_keys, to_json};
use crate::table::token_now::TokenQuery;
use crate::{Reader, StoreError};

/// Something that a token is or is not. What is not known of it is neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenTest {
    /// One of these holds.
    Any(Vec<TokenTest>),
    /// It is of this kind, in the API's word.
    Kind(String),
    /// It may do this: `full`, `write`, `read`, `deny`.
    Permission(String),
    /// It expires after the first and before the second moment, where there is one.
    Expires(Option<Timestamp>, Option<Timestamp>),
    /// It never expires.
    NeverExpires,
    /// It was last used after the first and before the second moment, where there is one.
    Used(Option<Timestamp>, Option<Timestamp>),
    /// The API said that it was never used.
    NeverUsed,
    /// It was made after the first and before the second moment, where there is one.
    Made(Option<Timestamp>, Option<Timestamp>),
    /// This is in its creator's name, address or id.
    Creator(String),
    /// Its creator is neither the owner nor in the team.
    Orphan,
}

/// That a token is of a profile that is not removed.
pub(crate) const PRESENT: &str =
    "profile NOT IN (SELECT key FROM profile WHERE removed_at IS NOT NULL)";

/// A condition of `token_now`, and the values of its places.
pub(crate) struct Selection {
    pub(crate) conditions: Vec<String>,
    pub(crate) values: Vec<Value>,
}

impl Selection {
    fn place(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    fn and(&mut self, condition: String, negated: bool) {
        self.conditions.push(if negated {
            format!("({condition}) IS NOT TRUE")
        } else {
            condition
        });
    }

    fn between(&mut self, column: &str, from: Option<Timestamp>, to: Option<Timestamp>) -> String {
        let mut parts = vec![format!("{column} IS NOT NULL")];
        for (sign, at) in [(">", from), ("<", to)] {
            if let Some(at) = at {
                let place = self.place(at.as_millisecond());
                parts.push(format!("{column} {sign} {place}"));
            }
        }
        format!("({})", parts.join(" AND "))
    }
}

impl Reader<'_> {
    pub(crate) fn token_selection(&self, query: &TokenQuery) -> Result<Selection, StoreError> {
        let mut selection = Selection {
            conditions: vec![PRESENT.to_owned()],
            values: Vec::new(),
        };
        if let Some(profiles) = &query.profiles {
            let place = selection.place(profile_keys(profiles)?);
            selection.and(
                format!("profile IN (SELECT value FROM json_each({place}))"),
                false,
            );
        }
        if let Some(sign_ins) = query.sign_ins {
            let life = selection.place(millis(query.sign_in_life));
            selection.and(sign_in(&life), !sign_ins);
        }
        for (test, negated) in &query.tests {
            let condition = self.token_test(test, &mut selection)?;
            selection.and(condition, *negated);
        }
        for (word, negated) in &query.words {
            let word = folded(word);
            let creators = selection.place(self.accounts_like(&word)?);
            let place = selection.place(word);
            // Few profiles are looked through once, not for each of their tokens.
            selection.and(
                format!(
                    "instr(name, {place}) OR last4 = {place} OR instr(creator, {place})
                     OR creator IN (SELECT value FROM json_each({creators}))
                     OR profile IN (
                         SELECT key FROM profile WHERE instr(name_folded, {place}) OR instr(id, {place}))"
                ),
                *negated,
            );
            if let Some(last) = selection.conditions.last_mut().filter(|_| !negated) {
                *last = format!("({last})");
            }
        }
        Ok(selection)
    }

    fn token_test(&self, test: &TokenTest, into: &mut Selection) -> Result<String, StoreError> {
        Ok(match test {
            TokenTest::Any(any) => {
                let mut parts = vec!["FALSE".to_owned()];
                for test in any {
                    parts.push(self.token_test(test, into)?);
                }
                format!("({})", parts.join(" OR "))
            }
            TokenTest::Permission(word) => format!("permission = {}", into.place(word.clone())),
            TokenTest::Kind(word) => format!("kind = {}", into.place(folded(word))),
            TokenTest::Expires(from, to) => into.between("expires_at", *from, *to),
            TokenTest::NeverExpires => "never_expires".to_owned(),
            TokenTest::Used(from, to) => into.between("used_at", *from, *to),
            TokenTest::NeverUsed => "never_used".to_owned(),
            TokenTest::Made(from, to) => into.between("created_at", *from, *to),
            TokenTest::Creator(part) => {
                let part = folded(part);
                let creators = into.place(self.accounts_like(&part)?);
                let place = into.place(part);
                format!(
                    "(instr(creator, {place}) OR creator IN (SELECT value FROM json_each({creators})))"
                )
            }
            TokenTest::Orphan => "orphan".to_owned(),
        })
    }

    /// Ids of the accounts in whose name or address a folded text is, as a JSON list.
    pub(crate) fn accounts_like(&self, text: &str) -> Result<String, StoreError> {
        let mut query = self
            .db
            .prepare_cached("SELECT id, ifnull(name, ''), ifnull(email, '') FROM person")?;
        let mut rows = query.query([])?;
        let mut ids: Vec<String> = Vec::new();
        while let Some(row) = rows.next()? {
            let is_like = |place: usize| {
                let known = row.get_ref(place)?.as_str().map(folded);
                Ok::<_, rusqlite::Error>(known.is_ok_and(|known| known.contains(text)))
            };
            if is_like(1)? || is_like(2)? {
                ids.push(row.get(0)?);
            }
        }
        to_json(&ids, "A list of accounts")
    }
}

/// That a token is of signing in, by the longest life of one: the rule itself is `insight`'s.
pub(crate) fn sign_in(life: &str) -> String {
    format!("permission = 'full' AND expires_at - created_at <= {life}")
}

pub(crate) fn millis(span: SignedDuration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
