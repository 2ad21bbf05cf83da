//! Who has access to anything now, for counting persons: asked on every screen, so one walk over the teams as they
//! lie.

use std::collections::HashMap;

use rusqlite::OptionalExtension;
use rusqlite::types::ValueRef;

use crate::{Reader, StoreError};

/// An account with access to something, as far as counting persons needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSeen {
    /// The API's base URL.
    pub api: String,
    /// TagoIO's id of it.
    pub id: Option<String>,
    /// E-mail address, of the team's list or else as last seen of the account.
    pub email: Option<String>,
    /// The name in a team's list, where there is neither an id nor an address.
    pub name: Option<String>,
}

/// An API's place among the hosts, whether the account's id is known, and its address.
type Seen = (usize, bool, Option<String>);

/// What was seen of each, by the id, else the address, else the name. Tens of thousands of rows are of some hundred
/// persons: only what is new of one is copied.
#[derive(Default)]
struct Found(HashMap<String, Vec<Seen>>);

impl Found {
    fn note(&mut self, host: usize, who: &str, has_id: bool, email: Option<&str>) {
        let is_same = |(at, with_id, known): &Seen| {
            (*at, *with_id, known.as_deref()) == (host, has_id, email)
        };
        let seen = || (host, has_id, email.map(str::to_owned));
        match self.0.get_mut(who) {
            Some(known) if known.iter().any(is_same) => {}
            Some(known) => known.push(seen()),
            None => {
                self.0.insert(who.to_owned(), vec![seen()]);
            }
        }
    }
}

/// Text without the white space around it; `None` if nothing is left.
fn text(value: ValueRef<'_>) -> Option<&str> {
    let text = value.as_str_or_null().ok().flatten()?.trim();
    (!text.is_empty()).then_some(text)
}

impl Reader<'_> {
    /// Who owns a present profile or is in its team or invited; each account once for each address.
    pub fn accounts_with_access(&self) -> Result<Vec<AccountSeen>, StoreError> {
        let mut hosts: Vec<String> = Vec::new();
        let mut present: HashMap<i64, usize> = HashMap::new();
        let mut found = Found::default();
        let sql = "SELECT key, api, owner FROM profile NOT INDEXED WHERE removed_at IS NULL";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let api = text(row.get_ref(1)?).unwrap_or_default();
            let host = hosts.iter().position(|host| host == api);
            let host = host.unwrap_or_else(|| {
                hosts.push(api.to_owned());
                hosts.len() - 1
            });
            present.insert(row.get(0)?, host);
            if let Some(owner) = text(row.get_ref(2)?) {
                found.note(host, owner, true, None);
            }
        }
        // Nearly every row stands, and they lie profile by profile: an index would only lead all over the file.
        let sql = "SELECT profile, who, id IS NOT NULL, email FROM team_member NOT INDEXED
                   WHERE seen_until IS NULL";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([])?;
        let (mut last, mut host) = (None, None);
        while let Some(row) = rows.next()? {
            let profile: i64 = row.get(0)?;
            if last.replace(profile) != Some(profile) {
                host = present.get(&profile).copied();
            }
            if let Some(host) = host {
                let who = text(row.get_ref(1)?).unwrap_or_default();
                found.note(host, who, row.get(2)?, text(row.get_ref(3)?));
            }
        }
        let mut query = self
            .db
            .prepare_cached("SELECT email FROM person WHERE api = ?1 AND id = ?2")?;
        let mut accounts = Vec::new();
        for (who, seen) in found.0 {
            for (host, has_id, mut email) in seen {
                let api = &hosts[host];
                if has_id && email.is_none() {
                    let known = query.query_row((api, &who), |row| row.get(0)).optional()?;
                    email = known.flatten();
                }
                accounts.push(AccountSeen {
                    api: api.clone(),
                    id: has_id.then(|| who.clone()),
                    name: (!has_id && email.is_none()).then(|| who.clone()),
                    email,
                });
            }
        }
        Ok(accounts)
    }
}
