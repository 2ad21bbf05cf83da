//! What the desk tells whoever shows it.

use crate::read::SyncState;

/// Something that a screen may want to react to. A receiver that lags may skip events: each says
/// only that something is to be read again, and the next one says so as well.
#[derive(Clone, Debug)]
pub enum DeskEvent {
    /// The running sync came further, began or ended.
    SyncChanged(SyncState),
    /// Something in the store changed; read again what is shown.
    StoreChanged,
    /// The keychain does not answer yet (`true`), or does again (`false`): the desktop may be
    /// asking the user for its password.
    VaultWaiting(bool),
    /// The sync waits for another process, which this text names.
    SyncWaiting(String),
}
