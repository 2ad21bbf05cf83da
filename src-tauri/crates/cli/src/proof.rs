//! The password of an account and the PIN beside it, for changes that take them.

use desk::change::{NeedsProof, Proof};
use secrecy::{ExposeSecret, SecretString};

use crate::failure::Failure;
use crate::{ask, meanwhile};

/// Where proofs come from, and what of them was given.
pub(crate) struct Proofs {
    from_stdin: bool,
    account: String,
    password: Option<SecretString>,
    /// How many rows waited when a PIN was given last.
    waited: Option<u32>,
    /// How much of a download was here when its password was given once more.
    came: u64,
}

impl Proofs {
    /// From lines of standard input, or a terminal.
    pub(crate) fn new(from_stdin: bool) -> Self {
        Self {
            from_stdin,
            account: String::new(),
            password: None,
            waited: None,
            came: 0,
        }
    }

    /// Refuses where there is nobody to ask.
    pub(crate) fn must_be_possible(&self) -> Result<(), Failure> {
        if self.from_stdin || ask::is_possible() {
            return Ok(());
        }
        Err(
            Failure::usage("This takes the account's password, and there is no terminal to ask on.")
                .with_hint(
                    "Add --password-stdin and give the password as the first line of standard input; a PIN, if the \
                     account has a second factor, as the second.",
                ),
        )
    }

    /// An account's password, by its label.
    pub(crate) fn password(&mut self, account: &str) -> Result<Proof, Failure> {
        let password = if self.from_stdin {
            ask::next_line("the password")?
        } else {
            Some(ask::password(account)?)
        };
        let password = password
            .filter(|password| !password.expose_secret().is_empty())
            .ok_or_else(|| Failure::usage("No password was given, so nothing was sent."))?;
        account.clone_into(&mut self.account);
        self.password = Some(password.clone());
        self.waited = None;
        Ok(Proof {
            password,
            pin: None,
        })
    }

    /// The password that was good before, for a download of which more came since; `None` if none did.
    pub(crate) fn once_more(&mut self, came: u64) -> Option<Proof> {
        if came <= self.came {
            return None;
        }
        self.came = came;
        self.waited = None;
        let password = self.password.clone()?;
        Some(Proof {
            password,
            pin: None,
        })
    }

    /// What a batch that waits is to be given; `None` if what was given is wrong, or there is no more.
    pub(crate) async fn next(&mut self, needs: &NeedsProof) -> Result<Option<Proof>, Failure> {
        let (account, from_stdin) = (needs.account.clone(), self.from_stdin);
        let Some(password) = self.password.clone().filter(|_| account == self.account) else {
            return self.password(&account).map(Some);
        };
        if needs.pin {
            let pin = if from_stdin {
                ask::next_line("the PIN")?
            } else {
                Some(meanwhile::answered(move || ask::pin(&account)).await?)
            };
            self.waited = Some(needs.rows);
            return Ok(pin
                .filter(|pin| !pin.expose_secret().is_empty())
                .map(|pin| Proof {
                    password,
                    pin: Some(pin),
                }));
        }
        // A PIN that was good for rows before is used up: without one, TagoIO asks for the next.
        if self.waited.take().is_some_and(|waited| needs.rows < waited) {
            return Ok(Some(Proof {
                password,
                pin: None,
            }));
        }
        Ok(None)
    }
}
