//! Which persons a filter means: words and tests of their own, beside those of profiles.

use std::collections::HashSet;

use model::Timestamp;
use store::{ProfileKey, Reader, StoreError};

use super::people::Person;
use crate::problem::Problem;
use crate::read::filter::{Compare, Filter, Term, not_understood, span, yes};
use crate::read::{AccessKind, AccessKnown};

/// The tests that are this screen's own.
const OWN: [&str; 6] = ["person", "invited", "flag", "role", "profiles", "tokens"];

/// What a filter of persons says.
pub(super) struct Wanted {
    filter: Filter,
    tests: Vec<Test>,
}

impl Wanted {
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let filter = Filter::parse(text, &OWN)?;
        let tests = filter
            .own()
            .iter()
            .map(Test::of)
            .filter_map(Result::transpose)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { filter, tests })
    }

    /// The profiles that it leaves; `None` is all.
    pub(super) fn profiles(
        &self,
        store: &Reader<'_>,
        now: Timestamp,
    ) -> Result<Option<HashSet<ProfileKey>>, StoreError> {
        self.filter.profiles(store, now)
    }

    /// Whether it says more than which profiles.
    pub(super) fn is_of_persons(&self) -> bool {
        !self.filter.words().is_empty() || !self.tests.is_empty()
    }

    pub(super) fn holds(&self, person: &Person, at: Timestamp) -> bool {
        self.filter.has_words(&person.text())
            && self.tests.iter().all(|test| test.holds(person, at))
    }
}

/// A test of this screen's own.
struct Test {
    any: Vec<Is>,
    negated: bool,
}

/// What one value of it says.
enum Is {
    Person(String),
    Invited(bool),
    /// Invited longer ago (`true`) or less long ago than this.
    InvitedFor(jiff::SignedDuration, bool),
    Ended,
    Shared,
    Inferred,
    Connected,
    Role(AccessKind),
    /// A number and how it is compared.
    Profiles(Compare, u32),
    Tokens(Compare, u32),
}

impl Test {
    /// `None` while it is typed.
    fn of(term: &Term) -> Result<Option<Self>, Problem> {
        let mut any = Vec::new();
        for value in &term.values {
            if !value.is_empty() {
                any.extend(Is::of(term, value)?);
            }
        }
        Ok((!any.is_empty()).then_some(Self {
            any,
            negated: term.negated,
        }))
    }

    fn holds(&self, person: &Person, at: Timestamp) -> bool {
        self.any.iter().any(|is| is.holds(person, at)) != self.negated
    }
}

impl Is {
    fn of(term: &Term, value: &str) -> Result<Option<Self>, Problem> {
        let lower = value.to_lowercase();
        let is_ordered = term.compare != Compare::Is;
        let longer = matches!(term.compare, Compare::More | Compare::AtLeast);
        let known = |words: &[&str]| words.iter().any(|word| word.starts_with(&lower));
        let refused = |instead: &str| Err(not_understood(term, value, instead));
        let number = || value.trim().parse::<u32>().ok();
        Ok(Some(match term.key.as_deref().unwrap_or_default() {
            "person" if !is_ordered => Self::Person(store::folded(value)),
            "invited" if is_ordered => match span(value) {
                Some(span) => Self::InvitedFor(span, longer),
                None => return refused("invited:>3d"),
            },
            "invited" if lower == "ended" || lower == "expired" => Self::Ended,
            "invited" if known(&["ended", "expired"]) => return Ok(None),
            "invited" => match yes(term, value)? {
                Some(yes) => Self::Invited(yes),
                None => return Ok(None),
            },
            "flag" if !is_ordered => match lower.as_str() {
                "shared" => Self::Shared,
                "ended" => Self::Ended,
                "inferred" => Self::Inferred,
                _ if known(&["shared", "ended", "inferred"]) => return Ok(None),
                _ => return refused("flag:shared, flag:ended or flag:inferred"),
            },
            "role" if !is_ordered => match lower.as_str() {
                "owner" => Self::Role(AccessKind::Owner),
                "member" => Self::Role(AccessKind::Member),
                "invited" => Self::Role(AccessKind::Invitation),
                "connected" => Self::Connected,
                _ if known(&["owner", "member", "invited", "connected"]) => return Ok(None),
                _ => return refused("role:owner, role:member, role:invited or role:connected"),
            },
            "profiles" => match number() {
                Some(number) => Self::Profiles(term.compare, number),
                None => return refused("profiles:>5"),
            },
            "tokens" => match number() {
                Some(number) => Self::Tokens(term.compare, number),
                None => return refused("tokens:>0"),
            },
            _ => return refused("a colon without a sign of order"),
        }))
    }

    fn holds(&self, person: &Person, at: Timestamp) -> bool {
        let row = &person.row;
        match self {
            Self::Person(text) => store::folded(&person.text()).contains(text),
            Self::Invited(yes) => (row.invitations > 0) == *yes,
            Self::InvitedFor(span, longer) => {
                row.invitations + row.ended > 0
                    && row.invited_at.is_some_and(|invited| {
                        let age = at.duration_since(invited);
                        if *longer { age > *span } else { age < *span }
                    })
            }
            Self::Ended => row.ended > 0,
            Self::Shared => !row.shares.is_empty(),
            Self::Inferred => row.known == AccessKnown::Inferred,
            Self::Connected => row.connected.is_some(),
            Self::Role(kind) => person.roles.contains(kind),
            Self::Profiles(compare, number) => compared(*compare, row.profiles, *number),
            Self::Tokens(compare, number) => compared(*compare, row.tokens, *number),
        }
    }
}

fn compared(compare: Compare, one: u32, other: u32) -> bool {
    match compare {
        Compare::Is => one == other,
        Compare::Less => one < other,
        Compare::AtMost => one <= other,
        Compare::More => one > other,
        Compare::AtLeast => one >= other,
    }
}
