//! An account that can be asked: its token is at hand, and nobody else does the same with it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::{Dataset, FetchOutcome, Timestamp, Token};
use store::{Account, AccountKey, AccountLock, RateScope, Subject, TokenPlace};
use tagoio::Session;
use tokio_util::sync::CancellationToken;

use crate::connect::account_of;
use crate::event::StoreNews;
use crate::open::Inner;
use crate::pace::{Priority, Way};
use crate::problem::{Problem, ProblemCode};

/// A token that worked so recently is valid: a denial then is about the one call.
const PROVEN: Duration = Duration::from_mins(1);

/// An account whose datasets and profiles can be fetched.
pub(crate) struct Ready {
    pub(crate) account: Account,
    session: Session,
    /// The API's base URL.
    pub(crate) host: Arc<str>,
    /// Cancelled when the run is, or when nothing more is to be had for this account.
    pub(crate) stop: CancellationToken,
    proven_at: Mutex<Option<Timestamp>>,
    /// Held until the account's part is over, where nobody else may do the same.
    _lock: Option<AccountLock>,
}

impl Ready {
    /// Takes the account's token from where it is. `only` says whether the token of the environment, if
    /// there is one, is meant for this account.
    pub(crate) async fn open(
        inner: &Arc<Inner>,
        account: &Account,
        lock: impl Into<Option<AccountLock>>,
        only: bool,
        cancel: &CancellationToken,
    ) -> Result<Self, Problem> {
        let session = match inner.environment_token.clone().filter(|_| only) {
            Some(token) => checked_session(inner, account, token).await?,
            None => stored_session(inner, account).await?,
        };
        know_limits(inner, account).await?;
        Ok(Self {
            account: account.clone(),
            session,
            host: account.api.as_str().into(),
            stop: cancel.child_token(),
            proven_at: Mutex::new(None),
            _lock: lock.into(),
        })
    }

    /// A session whose requests go at this priority.
    pub(crate) fn paced(&self, inner: &Inner, priority: Priority) -> Session {
        self.session.paced(Arc::new(Way {
            pace: inner.pace.clone(),
            host: Arc::clone(&self.host),
            account: self.account.key.0,
            priority,
            stop: self.stop.clone(),
        }))
    }

    /// Notes that the API took the token.
    pub(crate) fn prove(&self, now: Timestamp) {
        *self
            .proven_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    /// Whether the API took the token just now.
    pub(crate) fn is_proven(&self, now: Timestamp) -> bool {
        let proven_at = *self
            .proven_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        proven_at.is_some_and(|at| now.duration_since(at).unsigned_abs() < PROVEN)
    }
}

/// Whether an account can be asked without a person: its token is at hand, and TagoIO takes it.
pub(crate) fn is_able(account: &Account) -> bool {
    account.token_place == TokenPlace::Keychain && account.signed_out.is_none()
}

/// Takes over what earlier runs learned of the account's limits.
async fn know_limits(inner: &Inner, account: &Account) -> Result<(), Problem> {
    let (key, api) = (account.key, account.api.clone());
    let (limits, scope) = inner
        .read(move |store| Ok((store.rate_limits(key)?, store.rate_scope(&api)?)))
        .await?;
    let learned: Vec<_> = limits
        .into_iter()
        .map(|limit| (limit.route, limit.per_minute, limit.learned_at))
        .collect();
    let plan = account.plan.as_deref();
    inner
        .pace
        .know_limits(&account.api, account.key.0, plan, &learned);
    if let Some((scope, _)) = scope {
        inner
            .pace
            .know_scope(&account.api, scope == RateScope::Asked);
    }
    Ok(())
}

/// A session with the token of the environment, once it is known to be this account's.
async fn checked_session(
    inner: &Inner,
    account: &Account,
    token: Token,
) -> Result<Session, Problem> {
    let session = inner.session_with(&account.api, token)?;
    let (id, _) = account_of(&inner.clicking(&session))
        .await
        .map_err(|error| Problem::from_api(&error, inner.clock.now()))?;
    if id == account.id {
        return Ok(session);
    }
    Err(Problem::invalid(format!(
        "The token in PROFILE_DESK_TOKEN belongs to the account {id}, not to “{}”; nothing was written.",
        account.label
    ))
    .with_hint("Name the account that it belongs to with --account."))
}

async fn stored_session(inner: &Inner, account: &Account) -> Result<Session, Problem> {
    match account.token_place {
        TokenPlace::Keychain => inner.session(account).await,
        TokenPlace::Environment => Err(Problem::new(
            ProblemCode::SignedOut,
            format!("“{}” keeps no token on this computer.", account.label),
        )
        .with_hint("Give its token in PROFILE_DESK_TOKEN, or connect it again to keep one.")),
        TokenPlace::None => Err(Problem::new(
            ProblemCode::SignedOut,
            format!("There is no token for “{}” any more.", account.label),
        )
        .with_hint("Connect the account again with a new token.")),
    }
}

/// Notes that the API refused a token. Nothing else than its refusal signs an account out: a keychain
/// that is locked or a network that is away say nothing of the token. The next run asks for the account's
/// list before all else, and for nothing more if that is refused too. Whoever shows the account is told.
pub(crate) async fn note_signed_out(
    inner: &Inner,
    account: AccountKey,
    problem: &Problem,
) -> Result<(), Problem> {
    if problem.code != ProblemCode::SignedOut {
        return Ok(());
    }
    let (message, now) = (problem.message.clone(), inner.clock.now());
    let code = problem.code.key().to_owned();
    inner
        .write(move |store| {
            store.put_signed_out(account, &message, now)?;
            let refused = FetchOutcome::Failed { code, message };
            store.put_status(Subject::Account(account), Dataset::Profiles, &refused, now)
        })
        .await?;
    inner.tell_changed(StoreNews::accounts());
    Ok(())
}
