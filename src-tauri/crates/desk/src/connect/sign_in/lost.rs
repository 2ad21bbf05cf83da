//! A token that TagoIO may have made without the answer arriving: found, used, deleted, or told of.

use std::time::Duration;

use futures::TryStreamExt;
use model::{Timestamp, Token};
use tagoio::{ApiError, LastUse, Session, TokenFilter, TokenRow};

use super::{SigningIn, TokenChoice, failed};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::SignIn;

/// How far TagoIO's clock may be from this computer's, when a token is looked for by the time it was made.
const CLOCKS_APART: Duration = Duration::from_mins(5);

impl SigningIn {
    /// What became of a token whose answer was lost. Found with its value by a token that the account has already,
    /// it is used; otherwise the problem says what is known.
    pub(super) async fn look_for_lost(
        &mut self,
        desk: &Desk,
        choice: &TokenChoice,
        since: Timestamp,
        error: &ApiError,
    ) -> Result<Token, Problem> {
        let problem = failed(desk, error);
        let rows = match self.old_session(desk).await {
            Some(session) => made_since(&session, choice, since, desk).await.ok(),
            None => None,
        };
        match rows {
            Some(mut rows) if rows.len() == 1 && rows[0].value.is_some() => {
                if let Some(token) = rows.pop().and_then(|row| row.value) {
                    return Ok(token);
                }
                Err(problem)
            }
            // A request that was still on its way may be carried out yet.
            Some(rows) if rows.is_empty() => {
                self.lost.get_or_insert_with(|| (choice.clone(), since));
                Err(Problem {
                    message: format!(
                        "{} The profile's list shows that no token was made.",
                        problem.message
                    ),
                    ..problem
                }
                .with_hint("Try again."))
            }
            _ => {
                self.lost.get_or_insert_with(|| (choice.clone(), since));
                Err(Problem {
                    message: format!(
                        "{} It is not known whether TagoIO made the token “{}”.",
                        problem.message, choice.name
                    ),
                    ..problem
                }
                .with_hint(
                    "Try again at once: with the next token the first one is looked for and deleted. Otherwise \
                     delete it among the profile's tokens in TagoIO's admin site.",
                ))
            }
        }
    }

    /// A session with the token that the account has now, if there is one that may still be valid.
    async fn old_session(&self, desk: &Desk) -> Option<Session> {
        let id = &self.signed.as_ref()?.id;
        let account = self.connected(desk, id).await.ok()??;
        if account.sign_in != SignIn::SignedIn {
            return None;
        }
        let account = desk.inner.account(account.key).await.ok()?;
        let session = desk.inner.session(&account).await.ok()?;
        Some(desk.inner.clicking(&session))
    }
}

/// The profile's tokens of this name that were made since then and never used: by a try of ours.
async fn made_since(
    session: &Session,
    choice: &TokenChoice,
    since: Timestamp,
    desk: &Desk,
) -> Result<Vec<TokenRow>, ApiError> {
    let filter = TokenFilter {
        name: Some(choice.name.clone()),
    };
    let rows: Vec<TokenRow> = session
        .tokens(&choice.profile, filter)
        .try_collect()
        .await?;
    let from = since.checked_sub(CLOCKS_APART).unwrap_or(since);
    let now = desk.inner.clock.now();
    let to = now.checked_add(CLOCKS_APART).unwrap_or(now);
    Ok(rows
        .into_iter()
        .filter(|row| {
            row.name.as_deref() == Some(choice.name.as_str())
                && row.created_at.is_some_and(|at| (from..=to).contains(&at))
                && row.last_authorization == LastUse::Never
        })
        .collect())
}

/// Deletes what a lost try left behind, and says what became of it.
pub(super) async fn tidy(
    session: &Session,
    lost: &TokenChoice,
    since: Timestamp,
    kept: &Token,
    desk: &Desk,
) -> Option<String> {
    let name = &lost.name;
    let by_hand = format!(
        "A try before this one may have left a token “{name}” at TagoIO, and it could not be deleted; delete it in \
         TagoIO's admin site."
    );
    let Ok(rows) = made_since(session, lost, since, desk).await else {
        return Some(by_hand);
    };
    let mut deleted = false;
    for row in rows {
        let Some(value) = row.value else {
            return Some(by_hand);
        };
        if value.expose() == kept.expose() {
            continue;
        }
        if session.delete_token(&lost.profile, &value).await.is_err() {
            return Some(by_hand);
        }
        deleted = true;
    }
    deleted.then(|| {
        format!("The token “{name}” that a try before this one left at TagoIO was deleted.")
    })
}
