//! The fleet's table.

use model::Service;

use super::{Cell, Column, Sheet, Unit};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{FleetQuery, FleetRow};

pub(super) async fn sheet(desk: &Desk, query: FleetQuery) -> Result<Sheet, Problem> {
    let mut sheet = Sheet::new("Fleet", columns());
    let found = desk.fleet(query).await?;
    sheet.rows = found.rows.iter().map(row).collect();
    Ok(sheet)
}

fn columns() -> Vec<Column> {
    let mut columns: Vec<Column> = ["Profile", "ID", "Account", "Reached by", "Region", "Plan"]
        .into_iter()
        .map(|name| Column::new(name, Unit::Text))
        .collect();
    columns.push(Column::new("Shared", Unit::Text));
    for service in Service::ALL {
        let (name, unit) = (service.label(), service.unit());
        columns.push(Column::new(format!("{name} used ({unit})"), Unit::Number));
        columns.push(Column::new(format!("{name} limit ({unit})"), Unit::Number));
        columns.push(Column::new(format!("{name} share"), Unit::Share));
    }
    columns
}

fn row(row: &FleetRow) -> Vec<Cell> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let mut cells = vec![
        text(&row.name),
        text(row.id.as_str()),
        text(&row.account),
        Cell::Text(row.accounts.join(", ")),
        text(&row.region),
        Cell::text(row.plan.as_deref()),
        Cell::Bool(row.shared),
    ];
    for cell in &row.usage {
        cells.extend([cell.used, cell.limit, cell.share].map(Cell::number));
    }
    cells
}
