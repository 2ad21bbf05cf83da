//! The simulator's idea of now: the system's, or one that a test moves.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

/// The time by which the simulator lives. Clones share one clock, so that a test can keep one and
/// move it while the simulator runs.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<Mutex<Option<Timestamp>>>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands at `now` until it is moved.
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Some(now))))
    }

    /// The time by this clock.
    pub fn now(&self) -> Timestamp {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .unwrap_or_else(Timestamp::now)
    }

    /// Stands at `now` from here on, also when this was the system's clock.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    /// Moves the clock forward and lets it stand there. Stops at the end of representable time.
    pub fn advance(&self, by: Duration) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = held.unwrap_or_else(Timestamp::now);
        *held = Some(now.saturating_add(by).unwrap_or(Timestamp::MAX));
    }
}
