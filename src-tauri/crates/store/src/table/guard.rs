//! What a person put out of reach of changes: protected profiles, accounts that are only read. Neither is
//! ever sent, and no sync touches it.

use std::collections::HashSet;

use crate::{AccountKey, ProfileKey, Reader, StoreError, Writer};

pub(crate) const V4: &str = "
    CREATE TABLE protected (
        profile INTEGER PRIMARY KEY REFERENCES profile ON DELETE CASCADE
    ) STRICT;
    CREATE TABLE read_only (
        account INTEGER PRIMARY KEY REFERENCES account ON DELETE CASCADE
    ) STRICT;
";

impl Reader<'_> {
    /// The profiles that are marked as protected.
    pub fn protected(&self) -> Result<HashSet<ProfileKey>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT profile FROM protected")?;
        let rows = query.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Marks a profile as protected, or takes the mark away. Returns whether it was not so before.
    pub fn put_protected(&self, profile: ProfileKey, protected: bool) -> Result<bool, StoreError> {
        let sql = if protected {
            "INSERT OR IGNORE INTO protected (profile) VALUES (?1)"
        } else {
            "DELETE FROM protected WHERE profile = ?1"
        };
        Ok(self.db.prepare_cached(sql)?.execute([profile])? > 0)
    }

    /// Lets an account only be read, or changes be made by it again. Returns whether it was not so
    /// before.
    pub fn put_read_only(&self, account: AccountKey, read_only: bool) -> Result<bool, StoreError> {
        let sql = if read_only {
            "INSERT OR IGNORE INTO read_only (account) VALUES (?1)"
        } else {
            "DELETE FROM read_only WHERE account = ?1"
        };
        Ok(self.db.prepare_cached(sql)?.execute([account])? > 0)
    }
}
