//! The lines as they were found last. Finding them reads something of every profile, and they stay the same until
//! somebody writes or time passes.

use std::sync::{Arc, Mutex, PoisonError};

use insight::attention::Item;
use jiff::SignedDuration;
use model::Timestamp;
use store::{Store, StoreError};

use super::facts;
use crate::settings::Settings;

/// For how long lines hold if nobody writes: some are about days to come.
const HOLD: SignedDuration = SignedDuration::from_mins(1);

/// What was found last.
#[derive(Debug, Default)]
pub(crate) struct Lines(Mutex<Option<Found>>);

#[derive(Debug)]
struct Found {
    /// The store's, before it was read.
    generation: i64,
    at: Timestamp,
    items: Arc<Vec<Item>>,
}

impl Lines {
    /// Every line there is, in the list's order. Who asks while they are being found waits for them.
    pub(super) fn items(
        &self,
        store: &Store,
        now: Timestamp,
    ) -> Result<Arc<Vec<Item>>, StoreError> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = store.generation()?;
        if let Some(found) = &*last
            && found.generation == generation
            && now >= found.at
            && now.duration_since(found.at) < HOLD
        {
            return Ok(Arc::clone(&found.items));
        }
        let items = store.read(|store| {
            facts::items(store, &store.accounts()?, &Settings::read(store)?, now).map(Arc::new)
        })?;
        *last = Some(Found {
            generation,
            at: now,
            items: Arc::clone(&items),
        });
        Ok(items)
    }
}
