//! What a person answered to the lines of what needs attention.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::sql::{Millis, from_json, time, to_json};
use crate::{AccountKey, ProfileKey, Reader, StoreError, Subject, Writer};

pub(crate) const V3: &str = "
    CREATE TABLE attention_answer (
        id TEXT PRIMARY KEY,
        account INTEGER REFERENCES account ON DELETE CASCADE,
        profile INTEGER REFERENCES profile ON DELETE CASCADE,
        at INTEGER NOT NULL,
        until INTEGER,
        note TEXT NOT NULL,
        step INTEGER NOT NULL,
        members TEXT NOT NULL,
        CHECK ((account IS NULL) <> (profile IS NULL))
    ) STRICT, WITHOUT ROWID;
";

/// What a person answered to a line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttentionAnswer {
    /// The line.
    pub id: String,
    /// The account or the profile that it is about.
    pub subject: Subject,
    /// When it was answered.
    pub at: Timestamp,
    /// When it is to come back in any case.
    pub until: Option<Timestamp>,
    /// What the person noted; empty if nothing.
    pub note: String,
    /// How bad it was.
    pub step: u8,
    /// What it stood for.
    pub members: Vec<String>,
}

impl Reader<'_> {
    /// What was answered, by line.
    pub fn attention_answers(&self) -> Result<HashMap<String, AttentionAnswer>, StoreError> {
        let mut query = self.db.prepare_cached("SELECT * FROM attention_answer")?;
        let mut rows = query.query([])?;
        let mut answers = HashMap::new();
        while let Some(row) = rows.next()? {
            let account: Option<AccountKey> = row.get("account")?;
            let profile: Option<ProfileKey> = row.get("profile")?;
            let Some(subject) =
                (account.map(Subject::Account)).or_else(|| profile.map(Subject::Profile))
            else {
                continue;
            };
            let id: String = row.get("id")?;
            let answer = AttentionAnswer {
                id: id.clone(),
                subject,
                at: row.get::<_, Millis>("at")?.0,
                until: time(row, "until")?,
                note: row.get("note")?,
                step: row.get("step")?,
                members: from_json(row.get_ref("members")?.as_str().unwrap_or(""), "An answer")?,
            };
            answers.insert(id, answer);
        }
        Ok(answers)
    }
}

impl Writer<'_> {
    /// Notes an answer, in place of the one before.
    pub fn put_attention_answer(&self, answer: &AttentionAnswer) -> Result<(), StoreError> {
        let (account, profile) = match answer.subject {
            Subject::Account(key) => (Some(key), None),
            Subject::Profile(key) => (None, Some(key)),
        };
        let sql = "INSERT OR REPLACE INTO attention_answer
                       (id, account, profile, at, until, note, step, members)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        self.db.prepare_cached(sql)?.execute((
            &answer.id,
            account,
            profile,
            Millis(answer.at),
            answer.until.map(Millis),
            &answer.note,
            answer.step,
            to_json(&answer.members, "An answer")?,
        ))?;
        Ok(())
    }

    /// Takes an answer back. Returns whether there was one.
    pub fn forget_attention_answer(&self, id: &str) -> Result<bool, StoreError> {
        let mut delete = self
            .db
            .prepare_cached("DELETE FROM attention_answer WHERE id = ?1")?;
        Ok(delete.execute([id])? > 0)
    }
}
