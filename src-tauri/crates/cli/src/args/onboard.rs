//! Arguments of onboarding a customer.
#![allow(clippy::doc_markdown)] // what --help prints has no markup

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::token::May;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct OnboardArgs {
    #[command(subcommand)]
    pub(crate) command: Option<OnboardCommand>,
    #[command(flatten)]
    pub(crate) begin: OnboardBeginArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OnboardCommand {
    /// List the onboardings that were begun, with how each step stands
    List,
    /// Go on with one where it was: what was not done is tried again, what is done stays
    Resume(OnboardResumeArgs),
    /// Do without a step of one, or with it again
    Skip {
        /// Its number, as list shows it
        number: i64,
        /// The step, as list shows it
        step: String,
        /// Do it after all
        #[arg(long)]
        again: bool,
    },
    /// Print the page to hand over, or save it
    Page {
        /// Its number, as list shows it
        number: i64,
        /// Save it to this file: as a web page if its name ends in .html, else as text
        #[arg(long, value_name = "FILE")]
        save: Option<PathBuf>,
    },
    /// Forget one; what was done of it stays
    Forget {
        /// Its number, as list shows it
        number: i64,
    },
}

#[derive(Debug, Args)]
pub(crate) struct OnboardBeginArgs {
    /// The profile's name; no other profile of the account may be called so
    #[arg(long, value_name = "NAME", required_unless_present = "from")]
    pub(crate) name: Option<String>,
    /// Take all of it from a TOML file: name, account, free_resources, logo, invite, groups, customer,
    /// environment, note, protect, [limits] and [token] with name, permission, expires
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["name", "free_resources", "logo", "limit", "invite", "token", "group",
            "customer", "environment", "note", "protect"]
    )]
    pub(crate) from: Option<PathBuf>,
    /// The account that is to own it, by its label or id [default: the only one with a free profile]
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    /// Give it what TagoIO gives for free, as far as the account has that left
    #[arg(long)]
    pub(crate) free_resources: bool,
    /// The address of its logo
    #[arg(long, value_name = "URL")]
    pub(crate) logo: Option<String>,
    /// A limit, such as input=350000; may be given several times
    #[arg(long, value_name = "SERVICE=LIMIT")]
    pub(crate) limit: Vec<String>,
    /// Invite somebody to its team; may be given several times
    #[arg(long, value_name = "EMAIL")]
    pub(crate) invite: Vec<String>,
    /// Make a token of this name
    #[arg(long, value_name = "NAME", requires_all = ["permission", "expires"])]
    pub(crate) token: Option<String>,
    /// What the token may do
    #[arg(long, value_enum, requires = "token")]
    pub(crate) permission: Option<May>,
    /// Until when the token is valid: never, a date, or a number of days such as 90d
    #[arg(long, value_name = "TIME", requires = "token")]
    pub(crate) expires: Option<String>,
    /// Put it into this group, which is made if it is not there; may be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) group: Vec<String>,
    /// Whose it is, as a group of that kind
    #[arg(long, value_name = "NAME")]
    pub(crate) customer: Option<String>,
    /// What it is for, as a group of that kind: production, test
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// Write a note about it
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    /// Mark it as protected
    #[arg(long)]
    pub(crate) protect: bool,
    /// Only show what would be done and what would be refused; nothing is sent
    #[arg(long, conflicts_with_all = ["yes", "to", "print", "password_stdin"])]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) out: OnboardOut,
}

/// Where a new token's value goes, and what going on takes.
#[derive(Debug, Args)]
pub(crate) struct OnboardOut {
    /// Write the token's value to this file, which must not be there yet; only you may read it
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
    /// Print the token's value on standard output
    #[arg(long, conflicts_with = "to")]
    pub(crate) print: bool,
    /// Read the account's password from the first line of standard input, and a PIN, if one is asked for, from
    /// the second [default on a terminal: ask for them]
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct OnboardResumeArgs {
    /// Its number, as list shows it
    pub(crate) number: i64,
    #[command(flatten)]
    pub(crate) out: OnboardOut,
}

impl OnboardArgs {
    /// Whether the API is to be asked.
    pub(crate) const fn sends(&self) -> bool {
        match &self.command {
            None => !self.begin.dry_run,
            Some(command) => matches!(command, OnboardCommand::Resume(_)),
        }
    }
}
