//! A profile's backups at TagoIO.

use super::{Cell, Column, ProfileExport, Sheet, Unit};
use crate::open::Desk;
use crate::problem::Problem;

pub(super) async fn sheet(desk: &Desk, query: ProfileExport) -> Result<Sheet, Problem> {
    let view = desk.backups(query.profile).await?;
    let row = desk.fleet_row(query.profile).await?;
    let mut sheet = Sheet::new(format!("Backups of {}", row.name), columns());
    sheet.rows = view
        .rows
        .into_iter()
        .map(|backup| {
            vec![
                Cell::Text(row.name.clone()),
                Cell::Text(row.id.to_string()),
                Cell::Text(backup.id),
                Cell::moment(backup.created_at),
                Cell::text(backup.status),
                Cell::number(backup.file_size),
                Cell::text(backup.error),
                Cell::as_of(&view.freshness),
            ]
        })
        .collect();
    Ok(sheet)
}

fn columns() -> Vec<Column> {
    [
        ("Profile", Unit::Text),
        ("Profile ID", Unit::Text),
        ("Backup ID", Unit::Text),
        ("Made (UTC)", Unit::Moment),
        ("Status", Unit::Text),
        ("Size as TagoIO gives it", Unit::Number),
        ("Error", Unit::Text),
        ("As of (UTC)", Unit::Moment),
    ]
    .into_iter()
    .map(|(name, unit)| Column::new(name, unit))
    .collect()
}
