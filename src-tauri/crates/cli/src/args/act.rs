//! The commands that change something, and the log of what was changed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// How a change is agreed to.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Agree {
    /// Only show what would be changed and what would be refused; nothing is sent
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) yes: bool,
    /// Change protected profiles, too
    #[arg(long)]
    pub(crate) protected_too: bool,
}

#[derive(Debug, Args)]
pub(crate) struct EditArgs {
    /// The profile's id or name
    pub(crate) profile: String,
    /// Its name from now on
    #[arg(long, value_name = "NAME", required_unless_present_any = ["logo_url", "banner_url", "logo_file", "banner_file"])]
    pub(crate) name: Option<String>,
    /// The address of its logo from now on
    #[arg(long, value_name = "URL")]
    pub(crate) logo_url: Option<String>,
    /// The address of its banner from now on
    #[arg(long, value_name = "URL")]
    pub(crate) banner_url: Option<String>,
    /// A picture file that becomes its logo: PNG, JPEG, GIF or WebP. It is uploaded to the files of the profile that
    /// the account's token belongs to, where everybody who has its address can read it
    #[arg(long, value_name = "FILE", conflicts_with = "logo_url")]
    pub(crate) logo_file: Option<PathBuf>,
    /// A picture file that becomes its banner, in the same way
    #[arg(long, value_name = "FILE", conflicts_with = "banner_url")]
    pub(crate) banner_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Debug, Args)]
pub(crate) struct ProtectArgs {
    /// Profiles, by id or name
    #[arg(required = true)]
    pub(crate) profiles: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ReadOnlyArgs {
    /// The account's label or id
    pub(crate) account: String,
    /// Whether it is only read
    pub(crate) state: Switch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    /// No change goes by it
    On,
    /// Changes are made as its token may
    Off,
}

#[derive(Debug, Args)]
#[command(subcommand_required = false)]
pub(crate) struct ServicesArgs {
    /// The profile's id or name
    pub(crate) profile: String,
    #[command(subcommand)]
    pub(crate) command: Option<ServicesCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ServicesCommand {
    /// Give it other limits; services that are not named stay as they are
    Set {
        /// A service and its limit, such as input=350000
        #[arg(required = true, value_name = "SERVICE=LIMIT")]
        limits: Vec<String>,
        #[command(flatten)]
        agree: Agree,
    },
}

#[derive(Debug, Args)]
pub(crate) struct AllocationSetArgs {
    /// A CSV file with a column profile (id or name) and a column for each service that changes, such as
    /// input; an empty cell leaves a limit as it is
    #[arg(long, value_name = "FILE")]
    pub(crate) from: PathBuf,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Debug, Args)]
pub(crate) struct BatchArgs {
    /// The batch's number, as a change or the log shows it
    pub(crate) batch: i64,
    /// Read the account's password from the first line of standard input, and a PIN from the second, if a
    /// change takes them [default on a terminal: ask for them]
    #[arg(long)]
    pub(crate) password_stdin: bool,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// Only what began at or after this time: a date, a time, or an age such as 7d
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Only what began before this time
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Only by one account, by its label or id
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    /// Only about one profile, by its id or name
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Only of one batch
    #[arg(long, value_name = "NUMBER")]
    pub(crate) batch: Option<i64>,
    /// Only what ended so
    #[arg(long, value_enum)]
    pub(crate) result: Vec<Ended>,
    /// Only what a filter leaves, such as 'group:north rename'; words are looked for in account, profile, values and
    /// message
    #[arg(
        long,
        value_name = "FILTER",
        allow_hyphen_values = true,
        default_value = ""
    )]
    pub(crate) filter: String,
    /// So many of the newest [default: 100, or all with --since]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Write it as CSV; - for standard output
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub(crate) csv: Option<PathBuf>,
    /// First find out how actions ended of which that is not known; this asks TagoIO
    #[arg(long)]
    pub(crate) settle: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ended {
    /// It was about to be sent, and no more is known
    Begun,
    /// TagoIO confirmed it
    Done,
    /// It was not sent
    Refused,
    /// It was not done
    Failed,
    /// Its answer was lost
    Unknown,
}
