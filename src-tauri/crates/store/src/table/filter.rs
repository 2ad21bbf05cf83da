//! Which profiles are meant: tests that are carried out on the fleet's narrow rows.

use std::collections::HashSet;

use jiff::Timestamp;
use model::{Dataset, Service, UsageState};
use rusqlite::params_from_iter;
use rusqlite::types::Value;

use crate::sql::{WORDS, folded, keys, to_json};
use crate::table::group::{GroupKey, GroupKind};
use crate::{AccountKey, ProfileKey, Reader, StoreError};

/// Terms that must all hold. Without one that names removed profiles, only present ones are meant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProfileFilter(pub Vec<ProfileTerm>);

/// A part of a filter: it holds if one of its tests does.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileTerm {
    /// Whether none of the tests may hold instead. What is unknown does not hold.
    pub negated: bool,
    /// The tests; without any, nothing holds.
    pub any: Vec<ProfileTest>,
}

/// Something that is so of a profile or not. Texts are compared whatever the case of their letters.
#[derive(Clone, Debug, PartialEq)]
pub enum ProfileTest {
    /// Its name, its id or the label of an account that reaches it holds this.
    Word(String),
    /// Its name holds this.
    Name(String),
    /// Its id holds this.
    Id(String),
    /// One of these accounts reaches it now, or was the last to reach it if it is removed.
    Accounts(Vec<AccountKey>),
    /// The region that it says it is in holds this text; or it says none and is of one of these APIs.
    Region {
        /// What the region holds.
        text: String,
        /// Base URLs of APIs in that region.
        apis: Vec<String>,
    },
    /// Its plan is this one; `None` for an unknown one.
    Plan(Option<String>),
    /// No connected account owns it.
    Shared,
    /// It is removed.
    Removed,
    /// Whatever it is, also removed.
    Any,
    /// Another test does not hold. What is unknown does not hold.
    Not(Box<ProfileTest>),
    /// Its summary was fetched before this moment.
    FetchedBefore(Timestamp),
    /// Its summary was fetched at this moment or later.
    FetchedSince(Timestamp),
    /// Its summary was never fetched.
    NeverFetched,
    /// This dataset, or any, failed when it was last fetched.
    Failed(Option<Dataset>),
    /// The worst state among its services is this.
    State(UsageState),
    /// The highest share of a limit among its services compares so.
    Risk(Compare, f64),
    /// What it uses of a service's limit compares so.
    Share(Service, Compare, f64),
    /// What it uses of a service compares so, in the service's unit.
    Used(Service, Compare, f64),
    /// A service's state is this.
    ServiceState(Service, UsageState),
    /// The share of a limit that a day adds to its fastest service compares so.
    Growth(Compare, f64),
    /// It is in one of these groups.
    Groups(Vec<GroupKey>),
    /// It is in a group of this kind.
    Grouped(GroupKind),
    /// There is a note on it that holds this; the empty text for any note.
    Note(String),
    /// A person marked it as protected.
    Protected,
    /// The account that it is reached with must sign in again.
    SignedOut,
}

/// How two numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// Equal.
    Is,
    /// Less.
    Less,
    /// Less or equal.
    AtMost,
    /// More.
    More,
    /// More or equal.
    AtLeast,
}

impl Compare {
    const fn sign(self) -> &'static str {
        match self {
            Self::Is => "=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }
}

impl From<ProfileTest> for ProfileTerm {
    fn from(test: ProfileTest) -> Self {
        Self {
            negated: false,
            any: vec![test],
        }
    }
}

/// The profiles that a filter leaves: a condition on `rank`, and the values of its places.
pub(crate) struct Selection {
    pub(crate) condition: String,
    pub(crate) values: Vec<Value>,
}

impl ProfileFilter {
    /// A filter of words alone, divided by white space.
    pub fn words(text: &str) -> Self {
        let words = text.split_whitespace().take(WORDS).map(str::to_owned);
        Self(words.map(|word| ProfileTest::Word(word).into()).collect())
    }

    /// Whether removed profiles are among what is meant.
    pub(crate) fn means_removed(&self) -> bool {
        let names = |term: &ProfileTerm, test: &ProfileTest| match test {
            ProfileTest::Removed | ProfileTest::Any => true,
            // That it is not removed, turned around.
            ProfileTest::Not(other) => term.negated && matches!(**other, ProfileTest::Removed),
            _ => false,
        };
        let mut terms = self.0.iter();
        terms.any(|term| term.any.iter().any(|test| names(term, test)))
    }

    pub(crate) fn select(&self) -> Result<Selection, StoreError> {
        let present = if self.means_removed() {
            "TRUE"
        } else {
            "removed = 0"
        };
        let mut selection = Selection {
            condition: String::new(),
            values: Vec::new(),
        };
        let mut conditions = vec![present.to_owned()];
        for term in &self.0 {
            let mut tests = Vec::new();
            for test in &term.any {
                tests.push(selection.condition_of(test)?);
            }
            let any = if tests.is_empty() {
                "FALSE".to_owned()
            } else {
                tests.join(" OR ")
            };
            // What is unknown makes a test neither true nor false.
            let not = if term.negated { "NOT " } else { "" };
            conditions.push(format!("{not}ifnull({any}, FALSE)"));
        }
        selection.condition = conditions.join(" AND ");
        Ok(selection)
    }
}

impl Selection {
    /// Takes a value and gives its place.
    fn place(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    fn text(&mut self, text: &str) -> String {
        self.place(folded(text))
    }

    fn condition_of(&mut self, wanted: &ProfileTest) -> Result<String, StoreError> {
        Ok(match wanted {
            ProfileTest::Word(text) => format!("instr(search, {})", self.text(text)),
            ProfileTest::Name(text) => format!("instr(name, {})", self.text(text)),
            ProfileTest::Id(text) => {
                let place = self.text(text);
                format!("profile IN (SELECT key FROM profile WHERE instr(id, {place}))")
            }
            ProfileTest::Accounts(accounts) => {
                let place = self.place(keys(accounts)?);
                format!(
                    "profile IN (SELECT profile FROM reach WHERE gone_at IS NULL
                         AND account IN (SELECT value FROM json_each({place})))
                     OR removed AND profile IN (SELECT key FROM profile
                         WHERE preferred IN (SELECT value FROM json_each({place})))"
                )
            }
            ProfileTest::Region { text, apis } => {
                let text = self.text(text);
                let apis = self.place(to_json(apis, "A list of addresses")?);
                format!("instr(region, {text}) OR region IN (SELECT value FROM json_each({apis}))")
            }
            ProfileTest::Plan(None) => "plan IS NULL".to_owned(),
            ProfileTest::Plan(Some(plan)) => format!("plan = {}", self.text(plan)),
            ProfileTest::Shared => "shared".to_owned(),
            ProfileTest::Removed => "removed".to_owned(),
            ProfileTest::Any => "TRUE".to_owned(),
            ProfileTest::Not(other) => {
                format!("NOT ifnull({}, FALSE)", self.condition_of(other)?)
            }
            ProfileTest::FetchedBefore(at) => {
                format!("fetched_at < {}", self.place(at.as_millisecond()))
            }
            ProfileTest::FetchedSince(at) => {
                format!("fetched_at >= {}", self.place(at.as_millisecond()))
            }
            ProfileTest::NeverFetched => "fetched_at IS NULL".to_owned(),
            ProfileTest::Failed(dataset) => {
                let also = match dataset {
                    Some(dataset) => {
                        format!(" AND dataset = {}", self.place(dataset.key().to_owned()))
                    }
                    None => String::new(),
                };
                format!(
                    "profile IN (SELECT profile FROM fetch_status
                         WHERE outcome = 'failed' AND profile IS NOT NULL{also})"
                )
            }
            ProfileTest::State(UsageState::Unknown) => {
                format!("ifnull(state, 0) = {}", UsageState::Unknown as i64)
            }
            ProfileTest::State(state) => format!("state = {}", *state as i64),
            ProfileTest::Risk(compare, share) => self.compared("risk", *compare, *share),
            ProfileTest::Share(service, compare, share) => {
                self.compared(&format!("share_{service}"), *compare, *share)
            }
            ProfileTest::Used(service, compare, used) => {
                let condition = self.compared(&format!("used_{service}"), *compare, *used);
                format!("profile IN (SELECT profile FROM summary WHERE {condition})")
            }
            ProfileTest::ServiceState(service, state) => service_state(*service, *state),
            ProfileTest::Growth(compare, share) => self.compared("growth", *compare, *share),
            ProfileTest::Groups(groups) => {
                let groups: Vec<i64> = groups.iter().map(|group| group.0).collect();
                let place = self.place(to_json(&groups, "A list of groups")?);
                format!(
                    "profile IN (SELECT profile FROM profile_group_member
                         WHERE grp IN (SELECT value FROM json_each({place})))"
                )
            }
            ProfileTest::Grouped(kind) => format!(
                "profile IN (SELECT profile FROM profile_group_member
                     JOIN profile_group ON profile_group.key = grp WHERE kind = '{}')",
                kind.key()
            ),
            ProfileTest::Note(text) => {
                let place = self.text(text);
                format!("profile IN (SELECT profile FROM note WHERE instr(text_folded, {place}))")
            }
            ProfileTest::Protected => "profile IN (SELECT profile FROM protected)".to_owned(),
            ProfileTest::SignedOut => "profile IN (
                SELECT profile.key FROM profile JOIN account ON account.key = preferred
                WHERE signed_out_at IS NOT NULL)"
                .to_owned(),
        })
    }

    fn compared(&mut self, column: &str, compare: Compare, number: f64) -> String {
        format!("{column} {} {}", compare.sign(), self.place(number))
    }
}

/// As [`UsageState::of`] judges it.
fn service_state(service: Service, state: UsageState) -> String {
    let share = format!("share_{service}");
    match state {
        UsageState::Over => format!("{share} >= 1.0"),
        UsageState::High => format!("{share} > 0.9 AND {share} < 1.0"),
        UsageState::Warn => format!("{share} > 0.8 AND {share} <= 0.9"),
        UsageState::Ok => format!("{share} <= 0.8"),
        UsageState::NotAllocated => {
            format!("profile IN (SELECT profile FROM summary WHERE limit_{service} = 0)")
        }
        UsageState::Unknown => format!(
            "{share} IS NULL AND profile NOT IN (
                 SELECT profile FROM summary WHERE limit_{service} = 0)"
        ),
    }
}

impl Reader<'_> {
    /// The profiles that a filter leaves.
    pub fn matching(&self, filter: &ProfileFilter) -> Result<HashSet<ProfileKey>, StoreError> {
        let Selection { condition, values } = filter.select()?;
        let sql = format!("SELECT profile FROM rank NOT INDEXED WHERE {condition}");
        let mut query = self.db.prepare_cached(&sql)?;
        let rows = query.query_map(params_from_iter(&values), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The regions that present profiles are in, as they say or else by the API's address, and how many are
    /// in each.
    pub fn regions(&self) -> Result<Vec<(String, u32)>, StoreError> {
        self.counted("SELECT coalesce(region, api), count(*) FROM profile WHERE removed_at IS NULL GROUP BY 1")
    }

    /// The plans that present profiles have, and how many have each.
    pub fn plans(&self) -> Result<Vec<(String, u32)>, StoreError> {
        self.counted("SELECT plan, count(*) FROM profile WHERE removed_at IS NULL AND plan IS NOT NULL GROUP BY 1")
    }

    fn counted(&self, sql: &str) -> Result<Vec<(String, u32)>, StoreError> {
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
