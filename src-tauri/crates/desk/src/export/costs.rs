//! What each profile costs.

use model::Service;

use super::{Cell, Column, Sheet, Unit};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{CostQuery, CostRow};

pub(super) async fn sheet(desk: &Desk, query: CostQuery) -> Result<Sheet, Problem> {
    let mut sheet = Sheet::new("Costs", columns());
    let found = desk.costs(query).await?;
    sheet.rows = found.rows.iter().map(row).collect();
    Ok(sheet)
}

fn columns() -> Vec<Column> {
    let text = ["Profile", "ID", "Account"].map(|name| Column::new(name, Unit::Text));
    let services = Service::ALL
        .into_iter()
        .map(|service| Column::new(format!("{} a month (USD)", service.label()), Unit::Money));
    let mut columns: Vec<Column> = text.into_iter().chain(services).collect();
    columns.push(Column::new("Add-ons a month (USD)", Unit::Money));
    columns.push(Column::new("Known a month (USD)", Unit::Money));
    columns.push(Column::new("Unknown parts", Unit::Number));
    columns
}

fn row(row: &CostRow) -> Vec<Cell> {
    let mut cells = vec![
        Cell::Text(row.name.clone()),
        Cell::Text(row.id.to_string()),
        Cell::Text(row.account.clone()),
    ];
    cells.extend(row.services.iter().copied().map(Cell::money));
    cells.push(Cell::money(row.addons));
    // Of a profile of which nothing is known there is no sum, not even zero.
    let known =
        (row.services.iter().any(Option::is_some) || row.addons.is_some()).then_some(row.known);
    cells.push(Cell::money(known));
    cells.push(Cell::Number(f64::from(row.unknown)));
    cells
}
