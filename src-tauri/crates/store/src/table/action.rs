//! The action log: what this program did at TagoIO, who let it, and how it ended. It is only added to.
//!
//! An action is noted before its request is sent, and its end after it: so one that the program did not
//! live to see the end of is found. Names stand as they were, since the log outlives what it tells of.

use jiff::Timestamp;
use model::{ActionResult, ProfileId};
use rusqlite::{OptionalExtension, Row, params_from_iter};
use serde_json::Value;

use crate::condition::Condition;
use crate::sql::{Millis, WORDS, folded, from_json, parsed, to_json};
use crate::{AccountKey, ProfileKey, Reader, StoreError, Subject, Writer};

/// Why a batch of actions was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchKind {
    /// A person asked for changes.
    Changes,
    /// What failed in another batch.
    Retry,
    /// To take another batch back.
    Undo,
}

/// Actions that were asked for together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its number in this store.
    pub key: i64,
    /// Why it was carried out.
    pub kind: BatchKind,
    /// The batch that is retried or undone; of retries the first one.
    pub of: Option<i64>,
}

/// An action that is about to be carried out. No part of it may hold a secret.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAction {
    /// When, UTC.
    pub at: Timestamp,
    /// The batch that it belongs to; `None` of what is only noted here.
    pub batch: Option<i64>,
    /// The account that it goes by.
    pub account: Option<AccountKey>,
    /// The profile that it is about.
    pub profile: Option<ProfileKey>,
    /// A stable word for what is done.
    pub kind: String,
    /// All that is needed to do it again, in the caller's shape.
    pub what: Value,
    /// What stood before, by field; null is nothing or unknown.
    pub before: Value,
    /// What is to stand after, by field.
    pub after: Value,
}

/// How an action ended, as far as is known.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionEnd {
    /// When that was noted, UTC.
    pub at: Timestamp,
    /// What became of it.
    pub result: ActionResult,
    /// A stable word for the cause, if it was not done.
    pub code: Option<String>,
    /// What is to be said of it.
    pub message: Option<String>,
    /// What TagoIO confirmed to stand now, by field.
    pub confirmed: Option<Value>,
}

/// A line of the action log.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Its number in this store.
    pub key: i64,
    /// When it began, UTC.
    pub at: Timestamp,
    /// The batch that it belongs to.
    pub batch: Option<i64>,
    /// The account that it went by.
    pub account: Option<AccountKey>,
    /// That account's label, as it was.
    pub account_label: Option<String>,
    /// The profile that it is about.
    pub profile: Option<ProfileKey>,
    /// TagoIO's id of it.
    pub profile_id: Option<ProfileId>,
    /// Its name, as it was.
    pub profile_name: Option<String>,
    /// A stable word for what was done.
    pub kind: String,
    /// All that is needed to do it again.
    pub what: Value,
    /// What stood before.
    pub before: Value,
    /// What was to stand after.
    pub after: Value,
    /// How it ended; `None` if that was never noted.
    pub end: Option<ActionEnd>,
}

/// Which actions. The default leaves all of them, and asks for no row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionQuery {
    /// Texts, and whether each must not be there instead. An action stays if each is in the account's label, the
    /// profile's name or id, what was done, the values or the message, whatever the case of the letters.
    pub words: Vec<(String, bool)>,
    /// Only those about these profiles, and those about accounts themselves that reach one of them.
    pub profiles: Option<Vec<ProfileKey>>,
    /// Only those by this account.
    pub account: Option<AccountKey>,
    /// Only those about this profile.
    pub profile: Option<ProfileKey>,
    /// Only of these kinds; of all if empty.
    pub kinds: Vec<String>,
    /// Only those that ended so; however they ended if empty.
    pub results: Vec<ActionResult>,
    /// Only of this batch.
    pub batch: Option<i64>,
    /// Only those that began at this time or later.
    pub since: Option<Timestamp>,
    /// Only those that began before this time.
    pub until: Option<Timestamp>,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows to return.
    pub limit: u32,
}

// Account and profile are numbers without a reference: what is deleted would have to be changed here.
pub(crate) const V4: &str = "
    CREATE TABLE action_batch (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('changes', 'retry', 'undo')),
        of INTEGER REFERENCES action_batch,
        CHECK ((kind = 'changes') = (of IS NULL))
    ) STRICT;
    CREATE TABLE action (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        batch INTEGER REFERENCES action_batch,
        account INTEGER,
        account_label TEXT,
        profile INTEGER,
        profile_id TEXT,
        profile_name TEXT,
        kind TEXT NOT NULL,
        what TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        search TEXT NOT NULL
    ) STRICT;
    CREATE INDEX action_at ON action (at);
    CREATE INDEX action_of_batch ON action (batch);
    CREATE INDEX action_of_account ON action (account, at);
    CREATE INDEX action_of_profile ON action (profile, at);
    CREATE TABLE action_end (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        action INTEGER NOT NULL REFERENCES action,
        at INTEGER NOT NULL,
        result TEXT NOT NULL CHECK (result IN ('done', 'refused', 'failed', 'unknown')),
        code TEXT,
        message TEXT,
        confirmed TEXT,
        search TEXT NOT NULL
    ) STRICT;
    CREATE INDEX action_end_of ON action_end (action);
    CREATE INDEX action_end_at ON action_end (at);
    CREATE TRIGGER action_batch_stays BEFORE UPDATE ON action_batch
        BEGIN SELECT raise(ABORT, 'the action log is only added to'); END;
    CREATE TRIGGER action_batch_is_kept BEFORE DELETE ON action_batch
        BEGIN SELECT raise(ABORT, 'the action log is only added to'); END;
    CREATE TRIGGER action_stays BEFORE UPDATE ON action
        BEGIN SELECT raise(ABORT, 'the action log is only added to'); END;
    CREATE TRIGGER action_is_kept BEFORE DELETE ON action
        BEGIN SELECT raise(ABORT, 'the action log is only added to'); END;
    CREATE TRIGGER action_end_stays BEFORE UPDATE ON action_end
        BEGIN SELECT raise(ABORT, 'the action log is only added to'); END;
    CREATE TRIGGER action_end_is_kept BEFORE DELETE ON action_end
        BEGIN SELECT raise(ABORT, 'the action log is only added to'); END;
";

// What is unknown may become known: the last end holds.
const FROM: &str = "
    FROM action LEFT JOIN action_end ON action_end.key = (
        SELECT max(last.key) FROM action_end AS last WHERE last.action = action.key)";

impl BatchKind {
    const ALL: [Self; 3] = [Self::Changes, Self::Retry, Self::Undo];

    const fn key(self) -> &'static str {
        match self {
            Self::Changes => "changes",
            Self::Retry => "retry",
            Self::Undo => "undo",
        }
    }
}

fn read(row: &Row<'_>) -> Result<Action, StoreError> {
    let value = |column: &str| from_json(&row.get::<_, String>(column)?, "An action");
    let result = row.get::<_, Option<String>>("result")?;
    let end = match result.as_deref().and_then(ActionResult::from_key) {
        None => None,
        Some(result) => Some(ActionEnd {
            at: row.get::<_, Millis>("ended_at")?.0,
            result,
            code: row.get("code")?,
            message: row.get("message")?,
            confirmed: match row.get::<_, Option<String>>("confirmed")? {
                Some(text) => Some(from_json(&text, "An action's end")?),
                None => None,
            },
        }),
    };
    Ok(Action {
        key: row.get("key")?,
        at: row.get::<_, Millis>("at")?.0,
        batch: row.get("batch")?,
        account: row.get("account")?,
        account_label: row.get("account_label")?,
        profile: row.get("profile")?,
        profile_id: parsed(row, "profile_id")?,
        profile_name: row.get("profile_name")?,
        kind: row.get("kind")?,
        what: value("what")?,
        before: value("before")?,
        after: value("after")?,
        end,
    })
}

/// The actions that a query leaves.
fn condition(query: &ActionQuery) -> Condition {
    let mut condition = Condition::new();
    if let Some(AccountKey(key)) = query.account {
        condition.and("action.account = ?", key);
    }
    if let Some(ProfileKey(key)) = query.profile {
        condition.and("action.profile = ?", key);
    }
    if let Some(batch) = query.batch {
        condition.and("action.batch = ?", batch);
    }
    if let Some(since) = query.since {
        condition.and("action.at >= ?", since.as_millisecond());
    }
    if let Some(until) = query.until {
        condition.and("action.at < ?", until.as_millisecond());
    }
    condition.one_of("action.kind", query.kinds.iter().map(String::as_str));
    condition.one_of(
        "ifnull(action_end.result, 'begun')",
        query.results.iter().map(|result| result.key()),
    );
    if let Some(profiles) = &query.profiles {
        condition.of_profiles("action", profiles);
    }
    for (word, negated) in query.words.iter().take(WORDS) {
        let not = if *negated { "NOT " } else { "" };
        let holds =
            format!("{not}(instr(action.search, ?) OR ifnull(instr(action_end.search, ?), FALSE))");
        condition.and(&holds, folded(word));
    }
    condition
}

impl Reader<'_> {
    /// A page of the action log, the newest action first.
    pub fn actions(&self, query: &ActionQuery) -> Result<Vec<Action>, StoreError> {
        let mut wanted = condition(query);
        let [limit, offset] = [query.limit, query.offset].map(|number| wanted.place(number));
        let order =
            format!("ORDER BY action.at DESC, action.key DESC LIMIT {limit} OFFSET {offset}");
        self.select_actions(&wanted, &order)
    }

    /// How many actions a query leaves, whatever page it asks for.
    pub fn count_actions(&self, query: &ActionQuery) -> Result<u32, StoreError> {
        let Condition { sql, values } = condition(query);
        let sql = format!("SELECT count(*) {FROM} WHERE {sql}");
        let mut statement = self.db.prepare_cached(&sql)?;
        Ok(statement.query_row(params_from_iter(values), |row| row.get(0))?)
    }

    /// The actions of a batch and of all retries of it, in the order in which they began.
    pub fn actions_of_batch(&self, batch: i64) -> Result<Vec<Action>, StoreError> {
        let mut wanted = Condition::new();
        wanted.and(
            "action.batch IN (SELECT key FROM action_batch
                 WHERE key = ? OR kind = 'retry' AND of = ?)",
            batch,
        );
        self.select_actions(&wanted, "ORDER BY action.key")
    }

    /// The actions of which it is not known how they ended, in the order in which they began.
    pub fn unfinished_actions(&self) -> Result<Vec<Action>, StoreError> {
        let wanted = condition(&ActionQuery {
            results: vec![ActionResult::Begun, ActionResult::Unknown],
            ..ActionQuery::default()
        });
        self.select_actions(&wanted, "ORDER BY action.key")
    }

    fn select_actions(&self, wanted: &Condition, order: &str) -> Result<Vec<Action>, StoreError> {
        let sql = format!(
            "SELECT action.key, action.at, batch, account, account_label, profile, profile_id,
                 profile_name, kind, what, before, after, action_end.at AS ended_at, result, code,
                 message, confirmed
             {FROM} WHERE {} {order}",
            wanted.sql
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(&wanted.values))?;
        let mut actions = Vec::new();
        while let Some(row) = rows.next()? {
            actions.push(read(row)?);
        }
        Ok(actions)
    }

    /// A batch.
    pub fn batch(&self, key: i64) -> Result<Option<Batch>, StoreError> {
        let sql = "SELECT kind, of FROM action_batch WHERE key = ?1";
        let mut query = self.db.prepare_cached(sql)?;
        let found = query.query_row([key], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)));
        let Some((word, of)) = found.optional()? else {
            return Ok(None);
        };
        let kind = BatchKind::ALL.into_iter().find(|kind| kind.key() == word);
        let kind = kind.ok_or_else(|| StoreError::Unreadable {
            what: "A batch of actions".to_owned(),
            reason: format!("its kind is {word}"),
        })?;
        Ok(Some(Batch { key, kind, of }))
    }

    /// Whether something of an account or a profile was changed after a time: an answer that was asked for
    /// before may show what stood before.
    pub fn changed_since(&self, subject: Subject, at: Timestamp) -> Result<bool, StoreError> {
        let sql = format!(
            "SELECT EXISTS (
                 SELECT 1 FROM action_end JOIN action ON action.key = action_end.action
                 WHERE action_end.at > ?1 AND result = 'done' AND {} = ?2)",
            subject.column()
        );
        let mut query = self.db.prepare_cached(&sql)?;
        Ok(query.query_row((Millis(at), subject.key()), |row| row.get(0))?)
    }
}

impl Writer<'_> {
    /// Begins a batch. Returns its number.
    pub fn add_batch(
        &self,
        kind: BatchKind,
        of: Option<i64>,
        at: Timestamp,
    ) -> Result<i64, StoreError> {
        let sql = "INSERT INTO action_batch (at, kind, of) VALUES (?1, ?2, ?3) RETURNING key";
        let mut insert = self.db.prepare_cached(sql)?;
        Ok(insert.query_row((Millis(at), kind.key(), of), |row| row.get(0))?)
    }

    /// Notes an action that is about to be carried out. Returns its number.
    pub fn begin_action(&self, action: &NewAction) -> Result<i64, StoreError> {
        let sql = "
            INSERT INTO action (at, batch, account, account_label, profile, profile_id,
                profile_name, kind, what, before, after, search)
            SELECT ?1, ?2, ?3, label, ?4, id, name, ?5, ?6, ?7, ?8,
                ?9 || char(10) || ifnull(label_folded, '') || char(10) || ifnull(id, '')
                    || char(10) || ifnull(name_folded, '')
            FROM (SELECT (SELECT label FROM account WHERE key = ?3) AS label,
                (SELECT label_folded FROM account WHERE key = ?3) AS label_folded,
                (SELECT id FROM profile WHERE key = ?4) AS id,
                (SELECT name FROM profile WHERE key = ?4) AS name,
                (SELECT name_folded FROM profile WHERE key = ?4) AS name_folded)
            RETURNING key";
        let values = [&action.what, &action.before, &action.after];
        let mut search = vec![action.kind.clone()];
        for value in values {
            texts(value, &mut search);
        }
        let [what, before, after] = values.map(|value| to_json(value, "An action"));
        Ok(self.db.prepare_cached(sql)?.query_row(
            (
                Millis(action.at),
                action.batch,
                action.account,
                action.profile,
                &action.kind,
                what?,
                before?,
                after?,
                folded(&search.join("\n")),
            ),
            |row| row.get(0),
        )?)
    }

    /// Notes how an action ended. A later note holds in place of an earlier one.
    pub fn end_action(&self, action: i64, end: &ActionEnd) -> Result<(), StoreError> {
        let sql = "
            INSERT INTO action_end (action, at, result, code, message, confirmed, search)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let confirmed = end.confirmed.as_ref();
        self.db.prepare_cached(sql)?.execute((
            action,
            Millis(end.at),
            end.result.key(),
            &end.code,
            &end.message,
            confirmed
                .map(|value| to_json(value, "An action's end"))
                .transpose()?,
            folded(end.message.as_deref().unwrap_or_default()),
        ))?;
        Ok(())
    }
}

/// The texts and numbers in a value, for the search.
fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => into.push(number.to_string()),
        Value::String(text) => into.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| texts(value, into)),
        Value::Object(fields) => fields.values().for_each(|value| texts(value, into)),
    }
}
