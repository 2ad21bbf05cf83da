//! What needs attention.

use model::ProfileId;

use super::{Cell, Column, Sheet, Unit};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{TodayQuery, TodayRow};

pub(super) async fn sheet(desk: &Desk, query: TodayQuery) -> Result<Sheet, Problem> {
    let mut sheet = Sheet::new("Today", columns());
    let found = desk.today(query).await?;
    sheet.rows = found.rows.iter().map(row).collect();
    Ok(sheet)
}

fn columns() -> Vec<Column> {
    [
        ("Severity", Unit::Text),
        ("Kind", Unit::Text),
        ("Account", Unit::Text),
        ("Profile", Unit::Text),
        ("ID", Unit::Text),
        ("What", Unit::Text),
        ("At stake", Unit::Text),
        ("Since (UTC)", Unit::Moment),
        ("Or earlier", Unit::Text),
        ("Next step", Unit::Text),
        ("Snoozed until (UTC)", Unit::Moment),
        ("Acknowledged", Unit::Text),
        ("Note", Unit::Text),
    ]
    .into_iter()
    .map(|(name, unit)| Column::new(name, unit))
    .collect()
}

fn row(row: &TodayRow) -> Vec<Cell> {
    let answer = row.answer.as_ref();
    // One on a line that came back is still worth reading.
    let note = answer.or(row.earlier.as_ref());
    let note = note.map(|answer| answer.note.as_str());
    vec![
        Cell::Text(row.severity.key().to_owned()),
        Cell::Text(row.kind.key().to_owned()),
        Cell::text(row.account.as_deref()),
        Cell::text(row.profile_name.as_deref()),
        Cell::text(row.profile.as_ref().map(ProfileId::as_str)),
        Cell::Text(row.what()),
        Cell::Text(row.stake()),
        Cell::moment(row.since),
        Cell::Bool(row.or_earlier),
        Cell::Text(row.next()),
        Cell::moment(answer.and_then(|answer| answer.until)),
        Cell::Bool(answer.is_some()),
        Cell::text(note.filter(|note| !note.is_empty())),
    ]
}
