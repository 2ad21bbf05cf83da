//! What a person keeps about profiles here and nowhere else: groups, notes and views.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension, Row};

use crate::sql::{Millis, folded};
use crate::{ProfileKey, Reader, StoreError, Writer};

/// A group's number in this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupKey(pub i64);

/// What a group divides profiles by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GroupKind {
    /// Anything.
    Group,
    /// Whose the profiles are.
    Customer,
    /// What they are for.
    Environment,
    /// What a person wants at hand; there is one, always.
    Favourites,
}

/// A group of profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its number.
    pub key: GroupKey,
    /// Its name; unique within its kind, whatever the case of letters.
    pub name: String,
    /// Its kind.
    pub kind: GroupKind,
    /// How many profiles are in it, removed ones left out.
    pub profiles: u32,
}

/// An address in the window, under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its number in this store.
    pub key: i64,
    /// Its name; unique, whatever the case of letters.
    pub name: String,
    /// The address.
    pub address: String,
}

// The favourites are there from the start, so that nobody has to make them.
pub(crate) const V3: &str = "
    CREATE TABLE profile_group (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN ('group', 'customer', 'environment', 'favourites')),
        name TEXT NOT NULL,
        name_folded TEXT NOT NULL,
        UNIQUE (kind, name_folded)
    ) STRICT;
    CREATE TABLE profile_group_member (
        grp INTEGER NOT NULL REFERENCES profile_group ON DELETE CASCADE,
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        PRIMARY KEY (grp, profile)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX profile_group_member_profile ON profile_group_member (profile);
    INSERT INTO profile_group (kind, name, name_folded)
        VALUES ('favourites', 'Favourites', 'favourites');
    CREATE TABLE note (
        profile INTEGER PRIMARY KEY REFERENCES profile ON DELETE CASCADE,
        text TEXT NOT NULL,
        text_folded TEXT NOT NULL,
        written_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE view (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        name_folded TEXT NOT NULL UNIQUE,
        address TEXT NOT NULL
    ) STRICT;
";

impl ToSql for GroupKey {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for GroupKey {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Self)
    }
}

impl GroupKind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Group,
        Self::Customer,
        Self::Environment,
        Self::Favourites,
    ];

    /// Its word in the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Customer => "customer",
            Self::Environment => "environment",
            Self::Favourites => "favourites",
        }
    }
}

impl FromSql for GroupKind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word = value.as_str()?;
        let kind = Self::ALL.into_iter().find(|kind| kind.key() == word);
        kind.ok_or(FromSqlError::InvalidType)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Group> {
    Ok(Group {
        key: row.get("key")?,
        name: row.get("name")?,
        kind: row.get("kind")?,
        profiles: row.get("profiles")?,
    })
}

const SELECT: &str = "
    SELECT key, name, kind, (
        SELECT count(*) FROM profile_group_member JOIN profile ON profile.key = profile
        WHERE grp = profile_group.key AND removed_at IS NULL
    ) AS profiles FROM profile_group";

impl Reader<'_> {
    /// All groups, by kind and name.
    pub fn groups(&self) -> Result<Vec<Group>, StoreError> {
        let sql = format!("{SELECT} ORDER BY kind, name_folded");
        let mut query = self.db.prepare_cached(&sql)?;
        let rows = query.query_map([], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A group.
    pub fn group(&self, key: GroupKey) -> Result<Option<Group>, StoreError> {
        let sql = format!("{SELECT} WHERE key = ?1");
        let mut query = self.db.prepare_cached(&sql)?;
        Ok(query.query_row([key], read).optional()?)
    }

    /// The groups of every profile that is in one, in the order of [`Self::groups`].
    pub fn groups_of_profiles(&self) -> Result<HashMap<ProfileKey, Vec<GroupKey>>, StoreError> {
        let sql = "
            SELECT profile, grp FROM profile_group_member
            JOIN profile_group ON profile_group.key = grp ORDER BY profile, kind, name_folded";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([])?;
        let mut groups: HashMap<ProfileKey, Vec<GroupKey>> = HashMap::new();
        while let Some(row) = rows.next()? {
            groups.entry(row.get(0)?).or_default().push(row.get(1)?);
        }
        Ok(groups)
    }

    /// The groups that a profile is in, by kind and name.
    pub fn groups_of(&self, profile: ProfileKey) -> Result<Vec<Group>, StoreError> {
        let sql = format!(
            "{SELECT} WHERE key IN (SELECT grp FROM profile_group_member WHERE profile = ?1)
             ORDER BY kind, name_folded"
        );
        let mut query = self.db.prepare_cached(&sql)?;
        let rows = query.query_map([profile], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What is written about a profile.
    pub fn note(&self, profile: ProfileKey) -> Result<Option<String>, StoreError> {
        let mut query = self
            .db
            .prepare_cached("SELECT text FROM note WHERE profile = ?1")?;
        Ok(query.query_row([profile], |row| row.get(0)).optional()?)
    }

    /// Every note.
    pub fn notes(&self) -> Result<HashMap<ProfileKey, String>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT profile, text FROM note")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// All views, by name.
    pub fn views(&self) -> Result<Vec<View>, StoreError> {
        let sql = "SELECT key, name, address FROM view ORDER BY name_folded";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([], |row| {
            Ok(View {
                key: row.get("key")?,
                name: row.get("name")?,
                address: row.get("address")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Makes a group, or gives the one of that kind and name.
    pub fn add_group(&self, name: &str, kind: GroupKind) -> Result<GroupKey, StoreError> {
        // Where it is there, it is written as it was: only so is its number returned.
        let sql = "
            INSERT INTO profile_group (kind, name, name_folded) VALUES (?1, ?2, ?3)
            ON CONFLICT (kind, name_folded) DO UPDATE SET kind = kind RETURNING key";
        let mut insert = self.db.prepare_cached(sql)?;
        Ok(insert.query_row((kind.key(), name, folded(name)), |row| row.get(0))?)
    }

    /// Gives a group another name and kind. `false` if another one of that kind bears the name, or
    /// there is no such group.
    pub fn put_group(
        &self,
        key: GroupKey,
        name: &str,
        kind: GroupKind,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE OR IGNORE profile_group SET name = ?2, name_folded = ?3, kind = ?4
                   WHERE key = ?1";
        let mut update = self.db.prepare_cached(sql)?;
        Ok(update.execute((key, name, folded(name), kind.key()))? > 0)
    }

    /// Deletes a group; its profiles stay. `false` if there was none.
    pub fn delete_group(&self, key: GroupKey) -> Result<bool, StoreError> {
        let mut delete = self
            .db
            .prepare_cached("DELETE FROM profile_group WHERE key = ?1")?;
        Ok(delete.execute([key])? > 0)
    }

    /// Puts profiles into a group, or takes them out. Returns how many were not so before.
    pub fn put_members(
        &self,
        group: GroupKey,
        profiles: &[ProfileKey],
        member: bool,
    ) -> Result<usize, StoreError> {
        let sql = if member {
            "INSERT OR IGNORE INTO profile_group_member (grp, profile) VALUES (?1, ?2)"
        } else {
            "DELETE FROM profile_group_member WHERE grp = ?1 AND profile = ?2"
        };
        let mut change = self.db.prepare_cached(sql)?;
        let mut changed = 0;
        for profile in profiles {
            changed += change.execute((group, profile))?;
        }
        Ok(changed)
    }

    /// Writes a note about a profile; an empty one is none. Returns whether it was another one before.
    pub fn put_note(
        &self,
        profile: ProfileKey,
        text: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        if text.is_empty() {
            let mut delete = self
                .db
                .prepare_cached("DELETE FROM note WHERE profile = ?1")?;
            return Ok(delete.execute([profile])? > 0);
        }
        let sql = "
            INSERT INTO note (profile, text, text_folded, written_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (profile) DO UPDATE SET text = excluded.text,
                text_folded = excluded.text_folded, written_at = excluded.written_at
            WHERE text <> excluded.text";
        let mut insert = self.db.prepare_cached(sql)?;
        Ok(insert.execute((profile, text, folded(text), Millis(at)))? > 0)
    }

    /// Keeps an address under a name, in place of what the name meant before. Returns its number.
    pub fn put_view(&self, name: &str, address: &str) -> Result<i64, StoreError> {
        let sql = "
            INSERT INTO view (name, name_folded, address) VALUES (?1, ?2, ?3)
            ON CONFLICT (name_folded) DO UPDATE SET name = excluded.name,
                address = excluded.address RETURNING key";
        let mut insert = self.db.prepare_cached(sql)?;
        Ok(insert.query_row((name, folded(name), address), |row| row.get(0))?)
    }

    /// Deletes a view. `false` if there was none.
    pub fn delete_view(&self, key: i64) -> Result<bool, StoreError> {
        let mut delete = self.db.prepare_cached("DELETE FROM view WHERE key = ?1")?;
        Ok(delete.execute([key])? > 0)
    }
}
