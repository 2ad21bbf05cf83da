//! When each account's own token ends.

use std::cmp::Reverse;

use model::Timestamp;
use store::{Account, Expiry};

use super::account::{Own, ends_soon, row};
use super::{SignIn, TokenEnd, TokenEndRow};
use crate::open::Desk;
use crate::problem::Problem;

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

impl Desk {
    /// When each account's token ends: those that have first, then the soonest, at last those that do not end and those
    /// of which it is not known.
    pub async fn token_ends(&self) -> Result<Vec<TokenEndRow>, Problem> {
        let now = self.inner.clock.now();
        let accounts = self.owned_tokens().await?;
        let mut rows: Vec<TokenEndRow> = accounts
            .into_iter()
            .map(|(account, own)| {
                let (end, at) = end_of(&account, own.as_ref(), now);
                TokenEndRow {
                    account: row(account, own, now),
                    end,
                    at,
                    soon: end == TokenEnd::Ended || at.is_some_and(|at| ends_soon(at, now)),
                    days: at.map(|at| (at.as_second() - now.as_second()).div_euclid(DAY)),
                }
            })
            .collect();
        // Those without a time keep the order of their labels.
        rows.sort_by_key(|row| (Reverse(row.end.urgency()), row.at));
        Ok(rows)
    }
}

impl TokenEnd {
    const fn urgency(self) -> u8 {
        match self {
            Self::Ended => 4,
            Self::Ends => 3,
            Self::Unknown => 2,
            Self::Never => 1,
            Self::NoToken => 0,
        }
    }
}

fn end_of(account: &Account, own: Option<&Own>, now: Timestamp) -> (TokenEnd, Option<Timestamp>) {
    let told = account.token.as_ref().and_then(|token| token.expires_at);
    let listed = own.map_or(Expiry::Unknown, |own| own.expires);
    let expiry = told.map_or(listed, Expiry::At);
    let at = match expiry {
        Expiry::At(at) => Some(at),
        Expiry::Never | Expiry::Unknown => None,
    };
    if let Some(signed_out) = &account.signed_out {
        // One that was revoked before its time has ended all the same.
        let since = at.map_or(signed_out.since, |at| at.min(signed_out.since));
        return (TokenEnd::Ended, Some(since));
    }
    if super::account::sign_in_of(account) == SignIn::NoToken {
        return (TokenEnd::NoToken, None);
    }
    match expiry {
        Expiry::At(at) if at <= now => (TokenEnd::Ended, Some(at)),
        Expiry::At(at) => (TokenEnd::Ends, Some(at)),
        Expiry::Never => (TokenEnd::Never, None),
        Expiry::Unknown => (TokenEnd::Unknown, None),
    }
}
