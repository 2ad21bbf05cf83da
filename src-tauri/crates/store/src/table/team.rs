//! Teams: who was a member of a profile, or invited to it, and when that was seen.

use std::collections::BTreeSet;

use jiff::Timestamp;
use model::{AccountId, Dataset};
use rusqlite::{OptionalExtension, Row, ToSql};

use crate::sql::{Millis, folded, parsed, time};
use crate::{ProfileKey, Reader, StoreError, Writer};

/// A member of a profile's team, or somebody who is invited to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// TagoIO's id of the account, if the API said it.
    pub id: Option<AccountId>,
    /// Name.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// `false` is an open invitation.
    pub active: Option<bool>,
    /// When the invitation was made.
    pub created_at: Option<Timestamp>,
}

/// A member and the time in which the team was seen to hold it like that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberVersion {
    /// The member.
    pub member: Member,
    /// When it was first seen so.
    pub seen_from: Timestamp,
    /// When it was first seen to have changed or gone; `None` if it stands.
    pub seen_until: Option<Timestamp>,
}

pub(crate) const V1: &str = "
    CREATE TABLE team_member (
        key INTEGER PRIMARY KEY,
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        -- Who it is from one list to the next: the id, else the address, else the name.
        who TEXT NOT NULL,
        id TEXT,
        name TEXT,
        email TEXT,
        active INTEGER,
        created_at INTEGER,
        seen_from INTEGER NOT NULL,
        seen_until INTEGER,
        CHECK (seen_until >= seen_from)
    ) STRICT;
    CREATE INDEX team_member_profile ON team_member (profile, seen_from);
    CREATE UNIQUE INDEX team_member_now ON team_member (profile, who) WHERE seen_until IS NULL;
";

fn read(row: &Row<'_>) -> rusqlite::Result<MemberVersion> {
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
}

impl Member {
    /// Whether two lists mean the same person: by the id, else the address, else the name. One of whom the id is not
    /// known yet, as after an invitation, is known by the address.
    pub fn is(&self, other: &Self) -> bool {
        match (&self.id, &other.id, &self.email, &other.email) {
            (None, Some(_), Some(mine), Some(other)) | (Some(_), None, Some(mine), Some(other)) => {
                folded(mine) == folded(other)
            }
            _ => self.who() == other.who(),
        }
    }

    fn who(&self) -> String {
        match (&self.id, &self.email, &self.name) {
            (Some(id), ..) => id.to_string(),
            (None, Some(email), _) => folded(email),
            (None, None, name) => name.clone().unwrap_or_default(),
        }
    }

    /// With what was known before in place of what is unknown now.
    fn over(&self, before: &Self) -> Self {
        let mut member = self.clone();
        member.name = member.name.or_else(|| before.name.clone());
        member.email = member.email.or_else(|| before.email.clone());
        member.active = member.active.or(before.active);
        member.created_at = member.created_at.or(before.created_at);
        member
    }
}

impl Reader<'_> {
    /// The team as it was last seen, by name.
    pub fn team(&self, profile: ProfileKey) -> Result<Vec<MemberVersion>, StoreError> {
        self.select_team("seen_until IS NULL", &[&profile])
    }

    /// The team as it stood at a time, by name; empty before it was first seen.
    pub fn team_at(
        &self,
        profile: ProfileKey,
        at: Timestamp,
    ) -> Result<Vec<MemberVersion>, StoreError> {
        let select = "seen_from <= ?2 AND (seen_until IS NULL OR seen_until > ?2)";
        self.select_team(select, &[&profile, &Millis(at)])
    }

    fn select_team(
        &self,
        select: &str,
        values: &[&dyn ToSql],
    ) -> Result<Vec<MemberVersion>, StoreError> {
        let sql = format!(
            "SELECT * FROM team_member WHERE profile = ?1 AND ({select})
             ORDER BY name IS NULL, name, email, key"
        );
        let mut query = self.db.prepare_cached(&sql)?;
        let rows = query.query_map(values, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Notes the whole team. Who is not in it any more is gone. Names go to the persons ever seen.
    pub fn put_team(
        &self,
        profile: ProfileKey,
        team: &[Member],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let api: String =
            self.db
                .query_row("SELECT api FROM profile WHERE key = ?1", [profile], |row| {
                    row.get(0)
                })?;
        let mut present = BTreeSet::new();
        for member in team {
            let who = member.who();
            if let Some(id) = &member.id {
                let (name, email) = (member.name.as_deref(), member.email.as_deref());
                self.put_person(&api, id, name, email, at)?;
            }
            self.put_member(profile, &who, member, at)?;
            present.insert(who);
        }
        let sql = "SELECT who FROM team_member WHERE profile = ?1 AND seen_until IS NULL";
        let mut query = self.db.prepare_cached(sql)?;
        let standing = query.query_map([profile], |row| row.get::<_, String>(0))?;
        for who in standing.collect::<Result<Vec<_>, _>>()? {
            if !present.contains(&who) {
                self.end_member(profile, &who, at)?;
            }
        }
        self.put_known(profile, Dataset::Team, at)?;
        self.settle_creators(profile)
    }

    fn put_member(
        &self,
        profile: ProfileKey,
        who: &str,
        member: &Member,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if let (Some(id), Some(email)) = (&member.id, &member.email) {
            // Who was invited from here was known by the address until now.
            let sql = "UPDATE OR IGNORE team_member SET who = ?2, id = ?2
                       WHERE profile = ?1 AND who = ?3 AND id IS NULL AND seen_until IS NULL";
            let mut query = self.db.prepare_cached(sql)?;
            query.execute((profile, id.as_str(), folded(email)))?;
        }
        let sql = "SELECT * FROM team_member
                   WHERE profile = ?1 AND who = ?2 AND seen_until IS NULL";
        let standing = self
            .db
            .prepare_cached(sql)?
            .query_row((profile, who), read)
            .optional()?;
        let mut member = member.clone();
        let from;
        if let Some(standing) = standing {
            member = member.over(&standing.member);
            if member == standing.member {
                return Ok(());
            }
            from = at.max(standing.seen_from);
            self.end_member(profile, who, from)?;
        } else {
            // Who is back was not here before leaving, although the clock may have been set back.
            let sql = "SELECT max(seen_until) FROM team_member WHERE profile = ?1 AND who = ?2";
            let mut query = self.db.prepare_cached(sql)?;
            let left: Option<Millis> = query.query_row((profile, who), |row| row.get(0))?;
            from = left.map_or(at, |left| at.max(left.0));
        }
        let sql = "
            INSERT INTO team_member
                (profile, who, id, name, email, active, created_at, seen_from)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        self.db.prepare_cached(sql)?.execute((
            profile,
            who,
            member.id.as_ref().map(AccountId::as_str),
            member.name,
            member.email,
            member.active,
            member.created_at.map(Millis),
            Millis(from),
        ))?;
        Ok(())
    }

    fn end_member(&self, profile: ProfileKey, who: &str, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE team_member SET seen_until = max(seen_from, ?3)
                   WHERE profile = ?1 AND who = ?2 AND seen_until IS NULL";
        self.db
            .prepare_cached(sql)?
            .execute((profile, who, Millis(at)))?;
        Ok(())
    }
}
