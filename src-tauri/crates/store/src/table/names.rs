//! What every profile is called, in one read: for whoever finds profiles while a key goes down.

use model::ProfileId;

use crate::sql::parsed;
use crate::{ProfileKey, Reader, StoreError};

/// A profile by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileName {
    /// Its number in this store.
    pub key: ProfileKey,
    /// TagoIO's id of it.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// Whether another profile of this list bears the same name, whatever the case.
    pub name_is_shared: bool,
    /// Whether a person wants it at hand.
    pub favourite: bool,
    /// The label of the account that it is reached with.
    pub account: Option<String>,
    /// The labels of all accounts that reach it, divided by line breaks.
    pub accounts: String,
}

impl Reader<'_> {
    /// All profiles that are not removed, by name.
    pub fn profile_names(&self) -> Result<Vec<ProfileName>, StoreError> {
        let sql = "
            SELECT profile.key, profile.id, profile.name, account.label,
                EXISTS (
                    SELECT 1 FROM profile_group_member JOIN profile_group ON profile_group.key = grp
                    WHERE profile_group_member.profile = profile.key AND kind = 'favourites'
                ) AS favourite,
                count(*) OVER (PARTITION BY name_folded) > 1 AS name_is_shared,
                (SELECT group_concat(other.label, char(10)) FROM reach
                    JOIN account AS other ON other.key = reach.account
                    WHERE reach.profile = profile.key AND gone_at IS NULL) AS accounts
            FROM profile LEFT JOIN account ON account.key = preferred
            WHERE profile.removed_at IS NULL
            ORDER BY name_folded, profile.key";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([], |row| {
            Ok(ProfileName {
                key: row.get("key")?,
                id: parsed(row, "id")?.ok_or(rusqlite::Error::InvalidQuery)?,
                name: row.get("name")?,
                name_is_shared: row.get("name_is_shared")?,
                favourite: row.get("favourite")?,
                account: row.get("label")?,
                accounts: row
                    .get::<_, Option<String>>("accounts")?
                    .unwrap_or_default(),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
