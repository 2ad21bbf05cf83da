//! `pdesk usage`: what a profile used by hour, day or month.

use std::path::Path;

use desk::Desk;
use desk::read::{UsageBy, UsageTable, UsageTableRow};
use jiff::tz::TimeZone;
use model::Service;

use super::{csv, fleet_usage};
use crate::args::{UsageArgs, Width};
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::{time, wording};

/// What stands where there is no history.
pub(super) const NOTHING: &str =
    "Nothing is known of this time. Fetch the history with: pdesk sync\n";

pub(super) async fn run(desk: &Desk, wanted: UsageArgs, output: &Output) -> Result<Exit, Failure> {
    let zone = desk::read::zone(&wanted.timezone)?;
    let moment = |option, text: &Option<String>| {
        text.as_deref()
            .map(|text| time::read(option, text, &zone))
            .transpose()
    };
    let (from, to) = (moment("--from", &wanted.from)?, moment("--to", &wanted.to)?);
    let by = match wanted.by {
        Width::Hour => UsageBy::Hour,
        Width::Day => UsageBy::Day,
        Width::Month => UsageBy::Month,
    };
    let Some(profile) = &wanted.profile else {
        // clap sees to it that it is either a profile or all of them.
        let filter = match &wanted.group {
            Some(group) => format!("{} group:\"{}\"", wanted.filter, group.replace('"', "")),
            None => wanted.filter.clone(),
        };
        let fleet = fleet_usage::read(desk, &filter, by, from, to, &wanted.timezone).await?;
        if let Some(file) = &wanted.csv {
            let rows = fleet.iter().map(|(_, usage)| usage.rows.len()).sum();
            write_csv(file, &csv::of_fleet(&fleet), rows)?;
        } else {
            let tables: Vec<&UsageTable> = fleet.iter().map(|(_, usage)| usage).collect();
            output.result(&tables, || {
                fleet_usage::text(&fleet, by, &zone, output::width())
            })?;
        }
        return Ok(Exit::Done);
    };
    let profile = desk.find_profile(profile).await?;
    let usage = desk
        .usage_table(profile.key, by, from, to, &wanted.timezone)
        .await?;
    match &wanted.csv {
        Some(file) => write_csv(file, &csv::document(&usage), usage.rows.len())?,
        None => output.result(&usage, || text(&usage, &zone, output::width()))?,
    }
    Ok(Exit::Done)
}

fn write_csv(file: &Path, document: &str, rows: usize) -> Result<(), Failure> {
    if file == Path::new("-") {
        return output::print(document);
    }
    output::document(file, document.as_bytes())?;
    output::notice(&format!("{rows} rows written to {}.", file.display()));
    Ok(())
}

fn text(usage: &UsageTable, zone: &TimeZone, width: Option<u16>) -> String {
    let known = |service: &Service| usage.rows.iter().any(|row| row.amounts[*service].is_some());
    let services: Vec<Service> = Service::ALL.into_iter().filter(known).collect();
    if services.is_empty() {
        return NOTHING.to_owned();
    }
    let mut table = Fitted::default().numbers(title(usage.by), 0);
    for (service, gives_way) in services.iter().zip(0..) {
        table = table.numbers(service.key(), gives_way);
    }
    for row in &usage.rows {
        let amount = |service: &Service| amount(row, *service);
        table.row(
            [period(row, usage.by, zone)]
                .into_iter()
                .chain(services.iter().map(amount)),
        );
    }
    table.print(width) + &legend(&usage.rows.iter().collect::<Vec<_>>())
}

/// What the signs in a table of these rows mean.
pub(super) fn legend(rows: &[&UsageTableRow]) -> String {
    let any = |of: fn(&UsageTableRow) -> bool| rows.iter().any(|row| of(row));
    let mut text = String::new();
    let mut legend = |shown: bool, line: &str| {
        if shown {
            text.push_str(line);
            text.push('\n');
        }
    };
    legend(true, "");
    legend(
        true,
        "— unknown. Levels (data_records, file_storage, run_users) are what stood at the end.",
    );
    legend(
        any(|row| !row.lower_bound.is_empty()),
        "≥ at least: a reset or the first sample fell into it.",
    );
    legend(any(|row| !row.complete), "* not known to its end.");
    legend(
        any(|row| row.utc),
        "UTC: a day of UTC, since there are no hourly samples of it any more.",
    );
    text
}

pub(super) const fn title(by: UsageBy) -> &'static str {
    match by {
        UsageBy::Hour => "Hour",
        UsageBy::Day => "Day",
        UsageBy::Month => "Month",
    }
}

pub(super) fn period(row: &UsageTableRow, by: UsageBy, zone: &TimeZone) -> String {
    // A day of UTC may begin on the evening before, on the zone's clock.
    let zone = if row.utc { &TimeZone::UTC } else { zone };
    let format = match by {
        UsageBy::Hour if *zone == TimeZone::UTC => "%Y-%m-%d %H:%M",
        // An hour that comes twice in autumn is told by its offset.
        UsageBy::Hour => "%Y-%m-%d %H:%M %:z",
        UsageBy::Day => "%Y-%m-%d",
        UsageBy::Month => "%Y-%m",
    };
    let start = row
        .start
        .to_zoned(zone.clone())
        .strftime(format)
        .to_string();
    let utc = if row.utc { " UTC" } else { "" };
    let open = if row.complete { "" } else { " *" };
    format!("{start}{utc}{open}")
}

pub(super) fn amount(row: &UsageTableRow, service: Service) -> String {
    let at_least = row.lower_bound.iter().any(|key| key == service.key());
    let sign = if at_least { "≥ " } else { "" };
    match row.amounts[service] {
        Some(amount) => format!("{sign}{}", wording::number(amount)),
        None => wording::UNKNOWN.to_owned(),
    }
}
