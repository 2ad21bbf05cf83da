//! Audit events, and the times whose events are all here: upstream keeps them for six months, we keep
//! them.

use jiff::Timestamp;
use rusqlite::Row;

use crate::sql::{Millis, folded, from_json, time, words};
use crate::{AccountKey, ProfileKey, Reader, StoreError, Writer};

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

// A span is half open, in milliseconds. Those of a profile neither overlap nor touch.
pub(crate) const V2: &str = "
    CREATE TABLE audit_span (
        profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,
        start INTEGER NOT NULL,
        stop INTEGER NOT NULL,
        PRIMARY KEY (profile, start),
        CHECK (start < stop)
    ) STRICT, WITHOUT ROWID;
";

/// Which events of a profile, the newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditQuery {
    /// The profile.
    pub profile: ProfileKey,
    /// Words, divided by white space; each must be in the message, the resource, its id, or the person's id,
    /// name or address, whatever the case of letters.
    pub search: String,
    /// The kind of thing.
    pub resource: Option<String>,
    /// Who did it, in the API's words.
    pub who: Option<String>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows to return.
    pub limit: u32,
}

/// The times from one (inclusive) to another (exclusive).
type Span = (Timestamp, Timestamp);

fn event(row: &Row<'_>) -> rusqlite::Result<AuditEvent> {
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
}

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
        let rows = query.query_map((profile, Millis(from), Millis(to)), event)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A page of a profile's events, and how many the query leaves.
    pub fn audit_page(&self, query: &AuditQuery) -> Result<(u32, Vec<AuditEvent>), StoreError> {
        let from = query.from.map_or(i64::MIN, Timestamp::as_millisecond);
        let to = query.to.map_or(i64::MAX, Timestamp::as_millisecond);
        let condition = "profile = ?1 AND at >= ?2 AND at < ?3
            AND (?4 IS NULL OR resource = ?4) AND (?5 IS NULL OR who = ?5)";
        let values = (query.profile, from, to, &query.resource, &query.who);
        let words = words(&query.search);
        // The key's own order, the other way round, so that nothing is sorted.
        let select = format!(
            "SELECT at, resource, resource_id, who, message FROM audit_event WHERE {condition}
             ORDER BY at DESC, resource DESC, resource_id DESC, who DESC, message DESC"
        );
        if words.is_empty() {
            let count = format!("SELECT count(*) FROM audit_event WHERE {condition}");
            let mut count = self.db.prepare_cached(&count)?;
            let total = count.query_row(values, |row| row.get(0))?;
            let (profile, from, to, resource, who) = values;
            let page = format!("{select} LIMIT ?6 OFFSET ?7");
            let mut page = self.db.prepare_cached(&page)?;
            let values = (profile, from, to, resource, who, query.limit, query.offset);
            let rows = page.query_map(values, event)?;
            return Ok((total, rows.collect::<Result<_, _>>()?));
        }
        // SQLite takes letters' case away in ASCII alone, so that the text is looked through here.
        let mut people: Vec<Vec<String>> = Vec::new();
        for word in &words {
            people.push(from_json(&self.accounts_like(word)?, "A list of accounts")?);
        }
        let mut statement = self.db.prepare_cached(&select)?;
        let mut rows = statement.query(values)?;
        let (mut total, mut found) = (0_u32, Vec::new());
        let mut text = String::new();
        while let Some(row) = rows.next()? {
            text.clear();
            for column in 1..5 {
                text.push_str(row.get_ref(column)?.as_str().unwrap_or(""));
                text.push('\n');
            }
            let text = folded(&text);
            let who = row.get_ref(3)?.as_str().unwrap_or("");
            let holds = words.iter().zip(&people).all(|(word, people)| {
                text.contains(word.as_str()) || people.iter().any(|id| id == who)
            });
            if holds {
                if total >= query.offset && found.len() < query.limit as usize {
                    found.push(event(row)?);
                }
                total += 1;
            }
        }
        Ok((total, found))
    }

    /// The kinds of thing in a profile's events, and how many of each, the most first.
    pub fn audit_resources(&self, profile: ProfileKey) -> Result<Vec<(String, u32)>, StoreError> {
        self.audit_counts("resource", profile)
    }

    /// Who did something in a profile, and how often, the most first.
    pub fn audit_people(&self, profile: ProfileKey) -> Result<Vec<(String, u32)>, StoreError> {
        self.audit_counts("who", profile)
    }

    fn audit_counts(
        &self,
        column: &str,
        profile: ProfileKey,
    ) -> Result<Vec<(String, u32)>, StoreError> {
        let sql = format!(
            "SELECT {column}, count(*) FROM audit_event WHERE profile = ?1 AND {column} <> ''
             GROUP BY {column} ORDER BY count(*) DESC, {column}"
        );
        let mut query = self.db.prepare_cached(&sql)?;
        let rows = query.query_map([profile], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The spans of which all of a profile's events are here, each from a time (inclusive) to a time
    /// (exclusive), in order of time. Between two of them is a gap.
    pub fn audit_spans(&self, profile: ProfileKey) -> Result<Vec<Span>, StoreError> {
        let sql = "SELECT start, stop FROM audit_span WHERE profile = ?1 ORDER BY start";
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([profile], |row| {
            Ok((row.get::<_, Millis>(0)?.0, row.get::<_, Millis>(1)?.0))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The spans of each profile that is there and that an account owns, by key; none for one that
    /// nobody ever asked for.
    pub fn audit_spans_of_account(
        &self,
        account: AccountKey,
    ) -> Result<Vec<(ProfileKey, Vec<Span>)>, StoreError> {
        let sql = "
            SELECT reach.profile, start, stop
            FROM reach LEFT JOIN audit_span ON audit_span.profile = reach.profile
            WHERE account = ?1 AND owner AND gone_at IS NULL
            ORDER BY reach.profile, start";
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query([account])?;
        let mut profiles: Vec<(ProfileKey, Vec<Span>)> = Vec::new();
        while let Some(row) = rows.next()? {
            let profile = row.get(0)?;
            if profiles.last().is_none_or(|(last, _)| *last != profile) {
                profiles.push((profile, Vec::new()));
            }
            let span = time(row, "start")?.zip(time(row, "stop")?);
            if let Some((_, spans)) = profiles.last_mut() {
                spans.extend(span);
            }
        }
        Ok(profiles)
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

    /// Adds all events of a profile from a time (inclusive) to a time (exclusive), and notes that they
    /// are here; spans that overlap or touch become one. Times count in whole milliseconds; a span
    /// without any adds its events alone. Returns how many events were new.
    pub fn put_audit_span(
        &self,
        profile: ProfileKey,
        from: Timestamp,
        to: Timestamp,
        events: &[AuditEvent],
    ) -> Result<usize, StoreError> {
        let new = self.put_audit(profile, events)?;
        let (from, to) = (from.as_millisecond(), to.as_millisecond());
        if from < to {
            self.cover(profile, from, to)?;
        }
        Ok(new)
    }

    /// Takes the spans that a new one overlaps or touches into it.
    fn cover(&self, profile: ProfileKey, from: i64, to: i64) -> Result<(), StoreError> {
        let sql = "SELECT min(start), max(stop) FROM audit_span
                   WHERE profile = ?1 AND start <= ?3 AND stop >= ?2";
        let mut query = self.db.prepare_cached(sql)?;
        let (start, stop): (Option<i64>, Option<i64>) =
            query.query_row((profile, from, to), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let sql = "DELETE FROM audit_span WHERE profile = ?1 AND start <= ?3 AND stop >= ?2";
        let mut delete = self.db.prepare_cached(sql)?;
        delete.execute((profile, from, to))?;
        let start = start.map_or(from, |start| start.min(from));
        let stop = stop.map_or(to, |stop| stop.max(to));
        let sql = "INSERT INTO audit_span (profile, start, stop) VALUES (?1, ?2, ?3)";
        let mut insert = self.db.prepare_cached(sql)?;
        insert.execute((profile, start, stop))?;
        Ok(())
    }
}
