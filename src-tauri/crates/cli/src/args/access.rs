//! Arguments of the commands about teams, access and the audit log.
#![allow(clippy::doc_markdown)] // what --help prints has no markup

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::act::Agree;

#[derive(Debug, Subcommand)]
pub(crate) enum TeamCommand {
    /// List the team of one profile, or of all that a team is known of
    List(TeamListArgs),
    /// Invite somebody to a profile's team; who is invited must accept within 7 days
    Add(TeamAddArgs),
    /// Take somebody out of a profile's team, or an invitation back
    Remove(TeamRemoveArgs),
    /// Take all access from a person: memberships, invitations, and tokens that they made
    ///
    /// Of all profiles that connected accounts own, in one batch, with a report of what is left and why. What a retry or
    /// an undo does to any batch it does to this one. For profiles of other owners drafts of mails are printed; nothing
    /// is sent.
    Offboard(OffboardArgs),
}

#[derive(Debug, Args)]
pub(crate) struct OffboardArgs {
    /// The person, by the e-mail address, id or name
    pub(crate) person: String,
    /// Fetch all teams and lists of tokens first
    #[arg(long)]
    pub(crate) sync: bool,
    /// Which of the tokens that the person made are revoked
    #[arg(long, value_enum, default_value_t = OffboardTokens::Safe)]
    pub(crate) tokens: OffboardTokens,
    /// Write the report to this file, as CSV
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OffboardTokens {
    /// Those of signing in, and those that were not used for a month
    Safe,
    /// Those that are in use, and those of a namesake, too
    All,
    /// None
    None,
}

#[derive(Debug, Args)]
pub(crate) struct TeamAddArgs {
    /// The profile's id or name
    pub(crate) profile: String,
    /// The person's e-mail address
    pub(crate) email: String,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Debug, Args)]
pub(crate) struct TeamRemoveArgs {
    /// The profile's id or name
    pub(crate) profile: String,
    /// The person, by the e-mail address or id that the team list shows
    pub(crate) person: String,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Debug, Args)]
pub(crate) struct TeamListArgs {
    /// The profile's id or name [default: all profiles]
    pub(crate) profile: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AccessArgs {
    /// As of then: a date, whose last moment is meant, or a date and time, in UTC [default: now]
    #[arg(long, value_name = "DATE")]
    pub(crate) at: Option<String>,
    /// Of one person alone, by the e-mail address, id or name
    #[arg(long, value_name = "PERSON")]
    pub(crate) person: Option<String>,
    /// To one profile alone, by its id or name
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Only to the profiles, and of the persons, that a filter leaves, such as 'group:north role:member'; words are
    /// looked for in names, addresses and ids of persons
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
pub(crate) struct AuditArgs {
    /// The profile's id or name
    pub(crate) profile: String,
    /// The beginning: a date, or a date and time, in UTC [default: all that is archived]
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// The end, not included [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<String>,
    /// Ask TagoIO, a query a week, instead of the archive [--from then is a week back by default]
    ///
    /// What is narrowed by nothing but the time goes into the archive. Narrowing takes a paid plan.
    #[arg(long)]
    pub(crate) live: bool,
    /// Only of one kind of resource, such as device, dashboard, analysis, action, profile, run
    #[arg(long, value_name = "KIND")]
    pub(crate) resource: Option<String>,
    /// Only of one resource, by its id
    #[arg(long, value_name = "ID", requires = "live")]
    pub(crate) resource_id: Option<String>,
    /// Only those with this text: with --live in what was done, else also in the resource and the person
    #[arg(long, value_name = "TEXT")]
    pub(crate) find: Option<String>,
    /// So many at most, the newest
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Write them as CSV; - for standard output
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub(crate) csv: Option<PathBuf>,
}
