//! The log of syncs.

use super::{Cell, Column, Sheet, Unit};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{SyncRunEnd, SyncRunRow, SyncRunsQuery, SyncStatus};

pub(super) async fn sheet(desk: &Desk, query: SyncRunsQuery) -> Result<Sheet, Problem> {
    let mut sheet = Sheet::new("Syncs", columns());
    let found = desk.sync_runs(query).await?;
    sheet.rows = found.rows.iter().map(row).collect();
    Ok(sheet)
}

fn columns() -> Vec<Column> {
    [
        ("Sync", Unit::Number),
        ("Began (UTC)", Unit::Moment),
        ("Ended (UTC)", Unit::Moment),
        ("Seconds", Unit::Number),
        ("How it ended", Unit::Text),
        ("Accounts", Unit::Text),
        ("Profiles fetched", Unit::Number),
        ("Profiles failed", Unit::Number),
        ("Profiles skipped", Unit::Number),
        ("Errors", Unit::Number),
        ("Requests", Unit::Number),
        ("Repeats", Unit::Number),
        ("Too many requests", Unit::Number),
    ]
    .into_iter()
    .map(|(name, unit)| Column::new(name, unit))
    .collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no store has so many syncs, and no sync so many requests"
)]
fn row(run: &SyncRunRow) -> Vec<Cell> {
    let end = run.end.as_ref();
    let number = |of: fn(&SyncRunEnd) -> f64| Cell::number(end.map(of));
    vec![
        Cell::Number(run.key as f64),
        Cell::Moment(run.started_at),
        Cell::moment(end.map(|end| end.at)),
        number(|end| end.seconds),
        Cell::Text(end.map_or("did not end", SyncRunEnd::label).to_owned()),
        Cell::text(end.map(|end| end.accounts.join(", "))),
        number(|end| f64::from(end.profiles.ok)),
        number(|end| f64::from(end.profiles.failed)),
        number(|end| f64::from(end.profiles.skipped)),
        number(|end| f64::from(end.errors)),
        number(|end| end.requests as f64),
        number(|end| end.retries as f64),
        number(|end| end.rate_limited as f64),
    ]
}

impl SyncRunEnd {
    /// How it ended, as a person calls it.
    pub const fn label(&self) -> &'static str {
        if self.cancelled {
            "cancelled"
        } else {
            self.status.label()
        }
    }
}

impl SyncStatus {
    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Partial => "partly",
            Self::SignedOut => "sign in again",
            Self::Offline => "offline",
            Self::Failed => "failed",
        }
    }
}
