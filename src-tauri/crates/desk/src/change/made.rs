//! The values of tokens that were just made. They are in memory alone, for who asked for them, until they are
//! forgotten; where the program ends before, a token's value is gone, and the token can be revoked.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::Token;

use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};

/// By batch and the row's place in its request.
#[derive(Default)]
pub(crate) struct Made(Mutex<HashMap<(i64, usize), Token>>);

impl Made {
    pub(super) fn keep(&self, batch: i64, row: usize, token: Token) {
        self.all().insert((batch, row), token);
    }

    /// The row of a batch whose token is kept, the first one.
    pub(crate) fn row_of(&self, batch: i64) -> Option<u32> {
        let all = self.all();
        let rows = all.keys().filter(|(of, _)| *of == batch);
        rows.filter_map(|(_, row)| u32::try_from(*row).ok()).min()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<(i64, usize), Token>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// The value of the token that a row of a batch made, by the row's place in the request.
    pub fn made_token(&self, batch: i64, row: u32) -> Result<Token, Problem> {
        let row = usize::try_from(row).unwrap_or(usize::MAX);
        let kept = self.inner.changing.made.all().get(&(batch, row)).cloned();
        kept.ok_or_else(|| {
            Problem::new(
                ProblemCode::NotFound,
                "The value of this token is not known here.",
            )
            .with_hint("It was handed out already, or lost. Revoke the token and make another.")
        })
    }

    /// Forgets the values of the tokens that a batch made: they were handed out.
    pub fn forget_made_tokens(&self, batch: i64) {
        self.inner
            .changing
            .made
            .all()
            .retain(|(of, _), _| *of != batch);
    }
}
