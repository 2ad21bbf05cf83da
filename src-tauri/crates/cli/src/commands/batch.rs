//! A batch of changes, as all commands make it: the dry run, the yes, the password, the outcome.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use desk::Desk;
use desk::ProblemCode;
use desk::change::{
    Change, ChangeEnd, ChangeOutcome, ChangePreview, ChangeRequest, Confirmation, PlannedChange,
};
use model::ActionResult;
use serde_json::Value;

use crate::args::{Agree, BatchArgs};
use crate::defuse::for_terminal;
use crate::failure::{Exit, Failure, exit_of, exit_of_all};
use crate::output::{self, Output};
use crate::proof::Proofs;
use crate::table::Fitted;
use crate::{ask, meanwhile};

/// Lines that a person is shown at once; JSON has all of them.
const SHOWN: usize = 40;

/// What became of a batch.
pub(super) enum Went {
    /// Nothing was carried out: it was a dry run, or a no.
    Nowhere(Exit),
    /// It was carried out, as far as it could be.
    Through(ChangeOutcome),
}

/// `pdesk retry`.
pub(super) async fn retry(
    desk: &Desk,
    wanted: BatchArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let request = ChangeRequest::Retry {
        batch: wanted.batch,
    };
    let preview = desk.preview(request.clone()).await?;
    let makes_token = |row: &PlannedChange| matches!(row.change, Change::CreateToken(_));
    if preview.rows.iter().any(makes_token) {
        // Whether it was made is found out; a new one needs a place for its value.
        output::notice(
            "A token is not made by a retry, since its value would have no place to go to: make it anew with \
             pdesk token create.",
        );
        return through(desk, request, wanted.agree, None, output).await;
    }
    carry_out(desk, request, wanted.agree, wanted.password_stdin, output).await
}

/// `pdesk undo`.
pub(super) async fn undo(desk: &Desk, wanted: BatchArgs, output: &Output) -> Result<Exit, Failure> {
    let request = ChangeRequest::Undo {
        batch: wanted.batch,
    };
    carry_out(desk, request, wanted.agree, wanted.password_stdin, output).await
}

/// Shows what changes would do that take no password; and with a yes, makes them.
pub(super) async fn changes(
    desk: &Desk,
    changes: Vec<Change>,
    agree: Agree,
    output: &Output,
) -> Result<Exit, Failure> {
    let request = ChangeRequest::Changes { changes };
    carry_out(desk, request, agree, false, output).await
}

/// The same, with a password where one is needed.
pub(super) async fn carry_out(
    desk: &Desk,
    request: ChangeRequest,
    agree: Agree,
    password_stdin: bool,
    output: &Output,
) -> Result<Exit, Failure> {
    let proofs = Some(Proofs::new(password_stdin));
    through(desk, request, agree, proofs, output).await
}

async fn through(
    desk: &Desk,
    request: ChangeRequest,
    agree: Agree,
    proofs: Option<Proofs>,
    output: &Output,
) -> Result<Exit, Failure> {
    match go(desk, request, agree, proofs, output).await? {
        Went::Nowhere(exit) => Ok(exit),
        Went::Through(outcome) => {
            output.result(&outcome, || ended(&outcome, output::width()))?;
            Ok(exit_of_outcome(&outcome))
        }
    }
}

/// Shows what would be done; and with a yes, does it. What takes a password is left where there are no proofs.
pub(super) async fn go(
    desk: &Desk,
    request: ChangeRequest,
    agree: Agree,
    proofs: Option<Proofs>,
    output: &Output,
) -> Result<Went, Failure> {
    let preview = desk.preview(request.clone()).await?;
    if agree.dry_run {
        output.result(&preview, || described(&preview, output::width()))?;
        return Ok(Went::Nowhere(exit_of_preview(&preview)));
    }
    let proofs = proofs.filter(|_| preview.needs_proof);
    if let Some(proofs) = &proofs {
        proofs.must_be_possible()?;
    }
    if !agree.yes && preview.ready > 0 {
        output::notice(described(&preview, output::width()).trim_end());
        let question = match preview.ready {
            1 => "Make this change?".to_owned(),
            ready => format!("Make these {ready} changes?"),
        };
        if !ask::confirm(&question, "--yes")? {
            output::notice("Nothing was changed.");
            return Ok(Went::Nowhere(Exit::Failed));
        }
    }
    let first = preview
        .rows
        .iter()
        .filter(|row| row.refusal.is_none())
        .find_map(|row| row.account.clone());
    let (proof, mut proofs) = match proofs {
        Some(mut proofs) => (
            Some(proofs.password(&first.unwrap_or_default())?),
            Some(proofs),
        ),
        None => (None, None),
    };
    tell_of_unfinished(desk).await?;
    let confirmation = Confirmation {
        protected_too: agree.protected_too,
    };
    let work = desk.carry_out(request, confirmation, proof);
    let mut outcome = meanwhile::changing(desk, work).await??;
    while let Some(needs) = outcome.needs_proof.take() {
        let proof = match proofs.as_mut() {
            Some(proofs) => proofs.next(&needs).await?,
            None => None,
        };
        let Some(proof) = proof else {
            desk.cancel_changes(outcome.batch);
            if let Some(problem) = &needs.problem {
                output::notice(&for_terminal(&problem.message));
            }
            outcome.needs_proof = Some(needs);
            break;
        };
        let work = desk.carry_out_rest(outcome.batch, proof);
        outcome = meanwhile::changing(desk, work).await??;
    }
    Ok(Went::Through(outcome))
}

/// What an earlier run did not live to see the end of is found out before more is done.
async fn tell_of_unfinished(desk: &Desk) -> Result<(), Failure> {
    for row in desk.unfinished().await? {
        let name = row.profile_name.as_deref().unwrap_or("an account");
        let said = row.message.as_deref().unwrap_or_default();
        let text = format!(
            "An earlier change of {name} ({}) ended as {}. {said}",
            row.kind, row.result
        );
        output::notice(&for_terminal(&text));
    }
    Ok(())
}

pub(super) fn described(preview: &ChangePreview, width: Option<u16>) -> String {
    let mut table = Fitted::default()
        .words("Profile", 0)
        .words("Account", 1)
        .words("Now", 0)
        .words("Then", 0)
        .words("Refused", 0);
    for row in preview.rows.iter().take(SHOWN) {
        let refusal = row.refusal.as_ref().map(|why| why.message.clone());
        table.row(cells(row, refusal));
    }
    let mut text = table.print(width);
    more(&mut text, preview.rows.len());
    for row in &preview.rows {
        for warning in &row.warnings {
            let _ = writeln!(text, "{}", for_terminal(warning)); // a string takes everything
        }
    }
    for figures in &preview.allocation {
        let known =
            |amount: Option<f64>| amount.map_or("?".to_owned(), |amount| amount.to_string());
        let _ = writeln!(
            text,
            "{}, {}: {} in all, {} allocated, {} free, {} used; {} allocated after.",
            for_terminal(&figures.label),
            figures.service.label(),
            known(figures.total),
            figures.allocated,
            known(figures.free),
            figures.used,
            figures.allocated_after,
        );
    }
    let _ = writeln!(
        text,
        "\n{} to be changed, {} refused, {} of protected profiles, {} can be undone.",
        preview.ready, preview.refused, preview.protected, preview.undoable
    );
    text
}

pub(super) fn ended(outcome: &ChangeOutcome, width: Option<u16>) -> String {
    let mut table = Fitted::default()
        .words("Profile", 0)
        .words("Account", 1)
        .words("Before", 0)
        .words("After", 0)
        .words("Ended", 0);
    // What was done as it was meant to needs no line of its own among many.
    let worth = |end: &&ChangeEnd| outcome.rows.len() <= SHOWN || end.result != ActionResult::Done;
    let shown: Vec<&ChangeEnd> = outcome.rows.iter().filter(worth).collect();
    for end in shown.iter().take(SHOWN) {
        let said = match &end.message {
            Some(message) => format!("{}: {message}", end.result),
            None => end.result.to_string(),
        };
        table.row(cells(&end.row, Some(said)));
    }
    let mut text = if shown.is_empty() {
        String::new()
    } else {
        table.print(width)
    };
    more(&mut text, shown.len());
    let counts = outcome.counts;
    if let Some(needs) = &outcome.needs_proof {
        let _ = writeln!(
            text,
            "\n{} not sent: the password or the PIN of “{}” is missing or wrong.",
            needs.rows,
            for_terminal(&needs.account)
        );
    }
    let _ = writeln!(
        text,
        "\nBatch {}: {} done, {} failed, {} refused, {} not known.{}",
        outcome.batch,
        counts.done,
        counts.failed,
        counts.refused,
        counts.unknown,
        if outcome.cancelled {
            " Stopped early."
        } else {
            ""
        },
    );
    if counts.failed + counts.unknown > 0 {
        let _ = writeln!(
            text,
            "Try what failed again with: pdesk retry {}",
            outcome.batch
        );
    }
    if counts.done > 0 && outcome.rows.iter().any(|end| end.row.undoable) {
        let _ = writeln!(text, "Take it back with: pdesk undo {}", outcome.batch);
    }
    text
}

fn cells(row: &PlannedChange, last: Option<String>) -> [String; 5] {
    [
        row.profile_name.clone().unwrap_or_default(),
        row.account.clone().unwrap_or_default(),
        values(&row.before),
        values(&row.after),
        last.unwrap_or_default(),
    ]
}

/// Fields and what stands in them, on one line.
pub(super) fn values(fields: &BTreeMap<String, Value>) -> String {
    let lines: Vec<String> = fields
        .iter()
        .map(|(key, value)| match value {
            Value::Null => format!("{key}: ?"),
            Value::String(text) => format!("{key}: {text}"),
            other => format!("{key}: {other}"),
        })
        .collect();
    lines.join(", ")
}

fn more(text: &mut String, rows: usize) {
    if let Some(more) = rows.checked_sub(SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(text, "… and {more} more; --json lists them all.");
    }
}

/// A row that is so already is no failure.
fn is_fine(code: &str) -> bool {
    code == "nothing_to_do"
}

/// The exit code of a word for a cause.
pub(super) fn exit_of_code(code: &str) -> Exit {
    match code {
        "invalid" => Exit::Usage,
        code => exit_of(ProblemCode::from_key(code)),
    }
}

pub(super) fn exit_of_preview(preview: &ChangePreview) -> Exit {
    let refusals = preview.rows.iter().filter_map(|row| row.refusal.as_ref());
    let mut bad = refusals
        .map(|why| why.reason.key())
        .filter(|code| !is_fine(code))
        .peekable();
    match (bad.peek(), preview.ready) {
        (None, _) => Exit::Done,
        (Some(_), 0) => exit_of_all(bad.map(exit_of_code)),
        (Some(_), _) => Exit::Partly,
    }
}

pub(super) fn exit_of_outcome(outcome: &ChangeOutcome) -> Exit {
    let mut bad = outcome
        .rows
        .iter()
        .filter(|end| end.result != ActionResult::Done)
        .map(|end| end.code.as_deref().unwrap_or_default())
        .filter(|code| !is_fine(code))
        .peekable();
    match (bad.peek(), outcome.counts.done) {
        // What waits for a password was not done.
        (None, 0) if outcome.needs_proof.is_some() => Exit::Failed,
        (None, _) if outcome.needs_proof.is_some() => Exit::Partly,
        (None, _) => Exit::Done,
        (Some(_), 0) => exit_of_all(bad.map(exit_of_code)),
        (Some(_), _) => Exit::Partly,
    }
}
