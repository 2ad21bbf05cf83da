//! The simulator's idea of now, the system's or one that a test moves, and waiting by it.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use jiff::Timestamp;

/// The time by which the simulator lives. Clones share one clock, so that a test can keep one and
/// move it while the simulator runs, and a client in the same process can wait by it.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    /// `None`: the system's clock.
    standing: Option<Timestamp>,
    /// Who waits, the earliest first; the number tells those of one time apart.
    waiters: BTreeMap<(Timestamp, u64), Waker>,
    /// How many ever waited: the next one's number.
    waited: u64,
    /// Moves and comings and goings of waiters so far.
    changes: u64,
    /// How many hold it where it is.
    holds: usize,
}

impl Held {
    fn now(&self) -> Timestamp {
        self.standing.unwrap_or_else(Timestamp::now)
    }

    /// Stands at `now` and takes out those whose time has come, to be woken without the lock. Who is
    /// taken out has waited long enough, even if the clock is set back before it runs.
    fn stand(&mut self, now: Timestamp) -> BTreeMap<(Timestamp, u64), Waker> {
        self.standing = Some(now);
        self.changes += 1;
        let mut due = std::mem::take(&mut self.waiters);
        let after = due
            .keys()
            .copied()
            .find(|(at, _)| *at > now)
            .unwrap_or((Timestamp::MAX, u64::MAX));
        self.waiters = due.split_off(&after);
        due
    }
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands at `now` until it is moved.
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Held {
            standing: Some(now),
            ..Held::default()
        })))
    }

    /// The time by this clock.
    pub fn now(&self) -> Timestamp {
        self.held().now()
    }

    /// Stands at `now` from here on, also when this was the system's clock. Set back, it goes on to
    /// hold whoever waits.
    pub fn set(&self, now: Timestamp) {
        let due = self.held().stand(now);
        due.into_values().for_each(Waker::wake);
    }

    /// Moves the clock forward and lets it stand there. Stops at the end of representable time.
    pub fn advance(&self, by: Duration) {
        let mut held = self.held();
        let now = held.now().saturating_add(by).unwrap_or(Timestamp::MAX);
        let due = held.stand(now);
        drop(held);
        due.into_values().for_each(Waker::wake);
    }

    /// Ends when the clock has come to `at`, at once if it is there already. It waits from when it is
    /// first polled. By the system's clock it waits in real time, and needs a tokio runtime for it.
    pub fn sleep_until(&self, at: Timestamp) -> impl Future<Output = ()> + Send + 'static + use<> {
        Sleep {
            clock: self.clone(),
            at,
            number: None,
            real: None,
        }
    }

    /// The earliest time that somebody waits for. Who was dropped waits no more.
    pub fn next_wake(&self) -> Option<Timestamp> {
        self.held()
            .waiters
            .first_key_value()
            .map(|((at, _), _)| *at)
    }

    /// Holds the clock where it is, until the hold is dropped, for whoever drives it: work goes on that
    /// takes no time by this clock, such as a file that is written.
    pub fn hold(&self) -> Hold {
        let mut held = self.held();
        held.holds += 1;
        held.changes += 1;
        Hold(self.clone())
    }

    pub(crate) fn is_on_hold(&self) -> bool {
        self.held().holds > 0
    }

    /// How often it was moved or somebody came or went. Equal numbers: nothing happened between.
    pub(crate) fn changes(&self) -> u64 {
        self.held().changes
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// See [`Clock::hold`].
#[derive(Debug)]
#[must_use = "dropped, it holds nothing"]
pub struct Hold(Clock);

impl Drop for Hold {
    fn drop(&mut self) {
        let mut held = self.0.held();
        held.holds -= 1;
        held.changes += 1;
    }
}

/// See [`Clock::sleep_until`].
struct Sleep {
    clock: Clock,
    at: Timestamp,
    /// Its number among the waiters, once it waits.
    number: Option<u64>,
    real: Option<Pin<Box<tokio::time::Sleep>>>,
}

/// What a waiter has to wait for.
enum Wait {
    Over,
    /// For somebody to move the clock.
    Moved,
    /// For so much real time.
    Real(Duration),
}

impl Sleep {
    fn wait(&mut self, waker: &Waker) -> Wait {
        let mut held = self.clock.held();
        let woken = self
            .number
            .is_some_and(|number| !held.waiters.contains_key(&(self.at, number)));
        let now = held.now();
        if woken || now >= self.at {
            drop(held);
            self.leave();
            return Wait::Over;
        }
        let number = *self.number.get_or_insert_with(|| {
            held.waited += 1;
            held.changes += 1;
            held.waited
        });
        let replaced = held.waiters.insert((self.at, number), waker.clone());
        let stands = held.standing.is_some();
        // A waker may end a task, and this may end another wait: not with the lock.
        drop(held);
        drop(replaced);
        if stands {
            Wait::Moved
        } else {
            Wait::Real(self.at.duration_since(now).unsigned_abs())
        }
    }

    fn leave(&self) {
        let Some(number) = self.number else { return };
        let mut held = self.clock.held();
        let gone = held.waiters.remove(&(self.at, number));
        if gone.is_some() {
            held.changes += 1;
        }
        drop(held);
        drop(gone);
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        loop {
            match this.wait(context.waker()) {
                Wait::Over => return Poll::Ready(()),
                Wait::Moved => {
                    this.real = None;
                    return Poll::Pending;
                }
                Wait::Real(left) => {
                    let real = this
                        .real
                        .get_or_insert_with(|| Box::pin(tokio::time::sleep(left)));
                    ready!(real.as_mut().poll(context));
                    // The system's clock may have been set back meanwhile.
                    this.real = None;
                }
            }
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.leave();
    }
}
