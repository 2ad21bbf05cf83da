//! What the tests start from: a store in a folder of its own, an account, some profiles.

use std::ops::Deref;

use model::{AccountId, ProfileId, Timestamp};
use store::{
    AccountInfo, AccountKey, AccountToken, ListedProfile, NewAccount, ProfileKey, ProfilesListed,
    Store, TokenPlace,
};
use tempfile::TempDir;

pub(crate) const API: &str = "https://api.tago.io";

/// A store that is gone with its folder.
pub(crate) struct World {
    store: Store,
    pub(crate) folder: TempDir,
}

impl Deref for World {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// The n-th minute of the tests' time.
pub(crate) fn minute(n: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + 60 * n).unwrap()
}

pub(crate) fn account_id(n: u32) -> AccountId {
    format!("a{n:023x}").parse().unwrap()
}

pub(crate) fn profile_id(n: u32) -> ProfileId {
    format!("b{n:023x}").parse().unwrap()
}

pub(crate) fn new_account(n: u32, label: &str) -> NewAccount {
    NewAccount {
        api: format!("{API}/"),
        id: account_id(n),
        label: label.to_owned(),
        info: AccountInfo {
            name: Some(format!("Account {n}")),
            email: Some(format!("{n}@example.com")),
            plan: Some("scale".to_owned()),
            timezone: None,
        },
        token: AccountToken {
            fingerprint: format!("{n:064x}").into(),
            last4: "ab12".to_owned(),
            name: None,
            expires_at: None,
        },
        token_place: TokenPlace::Keychain,
    }
}

pub(crate) fn listed(n: u32, name: &str) -> ListedProfile {
    ListedProfile {
        id: profile_id(n),
        name: name.to_owned(),
        logo_url: None,
        shared: None,
        owner: None,
    }
}

pub(crate) fn shared(n: u32, name: &str, owner: u32) -> ListedProfile {
    ListedProfile {
        shared: Some(true),
        owner: Some(account_id(owner)),
        ..listed(n, name)
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        Self { store, folder }
    }

    pub(crate) fn account(&self, n: u32, label: &str) -> AccountKey {
        self.write(|tx| tx.put_account(&new_account(n, label), minute(0)))
            .unwrap()
            .key
    }

    pub(crate) fn list(
        &self,
        account: AccountKey,
        list: &[ListedProfile],
        at: i64,
    ) -> ProfilesListed {
        self.write(|tx| tx.put_profiles(account, list, minute(at)))
            .unwrap()
    }

    /// An account with one profile.
    pub(crate) fn profile(&self) -> ProfileKey {
        let account = self.account(1, "One");
        self.list(account, &[listed(1, "First")], 0).keys[0]
    }
}
