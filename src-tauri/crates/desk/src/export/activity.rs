//! The change log.

use std::collections::HashSet;

use serde_json::Value;

use super::{Cell, Column, Sheet, Unit};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{ActivityQuery, ChangeRow};

const PAGE: u32 = 5_000;

pub(super) async fn sheet(desk: &Desk, query: ActivityQuery) -> Result<Sheet, Problem> {
    let mut sheet = Sheet::new("Activity", columns());
    // What is seen meanwhile comes in above and moves the rest down: a row is then met twice.
    let mut met = HashSet::new();
    let mut offset = 0;
    loop {
        let page = desk
            .activity(ActivityQuery {
                offset,
                limit: PAGE,
                ..query.clone()
            })
            .await?;
        let some = u32::try_from(page.rows.len()).unwrap_or(u32::MAX);
        offset = offset.saturating_add(some);
        let rows = page.rows.iter().filter(|change| met.insert(change.key));
        sheet.rows.extend(rows.map(row));
        if some == 0 || offset >= page.total {
            return Ok(sheet);
        }
    }
}

fn columns() -> Vec<Column> {
    let text = |name| Column::new(name, Unit::Text);
    vec![
        Column::new("Seen", Unit::Moment),
        text("Account"),
        text("Profile"),
        text("Profile ID"),
        text("Change"),
        text("Of"),
        text("Before"),
        text("After"),
    ]
}

fn row(change: &ChangeRow) -> Vec<Cell> {
    vec![
        Cell::Moment(change.at),
        Cell::text(change.account.as_deref()),
        Cell::text(change.profile_name.as_deref()),
        Cell::text(change.profile.as_ref().map(ToString::to_string)),
        Cell::Text(change.kind.to_string().replace('_', " ")),
        Cell::text(change.subject.as_deref()),
        value(&change.old),
        value(&change.new),
    ]
}

fn value(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Empty,
        Value::String(text) => Cell::Text(text.clone()),
        Value::Number(number) => Cell::number(number.as_f64()),
        Value::Bool(yes) => Cell::Bool(*yes),
        other => Cell::Text(other.to_string()),
    }
}
