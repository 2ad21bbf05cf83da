//! What the store knows of somebody's ways in.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::SignedDuration;
use model::{AccountId, Dataset, FetchOutcome, FetchStatus, Fingerprint, Timestamp};
use store::{AccountKey, ProfileKey, Reader, StoreError, TokenMeta, folded};

use super::mail::{self, Asked};
use super::{GapCause, Leaver, LeaverGap, LeaverProfile, LeaverToken, LeaverWay, TokenStanding};
use crate::change::{Change, RemoveMember, RevokeToken};
use crate::open::Inner;
use crate::problem::Problem;
use crate::read::{
    AccessKind, AccessKnown, Moment, Way, Ways, expiry, identity, is_sign_in, meant,
};

/// A token that was used since so long ago is in use: many jobs run by the month.
const IN_USE: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Names of profiles that a gap tells.
const NAMES: usize = 5;

/// Finds the person and gathers what is known. Who has no way in is not found, unless that is fine.
pub(super) async fn leaver(
    inner: &Inner,
    person: String,
    must_be_known: bool,
) -> Result<Leaver, Problem> {
    let (now, ours) = (inner.clock.now(), inner.environment_fingerprint());
    inner
        .read(move |store| {
            let ways = Ways::gather(store, Moment::of(None, now), None, true)?;
            let who = match find(&ways, &person) {
                Ok(who) => who,
                Err(_) if !must_be_known => folded(person.trim()),
                Err(problem) => return Ok(Err(problem)),
            };
            Facts::read(store, ways, who, now, ours).map(|facts| Ok(facts.gathered()))
        })
        .await?
}

/// Who is meant. Who made a token may be known by a word alone, which makes no second person of somebody who is known.
fn find(ways: &Ways, person: &str) -> Result<String, Problem> {
    let is_person = |way: &&Way| way.kind != AccessKind::Token || way.id.is_some();
    meant(ways, ways.all.iter().filter(is_person), person)
        .or_else(|first| meant(ways, ways.all.iter(), person).map_err(|_| first))
}

struct Facts {
    ways: Ways,
    now: Timestamp,
    leaver: Leaver,
    /// Names and addresses of the person, folded.
    names: HashSet<String>,
    emails: HashSet<String>,
    /// The connected account that owns a profile.
    owners: HashMap<ProfileKey, AccountKey>,
    /// Tokens that this program works with.
    used_here: HashSet<Fingerprint>,
    teams: HashMap<ProfileKey, Option<FetchStatus>>,
    tokens: HashMap<ProfileKey, Option<FetchStatus>>,
}

impl Facts {
    fn read(
        store: &Reader<'_>,
        ways: Ways,
        who: String,
        now: Timestamp,
        ours: Option<Fingerprint>,
    ) -> Result<Self, StoreError> {
        let accounts = store.accounts()?;
        let keys: Vec<AccountKey> = accounts.iter().map(|account| account.key).collect();
        let reached = store.planned_profiles(&keys)?.into_iter();
        let owned = reached.filter(|reach| reach.owner);
        let mut facts = Self {
            leaver: Leaver {
                who,
                name: None,
                email: None,
                ids: Vec::new(),
                connected: None,
                ways: Vec::new(),
                owned: Vec::new(),
                mails: Vec::new(),
                gaps: Vec::new(),
                teams_as_of: None,
                tokens_as_of: None,
            },
            now,
            names: HashSet::new(),
            emails: HashSet::new(),
            owners: owned.map(|reach| (reach.key, reach.account)).collect(),
            used_here: accounts
                .iter()
                .filter_map(|account| Some(account.token.as_ref()?.fingerprint.clone()))
                .chain(ours)
                .collect(),
            teams: store.statuses_of_all(Dataset::Team)?.into_iter().collect(),
            tokens: store
                .statuses_of_all(Dataset::Tokens)?
                .into_iter()
                .collect(),
            ways,
        };
        facts.know_person(store, &accounts)?;
        Ok(facts)
    }

    /// Ids, names and addresses under which the person is known, also those of which no way in is left.
    fn know_person(
        &mut self,
        store: &Reader<'_>,
        accounts: &[store::Account],
    ) -> Result<(), StoreError> {
        let mut ids: BTreeSet<(String, AccountId)> = BTreeSet::new();
        let who = self.leaver.who.clone();
        let (mut names, mut emails) = (Vec::new(), Vec::new());
        for ((api, id), person) in store.persons()? {
            let is_meant = match &person.email {
                Some(email) => folded(email.trim()) == who,
                None => format!("{api} {id}") == who,
            };
            if is_meant {
                names.extend(person.name);
                emails.extend(person.email);
                ids.insert((api, id));
            }
        }
        // Maps have no order, and what a person is called is to stay.
        names.sort_unstable();
        for way in &self.ways.all {
            if identity(&self.ways, way) != who || way.known == AccessKnown::NotKnown {
                continue;
            }
            let api = self.ways.profiles[way.profile].api.clone();
            ids.extend(way.id.clone().map(|id| (api, id)));
            names.extend(way.name.clone());
            emails.extend(way.email.clone());
        }
        let connected = accounts
            .iter()
            .find(|account| ids.contains(&(account.api.clone(), account.id.clone())));
        self.leaver.connected = connected.map(|account| account.label.clone());
        self.leaver.name = names.first().cloned();
        self.leaver.email = emails.first().cloned();
        let fold = |text: &String| folded(text.trim());
        self.names = names.iter().map(fold).collect();
        self.emails = emails.iter().map(fold).collect();
        let mut known: Vec<AccountId> = ids.into_iter().map(|(_, id)| id).collect();
        known.dedup();
        self.leaver.ids = known;
        Ok(())
    }

    fn gathered(mut self) -> Leaver {
        let mut asked: BTreeMap<String, Asked> = BTreeMap::new();
        let all = std::mem::take(&mut self.ways.all);
        for way in &all {
            let Some(named_alone) = self.is_theirs(way) else {
                continue;
            };
            let place = self.place(way.profile);
            let ours = self.owners.contains_key(&ProfileKey(place.key));
            if way.kind == AccessKind::Owner {
                self.leaver.owned.push(place);
            } else if !ours {
                if self.is_owner(way.profile) {
                    continue;
                }
                let known = &mut self.asked(way.profile, &mut asked).known;
                known.push((place, said(way)));
            } else if let Some(way) = self.way(way, place, named_alone) {
                self.leaver.ways.push(way);
            }
        }
        self.gaps();
        self.unseen(&all, &mut asked);
        self.ages();
        let named = mail::Named {
            name: self.leaver.name.as_deref(),
            email: self.leaver.email.as_deref(),
            who: &self.leaver.who,
        };
        let mut mails: Vec<_> = asked
            .into_iter()
            .map(|(owner, asked)| mail::draft(owner, asked, &named))
            .collect();
        mails.sort_by_key(|mail| mail.known == 0);
        self.leaver.mails = mails;
        self.leaver
    }

    /// Whether a way in is the person's, and whether by the name alone.
    fn is_theirs(&self, way: &Way) -> Option<bool> {
        if way.known == AccessKnown::NotKnown || way.kind == AccessKind::Person {
            return None;
        }
        let word = way.token.as_ref().and_then(|version| {
            let word = version.token.created_by.as_deref();
            word.filter(|_| way.id.is_none())
                .map(|word| folded(word.trim()))
        });
        match word {
            Some(word) if self.emails.contains(&word) => Some(false),
            Some(word) => self.names.contains(&word).then_some(true),
            None => (identity(&self.ways, way) == self.leaver.who).then_some(false),
        }
    }

    fn place(&self, profile: usize) -> LeaverProfile {
        let profile = &self.ways.profiles[profile];
        LeaverProfile {
            key: profile.key.0,
            id: profile.id.clone(),
            name: profile.name.clone(),
            account: profile.account.clone(),
        }
    }

    /// Whether the person owns a profile, as far as its owner is known.
    fn is_owner(&self, profile: usize) -> bool {
        let owner = self.ways.profiles[profile].owner.as_ref();
        owner.is_some_and(|owner| self.leaver.ids.contains(owner))
    }

    /// What is asked of the owner of a profile.
    fn asked<'a>(&self, profile: usize, asked: &'a mut BTreeMap<String, Asked>) -> &'a mut Asked {
        let profile = &self.ways.profiles[profile];
        let owner = profile.owner.as_ref();
        let person = owner.and_then(|owner| self.ways.person(&profile.api, owner));
        let key = match owner {
            Some(owner) => format!("{} {owner}", profile.api),
            None => profile.api.clone(),
        };
        asked.entry(key).or_insert_with(|| Asked {
            name: person.and_then(|person| person.name.clone()),
            email: person.and_then(|person| person.email.clone()),
            ..Asked::default()
        })
    }

    fn way(&self, way: &Way, profile: LeaverProfile, named_alone: bool) -> Option<LeaverWay> {
        let (key, token) = (
            profile.key,
            way.token.as_ref().map(|version| &version.token),
        );
        let change = match (way.kind, token) {
            (AccessKind::Token, Some(token)) => Change::RevokeToken(RevokeToken {
                profile: key,
                fingerprint: token.fingerprint.as_str().to_owned(),
            }),
            (AccessKind::Member | AccessKind::Invitation | AccessKind::InvitationEnded, _) => {
                Change::RemoveMember(RemoveMember {
                    profile: key,
                    member: way.id.clone(),
                    email: way.email.clone(),
                })
            }
            _ => return None,
        };
        let standing = token.map(|token| self.standing(way, token, named_alone));
        Some(LeaverWay {
            change,
            profile,
            kind: way.kind,
            made_at: way.made_at,
            ticked: standing.is_none_or(TokenStanding::is_ticked),
            possible: standing != Some(TokenStanding::UsedHere),
            token: token.zip(standing).map(|(token, standing)| LeaverToken {
                name: token.name.clone(),
                last4: token.last4.clone(),
                permission: token.permission.clone(),
                last_authorization_at: token.last_authorization_at,
                expires_at: expiry(token.expires).0,
                standing,
            }),
        })
    }

    fn standing(&self, way: &Way, token: &TokenMeta, named_alone: bool) -> TokenStanding {
        let in_use = |at: Timestamp| self.now.duration_since(at) < IN_USE;
        if self.used_here.contains(&token.fingerprint) {
            TokenStanding::UsedHere
        } else if named_alone {
            TokenStanding::NameAlone
        } else if is_sign_in(way) {
            TokenStanding::SignIn
        } else {
            match token.last_authorization_at {
                Some(at) if in_use(at) => TokenStanding::InUse,
                None if !token.never_used => TokenStanding::UseNotKnown,
                Some(_) | None => TokenStanding::Quiet,
            }
        }
    }

    /// Lists that are not known, by cause.
    fn gaps(&mut self) {
        let mut gaps: BTreeMap<(u8, GapCause, bool), Vec<LeaverProfile>> = BTreeMap::new();
        for (order, statuses) in [(0, &self.teams), (1, &self.tokens)] {
            for place in 0..self.ways.profiles.len() {
                let key = self.ways.profiles[place].key;
                let Some(cause) = cause(statuses.get(&key).and_then(Option::as_ref)) else {
                    continue;
                };
                let shared = !self.owners.contains_key(&key);
                let of = gaps.entry((order, cause, shared)).or_default();
                of.push(self.place(place));
            }
        }
        let gaps = gaps
            .into_iter()
            .map(|((order, cause, shared), all)| LeaverGap {
                dataset: [Dataset::Team, Dataset::Tokens][usize::from(order)],
                cause,
                shared,
                profiles: u32::try_from(all.len()).unwrap_or(u32::MAX),
                names: all.iter().take(NAMES).map(|one| one.name.clone()).collect(),
                all,
            });
        self.leaver.gaps = gaps.collect();
    }

    /// Profiles of others whose team cannot be seen: who owns them has to look.
    fn unseen(&self, all: &[Way], asked: &mut BTreeMap<String, Asked>) {
        let known: HashSet<usize> = all
            .iter()
            .filter(|way| way.kind != AccessKind::Owner && self.is_theirs(way).is_some())
            .map(|way| way.profile)
            .collect();
        for place in 0..self.ways.profiles.len() {
            let key = self.ways.profiles[place].key;
            let is_seen = cause(self.teams.get(&key).and_then(Option::as_ref)).is_none();
            let ours = self.owners.contains_key(&key);
            if ours || is_seen || known.contains(&place) || self.is_owner(place) {
                continue;
            }
            let profile = self.place(place);
            self.asked(place, asked).unseen.push(profile);
        }
    }

    fn ages(&mut self) {
        let oldest = |statuses: &HashMap<ProfileKey, Option<FetchStatus>>| {
            self.owners
                .keys()
                .filter_map(|key| statuses.get(key)?.as_ref()?.succeeded_at)
                .min()
        };
        let (teams, tokens) = (oldest(&self.teams), oldest(&self.tokens));
        (self.leaver.teams_as_of, self.leaver.tokens_as_of) = (teams, tokens);
    }
}

/// Why a list is not known; `None` if it is, however old.
fn cause(status: Option<&FetchStatus>) -> Option<GapCause> {
    let Some(status) = status else {
        return Some(GapCause::NeverFetched);
    };
    match &status.outcome {
        FetchOutcome::NotPermitted { .. } => Some(GapCause::NotPermitted),
        FetchOutcome::Failed { .. } | FetchOutcome::NotThere if status.succeeded_at.is_none() => {
            Some(GapCause::Failed)
        }
        FetchOutcome::Failed { .. } | FetchOutcome::NotThere | FetchOutcome::Ok => None,
    }
}

/// What a way in is, for whoever has to look for it.
fn said(way: &Way) -> String {
    match way.token.as_ref().map(|version| &version.token) {
        Some(token) => called(token.name.as_deref(), &token.last4),
        None => way.kind.label().to_owned(),
    }
}

/// What a token is called in a report and in a mail.
pub(super) fn called(name: Option<&str>, last4: &str) -> String {
    match name.filter(|name| !name.is_empty()) {
        Some(name) => format!("token “{name}” ····{last4}"),
        None => format!("token ····{last4}"),
    }
}
