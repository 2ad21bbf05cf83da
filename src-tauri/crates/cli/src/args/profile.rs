//! Arguments of the commands about profiles.
#![allow(clippy::doc_markdown)] // what --help prints has no markup

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::act::{Agree, EditArgs, ProtectArgs};
use super::sort::Sort;

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// List the profiles of all accounts
    List(ListArgs),
    /// Show what a profile is: owner, plan, allocation, how fresh each part is
    Info(OneArgs),
    /// Show what a profile has used of its limits, and how many of each resource it has
    Summary(OneArgs),
    /// Make a profile in an account, or one for each row of a file
    ///
    /// No two profiles of an account are given one name: by it a profile is found whose answer was lost, so that
    /// none is made twice.
    Create(ProfileCreateArgs),
    /// Give a profile another name, logo or banner
    Edit(EditArgs),
    /// Delete a profile with everything in it, for good; its name is asked for, and the account's password
    Delete(ProfileDeleteArgs),
    /// Hand a profile over to another account, which TagoIO's support does: see what it takes, and keep track of it
    #[command(subcommand)]
    Transfer(TransferCommand),
    /// Mark profiles as protected: a change of them must say --protected-too; it stays on this computer
    Protect(ProtectArgs),
    /// Take the mark of a protected profile away
    Unprotect(ProtectArgs),
}

#[derive(Debug, Args)]
pub(crate) struct OneArgs {
    /// The profile's id or name
    pub(crate) profile: String,
    /// Fetch it from the API first; if that fails, nothing is shown
    #[arg(long)]
    pub(crate) live: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only profiles that a filter leaves, such as 'group:north input:>80% -plan:free'; words are looked for in
    /// name, id and account
    #[arg(
        long,
        value_name = "FILTER",
        allow_hyphen_values = true,
        default_value = "",
        alias = "search"
    )]
    pub(crate) filter: String,
    /// The order; what is unknown or empty comes last
    #[arg(long, value_enum, default_value_t = Sort::Risk)]
    pub(crate) sort: Sort,
    /// Fetch all profiles of all accounts from the API first; if any of it fails, nothing is shown
    #[arg(long)]
    pub(crate) live: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ProfileCreateArgs {
    /// What it is called
    #[arg(required_unless_present = "from")]
    pub(crate) name: Option<String>,
    /// The account that is to own it, by its label or id
    #[arg(long, value_name = "ACCOUNT", required_unless_present = "from")]
    pub(crate) account: Option<String>,
    /// Make many: a CSV file with a column name, and a column account unless --account names one for all
    #[arg(long, value_name = "FILE", conflicts_with = "name")]
    pub(crate) from: Option<PathBuf>,
    /// Give it what TagoIO gives for free, as far as the account has that left
    #[arg(long)]
    pub(crate) free_resources: bool,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Debug, Args)]
pub(crate) struct ProfileDeleteArgs {
    /// The profile's id or name
    pub(crate) profile: String,
    /// Its name once more, exactly as it is [default on a terminal: ask for it]; --yes does not stand for this
    #[arg(long, value_name = "NAME")]
    pub(crate) confirm: Option<String>,
    /// Read the account's password from the first line of standard input, and a PIN, if one is asked for, from
    /// the second [default on a terminal: ask for them]
    #[arg(long)]
    pub(crate) password_stdin: bool,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TransferCommand {
    /// Show what a transfer depends on, and the profile's limits and resources as text for the ticket
    Check {
        /// The profile's id or name
        profile: String,
        /// The e-mail address of the account that is to have it
        #[arg(long, value_name = "EMAIL", default_value = "")]
        destination: String,
    },
    /// Note that TagoIO's support was asked, at https://admin.tago.io: Profiles, More, "Transfer this profile to
    /// another account"
    ///
    /// It is done by itself once a sync sees the profile gone from its account. Nothing is sent.
    Asked {
        /// The profile's id or name
        profile: String,
        /// The e-mail address of the account that is to have it
        #[arg(long, value_name = "EMAIL")]
        destination: String,
        /// The ticket's number, or another note
        #[arg(long, value_name = "TEXT", default_value = "")]
        ticket: String,
    },
    /// List the transfers that were asked for
    List,
    /// Note the ticket's number of one that waits
    Ticket {
        /// Its number, as list shows it
        number: i64,
        /// The ticket's number, or another note
        ticket: String,
    },
    /// Give one up that waits; TagoIO is not told
    GiveUp {
        /// Its number, as list shows it
        number: i64,
    },
}

impl ProfileCommand {
    /// Whether the API is to be asked.
    pub(crate) const fn live(&self) -> bool {
        match self {
            Self::Create(_) | Self::Edit(_) | Self::Delete(_) => true,
            Self::Protect(_) | Self::Unprotect(_) | Self::Transfer(_) => false,
            Self::List(wanted) => wanted.live,
            Self::Info(wanted) | Self::Summary(wanted) => wanted.live,
        }
    }
}
