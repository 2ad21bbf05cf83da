//! What the desk tells whoever shows it.

use std::collections::BTreeSet;

use serde::Serialize;
use ts_rs::TS;

use crate::change::ChangeProgress;
use crate::download::DownloadProgress;
use crate::read::{LiveAuditProgress, SyncState};

/// Something that a screen may want to react to. A receiver that lags may skip events; it then assumes
/// that everything changed.
#[derive(Clone, Debug)]
pub enum DeskEvent {
    /// The running sync came further, began or ended.
    SyncChanged(SyncState),
    /// Something in the store changed; whoever shows it reads it again.
    StoreChanged(StoreNews),
    /// The keychain does not answer yet (`true`), or does again (`false`): the desktop may be
    /// asking the user for its password.
    VaultWaiting(bool),
    /// Changes that are carried out came further.
    Changing(ChangeProgress),
    /// A backup that is downloaded came further.
    Downloading(DownloadProgress),
    /// What is asked of a profile's audit log came further.
    AskingAudit(LiveAuditProgress),
    /// The sync waits for another process, which this text names.
    SyncWaiting(String),
}

/// What changed in the store, so that a screen reads only that again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[expect(clippy::struct_excessive_bools, reason = "each is a topic of its own")]
pub struct StoreNews {
    /// Anything may have changed; the rest then does not matter.
    pub everything: bool,
    /// Accounts, or how their last sync ended.
    pub accounts: bool,
    /// Which profiles there are, what they are called, or who reaches them.
    pub list: bool,
    /// Profiles of which something was written, by their numbers in the store.
    #[ts(type = "number[]")]
    pub profiles: BTreeSet<i64>,
    /// The change log.
    pub activity: bool,
    /// The settings.
    pub settings: bool,
    /// Groups, notes or views.
    pub groups: bool,
    /// The action log.
    pub actions: bool,
}

/// More profiles than this are told as everything: whoever hears it reads again what it shows anyhow.
const PROFILES_NAMED: usize = 200;

impl StoreNews {
    /// That anything may have changed.
    pub fn everything() -> Self {
        Self {
            everything: true,
            ..Self::default()
        }
    }

    /// That something of an account itself changed.
    pub fn accounts() -> Self {
        Self {
            accounts: true,
            ..Self::default()
        }
    }

    /// That groups, notes or views changed.
    pub fn groups() -> Self {
        Self {
            groups: true,
            ..Self::default()
        }
    }

    /// That the action log changed.
    pub fn actions() -> Self {
        Self {
            actions: true,
            ..Self::default()
        }
    }

    /// That something of a profile changed.
    pub fn profile(profile: i64) -> Self {
        Self {
            profiles: BTreeSet::from([profile]),
            ..Self::default()
        }
    }

    /// Adds what else changed.
    pub fn add(&mut self, more: Self) {
        self.everything |= more.everything;
        self.accounts |= more.accounts;
        self.list |= more.list;
        self.activity |= more.activity;
        self.settings |= more.settings;
        self.groups |= more.groups;
        self.actions |= more.actions;
        self.profiles.extend(more.profiles);
        if self.everything || self.profiles.len() > PROFILES_NAMED {
            *self = Self::everything();
        }
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_add_up_and_many_profiles_become_everything() {
        let mut news = StoreNews::profile(1);
        news.add(StoreNews::profile(2));
        news.add(StoreNews::accounts());
        assert!(news.accounts && !news.everything);
        assert_eq!(news.profiles, BTreeSet::from([1, 2]));
        for profile in 0..=200 {
            news.add(StoreNews::profile(profile));
        }
        assert_eq!(news, StoreNews::everything());
        assert!(StoreNews::default().is_empty() && !news.is_empty());
    }
}
