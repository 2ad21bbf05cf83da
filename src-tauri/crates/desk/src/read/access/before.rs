//! What is known of the time before the first lists: who acted in a profile, and who was in its first list.

use std::collections::HashMap;

use insight::{Acts, Presence, presence};
use model::{AccountId, Dataset, Timestamp};
use store::{AccessProfile, OwnerVersion, ProfileKey, Reader, StoreError};

use super::ways::{Moment, known};

/// What one account did next to a moment.
pub(super) struct ActsOf {
    /// The account, where the log's word is an id, or the address or name of somebody ever seen.
    pub(super) id: Option<AccountId>,
    /// The log's word, where it is no id.
    pub(super) word: Option<String>,
    acts: Acts,
}

impl ActsOf {
    pub(super) fn presence(&self, at: Timestamp, listed: Option<Timestamp>) -> Option<Presence> {
        presence(at, self.acts, listed)
    }
}

/// Of the profiles whose first lists came after the moment. Empty of a moment that is not past.
pub(super) struct Before {
    pub(super) at: Timestamp,
    acts: HashMap<ProfileKey, Vec<ActsOf>>,
    owners: HashMap<ProfileKey, OwnerVersion>,
    members: HashMap<(ProfileKey, AccountId), Timestamp>,
}

impl Before {
    pub(super) fn read(
        store: &Reader<'_>,
        profiles: &[AccessProfile],
        moment: Moment,
    ) -> Result<Self, StoreError> {
        let mut before = Self {
            at: moment.at,
            acts: HashMap::new(),
            owners: HashMap::new(),
            members: HashMap::new(),
        };
        let Some(at) = moment.past else {
            return Ok(before);
        };
        let since = store.known_since(Dataset::Team)?;
        let later: Vec<&AccessProfile> = profiles
            .iter()
            .filter(|profile| {
                let is_known = since.get(&profile.key).is_some_and(|since| *since <= at);
                !is_known || profile.first_seen_at > at
            })
            .collect();
        if later.is_empty() {
            return Ok(before);
        }
        before.owners = store.first_owners()?;
        before.members = store.first_members()?;
        let mut ids: HashMap<(String, String), AccountId> = HashMap::new();
        for ((api, id), person) in store.persons()? {
            for word in [person.name, person.email].into_iter().flatten() {
                ids.insert((api.clone(), store::folded(&word)), id.clone());
            }
        }
        let apis: HashMap<ProfileKey, &str> = later
            .iter()
            .map(|profile| (profile.key, profile.api.as_str()))
            .collect();
        let keys: Vec<ProfileKey> = later.iter().map(|profile| profile.key).collect();
        for found in store.acts_around(&keys, at)? {
            let word = found.who.trim();
            let id = word.parse().ok().or_else(|| {
                let api = *apis.get(&found.profile)?;
                ids.get(&(api.to_owned(), store::folded(word))).cloned()
            });
            let word = known(Some(found.who.clone())).filter(|_| id.is_none());
            if id.is_none() && word.is_none() {
                continue;
            }
            before.acts.entry(found.profile).or_default().push(ActsOf {
                id,
                word,
                acts: Acts {
                    before: found.before,
                    after: found.after,
                },
            });
        }
        Ok(before)
    }

    pub(super) fn of(&self, profile: ProfileKey) -> &[ActsOf] {
        self.acts.get(&profile).map_or(&[], Vec::as_slice)
    }

    pub(super) fn first_owner(&self, profile: ProfileKey) -> Option<&OwnerVersion> {
        self.owners.get(&profile)
    }

    pub(super) fn first_listed(&self, profile: ProfileKey, id: &AccountId) -> Option<Timestamp> {
        self.members.get(&(profile, id.clone())).copied()
    }
}
