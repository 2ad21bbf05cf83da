//! Everybody with access to anything, a row a person.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use insight::{Grouped, Grouping};
use model::{Dataset, Timestamp};
use store::{ProfileGroup, ProfileKey, Reader, StoreError};

use super::ways::{Moment, Way, Ways};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::coverage::coverage;
use crate::read::filter::{Compare, Filter, Term, not_understood, span, yes};
use crate::read::{
    AccessKind, AccessKnown, PeopleFigures, PeopleOrder, PeoplePage, PeopleQuery, PersonRow,
};

/// The tests that are this screen's own.
const OWN: [&str; 6] = ["person", "invited", "flag", "role", "profiles", "tokens"];

/// Labels of accounts that a row names.
const LABELS: usize = 3;

impl Desk {
    /// A page of the persons that a filter finds.
    pub async fn people(&self, query: PeopleQuery) -> Result<PeoplePage, Problem> {
        let now = self.inner.clock.now();
        let moment = Moment::of(query.at, now);
        let filter = Filter::parse(&query.filter, &OWN)?;
        let tests = filter
            .own()
            .iter()
            .map(Test::of)
            .filter_map(Result::transpose)
            .collect::<Result<Vec<_>, _>>()?;
        self.inner
            .read(move |store| {
                let ways = Ways::gather(store, moment, None, false)?;
                let context = Context::read(store)?;
                let everybody = persons(&ways, &context, None);
                let figures = figures(store, &ways, &everybody, now)?;
                let mut found = match filter.profiles(store, now)? {
                    Some(left) => persons(&ways, &context, Some(&left)),
                    None => everybody,
                };
                found.retain(|person| {
                    filter.has_words(&person.text())
                        && tests.iter().all(|test| test.holds(person, moment.at))
                });
                found.sort_by(|one, other| order(&query, one, other));
                let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
                let page = found
                    .into_iter()
                    .skip(query.offset as usize)
                    .take(query.limit as usize);
                Ok(PeoplePage {
                    total,
                    rows: page.map(|person| person.row).collect(),
                    figures,
                })
            })
            .await
    }
}

/// Who it is, from one API host and one id to the next: the address folded, else host and id, else the name.
pub(super) fn identity(ways: &Ways, way: &Way) -> String {
    let api = &ways.profiles[way.profile].api;
    match (&way.email, &way.id, &way.name) {
        (Some(email), ..) => store::folded(email.trim()),
        (None, Some(id), _) => format!("{api} {id}"),
        (None, None, name) => format!("{api} {}", name.as_deref().unwrap_or_default()),
    }
}

/// What stands beside the ways: accounts that are connected, tokens that were made, groups.
struct Context {
    /// Labels by address and by host and id.
    connected: HashMap<String, String>,
    /// How many tokens, by host and the API's word for who made them.
    tokens: HashMap<(String, String), u32>,
    groups: HashMap<ProfileKey, Vec<ProfileGroup>>,
    customers_exist: bool,
}

impl Context {
    fn read(store: &Reader<'_>) -> Result<Self, StoreError> {
        let mut connected = HashMap::new();
        for account in store.accounts()? {
            connected.insert(format!("{} {}", account.api, account.id), account.label);
        }
        let groups = store.groupings()?;
        let customers_exist = groups
            .values()
            .flatten()
            .any(|group| grouping(group) == Grouping::Customer);
        let tokens = store.tokens_made(insight::SIGN_IN_LIFE)?;
        Ok(Self {
            connected,
            tokens: tokens
                .into_iter()
                .map(|(api, who, count)| ((api, who), count))
                .collect(),
            groups,
            customers_exist,
        })
    }
}

fn grouping(group: &ProfileGroup) -> Grouping {
    match group.kind.as_str() {
        "customer" => Grouping::Customer,
        "favourites" => Grouping::Favourites,
        _ => Grouping::Other,
    }
}

/// A person while the ways are read.
struct Person {
    row: PersonRow,
    /// Hosts and words by which the API may name them as who made something.
    words: BTreeSet<(String, String)>,
    profiles: HashSet<usize>,
    accounts: BTreeSet<String>,
    /// Groups of the profiles that they were let into by somebody.
    groups: Vec<ProfileGroup>,
    roles: HashSet<AccessKind>,
}

impl Person {
    /// What a word is looked for in.
    fn text(&self) -> String {
        let row = &self.row;
        let mut text = String::new();
        for part in row.name.iter().chain(&row.email) {
            text.push_str(part);
            text.push('\n');
        }
        for id in &row.ids {
            text.push_str(id.as_str());
            text.push('\n');
        }
        text
    }
}

fn persons(ways: &Ways, context: &Context, only: Option<&HashSet<ProfileKey>>) -> Vec<Person> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut found: Vec<Person> = Vec::new();
    for way in &ways.all {
        let profile = &ways.profiles[way.profile];
        if way.known == AccessKnown::NotKnown
            || only.is_some_and(|only| !only.contains(&profile.key))
        {
            continue;
        }
        let who = identity(ways, way);
        let place = *places.entry(who).or_insert_with_key(|who| {
            found.push(begun(who));
            found.len() - 1
        });
        found[place].add(way, ways, context);
    }
    for person in &mut found {
        person.end(context);
    }
    found
}

fn begun(who: &str) -> Person {
    let mut hash = DefaultHasher::new();
    who.hash(&mut hash);
    Person {
        row: PersonRow {
            // Whole in JavaScript's numbers too.
            key: i64::try_from(hash.finish() >> 11).unwrap_or_default(),
            who: who.to_owned(),
            ids: Vec::new(),
            name: None,
            email: None,
            connected: None,
            profiles: 0,
            owned: 0,
            accounts: Vec::new(),
            account_count: 0,
            invitations: 0,
            ended: 0,
            invited_at: None,
            tokens: 0,
            shares: Vec::new(),
            known: AccessKnown::Seen,
        },
        words: BTreeSet::new(),
        profiles: HashSet::new(),
        accounts: BTreeSet::new(),
        groups: Vec::new(),
        roles: HashSet::new(),
    }
}

impl Person {
    fn add(&mut self, way: &Way, ways: &Ways, context: &Context) {
        let profile = &ways.profiles[way.profile];
        let row = &mut self.row;
        if let Some(id) = &way.id {
            if !row.ids.contains(id) {
                row.ids.push(id.clone());
            }
            if row.connected.is_none() {
                let key = format!("{} {id}", profile.api);
                row.connected = context.connected.get(&key).cloned();
            }
            self.words.insert((profile.api.clone(), id.to_string()));
        }
        for word in way.name.iter().chain(&way.email) {
            self.words
                .insert((profile.api.clone(), store::folded(word.trim())));
        }
        row.name = row.name.take().or_else(|| way.name.clone());
        row.email = row.email.take().or_else(|| way.email.clone());
        if way.known == AccessKnown::Inferred {
            row.known = AccessKnown::Inferred;
        }
        self.roles.insert(way.kind);
        match way.kind {
            AccessKind::Invitation => row.invitations += 1,
            AccessKind::InvitationEnded => row.ended += 1,
            AccessKind::Owner if self.profiles.insert(way.profile) => row.owned += 1,
            _ => {
                self.profiles.insert(way.profile);
            }
        }
        if matches!(
            way.kind,
            AccessKind::Invitation | AccessKind::InvitationEnded
        ) {
            let (known, made) = (row.invited_at, way.made_at);
            row.invited_at = match (known, made) {
                (Some(known), Some(made)) => Some(known.min(made)),
                (known, made) => known.or(made),
            };
        }
        self.accounts.extend(profile.account.clone());
        // Who owns the profiles of several customers is who serves them, and shares nothing with them.
        if way.kind != AccessKind::Owner && way.kind != AccessKind::InvitationEnded {
            let groups = context.groups.get(&profile.key);
            self.groups.extend(groups.into_iter().flatten().cloned());
        }
    }

    fn end(&mut self, context: &Context) {
        let row = &mut self.row;
        row.profiles = u32::try_from(self.profiles.len()).unwrap_or(u32::MAX);
        row.account_count = u32::try_from(self.accounts.len()).unwrap_or(u32::MAX);
        row.accounts = std::mem::take(&mut self.accounts)
            .into_iter()
            .take(LABELS)
            .collect();
        row.tokens = self
            .words
            .iter()
            .filter_map(|word| context.tokens.get(word))
            .sum();
        let groups = self.groups.iter().map(|group| Grouped {
            key: group.key,
            grouping: grouping(group),
        });
        let shared = insight::shared_between(groups, context.customers_exist);
        row.shares = shared
            .into_iter()
            .filter_map(|key| self.groups.iter().find(|group| group.key == key))
            .map(|group| group.name.clone())
            .collect();
        row.shares.sort_unstable();
    }
}

fn figures(
    store: &Reader<'_>,
    ways: &Ways,
    everybody: &[Person],
    now: Timestamp,
) -> Result<PeopleFigures, StoreError> {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let mut profiles: HashSet<usize> = HashSet::new();
    for person in everybody {
        profiles.extend(&person.profiles);
    }
    Ok(PeopleFigures {
        persons: count(everybody.len()),
        profiles: count(profiles.len()),
        invitations: everybody.iter().map(|person| person.row.invitations).sum(),
        ended: everybody.iter().map(|person| person.row.ended).sum(),
        shared: count(
            everybody
                .iter()
                .filter(|person| !person.row.shares.is_empty())
                .count(),
        ),
        known: ways.teams_known,
        known_of: count(ways.profiles.len()),
        coverage: coverage(store, Dataset::Team, now)?,
    })
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

/// Who has no name comes last, whichever way round; equal ones are by name, then by who they are.
fn order(query: &PeopleQuery, one: &Person, other: &Person) -> Ordering {
    let text = |text: &Option<String>| text.as_deref().map(store::folded);
    let number = |one: u32, other: u32| turned(query.descending, one.cmp(&other));
    let (left, right) = (&one.row, &other.row);
    let first = match query.sort {
        PeopleOrder::Name => last(query.descending, text(&left.name), text(&right.name)),
        PeopleOrder::Email => last(query.descending, text(&left.email), text(&right.email)),
        PeopleOrder::Profiles => number(left.profiles, right.profiles),
        PeopleOrder::Accounts => number(left.account_count, right.account_count),
        PeopleOrder::Invitations => number(
            left.invitations + left.ended,
            right.invitations + right.ended,
        ),
        PeopleOrder::Tokens => number(left.tokens, right.tokens),
        PeopleOrder::Shared => {
            let count = |row: &PersonRow| u32::try_from(row.shares.len()).unwrap_or(u32::MAX);
            number(count(left), count(right))
        }
    };
    first
        .then_with(|| last(false, text(&left.name), text(&right.name)))
        .then_with(|| left.who.cmp(&right.who))
}

fn turned(descending: bool, order: Ordering) -> Ordering {
    if descending { order.reverse() } else { order }
}

fn last(descending: bool, one: Option<String>, other: Option<String>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => turned(descending, one.cmp(&other)),
        (one, other) => one.is_none().cmp(&other.is_none()),
    }
}
