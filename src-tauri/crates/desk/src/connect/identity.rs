//! Whose token it is.

use model::{AccountId, Timestamp};
use store::AccountInfo;
use tagoio::{ApiError, Expiry, Session};

/// The account that a token belongs to, and what the token says of itself.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) id: AccountId,
    pub(crate) info: AccountInfo,
    pub(crate) token_name: Option<String>,
    pub(crate) token_expires_at: Option<Timestamp>,
}

/// Asks the API whose a token is. A token whose policies hide the account still names it through the
/// profile that it belongs to.
pub(crate) async fn identify(session: &Session) -> Result<Identity, ApiError> {
    let (id, info) = account_of(session).await?;
    // What the token says of itself is only for show: without it the account is connected all the same.
    let token = session.token_info().await.ok();
    Ok(Identity {
        id,
        info,
        token_name: token.as_ref().and_then(|token| token.name.clone()),
        token_expires_at: token.and_then(|token| match token.expiry {
            Expiry::At(at) => Some(at),
            Expiry::Never | Expiry::Unknown => None,
        }),
    })
}

/// The account's id, and what it says of itself where the token may see it.
pub(crate) async fn account_of(session: &Session) -> Result<(AccountId, AccountInfo), ApiError> {
    let denied = match session.account().await {
        Ok(account) => {
            let info = AccountInfo {
                name: account.name,
                email: account.email,
                plan: account.plan,
                timezone: account.timezone,
            };
            return Ok((account.id, info));
        }
        Err(error) => match session.settle(error).await {
            denied @ ApiError::NotPermitted { .. } => denied,
            error => return Err(error),
        },
    };
    let profile = session
        .current_profile()
        .await
        .map_err(|_| denied.clone())?;
    let id = profile.account.ok_or(denied)?;
    Ok((
        id,
        AccountInfo {
            plan: profile.account_plan,
            ..AccountInfo::default()
        },
    ))
}
