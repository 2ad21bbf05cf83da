//! The change log.

use serde_json::Value;

use super::{Cell, Column, Sheet, Unit};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{ActivityQuery, ChangeRow};

pub(super) async fn sheet(desk: &Desk, query: ActivityQuery) -> Result<Sheet, Problem> {
    let mut sheet = Sheet::new("Activity", columns());
    let found = desk.activity(query).await?;
    sheet.rows = found.rows.iter().map(row).collect();
    Ok(sheet)
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
