//! A profile's audit events, from the archive: nothing is asked of the API.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use model::{AccountId, Dataset, Timestamp};
use store::{AccessProfile, AuditEvent, ProfileKey, Reader, StoreError, Subject};

use super::age::freshness;
use super::fleet::no_such_profile;
use super::{AuditArchive, AuditChoice, AuditPage, AuditQuery, AuditRow};
use crate::archive::{is_archived, missing};
use crate::open::Desk;
use crate::problem::Problem;
use crate::settings::Settings;

/// Persons and kinds of resource that are offered, at most.
const CHOICES: usize = 100;

impl Desk {
    /// A page of a profile's events, the newest first.
    pub async fn audit(&self, query: AuditQuery) -> Result<AuditPage, Problem> {
        let wanted = store::AuditQuery {
            profile: ProfileKey(query.profile),
            search: query.search,
            resource: query.resource,
            who: query.who,
            from: query.from,
            to: query.to,
            offset: query.offset,
            limit: query.limit,
        };
        self.inner
            .read(move |store| {
                let Some(profile) = store.access_profile(wanted.profile)? else {
                    return Ok(None);
                };
                let (total, events) = store.audit_page(&wanted)?;
                let mut names = Names::new(store, &profile);
                let mut rows = Vec::with_capacity(events.len());
                for event in events {
                    rows.push(row(event, &mut names)?);
                }
                Ok(Some(AuditPage { total, rows }))
            })
            .await?
            .ok_or_else(no_such_profile)
    }

    /// What a profile's archive holds, what of it TagoIO still has, and what events can be narrowed by.
    pub async fn audit_archive(&self, profile: i64) -> Result<AuditArchive, Problem> {
        let now = self.inner.clock.now();
        let key = ProfileKey(profile);
        self.inner
            .read(move |store| {
                let Some(profile) = store.access_profile(key)? else {
                    return Ok(None);
                };
                let owner = store.reach_of(key)?.into_iter().find(|reach| reach.owner);
                let spans = store.audit_spans(key)?;
                let resources = store.audit_resources(key)?;
                let events = store.audit_people(key)?;
                let mut names = Names::new(store, &profile);
                let settings = Settings::read(store)?;
                let status = store.status(Subject::Profile(key), Dataset::Audit)?;
                let mut people = Vec::new();
                for (value, events) in events.into_iter().take(CHOICES) {
                    let name = names.of(&value)?;
                    people.push(AuditChoice {
                        value,
                        name,
                        events,
                    });
                }
                let all = store::AuditQuery {
                    profile: key,
                    search: String::new(),
                    resource: None,
                    who: None,
                    from: None,
                    to: None,
                    offset: 0,
                    limit: 0,
                };
                Ok(Some(AuditArchive {
                    missing: missing_of(&profile, &spans, now),
                    spans,
                    events: store.audit_page(&all)?.0,
                    resources: resources
                        .into_iter()
                        .take(CHOICES)
                        .map(|(value, events)| AuditChoice {
                            value,
                            name: None,
                            events,
                        })
                        .collect(),
                    people,
                    archiving: match &owner {
                        Some(owner) => is_archived(store, owner.account)?,
                        None => false,
                    },
                    owned: owner.is_some(),
                    freshness: freshness(Dataset::Audit, status.as_ref(), &settings, now),
                }))
            })
            .await?
            .ok_or_else(no_such_profile)
    }
}

/// Events as they are shown, with the names of who did them.
pub(crate) fn audit_rows(
    store: &Reader<'_>,
    profile: ProfileKey,
    events: Vec<AuditEvent>,
) -> Result<Vec<AuditRow>, StoreError> {
    let Some(profile) = store.access_profile(profile)? else {
        return Ok(Vec::new());
    };
    let mut names = Names::new(store, &profile);
    let rows = events.into_iter().map(|event| row(event, &mut names));
    rows.collect()
}

/// What TagoIO still has and is not here; nothing from before the profile was made.
fn missing_of(
    profile: &AccessProfile,
    spans: &[(Timestamp, Timestamp)],
    now: Timestamp,
) -> Vec<(Timestamp, Timestamp)> {
    let made = profile.created_at.unwrap_or(Timestamp::MIN);
    missing(spans, now)
        .into_iter()
        .map(|(from, until)| (from.max(made), until))
        .filter(|(from, until)| from < until)
        .collect()
}

/// Names of who did something, each looked up once.
struct Names<'s, 'r> {
    store: &'s Reader<'r>,
    api: String,
    known: HashMap<String, Option<String>>,
}

impl<'s, 'r> Names<'s, 'r> {
    fn new(store: &'s Reader<'r>, profile: &AccessProfile) -> Self {
        Self {
            store,
            api: profile.api.clone(),
            known: HashMap::new(),
        }
    }

    fn of(&mut self, word: &str) -> Result<Option<String>, StoreError> {
        if let Some(name) = self.known.get(word) {
            return Ok(name.clone());
        }
        let person = match word.trim().parse::<AccountId>() {
            Ok(id) => self.store.person(&self.api, &id)?,
            Err(_) => None,
        };
        let name = person.and_then(|person| person.name.or(person.email));
        self.known.insert(word.to_owned(), name.clone());
        Ok(name)
    }
}

fn row(event: AuditEvent, names: &mut Names<'_, '_>) -> Result<AuditRow, StoreError> {
    let mut hash = DefaultHasher::new();
    (
        event.at,
        &event.resource,
        &event.resource_id,
        &event.who,
        &event.message,
    )
        .hash(&mut hash);
    let who_name = match &event.who {
        Some(who) => names.of(who)?,
        None => None,
    };
    Ok(AuditRow {
        // Whole in JavaScript's numbers too.
        key: i64::try_from(hash.finish() >> 11).unwrap_or_default(),
        at: event.at,
        resource: event.resource,
        resource_id: event.resource_id,
        who: event.who,
        who_name,
        message: event.message,
    })
}
