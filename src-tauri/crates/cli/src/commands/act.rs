//! Commands that change what is there: names, pictures and limits of profiles, and what guards them.

use std::collections::BTreeMap;

use desk::change::{Allocate, Change, Pictures, Rename};
use desk::read::FleetSelection;
use desk::{CsvFile, Desk};
use model::Service;
use serde::Serialize;

use super::batch;
use crate::args::{Agree, AllocationSetArgs, EditArgs, ProtectArgs};
use crate::csv_file;
use crate::defuse::{for_terminal, lines_for_terminal};
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// `pdesk profile edit`.
pub(super) async fn edit(desk: &Desk, wanted: EditArgs, output: &Output) -> Result<Exit, Failure> {
    let profile = desk.find_profile(&wanted.profile).await?.key;
    let mut changes = Vec::new();
    if let Some(name) = wanted.name {
        changes.push(Change::Rename(Rename { profile, name }));
    }
    let (mut logo_file, mut banner_file) = (None, None);
    for (path, file) in [
        (wanted.logo_file, &mut logo_file),
        (wanted.banner_file, &mut banner_file),
    ] {
        if let Some(path) = path {
            *file = Some(desk.choose_picture(path).await?);
        }
    }
    let pictures = Pictures {
        profile,
        logo_url: wanted.logo_url,
        banner_url: wanted.banner_url,
        logo_file,
        banner_file,
    };
    if pictures.is_some() {
        changes.push(Change::Pictures(pictures));
    }
    batch::changes(desk, changes, wanted.agree, output).await
}

/// `pdesk services ID set`.
pub(super) async fn set_services(
    desk: &Desk,
    profile: i64,
    limits: &[String],
    agree: Agree,
    output: &Output,
) -> Result<Exit, Failure> {
    let services = self::limits(limits)?;
    let changes = vec![Change::Allocate(Allocate { profile, services })];
    batch::changes(desk, changes, agree, output).await
}

/// Services and their limits, each as `input=350000`.
pub(super) fn limits(limits: &[String]) -> Result<BTreeMap<Service, f64>, Failure> {
    let mut services = BTreeMap::new();
    for text in limits {
        let (service, amount) = limit(text)?;
        services.insert(service, amount);
    }
    Ok(services)
}

/// `pdesk allocation set`.
pub(super) async fn set_allocation(
    desk: &Desk,
    wanted: AllocationSetArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let mut changes = Vec::new();
    for (line, profile, services) in csv_file::read(&wanted.from, COLUMNS, understood)? {
        let profile = desk.find_profile(&profile).await.map_err(|problem| {
            let failure = Failure::from(problem);
            let message = format!("Line {line}: {}", failure.message);
            Failure { message, ..failure }
        })?;
        changes.push(Change::Allocate(Allocate {
            profile: profile.key,
            services,
        }));
    }
    batch::changes(desk, changes, wanted.agree, output).await
}

/// `pdesk profile protect` and `unprotect`.
pub(super) async fn protect(
    desk: &Desk,
    wanted: &ProtectArgs,
    protected: bool,
    output: &Output,
) -> Result<Exit, Failure> {
    #[derive(Serialize)]
    struct Marked {
        profile: String,
        name: String,
        protected: bool,
        changed: bool,
    }
    let mut found = Vec::new();
    for text in &wanted.profiles {
        found.push(desk.find_profile(text).await?);
    }
    let mut rows = Vec::new();
    for profile in found {
        let one = FleetSelection::of(vec![profile.key]);
        rows.push(Marked {
            profile: profile.id.to_string(),
            name: profile.name,
            protected,
            changed: desk.put_protected(one, protected).await? > 0,
        });
    }
    output.result(&rows, || {
        let state = if protected {
            "protected"
        } else {
            "not protected"
        };
        let lines = rows.iter().map(|row| {
            let already = if row.changed { "" } else { " already" };
            format!("{} is {state}{already}.\n", for_terminal(&row.name))
        });
        lines.collect()
    })?;
    Ok(Exit::Done)
}

/// A service and its limit, as they are written in one word.
pub(super) fn limit(text: &str) -> Result<(Service, f64), Failure> {
    let (key, number) = text.split_once('=').ok_or_else(|| {
        Failure::usage(format!("“{text}” is no service and limit."))
            .with_hint("Write it as input=350000.")
    })?;
    Ok((super::allocation::service(key)?, amount(number)?))
}

fn amount(text: &str) -> Result<f64, Failure> {
    let plain = text.trim().replace([',', '_'], "");
    let number: Option<f64> = plain.parse().ok();
    number
        .filter(|number| number.is_finite() && *number >= 0.0)
        .ok_or_else(|| Failure::usage(format!("“{text}” is no limit; it is a number from 0.")))
}

type Line = (u64, String, BTreeMap<Service, f64>);

/// What a file of limits has.
const COLUMNS: &str = "profile and input, output, …";

/// The rows of a file of limits. It must be whole: one that is not as it should be changes nothing.
fn understood(file: &CsvFile) -> Result<Vec<Line>, Failure> {
    let profile = match file.found("id")? {
        Some(place) => place,
        None => file.column("profile")?,
    };
    let mut columns = Vec::new();
    for (place, title) in file.titles.iter().enumerate() {
        // A name beside the id is for a person.
        if place != profile && title != "name" {
            columns.push((place, super::allocation::service(title)?));
        }
    }
    let mut lines = Vec::new();
    for (line, record) in &file.rows {
        let mut services = BTreeMap::new();
        for (place, service) in &columns {
            let cell = record.get(*place).unwrap_or_default();
            if !cell.is_empty() {
                let amount = amount(cell).map_err(|failure| Failure {
                    message: format!("line {line}: {}", failure.message),
                    ..failure
                })?;
                services.insert(*service, amount);
            }
        }
        if !services.is_empty() {
            let name = record.get(profile).unwrap_or_default().to_owned();
            lines.push((*line, name, services));
        }
    }
    if lines.is_empty() {
        return Err(Failure::usage("line 2: there is no limit.")
            .with_hint("Below the line with the columns comes a line a profile."));
    }
    Ok(lines)
}

/// `pdesk account read-only`.
pub(super) async fn read_only(
    desk: &Desk,
    account: &desk::read::AccountRow,
    read_only: bool,
    output: &Output,
) -> Result<Exit, Failure> {
    #[derive(Serialize)]
    struct Switched<'a> {
        label: &'a str,
        read_only: bool,
        changed: bool,
    }
    let changed = desk.put_read_only(account.key, read_only).await?;
    let result = Switched {
        label: &account.label,
        read_only,
        changed,
    };
    output.result(&result, || {
        let state = if read_only {
            "is only read now: no change goes by it"
        } else {
            "takes changes"
        };
        lines_for_terminal(&format!("“{}” {state}.\n", account.label))
    })?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(document: &[u8]) -> Result<Vec<Line>, Failure> {
        understood(&CsvFile::parse(document, COLUMNS)?)
    }

    #[test]
    fn a_file_of_limits_leaves_empty_cells_alone_and_refuses_what_is_no_service() {
        let lines = parse(b"id,name,input,run_users\nab,A,350000,\ncd,C,,5\nef,E,,\n").unwrap();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].2, BTreeMap::from([(Service::Input, 350_000.0)]));
        assert_eq!(
            lines[1],
            (
                3,
                "cd".to_owned(),
                BTreeMap::from([(Service::RunUsers, 5.0)])
            )
        );
        for bad in [
            &b"input\n5\n"[..],
            b"id,inputs\nab,5\n",
            b"id,input\nab,-5\n",
            b"id,input\nab,\n",
        ] {
            assert_eq!(parse(bad).unwrap_err().exit, Exit::Usage);
        }
    }
}
