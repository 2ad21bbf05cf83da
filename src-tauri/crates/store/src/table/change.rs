//! The change log: what was seen to have changed, when, and from what to what.

use jiff::Timestamp;
use model::{ChangeKind, ProfileId};
use rusqlite::types::Value as Stored;
use rusqlite::{Row, params_from_iter};
use serde_json::Value;

use crate::condition::Condition;
use crate::sql::{Millis, WORDS, folded, from_json, parsed, to_json};
use crate::{AccountKey, ProfileKey, Reader, StoreError, Writer};

/// A change to note. It is about an account, a profile, or a profile as an account reaches it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewChange {
    /// When it was seen.
    pub at: Timestamp,
    /// The account.
    pub account: Option<AccountKey>,
    /// The profile.
    pub profile: Option<ProfileKey>,
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// What changed in it, for a person: a service, a token's name, a member's address.
    pub subject: Option<String>,
    /// What it was before: a string, a number, or null if there is none or it is unknown.
    pub old: Value,
    /// What it is now; as `old`.
    pub new: Value,
}

/// A change that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its number in this store.
    pub key: i64,
    /// When it was seen.
    pub at: Timestamp,
    /// The account's label as it is now; `None` if the account was deleted, or none was named.
    pub account: Option<String>,
    /// TagoIO's id of the profile.
    pub profile: Option<ProfileId>,
    /// The profile's number in this store.
    pub profile_key: Option<ProfileKey>,
    /// The profile's name as it is now.
    pub profile_name: Option<String>,
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// What changed in it.
    pub subject: Option<String>,
    /// What it was before: a string, a number, or null.
    pub old: Value,
    /// What it is now: a string, a number, or null.
    pub new: Value,
}

/// Which changes. The default leaves all of them, and asks for no row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeQuery {
    /// Texts, and whether each must not be there instead. A change stays if each is in the account's label, the
    /// profile's name or id, the subject, the old or the new value, whatever the case of the letters.
    pub words: Vec<(String, bool)>,
    /// Only changes of these profiles, and of accounts themselves that reach one of them.
    pub profiles: Option<Vec<ProfileKey>>,
    /// The kinds that stay; all of them if there is none.
    pub kinds: Vec<ChangeKind>,
    /// Changes of this account alone.
    pub account: Option<AccountKey>,
    /// Changes of this profile alone.
    pub profile: Option<ProfileKey>,
    /// Changes seen at this time or later.
    pub since: Option<Timestamp>,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows to return.
    pub limit: u32,
}

// `search` holds subject, old and new, a line each, folded; names and labels are looked for where they
// stand, as they change. The key is a part of the first index, although SQLite appends it anyway, so
// that the kind may follow it: then changes are counted by that index alone.
pub(crate) const V2: &str = "
    CREATE TABLE change (
        key INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        account INTEGER REFERENCES account ON DELETE SET NULL,
        profile INTEGER REFERENCES profile ON DELETE CASCADE,
        kind TEXT NOT NULL,
        subject TEXT,
        old TEXT,
        new TEXT,
        search TEXT NOT NULL,
        CHECK (account IS NOT NULL OR profile IS NOT NULL)
    ) STRICT;
    CREATE INDEX change_at ON change (at, key, kind);
    CREATE INDEX change_account ON change (account, at);
    CREATE INDEX change_profile ON change (profile, at);
    -- What is left of an account's changes are those of profiles.
    CREATE TRIGGER change_of_account BEFORE DELETE ON account BEGIN
        DELETE FROM change WHERE account = old.key AND profile IS NULL;
    END;
";

/// The changes that a query leaves.
fn condition(query: &ChangeQuery) -> Condition {
    let mut condition = Condition::new();
    // Kinds that this version does not know were written by a newer one.
    let kinds = match &*query.kinds {
        [] => &ChangeKind::ALL[..],
        some => some,
    };
    condition.one_of("change.kind", kinds.iter().map(|kind| kind.key()));
    if let Some(AccountKey(key)) = query.account {
        condition.and("change.account = ?", key);
    }
    if let Some(ProfileKey(key)) = query.profile {
        condition.and("change.profile = ?", key);
    }
    if let Some(since) = query.since {
        condition.and("change.at >= ?", since.as_millisecond());
    }
    if let Some(profiles) = &query.profiles {
        condition.of_profiles("change", profiles);
    }
    for (word, negated) in query.words.iter().take(WORDS) {
        // Few profiles and accounts are looked through once, not for each of their changes.
        let not = if *negated { "NOT " } else { "" };
        let holds = format!(
            "{not}ifnull(instr(change.search, ?)
              OR change.profile IN (
                  SELECT key FROM profile WHERE instr(name_folded, ?) OR instr(id, ?))
              OR change.account IN (SELECT key FROM account WHERE instr(label_folded, ?)), FALSE)"
        );
        condition.and(&holds, folded(word));
    }
    condition
}

/// The statement for the page that a query asks for, the newest change first, and its values.
fn page(query: &ChangeQuery) -> (String, Vec<Stored>) {
    let mut wanted = condition(query);
    let [limit, offset] = [query.limit, query.offset].map(|number| wanted.place(number));
    let sql = format!(
        "SELECT change.key, change.at, label, profile.id, change.profile AS profile_key,
             profile.name, kind, subject, old, new
         FROM change
         LEFT JOIN account ON account.key = change.account
         LEFT JOIN profile ON profile.key = change.profile
         WHERE {} ORDER BY change.at DESC, change.key DESC LIMIT {limit} OFFSET {offset}",
        wanted.sql
    );
    (sql, wanted.values)
}

/// The statement that counts what a query leaves, and its values.
fn count(query: &ChangeQuery) -> (String, Vec<Stored>) {
    let Condition { sql, values } = condition(query);
    (format!("SELECT count(*) FROM change WHERE {sql}"), values)
}

fn read(row: &Row<'_>) -> Result<Option<Change>, StoreError> {
    let Some(kind) = ChangeKind::from_key(row.get_ref("kind")?.as_str().unwrap_or("")) else {
        return Ok(None);
    };
    let value = |column: &str| match row.get::<_, Option<String>>(column)? {
        Some(text) => from_json(&text, "A change"),
        None => Ok(Value::Null),
    };
    Ok(Some(Change {
        key: row.get("key")?,
        at: row.get::<_, Millis>("at")?.0,
        account: row.get("label")?,
        profile: parsed(row, "id")?,
        profile_key: row.get("profile_key")?,
        profile_name: row.get("name")?,
        kind,
        subject: row.get("subject")?,
        old: value("old")?,
        new: value("new")?,
    }))
}

impl Reader<'_> {
    /// A page of the change log, the newest change first.
    pub fn changes(&self, query: &ChangeQuery) -> Result<Vec<Change>, StoreError> {
        let (sql, values) = page(query);
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut changes = Vec::new();
        while let Some(row) = rows.next()? {
            changes.extend(read(row)?);
        }
        Ok(changes)
    }

    /// How many changes a query leaves, whatever page it asks for.
    pub fn count_changes(&self, query: &ChangeQuery) -> Result<u32, StoreError> {
        let (sql, values) = count(query);
        let mut statement = self.db.prepare_cached(&sql)?;
        Ok(statement.query_row(params_from_iter(values), |row| row.get(0))?)
    }
}

impl Writer<'_> {
    /// Adds changes to the log, in the order in which they are to stand among those of one time.
    pub fn put_changes(&self, changes: &[NewChange]) -> Result<(), StoreError> {
        let sql = "
            INSERT INTO change (at, account, profile, kind, subject, old, new, search)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let mut insert = self.db.prepare_cached(sql)?;
        for change in changes {
            insert.execute((
                Millis(change.at),
                change.account,
                change.profile,
                change.kind.key(),
                &change.subject,
                stored(&change.old)?,
                stored(&change.new)?,
                change.search(),
            ))?;
        }
        Ok(())
    }
}

impl NewChange {
    /// What a person may look for in it, folded.
    fn search(&self) -> String {
        let mut lines: Vec<String> = self.subject.iter().cloned().collect();
        for value in [&self.old, &self.new] {
            match value {
                Value::Null => {}
                Value::String(text) => lines.push(text.clone()),
                other => lines.push(other.to_string()),
            }
        }
        folded(&lines.join("\n"))
    }
}

/// A value as it stands in its column.
fn stored(value: &Value) -> Result<Option<String>, StoreError> {
    match value {
        Value::Null => Ok(None),
        value => to_json(value, "A change").map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    /// What SQLite says of how it goes about a statement, a line a step.
    fn plan(store: &Store, (sql, values): (String, Vec<Stored>)) -> Vec<String> {
        store
            .read(|rows| {
                let mut explain = rows.db.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let steps = explain.query_map(params_from_iter(values), |row| row.get("detail"))?;
                Ok(steps.collect::<Result<_, _>>()?)
            })
            .unwrap()
    }

    #[test]
    fn a_page_without_a_search_comes_from_an_index_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let page = ChangeQuery {
            limit: 100,
            ..ChangeQuery::default()
        };
        let of_profile = ChangeQuery {
            profile: Some(ProfileKey(1)),
            ..page.clone()
        };
        let of_account = ChangeQuery {
            account: Some(AccountKey(1)),
            ..page.clone()
        };
        let since = ChangeQuery {
            since: Some(Timestamp::UNIX_EPOCH),
            ..page.clone()
        };
        let of_profile_since = ChangeQuery {
            since: Some(Timestamp::UNIX_EPOCH),
            kinds: vec![ChangeKind::PlanChanged],
            ..of_profile.clone()
        };
        for (query, index) in [
            (page, "INDEX change_at"),
            (since, "INDEX change_at (at>?)"),
            (of_profile, "INDEX change_profile (profile=?)"),
            (
                of_profile_since,
                "INDEX change_profile (profile=? AND at>?)",
            ),
            (of_account, "INDEX change_account (account=?)"),
        ] {
            let plan = plan(&store, super::page(&query));
            assert!(plan[0].ends_with(index), "{plan:?}");
            let sorted = plan.iter().any(|step| step.contains("TEMP B-TREE"));
            assert!(!sorted, "{plan:?}");
        }
    }

    #[test]
    fn all_changes_are_counted_by_an_index_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let plan = plan(&store, count(&ChangeQuery::default()));
        assert_eq!(plan, ["SCAN change USING COVERING INDEX change_at"]);
    }
}
