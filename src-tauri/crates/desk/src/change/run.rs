//! Carrying changes out, row by row.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::Timestamp;
use store::{AccountKey, AccountLock, BatchKind, Reader, StoreError};
use tagoio::SecondFactorKind;
use tokio_util::sync::CancellationToken;

use super::made::{Made, MadeToken};
use super::plan::{Circumstances, NewProfile, Plan, Planned, Wanted, plan};
use super::rows::Rows;
use super::send::End;
use super::{
    AllocationFigures, Change, ChangeCounts, ChangeEnd, ChangeOutcome, ChangePreview,
    ChangeRequest, Confirmation, NeedsProof, PlannedChange, Proof,
};
use crate::open::{Desk, Inner};
use crate::problem::{Problem, ProblemCode};
use crate::sync::{Ready, note_signed_out};

/// The batches that go on, and those that wait for a proof. A batch that waits is forgotten with the
/// process: what of it was not sent was not begun.
#[derive(Default)]
pub(crate) struct Changing {
    cancels: Mutex<HashMap<i64, CancellationToken>>,
    waiting: Mutex<HashMap<i64, Work>>,
    pub(crate) made: Made,
    /// How TagoIO sends the PIN of an account, once it said so.
    factors: Mutex<HashMap<AccountKey, SecondFactorKind>>,
}

/// A batch at work: what is wanted, and of each row how it ended, once it has.
struct Work {
    batch: i64,
    confirmation: Confirmation,
    wanted: Vec<Wanted>,
    ends: Vec<Option<(PlannedChange, End)>>,
}

impl Desk {
    /// What changes would do, from the store alone; nothing is sent.
    pub async fn preview(&self, request: ChangeRequest) -> Result<ChangePreview, Problem> {
        let (.., wanted) = self.inner.wanted(request).await?;
        let Plan { rows, allocation } = look(&self.inner, wanted, None, HashMap::new()).await?;
        let ready = || rows.iter().filter(|row| row.is_ready());
        let proof = |row: &Planned| row.wanted.change.needs_proof();
        let rows_of = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let described: Vec<PlannedChange> = rows.iter().map(Planned::row).collect();
        let undoable = described
            .iter()
            .filter(|row| row.refusal.is_none() && row.undoable);
        Ok(ChangePreview {
            ready: rows_of(ready().count()),
            refused: rows_of(rows.len() - ready().count()),
            protected: rows_of(ready().filter(|row| row.protected).count()),
            undoable: rows_of(undoable.count()),
            needs_proof: ready().any(proof),
            allocation,
            rows: described,
        })
    }

    /// Carries changes out, each row once, and says of each how it ended. It goes on if nobody waits for it
    /// any more. Rows that need a proof come last, one by one; without one, or once TagoIO does not take it any
    /// more, the outcome says so, and [`Self::carry_out_rest`] goes on.
    pub async fn carry_out(
        &self,
        request: ChangeRequest,
        confirmation: Confirmation,
        proof: Option<Proof>,
    ) -> Result<ChangeOutcome, Problem> {
        let inner = Arc::clone(&self.inner);
        apart(async move {
            let asked = inner.wanted(request).await?;
            Work::begin(&inner, asked, confirmation)
                .await?
                .go(&inner, proof)
                .await
        })
        .await
    }

    /// The same of changes that something long-lived takes up again. Of those that were tried since then and of which it
    /// is not known how that ended, this is found out first.
    pub(crate) async fn carry_out_again(
        &self,
        changes: Vec<Change>,
        since: Timestamp,
        confirmation: Confirmation,
        proof: Option<Proof>,
    ) -> Result<ChangeOutcome, Problem> {
        let inner = Arc::clone(&self.inner);
        apart(async move {
            let asked = inner.wanted_again(changes, since).await?;
            Work::begin(&inner, asked, confirmation)
                .await?
                .go(&inner, proof)
                .await
        })
        .await
    }

    /// Goes on with a batch that waits for a proof.
    pub async fn carry_out_rest(&self, batch: i64, proof: Proof) -> Result<ChangeOutcome, Problem> {
        let work = self.inner.changing.waiting().remove(&batch);
        let work = work.ok_or_else(|| {
            Problem::new(ProblemCode::NotFound, "No such batch waits for a password.")
                .with_hint("What of it was not done can be asked for anew.")
        })?;
        let inner = Arc::clone(&self.inner);
        apart(async move { work.go(&inner, Some(proof)).await }).await
    }

    /// Stops a batch after what is being sent; the rest of its rows is not sent. One that waits for a proof is
    /// forgotten.
    pub fn cancel_changes(&self, batch: i64) {
        self.inner.changing.waiting().remove(&batch);
        if let Some(cancel) = self.inner.changing.cancels().get(&batch) {
            cancel.cancel();
        }
    }

    /// Stops all batches.
    pub fn cancel_all_changes(&self) {
        self.inner.changing.waiting().clear();
        for cancel in self.inner.changing.cancels().values() {
            cancel.cancel();
        }
    }
}

impl Changing {
    pub(super) fn know_factor(&self, account: AccountKey, kind: Option<SecondFactorKind>) {
        if let Some(kind) = kind {
            self.factors().insert(account, kind);
        }
    }

    pub(super) fn factor(&self, account: AccountKey) -> Option<SecondFactorKind> {
        self.factors().get(&account).copied()
    }

    fn factors(&self) -> MutexGuard<'_, HashMap<AccountKey, SecondFactorKind>> {
        self.factors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cancels(&self) -> MutexGuard<'_, HashMap<i64, CancellationToken>> {
        self.cancels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<i64, Work>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs work that goes on although nobody waits for it any more.
async fn apart<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    tokio::spawn(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "changes ended early");
        Err(Problem::internal("changes ended early"))
    })
}

/// What changes would do, as far as a snapshot of the store says it.
pub(crate) struct Looked {
    pub(crate) rows: Vec<PlannedChange>,
    pub(crate) allocation: Vec<AllocationFigures>,
}

/// Looks at changes in a snapshot of the store, maybe of a profile that one of them makes.
pub(crate) fn look_offline(
    inner: &Inner,
    store: &Reader<'_>,
    changes: Vec<Change>,
    new: Option<NewProfile>,
) -> Result<Looked, StoreError> {
    let accounts = store.accounts()?.into_iter();
    let hosts = accounts.map(|account| account.api);
    let circumstances = Circumstances {
        confirmation: None,
        salt: inner.store().salt().clone(),
        environment: inner.environment_fingerprint(),
        pictured: inner.pictured.clone(),
        now: inner.clock.now(),
        away: hosts.filter(|host| inner.pace.is_away(host)).collect(),
        busy: HashMap::new(),
        new,
    };
    let wanted = changes.into_iter().map(Wanted::new).collect();
    let Plan { rows, allocation } = plan(store, wanted, &circumstances)?;
    Ok(Looked {
        rows: rows.iter().map(Planned::row).collect(),
        allocation,
    })
}

/// Looks at what is wanted, as the store has it now.
pub(super) async fn look(
    inner: &Inner,
    wanted: Vec<Wanted>,
    confirmation: Option<Confirmation>,
    busy: HashMap<AccountKey, String>,
) -> Result<Plan, Problem> {
    // Whether an API is away is found out by trying; what was found is for a dry run to say.
    let mut away = HashSet::new();
    if confirmation.is_none() {
        let accounts = inner.accounts().await?.into_iter();
        let hosts = accounts.map(|account| account.api);
        away.extend(hosts.filter(|host| inner.pace.is_away(host)));
    }
    let circumstances = Circumstances {
        confirmation,
        salt: inner.store().salt().clone(),
        environment: inner.environment_fingerprint(),
        pictured: inner.pictured.clone(),
        away,
        now: inner.clock.now(),
        busy,
        new: None,
    };
    inner
        .read(move |store| plan(store, wanted, &circumstances))
        .await
}

/// The rights to change accounts; those that somebody else has, with words for it.
pub(crate) async fn lock(
    inner: &Inner,
    accounts: BTreeSet<AccountKey>,
) -> Result<
    (
        HashMap<AccountKey, AccountLock>,
        HashMap<AccountKey, String>,
    ),
    Problem,
> {
    let program = inner.program.clone();
    let taken = inner
        .with_store(move |store| {
            let locks = accounts
                .into_iter()
                .map(|key| (key, store.lock_changes(key, &program)));
            locks.collect::<Vec<_>>()
        })
        .await?;
    let (mut locks, mut busy) = (HashMap::new(), HashMap::new());
    for (key, lock) in taken {
        match lock {
            Ok(lock) => {
                locks.insert(key, lock);
            }
            Err(StoreError::AccountHeld { holder }) => {
                let message = format!(
                    "Another change of this account goes on, by {} (process {}). Wait for its end.",
                    holder.program, holder.pid
                );
                busy.insert(key, message);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok((locks, busy))
}

/// The accounts that can be asked, and why the others cannot.
pub(super) type Opened = HashMap<AccountKey, Result<Ready, Problem>>;

/// Takes each account's token from where it is.
pub(super) async fn open(
    inner: &Arc<Inner>,
    rows: &[Planned],
    locks: HashMap<AccountKey, AccountLock>,
) -> Result<Opened, Problem> {
    // A change ends with its answer: its requests are not given up on.
    let never = CancellationToken::new();
    let only = locks.len() == 1;
    let mut opened = HashMap::new();
    for (key, lock) in locks {
        let account = rows.iter().find_map(|row| {
            let target = row.target.as_ref().filter(|_| row.is_ready())?;
            (target.account.key == key).then_some(&target.account)
        });
        let Some(account) = account else { continue };
        let ready = Ready::open(inner, account, lock, only, &never).await;
        if let Err(problem) = &ready {
            note_signed_out(inner, key, problem).await?;
        }
        opened.insert(key, ready);
    }
    Ok(opened)
}

impl Work {
    /// Notes the batch; nothing of it is done yet.
    async fn begin(
        inner: &Inner,
        (kind, of, wanted): Asked,
        confirmation: Confirmation,
    ) -> Result<Self, Problem> {
        let now = inner.clock.now();
        let batch = inner
            .write(move |store| store.add_batch(kind, of, now))
            .await?;
        Ok(Self {
            batch,
            confirmation,
            ends: wanted.iter().map(|_| None).collect(),
            wanted,
        })
    }

    /// Carries out what has not ended yet.
    async fn go(
        mut self,
        inner: &Arc<Inner>,
        proof: Option<Proof>,
    ) -> Result<ChangeOutcome, Problem> {
        let (places, wanted): (Vec<usize>, Vec<Wanted>) = (0..self.wanted.len())
            .filter(|place| self.ends[*place].is_none())
            .map(|place| (place, self.wanted[place].clone()))
            .unzip();
        let confirmation = Some(self.confirmation);
        let plan = look(inner, wanted.clone(), confirmation, HashMap::new()).await?;
        let ready = plan.rows.iter().filter(|row| row.is_ready());
        let accounts = ready.filter_map(Planned::account).collect();
        let (locks, busy) = lock(inner, accounts).await?;
        // What stood before the right was taken may be another's work.
        let Plan { rows, .. } = look(inner, wanted, confirmation, busy).await?;
        let opened = open(inner, &rows, locks).await?;
        // A host that was away gets another chance: a person asks.
        inner.pace.try_again();
        let cancel = CancellationToken::new();
        inner.changing.cancels().insert(self.batch, cancel.clone());
        let begun = self.ends.iter().flatten();
        let mut counts = ChangeCounts {
            rows: u32::try_from(self.ends.len()).unwrap_or(u32::MAX),
            ..ChangeCounts::default()
        };
        begun.for_each(|(_, end)| counts.count(end.result));
        let rows = Rows {
            inner,
            batch: self.batch,
            ends: Mutex::new(rows.iter().map(|_| None).collect()),
            planned: rows,
            opened,
            counts: Mutex::new(counts),
            stopped: Mutex::default(),
            cancel,
        };
        let needs_proof = rows.carry_out(proof).await;
        inner.changing.cancels().remove(&self.batch);
        let Rows {
            planned: rows,
            ends,
            cancel,
            ..
        } = rows;
        let needs_proof = needs_proof?;
        let ends = ends.into_inner().unwrap_or_else(PoisonError::into_inner);
        for ((place, row), end) in places.into_iter().zip(&rows).zip(ends) {
            let Some(mut end) = end else { continue };
            let described = row.row();
            if let Some(value) = end.made.take() {
                let made = MadeToken::of(&described, value);
                inner.changing.made.keep(self.batch, place, made);
                end.has_value = true;
            }
            self.ends[place] = Some((described, end));
        }
        let outcome = self.outcome(cancel.is_cancelled(), needs_proof);
        if outcome.needs_proof.is_some() {
            inner.changing.waiting().insert(self.batch, self);
        }
        Ok(outcome)
    }

    /// How the rows ended that have.
    fn outcome(&self, cancelled: bool, needs_proof: Option<NeedsProof>) -> ChangeOutcome {
        let mut counts = ChangeCounts {
            rows: u32::try_from(self.ends.len()).unwrap_or(u32::MAX),
            ..ChangeCounts::default()
        };
        let ended = self.ends.iter().enumerate();
        let ended =
            ended.filter_map(|(place, end)| Some((u32::try_from(place).ok(), end.as_ref()?)));
        let rows = ended.map(|(place, (row, end))| {
            counts.count(end.result);
            ChangeEnd {
                row: row.clone(),
                result: end.result,
                code: end.code.clone(),
                message: end.message.clone(),
                made: place.filter(|_| end.has_value),
            }
        });
        ChangeOutcome {
            batch: self.batch,
            rows: rows.collect(),
            counts,
            cancelled,
            needs_proof,
        }
    }
}

/// Which batch a request makes, and of which it is a part.
pub(super) type Asked = (BatchKind, Option<i64>, Vec<Wanted>);
