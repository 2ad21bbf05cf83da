//! `pdesk profile transfer`: what handing a profile over to another account depends on, and how far that is.

use std::fmt::Write as _;

use desk::Desk;
use desk::transfer::{TransferLook, TransferRow, TransferState, TransferVerdict};

use crate::args::TransferCommand;
use crate::defuse::lines_for_terminal;
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;

pub(super) async fn run(
    desk: &Desk,
    command: TransferCommand,
    output: &Output,
) -> Result<Exit, Failure> {
    let row = match command {
        TransferCommand::Check {
            profile,
            destination,
        } => return check(desk, &profile, &destination, output).await,
        TransferCommand::List => return list(desk, output).await,
        TransferCommand::Asked {
            profile,
            destination,
            ticket,
        } => {
            let profile = desk.find_profile(&profile).await?.key;
            desk.begin_transfer(profile, &destination, &ticket).await?
        }
        TransferCommand::Ticket { number, ticket } => desk.note_transfer(number, &ticket).await?,
        TransferCommand::GiveUp { number } => desk.give_up_transfer(number).await?,
    };
    output.result(&row, || table(std::slice::from_ref(&row)))?;
    Ok(Exit::Done)
}

/// Exit 1 if something is known to stand in the way.
async fn check(
    desk: &Desk,
    profile: &str,
    destination: &str,
    output: &Output,
) -> Result<Exit, Failure> {
    let profile = desk.find_profile(profile).await?.key;
    let look = desk.look_at_transfer(profile, destination).await?;
    output.result(&look, || described(&look))?;
    let stands = |verdict| verdict == TransferVerdict::No;
    Ok(if look.checks.iter().any(|check| stands(check.verdict)) {
        Exit::Failed
    } else {
        Exit::Done
    })
}

fn described(look: &TransferLook) -> String {
    let mut text = String::new();
    for check in &look.checks {
        let word = match check.verdict {
            TransferVerdict::Yes => "yes      ",
            TransferVerdict::No => "no       ",
            TransferVerdict::Unknown => "not known",
        };
        let _ = writeln!(text, "{word}  {}", check.why); // a string takes everything
    }
    let _ = write!(text, "\n{}", look.text);
    text.push_str(
        "\nAsk for it at https://admin.tago.io: Profiles, More, “Transfer this profile to another account”. Then \
         note it with: pdesk profile transfer asked\n",
    );
    lines_for_terminal(&text)
}

async fn list(desk: &Desk, output: &Output) -> Result<Exit, Failure> {
    let rows = desk.transfers().await?;
    output.result(&rows, || {
        if rows.is_empty() {
            return "No transfer was asked for.\n".to_owned();
        }
        table(&rows)
    })?;
    Ok(Exit::Done)
}

fn table(rows: &[TransferRow]) -> String {
    let mut table = Fitted::default()
        .exact("Number", 0)
        .words("Profile", 0)
        .words("From", 1)
        .words("To", 0)
        .exact("Asked", 0)
        .words("Ticket", 2)
        .exact("State", 0);
    for row in rows {
        table.row([
            row.key.to_string(),
            row.profile_name.clone(),
            row.account.clone().unwrap_or_default(),
            row.destination.clone(),
            row.asked_at.strftime("%Y-%m-%d").to_string(),
            row.ticket.clone(),
            match row.state {
                TransferState::Waits => "waits".to_owned(),
                TransferState::Unwatched => "account not connected".to_owned(),
                TransferState::Gone => "gone from the account".to_owned(),
                TransferState::Deleted => "profile deleted".to_owned(),
                TransferState::GivenUp => "given up".to_owned(),
            },
        ]);
    }
    table.print(output::width())
}
