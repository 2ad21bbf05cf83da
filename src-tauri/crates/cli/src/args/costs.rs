//! `pdesk costs` and `pdesk allocation`.

use clap::{Args, Subcommand};

use super::AllocationSetArgs;

#[derive(Debug, Args)]
pub(crate) struct CostsArgs {
    /// Of one account alone, by its label or id
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    /// As of a past moment: a date, or a date and time, in UTC [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Only profiles that a filter leaves, such as group:north or 'cost:>10'
    #[arg(
        long,
        value_name = "FILTER",
        allow_hyphen_values = true,
        default_value = ""
    )]
    pub(crate) filter: String,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct AllocationArgs {
    #[command(subcommand)]
    pub(crate) command: Option<AllocationCommand>,
    #[command(flatten)]
    pub(crate) show: AllocationShowArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AllocationCommand {
    /// Show what each account has bought, allocated and left; the same as no command
    Show(AllocationShowArgs),
    /// Give many profiles other limits, in one request for each account
    Set(AllocationSetArgs),
}

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct AllocationShowArgs {
    /// Of one account alone, by its label or id, with each of its profiles
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    /// Only one service, such as input or data_records
    #[arg(long, value_name = "SERVICE")]
    pub(crate) service: Option<String>,
    /// Only accounts that own a profile that a filter leaves, such as group:north
    #[arg(
        long,
        value_name = "FILTER",
        allow_hyphen_values = true,
        default_value = ""
    )]
    pub(crate) filter: String,
}
