//! What each account has bought, allocated and left, a row an account and service.

use model::Service;

use super::{Cell, Column, Sheet, Unit};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{AllocationAccount, AllocationCell, AllocationQuery};

pub(super) async fn sheet(desk: &Desk, query: AllocationQuery) -> Result<Sheet, Problem> {
    let mut sheet = Sheet::new("Allocation", columns());
    for account in desk.allocation(query).await?.accounts {
        let cells = Service::ALL.into_iter().zip(&account.services);
        sheet
            .rows
            .extend(cells.map(|(service, cell)| row(&account, service, cell)));
    }
    Ok(sheet)
}

fn columns() -> Vec<Column> {
    let text = ["Account", "Region", "Plan", "Service", "Unit"];
    let numbers = [
        "Bought",
        "Allocated",
        "Free",
        "Used",
        "Headroom of its profiles",
        "Profiles",
        "Allocation known of",
        "Use known of",
    ];
    text.map(|name| Column::new(name, Unit::Text))
        .into_iter()
        .chain(numbers.map(|name| Column::new(name, Unit::Number)))
        .collect()
}

fn row(account: &AllocationAccount, service: Service, cell: &AllocationCell) -> Vec<Cell> {
    let some = |number: f64, known: u32| Cell::number((known > 0).then_some(number));
    let count = |number: u32| Cell::Number(f64::from(number));
    vec![
        Cell::Text(account.label.clone()),
        Cell::Text(account.region.clone()),
        Cell::text(account.plan.as_deref()),
        Cell::Text(service.label().to_owned()),
        Cell::Text(service.unit().to_owned()),
        Cell::number(cell.bought),
        some(cell.allocated, cell.allocated_known),
        Cell::number(cell.free),
        some(cell.used, cell.used_known),
        some(cell.headroom, cell.headroom_known),
        count(account.slots.profiles),
        count(cell.allocated_known),
        count(cell.used_known),
    ]
}
