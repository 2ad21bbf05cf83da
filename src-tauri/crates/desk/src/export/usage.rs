//! A profile's usage history: a row a period, a column a service, and what is to be known of the amounts.

use model::{ServiceKind, Timestamp};

use super::{Cell, Column, Sheet, Unit};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{UsageChart, UsageQuery};

pub(super) async fn sheet(desk: &Desk, query: UsageQuery) -> Result<Sheet, Problem> {
    let name = desk.fleet_row(query.profile).await?.name;
    let running = query.running;
    let chart = desk.usage_chart(query).await?;
    let mut sheet = Sheet::new(format!("Usage of {name}"), columns(&chart, running));
    sheet.rows = (0..chart.starts.len())
        .map(|place| row(&chart, place))
        .collect();
    Ok(sheet)
}

fn columns(chart: &UsageChart, running: bool) -> Vec<Column> {
    let mut columns = vec![
        Column::new("From (UTC)", Unit::Moment),
        Column::new("Until (UTC)", Unit::Moment),
    ];
    for series in &chart.series {
        let (label, unit) = (series.service.label(), series.service.unit());
        let what = match series.service.kind() {
            ServiceKind::Level => "stored",
            ServiceKind::Counter if running => "running total",
            ServiceKind::Counter => "used",
        };
        columns.push(Column::new(
            format!("{label} {what} ({unit})"),
            Unit::Number,
        ));
    }
    columns.push(Column::new("At least", Unit::Text));
    columns.push(Column::new("Not known to the end", Unit::Text));
    columns
}

fn row(chart: &UsageChart, place: usize) -> Vec<Cell> {
    let moment = |second: Option<i64>| {
        second
            .and_then(|second| Timestamp::from_second(second).ok())
            .map_or(Cell::Empty, Cell::Moment)
    };
    let start = chart.starts.get(place).copied();
    let end = chart.starts.get(place + 1).copied().or(chart.end);
    let mut cells = vec![moment(start), moment(end)];
    let (mut at_least, mut open) = (Vec::new(), Vec::new());
    for series in &chart.series {
        cells.push(Cell::number(series.amounts.get(place).copied().flatten()));
        let among = |places: &[u32]| places.iter().any(|one| *one as usize == place);
        if among(&series.lower_bound) {
            at_least.push(series.service.label());
        }
        if among(&series.open) {
            open.push(series.service.label());
        }
    }
    for names in [at_least, open] {
        cells.push(match names.as_slice() {
            [] => Cell::Empty,
            names => Cell::Text(names.join(", ")),
        });
    }
    cells
}
