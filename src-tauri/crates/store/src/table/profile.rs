//! Profiles, and who reaches them. One profile is one profile: its key is (API host, profile id).

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{AccountId, Amounts, ProfileId};
use rusqlite::{Row, ToSql};

use crate::sql::{Millis, folded, keys, parsed, time};
use crate::table::version::Aspect;
use crate::{AccountKey, ProfileKey, Reader, StoreError, Subject, Writer};

/// A profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Its number in this store.
    pub key: ProfileKey,
    /// The API's base URL.
    pub api: String,
    /// TagoIO's id of it.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// The address of its logo.
    pub logo_url: Option<String>,
    /// The address of its banner.
    pub banner_url: Option<String>,
    /// Its owner's account id.
    pub owner: Option<AccountId>,
    /// Its plan.
    pub plan: Option<String>,
    /// The region that it says it is in.
    pub region: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When this store first saw it.
    pub first_seen_at: Timestamp,
    /// When an account's list last held it.
    pub last_seen_at: Timestamp,
    /// When it was found that no account reaches it any more.
    pub removed_at: Option<Timestamp>,
    /// The account to reach it with: its owner's, else the one with the lowest key. Of a removed
    /// profile the last one, as long as it is known.
    pub preferred: Option<AccountKey>,
}

/// That an account reaches a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The account.
    pub account: AccountKey,
    /// Its label.
    pub label: String,
    /// Whether it owns the profile.
    pub owner: bool,
    /// Since when.
    pub first_seen_at: Timestamp,
    /// When it was last seen to.
    pub last_seen_at: Timestamp,
}

/// A profile that is there, and an account to fetch it with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedProfile {
    /// The profile.
    pub key: ProfileKey,
    /// TagoIO's id of it.
    pub id: ProfileId,
    /// An account that reaches it.
    pub account: AccountKey,
    /// Whether that account owns it.
    pub owner: bool,
}

/// What a profile says of itself; `None` is unknown and erases nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProfileInfo {
    /// Name.
    pub name: Option<String>,
    /// The address of its logo.
    pub logo_url: Option<String>,
    /// The address of its banner.
    pub banner_url: Option<String>,
    /// Its owner's account id.
    pub owner: Option<AccountId>,
    /// Its plan.
    pub plan: Option<String>,
    /// The region that it says it is in.
    pub region: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// What is allocated to it.
    pub allocation: Option<Amounts>,
    /// The names of the add-ons that it has.
    pub addons: Option<Vec<String>>,
    /// Requests per minute, by name.
    pub rpm: Option<BTreeMap<String, f64>>,
}

// `preferred`, `owned` and `removed_at` follow from `reach`; they stand here for the fleet's sake.
pub(crate) const V1: &str = "
    CREATE TABLE profile (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        api TEXT NOT NULL,
        id TEXT NOT NULL,
        name TEXT NOT NULL,
        name_folded TEXT NOT NULL,
        logo_url TEXT,
        owner TEXT,
        plan TEXT,
        region TEXT,
        created_at INTEGER,
        first_seen_at INTEGER NOT NULL,
        last_seen_at INTEGER NOT NULL,
        removed_at INTEGER,
        preferred INTEGER REFERENCES account ON DELETE SET NULL,
        owned INTEGER NOT NULL DEFAULT 0,
        UNIQUE (api, id)
    ) STRICT;
    CREATE INDEX profile_id ON profile (id);
    CREATE INDEX profile_name ON profile (name_folded, key);
    CREATE INDEX profile_preferred ON profile (preferred);
    CREATE TABLE reach (
        account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        owner INTEGER NOT NULL,
        first_seen_at INTEGER NOT NULL,
        last_seen_at INTEGER NOT NULL,
        gone_at INTEGER,
        PRIMARY KEY (account, profile)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX reach_profile ON reach (profile, gone_at);
";

pub(crate) const V4: &str = "ALTER TABLE profile ADD COLUMN banner_url TEXT;";

pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Profile> {
    Ok(Profile {
        key: row.get("key")?,
        api: row.get("api")?,
        id: parsed(row, "id")?.ok_or(rusqlite::Error::InvalidQuery)?,
        name: row.get("name")?,
        logo_url: row.get("logo_url")?,
        banner_url: row.get("banner_url")?,
        owner: parsed(row, "owner")?,
        plan: row.get("plan")?,
        region: row.get("region")?,
        created_at: time(row, "created_at")?,
        first_seen_at: row.get::<_, Millis>("first_seen_at")?.0,
        last_seen_at: row.get::<_, Millis>("last_seen_at")?.0,
        removed_at: time(row, "removed_at")?,
        preferred: row.get("preferred")?,
    })
}

impl Reader<'_> {
    /// A profile, removed or not.
    pub fn profile(&self, key: ProfileKey) -> Result<Option<Profile>, StoreError> {
        Ok(self.profiles_where("key = ?1", &[&key])?.pop())
    }

    /// The profile with an id on an API host, removed or not.
    pub fn profile_by_id(&self, api: &str, id: &ProfileId) -> Result<Option<Profile>, StoreError> {
        let api = api.trim_end_matches('/');
        Ok(self
            .profiles_where("api = ?1 AND id = ?2", &[&api, &id.as_str()])?
            .pop())
    }

    /// The profiles that a text means, where an id or a name may stand: those with the id on any API
    /// host, else those with exactly the name, else those with the name in another case.
    /// Present ones come first; removed ones are given only if there is no present one.
    pub fn find_profiles(&self, id_or_name: &str) -> Result<Vec<Profile>, StoreError> {
        let text = id_or_name.trim();
        let by_id = self.profiles_where("id = ?1", &[&text.to_ascii_lowercase()])?;
        let by_name = self.profiles_where("name_folded = ?1", &[&folded(text)])?;
        let exact = by_name.iter().filter(|profile| profile.name == text);
        let exact = exact.cloned().collect();
        for mut profiles in [by_id, exact, by_name] {
            if profiles.iter().any(|profile| profile.removed_at.is_none()) {
                profiles.retain(|profile| profile.removed_at.is_none());
            }
            if !profiles.is_empty() {
                return Ok(profiles);
            }
        }
        Ok(Vec::new())
    }

    /// The profiles that an account reaches now, by name.
    pub fn profiles_of(&self, account: AccountKey) -> Result<Vec<Profile>, StoreError> {
        self.profiles_where(
            "key IN (SELECT profile FROM reach WHERE account = ?1 AND gone_at IS NULL)",
            &[&account],
        )
    }

    fn profiles_where(
        &self,
        condition: &str,
        values: &[&dyn ToSql],
    ) -> Result<Vec<Profile>, StoreError> {
        let sql = format!("SELECT * FROM profile WHERE {condition} ORDER BY name_folded, key");
        let mut query = self.db.prepare_cached(&sql)?;
        let rows = query.query_map(values, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Each profile with each of some accounts that reaches it now, by the profile's key and then the
    /// account's.
    pub fn planned_profiles(
        &self,
        accounts: &[AccountKey],
    ) -> Result<Vec<PlannedProfile>, StoreError> {
        let sql = "
            SELECT profile.key, id, account, reach.owner
            FROM reach JOIN profile ON profile.key = reach.profile
            WHERE account IN (SELECT value FROM json_each(?1)) AND gone_at IS NULL
            ORDER BY profile.key, account";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([keys(accounts)?], |row| {
            Ok(PlannedProfile {
                key: row.get("key")?,
                id: parsed(row, "id")?.ok_or(rusqlite::Error::InvalidQuery)?,
                account: row.get("account")?,
                owner: row.get("owner")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The profiles that an account once reached or reaches.
    pub(crate) fn reached_by(&self, account: AccountKey) -> Result<Vec<ProfileKey>, StoreError> {
        let mut query = self
            .db
            .prepare_cached("SELECT profile FROM reach WHERE account = ?1")?;
        let rows = query.query_map([account], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The accounts that reach a profile now, the preferred one first.
    pub fn reach_of(&self, profile: ProfileKey) -> Result<Vec<Reach>, StoreError> {
        let sql = "
            SELECT account, label, owner, reach.first_seen_at, reach.last_seen_at
            FROM reach JOIN account ON account.key = account
            WHERE profile = ?1 AND gone_at IS NULL ORDER BY owner DESC, account";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([profile], |row| {
            Ok(Reach {
                account: row.get("account")?,
                label: row.get("label")?,
                owner: row.get("owner")?,
                first_seen_at: row.get::<_, Millis>("first_seen_at")?.0,
                last_seen_at: row.get::<_, Millis>("last_seen_at")?.0,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Notes what a profile says of itself. Name, owner, plan, region, allocation, add-ons and requests
    /// per minute become versions where they changed.
    pub fn put_info(
        &self,
        profile: ProfileKey,
        info: &ProfileInfo,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let owner = info.owner.as_ref().map(AccountId::as_str);
        let sql = "
            UPDATE profile SET
                name = coalesce(?2, name), name_folded = coalesce(?3, name_folded),
                logo_url = coalesce(?4, logo_url), owner = coalesce(?5, owner),
                plan = coalesce(?6, plan), region = coalesce(?7, region),
                created_at = coalesce(?8, created_at), banner_url = coalesce(?9, banner_url)
            WHERE key = ?1";
        let changed = self.db.prepare_cached(sql)?.execute((
            profile,
            &info.name,
            info.name.as_deref().map(folded),
            &info.logo_url,
            owner,
            &info.plan,
            &info.region,
            info.created_at.map(Millis),
            &info.banner_url,
        ))?;
        if changed == 0 {
            return Err(StoreError::NotFound {
                what: format!("profile with the number {}", profile.0),
            });
        }
        let subject = Subject::Profile(profile);
        for (aspect, text) in [
            (Aspect::Name, info.name.as_deref()),
            (Aspect::Owner, owner),
            (Aspect::Plan, info.plan.as_deref()),
            (Aspect::Region, info.region.as_deref()),
        ] {
            if let Some(text) = text {
                let is_new = self.put_version(subject, aspect, &text, at)?;
                if is_new && aspect == Aspect::Owner {
                    self.settle_creators(profile)?;
                }
            }
        }
        if let Some(allocation) = &info.allocation {
            self.put_version(subject, Aspect::Allocation, allocation, at)?;
        }
        if let Some(addons) = &info.addons {
            self.put_version(subject, Aspect::Addons, addons, at)?;
        }
        if let Some(rpm) = &info.rpm {
            self.put_version(subject, Aspect::Rpm, rpm, at)?;
        }
        if let Some(owner) = owner {
            // The list may not have said whose it is.
            let sql = "
                UPDATE reach SET owner = (account = (
                    SELECT account.key FROM account JOIN profile USING (api)
                    WHERE profile.key = ?1 AND account.id = ?2)) IS TRUE
                WHERE profile = ?1";
            self.db.prepare_cached(sql)?.execute((profile, owner))?;
        }
        self.settle(profile, at)?;
        Ok(())
    }

    /// Notes that the API said that a profile is gone, although a list may still have held it.
    pub fn put_removed(&self, profile: ProfileKey, at: Timestamp) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE reach SET gone_at = ?2 WHERE profile = ?1 AND gone_at IS NULL",
            (profile, Millis(at)),
        )?;
        self.settle(profile, at)?;
        Ok(())
    }
}
