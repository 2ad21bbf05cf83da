//! The commands and options that pdesk knows.
//!
//! The comments on them are what `--help` prints, so they have no markup.
#![allow(clippy::doc_markdown)]

mod access;
mod act;
mod backup;
mod buy;
mod check;
mod costs;
mod group;
mod invitation;
mod onboard;
mod profile;
mod sign_in;
mod sort;
mod sync;
mod token;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use desk::read::ChangeTopic;

pub(crate) use self::group::{GroupCommand, Kind, Member, NoteArgs};
pub(crate) use access::{
    AccessArgs, AuditArgs, OffboardArgs, OffboardTokens, TeamAddArgs, TeamCommand, TeamListArgs,
    TeamRemoveArgs,
};
pub(crate) use act::{
    Agree, AllocationSetArgs, BatchArgs, EditArgs, Ended, LogArgs, ProtectArgs, ReadOnlyArgs,
    ServicesArgs, ServicesCommand, Switch,
};
pub(crate) use backup::{
    BackupCommand, BackupCreateArgs, BackupDeleteArgs, BackupDownloadArgs, BackupListArgs,
};
pub(crate) use buy::{BuyArgs, BuyCommand, CancelDowngradeArgs, How, PaymentArgs};
pub(crate) use check::{CheckArgs, CheckCommand};
pub(crate) use invitation::{InvitationAnswer, InvitationArgs};

use crate::output::Refusal;

pub(crate) use costs::{AllocationArgs, AllocationCommand, AllocationShowArgs, CostsArgs};
pub(crate) use onboard::{OnboardArgs, OnboardBeginArgs, OnboardCommand, OnboardOut};
pub(crate) use profile::{
    ListArgs, OneArgs, ProfileCommand, ProfileCreateArgs, ProfileDeleteArgs, TransferCommand,
};
pub(crate) use sign_in::{RenewArgs, SignInArgs};
pub(crate) use sort::Sort;
pub(crate) use sync::{SyncArgs, SyncsArgs};
pub(crate) use token::{
    HandOut, May, RotateBeginArgs, RotateCommand, TokenCommand, TokenCreateArgs, TokenFindArgs,
    TokenListArgs, TokenMoveArgs, TokenRevokeArgs,
};

/// Keep many TagoIO profiles in view from a terminal.
#[derive(Debug, Parser)]
#[command(name = "pdesk", version, about, max_term_width = 100)]
pub(crate) struct Pdesk {
    /// Print JSON, for programs; errors too, on standard error
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The data folder [default: the platform's own, or PROFILE_DESK_DATA_DIR]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) data_dir: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Connect, list and forget accounts
    #[command(subcommand)]
    Account(AccountCommand),
    /// Fetch what is due of what the accounts reach into the data folder
    ///
    /// What is fresh is not asked for: each dataset has an age at which it is due again, such as 15 minutes
    /// for limits and use, an hour for the history by hour, a day for teams.
    ///
    /// The ages are settings: see pdesk config get. What is due is shown with --plan.
    Sync(SyncArgs),
    /// Show the syncs that there were, the newest first, or one of them with all that failed in it
    ///
    /// Those of the window are among them. The newest 1,000 are kept.
    Syncs(SyncsArgs),
    /// Show profiles, from the data folder
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Onboard a customer: make a profile with logo, limits, team, token, groups and note, in one go
    ///
    /// A step that fails stops no other. What was begun is kept: killed at any moment it goes on where it was with
    /// onboard resume, and nothing is made twice.
    Onboard(Box<OnboardArgs>),
    /// Show what a profile or all of them used by hour, day or month, from the data folder
    Usage(UsageArgs),
    /// Show what was seen to change at TagoIO, the newest first, from the data folder
    ///
    /// A change is seen by the fetch after it, and happened at some time since the fetch before.
    ///
    /// What the first fetch of something finds is no change.
    Changes(ChangesArgs),
    /// Show what a profile may use of each service, or give it other limits
    Services(ServicesArgs),
    /// Show what was changed from here, or was not let, the newest first
    ///
    /// The log is only added to. It holds what stood before and after, and no secret.
    Log(LogArgs),
    /// Try again what failed in a batch of changes
    ///
    /// Where it is not known whether something was done, that is found out first.
    Retry(BatchArgs),
    /// Take back what a batch of changes and its retries did, where the API can
    ///
    /// What was changed since by somebody else is left alone.
    Undo(BatchArgs),
    /// List, make and fill groups of profiles; they stay on this computer
    #[command(subcommand)]
    Group(GroupCommand),
    /// Show or write the note on a profile; it stays on this computer
    Note(NoteArgs),
    /// Show what the accounts cost a month and which profile they cost it for, from the data folder
    ///
    /// A profile costs the price of its account's tier × its share of the account's limit.
    ///
    /// All lines of an account and the difference together are the invoice that TagoIO announces.
    Costs(CostsArgs),
    /// Show what each account has bought, allocated to whom, and left, from the data folder
    Allocation(AllocationArgs),
    /// List tokens' metadata, and find out whose a token is, from the data folder
    #[command(subcommand)]
    Token(TokenCommand),
    /// List who is in profiles' teams, from the data folder
    #[command(subcommand)]
    Team(TeamCommand),
    /// Show who can get in, now or on a past day: members, invitations, tokens
    ///
    /// Each line says whether it was seen, is inferred from the audit log, or was before the first sync and is
    /// not known.
    Access(AccessArgs),
    /// Show a profile's audit events from the archive, and of which times there are any; or ask TagoIO for them
    Audit(AuditArgs),
    /// List, start, download and delete backups of profiles at TagoIO
    #[command(subcommand)]
    Backup(BackupCommand),
    /// Show what needs attention, worst first, from the data folder; exit code 6 if anything does
    ///
    /// Limits that are reached or near, silent profiles, payments, downgrades, tokens, invitations, accounts that are
    /// signed out, old backups. A line can be acknowledged or snoozed; it returns when it gets worse.
    Check(CheckArgs),
    /// Show and change the settings, which the window shares
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print a script that completes pdesk's commands in a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Connect an account by a profile token, or by e-mail and password; one that is there gets the new token
    /// and keeps the rest
    Add(Box<AddArgs>),
    /// Give accounts a new token by their password, one after the other; they keep everything else
    ///
    /// A password, and a PIN where there is a second factor, is asked for each. Neither is kept.
    Renew(RenewArgs),
    /// List the connected accounts, and when each one's token ends
    List,
    /// List the accounts by when each one's token ends, the soonest first
    Expiries,
    /// Forget an account, its token and what only it reaches; history cannot be fetched again
    Remove(RemoveArgs),
    /// Let an account only be read, whatever its token may; it stays on this computer
    ReadOnly(ReadOnlyArgs),
    /// Buy higher limits for an account; without limits, list what TagoIO sells
    ///
    /// It spends money, so that it is off until pdesk config set buying true. What it costs is asked right before, and
    /// nothing is bought that costs more than was agreed to. What was cut off is gone on with by resume.
    Buy(Box<BuyArgs>),
    /// Cancel a scheduled downgrade of an account
    CancelDowngrade(CancelDowngradeArgs),
    /// Try a failed payment of an account again, or give up what it was for
    Payment(PaymentArgs),
    /// List the invitations of an account to others' profiles, or answer one; TagoIO is asked
    Invitation(InvitationArgs),
}

impl AccountCommand {
    /// Whether the API is asked with the account's token.
    pub(crate) const fn changes(&self) -> bool {
        matches!(
            self,
            Self::Buy(_) | Self::CancelDowngrade(_) | Self::Payment(_) | Self::Invitation(_)
        )
    }
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// What to call it; unique among the accounts
    #[arg(long, value_name = "TEXT", required_unless_present = "from")]
    pub(crate) label: Option<String>,
    /// us-e1, eu-w1, or the base URL of a private deployment
    #[arg(long, value_name = "REGION", required_unless_present = "from")]
    pub(crate) region: Option<String>,
    /// Connect many: a CSV file with the columns label and region; each one's token is asked for
    #[arg(long, value_name = "FILE", conflicts_with_all = ["label", "region"])]
    pub(crate) from: Option<PathBuf>,
    /// Read the token from the first line of standard input, with --from a line an account [default on
    /// a terminal: ask for it]
    #[arg(long)]
    pub(crate) token_stdin: bool,
    /// Sign in with this e-mail address and its password, which is asked for, and make a token
    #[arg(long, value_name = "EMAIL", conflicts_with_all = ["from", "token_stdin", "no_keychain"])]
    pub(crate) email: Option<String>,
    #[command(flatten)]
    pub(crate) sign_in: SignInArgs,
    /// Keep no token; each run then needs it in PROFILE_DESK_TOKEN
    #[arg(long)]
    pub(crate) no_keychain: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// The account's label or id
    pub(crate) account: String,
    /// Keep what is known of its profiles
    #[arg(long)]
    pub(crate) keep_history: bool,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct UsageArgs {
    /// The profile's id or name
    #[arg(required_unless_present = "all")]
    pub(crate) profile: Option<String>,
    /// All profiles that are not removed, a row each and period, and a total a period
    #[arg(long, conflicts_with = "profile")]
    pub(crate) all: bool,
    /// Only the profiles of one group, customer or environment
    #[arg(long, value_name = "GROUP", requires = "all")]
    pub(crate) group: Option<String>,
    /// Only the profiles that a filter leaves, as of profile list
    #[arg(
        long,
        value_name = "FILTER",
        allow_hyphen_values = true,
        requires = "all",
        default_value = ""
    )]
    pub(crate) filter: String,
    /// The beginning: a date, or a date and time [default: 31 days back by hour, else 13 months]
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// The end, not included [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<String>,
    /// The width of a row
    #[arg(long, value_enum, default_value_t = Width::Day)]
    pub(crate) by: Width,
    /// The time zone of the rows and of --from and --to: an IANA name
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub(crate) timezone: String,
    /// Write the rows to a CSV file; - for standard output
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub(crate) csv: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ChangesArgs {
    /// Only what was seen since: a date, or a date and time, in UTC [default: the newest 100]
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Of one account alone, by its label or id
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    /// Of one profile alone, by its id or name
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Only what a filter leaves, such as 'group:north tokens'; words are looked for in account, profile, subject
    /// and values
    #[arg(
        long,
        value_name = "FILTER",
        allow_hyphen_values = true,
        default_value = ""
    )]
    pub(crate) filter: String,
    /// Only these topics [default: all but sign_ins]
    #[arg(long, value_name = "TOPIC", value_enum, num_args = 1.., value_delimiter = ',')]
    pub(crate) topic: Vec<Topic>,
    /// So many at most, the newest [default: 100, or all with --since]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Topic {
    /// Profiles that came, went or were renamed
    Profiles,
    /// Limits, and use that crossed 80, 90 or 100 % of one
    Limits,
    /// Tokens that somebody made
    Tokens,
    /// Tokens that signing in on TagoIO's site made; they come and go
    #[value(name = "sign_ins", alias = "sign-ins")]
    SignIns,
    /// Teams
    People,
    /// Plans, payments and downgrades
    Billing,
    /// Backups
    Backups,
}

impl From<Topic> for ChangeTopic {
    fn from(topic: Topic) -> Self {
        match topic {
            Topic::Profiles => Self::Profiles,
            Topic::Limits => Self::Limits,
            Topic::Tokens => Self::Tokens,
            Topic::SignIns => Self::SignIns,
            Topic::People => Self::People,
            Topic::Billing => Self::Billing,
            Topic::Backups => Self::Backups,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show a setting's value, or all settings with what they do
    Get {
        /// The setting's name, such as sync.interval [default: all]
        key: Option<String>,
    },
    /// Change a setting
    Set {
        /// The setting's name
        key: String,
        /// What it is from now on
        #[arg(allow_negative_numbers = true)]
        value: String,
    },
    /// Make a setting what it was at first
    Reset {
        /// The setting's name
        key: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Width {
    /// Hours, from hourly samples
    Hour,
    /// Days; those older than the hourly samples are days of UTC
    Day,
    /// Calendar months
    Month,
}

/// Reads the command line. `Err` is help, the version or a refusal, each to be printed.
pub(crate) fn read(args: impl IntoIterator<Item = OsString>) -> Result<Pdesk, Refusal> {
    let args: Vec<OsString> = args.into_iter().collect();
    // A command line that cannot be read may still ask for JSON.
    let json = args.iter().any(|arg| arg == "--json");
    Pdesk::try_parse_from(args).map_err(|error| Refusal::new(error, json))
}

/// The definition of all commands, for completions.
pub(crate) fn definition() -> clap::Command {
    Pdesk::command()
}

/// Reads a line as a test writes it.
#[cfg(test)]
fn parse(line: &str) -> Result<Pdesk, Refusal> {
    read(line.split(' ').map(OsString::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        definition().debug_assert();
    }

    #[test]
    fn json_and_data_dir_stand_before_or_after_the_command() {
        for line in [
            "pdesk --json --data-dir /d account list",
            "pdesk account list --json --data-dir /d",
            "pdesk account --data-dir /d list --json",
        ] {
            let args = parse(line).unwrap();
            assert!(args.json, "{line}");
            assert_eq!(args.data_dir, Some(PathBuf::from("/d")), "{line}");
        }
    }

    #[test]
    fn an_account_is_added_with_label_and_region_and_never_with_a_token_argument() {
        let args = parse("pdesk account add --label Acme --region eu-w1 --token-stdin").unwrap();
        let Command::Account(AccountCommand::Add(add)) = args.command else {
            panic!("another command");
        };
        assert_eq!(add.label.as_deref(), Some("Acme"));
        assert_eq!(add.region.as_deref(), Some("eu-w1"));
        assert!(add.token_stdin && !add.no_keychain);
        for line in [
            "pdesk account add --label Acme --region eu-w1 --token abc",
            "pdesk account add --label Acme --region eu-w1 abc",
            "pdesk account add --label Acme",
            "pdesk account add --label Acme --from accounts.csv",
            "pdesk account add",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn usage_takes_a_range_a_width_and_a_zone_and_either_csv_or_json() {
        let args =
            parse("pdesk usage abc --from 2026-05-01 --to 2026-06-01 --by month --csv -").unwrap();
        let Command::Usage(usage) = args.command else {
            panic!("another command");
        };
        assert_eq!(usage.by, Width::Month);
        assert_eq!(usage.timezone, "UTC");
        assert_eq!(usage.csv, Some(PathBuf::from("-")));
        assert!(parse("pdesk usage abc --csv - --json").is_err());
        assert!(parse("pdesk usage abc --by week").is_err());
        assert!(parse("pdesk usage --all --by month").is_ok());
        assert!(parse("pdesk usage abc --all").is_err());
    }

    #[test]
    fn topics_are_named_once_or_several_at_a_time() {
        let topics = |line: &str| match parse(line).unwrap().command {
            Command::Changes(wanted) => wanted.topic,
            _ => panic!("another command"),
        };
        let two = [Topic::Limits, Topic::SignIns];
        for line in [
            "pdesk changes --topic limits sign_ins",
            "pdesk changes --topic limits,sign_ins --limit 5",
            "pdesk changes --topic limits --topic sign-ins --json",
        ] {
            assert_eq!(topics(line), two, "{line}");
        }
        assert_eq!(topics("pdesk changes"), []);
        assert!(parse("pdesk changes --topic weather").is_err());
        assert!(parse("pdesk changes --limit 0").is_err());
    }

    #[test]
    fn a_refusal_is_in_json_where_the_line_asks_for_it() {
        assert!(parse("pdesk frobnicate --json").unwrap_err().json);
        assert!(!parse("pdesk frobnicate").unwrap_err().json);
    }
}
