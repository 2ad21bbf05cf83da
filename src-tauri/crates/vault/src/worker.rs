//! The thread on which all calls to the keychain happen, one after another, and what is known of them
//! meanwhile. A call that began is never abandoned: it may be a person at a dialog.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use model::Token;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::entry::{EntryName, Listed};
use crate::error::VaultError;
use crate::keychain::Keychain;

mod reads;
use reads::Reads;

/// What the keychain was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// To store a token.
    Put,
    /// To give one back.
    Use,
    /// To remove an entry.
    Forget,
    /// To list the entries.
    List,
}

/// A call that takes longer than the vault's patience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The call that the keychain is busy with; others may stand behind it.
    pub operation: Operation,
    /// When that call began.
    pub since: Instant,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) patience: Duration,
    pub(crate) limit: Duration,
}

pub(crate) struct Worker {
    pace: Pace,
    open: Arc<dyn Fn() -> Box<dyn Keychain> + Send + Sync>,
    queue: Mutex<Option<mpsc::Sender<Job>>>,
    board: Arc<Board>,
}

struct Job {
    operation: Operation,
    work: Work,
}

type Work = Box<dyn FnOnce(&mut dyn Keychain) + Send>;

/// An answer that may come later; `None` until then.
type Pending<T> = watch::Receiver<Option<Result<T, VaultError>>>;

/// What the callers and the thread both look at.
struct Board {
    running: Mutex<Option<Wait>>,
    waiting: watch::Sender<Option<Wait>>,
    reads: Mutex<Reads>,
}

impl Worker {
    pub(crate) fn new(
        pace: Pace,
        open: impl Fn() -> Box<dyn Keychain> + Send + Sync + 'static,
    ) -> Self {
        Self {
            pace,
            open: Arc::new(open),
            queue: Mutex::new(None),
            board: Arc::new(Board {
                running: Mutex::new(None),
                waiting: watch::Sender::new(None),
                reads: Mutex::new(Reads::default()),
            }),
        }
    }

    pub(crate) fn waiting(&self) -> watch::Receiver<Option<Wait>> {
        self.board.waiting.subscribe()
    }

    /// A call after which an earlier read of the entry does not count any more.
    pub(crate) async fn change<T: Clone + Send + Sync + 'static>(
        &self,
        operation: Operation,
        name: &EntryName,
        work: impl FnOnce(&mut dyn Keychain) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        locked(&self.board.reads).outdate(name);
        self.answer(self.ask(operation, work)?).await
    }

    pub(crate) async fn list(
        &self,
        work: impl FnOnce(&mut dyn Keychain) -> Result<Vec<Listed>, VaultError> + Send + 'static,
    ) -> Result<Vec<Listed>, VaultError> {
        self.answer(self.ask(Operation::List, work)?).await
    }

    /// Joins a read of the same entry that is under way, takes the answer of one that came late, or asks.
    pub(crate) async fn read(
        &self,
        name: &EntryName,
        work: impl FnOnce(&mut dyn Keychain) -> Result<Token, VaultError> + Send + 'static,
    ) -> Result<Token, VaultError> {
        let pending = self.join_or_ask(name, work)?;
        self.answer(pending).await
    }

    fn join_or_ask(
        &self,
        name: &EntryName,
        work: impl FnOnce(&mut dyn Keychain) -> Result<Token, VaultError> + Send + 'static,
    ) -> Result<Pending<Token>, VaultError> {
        let mut reads = locked(&self.board.reads);
        if let Some(pending) = reads.join(name) {
            return Ok(pending);
        }
        let (sender, pending) = watch::channel(None);
        let id = reads.begin(name, &pending);
        drop(reads);
        let board = Arc::clone(&self.board);
        let name = name.clone();
        self.enqueue(Job {
            operation: Operation::Use,
            work: Box::new(move |keychain| {
                if !locked(&board.reads).is_wanted(&name, id, &sender) {
                    return;
                }
                let answer = work(keychain);
                locked(&board.reads).finish(&name, id, &sender, answer);
            }),
        })?;
        Ok(pending)
    }

    fn ask<T: Clone + Send + Sync + 'static>(
        &self,
        operation: Operation,
        work: impl FnOnce(&mut dyn Keychain) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<Pending<T>, VaultError> {
        let (sender, pending) = watch::channel(None);
        self.enqueue(Job {
            operation,
            work: Box::new(move |keychain| {
                // A caller that gave up before its turn was told so: nothing may happen later.
                if sender.is_closed() {
                    return;
                }
                sender.send_replace(Some(work(keychain)));
            }),
        })?;
        Ok(pending)
    }

    fn enqueue(&self, job: Job) -> Result<(), VaultError> {
        let mut queue = locked(&self.queue);
        let sender = match queue.take() {
            Some(sender) => sender,
            None => self.start()?,
        };
        // The thread ends only with the last sender.
        sender.send(job).map_err(|_| ended())?;
        *queue = Some(sender);
        Ok(())
    }

    fn start(&self) -> Result<mpsc::Sender<Job>, VaultError> {
        let (sender, jobs) = mpsc::channel::<Job>();
        let board = Arc::clone(&self.board);
        let open = Arc::clone(&self.open);
        thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || {
                let mut keychain = open();
                for job in jobs {
                    let _turn = board.begin(job.operation);
                    let work = AssertUnwindSafe(|| (job.work)(&mut *keychain));
                    // A panic in the platform's code: its caller learns that there is no answer, and
                    // what it left behind is not used again.
                    if panic::catch_unwind(work).is_err() {
                        keychain = open();
                    }
                }
            })
            .map_err(|error| VaultError::other(format!("no thread for it: {error}")))?;
        Ok(sender)
    }

    async fn answer<T: Clone>(&self, mut pending: Pending<T>) -> Result<T, VaultError> {
        let Pace { patience, limit } = self.pace;
        // Behind a call that is beyond its own limit there is no use in waiting that long once more.
        let limit = if self.board.stuck_for(limit) {
            patience
        } else {
            limit
        };
        let answer = async {
            match pending.wait_for(Option::is_some).await {
                Ok(answer) => answer.clone().unwrap_or_else(|| Err(ended())),
                Err(_) => Err(ended()),
            }
        };
        tokio::pin!(answer);
        if let Ok(answer) = timeout(patience.min(limit), &mut answer).await {
            return answer;
        }
        self.board.say_waiting();
        timeout(limit.saturating_sub(patience), answer)
            .await
            .unwrap_or(Err(VaultError::TimedOut { after: limit }))
    }
}

impl Board {
    fn begin(&self, operation: Operation) -> Turn<'_> {
        *locked(&self.running) = Some(Wait {
            operation,
            since: Instant::now(),
        });
        Turn(self)
    }

    fn say_waiting(&self) {
        // Under the lock, so that a call that ends right now does not leave this behind.
        let running = locked(&self.running);
        if running.is_some() {
            self.waiting.send_replace(*running);
        }
    }

    fn stuck_for(&self, limit: Duration) -> bool {
        locked(&self.running).is_some_and(|running| running.since.elapsed() >= limit)
    }
}

/// While it lives the thread is in a call; it ends with a panic too.
struct Turn<'a>(&'a Board);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut running = locked(&self.0.running);
        *running = None;
        self.0
            .waiting
            .send_if_modified(|waiting| waiting.take().is_some());
    }
}

/// What a lock guards here is whole after each statement, so a panic elsewhere does not spoil it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ended() -> VaultError {
    VaultError::other("the call ended without an answer")
}
