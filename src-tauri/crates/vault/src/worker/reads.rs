//! Reads that are under way or whose answer came when nobody waited any more.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use model::Token;
use tokio::sync::watch;

use super::Pending;
use crate::entry::EntryName;
use crate::error::VaultError;

/// How long an answer that came late is kept for the next caller.
const KEPT: Duration = Duration::from_mins(1);

#[derive(Default)]
pub(super) struct Reads {
    last_id: u64,
    entries: HashMap<EntryName, Read>,
}

struct Read {
    id: u64,
    pending: Pending<Token>,
    answered: Option<Instant>,
}

impl Reads {
    pub(super) fn begin(&mut self, name: &EntryName, pending: &Pending<Token>) -> u64 {
        self.last_id += 1;
        let read = Read {
            id: self.last_id,
            pending: pending.clone(),
            answered: None,
        };
        self.entries.insert(name.clone(), read);
        self.last_id
    }

    /// The read that a new caller can share; a late answer is given away once.
    pub(super) fn join(&mut self, name: &EntryName) -> Option<Pending<Token>> {
        self.entries.retain(|_, read| match read.answered {
            Some(at) => at.elapsed() < KEPT,
            // Its thread is gone, and so is its answer.
            None => read.pending.has_changed().is_ok(),
        });
        if self.entries.get(name)?.answered.is_some() {
            return self.entries.remove(name).map(|read| read.pending);
        }
        self.entries.get(name).map(|read| read.pending.clone())
    }

    /// An entry that is about to change: who asks from now on gets the new value.
    pub(super) fn outdate(&mut self, name: &EntryName) {
        self.entries.remove(name);
    }

    /// Whether anybody still waits for a read whose turn has come; if not, it is struck off.
    pub(super) fn is_wanted(
        &mut self,
        name: &EntryName,
        id: u64,
        sender: &watch::Sender<Option<Result<Token, VaultError>>>,
    ) -> bool {
        let own = usize::from(self.has(name, id));
        if sender.receiver_count() > own {
            return true;
        }
        if own == 1 {
            self.entries.remove(name);
        }
        false
    }

    /// Hands the answer to who waits; if nobody does, a token is kept for the next caller.
    pub(super) fn finish(
        &mut self,
        name: &EntryName,
        id: u64,
        sender: &watch::Sender<Option<Result<Token, VaultError>>>,
        answer: Result<Token, VaultError>,
    ) {
        let own = self.has(name, id);
        let keep = own && answer.is_ok() && sender.receiver_count() == 1;
        sender.send_replace(Some(answer));
        if keep {
            if let Some(read) = self.entries.get_mut(name) {
                read.answered = Some(Instant::now());
            }
        } else if own {
            self.entries.remove(name);
        }
    }

    fn has(&self, name: &EntryName, id: u64) -> bool {
        self.entries.get(name).is_some_and(|read| read.id == id)
    }
}
