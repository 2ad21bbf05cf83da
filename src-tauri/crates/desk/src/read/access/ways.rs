//! The ways into profiles at a moment, and how each is known.

use std::collections::HashMap;

use model::{AccountId, Dataset, FetchOutcome, FetchStatus, Timestamp};
use store::{AccessProfile, Person, ProfileKey, Reader, StoreError, TokenVersion};

use super::before::Before;
use crate::figures::minute;
use crate::read::{AccessKind, AccessKnown};

/// The moment that is asked about: now, or a past one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The moment itself.
    pub(crate) at: Timestamp,
    /// Whether it is past, so that versions are asked for as of then.
    pub(crate) past: Option<Timestamp>,
}

impl Moment {
    /// A moment in the future is now: nothing is known of it.
    pub(crate) fn of(at: Option<Timestamp>, now: Timestamp) -> Self {
        let past = at.filter(|at| *at < now);
        Self {
            at: past.unwrap_or(now),
            past,
        }
    }
}

/// One way into a profile.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    /// The profile's place in [`Ways::profiles`].
    pub(crate) profile: usize,
    pub(crate) kind: AccessKind,
    pub(crate) id: Option<AccountId>,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) known: AccessKnown,
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) made_at: Option<Timestamp>,
    /// The token, if it is one; it is boxed since few ways are.
    pub(crate) token: Option<Box<TokenVersion>>,
    pub(crate) source: Source,
}

/// Where it is known from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// The list of the profile's team.
    Team,
    /// What the profile says of its owner.
    Owner,
    /// The list of the profile's tokens.
    Tokens,
    /// Acts in the audit log, and how it goes on.
    Acts,
    /// A later list of tokens says that it was made before.
    LaterTokens,
    /// The list was first fetched at a later moment.
    NotYetFetched(Timestamp),
    /// The list never arrived.
    NeverArrived(Option<FetchStatus>),
    /// TagoIO did not say.
    NotSaid,
}

/// Profiles that were there at a moment, and the ways into them.
pub(crate) struct Ways {
    pub(crate) profiles: Vec<AccessProfile>,
    pub(crate) all: Vec<Way>,
    /// Profiles whose team was known at the moment.
    pub(crate) teams_known: u32,
    /// Everybody ever seen.
    persons: HashMap<(String, AccountId), Person>,
}

impl Ways {
    /// Gathers them. Tokens are many and left out unless they are asked for.
    pub(crate) fn gather(
        store: &Reader<'_>,
        moment: Moment,
        only: Option<ProfileKey>,
        with_tokens: bool,
    ) -> Result<Self, StoreError> {
        let Moment { at, past } = moment;
        let profiles: Vec<AccessProfile> = store
            .access_profiles()?
            .into_iter()
            .filter(|profile| only.is_none_or(|only| only == profile.key))
            .filter(|profile| was_there(profile, at))
            .collect();
        let mut ways = Self {
            profiles,
            all: Vec::new(),
            teams_known: 0,
            persons: store.persons()?,
        };
        let mut places = HashMap::with_capacity(ways.profiles.len());
        for (place, profile) in ways.profiles.iter().enumerate() {
            places.insert(profile.key, place);
        }
        let before = Before::read(store, &ways.profiles, moment)?;
        ways.owners(store, past, &before)?;
        ways.teams(store, moment, &places, &before)?;
        if with_tokens {
            ways.tokens(store, moment, &places)?;
        }
        // By profile; within it in the order in which they were gathered: owner, team, tokens.
        ways.all.sort_by_key(|way| way.profile);
        Ok(ways)
    }

    /// What is known of an account on an API host.
    pub(crate) fn person(&self, api: &str, id: &AccountId) -> Option<&Person> {
        self.persons.get(&(api.to_owned(), id.clone()))
    }

    fn way(&self, profile: usize, kind: AccessKind, id: Option<AccountId>, source: Source) -> Way {
        let person = id
            .as_ref()
            .and_then(|id| self.person(&self.profiles[profile].api, id));
        Way {
            profile,
            kind,
            name: person.and_then(|person| person.name.clone()),
            email: person.and_then(|person| person.email.clone()),
            id,
            known: AccessKnown::Seen,
            since: None,
            until: None,
            made_at: None,
            token: None,
            source,
        }
    }

    fn unknown(&self, profile: usize, kind: AccessKind, source: Source) -> Way {
        Way {
            known: AccessKnown::NotKnown,
            ..self.way(profile, kind, None, source)
        }
    }

    fn owners(
        &mut self,
        store: &Reader<'_>,
        past: Option<Timestamp>,
        before: &Before,
    ) -> Result<(), StoreError> {
        let owners = store.owners_at(past)?;
        for place in 0..self.profiles.len() {
            let key = self.profiles[place].key;
            if let Some(version) = owners.get(&key) {
                self.all.push(Way {
                    since: Some(version.seen_from),
                    until: version.seen_until,
                    ..self.way(
                        place,
                        AccessKind::Owner,
                        Some(version.owner.clone()),
                        Source::Owner,
                    )
                });
                continue;
            }
            let first = before.first_owner(key);
            let inferred = first.and_then(|first| {
                let acts = before
                    .of(key)
                    .iter()
                    .find(|acts| acts.id.as_ref() == Some(&first.owner))?;
                acts.presence(before.at, Some(first.seen_from))
            });
            let way = match (first, inferred) {
                (Some(first), Some(presence)) => Way {
                    known: AccessKnown::Inferred,
                    since: Some(presence.from),
                    until: Some(presence.to),
                    ..self.way(
                        place,
                        AccessKind::Owner,
                        Some(first.owner.clone()),
                        Source::Acts,
                    )
                },
                (Some(first), None) => self.unknown(
                    place,
                    AccessKind::UnknownOwner,
                    Source::NotYetFetched(first.seen_from),
                ),
                (None, _) => self.unknown(place, AccessKind::UnknownOwner, Source::NotSaid),
            };
            self.all.push(way);
        }
        Ok(())
    }

    fn teams(
        &mut self,
        store: &Reader<'_>,
        moment: Moment,
        places: &HashMap<ProfileKey, usize>,
        before: &Before,
    ) -> Result<(), StoreError> {
        let since = store.known_since(Dataset::Team)?;
        let is_known = |key: ProfileKey| since.get(&key).is_some_and(|since| *since <= moment.at);
        for (key, version) in store.teams_at(moment.past)? {
            let Some(place) = places.get(&key).copied().filter(|_| is_known(key)) else {
                continue;
            };
            let member = version.member;
            let kind = match member.active {
                Some(false) if has_ended(member.created_at, moment.at) => {
                    AccessKind::InvitationEnded
                }
                Some(false) => AccessKind::Invitation,
                Some(true) | None => AccessKind::Member,
            };
            let way = self.way(place, kind, member.id, Source::Team);
            self.all.push(Way {
                // The team's own list is newer than what is remembered of the account; a name that
                // TagoIO forgot is not.
                name: known(member.name).or(way.name.clone()),
                email: known(member.email).or(way.email.clone()),
                since: Some(version.seen_from),
                until: version.seen_until,
                made_at: member.created_at,
                ..way
            });
        }
        let statuses: HashMap<_, _> = store.statuses_of_all(Dataset::Team)?.into_iter().collect();
        for place in 0..self.profiles.len() {
            let key = self.profiles[place].key;
            if is_known(key) {
                self.teams_known += 1;
                continue;
            }
            for acts in before.of(key) {
                let is_owner =
                    before.first_owner(key).map(|first| &first.owner) == acts.id.as_ref();
                let listed = acts.id.as_ref().and_then(|id| before.first_listed(key, id));
                let Some(presence) = acts.presence(moment.at, listed).filter(|_| !is_owner) else {
                    continue;
                };
                let way = self.way(place, AccessKind::Person, acts.id.clone(), Source::Acts);
                self.all.push(Way {
                    known: AccessKnown::Inferred,
                    name: way.name.clone().or_else(|| acts.word.clone()),
                    since: Some(presence.from),
                    until: Some(presence.to),
                    ..way
                });
            }
            let source = not_fetched(&since, &statuses, key);
            let way = self.unknown(place, AccessKind::UnknownTeam, source);
            self.all.push(way);
        }
        Ok(())
    }

    fn tokens(
        &mut self,
        store: &Reader<'_>,
        moment: Moment,
        places: &HashMap<ProfileKey, usize>,
    ) -> Result<(), StoreError> {
        let Moment { at, past } = moment;
        let since = store.known_since(Dataset::Tokens)?;
        let is_known = |key: ProfileKey| since.get(&key).is_some_and(|since| *since <= at);
        let all: Vec<ProfileKey> = self.profiles.iter().map(|profile| profile.key).collect();
        let known: Vec<ProfileKey> = all.iter().copied().filter(|key| is_known(*key)).collect();
        let seen = store.tokens_of(Some(&known), past)?;
        // One that was made since the last list before that moment stands in the next one.
        let later = if past.is_some() {
            store.tokens_made_before(&all, at)?
        } else {
            Vec::new()
        };
        let seen = seen.into_iter().map(|token| (token, AccessKnown::Seen));
        let later = later
            .into_iter()
            .map(|token| (token, AccessKnown::Inferred));
        for ((_, key, version), how) in seen.chain(later) {
            let Some(place) = places.get(&key).copied() else {
                continue;
            };
            let (expires_at, _) = crate::read::tokens::expiry(version.token.expires);
            // One that expired lets nobody in, whether or not it is still listed.
            if expires_at.is_some_and(|end| end <= at) {
                continue;
            }
            let id = version
                .token
                .created_by
                .as_deref()
                .and_then(|word| word.trim().parse().ok());
            let source = match how {
                AccessKnown::Seen => Source::Tokens,
                AccessKnown::Inferred | AccessKnown::NotKnown => Source::LaterTokens,
            };
            let way = self.way(place, AccessKind::Token, id, source);
            self.all.push(Way {
                name: way.name.clone().or_else(|| {
                    let word = version.token.created_by.clone();
                    word.filter(|_| way.id.is_none())
                }),
                known: how,
                // What a later list tells of begins when it was made.
                since: match how {
                    AccessKnown::Seen => Some(version.seen_from),
                    AccessKnown::Inferred | AccessKnown::NotKnown => version.token.created_at,
                },
                until: match how {
                    AccessKnown::Seen => version.seen_until,
                    AccessKnown::Inferred | AccessKnown::NotKnown => Some(version.seen_from),
                },
                made_at: version.token.created_at,
                token: Some(Box::new(version)),
                ..way
            });
        }
        let statuses: HashMap<_, _> = store
            .statuses_of_all(Dataset::Tokens)?
            .into_iter()
            .collect();
        for key in all.into_iter().filter(|key| !is_known(*key)) {
            if let Some(place) = places.get(&key).copied() {
                let source = not_fetched(&since, &statuses, key);
                let way = self.unknown(place, AccessKind::UnknownTokens, source);
                self.all.push(way);
            }
        }
        Ok(())
    }
}

fn not_fetched(
    since: &HashMap<ProfileKey, Timestamp>,
    statuses: &HashMap<ProfileKey, Option<FetchStatus>>,
    key: ProfileKey,
) -> Source {
    match since.get(&key) {
        Some(since) => Source::NotYetFetched(*since),
        None => Source::NeverArrived(statuses.get(&key).cloned().flatten()),
    }
}

/// Whether a profile was there: made by then as far as is known, and not gone yet.
fn was_there(profile: &AccessProfile, at: Timestamp) -> bool {
    profile.created_at.is_none_or(|made| made <= at)
        && profile.removed_at.is_none_or(|removed| removed > at)
}

/// Whether an invitation may not be accepted any more.
pub(super) fn has_ended(invited_at: Option<Timestamp>, at: Timestamp) -> bool {
    invited_at.is_some_and(|invited| at.duration_since(invited) >= insight::INVITATION_LIFE)
}

/// What upstream calls somebody who was removed is no name.
pub(super) fn known(text: Option<String>) -> Option<String> {
    text.filter(|text| {
        let text = text.trim();
        !text.is_empty() && !text.eq_ignore_ascii_case("unknown user")
    })
}

impl Way {
    /// How it is known, in a few words.
    pub(super) fn how(&self) -> &'static str {
        match (self.known, &self.source) {
            (AccessKnown::Seen, _) => "seen",
            (AccessKnown::Inferred, Source::LaterTokens) => "inferred from a later list",
            (AccessKnown::Inferred, _) => "inferred from the audit log",
            (AccessKnown::NotKnown, Source::NotYetFetched(_)) => "not known before the first sync",
            (AccessKnown::NotKnown, _) => "not known",
        }
    }

    /// Where it is known from, in a sentence.
    pub(super) fn said(&self) -> String {
        let span = || {
            let since = self.since.map_or_else(String::new, minute);
            let until = self.until.map_or_else(String::new, minute);
            (since, until)
        };
        match &self.source {
            Source::Team => "In the list of the profile's team.".to_owned(),
            Source::Owner => "The profile says whose it is.".to_owned(),
            Source::Tokens => "In the list of the profile's tokens.".to_owned(),
            Source::Acts => {
                let (since, until) = span();
                format!(
                    "The audit log has an act at {since}; the next act or list that tells of access is of {until}."
                )
            }
            Source::LaterTokens => {
                let (since, until) = span();
                format!("A later list of tokens, of {until}, says that it was made at {since}.")
            }
            Source::NotYetFetched(first) => {
                format!(
                    "Not known before the first sync of it, at {}.",
                    minute(*first)
                )
            }
            Source::NeverArrived(None) => "Never fetched: no sync has asked for it yet.".to_owned(),
            Source::NeverArrived(Some(status)) => match &status.outcome {
                FetchOutcome::NotPermitted { message } => format!("Not permitted: {message}"),
                FetchOutcome::Failed { message, .. } => format!("It never arrived: {message}"),
                FetchOutcome::NotThere => "TagoIO has no such list of this profile.".to_owned(),
                FetchOutcome::Ok => "It never arrived.".to_owned(),
            },
            Source::NotSaid => "TagoIO did not say whose the profile is.".to_owned(),
        }
    }
}
