//! `pdesk profile`: the fleet, and one profile of it.

use std::collections::BTreeMap;

use desk::Desk;
use desk::read::{
    EVERY_ROW, FleetOrder, FleetQuery, FleetRow, FleetSort, NamedAmount, ProfileOverview, UsageCell,
};
use jiff::tz::TimeZone;
use model::{AccountId, Freshness, ProfileId, Service, Timestamp};
use serde::Serialize;

use super::{act, live, profile_change, transfer};
use crate::args::{ListArgs, OneArgs, ProfileCommand, Sort};
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::{Fitted, facts};
use crate::{time, wording};

pub(super) async fn run(
    desk: &Desk,
    command: ProfileCommand,
    output: &Output,
) -> Result<Exit, Failure> {
    match command {
        ProfileCommand::Create(wanted) => {
            return profile_change::create(desk, wanted, output).await;
        }
        ProfileCommand::Delete(wanted) => {
            return profile_change::delete(desk, wanted, output).await;
        }
        ProfileCommand::Transfer(command) => return transfer::run(desk, command, output).await,
        ProfileCommand::Edit(wanted) => return act::edit(desk, wanted, output).await,
        ProfileCommand::Protect(wanted) => return act::protect(desk, &wanted, true, output).await,
        ProfileCommand::Unprotect(wanted) => {
            return act::protect(desk, &wanted, false, output).await;
        }
        ProfileCommand::List(wanted) => list(desk, &wanted, output).await?,
        ProfileCommand::Info(wanted) => {
            let overview = overview(desk, &wanted).await?;
            output.result(&Info::from(&overview), || info_text(&overview))?;
        }
        ProfileCommand::Summary(wanted) => {
            let overview = overview(desk, &wanted).await?;
            output.result(&Summary::from(&overview), || {
                summary_text(&overview, output::width())
            })?;
        }
    }
    Ok(Exit::Done)
}

/// What a profile may use of each service, and uses.
pub(super) async fn limits(desk: &Desk, key: i64, output: &Output) -> Result<Exit, Failure> {
    let overview = desk.profile(key).await?;
    output.result(&Summary::from(&overview), || {
        summary_text(&overview, output::width())
    })?;
    Ok(Exit::Done)
}

async fn overview(desk: &Desk, wanted: &OneArgs) -> Result<ProfileOverview, Failure> {
    let key = desk.find_profile(&wanted.profile).await?.key;
    if wanted.live {
        live::one(desk, key).await?;
    }
    Ok(desk.profile(key).await?)
}

async fn list(desk: &Desk, wanted: &ListArgs, output: &Output) -> Result<(), Failure> {
    if wanted.live {
        live::all(desk).await?;
    }
    let rows = rows(desk, &wanted.filter, wanted.sort).await?;
    let listed: Vec<Listed<'_>> = rows.iter().map(Listed::from).collect();
    output.result(&listed, || {
        if rows.is_empty() {
            return "No profile to show. Fetch them with: pdesk sync\n".to_owned();
        }
        table(&rows, Timestamp::now()).print(output::width())
    })
}

/// All profiles that a filter leaves.
pub(super) async fn rows(desk: &Desk, filter: &str, sort: Sort) -> Result<Vec<FleetRow>, Failure> {
    let query = FleetQuery {
        filter: filter.to_owned(),
        sort: order(sort),
        trend: (sort == Sort::Trend).then_some(Service::Input),
        limit: EVERY_ROW,
        ..FleetQuery::default()
    };
    Ok(desk.fleet(query).await?.rows)
}

fn order(sort: Sort) -> Vec<FleetOrder> {
    let (by, descending) = match sort {
        Sort::Risk => return Vec::new(),
        Sort::Growth => (FleetSort::Growth, true),
        Sort::Trend => (FleetSort::Trend, true),
        Sort::Name => (FleetSort::Name, false),
        Sort::Account => (FleetSort::Account, false),
        Sort::Others => (FleetSort::Others, false),
        Sort::Region => (FleetSort::Region, false),
        Sort::Plan => (FleetSort::Plan, false),
        Sort::Groups => (FleetSort::Groups, false),
        Sort::Note => (FleetSort::Noted, true),
        Sort::Id => (FleetSort::Id, false),
        Sort::Age => (FleetSort::AsOf, false),
    };
    vec![FleetOrder { by, descending }]
}

/// A profile's name, with the end of its id where another one bears the name too.
pub(super) fn name(row: &FleetRow) -> String {
    if !row.name_is_shared {
        return row.name.clone();
    }
    let id = row.id.as_str();
    format!("{} (…{})", row.name, &id[id.len() - 4..])
}

fn table(rows: &[FleetRow], now: Timestamp) -> Fitted {
    let mut table = Fitted::default()
        .words("Name", 0)
        .words("Account", 3)
        .exact("Worst", 0)
        .exact("As of", 1);
    // The services that fill up first go last.
    for (service, gives_way) in Service::ALL.into_iter().zip([4, 5, 7, 10, 9, 11, 6, 8, 12]) {
        table = table.numbers(short(service), gives_way);
    }
    table = table.exact("Id", 2);
    for row in rows {
        let mut cells = vec![
            name(row),
            row.account.clone(),
            worst(row),
            wording::freshness(&row.freshness, now),
        ];
        cells.extend(row.usage.iter().map(wording::percent));
        cells.push(row.id.to_string());
        table.row(cells);
    }
    table
}

/// The service nearest to its limit, how near, and what that means.
fn worst(row: &FleetRow) -> String {
    let Some((service, cell)) = row.worst.and_then(|service| {
        let cell = row.usage.get(service.index())?;
        Some((service, cell))
    }) else {
        return wording::UNKNOWN.to_owned();
    };
    format!(
        "{} {}, {}",
        wording::percent(cell),
        short(service),
        wording::standing(cell.state)
    )
}

pub(super) const fn short(service: Service) -> &'static str {
    match service {
        Service::Input => "input",
        Service::Output => "output",
        Service::Analysis => "analysis",
        Service::Sms => "sms",
        Service::Email => "email",
        Service::PushNotification => "push",
        Service::DataRecords => "records",
        Service::FileStorage => "files",
        Service::RunUsers => "users",
    }
}

fn info_text(overview: &ProfileOverview) -> String {
    let row = &overview.row;
    let day = |at: Timestamp| time::clock(at, &TimeZone::UTC) + " UTC";
    let text = |value: Option<&str>| value.unwrap_or(wording::UNKNOWN).to_owned();
    let mut lines = vec![
        ("Name", row.name.clone()),
        ("Id", row.id.to_string()),
        ("Account", row.account.clone()),
    ];
    if row.accounts.len() > 1 {
        lines.push(("Reached by", row.accounts.join(", ")));
    }
    lines.extend([
        (
            "Owner",
            text(
                overview
                    .owner_name
                    .as_deref()
                    .or(overview.owner.as_ref().map(AccountId::as_str)),
            ),
        ),
        (
            "Shared with you",
            if row.shared { "yes" } else { "no" }.to_owned(),
        ),
        ("Plan", text(row.plan.as_deref())),
        ("Region", text(overview.region.as_deref())),
        ("API", row.api.clone()),
        (
            "Made",
            overview
                .created_at
                .map_or_else(|| wording::UNKNOWN.to_owned(), day),
        ),
        ("First seen", day(overview.first_seen_at)),
    ]);
    if let Some(removed_at) = row.removed_at {
        lines.push(("Gone since", day(removed_at)));
    }
    if let Some((start, end)) = overview.cycle {
        lines.push(("Billing cycle", format!("{} to {}", day(start), day(end))));
    }
    match &overview.addons {
        None => lines.push(("Add-ons", wording::UNKNOWN.to_owned())),
        Some(addons) if addons.is_empty() => {}
        Some(addons) => lines.push(("Add-ons", addons.join(", "))),
    }
    for (service, amount) in Service::ALL.into_iter().zip(&overview.allocation) {
        if let Some(amount) = amount {
            let said = format!("{} {}", wording::number(*amount), service.unit());
            lines.push((allocated(service), said));
        }
    }
    let now = Timestamp::now();
    for part in &overview.datasets {
        lines.push((part.dataset.key(), wording::freshness(&part.freshness, now)));
    }
    facts(&lines)
}

const fn allocated(service: Service) -> &'static str {
    match service {
        Service::Input => "Allocated: data input",
        Service::Output => "Allocated: data output",
        Service::Analysis => "Allocated: analysis",
        Service::Sms => "Allocated: SMS",
        Service::Email => "Allocated: e-mail",
        Service::PushNotification => "Allocated: push",
        Service::DataRecords => "Allocated: data records",
        Service::FileStorage => "Allocated: file storage",
        Service::RunUsers => "Allocated: end users",
    }
}

fn summary_text(overview: &ProfileOverview, width: Option<u16>) -> String {
    let row = &overview.row;
    let head = format!(
        "{}: {}\n\n",
        row.name,
        wording::freshness(&row.freshness, Timestamp::now())
    );
    let mut table = Fitted::default()
        .words("Service", 0)
        .numbers("Used", 0)
        .numbers("Limit", 0)
        .numbers("Share", 0)
        .words("State", 1)
        .words("Unit", 2);
    for (service, cell) in Service::ALL.into_iter().zip(&row.usage) {
        table.row([
            service.label(),
            &wording::known(cell.used),
            &wording::known(cell.limit),
            &wording::percent(cell),
            wording::standing(cell.state),
            service.unit(),
        ]);
    }
    for other in &overview.other_services {
        let cells = [
            other.name.clone(),
            wording::known(other.amount),
            wording::known(other.limit),
        ];
        table.row(cells);
    }
    let resources: Vec<(&str, String)> = overview
        .resources
        .iter()
        .map(|resource| (resource.name.as_str(), wording::known(resource.amount)))
        .collect();
    let mut text = crate::defuse::lines_for_terminal(&head) + &table.print(width);
    if !resources.is_empty() {
        text.push('\n');
        text.push_str(&facts(&resources));
    }
    text
}

/// Used and limit of a service, in JSON.
#[derive(Serialize)]
struct UsedOf {
    used: Option<f64>,
    limit: Option<f64>,
}

fn services(usage: &[UsageCell]) -> BTreeMap<&'static str, UsedOf> {
    let of = |cell: &UsageCell| UsedOf {
        used: cell.used,
        limit: cell.limit,
    };
    Service::ALL
        .into_iter()
        .map(Service::key)
        .zip(usage.iter().map(of))
        .collect()
}

fn by_name(amounts: &[NamedAmount]) -> BTreeMap<&str, Option<f64>> {
    amounts
        .iter()
        .map(|one| (one.name.as_str(), one.amount))
        .collect()
}

/// A profile in the list, in JSON.
#[derive(Serialize)]
struct Listed<'a> {
    id: &'a ProfileId,
    name: &'a str,
    api: &'a str,
    account: &'a str,
    accounts: &'a [String],
    shared: bool,
    plan: Option<&'a str>,
    removed_at: Option<Timestamp>,
    fetched_at: Option<Timestamp>,
    freshness: &'a Freshness,
    services: BTreeMap<&'static str, UsedOf>,
}

impl<'a> From<&'a FleetRow> for Listed<'a> {
    fn from(row: &'a FleetRow) -> Self {
        Self {
            id: &row.id,
            name: &row.name,
            api: &row.api,
            account: &row.account,
            accounts: &row.accounts,
            shared: row.shared,
            plan: row.plan.as_deref(),
            removed_at: row.removed_at,
            fetched_at: wording::fetched_at(&row.freshness),
            freshness: &row.freshness,
            services: services(&row.usage),
        }
    }
}

/// What a profile is, in JSON.
#[derive(Serialize)]
struct Info<'a> {
    #[serde(flatten)]
    listed: Listed<'a>,
    region: Option<&'a str>,
    owner: Option<&'a AccountId>,
    owner_name: Option<&'a str>,
    created_at: Option<Timestamp>,
    first_seen_at: Timestamp,
    cycle: Option<Span>,
    allocation: BTreeMap<&'static str, Option<f64>>,
    addons: Option<&'a [String]>,
    requests_per_minute: BTreeMap<&'a str, Option<f64>>,
    datasets: BTreeMap<&'static str, &'a Freshness>,
}

impl<'a> From<&'a ProfileOverview> for Info<'a> {
    fn from(overview: &'a ProfileOverview) -> Self {
        let keys = Service::ALL.into_iter().map(Service::key);
        Self {
            listed: Listed::from(&overview.row),
            region: overview.region.as_deref(),
            owner: overview.owner.as_ref(),
            owner_name: overview.owner_name.as_deref(),
            created_at: overview.created_at,
            first_seen_at: overview.first_seen_at,
            cycle: overview.cycle.map(Span::from),
            allocation: keys.zip(overview.allocation.iter().copied()).collect(),
            addons: overview.addons.as_deref(),
            requests_per_minute: by_name(&overview.requests_per_minute),
            datasets: overview
                .datasets
                .iter()
                .map(|part| (part.dataset.key(), &part.freshness))
                .collect(),
        }
    }
}

/// A stretch of time, in JSON.
#[derive(Serialize)]
struct Span {
    start: Timestamp,
    end: Timestamp,
}

impl From<(Timestamp, Timestamp)> for Span {
    fn from((start, end): (Timestamp, Timestamp)) -> Self {
        Self { start, end }
    }
}

/// What a profile has used, in JSON.
#[derive(Serialize)]
struct Summary<'a> {
    id: &'a ProfileId,
    name: &'a str,
    fetched_at: Option<Timestamp>,
    freshness: &'a Freshness,
    services: BTreeMap<&'static str, &'a UsageCell>,
    other_services: BTreeMap<&'a str, UsedOf>,
    resources: BTreeMap<&'a str, Option<f64>>,
    cycle: Option<Span>,
}

impl<'a> From<&'a ProfileOverview> for Summary<'a> {
    fn from(overview: &'a ProfileOverview) -> Self {
        let other = |one: &'a NamedAmount| {
            let used_of = UsedOf {
                used: one.amount,
                limit: one.limit,
            };
            (one.name.as_str(), used_of)
        };
        Self {
            id: &overview.row.id,
            name: &overview.row.name,
            fetched_at: wording::fetched_at(&overview.row.freshness),
            freshness: &overview.row.freshness,
            services: Service::ALL
                .into_iter()
                .map(Service::key)
                .zip(&overview.row.usage)
                .collect(),
            other_services: overview.other_services.iter().map(other).collect(),
            resources: by_name(&overview.resources),
            cycle: overview.cycle.map(Span::from),
        }
    }
}
