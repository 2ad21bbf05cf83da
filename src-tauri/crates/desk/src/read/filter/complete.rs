//! What may be typed next into a filter box: words of the language, then values that the store knows.

use std::collections::BTreeMap;

use model::{AttentionKind, Dataset};
use store::{GroupKind, Reader, StoreError};

use super::profile::{KEYS, Key, STATES, key, region_name};
use super::term;
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{FilterChoice, FilterCompletion};

/// Values that are offered, at most: a store may know thousands of groups. Words are few, and all are offered.
const MOST: usize = 50;

/// A test that a screen has of its own: its word, what it takes, and the values that it offers.
pub(crate) type Own = (&'static str, &'static str, &'static [&'static str]);

impl Desk {
    /// What may stand at the cursor of a screen's filter box; `cursor` counts UTF-16 units.
    pub async fn complete_filter(
        &self,
        screen: &str,
        text: String,
        cursor: u32,
    ) -> Result<FilterCompletion, Problem> {
        let own = own_of(screen);
        self.inner
            .read(move |store| complete(store, own, &text, cursor))
            .await
    }
}

const KINDS: [&str; AttentionKind::ALL.len()] = {
    let mut keys = [""; AttentionKind::ALL.len()];
    let mut at = 0;
    while at < keys.len() {
        keys[at] = AttentionKind::ALL[at].key();
        at += 1;
    }
    keys
};

/// The tests of a screen's own, as that screen carries them out. The fleet and the change log have none.
fn own_of(screen: &str) -> &'static [Own] {
    match screen {
        "today" => &[
            ("kind", "what a line is about", &KINDS),
            (
                "severity",
                "how bad it is",
                &["critical", "urgent", "warning", "notice"],
            ),
            (
                "snoozed",
                "lines that were answered: yes or no",
                &["yes", "no"],
            ),
        ],
        "costs" => &[(
            "cost",
            "dollars, >10, or whether it is known",
            &[">10", ">100", "unknown", "shared"],
        )],
        "tokens" => &[
            (
                "permission",
                "what it may do",
                &["full", "write", "read", "deny"],
            ),
            (
                "expires",
                "when it ends: <14d",
                &["<14d", "never", "expired"],
            ),
            ("unused", "yes: it was never used", &["yes", "no"]),
            (
                "used",
                "when it was last used: >90d ago",
                &[">90d", "<7d", "never"],
            ),
            ("age", "when it was made: >1y ago", &[">1y", ">90d", "<7d"]),
            ("creator", "who made it", &[]),
            (
                "flag",
                "what is odd about it",
                &[
                    "orphan", "expiring", "expired", "unused", "full", "unending",
                ],
            ),
            ("kind", "the API's word for its kind", &[]),
            (
                "sign-in",
                "yes, no or all: those of signing in",
                &["yes", "no", "all"],
            ),
        ],
        "people" => &[
            ("person", "a part of a name or an address", &[]),
            (
                "invited",
                "yes, or for how long: >3d",
                &["yes", "no", ">3d", "ended"],
            ),
            ("flag", "what is odd", &["shared", "ended", "inferred"]),
            (
                "role",
                "how they get in",
                &["owner", "member", "invited", "connected"],
            ),
            ("profiles", "how many profiles: >5", &[">1", ">5"]),
            ("tokens", "how many tokens they made: >0", &[">0"]),
        ],
        _ => &[],
    }
}

fn complete(
    store: &Reader<'_>,
    own: &[Own],
    text: &str,
    cursor: u32,
) -> Result<FilterCompletion, StoreError> {
    let cursor = byte_of(text, cursor);
    // What is typed behind the cursor is not looked at.
    let before = &text[..cursor];
    let last = term::terms(before).ok().and_then(|mut terms| terms.pop());
    let Some(term) = last.filter(|term| term.at.end == cursor) else {
        let choices = words(own, "", "");
        return Ok(completion(text, cursor, cursor, choices));
    };
    let typed = &before[term.at.clone()];
    let minus = if term.negated { "-" } else { "" };
    let Some(word) = &term.key else {
        let start = term.values[0].to_lowercase();
        // A quoted word is looked for as it is.
        let choices = if typed.contains('"') {
            Vec::new()
        } else {
            words(own, minus, &start)
        };
        return Ok(completion(text, term.at.start, cursor, choices));
    };
    let known = match own.iter().find(|(own, ..)| own == word) {
        Some((_, _, values)) => values
            .iter()
            .map(|value| ((*value).to_owned(), 0))
            .collect(),
        None => match key(word) {
            Some(key) => values(store, key)?,
            None => Vec::new(),
        },
    };
    // Of a list, the last value is completed.
    let begun = last_value(typed);
    let wanted = store::folded(&begun.replace('"', ""));
    let mut choices: Vec<(String, u32)> = known
        .into_iter()
        .filter(|(value, _)| store::folded(value).contains(&wanted))
        .collect();
    choices.sort_by_key(|(value, profiles)| {
        let begins = store::folded(value).starts_with(&wanted);
        (!begins, std::cmp::Reverse(*profiles), store::folded(value))
    });
    let choices = choices.into_iter().map(|(value, profiles)| FilterChoice {
        insert: format!("{} ", quoted(&value)),
        detail: match profiles {
            0 => String::new(),
            1 => "1 profile".to_owned(),
            some => format!("{some} profiles"),
        },
    });
    let left_out = choices.len().saturating_sub(MOST);
    let choices = choices.take(MOST).collect();
    Ok(FilterCompletion {
        left_out: u32::try_from(left_out).unwrap_or(u32::MAX),
        ..completion(text, cursor - begun.len(), cursor, choices)
    })
}

/// The words of the language that begin so, then those that hold it.
fn words(own: &[Own], minus: &str, start: &str) -> Vec<FilterChoice> {
    let own = own.iter().map(|(word, takes, _)| (*word, *takes));
    let shared = KEYS.iter().map(|(words, _, takes)| (words[0], *takes));
    let mut found: Vec<(&str, &str)> = own
        .chain(shared)
        .filter(|(word, _)| word.contains(start))
        .collect();
    found.sort_by_key(|(word, _)| !word.starts_with(start));
    let choices = found.into_iter().map(|(word, takes)| FilterChoice {
        insert: format!("{minus}{word}:"),
        detail: takes.to_owned(),
    });
    choices.collect()
}

/// What stands behind the last comma or the colon outside quotes, quotes included.
fn last_value(typed: &str) -> &str {
    let (mut begin, mut quoted, mut in_value) = (0, false, false);
    for (place, letter) in typed.char_indices() {
        quoted ^= letter == '"';
        if !quoted && ((letter == ':' && !in_value) || (letter == ',' && in_value)) {
            begin = place + 1;
            in_value = true;
        }
    }
    &typed[begin..]
}

fn quoted(value: &str) -> String {
    if value.contains(|letter: char| letter.is_whitespace() || letter == ',' || letter == ':') {
        format!("\"{value}\"")
    } else {
        value.to_owned()
    }
}

/// The values that a test can take, and how many profiles bear each, where that is known.
fn values(store: &Reader<'_>, key: Key) -> Result<Vec<(String, u32)>, StoreError> {
    let plain = |values: &[&str]| {
        values
            .iter()
            .map(|value| ((*value).to_owned(), 0))
            .collect()
    };
    Ok(match key {
        Key::Account => {
            let accounts = store.accounts()?.into_iter();
            accounts
                .map(|account| (account.label, account.profiles))
                .collect()
        }
        Key::Region => {
            let mut regions: BTreeMap<String, u32> = BTreeMap::new();
            for (region, profiles) in store.regions()? {
                *regions.entry(region_name(&region)).or_default() += profiles;
            }
            regions.into_iter().collect()
        }
        Key::Plan => store.plans()?,
        Key::Group(GroupKind::Favourites)
        | Key::Shared
        | Key::Never
        | Key::SignedOut
        | Key::Protected
        | Key::Note => plain(&["yes", "no"]),
        Key::Group(kind) => {
            let groups = store.groups()?.into_iter().filter(|group| match kind {
                GroupKind::Group => group.kind != GroupKind::Favourites,
                kind => group.kind == kind,
            });
            let mut names: Vec<(String, u32)> =
                groups.map(|group| (group.name, group.profiles)).collect();
            names.push(("none".to_owned(), 0));
            names
        }
        Key::State => STATES
            .iter()
            .map(|(word, _)| ((*word).to_owned(), 0))
            .collect(),
        Key::Of(_) => plain(&[
            ">80%", ">90%", ">=100%", "over", "high", "warn", "ok", "none", "unknown",
        ]),
        Key::Risk => plain(&[">80%", ">90%", ">=100%"]),
        Key::Growth => plain(&[">1%", ">2%", ">5%"]),
        Key::Stale => plain(&[">1d", ">1h", ">7d"]),
        Key::Failed => {
            let datasets = Dataset::OF_PROFILE.into_iter().map(Dataset::key);
            let values = ["yes", "no"].into_iter().chain(datasets);
            values.map(|value| (value.to_owned(), 0)).collect()
        }
        Key::Removed => plain(&["yes", "no", "all"]),
        Key::Name | Key::Id => Vec::new(),
    })
}

fn completion(text: &str, from: usize, to: usize, choices: Vec<FilterChoice>) -> FilterCompletion {
    FilterCompletion {
        from: units(&text[..from]),
        to: units(&text[..to]),
        choices,
        left_out: 0,
    }
}

/// How many UTF-16 units a text is, as JavaScript counts.
fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

/// The byte at which a place stands that is counted in UTF-16 units; the end if it is beyond.
fn byte_of(text: &str, units: u32) -> usize {
    let mut passed = 0;
    for (place, letter) in text.char_indices() {
        if passed >= units as usize {
            return place;
        }
        passed += letter.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use model::AttentionSeverity;

    use super::*;

    #[test]
    fn the_last_value_of_a_list_is_what_is_completed() {
        for (typed, value) in [
            ("account:", ""),
            ("account:ac", "ac"),
            ("account:a,b", "b"),
            ("account:\"A, B\",c", "c"),
            ("account:\"A: B", "\"A: B"),
            ("-plan:fr", "fr"),
            ("input:>8", ">8"),
        ] {
            assert_eq!(last_value(typed), value, "{typed}");
        }
    }

    #[test]
    fn what_a_screen_offers_it_understands() {
        for screen in ["today", "costs", "tokens", "people"] {
            let own: Vec<&str> = own_of(screen).iter().map(|(word, ..)| *word).collect();
            for (word, _, values) in own_of(screen) {
                for value in *values {
                    let text = format!("{word}:{value}");
                    let filter = crate::read::Filter::parse(&text, &own).unwrap();
                    assert_eq!(filter.own().len(), 1, "{text}");
                }
            }
        }
        assert!(own_of("fleet").is_empty());
    }

    #[test]
    fn an_empty_box_offers_every_word_of_the_language() {
        for screen in ["fleet", "today", "costs", "tokens", "people"] {
            let offered: Vec<String> = words(own_of(screen), "", "")
                .into_iter()
                .map(|choice| choice.insert)
                .collect();
            let own = own_of(screen).iter().map(|(word, ..)| *word);
            for word in own.chain(KEYS.iter().map(|(words, ..)| words[0])) {
                assert!(offered.contains(&format!("{word}:")), "{screen} {word}");
            }
        }
    }

    #[test]
    fn every_kind_and_every_severity_of_a_line_is_offered() {
        let offered = |wanted: &str| {
            let mut own = own_of("today").iter();
            own.find(|(word, ..)| *word == wanted).unwrap().2
        };
        assert_eq!(offered("kind"), AttentionKind::ALL.map(AttentionKind::key));
        assert_eq!(
            offered("severity"),
            AttentionSeverity::ALL.map(AttentionSeverity::key)
        );
    }

    #[test]
    fn places_are_counted_as_javascript_counts() {
        let text = "😀ü account:a";
        assert_eq!(units("😀ü "), 4);
        assert_eq!(&text[byte_of(text, 4)..], "account:a");
        assert_eq!(byte_of(text, 99), text.len());
    }

    #[test]
    fn a_value_that_would_fall_apart_is_quoted() {
        assert_eq!(quoted("North Sea"), "\"North Sea\"");
        assert_eq!(quoted("a,b"), "\"a,b\"");
        assert_eq!(quoted("host:8080"), "\"host:8080\"");
        assert_eq!(quoted("Acme"), "Acme");
    }

    #[test]
    fn words_that_begin_so_come_before_those_that_hold_it() {
        let inserted = |start: &str| -> Vec<String> {
            let choices = words(&[], "-", start).into_iter();
            choices.map(|choice| choice.insert).collect()
        };
        assert_eq!(inserted("in"), ["-input:"]);
        assert_eq!(inserted("re")[..2], ["-region:", "-removed:"]);
        assert_eq!(inserted("zzz"), [""; 0]);
    }
}
