//! Which lines a filter leaves.

use std::collections::{HashMap, HashSet};

use insight::attention::{Concerns, Item};
use model::{AttentionKind, AttentionSeverity, Timestamp};
use store::{Account, NamedProfile, ProfileKey, Reader, StoreError};

use crate::problem::Problem;
use crate::read::filter::{Compare, Filter, Term};

/// The tests that are the list's own.
const OWN: [&str; 3] = ["kind", "severity", "snoozed"];

/// A filter of the list, understood.
pub(super) struct Sieve {
    filter: Filter,
    kinds: Vec<(HashSet<AttentionKind>, bool)>,
    severities: Vec<(HashSet<AttentionSeverity>, bool)>,
    /// Whether lines that were answered stay, and whether the others do.
    answered: bool,
    open: bool,
}

impl Sieve {
    pub(super) fn of(text: &str) -> Result<Self, Problem> {
        let filter = Filter::parse(text, &OWN)?;
        let mut sieve = Self {
            kinds: Vec::new(),
            severities: Vec::new(),
            answered: false,
            open: true,
            filter: filter.clone(),
        };
        for term in filter.own() {
            match term.key.as_deref() {
                Some("kind") => sieve.kinds.push((kinds(term)?, term.negated)),
                Some("severity") => sieve.severities.push((severities(term)?, term.negated)),
                _ => sieve.snoozed(term)?,
            }
        }
        Ok(sieve)
    }

    fn snoozed(&mut self, term: &Term) -> Result<(), Problem> {
        (self.answered, self.open) = (false, false);
        for value in &term.values {
            match (value.to_lowercase().as_str(), term.negated) {
                ("yes", false) | ("no", true) => self.answered = true,
                // While it is typed, nothing is tested yet.
                ("no", false) | ("yes", true) | ("", _) => self.open = true,
                _ => {
                    return Err(Problem::invalid(format!(
                        "snoozed: takes yes or no, and not “{value}”."
                    )));
                }
            }
        }
        Ok(())
    }

    /// The lines that stay, each with whether it is answered. A line of an account stays by a test of
    /// profiles if one of the profiles that the account reaches does.
    pub(super) fn keep<'i>(
        &self,
        store: &Reader<'_>,
        items: impl Iterator<Item = (&'i Item, bool, &'i str)>,
        accounts: &[Account],
        now: Timestamp,
    ) -> Result<Vec<(&'i Item, bool)>, StoreError> {
        let profiles = self.filter.profiles(store, now)?;
        let reaching = match &profiles {
            None => None,
            Some(left) => Some(
                store
                    .reached()?
                    .into_iter()
                    .filter(|(_, profile)| left.contains(profile))
                    .map(|(account, _)| account.0)
                    .collect::<HashSet<i64>>(),
            ),
        };
        let mut kept: Vec<(&Item, bool, &str)> = items
            .filter(|(item, answered, _)| {
                (if *answered { self.answered } else { self.open })
                    && holds(&self.kinds, &item.kind())
                    && holds(&self.severities, &item.finding.severity)
                    && match item.concerns {
                        Concerns::Account(key) => {
                            reaching.as_ref().is_none_or(|left| left.contains(&key))
                        }
                        Concerns::Profile(key) => profiles
                            .as_ref()
                            .is_none_or(|left| left.contains(&ProfileKey(key))),
                    }
            })
            .collect();
        if !self.filter.words().is_empty() {
            let keys: Vec<ProfileKey> = kept
                .iter()
                .filter_map(|(item, ..)| match item.concerns {
                    Concerns::Profile(key) => Some(ProfileKey(key)),
                    Concerns::Account(_) => None,
                })
                .collect();
            let named = store.named_profiles(&keys)?;
            kept.retain(|(item, _, note)| {
                self.filter.has_words(&text(item, note, &named, accounts))
            });
        }
        Ok(kept
            .into_iter()
            .map(|(item, answered, _)| (item, answered))
            .collect())
    }
}

fn holds<T: Eq + std::hash::Hash>(tests: &[(HashSet<T>, bool)], value: &T) -> bool {
    tests
        .iter()
        .all(|(values, negated)| values.contains(value) != *negated)
}

/// What words are looked for in: the profile, the account, what happened, and the note, that of an answer that holds no more as well.
fn text(
    item: &Item,
    note: &str,
    named: &HashMap<ProfileKey, NamedProfile>,
    accounts: &[Account],
) -> String {
    let label = |key: i64| {
        let account = accounts.iter().find(|account| account.key.0 == key);
        account.map_or("", |account| account.label.as_str())
    };
    let who = match item.concerns {
        Concerns::Account(key) => label(key).to_owned(),
        Concerns::Profile(key) => named.get(&ProfileKey(key)).map_or_else(String::new, |one| {
            let account = one.account.map_or("", |account| label(account.0));
            format!("{}\n{}\n{account}", one.name, one.id)
        }),
    };
    format!("{who}\n{}\n{note}", super::words::what(&item.finding.facts))
}

fn kinds(term: &Term) -> Result<HashSet<AttentionKind>, Problem> {
    values(
        term,
        AttentionKind::from_key,
        &AttentionKind::ALL.map(AttentionKind::key),
    )
}

fn severities(term: &Term) -> Result<HashSet<AttentionSeverity>, Problem> {
    let named = values(
        term,
        AttentionSeverity::from_key,
        &AttentionSeverity::ALL.map(AttentionSeverity::key),
    )?;
    let within = |one: AttentionSeverity| {
        named.is_empty()
            || named.iter().any(|than| match term.compare {
                Compare::Is => one == *than,
                Compare::Less => one < *than,
                Compare::AtMost => one <= *than,
                Compare::More => one > *than,
                Compare::AtLeast => one >= *than,
            })
    };
    Ok(AttentionSeverity::ALL
        .into_iter()
        .filter(|one| within(*one))
        .collect())
}

/// The values of a term; one that is still empty while it is typed tests nothing, and so stands for all.
fn values<T: Eq + std::hash::Hash>(
    term: &Term,
    from_key: fn(&str) -> Option<T>,
    known: &[&str],
) -> Result<HashSet<T>, Problem> {
    let mut found = HashSet::new();
    for value in &term.values {
        if value.is_empty() {
            return Ok(known.iter().filter_map(|key| from_key(key)).collect());
        }
        found.insert(from_key(&value.to_lowercase()).ok_or_else(|| {
            Problem::invalid(format!(
                "{}: cannot be “{value}”.",
                term.key.as_deref().unwrap_or_default()
            ))
            .with_hint(format!("It takes any of: {}", known.join(", ")))
        })?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_severity_compares_and_an_unknown_word_is_refused_with_what_there_is() {
        let severity = |text: &str| Sieve::of(text).map(|sieve| sieve.severities[0].0.clone());
        assert_eq!(
            severity("severity:>=urgent").unwrap(),
            HashSet::from([AttentionSeverity::Urgent, AttentionSeverity::Critical])
        );
        assert_eq!(
            severity("severity:<warning").unwrap(),
            HashSet::from([AttentionSeverity::Notice])
        );
        assert_eq!(severity("severity:").unwrap().len(), 4);
        let problem = Sieve::of("kind:weather").err().unwrap();
        assert!(problem.hint.unwrap().contains("token_expiring"));
        assert!(Sieve::of("snoozed:maybe").is_err());
    }

    #[test]
    fn answered_lines_are_shown_only_where_they_are_asked_for() {
        for (text, answered, open) in [
            ("", false, true),
            ("snoozed:yes", true, false),
            ("snoozed:no", false, true),
            ("-snoozed:no", true, false),
            ("snoozed:yes,no", true, true),
            ("snoozed:", false, true),
        ] {
            let sieve = Sieve::of(text).unwrap();
            assert_eq!((sieve.answered, sieve.open), (answered, open), "{text}");
        }
    }
}
