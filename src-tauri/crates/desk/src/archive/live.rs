//! What TagoIO answers now of a profile's audit log: a query a week, the newest first. What is not narrowed is what the
//! archive would ask for, and goes into it; what is narrowed does not, since the archive holds whole times alone.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::SignedDuration;
use model::Timestamp;
use store::{Account, AuditEvent, Profile};
use tagoio::{AuditError, AuditResource, Session};
use tokio_util::sync::CancellationToken;

use super::query::{self, Narrowed, as_api_error};
use super::windows::{self, Span};
use crate::event::{DeskEvent, StoreNews};
use crate::open::{Desk, Inner};
use crate::pace::Priority;
use crate::problem::{Problem, ProblemCode};
use crate::read::{
    AuditPage, AuditRow, LiveAuditEnd, LiveAuditPage, LiveAuditProgress, LiveAuditQuery,
    audit_by_time_only, audit_rows,
};
use crate::sync::{Ready, note_signed_out};

/// What is asked for where no beginning was named.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Events that are kept in memory at most.
const MOST: usize = 100_000;

/// The queries that go on, by the profile, and what was answered last.
#[derive(Default)]
pub(crate) struct Asking {
    going: Mutex<HashMap<i64, CancellationToken>>,
    answer: Mutex<Option<(i64, Vec<AuditRow>)>>,
}

impl Asking {
    fn going(&self) -> MutexGuard<'_, HashMap<i64, CancellationToken>> {
        self.going.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self) -> MutexGuard<'_, Option<(i64, Vec<AuditRow>)>> {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to ask of a profile's log, given back when dropped.
struct Turn {
    inner: Arc<Inner>,
    profile: i64,
    stop: CancellationToken,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.inner.asking.going().remove(&self.profile);
    }
}

impl Desk {
    /// Asks TagoIO for a profile's events. They are had with [`Self::live_audit`], until others are asked for. What came
    /// before something failed is kept, and the end says what failed. [`ProblemCode::Busy`] if it goes on already.
    pub async fn ask_audit(&self, wanted: LiveAuditQuery) -> Result<LiveAuditEnd, Problem> {
        let inner = Arc::clone(&self.inner);
        let turn = inner.begin_asking(wanted.profile)?;
        let work = tokio::spawn(async move { ask_audit(&inner, wanted, &turn.stop).await });
        work.await.unwrap_or_else(|error| {
            tracing::error!(%error, "asking of an audit log ended early");
            Err(Problem::internal("asking of an audit log ended early"))
        })
    }

    /// A page of what TagoIO answered last of a profile's log, the newest first.
    pub fn live_audit(&self, query: &LiveAuditPage) -> AuditPage {
        let answer = self.inner.asking.answer();
        let rows = match &*answer {
            Some((profile, rows)) if *profile == query.profile => rows.as_slice(),
            _ => &[],
        };
        let [offset, limit] = [query.offset, query.limit].map(|count| count as usize);
        AuditPage {
            total: counted(rows.len()),
            rows: rows.iter().skip(offset).take(limit).cloned().collect(),
        }
    }

    /// Stops asking of a profile's log; what came is kept.
    pub fn cancel_live_audit(&self, profile: i64) {
        if let Some(stop) = self.inner.asking.going().get(&profile) {
            stop.cancel();
        }
    }

    /// Stops asking of all logs.
    pub fn cancel_all_live_audits(&self) {
        for stop in self.inner.asking.going().values() {
            stop.cancel();
        }
    }
}

impl Inner {
    fn begin_asking(self: &Arc<Self>, profile: i64) -> Result<Turn, Problem> {
        let mut going = self.asking.going();
        if going.contains_key(&profile) {
            let message = "TagoIO is being asked for this audit log already.";
            return Err(Problem::new(ProblemCode::Busy, message));
        }
        let stop = CancellationToken::new();
        going.insert(profile, stop.clone());
        Ok(Turn {
            inner: Arc::clone(self),
            profile,
            stop,
        })
    }
}

/// What is to be asked for.
struct Wanted {
    narrowed: Narrowed,
    limit: Option<u32>,
    from: Timestamp,
    to: Timestamp,
}

async fn ask_audit(
    inner: &Arc<Inner>,
    wanted: LiveAuditQuery,
    stop: &CancellationToken,
) -> Result<LiveAuditEnd, Problem> {
    let (profile, account) = inner.owned(wanted.profile, "The audit log").await?;
    let now = inner.clock.now();
    let wanted = wanted.read(&account, now)?;
    let parts = windows::parts(wanted.from, wanted.to, now);
    if parts.is_empty() {
        let message =
            "TagoIO keeps no events of that time any more: it has those of the last six months.";
        return Err(Problem::invalid(message).with_hint("The archive may have them."));
    }
    inner.pace.try_again();
    let ready = Ready::open(inner, &account, None, true, stop).await?;
    let session = ready.paced(inner, Priority::LookedAt);
    let mut end = LiveAuditEnd {
        progress: LiveAuditProgress {
            profile: profile.key.0,
            queries: counted(parts.len()),
            ..LiveAuditProgress::default()
        },
        from: parts.last().map_or(wanted.from, |(from, _)| *from),
        to: parts.first().map_or(wanted.to, |(_, to)| *to),
        events: 0,
        limited: false,
        cancelled: false,
        archived: 0,
        problem: None,
    };
    let most = wanted.limit.map_or(MOST, |limit| MOST.min(limit as usize));
    let mut events: Vec<AuditEvent> = Vec::new();
    let mut seen = BTreeSet::new();
    for part in parts {
        inner.tell_asking(&end.progress);
        let found = one(
            inner,
            &session,
            &profile,
            &wanted,
            part,
            &end.progress,
            stop,
        )
        .await;
        let found = match found {
            Ok(found) => found,
            Err(AuditError::Cancelled) => {
                end.cancelled = true;
                break;
            }
            Err(error) => {
                end.problem = Some(failed(inner, &session, &account, error).await?);
                break;
            }
        };
        end.progress.done += 1;
        end.progress.scanned += found.scanned;
        end.progress.matched += found.matched;
        if wanted.is_whole()
            && let Some((from, until)) = windows::settled(part, now)
        {
            let (key, found) = (profile.key, found.events.clone());
            let new = inner
                .write(move |store| store.put_audit_span(key, from, until, &found))
                .await?;
            end.archived += counted(new);
        }
        let mut found = found.events;
        found.sort_by_key(|event| std::cmp::Reverse(event.at));
        // An event on the edge of two parts comes with both.
        events.extend(
            found
                .into_iter()
                .filter(|event| seen.insert(identity(event))),
        );
        if events.len() >= most {
            end.limited = events.len() > most || end.progress.done < end.progress.queries;
            events.truncate(most);
            break;
        }
    }
    inner.tell_asking(&end.progress);
    let key = profile.key;
    let rows = inner
        .read(move |store| audit_rows(store, key, events))
        .await?;
    end.events = counted(rows.len());
    *inner.asking.answer() = Some((key.0, rows));
    if end.archived > 0 {
        inner.tell_changed(StoreNews::profile(key.0));
    }
    match end.problem.take() {
        // Nothing came: there is nothing to show beside what failed.
        Some(problem) if end.progress.done == 0 => Err(problem),
        problem => Ok(LiveAuditEnd { problem, ..end }),
    }
}

/// One part, told of as it goes on.
async fn one(
    inner: &Arc<Inner>,
    session: &Session,
    profile: &Profile,
    wanted: &Wanted,
    part: Span,
    before: &LiveAuditProgress,
    stop: &CancellationToken,
) -> Result<query::Found, AuditError> {
    let told = |read: tagoio::AuditStatistics| {
        inner.tell_asking(&LiveAuditProgress {
            scanned: before.scanned + read.records_scanned.unwrap_or_default(),
            matched: before.matched + read.records_matched.unwrap_or_default(),
            ..before.clone()
        });
    };
    query::events(session, &profile.id, &wanted.narrowed, part, stop, told).await
}

async fn failed(
    inner: &Inner,
    session: &Session,
    account: &Account,
    error: AuditError,
) -> Result<Problem, Problem> {
    let Some(error) = as_api_error(error) else {
        return Ok(Problem::new(ProblemCode::Cancelled, "It was stopped."));
    };
    let error = session.settle(error).await;
    let problem = Problem::from_api(&error, inner.clock.now());
    note_signed_out(inner, account.key, &problem).await?;
    Ok(problem)
}

impl Inner {
    fn tell_asking(&self, progress: &LiveAuditProgress) {
        // Nobody listens: nobody needs to know.
        drop(self.events.send(DeskEvent::AskingAudit(progress.clone())));
    }
}

impl LiveAuditQuery {
    /// What it means for an account.
    fn read(self, account: &Account, now: Timestamp) -> Result<Wanted, Problem> {
        let said = |text: Option<String>| {
            let text = text.map(|text| text.trim().to_owned());
            text.filter(|text| !text.is_empty())
        };
        let is_free = audit_by_time_only(account);
        let narrowed = Narrowed {
            resource: said(self.resource).map(AuditResource::from),
            resource_id: said(self.resource_id),
            find: said(self.find).filter(|text| text != "*"),
            // On the free plan it is not asked for, and cut off here.
            limit: self.limit.filter(|_| !is_free),
        };
        if self.limit == Some(0) {
            return Err(Problem::invalid("The number of events must be 1 at least."));
        }
        let is_narrowed = narrowed.resource.is_some()
            || narrowed.resource_id.is_some()
            || narrowed.find.is_some();
        if is_free && is_narrowed {
            let message = format!(
                "“{}” is on the free plan, on which TagoIO narrows no audit log.",
                account.label
            );
            return Err(Problem::new(ProblemCode::NotPermitted, message)
                .with_hint("Ask for a time alone, and search in what comes."));
        }
        let to = self.to.unwrap_or(now);
        let from = self
            .from
            .unwrap_or_else(|| to.saturating_sub(WEEK).unwrap_or(Timestamp::MIN));
        if from >= to {
            return Err(Problem::invalid("The beginning is not before the end."));
        }
        Ok(Wanted {
            narrowed,
            limit: self.limit,
            from,
            to,
        })
    }
}

impl Wanted {
    /// Whether all events of the time come.
    fn is_whole(&self) -> bool {
        self.limit.is_none() && self.narrowed == Narrowed::default()
    }
}

/// What tells an event from another, as in the archive.
fn identity(event: &AuditEvent) -> [String; 5] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        event.at.to_string(),
        text(&event.resource),
        text(&event.resource_id),
        text(&event.who),
        text(&event.message),
    ]
}

fn counted(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
