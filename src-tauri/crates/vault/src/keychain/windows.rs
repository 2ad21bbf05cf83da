//! Windows: the user's Credential Manager.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};
use windows_native_keyring_store::Store;

use super::words;
use crate::SERVICE;
use crate::error::VaultError;

/// A comment has at most 256 bytes (`CRED_MAX_STRING_LENGTH`).
const LABEL_BYTES: usize = 200;

/// An entry's name in the Credential Manager is `key@service`; neither part has an `@`.
pub(super) fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    let names = HashMap::from([("prefix", ""), ("divider", "@"), ("suffix", "")]);
    Ok(Store::new_with_configuration(&names)?)
}

/// Kept on this machine: the default would let it roam with the user's Windows profile.
pub(super) fn entry(
    store: &CredentialStore,
    key: &str,
    _label: &str,
) -> keyring_core::Result<Entry> {
    let modifiers = HashMap::from([("persistence", "Local")]);
    store.build(SERVICE, key, Some(&modifiers))
}

pub(super) fn set_label(entry: &Entry, label: &str) -> keyring_core::Result<()> {
    let end = (0..=label.len().min(LABEL_BYTES))
        .rev()
        .find(|end| label.is_char_boundary(*end))
        .unwrap_or(0);
    entry.update_attributes(&HashMap::from([("comment", &label[..end])]))
}

pub(super) fn list(store: &CredentialStore) -> keyring_core::Result<Vec<(String, Option<String>)>> {
    let mut found = Vec::new();
    for entry in store.search(&HashMap::new())? {
        let Some((service, key)) = entry.get_specifiers() else {
            continue;
        };
        if service == SERVICE {
            let label = entry.get_attributes()?.remove("comment");
            found.push((key, label.filter(|label| !label.is_empty())));
        }
    }
    Ok(found)
}

pub(super) fn explain(error: &Error, _took: Duration) -> VaultError {
    match error {
        Error::NoEntry => VaultError::Absent,
        // The only cause: a session without a logon of its own, such as a service's.
        Error::NoStorageAccess(_) => VaultError::NoService {
            reason: words(error),
        },
        _ => VaultError::other(words(error)),
    }
}
