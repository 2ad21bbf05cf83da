//! The report of an off-boarding: what was removed, what was not and why, and what is not known.

use super::{Cell, Column, Sheet, Unit};
use crate::offboard::{OffboardExport, OffboardReport};
use crate::open::Desk;
use crate::problem::Problem;

pub(super) async fn sheet(desk: &Desk, wanted: OffboardExport) -> Result<Sheet, Problem> {
    let report = desk.offboard_report(&wanted.who, wanted.batch).await?;
    Ok(of(&report))
}

fn of(report: &OffboardReport) -> Sheet {
    let title = format!("Off-boarding of {}", report.called);
    let mut sheet = Sheet::new(title, columns());
    let line = |line: &crate::offboard::OffboardLine| {
        vec![
            Cell::Text(report.called.clone()),
            Cell::Text(line.end.label().to_owned()),
            Cell::Text(line.profile.name.clone()),
            Cell::Text(line.profile.id.to_string()),
            Cell::text(line.profile.account.clone()),
            Cell::Text(line.what.clone()),
            Cell::text(line.why.clone()),
            Cell::text(line.result.map(|result| result.to_string())),
            #[expect(clippy::cast_precision_loss, reason = "no log has so many batches")]
            Cell::number(report.batch.map(|batch| batch as f64)),
            Cell::Moment(report.at),
        ]
    };
    sheet.rows = report.lines.iter().map(line).collect();
    sheet
}

fn columns() -> Vec<Column> {
    [
        ("Person", Unit::Text),
        ("Ended", Unit::Text),
        ("Profile", Unit::Text),
        ("Profile ID", Unit::Text),
        ("Account", Unit::Text),
        ("Access", Unit::Text),
        ("Why", Unit::Text),
        ("Request", Unit::Text),
        ("Batch", Unit::Number),
        ("As of (UTC)", Unit::Moment),
    ]
    .into_iter()
    .map(|(name, unit)| Column::new(name, unit))
    .collect()
}
