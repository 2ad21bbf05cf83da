//! Who could get into profiles, now or at a time: owners, teams, tokens, and what the audit log says of the
//! time before.

use std::collections::HashMap;

use jiff::Timestamp;
use model::{AccountId, Dataset, FetchStatus, ProfileId};
use rusqlite::{OptionalExtension, Row};

use crate::sql::{Millis, parsed, profile_keys, time};
use crate::table::status;
use crate::table::token::{SELECT, read as read_token};
use crate::{Member, MemberVersion, Person, ProfileKey, Reader, StoreError, TokenVersion};

/// A profile, as far as access to it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessProfile {
    /// Its number in this store.
    pub key: ProfileKey,
    /// The API's base URL.
    pub api: String,
    /// TagoIO's id of it.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// The label of the preferred account.
    pub account: Option<String>,
    /// Its owner's account id, as it is now.
    pub owner: Option<AccountId>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When this store first saw it.
    pub first_seen_at: Timestamp,
    /// When it was found to be gone.
    pub removed_at: Option<Timestamp>,
}

/// Whose a profile was, and when that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerVersion {
    /// The owner's account id.
    pub owner: AccountId,
    /// When it was first seen.
    pub seen_from: Timestamp,
    /// When another one was first seen; `None` if it stands.
    pub seen_until: Option<Timestamp>,
}

/// What somebody did in a profile, next to a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActsAround {
    /// The profile.
    pub profile: ProfileKey,
    /// Who, in the API's words.
    pub who: String,
    /// The last act at or before the moment.
    pub before: Option<Timestamp>,
    /// The first act at or after it.
    pub after: Option<Timestamp>,
}

/// A local group that a profile is in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProfileGroup {
    /// Its number in this store.
    pub key: i64,
    /// Its name.
    pub name: String,
    /// `group`, `customer`, `environment` or `favourites`.
    pub kind: String,
}

fn profile(row: &Row<'_>) -> rusqlite::Result<AccessProfile> {
    Ok(AccessProfile {
        key: row.get("key")?,
        api: row.get("api")?,
        id: parsed(row, "id")?.ok_or(rusqlite::Error::InvalidQuery)?,
        name: row.get("name")?,
        account: row.get("label")?,
        owner: parsed(row, "owner")?,
        created_at: time(row, "created_at")?,
        first_seen_at: row.get::<_, Millis>("first_seen_at")?.0,
        removed_at: time(row, "removed_at")?,
    })
}

/// A condition that leaves what stood at the moment in a place, or what stands.
fn stood(at: Option<Timestamp>) -> &'static str {
    match at {
        None => "?1 IS NULL AND seen_until IS NULL",
        Some(_) => "seen_from <= ?1 AND (seen_until IS NULL OR seen_until > ?1)",
    }
}

impl Reader<'_> {
    /// All profiles, removed ones among them, by name.
    pub fn access_profiles(&self) -> Result<Vec<AccessProfile>, StoreError> {
        let sql = "
            SELECT profile.key, profile.api, profile.id, profile.name, label, owner,
                profile.created_at, first_seen_at, profile.removed_at
            FROM profile LEFT JOIN account ON account.key = preferred
            ORDER BY name_folded, profile.key";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([], profile)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One profile, removed or not.
    pub fn access_profile(&self, key: ProfileKey) -> Result<Option<AccessProfile>, StoreError> {
        let sql = "
            SELECT profile.key, profile.api, profile.id, profile.name, label, owner,
                profile.created_at, first_seen_at, profile.removed_at
            FROM profile LEFT JOIN account ON account.key = preferred WHERE profile.key = ?1";
        let mut query = self.db.prepare_cached(sql)?;
        Ok(query.query_row([key], profile).optional()?)
    }

    /// Everybody whose account id was ever seen, by API host and id.
    pub fn persons(&self) -> Result<HashMap<(String, AccountId), Person>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT * FROM person")?;
        let mut rows = query.query([])?;
        let mut persons = HashMap::new();
        while let Some(row) = rows.next()? {
            let Some(id) = parsed::<AccountId>(row, "id")? else {
                continue;
            };
            let person = Person {
                api: row.get("api")?,
                id,
                name: row.get("name")?,
                email: row.get("email")?,
                first_seen_at: row.get::<_, Millis>("first_seen_at")?.0,
                last_seen_at: row.get::<_, Millis>("last_seen_at")?.0,
            };
            persons.insert((person.api.clone(), person.id.clone()), person);
        }
        Ok(persons)
    }

    /// When each account was first seen in each profile's team, open invitations left out.
    pub fn first_members(&self) -> Result<HashMap<(ProfileKey, AccountId), Timestamp>, StoreError> {
        let sql = "
            SELECT profile, id, min(seen_from) AS seen_from FROM team_member
            WHERE id IS NOT NULL AND active IS NOT 0 GROUP BY profile, id";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([], |row| {
            let id = parsed(row, "id")?.ok_or(rusqlite::Error::InvalidQuery)?;
            Ok((
                (row.get("profile")?, id),
                row.get::<_, Millis>("seen_from")?.0,
            ))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The team of every profile as it stands, or as it stood at a time.
    pub fn teams_at(
        &self,
        at: Option<Timestamp>,
    ) -> Result<Vec<(ProfileKey, MemberVersion)>, StoreError> {
        let sql = format!(
            "SELECT profile, id, name, email, active, created_at, seen_from, seen_until
             FROM team_member WHERE {} ORDER BY profile, name IS NULL, name, email, key",
            stood(at)
        );
        let mut query = self.db.prepare_cached(&sql)?;
        let rows = query.query_map([at.map(Millis)], |row| {
            Ok((
                row.get("profile")?,
                MemberVersion {
                    member: Member {
                        id: parsed(row, "id")?,
                        name: row.get("name")?,
                        email: row.get("email")?,
                        active: row.get("active")?,
                        created_at: time(row, "created_at")?,
                    },
                    seen_from: row.get::<_, Millis>("seen_from")?.0,
                    seen_until: time(row, "seen_until")?,
                },
            ))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Who was ever in a profile's team and is not any more, the last to be seen gone first.
    pub fn former_team(&self, profile: ProfileKey) -> Result<Vec<MemberVersion>, StoreError> {
        let sql = "
            SELECT id, name, email, active, created_at, seen_from, max(seen_until) AS seen_until
            FROM team_member AS gone
            WHERE profile = ?1 AND seen_until IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM team_member AS stands
                WHERE stands.profile = ?1 AND stands.who = gone.who AND stands.seen_until IS NULL)
            GROUP BY who ORDER BY max(seen_until) DESC";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([profile], |row| {
            Ok(MemberVersion {
                member: Member {
                    id: parsed(row, "id")?,
                    name: row.get("name")?,
                    email: row.get("email")?,
                    active: row.get("active")?,
                    created_at: time(row, "created_at")?,
                },
                seen_from: row.get::<_, Millis>("seen_from")?.0,
                seen_until: time(row, "seen_until")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The owner of every profile at a time, where one had been seen by then; without a time every owner
    /// that stands.
    pub fn owners_at(
        &self,
        at: Option<Timestamp>,
    ) -> Result<HashMap<ProfileKey, OwnerVersion>, StoreError> {
        let sql = format!(
            "SELECT profile, json_extract(value, '$') AS owner, seen_from, seen_until FROM version
             WHERE aspect = 'owner' AND profile IS NOT NULL AND {}",
            stood(at)
        );
        self.owners(&sql, at)
    }

    /// The first owner of every profile that was ever seen.
    pub fn first_owners(&self) -> Result<HashMap<ProfileKey, OwnerVersion>, StoreError> {
        let sql = "
            SELECT profile, json_extract(value, '$') AS owner, min(seen_from) AS seen_from, seen_until
            FROM version WHERE aspect = 'owner' AND profile IS NOT NULL AND ?1 IS NULL
            GROUP BY profile";
        self.owners(sql, None)
    }

    fn owners(
        &self,
        sql: &str,
        at: Option<Timestamp>,
    ) -> Result<HashMap<ProfileKey, OwnerVersion>, StoreError> {
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([at.map(Millis)])?;
        let mut owners = HashMap::new();
        while let Some(row) = rows.next()? {
            let Some(owner) = parsed(row, "owner")? else {
                continue;
            };
            let version = OwnerVersion {
                owner,
                seen_from: row.get::<_, Millis>("seen_from")?.0,
                seen_until: time(row, "seen_until")?,
            };
            owners.insert(row.get("profile")?, version);
        }
        Ok(owners)
    }

    /// The tokens of some profiles, all if none are named, as they stand, or as they stood at a time; the
    /// number of each first.
    pub fn tokens_of(
        &self,
        profiles: Option<&[ProfileKey]>,
        at: Option<Timestamp>,
    ) -> Result<Vec<(i64, ProfileKey, TokenVersion)>, StoreError> {
        let chosen = match profiles {
            Some(profiles) => Some(profile_keys(profiles)?),
            None => None,
        };
        let sql = format!(
            "{SELECT} WHERE {} AND (?2 IS NULL OR token.profile IN (SELECT value FROM json_each(?2)))
             ORDER BY token.profile, name IS NULL, name, token.key",
            stood(at)
        );
        self.select_access_tokens(&sql, (at.map(Millis), chosen))
    }

    /// The first version of each token of some profiles that was made before a moment and first seen after
    /// it.
    pub fn tokens_made_before(
        &self,
        profiles: &[ProfileKey],
        at: Timestamp,
    ) -> Result<Vec<(i64, ProfileKey, TokenVersion)>, StoreError> {
        let sql = format!(
            "{SELECT} WHERE token.profile IN (SELECT value FROM json_each(?2)) AND created_at <= ?1
                 AND token_version.key = (
                     SELECT first.key FROM token_version AS first WHERE first.token = token.key
                     ORDER BY seen_from, first.key LIMIT 1)
                 AND seen_from > ?1
             ORDER BY token.profile, name IS NULL, name, token.key"
        );
        self.select_access_tokens(&sql, (Some(Millis(at)), Some(profile_keys(profiles)?)))
    }

    fn select_access_tokens(
        &self,
        sql: &str,
        values: (Option<Millis>, Option<String>),
    ) -> Result<Vec<(i64, ProfileKey, TokenVersion)>, StoreError> {
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map(values, |row| {
            Ok((row.get("key")?, row.get("profile")?, read_token(row)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Who did something in these profiles at or before a moment, with the acts that are next to it.
    pub fn acts_around(
        &self,
        profiles: &[ProfileKey],
        at: Timestamp,
    ) -> Result<Vec<ActsAround>, StoreError> {
        let sql = "
            SELECT profile, who, max(CASE WHEN at <= ?2 THEN at END) AS before,
                min(CASE WHEN at >= ?2 THEN at END) AS after
            FROM audit_event
            WHERE profile IN (SELECT value FROM json_each(?1)) AND who <> ''
            GROUP BY profile, who HAVING before IS NOT NULL";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map((profile_keys(profiles)?, Millis(at)), |row| {
            Ok(ActsAround {
                profile: row.get("profile")?,
                who: row.get("who")?,
                before: time(row, "before")?,
                after: time(row, "after")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How a dataset of every profile that is not removed was last fetched; what nobody ever asked for is
    /// `None`.
    pub fn statuses_of_all(
        &self,
        dataset: Dataset,
    ) -> Result<Vec<(ProfileKey, Option<FetchStatus>)>, StoreError> {
        let sql = "
            SELECT profile.key, fetch_status.* FROM profile
            LEFT JOIN fetch_status ON fetch_status.profile = profile.key AND dataset = ?1
            WHERE removed_at IS NULL ORDER BY profile.key";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([dataset.key()], |row| {
            let was_asked: Option<String> = row.get("outcome")?;
            let status = match was_asked {
                Some(_) => Some(status::read(row)?),
                None => None,
            };
            Ok((row.get("key")?, status))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The local groups of each profile that is in one.
    pub fn groupings(&self) -> Result<HashMap<ProfileKey, Vec<ProfileGroup>>, StoreError> {
        let sql = "
            SELECT profile, grp, kind, name FROM profile_group_member
            JOIN profile_group ON profile_group.key = grp ORDER BY profile, kind, name_folded";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([])?;
        let mut groups: HashMap<ProfileKey, Vec<ProfileGroup>> = HashMap::new();
        while let Some(row) = rows.next()? {
            groups.entry(row.get(0)?).or_default().push(ProfileGroup {
                key: row.get(1)?,
                kind: row.get(2)?,
                name: row.get(3)?,
            });
        }
        Ok(groups)
    }
}
