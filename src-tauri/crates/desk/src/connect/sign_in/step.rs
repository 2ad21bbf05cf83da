//! What a sign-in waits for, and what it is told.

use model::ProfileId;
use serde::{Deserialize, Serialize};
use tagoio::SecondFactorKind;
use ts_rs::TS;

use super::super::check_label;
use crate::problem::Problem;
use crate::read::AccountRow;

/// Days that a token may be valid, at most.
const LONGEST_DAYS: u16 = 3650;

/// Characters of a token's name, at most.
const LONGEST_NAME: usize = 100;

/// What a sign-in waits for, or how it ended.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum SignInStep {
    /// A PIN.
    Pin(PinWanted),
    /// The profile that the token is to belong to.
    Profile(ProfileWanted),
    /// Nothing more: the token is in the keychain and the account is stored.
    Connected {
        /// The account.
        account: Box<AccountRow>,
        /// What a person should know of a token that an earlier try may have left at TagoIO.
        notice: Option<String>,
    },
}

/// A PIN that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PinWanted {
    /// The method that TagoIO asked for, or that was chosen since.
    #[ts(type = "\"authenticator\" | \"sms\" | \"email\"")]
    pub method: SecondFactorKind,
    /// The methods to choose from. TagoIO names only its first, and refuses one that is not on.
    #[ts(type = "Array<\"authenticator\" | \"sms\" | \"email\">")]
    pub methods: Vec<SecondFactorKind>,
    /// Whether a PIN was just sent.
    pub sent: bool,
    /// Why the PIN before this was not enough.
    pub problem: Option<Problem>,
}

/// What a token needs beside a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ProfileWanted {
    /// The profiles that the account reaches, its own first, by name.
    pub profiles: Vec<OfferedProfile>,
    /// The label that the account has already.
    pub label: Option<String>,
    /// What the token is called if nothing else is said: `Profile Desk · <computer> · <user>`.
    pub token_name: String,
}

/// A profile that a token may belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct OfferedProfile {
    /// Its id.
    pub id: ProfileId,
    /// Its name.
    pub name: String,
    /// Whether somebody else owns it.
    pub shared: bool,
}

/// The token that is to be made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct TokenChoice {
    /// What the user calls the account; one that is there keeps its label.
    pub label: String,
    /// The profile that the token is to belong to.
    pub profile: ProfileId,
    /// The token's name; 1 to 100 characters.
    pub name: String,
    /// Days that it is to be valid, 1 to 3650; `None` is for good.
    pub days: Option<u16>,
}

impl TokenChoice {
    /// Days that a token is valid if nothing else is said.
    pub const DAYS: u16 = 90;

    /// As it was typed, without white space around it; what TagoIO or a table could not take is refused.
    pub(super) fn checked(mut self) -> Result<Self, Problem> {
        self.label = check_label(&self.label)?;
        self.name = self.name.trim().to_owned();
        let length = self.name.chars().count();
        if !(1..=LONGEST_NAME).contains(&length) || self.name.chars().any(char::is_control) {
            return Err(Problem::invalid(format!(
                "The token's name must have 1 to {LONGEST_NAME} visible characters."
            )));
        }
        if self
            .days
            .is_some_and(|days| !(1..=LONGEST_DAYS).contains(&days))
        {
            return Err(Problem::invalid(format!(
                "A token can be valid for 1 to {LONGEST_DAYS} days."
            )));
        }
        Ok(self)
    }
}

/// What this computer's own tokens are called: `Profile Desk · <computer> · <user>`.
pub(super) fn own_token_name() -> String {
    let computer = gethostname::gethostname().to_string_lossy().into_owned();
    let user = ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|user| !user.is_empty()));
    let parts = [Some("Profile Desk".to_owned()), Some(computer), user];
    let parts: Vec<String> = parts
        .into_iter()
        .flatten()
        .map(|part| part.chars().filter(|c| !c.is_control()).collect())
        .filter(|part: &String| !part.is_empty())
        .collect();
    parts.join(" · ").chars().take(LONGEST_NAME).collect()
}
