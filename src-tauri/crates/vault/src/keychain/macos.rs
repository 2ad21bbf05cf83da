//! macOS: the user's login keychain.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use apple_native_keyring_store::keychain::Store;
use keyring_core::{CredentialStore, Entry, Error};

use super::words;
use crate::SERVICE;
use crate::error::VaultError;

pub(super) fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(Store::new()?)
}

/// The keychain's window shows service and account; the crate has no way to set a label.
pub(super) fn entry(
    store: &CredentialStore,
    key: &str,
    _label: &str,
) -> keyring_core::Result<Entry> {
    store.build(SERVICE, key, None)
}

#[allow(clippy::unnecessary_wraps)] // the other platforms' can fail
pub(super) fn set_label(_entry: &Entry, _label: &str) -> keyring_core::Result<()> {
    Ok(())
}

pub(super) fn list(store: &CredentialStore) -> keyring_core::Result<Vec<(String, Option<String>)>> {
    let entries = store.search(&HashMap::from([("service", SERVICE)]))?;
    Ok(entries
        .iter()
        .filter_map(|entry| Some((entry.get_specifiers()?.1, None)))
        .collect())
}

/// The codes are those of Apple's SecBase.h.
pub(super) fn explain(error: &Error, _took: Duration) -> VaultError {
    let (Error::PlatformFailure(cause) | Error::NoStorageAccess(cause)) = error else {
        return match error {
            Error::NoEntry => VaultError::Absent,
            _ => VaultError::other(words(error)),
        };
    };
    let code = cause
        .downcast_ref::<security_framework::base::Error>()
        .map(|cause| cause.code());
    match code {
        // errSecUserCanceled, errSecAuthFailed
        Some(-128 | -25293) => VaultError::Refused,
        // errSecInteractionNotAllowed, errSecInteractionRequired
        Some(-25308 | -25315) => VaultError::Locked,
        // errSecNoDefaultKeychain
        Some(-25307) => VaultError::NoKeyring,
        // errSecNotAvailable, errSecNoSuchKeychain, errSecInvalidKeychain
        Some(-25291 | -25294 | -25295) => VaultError::NoService {
            reason: words(error),
        },
        _ => VaultError::other(words(error)),
    }
}
