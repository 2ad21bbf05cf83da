//! `pdesk costs`: what each account costs a month, line by line, and which profile it costs it for.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use desk::Desk;
use desk::read::{CostAccount, CostLine, CostLineKind, CostRow, CostUnknown};
use jiff::tz::TimeZone;
use model::{Cents, ProfileId, Service, Timestamp};
use serde::Serialize;

use super::profile::short;
use crate::args::CostsArgs;
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::time;
use crate::wording::{UNKNOWN, number};

pub(super) async fn run(desk: &Desk, wanted: CostsArgs, output: &Output) -> Result<Exit, Failure> {
    let at = wanted.at.as_deref();
    let at = at
        .map(|text| time::read("--at", text, &TimeZone::UTC))
        .transpose()?;
    let only = match &wanted.account {
        Some(text) => Some(desk.find_account(text).await?.key),
        None => None,
    };
    let (mut accounts, mut rows) = desk.whole_costs(&wanted.filter, at).await?;
    accounts.retain(|account| only.is_none_or(|only| account.key == only));
    rows.retain(|row| only.is_none_or(|only| row.owner == Some(only)));
    let described = Described::new(at, &accounts, &rows);
    output.result(&described, || text(&accounts, &rows, output::width()))?;
    Ok(Exit::Done)
}

fn money(cents: Option<Cents>) -> String {
    cents.map_or_else(|| UNKNOWN.to_owned(), |cents| cents.to_string())
}

fn text(accounts: &[CostAccount], rows: &[CostRow], width: Option<u16>) -> String {
    if accounts.is_empty() && rows.is_empty() {
        return "Nothing that costs anything is known. Connect an account with: pdesk account add\n"
            .to_owned();
    }
    let mut text = String::new();
    for part in [lines(accounts).print(width), profiles(rows).print(width)] {
        if !part.is_empty() {
            text += &(part.trim_end().to_owned() + "\n\n");
        }
    }
    for note in notes(accounts, rows) {
        // A string takes everything.
        let _ = writeln!(text, "{note}");
    }
    crate::defuse::lines_for_terminal(&text)
}

fn lines(accounts: &[CostAccount]) -> Fitted {
    let mut table = Fitted::default()
        .words("Account", 0)
        .words("What", 0)
        .numbers("Of", 3)
        .numbers("A month", 0)
        .numbers("For profiles", 2)
        .numbers("For none", 1);
    for account in accounts {
        let mut row = |what: &str, of: String, cells: [Option<String>; 3]| {
            let [price, profiles, none] = cells.map(Option::unwrap_or_default);
            table.row([account.label.as_str(), what, &of, &price, &profiles, &none]);
        };
        for line in &account.lines {
            let divided = line.kind == CostLineKind::Service;
            row(
                &what(line),
                of(line),
                [
                    Some(money(line.price)),
                    divided.then(|| money(line.allocated)),
                    divided.then(|| money(line.unallocated)),
                ],
            );
        }
        if account.invoice.is_some() {
            let what = "Credits, discounts, tax: difference to the invoice";
            row(
                what,
                String::new(),
                [Some(money(account.difference)), None, None],
            );
        }
        let invoice = [Some(money(account.invoice)), None, None];
        row("Upcoming invoice", String::new(), invoice);
        if let Some(balance) = account.balance.filter(|balance| balance.0 != 0) {
            let what = "Balance as TagoIO has it, in no sum";
            row(what, String::new(), [Some(balance.to_string()), None, None]);
        }
    }
    table
}

fn what(line: &CostLine) -> String {
    let name = line.name.as_deref();
    match line.kind {
        CostLineKind::Plan => format!("Plan {}", name.unwrap_or(UNKNOWN)),
        CostLineKind::Service | CostLineKind::Other => {
            name.and_then(Service::from_key).map_or_else(
                || name.unwrap_or(UNKNOWN).to_owned(),
                |one| one.label().to_owned(),
            )
        }
        CostLineKind::Addon => {
            name.map_or_else(|| "Add-ons".to_owned(), |name| format!("Add-on {name}"))
        }
        CostLineKind::Coupon => format!("Coupon {}", name.unwrap_or(""))
            .trim_end()
            .to_owned(),
    }
}

fn of(line: &CostLine) -> String {
    match (line.kind, line.amount) {
        (_, None) => String::new(),
        (CostLineKind::Coupon, Some(percent)) => format!("{} %", number(percent)),
        (CostLineKind::Addon, Some(profiles)) => format!("× {}", number(profiles)),
        (_, Some(limit)) => number(limit),
    }
}

fn profiles(rows: &[CostRow]) -> Fitted {
    let mut table = Fitted::default().words("Profile", 0).words("Account", 1);
    for service in Service::ALL {
        let place = u8::try_from(service.index()).unwrap_or(0);
        table = table.numbers(short(service), 2 + place);
    }
    table = table.numbers("Add-ons", 1).numbers("A month", 0);
    for row in rows {
        let mut cells = vec![row.name.clone(), row.account.clone()];
        cells.extend(row.services.iter().map(|cost| money(*cost)));
        cells.push(money(row.addons));
        cells.push(total(row));
        table.row(cells);
    }
    table
}

/// What a profile costs: exactly, at least, or not known.
fn total(row: &CostRow) -> String {
    let parts = row.services.len() + 1;
    match row.unknown as usize {
        0 => row.known.to_string(),
        unknown if unknown == parts => UNKNOWN.to_owned(),
        _ => format!("≥ {}", row.known),
    }
}

fn notes(accounts: &[CostAccount], rows: &[CostRow]) -> Vec<String> {
    let mut notes = Vec::new();
    let known = rows.iter().filter(|row| row.unknown == 0).count();
    let sum: Cents = rows.iter().map(|row| row.known).sum();
    if !rows.is_empty() {
        notes.push(format!(
            "The profiles cost {sum} a month, {known} of {} known wholly: the price of the account's tier × the \
             profile's share of the account's limit.",
            rows.len()
        ));
    }
    for account in accounts {
        let label = &account.label;
        let cycle = account.cycle.map(|(start, end)| {
            let clock = |at| time::clock(at, &TimeZone::UTC);
            format!("{label}: cycle {} to {} UTC.", clock(start), clock(end))
        });
        notes.extend(cycle.filter(|_| account.seen));
        if !account.seen {
            notes.push(format!("{label}: what it had bought then was not seen."));
        } else if account.no_tiers {
            notes.push(format!(
                "{label}: its installation (TagoDeploy) has no tiers, so that no cost can be worked out."
            ));
        } else {
            notes.extend(account.lines.iter().filter_map(|line| because(label, line)));
        }
        if account.seen && !account.payment_seen {
            notes.push(format!(
                "{label}: coupon and balance are not known; the difference holds them."
            ));
        }
    }
    let shared = rows.iter().filter(|row| row.owner.is_none()).count();
    if shared > 0 {
        let profiles = if shared == 1 {
            "profile is"
        } else {
            "profiles are"
        };
        notes.push(format!(
            "{shared} {profiles} shared in by an account that is not connected: what they cost is not known."
        ));
    }
    notes
}

fn because(label: &str, line: &CostLine) -> Option<String> {
    let what = what(line);
    Some(match line.why? {
        _ if line.kind == CostLineKind::Addon && line.name.is_none() => {
            format!("{label}: which add-ons it has is not known; the difference holds them.")
        }
        CostUnknown::NoTier => format!(
            "{label}: {what} is limited to {}, which is no tier; its price is not known.",
            line.amount.map_or_else(|| UNKNOWN.to_owned(), number)
        ),
        CostUnknown::NotMonthly => {
            format!("{label}: {what} is not paid by the month; its price is not known.")
        }
        CostUnknown::NotKnown | CostUnknown::NoTiers => {
            format!("{label}: the price of {what} is not known.")
        }
    })
}

/// Everything, in JSON. Money is in cents of a US dollar, a month's.
#[derive(Serialize)]
struct Described<'a> {
    at: Option<Timestamp>,
    accounts: Vec<DescribedAccount<'a>>,
    /// Profiles whose owner is not connected.
    shared: Vec<DescribedProfile<'a>>,
}

#[derive(Serialize)]
struct DescribedAccount<'a> {
    account: &'a str,
    region: &'a str,
    plan: Option<&'a str>,
    cycle: Option<Cycle>,
    seen: bool,
    tiers: bool,
    lines: &'a [CostLine],
    known: Cents,
    unknown_lines: u32,
    allocated: Cents,
    unallocated: Option<Cents>,
    upcoming_invoice_total: Option<Cents>,
    difference: Option<Cents>,
    balance: Option<Cents>,
    payment_known: bool,
    profiles: Vec<DescribedProfile<'a>>,
}

#[derive(Serialize)]
struct Cycle {
    start: Timestamp,
    end: Timestamp,
}

#[derive(Serialize)]
struct DescribedProfile<'a> {
    id: &'a ProfileId,
    name: &'a str,
    account: &'a str,
    services: BTreeMap<&'static str, Option<Cents>>,
    addons: Option<Cents>,
    known: Cents,
    unknown_parts: u32,
}

impl<'a> Described<'a> {
    fn new(at: Option<Timestamp>, accounts: &'a [CostAccount], rows: &'a [CostRow]) -> Self {
        let of = |owner: Option<i64>| {
            let own = rows.iter().filter(move |row| row.owner == owner);
            own.map(DescribedProfile::from).collect()
        };
        Self {
            at,
            accounts: accounts
                .iter()
                .map(|account| DescribedAccount {
                    account: &account.label,
                    region: &account.region,
                    plan: account.plan.as_deref(),
                    cycle: account.cycle.map(|(start, end)| Cycle { start, end }),
                    seen: account.seen,
                    tiers: !account.no_tiers,
                    lines: &account.lines,
                    known: account.known,
                    unknown_lines: account.unknown,
                    allocated: account.allocated,
                    unallocated: account.unallocated,
                    upcoming_invoice_total: account.invoice,
                    difference: account.difference,
                    balance: account.balance,
                    payment_known: account.payment_seen,
                    profiles: of(Some(account.key)),
                })
                .collect(),
            shared: of(None),
        }
    }
}

impl<'a> From<&'a CostRow> for DescribedProfile<'a> {
    fn from(row: &'a CostRow) -> Self {
        Self {
            id: &row.id,
            name: &row.name,
            account: &row.account,
            services: Service::ALL
                .into_iter()
                .map(|service| (service.key(), row.services[service.index()]))
                .collect(),
            addons: row.addons,
            known: row.known,
            unknown_parts: row.unknown,
        }
    }
}
