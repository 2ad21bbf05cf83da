//! `pdesk backup`: a profile's backups at TagoIO.

use std::path::Path;

use desk::change::{Change, ChangeRequest, CreateBackup, DeleteBackup};
use desk::download::{BackupToFile, DownloadEnd};
use desk::read::{BackupRow, BackupsView};
use desk::{Desk, Problem, ProblemCode};
use jiff::tz::TimeZone;
use model::Freshness;

use super::batch;
use crate::args::{
    BackupCommand, BackupCreateArgs, BackupDeleteArgs, BackupDownloadArgs, BackupListArgs,
};
use crate::defuse::for_terminal;
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::proof::Proofs;
use crate::table::Fitted;
use crate::{meanwhile, time};

pub(super) async fn run(
    desk: &Desk,
    command: BackupCommand,
    output: &Output,
) -> Result<Exit, Failure> {
    match command {
        BackupCommand::List(wanted) => list(desk, &wanted, output).await,
        BackupCommand::Create(wanted) => create(desk, wanted, output).await,
        BackupCommand::Download(wanted) => download(desk, wanted, output).await,
        BackupCommand::Delete(wanted) => delete(desk, wanted, output).await,
    }
}

async fn list(desk: &Desk, wanted: &BackupListArgs, output: &Output) -> Result<Exit, Failure> {
    let profile = desk.find_profile(&wanted.profile).await?.key;
    if wanted.live {
        meanwhile::waiting(desk, desk.fetch_backups(profile)).await?;
    }
    let view = desk.backups(profile).await?;
    output.result(&view.rows, || {
        format!("{}{}", table(&view.rows), standing(&view))
    })?;
    Ok(Exit::Done)
}

fn table(rows: &[BackupRow]) -> String {
    let mut table = Fitted::default()
        .exact("Made at (UTC)", 0)
        .exact("Status", 0)
        .numbers("Size", 1)
        .exact("Id", 0)
        .words("Why it failed", 2);
    for row in rows {
        let made_at = row.created_at.map(|at| time::clock(at, &TimeZone::UTC));
        table.row([
            made_at.unwrap_or_default(),
            row.status.clone().unwrap_or_default(),
            row.file_size
                .map(|size| size.to_string())
                .unwrap_or_default(),
            row.id.clone(),
            row.error.clone().unwrap_or_default(),
        ]);
    }
    table.print(output::width())
}

/// What is to be said of a list beside its rows.
fn standing(view: &BackupsView) -> String {
    if !view.owned {
        return "Backups are for the owner's account alone, and none that is connected owns the profile.\n"
            .to_owned();
    }
    let live = "Ask TagoIO with: pdesk backup list PROFILE --live";
    match &view.freshness {
        Freshness::NeverFetched => format!("The list was not fetched yet. {live}\n"),
        Freshness::NotPermitted { reason, .. } => {
            format!(
                "TagoIO gives no list of backups: {}\n",
                for_terminal(reason)
            )
        }
        freshness => {
            let at = match freshness {
                Freshness::Fresh { fetched_at }
                | Freshness::Stale { fetched_at }
                | Freshness::NotThere { fetched_at } => Some(*fetched_at),
                Freshness::Failed { fetched_at, .. } => *fetched_at,
                Freshness::NeverFetched | Freshness::NotPermitted { .. } => None,
            };
            let at = at.map(|at| time::clock(at, &TimeZone::UTC));
            let none = if view.rows.is_empty() {
                "There are none. "
            } else {
                ""
            };
            let at = at.unwrap_or_else(|| "?".to_owned());
            format!("{none}As of {at} UTC. {live}\n")
        }
    }
}

async fn create(desk: &Desk, wanted: BackupCreateArgs, output: &Output) -> Result<Exit, Failure> {
    let mut changes = Vec::with_capacity(wanted.profiles.len());
    for profile in &wanted.profiles {
        let profile = desk.find_profile(profile).await?.key;
        changes.push(Change::CreateBackup(CreateBackup { profile }));
    }
    batch::changes(desk, changes, wanted.agree, output).await
}

async fn delete(desk: &Desk, wanted: BackupDeleteArgs, output: &Output) -> Result<Exit, Failure> {
    let profile = desk.find_profile(&wanted.profile).await?.key;
    let backup = wanted.backup;
    let changes = vec![Change::DeleteBackup(DeleteBackup { profile, backup })];
    let request = ChangeRequest::Changes { changes };
    batch::carry_out(desk, request, wanted.agree, wanted.password_stdin, output).await
}

async fn download(
    desk: &Desk,
    wanted: BackupDownloadArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    must_be_new(&wanted.to)?;
    let row = desk.find_profile(&wanted.profile).await?;
    let mut proofs = Proofs::new(wanted.password_stdin);
    proofs.must_be_possible()?;
    let backup = match wanted.backup {
        Some(id) => id,
        None => newest(desk, row.key).await?,
    };
    let file = BackupToFile {
        profile: row.key,
        backup,
        path: wanted.to,
    };
    let mut proof = proofs.password(&row.account)?;
    loop {
        let work = desk.download_backup(file.clone(), proof);
        let mut end = meanwhile::downloading(desk, work).await??;
        let Some(needs) = end.needs_proof.take() else {
            return ended(&end, output);
        };
        // An address that ended takes the same password again.
        let again = if end.address_ended {
            proofs.once_more(end.bytes)
        } else {
            None
        };
        proof = match again {
            Some(proof) => proof,
            None => match proofs.next(&needs).await? {
                Some(proof) => proof,
                None => return Err(refused(needs.problem)),
            },
        };
    }
}

fn must_be_new(file: &Path) -> Result<(), Failure> {
    if !file.exists() {
        return Ok(());
    }
    let message = format!("{} is there already, and is left as it is.", file.display());
    Err(Failure::usage(message).with_hint("Name a file that is not there yet with --to."))
}

/// The newest backup that is completed, as the list says that was fetched last.
async fn newest(desk: &Desk, profile: i64) -> Result<String, Failure> {
    let rows = desk.backups(profile).await?.rows.into_iter();
    let mut completed = rows.filter(|row| row.status.as_deref() == Some("completed"));
    if let Some(row) = completed.next() {
        return Ok(row.id);
    }
    let problem = Problem::new(ProblemCode::NotFound, "No completed backup is known.");
    let hint = "Ask TagoIO for the list first: pdesk backup list PROFILE --live";
    Err(Failure::from(problem).with_hint(hint))
}

fn refused(problem: Option<Problem>) -> Failure {
    match problem {
        Some(problem) => Failure::from(problem),
        None => Failure::failed("rejected", "The password or the PIN is missing or wrong."),
    }
}

fn ended(end: &DownloadEnd, output: &Output) -> Result<Exit, Failure> {
    let path = for_terminal(&end.path).into_owned();
    output.result(end, || match &end.saved {
        Some(saved) => {
            let size = match saved.size_agrees {
                Some(true) => ", as TagoIO says",
                Some(false) => "; TagoIO names another size",
                None => "",
            };
            format!(
                "{path}: {} bytes{size}.\nSHA-256 {}\n",
                end.bytes, saved.sha256
            )
        }
        None => format!(
            "Stopped: {} bytes are in {path}.part. The same command goes on with them.\n",
            end.bytes
        ),
    })?;
    Ok(if end.saved.is_some() {
        Exit::Done
    } else {
        Exit::Failed
    })
}
