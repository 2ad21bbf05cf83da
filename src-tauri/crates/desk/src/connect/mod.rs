//! Connecting accounts and forgetting them: the token goes to the keychain, the rest to the store.

mod identity;
mod label;
mod sign_in;

use model::{AccountId, ChangeKind, Token, TokenKind};
use secrecy::{ExposeSecret, SecretString};
use store::{AccountKey, AccountToken, NewChange, TokenPlace};
use tagoio::Region;
use vault::EntryName;

use crate::event::StoreNews;
use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};
use crate::read::AccountRow;

pub(crate) use identity::account_of;
use identity::identify;
use label::check_label;
pub use sign_in::{
    OfferedProfile, PinWanted, ProfileWanted, SignInRequest, SignInStep, SigningIn, TokenChoice,
};

/// An account to connect.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What the user calls it; 1 to 60 characters, unique among the accounts whatever their case.
    pub label: String,
    /// `us-e1`, `eu-w1`, or the base URL of a private deployment.
    pub region: String,
    /// The token, as it was typed or read.
    pub token: SecretString,
    /// Whether to keep the token in the keychain; without it every run needs it from the environment.
    pub keychain: bool,
}

impl Desk {
    /// Connects an account by its token, which is tried first. An account that is there already gets
    /// the new token and keeps everything else, its label too.
    pub async fn connect(&self, new: NewAccount) -> Result<AccountRow, Problem> {
        self.connect_as(new, None).await
    }

    /// Connects an account, and refuses a token that is of another one than is expected.
    async fn connect_as(
        &self,
        new: NewAccount,
        expected: Option<&AccountId>,
    ) -> Result<AccountRow, Problem> {
        let label = check_label(&new.label)?;
        let region = Region::parse(&new.region)
            .map_err(|error| Problem::invalid(format!("The region cannot be used: {error}.")))?;
        let token = checked_token(&new.token)?;

        let session = self.inner.client(&region)?.session(token.clone());
        let identity = identify(&self.inner.clicking(&session)).await.map_err(|error| {
            let problem = Problem::from_api(&error, self.inner.clock.now());
            match problem.code {
                ProblemCode::SignedOut => problem.with_hint(
                    "Copy the token once more, and check that it is of this region and has not expired.",
                ),
                _ => problem,
            }
        })?;
        if expected.is_some_and(|expected| *expected != identity.id) {
            return Err(Problem::invalid(
                "The token acts for another account than the one that signed in.",
            )
            .with_hint("Choose a profile that the account itself owns."));
        }
        self.refuse_taken(&label, region.base_url(), &identity.id)
            .await?;

        let name = entry_name(region.base_url(), &identity.id)?;
        if new.keychain {
            self.inner
                .vault
                .put(&name, &format!("Profile Desk · {label}"), &token)
                .await?;
        }
        let account = store::NewAccount {
            api: region.base_url().to_owned(),
            id: identity.id,
            label,
            info: identity.info,
            token: AccountToken {
                fingerprint: token.fingerprint(self.inner.store().salt()),
                last4: token.last4(),
                name: identity.token_name,
                expires_at: identity.token_expires_at,
            },
            token_place: if new.keychain {
                TokenPlace::Keychain
            } else {
                TokenPlace::Environment
            },
        };
        let now = self.inner.clock.now();
        let stored = self
            .inner
            .write(move |store| {
                let before = store.account_by_id(&account.api, &account.id)?;
                let put = store.put_account(&account, now)?;
                let before = before.and_then(|before| before.plan);
                if let (Some(old), Some(new)) = (before, account.info.plan)
                    && old != new
                {
                    // The next sync finds it as it is now.
                    store.put_changes(&[NewChange {
                        at: now,
                        account: Some(put.key),
                        profile: None,
                        kind: ChangeKind::PlanChanged,
                        subject: None,
                        old: old.into(),
                        new: new.into(),
                    }])?;
                }
                Ok(put)
            })
            .await;
        let key = match stored {
            Ok(put) => put.key,
            Err(problem) => {
                // The store does not know the account, so nobody would ever forget its entry.
                if new.keychain && !self.is_connected(&name).await {
                    self.inner.vault.forget(&name).await?;
                }
                return Err(problem);
            }
        };
        self.inner.tell_changed(StoreNews::everything());
        self.inner.plans_changed.notify_one();
        self.account(key.0).await
    }

    /// Forgets an account: its token in the keychain first, then its rows. Without `keep_history`,
    /// what is known of profiles that no other account reaches is deleted; it cannot be fetched again.
    pub async fn forget(&self, account: i64, keep_history: bool) -> Result<(), Problem> {
        let found = self.inner.account(account).await?;
        if found.token_place == TokenPlace::Keychain {
            self.inner
                .vault
                .forget(&entry_name(&found.api, &found.id)?)
                .await?;
        }
        let now = self.inner.clock.now();
        self.inner
            .write(move |store| store.remove_account(AccountKey(account), keep_history, now))
            .await?;
        self.inner.forget_runs_of(&found.label);
        self.inner.tell_changed(StoreNews::everything());
        self.inner.plans_changed.notify_one();
        Ok(())
    }

    /// Refuses a label that another account has than the one with this id.
    async fn refuse_taken(&self, label: &str, api: &str, id: &AccountId) -> Result<(), Problem> {
        let wanted = label.to_owned();
        let holder = self
            .inner
            .read(move |store| store.account_by_label(&wanted))
            .await?;
        match holder {
            Some(holder) if (holder.api.as_str(), &holder.id) != (api, id) => Err(Problem::new(
                ProblemCode::LabelTaken,
                format!("Another account is called “{}” already.", holder.label),
            )
            .with_hint("Choose another label, or forget that account first.")),
            _ => Ok(()),
        }
    }

    /// Whether an account of the store has this keychain entry. If the store cannot say, it has.
    async fn is_connected(&self, name: &EntryName) -> bool {
        let accounts = self.inner.accounts().await;
        accounts.map_or(true, |accounts| {
            accounts
                .iter()
                .any(|account| entry_name(&account.api, &account.id).as_ref() == Ok(name))
        })
    }
}

/// Takes a token as it was typed; refuses kinds that reach no account.
fn checked_token(typed: &SecretString) -> Result<Token, Problem> {
    let token = Token::parse(typed.expose_secret())
        .map_err(|error| Problem::invalid(format!("The token cannot be used: {error}.")))?;
    match token.kind() {
        TokenKind::Profile | TokenKind::Analysis | TokenKind::Unmarked => Ok(token),
        kind => Err(Problem::invalid(format!(
            "This is a token of another kind ({}); it reaches no profiles.",
            kind.label()
        ))
        .with_hint(
            "Use a profile's token: in TagoIO's admin site, open the profile, then Tokens.",
        )),
    }
}

/// The name of an account's keychain entry: its API host and id, which never change.
pub(crate) fn entry_name(api: &str, id: &AccountId) -> Result<EntryName, Problem> {
    let host = api.split_once("://").map_or(api, |(_, host)| host);
    let host: String = host
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' || c == ':' {
                c
            } else {
                '-'
            }
        })
        .collect::<String>()
        .to_ascii_lowercase();
    let kept = host.len().min(100 - 25);
    format!("{id}:{}", &host[host.len() - kept..])
        .parse()
        .map_err(|error| Problem::internal(format!("an account has no keychain name ({error})")))
}
