//! Every profile with its owner, what it is allocated and what it uses, in a pass or two over the fleet.

use std::collections::HashMap;

use jiff::Timestamp;
use model::{Amounts, ProfileId, Service};
use rusqlite::ToSql;

use crate::sql::{Millis, from_json, parsed};
use crate::{AccountKey, ProfileKey, Reader, StoreError};

/// A profile, and what it holds of its owner's limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Holder {
    /// The profile.
    pub key: ProfileKey,
    /// TagoIO's id of it.
    pub id: ProfileId,
    /// Its name as it is now.
    pub name: String,
    /// The account that owned it, if that is connected; one that is removed is not.
    pub owner: Option<AccountKey>,
    /// The account to reach it with.
    pub preferred: Option<AccountKey>,
    /// What it was allocated; `None` if that was not seen.
    pub allocation: Option<Amounts>,
    /// What it uses of the nine services as of its newest summary, which is of now alone; `None` before the first, and
    /// where it was not asked for.
    pub used: Option<Amounts>,
}

impl Reader<'_> {
    /// Every profile that is there now, or was there at a time, by key.
    pub fn holders(&self, at: Option<Timestamp>) -> Result<Vec<Holder>, StoreError> {
        let (there, reached, standing, owner) = match at {
            None => (
                "removed_at IS NULL",
                "gone_at IS NULL",
                "seen_until IS NULL",
                // The profile's own row says it without a look at another one.
                "SELECT key FROM account
                 WHERE account.api = profile.api AND account.id = profile.owner
                   AND account.removed_at IS NULL",
            ),
            Some(_) => (
                "first_seen_at <= ?1 AND (removed_at IS NULL OR removed_at > ?1)",
                "reach.first_seen_at <= ?1 AND (gone_at IS NULL OR gone_at > ?1)",
                "seen_from <= ?1 AND (seen_until IS NULL OR seen_until > ?1)",
                "SELECT account.key FROM version JOIN account ON account.api = profile.api
                     AND account.id = json_extract(version.value, '$')
                 WHERE version.profile = profile.key AND aspect = 'owner'
                   AND seen_from <= ?1 AND (seen_until IS NULL OR seen_until > ?1)
                   AND account.removed_at IS NULL LIMIT 1",
            ),
        };
        let sql = format!(
            "SELECT profile.key, profile.id, profile.name, profile.preferred,
                -- Whose it was then, as far as that was seen; a move changes no closed month.
                coalesce(
                    ({owner}),
                    (SELECT account FROM reach JOIN account ON account.key = reach.account
                     WHERE reach.profile = profile.key AND owner = 1 AND {reached}
                       AND account.removed_at IS NULL
                     ORDER BY account LIMIT 1)) AS owned_by,
                (SELECT value FROM version
                 WHERE version.profile = profile.key AND aspect = 'allocation' AND {standing}
                 ORDER BY seen_from DESC LIMIT 1) AS allocation
             FROM profile WHERE {there} ORDER BY profile.key"
        );
        let mut query = self.db.prepare_cached(&sql)?;
        let at = at.map(Millis);
        let values: Vec<&dyn ToSql> = at.iter().map(|at| at as &dyn ToSql).collect();
        let mut rows = query.query(&*values)?;
        let mut holders = Vec::new();
        while let Some(row) = rows.next()? {
            let allocation = match row.get_ref(5)?.as_str_or_null().unwrap_or(None) {
                Some(text) => Some(from_json(text, "An allocation")?),
                None => None,
            };
            holders.push(Holder {
                key: row.get(0)?,
                id: parsed(row, "id")?.ok_or(rusqlite::Error::InvalidQuery)?,
                name: row.get(2)?,
                preferred: row.get(3)?,
                owner: row.get(4)?,
                allocation,
                used: None,
            });
        }
        Ok(holders)
    }

    /// Every profile that is there now, with what it uses.
    pub fn holders_with_use(&self) -> Result<Vec<Holder>, StoreError> {
        let columns = Service::ALL.map(|service| format!("used_{}", service.key()));
        let sql = format!("SELECT profile, {} FROM summary", columns.join(", "));
        let mut query = self.db.prepare_cached(&sql)?;
        let uses = query.query_map([], |row| {
            let mut used = Amounts::new();
            for (place, service) in (1..).zip(Service::ALL) {
                used[service] = row.get(place)?;
            }
            Ok((row.get(0)?, used))
        })?;
        let mut uses: HashMap<ProfileKey, Amounts> = uses.collect::<Result<_, _>>()?;
        let mut holders = self.holders(None)?;
        for holder in &mut holders {
            holder.used = uses.remove(&holder.key);
        }
        Ok(holders)
    }

    /// How many members and open invitations the team of each profile has. A profile whose team never arrived is not
    /// in it.
    pub fn team_sizes(&self) -> Result<HashMap<ProfileKey, u32>, StoreError> {
        let sql = "
            SELECT fetch_status.profile, count(team_member.key) FROM fetch_status
            LEFT JOIN team_member ON team_member.profile = fetch_status.profile
                AND team_member.seen_until IS NULL
            WHERE fetch_status.profile IS NOT NULL AND dataset = 'team'
                AND succeeded_at IS NOT NULL
            GROUP BY fetch_status.profile";
        let mut query = self.db.prepare_cached(sql)?;
        let sizes = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(sizes.collect::<Result<_, _>>()?)
    }
}
