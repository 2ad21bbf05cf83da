//! Arguments of the commands about tokens.
#![allow(clippy::doc_markdown)] // what --help prints has no markup

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use desk::change::TokenPermission;

use super::act::Agree;

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// List tokens' metadata of one profile or of all, those of signing in left out
    List(TokenListArgs),
    /// Say whose a token is, without asking TagoIO: the profile, who made it, what it may do, its last use
    ///
    /// The token is read from standard input or asked for, never from the command line. Exit 1 if no profile
    /// is known to have or to have had it.
    Find(TokenFindArgs),
    /// Make a token of a profile; its value goes to a new file or is printed, once
    ///
    /// It takes the account's password, and a PIN where there is a second factor.
    ///
    /// If the connection breaks, it is looked up whether the token was made; it is never made twice.
    Create(TokenCreateArgs),
    /// Revoke a token of a profile: what uses it is refused from then on
    #[command(alias = "delete")]
    Revoke(TokenRevokeArgs),
    /// Move the token that an account is reached with to another profile of the account
    ///
    /// The account that owns the profile is meant. Its token then belongs to that profile: what it reaches may differ.
    /// The data of both profiles stays where it is.
    Move(TokenMoveArgs),
    /// Replace a token by a new one without a gap, over as much time as that takes
    ///
    /// begin makes the new token. Put it where the old one is; list shows, from each sync, whether the new one is
    /// used and the old one quiet; finish then revokes the old one. cancel gives it up and revokes the new one.
    #[command(subcommand)]
    Rotate(RotateCommand),
}

impl TokenCommand {
    /// Whether something is changed at TagoIO.
    pub(crate) const fn changes(&self) -> bool {
        match self {
            Self::List(_) | Self::Find(_) => false,
            Self::Create(_) | Self::Revoke(_) | Self::Move(_) => true,
            Self::Rotate(command) => !matches!(command, RotateCommand::List),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct TokenCreateArgs {
    /// The profile's id or name
    pub(crate) profile: String,
    /// What it is called; no other token of the profile may be called so
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// What it may do
    #[arg(long, value_enum)]
    pub(crate) permission: May,
    /// Until when it is valid: never, a date, or a number of days such as 90d
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: String,
    #[command(flatten)]
    pub(crate) out: HandOut,
}

/// Where a new token's value goes, and what making it takes.
#[derive(Debug, Args)]
pub(crate) struct HandOut {
    /// Write its value to this file, which must not be there yet; only you may read it
    #[arg(long, value_name = "FILE", required_unless_present_any = ["print", "dry_run"])]
    pub(crate) to: Option<PathBuf>,
    /// Print its value on standard output
    #[arg(long, conflicts_with = "to")]
    pub(crate) print: bool,
    /// Read the account's password from the first line of standard input, and a PIN, if one is asked for, from
    /// the second [default on a terminal: ask for them]
    #[arg(long)]
    pub(crate) password_stdin: bool,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RotateCommand {
    /// Make the token that takes another one's place
    Begin(RotateBeginArgs),
    /// List the tokens that are being replaced, with what is to be done next
    List,
    /// Revoke the old token, once the new one is used and the old one was not for a day
    Finish(RotateFinishArgs),
    /// Give it up: revoke the new token
    Cancel(RotateCancelArgs),
}

#[derive(Debug, Args)]
pub(crate) struct RotateBeginArgs {
    /// The profile's id or name
    pub(crate) profile: String,
    /// The token that is to go, by its name, the last four characters, or the fingerprint that --json shows
    pub(crate) token: String,
    /// What the new one is called; no other token of the profile may be called so
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
    /// What the new one may do
    #[arg(long, value_enum)]
    pub(crate) permission: May,
    /// Until when the new one is valid: never, a date, or a number of days such as 90d
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: String,
    /// A note on where the new one is to be put
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) place: String,
    #[command(flatten)]
    pub(crate) out: HandOut,
}

#[derive(Debug, Args)]
pub(crate) struct RotateFinishArgs {
    /// Its number, as list shows it
    pub(crate) number: i64,
    /// Even if the new token is not used yet, or the old one still is
    #[arg(long)]
    pub(crate) anyway: bool,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Debug, Args)]
pub(crate) struct RotateCancelArgs {
    /// Its number, as list shows it
    pub(crate) number: i64,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum May {
    /// Everything
    Full,
    /// Write
    Write,
    /// Read
    Read,
}

impl From<May> for TokenPermission {
    fn from(may: May) -> Self {
        match may {
            May::Full => Self::Full,
            May::Write => Self::Write,
            May::Read => Self::Read,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct TokenRevokeArgs {
    /// The profile's id or name
    pub(crate) profile: String,
    /// The token, by its name, the last four characters, or the fingerprint that --json shows
    pub(crate) token: String,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Debug, Args)]
pub(crate) struct TokenMoveArgs {
    /// The id or name of the profile that it is to belong to
    pub(crate) profile: String,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Debug, Args)]
pub(crate) struct TokenListArgs {
    /// The profile's id or name [default: all profiles]
    pub(crate) profile: Option<String>,
    /// Only these, such as: permission:full expires:<14d flag:orphan used:>90d creator:anna
    #[arg(
        long,
        value_name = "FILTER",
        allow_hyphen_values = true,
        default_value = ""
    )]
    pub(crate) filter: String,
    /// List the tokens of signing in as well
    #[arg(long)]
    pub(crate) sign_ins: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TokenFindArgs {
    /// Read the token from the first line of standard input [default on a terminal: ask for it]
    #[arg(long)]
    pub(crate) stdin: bool,
}
