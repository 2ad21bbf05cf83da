//! `pdesk audit`: a profile's audit events, from the archive or from TagoIO.

use std::fmt::Write as _;
use std::path::Path;

use desk::Desk;
use desk::export::{ExportQuery, Sheet};
use desk::read::{
    AuditArchive, AuditQuery, AuditRow, EVERY_ROW, LiveAuditEnd, LiveAuditPage, LiveAuditQuery,
};
use jiff::tz::TimeZone;
use model::Timestamp;
use serde::Serialize;

use crate::args::AuditArgs;
use crate::defuse::for_terminal;
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::{meanwhile, time};

/// Times that are named before the rest is counted.
const NAMED: usize = 6;

pub(super) async fn run(desk: &Desk, wanted: AuditArgs, output: &Output) -> Result<Exit, Failure> {
    let time = |option: &str, text: &Option<String>| {
        let text = text.as_deref();
        text.map(|text| time::read(option, text, &TimeZone::UTC))
            .transpose()
    };
    let (from, to) = (time("--from", &wanted.from)?, time("--to", &wanted.to)?);
    let profile = desk.find_profile(&wanted.profile).await?.key;
    if wanted.live {
        let query = LiveAuditQuery {
            profile,
            from,
            to,
            resource: wanted.resource,
            resource_id: wanted.resource_id,
            find: wanted.find,
            limit: wanted.limit,
        };
        return live(desk, query, wanted.csv.as_deref(), output).await;
    }
    let archive = desk.audit_archive(profile).await?;
    let query = AuditQuery {
        profile,
        from,
        to,
        search: wanted.find.unwrap_or_default(),
        resource: wanted.resource,
        limit: wanted.limit.unwrap_or(EVERY_ROW),
        ..AuditQuery::default()
    };
    if let Some(file) = &wanted.csv {
        let sheet = desk.sheet(ExportQuery::Audit(query)).await?;
        write(sheet, wanted.limit, file)?;
        return Ok(Exit::Done);
    }
    let rows = desk.audit(query).await?.rows;
    let described: Vec<Described<'_>> = rows.iter().map(Described::from).collect();
    output.result(&described, || {
        let events = if rows.is_empty() {
            "No event is archived of that time.\n".to_owned()
        } else {
            table(&rows).print(output::width())
        };
        format!("{events}\n{}", windows(&archive))
    })?;
    Ok(Exit::Done)
}

/// What TagoIO answers now.
async fn live(
    desk: &Desk,
    query: LiveAuditQuery,
    csv: Option<&Path>,
    output: &Output,
) -> Result<Exit, Failure> {
    let all = LiveAuditPage {
        profile: query.profile,
        offset: 0,
        limit: EVERY_ROW,
    };
    let end = meanwhile::asking_audit(desk, desk.ask_audit(query)).await??;
    let rows = desk.live_audit(&all).rows;
    if let Some(file) = csv {
        let sheet = desk.sheet(ExportQuery::LiveAudit(all)).await?;
        write(sheet, None, file)?;
        output::notice(answered(&end).trim_end());
    } else {
        let described: Vec<Described<'_>> = rows.iter().map(Described::from).collect();
        let events = || match rows.as_slice() {
            [] => "TagoIO has no such event.\n".to_owned(),
            rows => table(rows).print(output::width()),
        };
        output.result(&described, events)?;
        output::notice(answered(&end).trim_end());
    }
    // What failed on the way, or was stopped, left a part.
    Ok(match (&end.problem, end.cancelled) {
        (None, false) => Exit::Done,
        (Some(_), _) => Exit::Partly,
        (None, true) if end.progress.done > 0 => Exit::Partly,
        (None, true) => Exit::Failed,
    })
}

/// How a live query ended, in a few lines.
fn answered(end: &LiveAuditEnd) -> String {
    let clock = |at: Timestamp| time::clock(at, &TimeZone::UTC);
    let progress = &end.progress;
    let mut text = format!(
        "{} to {} UTC: {} events; TagoIO read {} and found {} in {} of {} queries.\n",
        clock(end.from),
        clock(end.to),
        end.events,
        progress.scanned,
        progress.matched,
        progress.done,
        progress.queries,
    );
    if end.limited {
        text.push_str("There may be more: the limit was reached.\n");
    }
    if end.archived > 0 {
        let _ = writeln!(text, "New in the archive: {}.", end.archived); // a string takes everything
    }
    if end.cancelled {
        text.push_str("It was stopped before all was asked.\n");
    }
    if let Some(problem) = &end.problem {
        let said = for_terminal(&problem.message);
        let _ = writeln!(text, "Not all of it was answered. {said}"); // a string takes everything
    }
    text
}

/// Writes a table as CSV, the first rows of it if there is a limit.
fn write(mut sheet: Sheet, limit: Option<u32>, file: &Path) -> Result<(), Failure> {
    if let Some(limit) = limit {
        sheet.rows.truncate(limit as usize);
    }
    output::document(file, &sheet.to_csv())
}

fn table(rows: &[AuditRow]) -> Fitted {
    let mut table = Fitted::default()
        .exact("At (UTC)", 0)
        .exact("Resource", 2)
        .words("What", 0)
        .words("Who", 1)
        .exact("Resource id", 3);
    for row in rows {
        let who = row.who_name.clone().or_else(|| row.who.clone());
        table.row([
            time::clock(row.at, &TimeZone::UTC),
            row.resource.clone().unwrap_or_default(),
            row.message.clone().unwrap_or_default(),
            who.unwrap_or_default(),
            row.resource_id.clone().unwrap_or_default(),
        ]);
    }
    table
}

/// Which times are archived, and which are not yet.
fn windows(archive: &AuditArchive) -> String {
    let mut text = format!("Archived: {}.\n", spans(&archive.spans, "nothing yet"));
    if !archive.owned {
        text.push_str("The audit log is for the owner's account alone, and none that is connected owns the profile.\n");
    } else if !archive.missing.is_empty() {
        let _ = writeln!(
            text,
            "Not yet: {}. Archive it with: pdesk sync --archive",
            spans(&archive.missing, "nothing")
        ); // a string takes everything
    }
    text
}

fn spans(spans: &[(Timestamp, Timestamp)], none: &str) -> String {
    if spans.is_empty() {
        return none.to_owned();
    }
    let clock = |at: Timestamp| time::clock(at, &TimeZone::UTC);
    let named: Vec<String> = spans
        .iter()
        .take(NAMED)
        .map(|(from, until)| format!("{} to {} UTC", clock(*from), clock(*until)))
        .collect();
    let more = spans.len().saturating_sub(NAMED);
    if more == 0 {
        named.join(", ")
    } else {
        format!("{}, and {more} more", named.join(", "))
    }
}

/// An event, in JSON.
#[derive(Serialize)]
struct Described<'a> {
    at: Timestamp,
    resource: Option<&'a str>,
    resource_id: Option<&'a str>,
    who: Option<&'a str>,
    message: Option<&'a str>,
    who_name: Option<&'a str>,
}

impl<'a> From<&'a AuditRow> for Described<'a> {
    fn from(row: &'a AuditRow) -> Self {
        Self {
            at: row.at,
            resource: row.resource.as_deref(),
            resource_id: row.resource_id.as_deref(),
            who: row.who.as_deref(),
            message: row.message.as_deref(),
            who_name: row.who_name.as_deref(),
        }
    }
}
