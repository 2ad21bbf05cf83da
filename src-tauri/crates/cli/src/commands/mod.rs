//! The commands, a file each, all thin over the desk.

mod access;
mod account;
mod act;
mod allocation;
mod archive;
mod audit;
mod backup;
mod batch;
mod buy;
mod change;
mod changes;
mod check;
mod config;
mod costs;
mod csv;
mod expiries;
mod fleet_usage;
mod group;
mod invitation;
mod live;
mod log;
mod many;
mod offboard;
mod onboard;
mod plan;
mod profile;
mod profile_change;
mod rotate;
mod sign_in;
mod sync;
mod syncs;
mod team;
mod token;
mod token_change;
mod transfer;
mod usage;

use std::path::PathBuf;

use desk::{Desk, Options};
use model::Token;

use crate::args::{Command, Pdesk, TeamCommand, definition};
use crate::ask;
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};

/// Runs the command of a command line.
pub(crate) async fn run(args: Pdesk, output: &Output) -> Result<Exit, Failure> {
    let folder = args.data_dir;
    match args.command {
        Command::Account(command) => {
            let token = token(command.changes())?;
            Box::pin(account::run(&open(folder, token).await?, command, output)).await
        }
        Command::Sync(wanted) if wanted.plan => {
            plan::run(&open(folder, None).await?, &wanted, output).await
        }
        Command::Sync(wanted) => {
            let token = ask::environment_token()?;
            sync::run(&open(folder, token).await?, wanted, output).await
        }
        Command::Syncs(wanted) => syncs::run(&open(folder, None).await?, &wanted, output).await,
        Command::Profile(command) => {
            let token = token(command.live())?;
            profile::run(&open(folder, token).await?, command, output).await
        }
        Command::Usage(wanted) => usage::run(&open(folder, None).await?, wanted, output).await,
        Command::Changes(wanted) => changes::run(&open(folder, None).await?, wanted, output).await,
        Command::Group(command) => group::run(&open(folder, None).await?, command, output).await,
        Command::Note(wanted) => group::note(&open(folder, None).await?, wanted, output).await,
        Command::Costs(wanted) => costs::run(&open(folder, None).await?, wanted, output).await,
        Command::Allocation(wanted) => {
            let token = ask::environment_token()?;
            allocation::run(&open(folder, token).await?, wanted, output).await
        }
        Command::Services(wanted) => {
            let token = ask::environment_token()?;
            allocation::services(&open(folder, token).await?, wanted, output).await
        }
        Command::Onboard(wanted) => {
            let token = token(wanted.sends())?;
            Box::pin(onboard::run(&open(folder, token).await?, *wanted, output)).await
        }
        Command::Retry(wanted) => {
            let token = ask::environment_token()?;
            batch::retry(&open(folder, token).await?, wanted, output).await
        }
        Command::Undo(wanted) => {
            let token = ask::environment_token()?;
            batch::undo(&open(folder, token).await?, wanted, output).await
        }
        Command::Log(wanted) => {
            let token = ask::environment_token()?;
            log::run(&open(folder, token).await?, wanted, output).await
        }
        Command::Token(command) => {
            let token = token(command.changes())?;
            Box::pin(token::run(&open(folder, token).await?, command, output)).await
        }
        Command::Team(command) => {
            let token = token(!matches!(command, TeamCommand::List(_)))?;
            Box::pin(access::team(&open(folder, token).await?, command, output)).await
        }
        Command::Access(wanted) => access::run(&open(folder, None).await?, wanted, output).await,
        Command::Audit(wanted) => {
            let token = token(wanted.live)?;
            audit::run(&open(folder, token).await?, wanted, output).await
        }
        Command::Backup(command) => {
            let token = token(command.asks())?;
            Box::pin(backup::run(&open(folder, token).await?, command, output)).await
        }
        Command::Check(wanted) => check::run(&open(folder, None).await?, wanted, output).await,
        Command::Config(command) => config::run(&open(folder, None).await?, command, output).await,
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut definition(), "pdesk", &mut script);
            output::print(&String::from_utf8_lossy(&script))?;
            Ok(Exit::Done)
        }
    }
}

/// The token of the environment, for a command that may send something.
fn token(sends: bool) -> Result<Option<Token>, Failure> {
    if sends {
        ask::environment_token()
    } else {
        Ok(None)
    }
}

async fn open(folder: Option<PathBuf>, token: Option<Token>) -> Result<Desk, Failure> {
    let named = folder.is_some()
        || std::env::var_os("PROFILE_DESK_DATA_DIR").is_some_and(|folder| !folder.is_empty());
    let folder = match folder {
        Some(folder) if folder.as_os_str().is_empty() => {
            return Err(Failure::usage("--data-dir is empty."));
        }
        Some(folder) => folder,
        None => desk::default_folder().ok_or_else(|| {
            Failure::usage("This system names no home folder for a data folder to be in.")
                .with_hint("Name one with --data-dir or PROFILE_DESK_DATA_DIR.")
        })?,
    };
    let desk = Desk::open(Options {
        environment_token: token,
        program: "pdesk".to_owned(),
        ..Options::new(folder)
    })
    .await?;
    begin_log(&desk, named);
    if let Some(notice) = desk.notice() {
        output::notice(&notice);
    }
    Ok(desk)
}

/// Begins to log. One that cannot be written is no reason to do nothing.
fn begin_log(desk: &Desk, named: bool) {
    let Some(folder) = desk::log_folder(Some(desk.folder()).filter(|_| named)) else {
        return;
    };
    if let Err(error) = desk::write_log(&folder, "pdesk") {
        output::notice(&format!(
            "pdesk goes on without a log, since none can be written to {}: {error}",
            folder.display()
        ));
    }
}
