//! Options of signing in by e-mail and password, to connect an account or to renew its token.

use clap::{Args, ValueEnum};
use desk::{SecondFactorKind, TokenChoice};

#[derive(Debug, Args)]
pub(crate) struct SignInArgs {
    /// The profile that the token belongs to, by id or name [default: the only one, else it is asked for]
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// The token's name [default: Profile Desk · COMPUTER · USER]
    #[arg(long, value_name = "TEXT")]
    pub(crate) token_name: Option<String>,
    /// Days until the token ends; 0 is never
    #[arg(long, value_name = "DAYS", default_value_t = TokenChoice::DAYS)]
    pub(crate) days: u16,
    /// Have the PIN sent this way, or take it from the app [default: the way that TagoIO asks for]
    #[arg(long, value_name = "WAY")]
    pub(crate) pin_by: Option<PinBy>,
    /// Read each password from a line of standard input, and the PIN, if one is asked for, from the line after it
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

/// How a PIN is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PinBy {
    /// From an authenticator app
    Authenticator,
    /// By SMS
    Sms,
    /// By e-mail
    Email,
}

#[derive(Debug, Args)]
pub(crate) struct RenewArgs {
    /// The accounts' labels or ids
    #[arg(value_name = "ACCOUNT", required_unless_present = "all_expiring")]
    pub(crate) accounts: Vec<String>,
    /// All that are signed out or whose token ends within --within days, the soonest first
    #[arg(long, conflicts_with = "accounts")]
    pub(crate) all_expiring: bool,
    /// How many days count as soon
    #[arg(long, value_name = "DAYS", default_value_t = 14)]
    pub(crate) within: u16,
    /// The e-mail address of a single account, where it is not known
    #[arg(long, value_name = "EMAIL", conflicts_with = "all_expiring")]
    pub(crate) email: Option<String>,
    #[command(flatten)]
    pub(crate) sign_in: SignInArgs,
}

impl From<PinBy> for SecondFactorKind {
    fn from(by: PinBy) -> Self {
        match by {
            PinBy::Authenticator => Self::Authenticator,
            PinBy::Sms => Self::Sms,
            PinBy::Email => Self::Email,
        }
    }
}
