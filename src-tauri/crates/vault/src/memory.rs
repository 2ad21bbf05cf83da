//! A keychain in memory, for tests alone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::keychain::Keychain;

type Entries = BTreeMap<String, (String, Zeroizing<Vec<u8>>)>;

#[derive(Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<Entries>>);

impl Memory {
    fn with<T>(&self, work: impl FnOnce(&mut Entries) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Keychain for Memory {
    fn write(&mut self, key: &str, label: &str, secret: &[u8]) -> Result<(), VaultError> {
        let entry = (label.to_owned(), Zeroizing::new(secret.to_vec()));
        self.with(|entries| entries.insert(key.to_owned(), entry));
        Ok(())
    }

    fn read(&mut self, key: &str) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.with(|entries| entries.get(key).map(|entry| entry.1.clone()))
            .ok_or(VaultError::Absent)
    }

    fn remove(&mut self, key: &str) -> Result<(), VaultError> {
        self.with(|entries| entries.remove(key))
            .map(|_| ())
            .ok_or(VaultError::Absent)
    }

    fn list(&mut self) -> Result<Vec<(String, Option<String>)>, VaultError> {
        Ok(self.with(|entries| {
            entries
                .iter()
                .map(|(key, entry)| (key.clone(), Some(entry.0.clone())))
                .collect()
        }))
    }
}
