//! The action log: reading it, taking batches up again from it, and finding out how actions ended that the
//! program did not live to see the end of.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use model::{ActionResult, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::{AccountKey, Action, ActionEnd, BatchKind, ProfileKey, StoreError};

use super::plan::{Planned, Settles, Wanted};
use super::rows::Record;
use super::run::{Asked, lock, look, open};
use super::send::{End, judged, read};
use super::{
    ActionPage, ActionQuery, ActionRow, Change, ChangeRequest, Fields, Refusal, RefusalReason,
};
use crate::event::StoreNews;
use crate::open::{Desk, Inner};
use crate::problem::{Problem, ProblemCode};
use crate::read::Filter;

/// Rows that are given at once at most; who wants more asks for the next page.
const MOST_ROWS: u32 = 10_000;

impl Desk {
    /// A part of the action log, newest first.
    pub async fn action_log(&self, query: ActionQuery) -> Result<ActionPage, Problem> {
        let now = self.inner.clock.now();
        let filter = Filter::parse(&query.search, &[])?;
        let mut wanted = store::ActionQuery {
            words: filter.texts(),
            profiles: None,
            account: query.account.map(AccountKey),
            profile: query.profile.map(ProfileKey),
            kinds: query.kinds,
            results: query.results,
            batch: query.batch,
            since: query.since,
            until: query.until,
            offset: query.offset,
            limit: query.limit.min(MOST_ROWS),
        };
        self.inner
            .read(move |store| {
                let profiles = filter.profiles(store, now)?;
                wanted.profiles = profiles.map(|keys| keys.into_iter().collect());
                let rows = store.actions(&wanted)?.into_iter();
                Ok(ActionPage {
                    total: store.count_actions(&wanted)?,
                    rows: rows.map(row).collect(),
                })
            })
            .await
    }

    /// Finds out how actions ended of which that is not known: the program was stopped before their end, or
    /// their answer was lost and nothing could be read since. Returns them all, with what is known now. Those of
    /// an account that another process is at work on are left to it.
    pub async fn unfinished(&self) -> Result<Vec<ActionRow>, Problem> {
        let inner = Arc::clone(&self.inner);
        tokio::spawn(async move { unfinished(&inner).await })
            .await
            .map_err(|_| Problem::internal("looking after changes ended early"))?
    }
}

impl Inner {
    /// The changes that a request means, and which batch they make.
    pub(super) async fn wanted(&self, request: ChangeRequest) -> Result<Asked, Problem> {
        let (batch, undo) = match request {
            ChangeRequest::Changes { changes } => {
                let wanted = changes.into_iter().map(Wanted::new).collect();
                return Ok((BatchKind::Changes, None, wanted));
            }
            ChangeRequest::Retry { batch } => (batch, false),
            ChangeRequest::Undo { batch } => (batch, true),
        };
        let found = self
            .read(move |store| {
                let Some(batch) = store.batch(batch)? else {
                    return Ok(None);
                };
                // Retries are a part of what they retry.
                let first = match batch.kind {
                    BatchKind::Retry => batch.of.unwrap_or(batch.key),
                    BatchKind::Changes | BatchKind::Undo => batch.key,
                };
                Ok(Some((first, store.actions_of_batch(first)?)))
            })
            .await?;
        let (first, actions) = found.ok_or_else(|| {
            Problem::new(ProblemCode::NotFound, "There is no such batch of changes.")
                .with_hint("See the batches with: pdesk log")
        })?;
        let kind = if undo {
            BatchKind::Undo
        } else {
            BatchKind::Retry
        };
        let wanted = if undo {
            undone(actions)
        } else {
            retried(actions)
        };
        Ok((kind, Some(first), wanted?))
    }

    /// The changes that are taken up again: of each the last try since then counts.
    pub(super) async fn wanted_again(
        &self,
        changes: Vec<Change>,
        since: Timestamp,
    ) -> Result<Asked, Problem> {
        let query = store::ActionQuery {
            since: Some(since),
            results: vec![ActionResult::Begun, ActionResult::Unknown],
            limit: MOST_ROWS,
            ..store::ActionQuery::default()
        };
        let actions = self.read(move |store| store.actions(&query)).await?;
        let tried: Vec<(Change, Action)> = actions
            .into_iter()
            .filter_map(|action| Some((serde_json::from_value(action.what.clone()).ok()?, action)))
            .collect();
        let wanted = changes.into_iter().map(|change| {
            match tried.iter().find(|(tried, _)| *tried == change) {
                Some((_, action)) => unsettled(change, action),
                None => Ok(Wanted::new(change)),
            }
        });
        let wanted = wanted.collect::<Result<_, Problem>>()?;
        Ok((BatchKind::Changes, None, wanted))
    }
}

/// What failed the last time it was tried, and what of it is not known to be done.
fn retried(actions: Vec<Action>) -> Result<Vec<Wanted>, Problem> {
    let mut last: Vec<(Change, Action)> = Vec::new();
    for action in actions {
        let change: Change = from_value(&action.what)?;
        match last
            .iter_mut()
            .find(|(known, _)| known.thing() == change.thing())
        {
            Some(known) => *known = (change, action),
            None => last.push((change, action)),
        }
    }
    let mut wanted = Vec::new();
    for (change, action) in last {
        match result(&action) {
            ActionResult::Done | ActionResult::Refused => {}
            ActionResult::Failed => wanted.push(Wanted::new(change)),
            ActionResult::Begun | ActionResult::Unknown => wanted.push(unsettled(change, &action)?),
        }
    }
    Ok(wanted)
}

/// An action of which it is to be found out first how it ended.
fn unsettled(change: Change, action: &Action) -> Result<Wanted, Problem> {
    Ok(Wanted {
        expects: Some(from_value(&action.before)?),
        settles: Some(Settles {
            action: action.key,
            after: from_value(&action.after)?,
        }),
        ..Wanted::new(change)
    })
}

/// What takes back what was done. It is sent only where what the batch set still stands.
fn undone(actions: Vec<Action>) -> Result<Vec<Wanted>, Problem> {
    let mut wanted = Vec::new();
    for action in actions {
        if result(&action) != ActionResult::Done {
            continue;
        }
        let change: Change = from_value(&action.what)?;
        let before: Fields = from_value(&action.before)?;
        let confirmed = action.end.and_then(|end| end.confirmed);
        let after: Fields = from_value(&confirmed.unwrap_or(action.after))?;
        wanted.push(match change.undo(&before, &after) {
            Some(back) => Wanted {
                expects: Some(after),
                ..Wanted::new(back)
            },
            None => Wanted {
                refusal: Some(Refusal::new(
                    RefusalReason::CannotUndo,
                    "The API has no way to take this back.",
                )),
                ..Wanted::new(change)
            },
        });
    }
    // What was done last is taken back first.
    wanted.reverse();
    Ok(wanted)
}

pub(crate) fn result(action: &Action) -> ActionResult {
    let end = action.end.as_ref();
    end.map_or(ActionResult::Begun, |end| end.result)
}

#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method itself is bound to one lifetime"
)]
async fn unfinished(inner: &Arc<Inner>) -> Result<Vec<ActionRow>, Problem> {
    let actions = inner.read(|store| store.unfinished_actions()).await?;
    if actions.is_empty() {
        return Ok(Vec::new());
    }
    let accounts = actions.iter().filter_map(|action| action.account);
    let (locks, _) = lock(inner, accounts.collect()).await?;
    // Those that ended meanwhile are no longer among them.
    let actions = inner.read(|store| store.unfinished_actions()).await?;
    let mut free: Vec<Action> = Vec::new();
    let mut wanted = Vec::new();
    for action in actions {
        let is_free = action.account.is_some_and(|key| locks.contains_key(&key));
        // One of a newer version is left to that.
        let change = serde_json::from_value::<Change>(action.what.clone());
        if let (true, Ok(change)) = (is_free, change) {
            wanted.push(unsettled(change, &action)?);
            free.push(action);
        }
    }
    let plan = look(inner, wanted, None, HashMap::new()).await?;
    let opened = open(inner, &plan.rows, locks).await?;
    let mut rows = Vec::new();
    for (mut action, planned) in free.into_iter().zip(plan.rows) {
        let ready = planned.account().and_then(|key| opened.get(&key));
        let standing = match (&planned.refusal, ready) {
            (None, Some(Ok(ready))) => read(inner, ready, &[&planned]).await,
            (None, Some(Err(problem))) => Err(problem.clone()),
            (refusal, _) => Err(Problem::new(
                ProblemCode::Rejected,
                refusal
                    .as_ref()
                    .map_or("It cannot be asked.", |refusal| &refusal.message),
            )),
        };
        if let Some(end) = settle(inner, &action, &planned, standing).await? {
            action.end = Some(end);
        }
        rows.push(row(action));
    }
    Ok(rows)
}

/// Writes how an action ended, by what stands now. What still cannot be read is not known, and said so once.
async fn settle(
    inner: &Inner,
    action: &Action,
    planned: &Planned,
    standing: Result<Vec<Fields>, Problem>,
) -> Result<Option<ActionEnd>, Problem> {
    let stopped = Problem::new(
        ProblemCode::Cancelled,
        "The program ended before the answer was there.",
    );
    let end = match standing.map(|mut standing| standing.pop()) {
        Ok(Some(now)) => {
            let (before, after) = (from_value(&action.before)?, from_value(&action.after)?);
            judged(&planned.wanted.change, &before, &after, now, &stopped)
        }
        _ if action.end.is_some() => return Ok(None),
        Ok(None) => End::unknown(stopped),
        Err(why) => {
            let message = format!("{} {}", stopped.message, why.message);
            End::unknown(Problem::new(why.code, message))
        }
    };
    let record = Record::of(planned, &end, inner.clock.now())?;
    let (key, noted) = (action.key, record.end.clone());
    inner
        .write(move |store| {
            record.write(store)?;
            store.end_action(key, &record.end)
        })
        .await?;
    inner.tell_changed(StoreNews::everything());
    Ok(Some(noted))
}

fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, Problem> {
    Ok(understood(value, "An action")?)
}

/// Ours as the store keeps it.
pub(crate) fn written(value: &impl Serialize, what: &str) -> Result<Value, StoreError> {
    serde_json::to_value(value).map_err(|error| StoreError::Unreadable {
        what: what.to_owned(),
        reason: error.to_string(),
    })
}

/// What the store keeps as JSON, in our shape.
pub(crate) fn understood<T: DeserializeOwned>(value: &Value, what: &str) -> Result<T, StoreError> {
    serde_json::from_value(value.clone()).map_err(|error| StoreError::Unreadable {
        what: what.to_owned(),
        reason: error.to_string(),
    })
}

fn fields(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields.into_iter().collect(),
        _ => BTreeMap::new(),
    }
}

fn row(action: Action) -> ActionRow {
    let result = result(&action);
    let ended_at: Option<Timestamp> = action.end.as_ref().map(|end| end.at);
    let (code, message, confirmed) = match action.end {
        Some(end) => (end.code, end.message, end.confirmed),
        None => (None, None, None),
    };
    ActionRow {
        key: action.key,
        at: action.at,
        ended_at,
        batch: action.batch,
        account: action.account_label,
        profile: action.profile_id,
        profile_key: action.profile.map(|key| key.0),
        profile_name: action.profile_name,
        kind: action.kind,
        before: fields(action.before),
        after: fields(confirmed.unwrap_or(action.after)),
        result,
        code,
        message,
    }
}
