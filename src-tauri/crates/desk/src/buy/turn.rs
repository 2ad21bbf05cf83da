//! One run at a time of each purchase.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::open::Inner;
use crate::problem::{Problem, ProblemCode};

/// The purchases that are at work in this process, by their numbers.
#[derive(Default)]
pub(crate) struct Buying(Mutex<HashSet<i64>>);

/// The right to go on with a purchase, given back when dropped.
pub(super) struct Turn {
    inner: Arc<Inner>,
    key: i64,
}

impl Buying {
    fn going(&self) -> MutexGuard<'_, HashSet<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// [`ProblemCode::Busy`] if it goes on already.
    pub(super) fn begin(inner: &Arc<Inner>, key: i64) -> Result<Turn, Problem> {
        if !inner.buying.going().insert(key) {
            let message = "This purchase is gone on with already.";
            return Err(Problem::new(ProblemCode::Busy, message)
                .with_hint("Wait until it says how far it came."));
        }
        Ok(Turn {
            inner: Arc::clone(inner),
            key,
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.inner.buying.going().remove(&self.key);
    }
}
