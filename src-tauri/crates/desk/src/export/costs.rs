//! What each profile costs, and what each account pays for, up to its invoice.

use model::Service;

use super::{Cell, Column, Sheet, Unit};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{CostAccount, CostLine, CostLineKind, CostQuery, CostRow, CostUnknown};

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

/// A row a line. The lines of an account and its difference come to its invoice, which is in a column of its own, so that
/// either column can be summed.
pub(super) async fn accounts(desk: &Desk, query: CostQuery) -> Result<Sheet, Problem> {
    let mut sheet = Sheet::new("Costs of accounts", account_columns());
    for account in desk.cost_accounts(&query.filter, query.at).await? {
        let lines = account.lines.iter().map(|one| line(&account, one));
        sheet.rows.extend(lines);
        sheet.rows.extend([difference(&account), invoice(&account)]);
    }
    Ok(sheet)
}

fn account_columns() -> Vec<Column> {
    [
        ("Account", Unit::Text),
        ("Region", Unit::Text),
        ("Cycle from (UTC)", Unit::Moment),
        ("Cycle until (UTC)", Unit::Moment),
        ("Kind", Unit::Text),
        ("What", Unit::Text),
        ("Limit, profiles or percent", Unit::Number),
        ("A month (USD)", Unit::Money),
        ("For profiles (USD)", Unit::Money),
        ("Not allocated (USD)", Unit::Money),
        ("Not known whose, or of none (USD)", Unit::Money),
        ("Upcoming invoice (USD)", Unit::Money),
        ("Balance, in no sum (USD)", Unit::Money),
        ("Note", Unit::Text),
    ]
    .into_iter()
    .map(|(name, unit)| Column::new(name, unit))
    .collect()
}

/// What stands before each row of an account.
fn of(account: &CostAccount, kind: &str, what: Option<&str>) -> Vec<Cell> {
    let (start, end) = account.cycle.unzip();
    vec![
        Cell::Text(account.label.clone()),
        Cell::Text(account.region.clone()),
        Cell::moment(start),
        Cell::moment(end),
        Cell::Text(kind.to_owned()),
        Cell::text(what),
    ]
}

fn line(account: &CostAccount, line: &CostLine) -> Vec<Cell> {
    let name = line.name.as_deref();
    let service = name.filter(|_| line.kind == CostLineKind::Service);
    let what = service.and_then(Service::from_key).map(Service::label);
    // Which add-ons there are is not known.
    let all_addons = line.kind == CostLineKind::Addon && name.is_none();
    let what = what.or(name).or(all_addons.then_some("Add-ons"));
    let mut cells = of(account, line.kind.label(), what);
    cells.extend([Cell::number(line.amount), Cell::money(line.price)]);
    // What is not divided among profiles is for none of them, and not for nobody either.
    cells.extend(match service {
        Some(_) if line.price.is_some() => [
            Cell::money(line.allocated),
            Cell::money(line.unallocated),
            Cell::Money(line.undivided),
        ],
        _ => [Cell::Empty, Cell::Empty, Cell::Empty],
    });
    cells.extend([Cell::Empty, Cell::Empty]);
    cells.push(Cell::text(if all_addons {
        Some("which there are is not known")
    } else {
        line.why.map(CostUnknown::label)
    }));
    cells
}

fn difference(account: &CostAccount) -> Vec<Cell> {
    let what = "Credits, discounts, tax: difference to the invoice";
    let mut cells = of(account, "difference", Some(what));
    cells.extend([Cell::Empty, Cell::money(account.difference)]);
    cells.extend([const { Cell::Empty }; 5]);
    cells.push(Cell::text(match account.unknown {
        _ if !account.seen => Some("what the account had bought was not seen".to_owned()),
        0 => None,
        1 => Some("holds the line that is not known".to_owned()),
        many => Some(format!("holds the {many} lines that are not known")),
    }));
    cells
}

fn invoice(account: &CostAccount) -> Vec<Cell> {
    let mut cells = of(account, "invoice", Some("Upcoming invoice, as TagoIO says"));
    cells.extend([const { Cell::Empty }; 5]);
    cells.extend([Cell::money(account.invoice), Cell::money(account.balance)]);
    cells.push(Cell::Empty);
    cells
}

impl CostLineKind {
    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Service => "service",
            Self::Other => "other service",
            Self::Addon => "add-on",
            Self::Coupon => "coupon",
        }
    }
}

impl CostUnknown {
    /// What a person is told.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NotKnown => "the price is not known",
            Self::NoTier => "the limit is no tier, so that the price is not known",
            Self::NotMonthly => "it is not paid by the month, as prices are",
            Self::NoTiers => "the installation has no tiers",
        }
    }
}
