//! `pdesk syncs`: the syncs that there were, the newest first, or one of them as it was told when it ended.

use std::fmt::Write as _;

use desk::Desk;
use desk::read::{SyncRunEnd, SyncRunRow, SyncRunsPage, SyncRunsQuery};
use jiff::tz::TimeZone;

use super::sync;
use crate::args::SyncsArgs;
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::time;

pub(super) async fn run(desk: &Desk, wanted: &SyncsArgs, output: &Output) -> Result<Exit, Failure> {
    if let Some(key) = wanted.run {
        let report = desk.sync_run(key).await?;
        output.result(&report, || match &report {
            Some(report) => sync::text(report, output::width()),
            None => {
                format!("Sync {key} did not end: it goes on, or the program was ended before it.\n")
            }
        })?;
        return Ok(Exit::Done);
    }
    let query = SyncRunsQuery {
        offset: 0,
        limit: wanted.limit,
    };
    let found = desk.sync_runs(query).await?;
    output.result(&found.rows, || text(&found, output::width()))?;
    Ok(Exit::Done)
}

fn text(found: &SyncRunsPage, width: Option<u16>) -> String {
    if found.rows.is_empty() {
        return "There was no sync yet.\n".to_owned();
    }
    let mut text = table(&found.rows).print(width);
    let (shown, total) = (found.rows.len(), found.total);
    if shown < total as usize {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "\nThe newest {shown} of {total} syncs. See more with --limit."
        );
    }
    text
}

fn table(rows: &[SyncRunRow]) -> Fitted {
    let mut table = Fitted::default()
        .numbers("Sync", 0)
        .exact("Began (UTC)", 0)
        .words("Accounts", 1)
        .exact("Ended", 0)
        .numbers("Ok", 0)
        .numbers("Failed", 0)
        .numbers("Skipped", 3)
        .numbers("Requests", 2)
        .numbers("Seconds", 4);
    for row in rows {
        let of = |cell: fn(&SyncRunEnd) -> String| row.end.as_ref().map_or_else(String::new, cell);
        table.row([
            row.key.to_string(),
            time::clock(row.started_at, &TimeZone::UTC),
            of(|end| end.accounts.join(", ")),
            row.end
                .as_ref()
                .map_or("did not end", SyncRunEnd::label)
                .to_owned(),
            of(|end| end.profiles.ok.to_string()),
            of(|end| end.profiles.failed.to_string()),
            of(|end| end.profiles.skipped.to_string()),
            of(|end| end.requests.to_string()),
            of(|end| format!("{:.1}", end.seconds)),
        ]);
    }
    table
}
