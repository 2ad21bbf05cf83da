//! Arguments of the commands about backups at TagoIO.
#![allow(clippy::doc_markdown)] // what --help prints has no markup

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::act::Agree;

#[derive(Debug, Subcommand)]
pub(crate) enum BackupCommand {
    /// List a profile's backups, the newest first, from the data folder
    List(BackupListArgs),
    /// Start a backup of profiles; TagoIO makes one a day of each, on paid plans
    ///
    /// One that was made today already is left as it is, and is no failure.
    ///
    /// If the connection breaks, it is looked up whether the backup was started; it is never started twice.
    Create(BackupCreateArgs),
    /// Download a backup to a file; what came of it is gone on with, also by a later run
    ///
    /// It takes the account's password, and a PIN where there is a second factor.
    ///
    /// What came is in FILE.part until it is whole. Its SHA-256 is printed at the end.
    Download(BackupDownloadArgs),
    /// Delete a backup at TagoIO, for good; it takes the account's password
    Delete(BackupDeleteArgs),
}

impl BackupCommand {
    /// Whether TagoIO is asked.
    pub(crate) const fn asks(&self) -> bool {
        match self {
            Self::List(list) => list.live,
            Self::Create(_) | Self::Download(_) | Self::Delete(_) => true,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct BackupListArgs {
    /// The profile's id or name
    pub(crate) profile: String,
    /// Ask TagoIO first
    #[arg(long)]
    pub(crate) live: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BackupCreateArgs {
    /// The profiles' ids or names
    #[arg(required = true)]
    pub(crate) profiles: Vec<String>,
    #[command(flatten)]
    pub(crate) agree: Agree,
}

#[derive(Debug, Args)]
pub(crate) struct BackupDownloadArgs {
    /// The profile's id or name
    pub(crate) profile: String,
    /// The backup's id [default: the newest that is completed]
    pub(crate) backup: Option<String>,
    /// The file to write; one that is there is left alone
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
    /// Read the password from the first line of standard input, and a PIN from the next
    #[arg(long)]
    pub(crate) password_stdin: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BackupDeleteArgs {
    /// The profile's id or name
    pub(crate) profile: String,
    /// The backup's id
    pub(crate) backup: String,
    /// Read the password from the first line of standard input
    #[arg(long)]
    pub(crate) password_stdin: bool,
    #[command(flatten)]
    pub(crate) agree: Agree,
}
