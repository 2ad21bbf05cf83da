//! Linux: the Secret Service on the session's D-Bus (gnome-keyring, KDE's wallet and others).

use std::collections::HashMap;
use std::env;
use std::sync::Arc;
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};
use secret_service::blocking::SecretService;
use secret_service::{EncryptionType, Error as ServiceError};
use zbus_secret_service_keyring_store::Store;
use zbus_secret_service_keyring_store::cred::{Specifier, Wrapper};

use super::words;
use crate::SERVICE;
use crate::error::VaultError;

/// Before the label, since the keychain's window lists the entries of all programs.
const LABEL_PREFIX: &str = "Profile Desk: ";

/// What is known when nobody on the bus has the service's name.
const NOBODY: &str = "nothing on the D-Bus keeps secrets";

/// No person dismisses a dialog this fast: then none was shown.
const FASTER_THAN_A_PERSON: Duration = Duration::from_millis(500);

pub(super) fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(Store::new()?)
}

pub(super) fn entry(
    store: &CredentialStore,
    key: &str,
    label: &str,
) -> keyring_core::Result<Entry> {
    let label = labelled(label);
    let modifiers = HashMap::from([("label", label.as_str())]);
    store.build(SERVICE, key, Some(&modifiers))
}

/// An entry that is there already keeps its label when its value is replaced, so it is told here.
pub(super) fn set_label(entry: &Entry, label: &str) -> keyring_core::Result<()> {
    match entry.as_any().downcast_ref::<Specifier>() {
        Some(item) => item.set_label(&labelled(label)),
        None => Ok(()),
    }
}

pub(super) fn list(store: &CredentialStore) -> keyring_core::Result<Vec<(String, Option<String>)>> {
    let entries = store.search(&HashMap::from([("service", SERVICE)]))?;
    if entries.is_empty() {
        let locked =
            default_is_locked().map_err(|error| Error::PlatformFailure(Box::new(error)))?;
        if locked {
            return Err(Error::NoStorageAccess(Box::new(ServiceError::Locked)));
        }
    }
    let mut found = Vec::with_capacity(entries.len());
    for entry in entries {
        let mut attributes = entry.get_attributes()?;
        let label = match entry.as_any().downcast_ref::<Wrapper>() {
            Some(item) => Some(item.get_label()?),
            None => None,
        };
        let label = label.map(|label| match label.strip_prefix(LABEL_PREFIX) {
            Some(own) => own.to_owned(),
            None => label,
        });
        if let Some(key) = attributes.remove("username") {
            found.push((key, label));
        }
    }
    Ok(found)
}

pub(super) fn explain(error: &Error, took: Duration) -> VaultError {
    match error {
        // A locked keyring does not say whether it holds an entry.
        Error::NoEntry => match default_is_locked() {
            Ok(true) => VaultError::Locked,
            Ok(false) => VaultError::Absent,
            Err(error) => explain_service(&error, took),
        },
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => {
            match cause.downcast_ref::<ServiceError>() {
                Some(cause) => explain_service(cause, took),
                None => VaultError::other(words(error)),
            }
        }
        _ => VaultError::other(words(error)),
    }
}

fn explain_service(error: &ServiceError, took: Duration) -> VaultError {
    match error {
        ServiceError::Locked => VaultError::Locked,
        ServiceError::NoResult => VaultError::NoKeyring,
        // Both when a person said no and when there was nowhere to ask.
        ServiceError::Prompt if took < FASTER_THAN_A_PERSON || !has_display() => VaultError::Locked,
        ServiceError::Prompt => VaultError::Refused,
        ServiceError::Unavailable => no_service("this session has no D-Bus"),
        ServiceError::Zbus(error) => explain_bus(error),
        other => VaultError::other(other.to_string()),
    }
}

/// The names are those of the D-Bus and of the Secret Service specification.
fn explain_bus(error: &zbus::Error) -> VaultError {
    match error {
        zbus::Error::MethodError(name, _, _) => match name.as_str() {
            "org.freedesktop.Secret.Error.IsLocked" => VaultError::Locked,
            "org.freedesktop.DBus.Error.ServiceUnknown"
            | "org.freedesktop.DBus.Error.NameHasNoOwner" => no_service(NOBODY),
            name if name.starts_with("org.freedesktop.DBus.Error.Spawn.") => {
                no_service(&format!("it could not be started: {error}"))
            }
            _ => VaultError::other(error.to_string()),
        },
        zbus::Error::FDO(error) => match error.as_ref() {
            zbus::fdo::Error::ServiceUnknown(_) | zbus::fdo::Error::NameHasNoOwner(_) => {
                no_service(NOBODY)
            }
            other => VaultError::other(other.to_string()),
        },
        zbus::Error::Address(_)
        | zbus::Error::Connection(..)
        | zbus::Error::InputOutput(_)
        | zbus::Error::Handshake(_) => {
            no_service(&format!("the session's D-Bus cannot be reached ({error})"))
        }
        other => VaultError::other(other.to_string()),
    }
}

fn no_service(reason: &str) -> VaultError {
    VaultError::NoService {
        reason: reason.to_owned(),
    }
}

/// Whether the keyring that new entries go to is locked. Without one nothing is.
fn default_is_locked() -> Result<bool, ServiceError> {
    let service = SecretService::connect(EncryptionType::Plain)?;
    match service.get_default_collection() {
        Ok(keyring) => keyring.is_locked(),
        Err(ServiceError::NoResult) => Ok(false),
        Err(error) => Err(error),
    }
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn labelled(label: &str) -> String {
    format!("{LABEL_PREFIX}{label}")
}
