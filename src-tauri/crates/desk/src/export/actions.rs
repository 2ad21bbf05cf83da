//! The action log.

use jiff::SignedDuration;
use serde_json::Value;

use super::{Cell, Column, Sheet, Unit};
use crate::change::{ActionQuery, ActionRow};
use crate::open::Desk;
use crate::problem::Problem;

/// Lines that are read at once: more are not given.
const PAGE: u32 = 10_000;

pub(super) async fn sheet(desk: &Desk, mut query: ActionQuery) -> Result<Sheet, Problem> {
    let mut sheet = Sheet::new("Actions", columns());
    // The log is only added to: without what begins from now on, no page moves another.
    let now = desk.inner.clock.now() + SignedDuration::from_millis(1);
    query.until.get_or_insert(now);
    query.limit = PAGE;
    loop {
        let page = desk.action_log(query.clone()).await?;
        sheet.rows.extend(page.rows.iter().map(row));
        query.offset += PAGE;
        if query.offset >= page.total {
            return Ok(sheet);
        }
    }
}

fn columns() -> Vec<Column> {
    [
        ("When (UTC)", Unit::Moment),
        ("Batch", Unit::Number),
        ("Account", Unit::Text),
        ("Profile", Unit::Text),
        ("Profile ID", Unit::Text),
        ("What", Unit::Text),
        ("Before", Unit::Text),
        ("After", Unit::Text),
        ("Result", Unit::Text),
        ("Message", Unit::Text),
        ("Ended (UTC)", Unit::Moment),
    ]
    .into_iter()
    .map(|(name, unit)| Column::new(name, unit))
    .collect()
}

fn row(action: &ActionRow) -> Vec<Cell> {
    vec![
        Cell::Moment(action.at),
        #[expect(clippy::cast_precision_loss, reason = "no log has so many batches")]
        Cell::number(action.batch.map(|batch| batch as f64)),
        Cell::text(action.account.as_deref()),
        Cell::text(action.profile_name.as_deref()),
        Cell::text(action.profile.as_ref().map(ToString::to_string)),
        Cell::Text(action.kind.replace('_', " ")),
        Cell::Text(values(action.before.iter())),
        Cell::Text(values(action.after.iter())),
        Cell::Text(action.result.to_string()),
        Cell::text(action.message.as_deref()),
        Cell::moment(action.ended_at),
    ]
}

/// All fields as text; a name alone speaks for itself.
fn values<'a>(fields: impl ExactSizeIterator<Item = (&'a String, &'a Value)>) -> String {
    let alone = fields.len() == 1;
    let said = |(field, value): (&String, &Value)| {
        let value = match value {
            Value::Null => "?".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if alone && field == "name" {
            value
        } else {
            format!("{}: {value}", field.replace('_', " "))
        }
    };
    fields.map(said).collect::<Vec<_>>().join(", ")
}
