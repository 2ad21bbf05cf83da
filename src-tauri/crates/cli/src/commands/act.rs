//! What all commands have in common that change something at TagoIO: the dry run, the yes, the outcome.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use desk::Desk;
use desk::ProblemCode;
use desk::change::{
    Allocate, Change, ChangeEnd, ChangeOutcome, ChangePreview, ChangeRequest, Confirmation,
    Pictures, PlannedChange, Rename,
};
use model::{ActionResult, Service};
use serde::Serialize;
use serde_json::Value;

use crate::args::{Agree, AllocationSetArgs, BatchArgs, EditArgs, ProtectArgs};
use crate::defuse::{for_terminal, lines_for_terminal};
use crate::failure::{Exit, Failure, exit_of, exit_of_all};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::{ask, meanwhile};

/// Lines that a person is shown at once; JSON has all of them.
const SHOWN: usize = 40;

/// `pdesk profile edit`.
pub(super) async fn edit(desk: &Desk, wanted: EditArgs, output: &Output) -> Result<Exit, Failure> {
    let profile = desk.find_profile(&wanted.profile).await?.key;
    let mut changes = Vec::new();
    if let Some(name) = wanted.name {
        changes.push(Change::Rename(Rename { profile, name }));
    }
    if wanted.logo_url.is_some() || wanted.banner_url.is_some() {
        changes.push(Change::Pictures(Pictures {
            profile,
            logo_url: wanted.logo_url,
            banner_url: wanted.banner_url,
        }));
    }
    carry_out(
        desk,
        ChangeRequest::Changes { changes },
        wanted.agree,
        output,
    )
    .await
}

/// `pdesk services ID set`.
pub(super) async fn set_services(
    desk: &Desk,
    profile: i64,
    limits: &[String],
    agree: Agree,
    output: &Output,
) -> Result<Exit, Failure> {
    let mut services = BTreeMap::new();
    for limit in limits {
        let (key, number) = limit.split_once('=').ok_or_else(|| {
            Failure::usage(format!("“{limit}” is no service and limit."))
                .with_hint("Write it as input=350000.")
        })?;
        services.insert(super::allocation::service(key)?, amount(number)?);
    }
    let changes = vec![Change::Allocate(Allocate { profile, services })];
    carry_out(desk, ChangeRequest::Changes { changes }, agree, output).await
}

/// `pdesk allocation set`.
pub(super) async fn set_allocation(
    desk: &Desk,
    wanted: AllocationSetArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let mut changes = Vec::new();
    for (line, profile, services) in read(&wanted.from)? {
        let profile = desk.find_profile(&profile).await.map_err(|problem| {
            let failure = Failure::from(problem);
            let message = format!("Line {line}: {}", failure.message);
            Failure { message, ..failure }
        })?;
        changes.push(Change::Allocate(Allocate {
            profile: profile.key,
            services,
        }));
    }
    carry_out(
        desk,
        ChangeRequest::Changes { changes },
        wanted.agree,
        output,
    )
    .await
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
    carry_out(desk, request, wanted.agree, output).await
}

/// `pdesk undo`.
pub(super) async fn undo(desk: &Desk, wanted: BatchArgs, output: &Output) -> Result<Exit, Failure> {
    let request = ChangeRequest::Undo {
        batch: wanted.batch,
    };
    carry_out(desk, request, wanted.agree, output).await
}

/// `pdesk profile protect` and `unprotect`.
pub(super) async fn protect(
    desk: &Desk,
    wanted: &ProtectArgs,
    protected: bool,
    output: &Output,
) -> Result<Exit, Failure> {
    #[derive(Serialize)]
    struct Marked {
        profile: String,
        name: String,
        protected: bool,
        changed: bool,
    }
    let mut found = Vec::new();
    for text in &wanted.profiles {
        found.push(desk.find_profile(text).await?);
    }
    let mut rows = Vec::new();
    for profile in found {
        rows.push(Marked {
            profile: profile.id.to_string(),
            name: profile.name,
            protected,
            changed: desk.put_protected(profile.key, protected).await?,
        });
    }
    output.result(&rows, || {
        let state = if protected {
            "protected"
        } else {
            "not protected"
        };
        let lines = rows.iter().map(|row| {
            let already = if row.changed { "" } else { " already" };
            format!("{} is {state}{already}.\n", for_terminal(&row.name))
        });
        lines.collect()
    })?;
    Ok(Exit::Done)
}

/// Shows what would be done; and with a yes, does it.
pub(super) async fn carry_out(
    desk: &Desk,
    request: ChangeRequest,
    agree: Agree,
    output: &Output,
) -> Result<Exit, Failure> {
    let preview = desk.preview(request.clone()).await?;
    if agree.dry_run {
        output.result(&preview, || described(&preview, output::width()))?;
        return Ok(exit_of_preview(&preview));
    }
    if !agree.yes && preview.ready > 0 {
        output::notice(described(&preview, output::width()).trim_end());
        let question = match preview.ready {
            1 => "Make this change?".to_owned(),
            ready => format!("Make these {ready} changes?"),
        };
        if !ask::confirm(&question, "--yes")? {
            output::notice("Nothing was changed.");
            return Ok(Exit::Failed);
        }
    }
    tell_of_unfinished(desk).await?;
    let confirmation = Confirmation {
        protected_too: agree.protected_too,
    };
    let work = desk.carry_out(request, confirmation, None);
    let outcome = meanwhile::changing(desk, work).await??;
    output.result(&outcome, || ended(&outcome, output::width()))?;
    Ok(exit_of_outcome(&outcome))
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

fn described(preview: &ChangePreview, width: Option<u16>) -> String {
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

fn ended(outcome: &ChangeOutcome, width: Option<u16>) -> String {
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
fn exit_of_code(code: &str) -> Exit {
    match code {
        "invalid" => Exit::Usage,
        code => exit_of(ProblemCode::from_key(code)),
    }
}

fn exit_of_preview(preview: &ChangePreview) -> Exit {
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

fn exit_of_outcome(outcome: &ChangeOutcome) -> Exit {
    let mut bad = outcome
        .rows
        .iter()
        .filter(|end| end.result != ActionResult::Done)
        .map(|end| end.code.as_deref().unwrap_or_default())
        .filter(|code| !is_fine(code))
        .peekable();
    match (bad.peek(), outcome.counts.done) {
        (None, _) => Exit::Done,
        (Some(_), 0) => exit_of_all(bad.map(exit_of_code)),
        (Some(_), _) => Exit::Partly,
    }
}

fn amount(text: &str) -> Result<f64, Failure> {
    let plain = text.trim().replace([',', '_'], "");
    let number: Option<f64> = plain.parse().ok();
    number
        .filter(|number| number.is_finite() && *number >= 0.0)
        .ok_or_else(|| Failure::usage(format!("“{text}” is no limit; it is a number from 0.")))
}

type Line = (u64, String, BTreeMap<Service, f64>);

/// The rows of a file of limits. It must be whole: one that is not as it should be changes nothing.
fn read(file: &Path) -> Result<Vec<Line>, Failure> {
    let bytes = std::fs::read(file).map_err(|error| {
        Failure::usage(format!("{} could not be read: {error}.", file.display()))
            .with_hint("Name a CSV file with the columns profile and input, output, ….")
    })?;
    parse(&bytes).map_err(|failure| Failure {
        message: format!("{}: {}", file.display(), failure.message),
        ..failure
    })
}

fn parse(document: &[u8]) -> Result<Vec<Line>, Failure> {
    let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
    let malformed = |error: csv::Error| Failure::usage(format!("this is no CSV: {error}."));
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(document);
    let titles = reader.headers().map_err(malformed)?.clone();
    let is_profile = |title: &str| matches!(title, "profile" | "id");
    let profile = titles.iter().position(is_profile).ok_or_else(|| {
        Failure::usage("there is no column profile.")
            .with_hint("Its first line names the columns: profile, input, output, ….")
    })?;
    let mut columns = Vec::new();
    for (place, title) in titles.iter().enumerate() {
        // A name beside the id is for a person.
        if place != profile && title != "name" {
            columns.push((place, super::allocation::service(title)?));
        }
    }
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(malformed)?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut services = BTreeMap::new();
        for (place, service) in &columns {
            let cell = record.get(*place).unwrap_or_default();
            if !cell.is_empty() {
                services.insert(*service, amount(cell)?);
            }
        }
        if !services.is_empty() {
            let name = record.get(profile).unwrap_or_default().to_owned();
            lines.push((line, name, services));
        }
    }
    if lines.is_empty() {
        return Err(Failure::usage("there is no limit in it."));
    }
    Ok(lines)
}

/// `pdesk account read-only`.
pub(super) async fn read_only(
    desk: &Desk,
    account: &desk::read::AccountRow,
    read_only: bool,
    output: &Output,
) -> Result<Exit, Failure> {
    #[derive(Serialize)]
    struct Switched<'a> {
        label: &'a str,
        read_only: bool,
        changed: bool,
    }
    let changed = desk.put_read_only(account.key, read_only).await?;
    let result = Switched {
        label: &account.label,
        read_only,
        changed,
    };
    output.result(&result, || {
        let state = if read_only {
            "is only read now: no change goes by it"
        } else {
            "takes changes"
        };
        lines_for_terminal(&format!("“{}” {state}.\n", account.label))
    })?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_limits_leaves_empty_cells_alone_and_refuses_what_is_no_service() {
        let lines = parse(b"id,name,input,run_users\nab,A,350000,\ncd,C,,5\nef,E,,\n").unwrap();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].2, BTreeMap::from([(Service::Input, 350_000.0)]));
        assert_eq!(
            lines[1],
            (
                3,
                "cd".to_owned(),
                BTreeMap::from([(Service::RunUsers, 5.0)])
            )
        );
        for bad in [
            &b"input\n5\n"[..],
            b"id,inputs\nab,5\n",
            b"id,input\nab,-5\n",
            b"id,input\nab,\n",
        ] {
            assert_eq!(parse(bad).unwrap_err().exit, Exit::Usage);
        }
    }
}
