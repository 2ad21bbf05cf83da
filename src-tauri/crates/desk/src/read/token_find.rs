//! Whose a token is: by its fingerprint, from the store alone. The value is dropped before this answers.

use model::{Dataset, Token};
use secrecy::{ExposeSecret, SecretString};

use super::coverage::coverage;
use super::tokens::Rows;
use super::{FoundToken, TokenFound};
use crate::open::Desk;
use crate::problem::Problem;

impl Desk {
    /// Finds the profiles that have or had a token. The value is hashed with the store's salt and goes
    /// nowhere else: nothing is sent, and the answer does not hold it.
    pub async fn find_token(&self, value: SecretString) -> Result<TokenFound, Problem> {
        let token = Token::parse(value.expose_secret())
            .map_err(|error| Problem::invalid(format!("This cannot be a token: {error}.")))?;
        drop(value);
        let fingerprint = token.fingerprint(self.inner.store().salt());
        let (last4, kind) = (token.last4(), token.kind());
        drop(token);
        let now = self.inner.clock.now();
        self.inner
            .read(move |store| {
                let mut rows = Rows::new(store, now)?;
                let mut tokens = Vec::new();
                for found in store.find_token(&fingerprint)? {
                    let Some((standing, _)) = store.token_history(found.key)? else {
                        continue;
                    };
                    tokens.push(FoundToken {
                        row: rows.row(&standing)?,
                        gone_at: standing.version.seen_until,
                    });
                }
                Ok(TokenFound {
                    last4,
                    kind,
                    tokens,
                    used_here: rows.used_here(fingerprint.as_str()),
                    coverage: coverage(store, Dataset::Tokens, now)?,
                })
            })
            .await
    }
}
