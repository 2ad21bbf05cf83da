//! The rows of a batch at work: each is looked at, begun, sent, ended, and told of.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::{StreamExt, stream};
use model::{ActionResult, Timestamp};
use store::{AccountKey, ActionEnd, NewAction, StoreError, Subject, Writer};
use tokio_util::sync::CancellationToken;

use super::plan::Planned;
use super::run::Opened;
use super::send::{End, NOT_DONE, Wants, before_sending, read, send};
use super::{Change, ChangeCounts, ChangeProgress, Fields, NeedsProof, Proof, RefusalReason};
use crate::event::{DeskEvent, StoreNews};
use crate::open::Inner;
use crate::problem::{Problem, ProblemCode};
use crate::sync::{Log, Ready, note_signed_out};

/// Requests of a batch that are begun and not ended, at most. How fast they go is the API's limit.
const AT_ONCE: usize = 8;

/// Rows that are carried out.
pub(super) struct Rows<'a> {
    pub(super) inner: &'a Arc<Inner>,
    pub(super) batch: i64,
    pub(super) planned: Vec<Planned>,
    pub(super) ends: Mutex<Vec<Option<End>>>,
    pub(super) opened: Opened,
    pub(super) counts: Mutex<ChangeCounts>,
    /// The accounts of which no more is to be had, and why.
    pub(super) stopped: Mutex<HashMap<AccountKey, Problem>>,
    pub(super) cancel: CancellationToken,
}

impl Rows<'_> {
    /// All of them; says whether some wait for a proof. An error is the store's: then nothing more is begun.
    pub(super) async fn carry_out(
        &self,
        proof: Option<Proof>,
    ) -> Result<Option<NeedsProof>, Problem> {
        let refused: Vec<(usize, End)> = self
            .planned
            .iter()
            .enumerate()
            .filter_map(|(place, row)| Some((place, End::refused(row.refusal.as_ref()?))))
            .collect();
        // That something is so already is no action.
        let (idle, refused) = refused.into_iter().partition(|(place, _)| {
            let refusal = self.planned[*place].refusal.as_ref();
            refusal.is_some_and(|why| why.reason == RefusalReason::NothingToDo)
        });
        self.tell(idle, true);
        self.note(refused).await?;
        let (proven, plain): (Vec<_>, Vec<_>) = self
            .parcels()
            .into_iter()
            .partition(|places| self.planned[places[0]].wanted.change.needs_proof());
        let mut done = stream::iter(plain.into_iter().map(|places| self.parcel(places, None)))
            .buffer_unordered(AT_ONCE);
        let mut broken = None;
        while let Some(end) = done.next().await {
            if let Err(problem) = end {
                self.cancel.cancel();
                broken.get_or_insert(problem);
            }
        }
        drop(done);
        if let Some(problem) = broken {
            return Err(problem);
        }
        self.with_proof(proven, proof).await
    }

    /// The rows that take a proof, one by one, until TagoIO wants a fresh one.
    async fn with_proof(
        &self,
        parcels: Vec<Vec<usize>>,
        proof: Option<Proof>,
    ) -> Result<Option<NeedsProof>, Problem> {
        let mut parcels = parcels.into_iter().peekable();
        let meant = parcels
            .peek()
            .and_then(|places| self.planned[places[0]].account());
        let mut needs = None;
        while let Some(places) = parcels.peek() {
            let first = places[0];
            let is_stopped = self.cancel.is_cancelled();
            // A proof is one account's, and no other is asked with it.
            let has_one = proof.is_some() && self.planned[first].account() == meant;
            if !has_one && !is_stopped {
                needs = Some((first, None));
                break;
            }
            if let Some(wants) = self.parcel(places.clone(), proof.as_ref()).await? {
                needs = Some((first, Some(wants)));
                break;
            }
            parcels.next();
        }
        let Some((first, wants)) = needs else {
            return Ok(None);
        };
        let (wants, problem) = wants.unzip();
        let target = self.planned[first].target.as_ref();
        Ok(Some(NeedsProof {
            account: target.map_or_else(String::new, |target| target.account.label.clone()),
            rows: u32::try_from(parcels.map(|places| places.len()).sum::<usize>())
                .unwrap_or(u32::MAX),
            pin: wants == Some(Wants::Pin),
            problem,
        }))
    }

    /// Rows that go out as one request each.
    fn parcels(&self) -> Vec<Vec<usize>> {
        let mut parcels: Vec<Vec<usize>> = Vec::new();
        let mut together: HashMap<AccountKey, usize> = HashMap::new();
        for (place, row) in self.planned.iter().enumerate() {
            let Some(account) = row.account().filter(|_| row.is_ready()) else {
                continue;
            };
            if !row.wanted.change.goes_together() {
                parcels.push(vec![place]);
            } else if let Some(parcel) = together.get(&account) {
                parcels[*parcel].push(place);
            } else {
                together.insert(account, parcels.len());
                parcels.push(vec![place]);
            }
        }
        parcels
    }

    /// One request, from its check to its record. Returns what TagoIO said if it wants a fresh proof: then its
    /// rows have not ended.
    async fn parcel(
        &self,
        mut places: Vec<usize>,
        proof: Option<&Proof>,
    ) -> Result<Option<(Wants, Problem)>, Problem> {
        let account = self.planned[places[0]].account();
        let ready = match account.and_then(|account| self.opened.get(&account)) {
            Some(Ok(ready)) => Ok(ready),
            Some(Err(problem)) => Err(problem.clone()),
            None => Err(Problem::internal("an account was not opened")),
        };
        let ready = match ready.and_then(|ready| self.may_go_on(ready)) {
            Ok(ready) => ready,
            Err(problem) => {
                let ends = places
                    .into_iter()
                    .map(|place| (place, End::failed(problem.clone())));
                self.note(ends.collect()).await?;
                return Ok(None);
            }
        };
        self.look_first(ready, &mut places).await?;
        if places.is_empty() {
            return Ok(None);
        }
        let actions = self.begin(&places).await?;
        let rows: Vec<&Planned> = places.iter().map(|place| &self.planned[*place]).collect();
        let ends = send(self.inner, ready, &rows, proof).await;
        let wants = ends
            .iter()
            .find_map(|end| Some((end.wants?, end.problem.clone()?)));
        for problem in ends.iter().filter_map(|end| end.problem.as_ref()) {
            self.stop_if_signed_out(ready, problem).await?;
        }
        let ended = actions.into_iter().zip(places.iter().copied().zip(ends));
        self.end(ended.collect(), wants.is_none()).await?;
        Ok(wants)
    }

    /// Whether another request may be sent, or why not.
    fn may_go_on<'a>(&self, ready: &'a Ready) -> Result<&'a Ready, Problem> {
        if self.cancel.is_cancelled() {
            let message = "Not sent, since the batch was stopped before.";
            return Err(Problem::new(ProblemCode::Cancelled, message));
        }
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        match stopped.get(&ready.account.key) {
            Some(problem) => Err(problem.clone()),
            None => Ok(ready),
        }
    }

    /// An account that must sign in again is asked for no more.
    async fn stop_if_signed_out(&self, ready: &Ready, problem: &Problem) -> Result<(), Problem> {
        if problem.code == ProblemCode::SignedOut {
            note_signed_out(self.inner, ready.account.key, problem).await?;
            let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
            stopped.insert(ready.account.key, problem.clone());
        }
        Ok(())
    }

    /// Asks first what stands, where something is expected to; leaves the rows that are to be sent.
    async fn look_first(&self, ready: &Ready, places: &mut Vec<usize>) -> Result<(), Problem> {
        let rows: Vec<&Planned> = places.iter().map(|place| &self.planned[*place]).collect();
        let to_look = |row: &&Planned| row.wanted.expects.is_some() || row.only_read.is_some();
        if !rows.iter().any(to_look) {
            return Ok(());
        }
        let standing = match read(self.inner, ready, &rows).await {
            Ok(standing) => standing,
            Err(problem) => {
                self.stop_if_signed_out(ready, &problem).await?;
                let ends = places
                    .drain(..)
                    .map(|place| (place, End::failed(problem.clone())));
                return self.note(ends.collect()).await;
            }
        };
        let (mut ended, mut left) = (Vec::new(), Vec::new());
        for (place, now) in places.drain(..).zip(standing) {
            match before_sending(&self.planned[place], &now) {
                Some(end) => ended.push((place, end)),
                None => left.push(place),
            }
        }
        *places = left;
        self.note(ended).await
    }

    /// Notes that rows are about to be sent. Returns their actions.
    async fn begin(&self, places: &[usize]) -> Result<Vec<i64>, Problem> {
        let now = self.inner.clock.now();
        let rows = places.iter().map(|place| &self.planned[*place]);
        let actions = rows
            .map(|row| Ok((new_action(row, Some(self.batch), now)?, settled(row))))
            .collect::<Result<Vec<_>, Problem>>()?;
        self.inner
            .write(move |store| {
                let begun = actions.iter().map(|(action, settles)| {
                    if let Some(settles) = settles {
                        store.end_action(*settles, &not_done(NOT_DONE, now))?;
                    }
                    store.begin_action(action)
                });
                begun.collect()
            })
            .await
    }

    /// Notes how rows ended that were sent, and writes what was confirmed, in one transaction.
    async fn end(&self, ended: Vec<(i64, (usize, End))>, for_good: bool) -> Result<(), Problem> {
        let now = self.inner.clock.now();
        let mut writes = Vec::with_capacity(ended.len());
        for (action, (place, end)) in &ended {
            writes.push((*action, Record::of(&self.planned[*place], end, now)?));
        }
        self.inner
            .write(move |store| {
                for (action, record) in &writes {
                    record.write(store)?;
                    store.end_action(*action, &record.end)?;
                }
                Ok(())
            })
            .await?;
        self.tell(ended.into_iter().map(|(_, end)| end).collect(), for_good);
        Ok(())
    }

    /// Notes how rows ended that were not sent.
    async fn note(&self, ended: Vec<(usize, End)>) -> Result<(), Problem> {
        if ended.is_empty() {
            return Ok(());
        }
        let (now, batch) = (self.inner.clock.now(), self.batch);
        let mut writes = Vec::with_capacity(ended.len());
        for (place, end) in &ended {
            let row = &self.planned[*place];
            let action = new_action(row, Some(batch), now)?;
            // What it was to find out is found out.
            let is_found = match end.result {
                ActionResult::Done => true,
                ActionResult::Failed => row.only_read.is_some() && end.problem.is_none(),
                _ => false,
            };
            let settles = settled(row).filter(|_| is_found);
            writes.push((action, settles, Record::of(row, end, now)?));
        }
        self.inner
            .write(move |store| {
                for (action, settles, record) in &writes {
                    record.write(store)?;
                    let action = match settles {
                        Some(action) => *action,
                        None => store.begin_action(action)?,
                    };
                    store.end_action(action, &record.end)?;
                }
                Ok(())
            })
            .await?;
        self.tell(ended, true);
        Ok(())
    }

    /// Tells who shows it. A row that waits for a proof has not ended.
    fn tell(&self, ended: Vec<(usize, End)>, for_good: bool) {
        let mut news = StoreNews::actions();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        for (place, end) in ended {
            if end.result == ActionResult::Done {
                match self.planned[place].wanted.change.subject() {
                    Subject::Profile(profile) => news.add(StoreNews::profile(profile.0)),
                    Subject::Account(_) => news.add(StoreNews::accounts()),
                }
                (news.list, news.activity) = (true, true);
            }
            if for_good {
                counts.count(end.result);
                ends[place] = Some(end);
            }
        }
        self.inner.tell_changed(news);
        let progress = ChangeProgress {
            batch: self.batch,
            counts: *counts,
        };
        // Nobody listens: nobody needs to know.
        drop(self.inner.events.send(DeskEvent::Changing(progress)));
    }
}

/// What an end is written as, and what it changes in the store.
pub(super) struct Record {
    account: Option<AccountKey>,
    subject: Subject,
    change: Change,
    confirmed: Option<Fields>,
    pub(super) end: ActionEnd,
}

impl Record {
    pub(super) fn of(row: &Planned, end: &End, now: Timestamp) -> Result<Self, Problem> {
        let confirmed = end.confirmed.as_ref().map(serde_json::to_value).transpose();
        Ok(Self {
            account: row.account(),
            subject: row.wanted.change.subject(),
            change: row.wanted.change.clone(),
            confirmed: end.confirmed.clone(),
            end: ActionEnd {
                at: now,
                result: end.result,
                code: end.code.clone(),
                message: end.message.clone(),
                confirmed: confirmed.map_err(Problem::internal)?,
            },
        })
    }

    /// Writes what was confirmed, as a sync would that saw it.
    pub(super) fn write(&self, store: &Writer<'_>) -> Result<(), StoreError> {
        let (Some(confirmed), Some(account)) = (&self.confirmed, self.account) else {
            return Ok(());
        };
        let mut log = Log::new(account, self.subject, self.end.at);
        log.begin(Some(self.end.at));
        self.change.record(store, confirmed, &mut log)?;
        log.write(store)?;
        Ok(())
    }
}

fn settled(row: &Planned) -> Option<i64> {
    row.wanted.settles.as_ref().map(|settles| settles.action)
}

fn not_done(message: &str, at: Timestamp) -> ActionEnd {
    ActionEnd {
        at,
        result: ActionResult::Failed,
        code: None,
        message: Some(message.to_owned()),
        confirmed: None,
    }
}

fn new_action(row: &Planned, batch: Option<i64>, at: Timestamp) -> Result<NewAction, Problem> {
    let change = &row.wanted.change;
    Ok(NewAction {
        at,
        batch,
        account: row.account(),
        profile: match change.subject() {
            Subject::Profile(key) => Some(key),
            Subject::Account(_) => None,
        },
        kind: change.kind().to_owned(),
        what: serde_json::to_value(change).map_err(Problem::internal)?,
        before: serde_json::to_value(&row.before).map_err(Problem::internal)?,
        after: serde_json::to_value(&row.after).map_err(Problem::internal)?,
    })
}
