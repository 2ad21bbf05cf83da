//! Arguments of the commands about what an account has bought.
#![allow(clippy::doc_markdown)] // what --help prints has no markup

use clap::{Args, Subcommand, ValueEnum};

use super::act::Agree;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct BuyArgs {
    #[command(subcommand)]
    pub(crate) command: Option<BuyCommand>,
    /// The account's label or id
    #[arg(required = true)]
    pub(crate) account: Option<String>,
    /// A service and its new limit, such as input=4000000 [default: list what TagoIO sells]
    #[arg(value_name = "SERVICE=LIMIT")]
    pub(crate) limits: Vec<String>,
    /// Give what is new to this profile of the account, by its id or name
    #[arg(long, value_name = "PROFILE")]
    pub(crate) allocate_to: Option<String>,
    /// Only ask what it costs; nothing is bought
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask; what it may cost now is then said by --most
    #[arg(long, conflicts_with = "dry_run", requires = "most")]
    pub(crate) yes: bool,
    /// Buy only if it costs so much now or less, in US dollars, such as 12.50
    #[arg(long, value_name = "DOLLARS")]
    pub(crate) most: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BuyCommand {
    /// List the purchases that are not over
    List,
    /// Go on with a purchase that was cut off; nothing is bought by this
    Resume {
        /// Its number
        number: i64,
    },
    /// Let a purchase be; what was bought stays bought
    Cancel {
        /// Its number
        number: i64,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CancelDowngradeArgs {
    /// The account's label or id
    pub(crate) account: String,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Debug, Args)]
pub(crate) struct PaymentArgs {
    /// What is done about it
    pub(crate) how: How,
    /// The account's label or id
    pub(crate) account: String,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum How {
    /// It is tried again, which spends money
    Retry,
    /// What it was for is given up
    Cancel,
}
