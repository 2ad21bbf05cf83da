//! The accounts that are connected.

use store::{Account, AccountKey, Profile, Reader, StoreError, TokenPlace};

use super::filter::region_name;
use super::{AccountRow, SignIn};
use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};

impl Desk {
    /// All connected accounts, by label.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, Problem> {
        let accounts = self.inner.accounts().await?;
        Ok(accounts.into_iter().map(row).collect())
    }

    /// One connected account.
    pub async fn account(&self, key: i64) -> Result<AccountRow, Problem> {
        self.inner.account(key).await.map(row)
    }

    /// The connected account with a label, whatever the case of its letters.
    pub async fn account_by_label(&self, label: &str) -> Result<AccountRow, Problem> {
        let (wanted, text) = (label.trim().to_owned(), label.trim().to_owned());
        let found = self
            .inner
            .read(move |store| store.account_by_label(&wanted))
            .await?;
        found.map(row).ok_or_else(|| {
            Problem::new(
                ProblemCode::NotFound,
                format!("No account is called “{text}”."),
            )
            .with_hint("See the accounts with: pdesk account list")
        })
    }
}

/// Whether it can be asked.
pub(super) fn sign_in_of(account: &Account) -> SignIn {
    match (&account.signed_out, account.token_place) {
        (Some(_), _) => SignIn::SignedOut,
        (None, TokenPlace::Keychain) => SignIn::SignedIn,
        (None, TokenPlace::Environment | TokenPlace::None) => SignIn::NoToken,
    }
}

fn row(account: Account) -> AccountRow {
    let AccountKey(key) = account.key;
    let (region, sign_in) = (region_name(&account.api), sign_in_of(&account));
    let problem = account
        .problem
        .map(|problem| Problem::new(ProblemCode::from_key(&problem.code), problem.message));
    AccountRow {
        key,
        id: account.id,
        label: account.label,
        api: account.api,
        region,
        name: account.name,
        email: account.email,
        plan: account.plan,
        profiles: account.profiles,
        sign_in,
        last_sync_at: account.last_sync_at,
        read_only: account.read_only,
        token_expires_at: account.token.and_then(|token| token.expires_at),
        problem,
    }
}

/// The profiles that an account owns.
pub(crate) fn owned_profiles(
    store: &Reader<'_>,
    account: AccountKey,
) -> Result<Vec<Profile>, StoreError> {
    let mut owned = Vec::new();
    for profile in store.profiles_of(account)? {
        let reach = store.reach_of(profile.key)?;
        if reach
            .iter()
            .any(|reach| reach.account == account && reach.owner)
        {
            owned.push(profile);
        }
    }
    Ok(owned)
}
