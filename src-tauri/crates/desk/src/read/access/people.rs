//! Everybody with access to anything, a row a person.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use insight::{Grouped, Grouping};
use model::{Dataset, Timestamp};
use store::{ProfileGroup, ProfileKey, Reader, StoreError};

use super::wanted::Wanted;
use super::ways::{Moment, Way, Ways};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::coverage::coverage;
use crate::read::{
    AccessKind, AccessKnown, PeopleFigures, PeopleOrder, PeoplePage, PeopleQuery, PersonRow,
};

/// Labels of accounts that a row names.
const LABELS: usize = 3;

impl Desk {
    /// A page of the persons that a filter finds.
    pub async fn people(&self, query: PeopleQuery) -> Result<PeoplePage, Problem> {
        let now = self.inner.clock.now();
        let moment = Moment::of(query.at, now);
        let wanted = Wanted::parse(&query.filter)?;
        self.inner
            .read(move |store| {
                let ways = Ways::gather(store, moment, None, false)?;
                let context = Context::read(store)?;
                let everybody = persons(&ways, &context, None);
                let figures = figures(store, &ways, &everybody, now)?;
                let mut found = match wanted.profiles(store, now)? {
                    Some(left) => persons(&ways, &context, Some(&left)),
                    None => everybody,
                };
                found.retain(|person| wanted.holds(person, moment.at));
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

/// Who the persons are that a filter finds on the profiles that it leaves.
pub(super) fn found(
    store: &Reader<'_>,
    ways: &Ways,
    wanted: &Wanted,
    left: Option<&HashSet<ProfileKey>>,
    at: Timestamp,
) -> Result<HashSet<String>, StoreError> {
    let persons = persons(ways, &Context::read(store)?, left);
    let found = persons
        .into_iter()
        .filter(|person| wanted.holds(person, at));
    Ok(found.map(|person| person.row.who).collect())
}

/// Who it is, from one API host and one id to the next: the address folded, else host and id, else the name.
pub(crate) fn identity(ways: &Ways, way: &Way) -> String {
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
pub(super) struct Person {
    pub(super) row: PersonRow,
    /// Hosts and words by which the API may name them as who made something.
    words: BTreeSet<(String, String)>,
    profiles: HashSet<usize>,
    accounts: BTreeSet<String>,
    /// Groups of the profiles that they were let into by somebody.
    groups: Vec<ProfileGroup>,
    pub(super) roles: HashSet<AccessKind>,
}

impl Person {
    /// What a word is looked for in.
    pub(super) fn text(&self) -> String {
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
