//! The fleet's table: the columns that the screen shows, in its order.

use std::collections::HashMap;

use model::{Freshness, Service, ServiceKind};
use serde::Deserialize;
use store::ProfileKey;
use ts_rs::TS;

use super::{Cell, Column, Sheet, Unit};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{FleetQuery, FleetRow};

/// The fleet's table, as it is to be exported.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, TS)]
pub struct FleetExport {
    /// What the table shows.
    #[serde(flatten)]
    pub query: FleetQuery,
    /// What follows profile, id and account, which always stand first; the usual ones if empty.
    #[serde(default)]
    pub columns: Vec<FleetColumn>,
}

/// A column of the fleet's table, which can be several of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FleetColumn {
    /// The name.
    Name,
    /// TagoIO's id.
    Id,
    /// The label of the preferred account.
    Account,
    /// The labels of the other accounts that reach it, and whether none that is connected owns it.
    Others,
    /// The region.
    Region,
    /// The plan.
    Plan,
    /// The names of its groups.
    Groups,
    /// The note.
    Noted,
    /// The service with the highest share of its limit, and the share.
    Worst,
    /// The share of the limit that the fastest service uses up each day.
    Growth,
    /// What the last 30 days of the query's `trend` added, and how many of these days are known; nothing without such
    /// a service.
    Trend,
    /// When the figures arrived, and their state.
    AsOf,
    /// What is used of a service, its limit and the share.
    #[serde(untagged)]
    Service(Service),
}

/// What a row does not bear itself.
struct Kept {
    trend: Option<Service>,
    groups: HashMap<i64, String>,
    notes: HashMap<ProfileKey, String>,
}

pub(super) async fn sheet(desk: &Desk, export: FleetExport) -> Result<Sheet, Problem> {
    let FleetExport { query, columns } = export;
    let columns = if columns.is_empty() { usual() } else { columns };
    let trend = query.trend;
    let found = desk.fleet(query).await?;
    let (groups, notes) = desk
        .inner
        .read(|store| Ok((store.groups()?, store.notes()?)))
        .await?;
    let groups = groups.into_iter().map(|group| (group.key.0, group.name));
    let kept = Kept {
        trend,
        groups: groups.collect(),
        notes,
    };
    let first = ["Profile", "ID", "Account"].map(|name| Column::new(name, Unit::Text));
    let chosen = columns.iter().flat_map(|column| column.heads(trend));
    let mut sheet = Sheet::new("Fleet", first.into_iter().chain(chosen).collect());
    sheet.rows = found
        .rows
        .iter()
        .map(|row| {
            let first = [&row.name, row.id.as_str(), &row.account];
            let first = first.map(|text| Cell::Text(text.to_owned()));
            let chosen = columns.iter().flat_map(|column| column.cells(row, &kept));
            first.into_iter().chain(chosen).collect()
        })
        .collect();
    Ok(sheet)
}

fn usual() -> Vec<FleetColumn> {
    let before = [FleetColumn::Others, FleetColumn::Region, FleetColumn::Plan];
    let services = Service::ALL.into_iter().map(FleetColumn::Service);
    before
        .into_iter()
        .chain(services)
        .chain([FleetColumn::AsOf])
        .collect()
}

impl FleetColumn {
    fn heads(self, trend: Option<Service>) -> Vec<Column> {
        let head = |name: &str, unit| Column::new(name, unit);
        match self {
            // They stand first.
            Self::Name | Self::Id | Self::Account => Vec::new(),
            Self::Others => vec![
                head("Also reached by", Unit::Text),
                head("Shared", Unit::Text),
            ],
            Self::Region => vec![head("Region", Unit::Text)],
            Self::Plan => vec![head("Plan", Unit::Text)],
            Self::Groups => vec![head("Groups", Unit::Text)],
            Self::Noted => vec![head("Note", Unit::Text)],
            Self::Worst => vec![head("Worst", Unit::Text), head("Worst share", Unit::Share)],
            Self::Growth => vec![head("Growth of the share a day", Unit::Share)],
            Self::Trend => trend.map(trend_heads).unwrap_or_default(),
            Self::AsOf => vec![head("As of (UTC)", Unit::Moment), head("State", Unit::Text)],
            Self::Service(service) => {
                let (name, unit) = (service.label(), service.unit());
                vec![
                    Column::new(format!("{name} used ({unit})"), Unit::Number),
                    Column::new(format!("{name} limit ({unit})"), Unit::Number),
                    Column::new(format!("{name} share"), Unit::Share),
                ]
            }
        }
    }

    fn cells(self, row: &FleetRow, kept: &Kept) -> Vec<Cell> {
        match self {
            Self::Name | Self::Id | Self::Account => Vec::new(),
            Self::Others => {
                let others = row.accounts.iter().filter(|label| **label != row.account);
                vec![
                    names(&others.map(String::as_str).collect::<Vec<_>>()),
                    Cell::Bool(row.shared),
                ]
            }
            Self::Region => vec![Cell::Text(row.region.clone())],
            Self::Plan => vec![Cell::text(row.plan.as_deref())],
            Self::Groups => {
                let groups = row.groups.iter().filter_map(|key| kept.groups.get(key));
                vec![names(&groups.map(String::as_str).collect::<Vec<_>>())]
            }
            Self::Noted => {
                let note = kept.notes.get(&ProfileKey(row.key));
                vec![Cell::text(note.map(String::as_str))]
            }
            Self::Worst => {
                let worst = row.worst;
                vec![
                    Cell::text(worst.map(Service::label)),
                    Cell::number(worst.and_then(|worst| of(row, worst)[2])),
                ]
            }
            Self::Growth => vec![Cell::number(row.growth)],
            Self::Trend => kept
                .trend
                .map(|service| trend_cells(&row.trend, service))
                .unwrap_or_default(),
            Self::AsOf => as_of(&row.freshness),
            Self::Service(service) => of(row, service).map(Cell::number).into(),
        }
    }
}

/// What is used of a service, its limit and the share.
fn of(row: &FleetRow, service: Service) -> [Option<f64>; 3] {
    let place = Service::ALL.iter().position(|one| *one == service);
    place
        .and_then(|place| row.usage.get(place))
        .map(|cell| [cell.used, cell.limit, cell.share])
        .unwrap_or_default()
}

fn trend_heads(service: Service) -> Vec<Column> {
    let (name, unit) = (service.label(), service.unit());
    let what = match service.kind() {
        ServiceKind::Counter => "used",
        ServiceKind::Level => "risen",
    };
    vec![
        Column::new(format!("{name} {what} in 30 days ({unit})"), Unit::Number),
        Column::new("Days known of these 30", Unit::Number),
    ]
}

/// What the screen sorts a trend by: what a counter used on the days that are known, how far a level rose or fell.
fn trend_cells(days: &[Option<f64>], service: Service) -> Vec<Cell> {
    let known: Vec<f64> = days.iter().copied().flatten().collect();
    let added = match (service.kind(), known.as_slice()) {
        // One day alone says nothing of how a level went.
        (_, []) | (ServiceKind::Level, [_]) => None,
        (ServiceKind::Counter, known) => Some(known.iter().sum()),
        (ServiceKind::Level, [first, .., last]) => Some(last - first),
    };
    let count = u32::try_from(known.len()).unwrap_or(u32::MAX);
    vec![Cell::number(added), Cell::Number(f64::from(count))]
}

/// When the figures that stand arrived, and their state: old figures are not to leave without their age.
fn as_of(freshness: &Freshness) -> Vec<Cell> {
    let (at, state) = match freshness {
        Freshness::NeverFetched => (None, "never fetched"),
        Freshness::Fresh { fetched_at } => (Some(*fetched_at), "fresh"),
        Freshness::Stale { fetched_at } => (Some(*fetched_at), "stale"),
        Freshness::Failed { fetched_at, .. } => (*fetched_at, "failed"),
        Freshness::NotPermitted { .. } => (None, "not permitted"),
        Freshness::NotThere { fetched_at } => (Some(*fetched_at), "not there"),
    };
    vec![Cell::moment(at), Cell::Text(state.to_owned())]
}

fn names(names: &[&str]) -> Cell {
    Cell::text((!names.is_empty()).then(|| names.join(", ")))
}
