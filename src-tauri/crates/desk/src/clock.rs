//! The time of day and waiting for it, injected, so that a test can run a day in a second.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use model::Timestamp;

/// Waits through at most so much of the wall clock before looking at it again: a computer that sleeps,
/// or whose clock is set, is noticed within this time.
const GLANCE: Duration = Duration::from_secs(15);

/// Tells the time and waits for it. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<Source>);

enum Source {
    System,
    Given {
        now: Box<dyn Fn() -> Timestamp + Send + Sync>,
        sleep_until: Box<dyn Fn(Timestamp) -> BoxFuture<'static, ()> + Send + Sync>,
        hold: Box<dyn Fn() -> Hold + Send + Sync>,
    },
}

/// Keeps a clock that somebody drives where it is, until it is dropped.
pub type Hold = Box<dyn Any + Send>;

impl Clock {
    /// A clock of the caller's own. `sleep_until` ends once `now` has come to its time.
    pub fn given(
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        sleep_until: impl Fn(Timestamp) -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        Self::driven(now, sleep_until, || Box::new(()))
    }

    /// The same, where the clock jumps on once nothing goes on: it is not to do so while it is held.
    pub fn driven(
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        sleep_until: impl Fn(Timestamp) -> BoxFuture<'static, ()> + Send + Sync + 'static,
        hold: impl Fn() -> Hold + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Source::Given {
            now: Box::new(now),
            sleep_until: Box::new(sleep_until),
            hold: Box::new(hold),
        }))
    }

    /// Says that work goes on which takes no time by this clock.
    pub(crate) fn hold(&self) -> Option<Hold> {
        match &*self.0 {
            Source::System => None,
            Source::Given { hold, .. } => Some(hold()),
        }
    }

    /// Now, UTC.
    pub fn now(&self) -> Timestamp {
        match &*self.0 {
            Source::System => Timestamp::now(),
            Source::Given { now, .. } => now(),
        }
    }

    /// Waits until the clock shows this time. The time that the computer slept through counts; where
    /// the clock is set back meanwhile, it does not wait for longer than it was to at first.
    pub async fn sleep_until(&self, at: Timestamp) {
        match &*self.0 {
            Source::System => {
                let until = |at: Timestamp| {
                    Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default()
                };
                let (began, whole) = (Instant::now(), until(at));
                loop {
                    let left = until(at).min(whole.saturating_sub(began.elapsed()));
                    if left.is_zero() {
                        return;
                    }
                    tokio::time::sleep(left.min(GLANCE)).await;
                }
            }
            Source::Given { sleep_until, .. } => sleep_until(at).await,
        }
    }

    /// Waits for so long, by this clock.
    pub async fn sleep(&self, time: Duration) {
        let at = self.now().saturating_add(time).unwrap_or(Timestamp::MAX);
        self.sleep_until(at).await;
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self(Arc::new(Source::System))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}
