//! A usage history as CSV.

use std::collections::BTreeSet;

use desk::export::{csv_record, for_spreadsheet};
use desk::read::{FleetRow, UsageTable};
use model::Service;

/// One profile's history with a line a period: its bounds in UTC, what is to be known of it, then the nine
/// services and every other key. An unknown amount is an empty field.
pub(super) fn document(usage: &UsageTable) -> String {
    lines(&[], &[(Vec::new(), usage)])
}

/// The histories of several profiles below each other, each line with the profile's id and name before it.
/// Totals are left out: a spreadsheet makes its own, and would count them in.
pub(super) fn of_fleet(fleet: &[(FleetRow, UsageTable)]) -> String {
    let of = |(row, _): &(FleetRow, UsageTable)| {
        vec![row.id.to_string(), for_spreadsheet(&row.name).into_owned()]
    };
    let named: Vec<(Vec<String>, &UsageTable)> =
        fleet.iter().map(|one| (of(one), &one.1)).collect();
    lines(&["profile", "name"], &named)
}

fn lines(before: &[&str], histories: &[(Vec<String>, &UsageTable)]) -> String {
    let others: BTreeSet<&String> = histories
        .iter()
        .flat_map(|(_, usage)| &usage.rows)
        .flat_map(|row| row.amounts.other.keys())
        .collect();
    let mut keys: Vec<&str> = Service::ALL.into_iter().map(Service::key).collect();
    keys.extend(others.into_iter().map(String::as_str));
    let titles = ["start", "end", "complete", "utc", "lower_bound"];
    let header = before
        .iter()
        .chain(&titles)
        .chain(&keys)
        .map(|title| for_spreadsheet(title).into_owned());
    let mut document = csv_record(header) + "\n";
    let rows = histories
        .iter()
        .flat_map(|(of, usage)| usage.rows.iter().map(move |row| (of, row)));
    for (of, row) in rows {
        let start = [
            row.start.to_string(),
            row.end.to_string(),
            row.complete.to_string(),
            row.utc.to_string(),
            for_spreadsheet(&row.lower_bound.join(" ")).into_owned(),
        ];
        let amount = |key: &&str| {
            row.amounts
                .by_key(key)
                .map_or_else(String::new, |one| one.to_string())
        };
        let record = of
            .iter()
            .cloned()
            .chain(start)
            .chain(keys.iter().map(amount));
        document += &csv_record(record);
        document.push('\n');
    }
    document
}

#[cfg(test)]
mod tests {
    use desk::read::{UsageBy, UsageTableRow};

    use super::*;

    #[test]
    fn unknown_is_an_empty_field_and_no_key_is_a_formula() {
        let usage = UsageTable {
            profile: "5bb0a0c9f1d2e3a4b5c6d7e8".parse().unwrap(),
            by: UsageBy::Day,
            timezone: "UTC".to_owned(),
            rows: vec![UsageTableRow {
                start: "2026-05-01T00:00:00Z".parse().unwrap(),
                end: "2026-05-02T00:00:00Z".parse().unwrap(),
                utc: false,
                complete: true,
                lower_bound: vec!["input".to_owned()],
                amounts: [("input", 232.0), ("file_storage", 50.75), ("=cmd()", 1.0)]
                    .into_iter()
                    .collect(),
            }],
        };
        let text = document(&usage);
        assert_eq!(
            text,
            "start,end,complete,utc,lower_bound,input,output,analysis,sms,email,push_notification,\
             data_records,file_storage,run_users,'=cmd()\n\
             2026-05-01T00:00:00Z,2026-05-02T00:00:00Z,true,false,input,232,,,,,,,50.75,,1\n"
        );
    }
}
