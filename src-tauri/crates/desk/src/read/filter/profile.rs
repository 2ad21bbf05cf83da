//! The tests that a filter may make of profiles, and what each means to the store.

use jiff::SignedDuration;
use model::{Dataset, Service, Timestamp, UsageState};
use store::{Compare, GroupKind, ProfileTerm, ProfileTest, Reader, StoreError};
use tagoio::Region;

use super::Term;
use super::span::{not_understood, span, yes};
use super::value::{number, share};
use crate::problem::Problem;

/// A test of profiles, by its word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Key {
    Account,
    Region,
    Plan,
    Shared,
    Removed,
    Stale,
    Never,
    Failed,
    State,
    Risk,
    Growth,
    Of(Service),
    Group(GroupKind),
    Note,
    Name,
    Id,
    SignedOut,
    Protected,
}

/// The words, what they mean, and what is said of them to somebody who types. Short forms follow the word
/// that is offered.
pub(super) const KEYS: &[(&[&str], Key, &str)] = &[
    (
        &["account"],
        Key::Account,
        "an account that reaches it, by its label",
    ),
    (
        &["region"],
        Key::Region,
        "us-e1, eu-w1, or the host of a private deployment",
    ),
    (&["plan"], Key::Plan, "free, starter, scale"),
    (
        &["group"],
        Key::Group(GroupKind::Group),
        "a group, a customer or an environment",
    ),
    (&["customer"], Key::Group(GroupKind::Customer), "a customer"),
    (
        &["environment", "env"],
        Key::Group(GroupKind::Environment),
        "an environment",
    ),
    (
        &["favourite", "fav"],
        Key::Group(GroupKind::Favourites),
        "yes or no",
    ),
    (
        &["state"],
        Key::State,
        "the worst of its services: over, high, warn, ok",
    ),
    (&["risk"], Key::Risk, "the highest share of a limit: >80%"),
    (
        &["growth"],
        Key::Growth,
        "the share of a limit that a day adds: >1%",
    ),
    (
        &["input"],
        Key::Of(Service::Input),
        "its share, >80%, or what is used, >1000",
    ),
    (
        &["output"],
        Key::Of(Service::Output),
        "its share or what is used",
    ),
    (
        &["analysis"],
        Key::Of(Service::Analysis),
        "its share or what is used, in minutes",
    ),
    (&["sms"], Key::Of(Service::Sms), "its share or what is used"),
    (
        &["email"],
        Key::Of(Service::Email),
        "its share or what is used",
    ),
    (
        &["push_notification", "push"],
        Key::Of(Service::PushNotification),
        "its share or what is used",
    ),
    (
        &["data_records", "records"],
        Key::Of(Service::DataRecords),
        "its share or what is stored",
    ),
    (
        &["file_storage", "files"],
        Key::Of(Service::FileStorage),
        "its share or what is stored, in MB",
    ),
    (
        &["run_users", "users"],
        Key::Of(Service::RunUsers),
        "its share or how many there are",
    ),
    (
        &["shared"],
        Key::Shared,
        "yes: no connected account owns it",
    ),
    (&["stale"], Key::Stale, "how old its figures are: >1d"),
    (
        &["never"],
        Key::Never,
        "yes: its figures were never fetched",
    ),
    (
        &["failed"],
        Key::Failed,
        "yes, or what failed: summary, tokens",
    ),
    (
        &["signed-out"],
        Key::SignedOut,
        "yes: its account must sign in again",
    ),
    (
        &["protected"],
        Key::Protected,
        "yes: every change of it asks first",
    ),
    (&["note"], Key::Note, "a word of its note, or yes"),
    (&["name"], Key::Name, "a part of its name"),
    (&["id"], Key::Id, "a part of its id"),
    (
        &["removed"],
        Key::Removed,
        "yes, no or all: profiles that are gone",
    ),
];

/// The states that a filter names.
pub(super) const STATES: [(&str, UsageState); 6] = [
    ("over", UsageState::Over),
    ("high", UsageState::High),
    ("warn", UsageState::Warn),
    ("ok", UsageState::Ok),
    ("none", UsageState::NotAllocated),
    ("unknown", UsageState::Unknown),
];

/// The test with a word.
pub(super) fn key(word: &str) -> Option<Key> {
    KEYS.iter()
        .find(|(words, ..)| words.contains(&word))
        .map(|(_, key, _)| *key)
}

/// A test that is understood, though the store may have to be asked what it names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Understood {
    pub(super) negated: bool,
    pub(super) any: Vec<Test>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    Ready(ProfileTest),
    /// Accounts by their labels.
    Account(String),
    /// Groups by their names, of a kind; of any but favourites if it is the plain one.
    Group(GroupKind, String),
    Region(String),
    /// The summary is older than this, or else younger.
    Stale(SignedDuration, bool),
    /// Everything that another test leaves out.
    Not(Box<Test>),
}

/// Understands a test of profiles; `None` while it is typed and says nothing yet.
pub(super) fn understand(term: &Term, key: Key) -> Result<Option<Understood>, Problem> {
    let mut any = Vec::new();
    for value in &term.values {
        any.extend(test(term, key, value)?);
    }
    Ok((!any.is_empty()).then_some(Understood {
        negated: term.negated,
        any,
    }))
}

fn test(term: &Term, key: Key, value: &str) -> Result<Option<Test>, Problem> {
    let word = || value.to_owned();
    let compares = term.compare != Compare::Is;
    let takes_text = matches!(
        key,
        Key::Account | Key::Region | Key::Plan | Key::Group(_) | Key::Note | Key::Name | Key::Id
    );
    if compares
        && (takes_text
            || matches!(
                key,
                Key::Shared
                    | Key::Removed
                    | Key::Never
                    | Key::Failed
                    | Key::State
                    | Key::SignedOut
                    | Key::Protected
            ))
    {
        return Err(bad(
            term,
            "is not a number, so that it cannot be more or less",
        ));
    }
    Ok(Some(match key {
        Key::Account => Test::Account(word()),
        Key::Region => Test::Region(word()),
        Key::Plan if value == "unknown" => ProfileTest::Plan(None).into(),
        Key::Plan => ProfileTest::Plan(Some(word())).into(),
        Key::Group(GroupKind::Favourites) => {
            return either(term, value, ProfileTest::Grouped(GroupKind::Favourites));
        }
        Key::Group(kind) if value == "none" => {
            Test::Not(Box::new(ProfileTest::Grouped(kind).into()))
        }
        Key::Group(kind) => Test::Group(kind, word()),
        Key::Note => match value {
            "yes" => ProfileTest::Note(String::new()).into(),
            "no" => Test::Not(Box::new(ProfileTest::Note(String::new()).into())),
            _ => ProfileTest::Note(word()).into(),
        },
        Key::Name => ProfileTest::Name(word()).into(),
        Key::Id => ProfileTest::Id(word()).into(),
        Key::Shared => return either(term, value, ProfileTest::Shared),
        Key::Removed if value == "all" => ProfileTest::Any.into(),
        Key::Removed => return either(term, value, ProfileTest::Removed),
        Key::Never => return either(term, value, ProfileTest::NeverFetched),
        Key::SignedOut => return either(term, value, ProfileTest::SignedOut),
        Key::Protected => return either(term, value, ProfileTest::Protected),
        Key::Failed => match Dataset::from_key(value) {
            Some(dataset) => ProfileTest::Failed(Some(dataset)).into(),
            None => return either(term, value, ProfileTest::Failed(None)),
        },
        Key::Stale if value == "yes" => Test::Stale(A_DAY, true),
        Key::Stale if value == "no" => Test::Stale(A_DAY, false),
        Key::Stale => {
            let age = span(value)
                .ok_or_else(|| not_understood(term, value, "an age, such as >12h, >1d or >2w"))?;
            match term.compare {
                Compare::More | Compare::AtLeast | Compare::Is => Test::Stale(age, true),
                Compare::Less | Compare::AtMost => Test::Stale(age, false),
            }
        }
        Key::State => ProfileTest::State(state(term, value)?).into(),
        Key::Risk => ProfileTest::Risk(term.compare, share(term, value)?).into(),
        Key::Growth => ProfileTest::Growth(term.compare, share(term, value)?).into(),
        Key::Of(service) => of_service(term, service, value)?.into(),
    }))
}

const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// `80%` is a share, `1000` what is used, `over` a state.
fn of_service(term: &Term, service: Service, value: &str) -> Result<ProfileTest, Problem> {
    if term.compare == Compare::Is && STATES.iter().any(|(word, _)| *word == value) {
        return Ok(ProfileTest::ServiceState(service, state(term, value)?));
    }
    Ok(if value.ends_with('%') {
        ProfileTest::Share(service, term.compare, share(term, value)?)
    } else {
        ProfileTest::Used(service, term.compare, number(term, value)?)
    })
}

fn state(term: &Term, value: &str) -> Result<UsageState, Problem> {
    STATES
        .iter()
        .find(|(word, _)| *word == value)
        .map(|(_, state)| *state)
        .ok_or_else(|| bad(term, "takes over, high, warn, ok, none or unknown"))
}

/// A test that takes yes or no.
fn either(term: &Term, value: &str, test: ProfileTest) -> Result<Option<Test>, Problem> {
    Ok(yes(term, value)?.map(|yes| {
        if yes {
            test.into()
        } else {
            Test::Not(Box::new(test.into()))
        }
    }))
}

/// That a test cannot be carried out.
pub(super) fn bad(term: &Term, why: &str) -> Problem {
    let key = term.key.as_deref().unwrap_or_default();
    Problem::invalid(format!("The filter “{key}:” {why}."))
}

impl From<ProfileTest> for Test {
    fn from(test: ProfileTest) -> Self {
        Self::Ready(test)
    }
}

impl Understood {
    /// What it means to the store at this moment.
    pub(super) fn resolve(
        &self,
        store: &Reader<'_>,
        now: Timestamp,
    ) -> Result<ProfileTerm, StoreError> {
        let any = self.any.iter().map(|test| ready(test, store, now));
        Ok(ProfileTerm {
            negated: self.negated,
            any: any.collect::<Result<_, _>>()?,
        })
    }
}

fn ready(wanted: &Test, store: &Reader<'_>, now: Timestamp) -> Result<ProfileTest, StoreError> {
    Ok(match wanted {
        Test::Ready(ready) => ready.clone(),
        Test::Not(other) => ProfileTest::Not(Box::new(ready(other, store, now)?)),
        Test::Account(text) => {
            let accounts = store.accounts()?.into_iter();
            let labels = accounts
                .map(|account| (account.label, account.key))
                .collect();
            ProfileTest::Accounts(meant(text, labels))
        }
        Test::Group(kind, text) => {
            let groups = store.groups()?.into_iter().filter(|group| match kind {
                GroupKind::Group => group.kind != GroupKind::Favourites,
                kind => group.kind == *kind,
            });
            let names = groups.map(|group| (group.name, group.key)).collect();
            ProfileTest::Groups(meant(text, names))
        }
        Test::Region(text) => {
            let wanted = store::folded(text);
            let mut apis: Vec<String> = Vec::new();
            for account in store.accounts()? {
                let name = region_name(&account.api);
                if store::folded(&name).contains(&wanted) && !apis.contains(&account.api) {
                    apis.push(account.api);
                }
            }
            let text = text.clone();
            ProfileTest::Region { text, apis }
        }
        Test::Stale(age, older) => {
            let at = now.checked_sub(*age).unwrap_or(Timestamp::MIN);
            if *older {
                ProfileTest::FetchedBefore(at)
            } else {
                ProfileTest::FetchedSince(at)
            }
        }
    })
}

/// What a person calls the place of an API: `us-e1`, `eu-w1`, or its host.
pub(crate) fn region_name(api: &str) -> String {
    Region::parse(api).map_or_else(|_| api.to_owned(), |region| region.name().to_owned())
}

/// Those whose name is just this, else those whose name holds it.
fn meant<Key>(text: &str, named: Vec<(String, Key)>) -> Vec<Key> {
    let wanted = store::folded(text);
    let named: Vec<(String, Key)> = named
        .into_iter()
        .map(|(name, key)| (store::folded(&name), key))
        .collect();
    let exact = named.iter().any(|(name, _)| *name == wanted);
    let holds = |name: &str| {
        if exact {
            name == wanted
        } else {
            name.contains(&wanted)
        }
    };
    let meant = named.into_iter().filter(|(name, _)| holds(name));
    meant.map(|(_, key)| key).collect()
}
