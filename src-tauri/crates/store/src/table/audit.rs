//! Audit events: upstream keeps them for six months, we keep them.

use jiff::Timestamp;

use crate::sql::Millis;
use crate::{ProfileKey, Reader, StoreError, Writer};

/// Something that somebody did in a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// The kind of thing, such as `device`.
    pub resource: Option<String>,
    /// Which one.
    pub resource_id: Option<String>,
    /// Who did it, in the API's words.
    pub who: Option<String>,
    /// What was done, in the API's words.
    pub message: Option<String>,
}

// An unknown text is stored as an empty one, so that the key finds an event that is there already.
pub(crate) const V1: &str = "
    CREATE TABLE audit_event (
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        at INTEGER NOT NULL,
        resource TEXT NOT NULL,
        resource_id TEXT NOT NULL,
        who TEXT NOT NULL,
        message TEXT NOT NULL,
        PRIMARY KEY (profile, at, resource, resource_id, who, message)
    ) STRICT, WITHOUT ROWID;
";

impl Reader<'_> {
    /// A profile's events from a time (inclusive) to a time (exclusive), the newest first.
    pub fn audit(
        &self,
        profile: ProfileKey,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<AuditEvent>, StoreError> {
        let sql = "SELECT at, resource, resource_id, who, message FROM audit_event
                   WHERE profile = ?1 AND at >= ?2 AND at < ?3 ORDER BY at DESC, resource_id, message";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map((profile, Millis(from), Millis(to)), |row| {
            let text = |column: &str| {
                let text: String = row.get(column)?;
                Ok::<_, rusqlite::Error>(Some(text).filter(|text| !text.is_empty()))
            };
            Ok(AuditEvent {
                at: row.get::<_, Millis>("at")?.0,
                resource: text("resource")?,
                resource_id: text("resource_id")?,
                who: text("who")?,
                message: text("message")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Writer<'_> {
    /// Adds events; those that are there already are passed over. Returns how many were new.
    pub fn put_audit(
        &self,
        profile: ProfileKey,
        events: &[AuditEvent],
    ) -> Result<usize, StoreError> {
        let sql = "INSERT OR IGNORE INTO audit_event
                       (profile, at, resource, resource_id, who, message)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let mut insert = self.db.prepare_cached(sql)?;
        let mut new = 0;
        for event in events {
            let [resource, resource_id, who, message] = [
                &event.resource,
                &event.resource_id,
                &event.who,
                &event.message,
            ]
            .map(|text| text.as_deref().unwrap_or(""));
            new += insert.execute((
                profile,
                Millis(event.at),
                resource,
                resource_id,
                who,
                message,
            ))?;
        }
        Ok(new)
    }
}
