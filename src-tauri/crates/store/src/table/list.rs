//! An account's list of profiles: what it reaches, what is new, gone or back.

use std::collections::BTreeSet;

use jiff::Timestamp;
use model::{AccountId, ProfileId};
use rusqlite::OptionalExtension;

use crate::sql::{Millis, folded, found};
use crate::table::version::Aspect;
use crate::{Account, AccountKey, Profile, ProfileKey, StoreError, Subject, Writer};

/// A profile as an account's list names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedProfile {
    /// TagoIO's id of it.
    pub id: ProfileId,
    /// Name.
    pub name: String,
    /// The address of its logo.
    pub logo_url: Option<String>,
    /// Whether somebody else owns it and shares it (`from_share`); unknown is no.
    pub shared: Option<bool>,
    /// Its owner (`account`); unknown is the one known before, else the account itself, unless it
    /// is shared.
    pub owner: Option<AccountId>,
}

/// What [`Writer::put_profiles`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfilesListed {
    /// The listed profiles, in the order of the list, each once.
    pub keys: Vec<ProfileKey>,
    /// Those that were never seen before.
    pub added: Vec<ProfileKey>,
    /// Those that were removed and are back.
    pub returned: Vec<ProfileKey>,
    /// Those that no account reaches any more.
    pub removed: Vec<ProfileKey>,
}

impl Writer<'_> {
    /// Notes the whole list of profiles that an account reaches. What is not in it any more is not
    /// reached by it; what nobody reaches is marked removed and kept.
    pub fn put_profiles(
        &self,
        account: AccountKey,
        list: &[ListedProfile],
        at: Timestamp,
    ) -> Result<ProfilesListed, StoreError> {
        let row = found(self.account(account)?, || {
            format!("account with the number {}", account.0)
        })?;
        let mut listed = ProfilesListed::default();
        let mut present = BTreeSet::new();
        for profile in list {
            let (key, known) = self.put_reached(&row, profile, at)?;
            if !present.insert(key) {
                continue;
            }
            listed.keys.push(key);
            match known {
                None => listed.added.push(key),
                Some(known) if known.removed_at.is_some() => listed.returned.push(key),
                Some(_) => {}
            }
        }
        let sql = "UPDATE reach SET gone_at = ?3
                   WHERE account = ?1 AND profile = ?2 AND gone_at IS NULL";
        for profile in self.profiles_of(account)? {
            if present.contains(&profile.key) {
                continue;
            }
            self.db
                .prepare_cached(sql)?
                .execute((account, profile.key, Millis(at)))?;
            if self.settle(profile.key, at)? {
                listed.removed.push(profile.key);
            }
        }
        Ok(listed)
    }

    /// Notes one more profile that an account reaches; the rest of its list stays as it was.
    pub fn put_one_more(
        &self,
        account: AccountKey,
        profile: &ListedProfile,
        at: Timestamp,
    ) -> Result<ProfileKey, StoreError> {
        let row = found(self.account(account)?, || {
            format!("account with the number {}", account.0)
        })?;
        Ok(self.put_reached(&row, profile, at)?.0)
    }

    /// A profile that an account reaches, and what was known of it before.
    fn put_reached(
        &self,
        account: &Account,
        profile: &ListedProfile,
        at: Timestamp,
    ) -> Result<(ProfileKey, Option<Profile>), StoreError> {
        let known = self.profile_by_id(&account.api, &profile.id)?;
        // Where the list does not say whose it is, what was known before stands.
        let owner = profile
            .owner
            .clone()
            .or_else(|| known.as_ref().and_then(|known| known.owner.clone()))
            .or_else(|| (profile.shared != Some(true)).then(|| account.id.clone()));
        let key = self.put_listed(&account.api, profile, owner.as_ref(), at)?;
        let owns = profile.shared != Some(true) && owner.as_ref() == Some(&account.id);
        let sql = "
            INSERT INTO reach (account, profile, owner, first_seen_at, last_seen_at)
            VALUES (?1, ?2, ?3, ?4, ?4)
            ON CONFLICT (account, profile) DO UPDATE SET owner = excluded.owner,
                last_seen_at = excluded.last_seen_at, gone_at = NULL";
        self.db
            .prepare_cached(sql)?
            .execute((account.key, key, owns, Millis(at)))?;
        self.settle(key, at)?;
        Ok((key, known))
    }

    fn put_listed(
        &self,
        api: &str,
        profile: &ListedProfile,
        owner: Option<&AccountId>,
        at: Timestamp,
    ) -> Result<ProfileKey, StoreError> {
        let sql = "
            INSERT INTO profile
                (api, id, name, name_folded, logo_url, owner, first_seen_at, last_seen_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
            ON CONFLICT (api, id) DO UPDATE SET
                name = excluded.name,
                name_folded = excluded.name_folded,
                logo_url = coalesce(excluded.logo_url, logo_url),
                owner = coalesce(excluded.owner, owner),
                last_seen_at = max(excluded.last_seen_at, last_seen_at)
            RETURNING key";
        let key = self.db.prepare_cached(sql)?.query_row(
            (
                api,
                profile.id.as_str(),
                &profile.name,
                folded(&profile.name),
                &profile.logo_url,
                owner.map(AccountId::as_str),
                Millis(at),
            ),
            |row| row.get(0),
        )?;
        let subject = Subject::Profile(key);
        self.put_version(subject, Aspect::Name, &profile.name, at)?;
        if let Some(owner) = owner
            && self.put_version(subject, Aspect::Owner, owner, at)?
        {
            self.settle_creators(key)?;
        }
        Ok(key)
    }

    /// Derives from who reaches a profile which account is preferred, whether it is owned, whether it
    /// is removed, and its place in the fleet. To be called whenever its name or its reach changed. What
    /// stood last stays for one that is removed. Where another account is preferred than before, what was
    /// not permitted to that is forgotten. Returns whether the profile is removed.
    pub(crate) fn settle(&self, profile: ProfileKey, at: Timestamp) -> Result<bool, StoreError> {
        let sql = "SELECT preferred FROM profile WHERE key = ?1";
        let mut query = self.db.prepare_cached(sql)?;
        let before: Option<Option<AccountKey>> =
            query.query_row([profile], |row| row.get(0)).optional()?;
        let Some(before) = before else {
            // One that was deleted meanwhile is gone for good.
            return Ok(true);
        };
        let sql = "
            WITH best AS (
                SELECT account, owner FROM reach WHERE profile = ?1 AND gone_at IS NULL
                ORDER BY owner DESC, account LIMIT 1
            )
            UPDATE profile SET
                preferred = coalesce((SELECT account FROM best), preferred),
                owned = coalesce((SELECT owner FROM best), owned),
                removed_at = CASE WHEN EXISTS (SELECT 1 FROM best) THEN NULL
                    ELSE coalesce(removed_at, ?2) END
            WHERE key = ?1
            RETURNING removed_at IS NOT NULL, preferred";
        let mut update = self.db.prepare_cached(sql)?;
        let (removed, preferred): (bool, Option<AccountKey>) =
            update.query_row((profile, Millis(at)), |row| Ok((row.get(0)?, row.get(1)?)))?;
        if preferred != before {
            self.ask_profile_again(profile)?;
        }
        self.place(profile)?;
        Ok(removed)
    }
}
