//! Why the keychain did not do what it was asked, in words for the person who can change that.

use std::time::Duration;

/// What went wrong. No variant ever holds a secret or a part of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Nothing on this machine offers to keep secrets, or nothing can be reached that does.
    #[error("no keychain service answers: {reason}")]
    NoService {
        /// What the platform said.
        reason: String,
    },
    /// The service runs, and has no keyring that it would put a new entry into.
    #[error("the keychain service has no default keyring")]
    NoKeyring,
    /// The keychain is locked, and nobody could be asked to unlock it.
    #[error("the keychain is locked")]
    Locked,
    /// A person was asked, and said no.
    #[error("the keychain's dialog was dismissed")]
    Refused,
    /// It did not answer in time. What was asked may still happen.
    #[error("the keychain did not answer within {after:?}")]
    TimedOut {
        /// How long it was waited for.
        after: Duration,
    },
    /// The keychain is open, and the entry is not there.
    #[error("the keychain has no entry for this account")]
    Absent,
    /// It took the secret without complaint and gave back something else, or nothing.
    #[error("the keychain did not keep the secret: what was read back is not what was stored")]
    Forgetful,
    /// Anything else.
    #[error("the keychain failed: {message}")]
    Other {
        /// What the platform said.
        message: String,
    },
}

impl VaultError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoService { .. } if cfg!(target_os = "linux") => {
                "Start a keychain service in this session: gnome-keyring, KDE's wallet, or KeePassXC with its \
                 secret service switched on. On a server, pdesk also takes the token from PROFILE_DESK_TOKEN."
            }
            Self::NoService { .. } => {
                "Sign in to the desktop in the usual way; sessions without a desktop have no keychain."
            }
            Self::NoKeyring => {
                "Create a default keyring, for example with “Passwords and Keys” (seahorse), then try again."
            }
            Self::Locked => "Unlock the keychain, then try again.",
            Self::Refused => "Try again and allow the access when the keychain asks.",
            Self::TimedOut { .. } => {
                "Look for a dialog of the keychain that waits for an answer; if there is none, restart the \
                 keychain service."
            }
            Self::Absent => "Connect the account again.",
            Self::Forgetful => {
                "Use another keychain service: this one would lose the token at the next start."
            }
            Self::Other { .. } => "Try again; if it stays, restart the keychain service.",
        }
    }

    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self::Other {
            message: message.into(),
        }
    }

    pub(crate) fn not_a_token() -> Self {
        Self::other("the entry does not hold a token; connect the account again to replace it")
    }
}
