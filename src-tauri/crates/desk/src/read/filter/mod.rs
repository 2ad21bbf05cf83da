//! The language of the filter boxes, the same on every screen and in `pdesk`.
//!
//! A filter is words and tests (`region:eu-w1 input:>80% -plan:free`); all of them must hold. Each screen has
//! words and tests of its own, and shares those of profiles, so that `group:north` narrows tokens as it
//! narrows the fleet.

mod complete;
mod profile;
mod span;
mod term;
mod value;

use std::collections::HashSet;

use model::Timestamp;
use store::{ProfileFilter, ProfileKey, ProfileTerm, ProfileTest, Reader, StoreError};

pub(crate) use profile::region_name;
pub(crate) use span::{not_understood, span, yes};
pub(crate) use store::Compare;
pub(crate) use term::Term;

use self::profile::{KEYS, Understood};
use crate::problem::Problem;

/// A filter, understood.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    words: Vec<Term>,
    own: Vec<Term>,
    profiles: Vec<Understood>,
}

impl Filter {
    /// Understands a filter. `own` are the tests that the caller carries out itself, by their key; one that
    /// neither the caller nor profiles know is refused, with words.
    pub(crate) fn parse(text: &str, own: &[&str]) -> Result<Self, Problem> {
        let mut filter = Self {
            words: Vec::new(),
            own: Vec::new(),
            profiles: Vec::new(),
        };
        for term in term::terms(text)? {
            match &term.key {
                None => filter.words.push(term),
                Some(key) if own.contains(&key.as_str()) => filter.own.push(term),
                Some(word) => {
                    let key = profile::key(word).ok_or_else(|| unknown(word, own))?;
                    // While its value is still to be typed, it says nothing.
                    if term.values != [""] {
                        filter.profiles.extend(profile::understand(&term, key)?);
                    }
                }
            }
        }
        Ok(filter)
    }

    /// The bare words, which are looked for in what the caller shows: see [`Self::has_words`].
    pub(crate) fn words(&self) -> &[Term] {
        &self.words
    }

    /// The bare words as a log of the store looks for them: texts, and whether each must not be there instead.
    pub(crate) fn texts(&self) -> Vec<(String, bool)> {
        let words = self.words.iter();
        words
            .map(|word| (word.values[0].clone(), word.negated))
            .collect()
    }

    /// The tests that are the caller's own.
    pub(crate) fn own(&self) -> &[Term] {
        &self.own
    }

    /// Whether a text holds every word, whatever the case of letters, and none that is turned around.
    pub(crate) fn has_words(&self, text: &str) -> bool {
        let text = store::folded(text);
        self.words
            .iter()
            .all(|word| text.contains(&store::folded(&word.values[0])) != word.negated)
    }

    /// The profiles that its tests of profiles leave; `None` if it has none of them, and so leaves all,
    /// removed ones too. Words are the caller's.
    pub(crate) fn profiles(
        &self,
        store: &Reader<'_>,
        now: Timestamp,
    ) -> Result<Option<HashSet<ProfileKey>>, StoreError> {
        if self.profiles.is_empty() {
            return Ok(None);
        }
        store.matching(&self.tests(store, now)?).map(Some)
    }

    /// What it means of profiles, its words among it.
    pub(crate) fn of_profiles(
        &self,
        store: &Reader<'_>,
        now: Timestamp,
    ) -> Result<ProfileFilter, StoreError> {
        let mut filter = self.tests(store, now)?;
        filter.0.extend(self.words.iter().map(|word| ProfileTerm {
            negated: word.negated,
            any: vec![ProfileTest::Word(word.values[0].clone())],
        }));
        Ok(filter)
    }

    fn tests(&self, store: &Reader<'_>, now: Timestamp) -> Result<ProfileFilter, StoreError> {
        let terms = self.profiles.iter().map(|test| test.resolve(store, now));
        Ok(ProfileFilter(terms.collect::<Result<_, _>>()?))
    }
}

fn unknown(word: &str, own: &[&str]) -> Problem {
    let words = own.iter().copied();
    let known: Vec<&str> = words
        .chain(KEYS.iter().map(|(words, ..)| words[0]))
        .collect();
    Problem::invalid(format!("There is no filter “{word}:”.")).with_hint(format!(
        "There are {}. To look for the text itself, put it into quotes.",
        known.join(", ")
    ))
}
