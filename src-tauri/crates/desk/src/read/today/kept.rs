//! The lines as they were found last. Finding them reads something of every profile, and they stay the same until
//! somebody writes or time passes.

use std::sync::atomic::{AtomicU64, Ordering};
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
pub(crate) struct Lines {
    /// How often it was begun to look for them.
    begun: AtomicU64,
    last: Mutex<Option<Found>>,
}

#[derive(Debug)]
struct Found {
    /// Which time of looking it was.
    time: u64,
    /// The store's, before it was read.
    generation: i64,
    at: Timestamp,
    items: Arc<Vec<Item>>,
}

impl Lines {
    /// Every line there is, in the list's order. While they are being found, others who ask wait, and take what
    /// was looked for after they asked: a sync that writes all the time lets no queue grow.
    pub(super) fn items(
        &self,
        store: &Store,
        now: Timestamp,
    ) -> Result<Arc<Vec<Item>>, StoreError> {
        let asked_at = self.begun.load(Ordering::SeqCst);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = store.generation()?;
        if let Some(found) = &*last {
            let since = now.duration_since(found.at);
            let holds = found.generation == generation && !since.is_negative() && since < HOLD;
            if holds || found.time > asked_at {
                return Ok(Arc::clone(&found.items));
            }
        }
        let time = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let items = store.read(|store| {
            facts::items(store, &store.accounts()?, &Settings::read(store)?, now).map(Arc::new)
        })?;
        *last = Some(Found {
            time,
            generation,
            at: now,
            items: Arc::clone(&items),
        });
        Ok(items)
    }
}
