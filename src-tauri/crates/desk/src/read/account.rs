//! The accounts that are connected.

use model::{ProfileId, Timestamp};
use store::{Account, AccountKey, Expiry, Profile, Reader, StoreError, TokenPlace};

use super::filter::region_name;
use super::{AccountRow, SignIn};
use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};

impl Desk {
    /// All connected accounts, by label.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, Problem> {
        let now = self.inner.clock.now();
        let accounts = self.owned_tokens().await?.into_iter();
        Ok(accounts
            .map(|(account, own)| row(account, own, now))
            .collect())
    }

    /// All connected accounts, by label, each with what the list of tokens says of its own.
    pub(super) async fn owned_tokens(&self) -> Result<Vec<(Account, Option<Own>)>, Problem> {
        self.inner
            .read(|store| {
                let with_own = |account| Ok((own_token(store, &account)?, account));
                let accounts = store.accounts()?.into_iter();
                let accounts: Result<Vec<_>, StoreError> = accounts.map(with_own).collect();
                Ok(accounts?
                    .into_iter()
                    .map(|(own, account)| (account, own))
                    .collect())
            })
            .await
    }

    /// One connected account.
    pub async fn account(&self, key: i64) -> Result<AccountRow, Problem> {
        let account = self.inner.account(key).await?;
        self.with_own_token(account).await
    }

    /// The connected account with a label, whatever the case of its letters.
    pub async fn account_by_label(&self, label: &str) -> Result<AccountRow, Problem> {
        let (wanted, text) = (label.trim().to_owned(), label.trim().to_owned());
        let found = self
            .inner
            .read(move |store| store.account_by_label(&wanted))
            .await?;
        let found = found.ok_or_else(|| {
            Problem::new(
                ProblemCode::NotFound,
                format!("No account is called “{text}”."),
            )
            .with_hint("See the accounts with: pdesk account list")
        })?;
        self.with_own_token(found).await
    }

    /// The account that a label or TagoIO's id means.
    ///
    /// # Errors
    /// Of code `invalid_input` if the id is two accounts', at different addresses; `not_found` if it is no account's.
    pub async fn find_account(&self, text: &str) -> Result<AccountRow, Problem> {
        let accounts = self.accounts().await?;
        let id = text.trim().to_lowercase();
        let mut of_id = accounts
            .into_iter()
            .filter(|account| account.id.as_str() == id);
        match (of_id.next(), of_id.next()) {
            (Some(account), None) => Ok(account),
            (Some(one), Some(other)) => Err(Problem::invalid(format!(
                "Two accounts have the id {id}, at different addresses: “{}” and “{}”.",
                one.label, other.label
            ))
            .with_hint("Name one by its label.")),
            (None, _) => self.account_by_label(text).await,
        }
    }

    async fn with_own_token(&self, account: Account) -> Result<AccountRow, Problem> {
        let now = self.inner.clock.now();
        self.inner
            .read(move |store| {
                let own = own_token(store, &account)?;
                Ok(row(account, own, now))
            })
            .await
    }
}

/// What a list of tokens says of the one that an account is reached with.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub(crate) profile: store::Profile,
    pub(crate) expires: Expiry,
}

/// Where an account's own token stands, if it was seen in the list of a profile.
pub(crate) fn own_token(store: &Reader<'_>, account: &Account) -> Result<Option<Own>, StoreError> {
    let Some(token) = &account.token else {
        return Ok(None);
    };
    for found in store.find_token(&token.fingerprint)? {
        let profile = match found.version.seen_until {
            None => store.profile(found.profile)?,
            Some(_) => None,
        };
        if let Some(profile) = profile.filter(|profile| profile.api == account.api) {
            let expires = found.version.token.expires;
            return Ok(Some(Own { profile, expires }));
        }
    }
    Ok(None)
}

/// Whether it can be asked.
pub(super) fn sign_in_of(account: &Account) -> SignIn {
    match (&account.signed_out, account.token_place) {
        (Some(_), _) => SignIn::SignedOut,
        (None, TokenPlace::Keychain) => SignIn::SignedIn,
        (None, TokenPlace::Environment | TokenPlace::None) => SignIn::NoToken,
    }
}

/// Whether TagoIO narrows an account's audit logs by nothing but the time.
pub(crate) fn audit_by_time_only(account: &Account) -> bool {
    let plan = account.plan.as_ref();
    plan.is_some_and(|plan| plan.eq_ignore_ascii_case("free"))
}

/// Whether a token's end is over or so near that something is to be done about it.
pub(super) fn ends_soon(end: Timestamp, now: Timestamp) -> bool {
    end.duration_since(now) <= insight::EXPIRES_SOON
}

pub(super) fn row(account: Account, own: Option<Own>, now: Timestamp) -> AccountRow {
    let AccountKey(key) = account.key;
    let audit_by_time_only = audit_by_time_only(&account);
    let token_expires_at = account.token.as_ref().and_then(|token| token.expires_at);
    let (region, sign_in) = (region_name(&account.api), sign_in_of(&account));
    let problem = account
        .problem
        .map(|problem| Problem::new(ProblemCode::from_key(&problem.code), problem.message));
    let (token_profile, token_profile_name): (Option<ProfileId>, Option<String>) =
        own.map(|own| (own.profile.id, own.profile.name)).unzip();
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
        token_expires_at,
        token_ends_soon: token_expires_at.is_some_and(|end| ends_soon(end, now)),
        audit_by_time_only,
        token_profile,
        token_profile_name,
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
