//! The values of tokens that were just made. They are in memory alone, for who asked for them, until they are
//! forgotten; where the program ends before, a token's value is gone, and the token can be revoked.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::{ProfileId, Token};

use super::{Change, PlannedChange, SecretFile};
use crate::open::{Desk, blocking};
use crate::problem::{Problem, ProblemCode};

/// By batch and the row's place in its request.
#[derive(Default)]
pub(crate) struct Made(Mutex<BTreeMap<(i64, usize), MadeToken>>);

/// A token that was made.
#[derive(Clone)]
pub(super) struct MadeToken {
    /// TagoIO's id of its profile.
    pub(super) profile: Option<ProfileId>,
    /// The profile's name.
    pub(super) profile_name: String,
    /// Its own name.
    pub(super) name: String,
    /// Its value.
    pub(super) value: Token,
}

impl MadeToken {
    /// That a row made it.
    pub(super) fn of(row: &PlannedChange, value: Token) -> Self {
        let name = match &row.change {
            Change::CreateToken(create) => create.name.trim().to_owned(),
            _ => String::new(),
        };
        Self {
            profile: row.profile.clone(),
            profile_name: row.profile_name.clone().unwrap_or_default(),
            name,
            value,
        }
    }
}

impl Made {
    pub(super) fn keep(&self, batch: i64, row: usize, made: MadeToken) {
        self.all().insert((batch, row), made);
    }

    /// The row of a batch whose token is kept, the first one.
    pub(crate) fn row_of(&self, batch: i64) -> Option<u32> {
        let all = self.all();
        let rows = all.keys().filter(|(of, _)| *of == batch);
        rows.filter_map(|(_, row)| u32::try_from(*row).ok()).min()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<(i64, usize), MadeToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// The value of the token that a row of a batch made, by the row's place in the request.
    pub fn made_token(&self, batch: i64, row: u32) -> Result<Token, Problem> {
        let row = usize::try_from(row).unwrap_or(usize::MAX);
        let made = self.inner.changing.made.all();
        let kept = made.get(&(batch, row)).map(|made| made.value.clone());
        kept.ok_or_else(not_known)
    }

    /// Writes the values of all tokens that a batch made to a new file, which its owner alone may read: a CSV file
    /// with a line a token. Returns the file.
    pub async fn save_made_tokens(&self, batch: i64, path: PathBuf) -> Result<PathBuf, Problem> {
        let made: Vec<MadeToken> = {
            let all = self.inner.changing.made.all();
            let of_batch = all.range((batch, 0)..=(batch, usize::MAX));
            of_batch.map(|(_, made)| made.clone()).collect()
        };
        if made.is_empty() {
            return Err(not_known());
        }
        blocking(move || SecretFile::create(path)?.write_all(&made)).await?
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

fn not_known() -> Problem {
    let message = "The value of this token is not known here.";
    Problem::new(ProblemCode::NotFound, message)
        .with_hint("It was handed out already, or lost. Revoke the token and make another.")
}
