//! The calls to the platform's keychain. They block, some of them for as long as a person takes.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod platform;
#[cfg(target_os = "macos")]
#[path = "macos.rs"]
mod platform;
#[cfg(windows)]
#[path = "windows.rs"]
mod platform;

use std::sync::Arc;
use std::time::Instant;

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use crate::SERVICE;
use crate::error::VaultError;

/// What the vault needs of a keychain. The system's is the one that ships; tests bring forgetful ones.
pub(crate) trait Keychain: Send {
    /// Creates the entry or replaces its value and label.
    fn write(&mut self, key: &str, label: &str, secret: &[u8]) -> Result<(), VaultError>;
    /// The value; [`VaultError::Absent`] only if the keychain is open and does not have it.
    fn read(&mut self, key: &str) -> Result<Zeroizing<Vec<u8>>, VaultError>;
    /// Removes the entry; [`VaultError::Absent`] as with [`Keychain::read`].
    fn remove(&mut self, key: &str) -> Result<(), VaultError>;
    /// Keys and labels of all entries of this program, of other stores too.
    fn list(&mut self) -> Result<Vec<(String, Option<String>)>, VaultError>;
}

/// Writes, reads back and compares. What was not kept as it was given is removed.
pub(crate) fn store(
    keychain: &mut dyn Keychain,
    key: &str,
    label: &str,
    secret: &[u8],
) -> Result<(), VaultError> {
    keychain.write(key, label, secret)?;
    match keychain.read(key) {
        Ok(kept) if kept.as_slice() == secret => Ok(()),
        Ok(_) | Err(VaultError::Absent) => match keychain.remove(key) {
            Ok(()) | Err(VaultError::Absent) => Err(VaultError::Forgetful),
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    }
}

/// The operating system's keychain. A connection is kept while it works: one that failed once may fail
/// for ever, for example after a restart of the service, so it is replaced after any failure.
#[derive(Default)]
pub(crate) struct System {
    store: Option<Arc<CredentialStore>>,
}

impl System {
    /// A connection that worked before may have gone stale, which says nothing about the keychain: then
    /// the call is made once more on a fresh one. All calls may be repeated.
    fn call<T>(
        &mut self,
        work: impl Fn(&CredentialStore) -> keyring_core::Result<T>,
    ) -> Result<T, VaultError> {
        let kept = self.store.is_some();
        match self.call_once(&work) {
            Err(VaultError::NoService { .. } | VaultError::Other { .. }) if kept => {
                self.call_once(&work)
            }
            result => result,
        }
    }

    fn call_once<T>(
        &mut self,
        work: &impl Fn(&CredentialStore) -> keyring_core::Result<T>,
    ) -> Result<T, VaultError> {
        let start = Instant::now();
        let result = self.store.take().map_or_else(platform::open, Ok);
        let result = result.and_then(|store| Ok((work(store.as_ref())?, store)));
        match result {
            Ok((value, store)) => {
                self.store = Some(store);
                Ok(value)
            }
            Err(error) => Err(platform::explain(&error, start.elapsed())),
        }
    }
}

impl Keychain for System {
    fn write(&mut self, key: &str, label: &str, secret: &[u8]) -> Result<(), VaultError> {
        self.call(|store| {
            let entry = platform::entry(store, key, label)?;
            match entry.set_secret(secret) {
                // Two processes may have stored it at the same moment; now it is stored anew.
                Err(Error::Ambiguous(twins)) => {
                    remove_all(&twins)?;
                    entry.set_secret(secret)?;
                }
                result => result?,
            }
            platform::set_label(&entry, label)
        })
    }

    fn read(&mut self, key: &str) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.call(
            |store| match store.build(SERVICE, key, None)?.get_secret() {
                Ok(secret) => Ok(Zeroizing::new(secret)),
                Err(Error::Ambiguous(twins)) => same_in_all(&twins),
                Err(error) => Err(error),
            },
        )
    }

    fn remove(&mut self, key: &str) -> Result<(), VaultError> {
        self.call(
            |store| match store.build(SERVICE, key, None)?.delete_credential() {
                Err(Error::Ambiguous(twins)) => remove_all(&twins),
                result => result,
            },
        )
    }

    fn list(&mut self) -> Result<Vec<(String, Option<String>)>, VaultError> {
        self.call(platform::list)
    }
}

fn remove_all(entries: &[Entry]) -> keyring_core::Result<()> {
    entries.iter().try_for_each(Entry::delete_credential)
}

fn same_in_all(entries: &[Entry]) -> keyring_core::Result<Zeroizing<Vec<u8>>> {
    let mut found: Option<Zeroizing<Vec<u8>>> = None;
    for entry in entries {
        let secret = Zeroizing::new(entry.get_secret()?);
        if found.as_ref().is_some_and(|other| *other != secret) {
            return Err(Error::BadStoreFormat(
                "it has several entries of this name with different values; connect the account again to \
                 replace them"
                    .to_owned(),
            ));
        }
        found = Some(secret);
    }
    found.ok_or(Error::NoEntry)
}

/// What the platform said, without keyring-core's own words around it. Those that could hold bytes of a
/// value (a bad encoding, a bad format) show only that they occurred.
fn words(error: &Error) -> String {
    match error {
        Error::PlatformFailure(error) | Error::NoStorageAccess(error) => error.to_string(),
        Error::BadDataFormat(..) => "the entry's value is malformed".to_owned(),
        Error::BadStoreFormat(reason) => reason.clone(),
        other => other.to_string(),
    }
}
