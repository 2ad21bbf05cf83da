//! `pdesk usage --all`: what every profile used, and the total of each period.

use std::collections::BTreeMap;

use desk::Desk;
use desk::read::{FleetRow, UsageBy, UsageTable, UsageTableRow};
use jiff::tz::TimeZone;
use model::{Service, Timestamp};

use super::profile;
use super::usage::{NOTHING, amount, legend, period, title};
use crate::args::Sort;
use crate::failure::Failure;
use crate::table::Fitted;
use crate::wording;

/// The history of every profile that a filter leaves, by name.
pub(super) async fn read(
    desk: &Desk,
    filter: &str,
    by: UsageBy,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    timezone: &str,
) -> Result<Vec<(FleetRow, UsageTable)>, Failure> {
    // All end at the same moment, however long the reading takes.
    let to = to.unwrap_or_else(Timestamp::now);
    let mut fleet = Vec::new();
    for row in profile::rows(desk, filter, Sort::Name).await? {
        let usage = desk
            .usage_table(row.key, by, from, Some(to), timezone)
            .await?;
        fleet.push((row, usage));
    }
    Ok(fleet)
}

/// A row a period and profile, and below those of a period its total.
pub(super) fn text(
    fleet: &[(FleetRow, UsageTable)],
    by: UsageBy,
    zone: &TimeZone,
    width: Option<u16>,
) -> String {
    let rows = || fleet.iter().flat_map(|(_, usage)| &usage.rows);
    let known = |service: &Service| rows().any(|row| row.amounts[*service].is_some());
    let services: Vec<Service> = Service::ALL.into_iter().filter(known).collect();
    if services.is_empty() {
        return NOTHING.to_owned();
    }
    let mut table = Fitted::default().numbers(title(by), 0).words("Profile", 0);
    for (service, gives_way) in services.iter().zip(0..) {
        table = table.numbers(service.key(), gives_way);
    }
    // Where hourly samples do not reach back equally far, the profiles' days are not the same stretches
    // of time: only equal ones are added up.
    let mut periods: BTreeMap<_, Vec<(&FleetRow, &UsageTableRow)>> = BTreeMap::new();
    for (of, usage) in fleet {
        for row in &usage.rows {
            let stretch = (row.start, row.end, row.utc);
            periods.entry(stretch).or_default().push((of, row));
        }
    }
    for rows in periods.values() {
        for (of, row) in rows {
            let amounts = services.iter().map(|service| amount(row, *service));
            table.row(
                [period(row, by, zone), profile::name(of)]
                    .into_iter()
                    .chain(amounts),
            );
        }
        let rows: Vec<&UsageTableRow> = rows.iter().map(|(_, row)| *row).collect();
        table.row(total(&rows, fleet.len(), &services, by, zone));
    }
    let sum_of = "(2 of 5): the sum over the 2 of 5 profiles of which it is known.\n";
    table.print(width) + &legend(&rows().collect::<Vec<_>>()) + sum_of
}

/// The total of a period: how many of how many profiles tell anything of it, and of each service the sum
/// over those that tell it.
fn total(
    rows: &[&UsageTableRow],
    profiles: usize,
    services: &[Service],
    by: UsageBy,
    zone: &TimeZone,
) -> Vec<String> {
    let told = |row: &&&UsageTableRow| services.iter().any(|one| row.amounts[*one].is_some());
    let telling = rows.iter().filter(told).count();
    // Not known to its end if one of its parts is not.
    let shown = rows.iter().find(|row| !row.complete).or(rows.first());
    let mut cells = vec![
        shown.map_or_else(String::new, |row| period(row, by, zone)),
        format!("Total, {telling} of {profiles} known"),
    ];
    cells.extend(services.iter().map(|service| {
        let known: Vec<f64> = rows
            .iter()
            .filter_map(|row| row.amounts[*service])
            .collect();
        if known.is_empty() {
            return wording::UNKNOWN.to_owned();
        }
        let bounded = |row: &&UsageTableRow| row.lower_bound.iter().any(|key| key == service.key());
        let sign = if rows.iter().any(bounded) { "≥ " } else { "" };
        let sum = wording::number(known.iter().sum());
        let part = if known.len() < profiles {
            format!(" ({} of {profiles})", known.len())
        } else {
            String::new()
        };
        format!("{sign}{sum}{part}")
    }));
    cells
}

#[cfg(test)]
mod tests {
    use model::Amounts;

    use super::*;

    fn row(amounts: &[(&str, f64)], complete: bool) -> UsageTableRow {
        UsageTableRow {
            start: "2026-05-01T00:00:00Z".parse().unwrap(),
            end: "2026-06-01T00:00:00Z".parse().unwrap(),
            utc: false,
            complete,
            lower_bound: Vec::new(),
            amounts: amounts.iter().copied().collect::<Amounts>(),
        }
    }

    #[test]
    fn a_total_says_over_how_many_of_how_many_and_unknown_is_not_zero() {
        let rows = [
            row(&[("input", 2.0), ("output", 1.5)], true),
            row(&[("input", 40.0)], false),
            row(&[], true),
        ];
        let services = [Service::Input, Service::Output, Service::Sms];
        let rows: Vec<&UsageTableRow> = rows.iter().collect();
        let cells = |rows: &[&UsageTableRow], profiles| {
            total(rows, profiles, &services, UsageBy::Month, &TimeZone::UTC)
        };
        assert_eq!(
            cells(&rows, 3),
            [
                "2026-05 *",
                "Total, 2 of 3 known",
                "42 (2 of 3)",
                "1.5 (1 of 3)",
                "—"
            ]
        );
        assert_eq!(
            cells(&rows[..1], 1),
            ["2026-05", "Total, 1 of 1 known", "2", "1.5", "—"]
        );
        let mut bounded = row(&[("input", 2.0)], true);
        bounded.lower_bound.push("input".to_owned());
        assert_eq!(cells(&[&bounded], 1)[2], "≥ 2");
    }
}
