//! The arguments of `pdesk check`. The comments are what `--help` prints.

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct CheckArgs {
    /// Also what is acknowledged or snoozed
    #[arg(long)]
    pub(crate) all: bool,
    /// Only what this leaves, in the language of the window's filter box: kind:service,silent severity:>=urgent
    /// account:acme, words
    #[arg(
        long,
        value_name = "FILTER",
        allow_hyphen_values = true,
        default_value = ""
    )]
    pub(crate) filter: String,
    #[command(subcommand)]
    pub(crate) command: Option<CheckCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CheckCommand {
    /// Take a line off the list until it is worse, or until a day
    Acknowledge {
        /// The line's id, as pdesk check prints it
        id: String,
        /// Snooze it: it returns on this day even if it is no worse; a date, or a date and time, in UTC
        #[arg(long, value_name = "DATE")]
        until: Option<String>,
        /// A note to keep with it; without this, the one that it has stays
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Put a line back on the list that was acknowledged or snoozed
    Undo {
        /// The line's id, as pdesk check --all prints it
        id: String,
    },
}
