//! `pdesk log`: what was changed from here, or was not let, the newest first.

use desk::Desk;
use desk::change::{ActionQuery, ActionRow};
use desk::export::{csv_record, for_spreadsheet};
use jiff::tz::TimeZone;
use model::ActionResult;

use super::batch;
use crate::args::{Ended, LogArgs};
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::{meanwhile, time};

/// Shown where neither a time nor a number was asked for.
const NEWEST: u32 = 100;

/// Rows that are read at once.
const PAGE: u32 = 5_000;

pub(super) async fn run(desk: &Desk, wanted: LogArgs, output: &Output) -> Result<Exit, Failure> {
    if wanted.settle {
        meanwhile::waiting(desk, desk.unfinished()).await?;
    }
    let rows = read(desk, &wanted).await?;
    if let Some(file) = &wanted.csv {
        output::document(file, document(&rows).as_bytes())?;
        return Ok(Exit::Done);
    }
    output.result(&rows, || {
        if rows.is_empty() {
            return "Nothing was changed from here.\n".to_owned();
        }
        table(&rows).print(output::width())
    })?;
    Ok(Exit::Done)
}

async fn read(desk: &Desk, wanted: &LogArgs) -> Result<Vec<ActionRow>, Failure> {
    let at = |option: &str, text: &Option<String>| {
        let text = text.as_deref();
        text.map(|text| time::read(option, text, &TimeZone::UTC))
            .transpose()
    };
    let mut query = ActionQuery {
        search: wanted.filter.clone(),
        batch: wanted.batch,
        results: wanted
            .result
            .iter()
            .copied()
            .map(ActionResult::from)
            .collect(),
        since: at("--since", &wanted.since)?,
        until: at("--until", &wanted.until)?,
        ..ActionQuery::default()
    };
    if let Some(text) = &wanted.account {
        query.account = Some(desk.find_account(text).await?.key);
    }
    if let Some(text) = &wanted.profile {
        query.profile = Some(desk.find_profile(text).await?.key);
    }
    let most = match (wanted.limit, query.since) {
        (Some(limit), _) => limit,
        (None, Some(_)) => u32::MAX,
        (None, None) => NEWEST,
    };
    let mut rows = Vec::new();
    loop {
        query.offset = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        query.limit = PAGE.min(most - query.offset);
        let page = desk.action_log(query.clone()).await?;
        let last = page.rows.is_empty();
        rows.extend(page.rows);
        if last || rows.len() >= most.min(page.total) as usize {
            return Ok(rows);
        }
    }
}

fn table(rows: &[ActionRow]) -> Fitted {
    let mut table = Fitted::default()
        .exact("When (UTC)", 0)
        .exact("Batch", 2)
        .words("Account", 3)
        .words("Profile", 0)
        .exact("What", 0)
        .words("Before", 0)
        .words("After", 0)
        .words("Ended", 0);
    for row in rows {
        table.row(cells(row));
    }
    table
}

fn cells(row: &ActionRow) -> [String; 8] {
    [
        row.at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        row.batch.map(|batch| batch.to_string()).unwrap_or_default(),
        row.account.clone().unwrap_or_default(),
        row.profile_name.clone().unwrap_or_default(),
        row.kind.clone(),
        batch::values(&row.before),
        batch::values(&row.after),
        match &row.message {
            Some(message) => format!("{}: {message}", row.result),
            None => row.result.to_string(),
        },
    ]
}

fn document(rows: &[ActionRow]) -> String {
    let mut document = csv_record([
        "at", "batch", "account", "profile", "name", "kind", "before", "after", "result", "message",
    ]) + "\n";
    for row in rows {
        let [_, batch, account, name, kind, before, after, _] = cells(row);
        let record = [
            row.at.to_string(),
            batch,
            account,
            row.profile
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            name,
            kind,
            before,
            after,
            row.result.to_string(),
            row.message.clone().unwrap_or_default(),
        ];
        document += &csv_record(record.iter().map(|cell| for_spreadsheet(cell)));
        document.push('\n');
    }
    document
}

impl From<Ended> for ActionResult {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Begun => Self::Begun,
            Ended::Done => Self::Done,
            Ended::Refused => Self::Refused,
            Ended::Failed => Self::Failed,
            Ended::Unknown => Self::Unknown,
        }
    }
}
