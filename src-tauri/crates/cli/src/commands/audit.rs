//! `pdesk audit`: a profile's audit events, from the archive.

use std::fmt::Write as _;

use desk::Desk;
use desk::read::{AuditArchive, AuditQuery, AuditRow, EVERY_ROW};
use jiff::tz::TimeZone;
use model::Timestamp;
use serde::Serialize;

use crate::args::AuditArgs;
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::time;

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
    let archive = desk.audit_archive(profile).await?;
    let query = AuditQuery {
        profile,
        from,
        to,
        limit: EVERY_ROW,
        ..AuditQuery::default()
    };
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
