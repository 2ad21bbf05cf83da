//! Secrets in the operating system's keychain: put, used, forgotten and listed; one entry an account.
//!
//! A keychain may ask a person for a password and take as long as that person does, or never answer.
//! So its calls run one after another on a thread of their own; after a while the [`Vault`] says that
//! it waits, and a caller can give up at any time without harm.

mod entry;
mod error;
mod keychain;
#[cfg(any(test, feature = "test-support"))]
mod memory;
mod worker;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use model::Token;
use tokio::sync::watch;
use zeroize::Zeroizing;

pub use entry::{EntryName, Listed, NameError};
pub use error::VaultError;
use keychain::{Keychain, System};
pub use worker::{Operation, Wait};
use worker::{Pace, Worker};

/// The name under which the platform's keychain keeps all entries of this program.
pub const SERVICE: &str = "dev.profiledesk";

/// How a vault is to behave; [`VaultOptions::new`] has what a person's patience asks for.
#[derive(Clone, Debug)]
pub struct VaultOptions {
    /// The data folder's random id. Vaults with different ids do not see each other's entries.
    pub store_id: String,
    /// After this time the vault says that it waits.
    pub patience: Duration,
    /// After this time a call is [`VaultError::TimedOut`]. A person may be typing a password meanwhile.
    pub limit: Duration,
}

/// The entries of one data folder in the keychain. Clones share one thread and one connection.
#[derive(Clone)]
pub struct Vault {
    shared: Arc<Shared>,
}

struct Shared {
    store_id: String,
    worker: Worker,
}

/// What [`Vault::forget`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgotten {
    /// The entry was there and is gone.
    Removed,
    /// There was none.
    WasAbsent,
}

impl VaultOptions {
    /// Says after 5 s that it waits, and gives up after 120 s.
    pub fn new(store_id: &str) -> Self {
        Self {
            store_id: store_id.to_owned(),
            patience: Duration::from_secs(5),
            limit: Duration::from_mins(2),
        }
    }
}

impl Vault {
    /// The operating system's keychain, for the data folder with this id. Nothing is called yet.
    pub fn system(store_id: &str) -> Self {
        Self::new(VaultOptions::new(store_id))
    }

    /// The operating system's keychain. Nothing is called yet.
    pub fn new(options: VaultOptions) -> Self {
        Self::over(options, || Box::new(System::default()))
    }

    /// A keychain that forgets everything with its last clone, for tests of other crates.
    #[cfg(any(test, feature = "test-support"))]
    pub fn in_memory(store_id: &str) -> Self {
        let memory = memory::Memory::default();
        Self::over(VaultOptions::new(store_id), move || {
            Box::new(memory.clone())
        })
    }

    fn over(
        options: VaultOptions,
        open: impl Fn() -> Box<dyn Keychain> + Send + Sync + 'static,
    ) -> Self {
        let pace = Pace {
            patience: options.patience,
            limit: options.limit,
        };
        Self {
            shared: Arc::new(Shared {
                store_id: options.store_id,
                worker: Worker::new(pace, open),
            }),
        }
    }

    /// Stores a token, then reads it back and compares, so that a keychain that silently forgets is
    /// found at once ([`VaultError::Forgetful`]; the entry is removed then). Replaces what was there.
    /// The label is shown by the keychain's own window, as far as the platform has one.
    pub async fn put(
        &self,
        name: &EntryName,
        label: &str,
        token: &Token,
    ) -> Result<(), VaultError> {
        let key = self.key(name);
        let label = label.to_owned();
        let secret = Zeroizing::new(token.expose().as_bytes().to_vec());
        self.shared
            .worker
            .change(Operation::Put, name, move |keychain| {
                keychain::store(keychain, &key, &label, &secret)
            })
            .await
    }

    /// The token, to be used at once and dropped. Calls for the same entry share one answer; one that
    /// came after its caller had given up is handed to the next caller.
    pub async fn token(&self, name: &EntryName) -> Result<Token, VaultError> {
        let key = self.key(name);
        self.shared
            .worker
            .read(name, move |keychain| {
                let secret = keychain.read(&key)?;
                std::str::from_utf8(&secret)
                    .ok()
                    .and_then(|text| Token::parse(text).ok())
                    .ok_or_else(VaultError::not_a_token)
            })
            .await
    }

    /// Removes an entry. That there was none is not an error, and is said.
    pub async fn forget(&self, name: &EntryName) -> Result<Forgotten, VaultError> {
        let key = self.key(name);
        self.shared
            .worker
            .change(Operation::Forget, name, move |keychain| {
                match keychain.remove(&key) {
                    Ok(()) => Ok(Forgotten::Removed),
                    Err(VaultError::Absent) => Ok(Forgotten::WasAbsent),
                    Err(error) => Err(error),
                }
            })
            .await
    }

    /// The entries that this store has in the keychain, sorted by name; never a value.
    pub async fn list(&self) -> Result<Vec<Listed>, VaultError> {
        let store_id = self.shared.store_id.clone();
        self.shared
            .worker
            .list(move |keychain| {
                let mut listed: Vec<Listed> = keychain
                    .list()?
                    .into_iter()
                    .filter_map(|(key, label)| {
                        let name = entry::of_store(&key, &store_id)?;
                        Some(Listed { name, label })
                    })
                    .collect();
                listed.sort_by(|a, b| a.name.cmp(&b.name));
                Ok(listed)
            })
            .await
    }

    /// Tells when the vault waits for the keychain for longer than its patience: most often a person
    /// has to type a password, sometimes the keychain does not answer at all. `None` while it does not.
    pub fn waiting(&self) -> watch::Receiver<Option<Wait>> {
        self.shared.worker.waiting()
    }

    fn key(&self, name: &EntryName) -> String {
        entry::key(&self.shared.store_id, name)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("store_id", &self.shared.store_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
