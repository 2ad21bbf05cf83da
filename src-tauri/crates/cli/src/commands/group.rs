//! `pdesk group` and `pdesk note`: what a person keeps about profiles on this computer.

use std::io::{Read, stdin};
use std::path::Path;

use desk::Desk;
use desk::read::{FleetSelection, GroupImport, GroupKind, GroupRow};
use serde::Serialize;

use crate::args::{GroupCommand, Kind, Member, NoteArgs};
use crate::ask;
use crate::defuse::{for_terminal, lines_for_terminal};
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;

pub(super) async fn run(
    desk: &Desk,
    command: GroupCommand,
    output: &Output,
) -> Result<Exit, Failure> {
    match command {
        GroupCommand::List => list(desk, output).await?,
        GroupCommand::Create { name, kind } => {
            let group = desk.put_group(None, &name, kind.into()).await?;
            output.result(&group, || said("Made", &group))?;
        }
        GroupCommand::Rename { group, name, kind } => {
            let old = find(desk, &group, kind).await?;
            let group = desk.put_group(Some(old.key), &name, old.kind).await?;
            output.result(&group, || said("Renamed", &group))?;
        }
        GroupCommand::Delete { group, kind, yes } => {
            let group = find(desk, &group, kind).await?;
            let question = format!(
                "Delete the {} “{}” with {} profiles? The profiles stay.",
                word(group.kind),
                for_terminal(&group.name),
                group.profiles
            );
            if !yes && !ask::confirm(&question, "--yes")? {
                output::notice("Nothing was deleted.");
                return Ok(Exit::Failed);
            }
            desk.delete_group(group.key).await?;
            output.result(&group, || said("Deleted", &group))?;
        }
        GroupCommand::Add(wanted) => assign(desk, wanted, true, output).await?,
        GroupCommand::Remove(wanted) => assign(desk, wanted, false, output).await?,
        GroupCommand::Export { file } => export(desk, &file).await?,
        GroupCommand::Import { file } => return import(desk, &file, output).await,
    }
    Ok(Exit::Done)
}

/// Shows or writes the note on a profile.
pub(super) async fn note(desk: &Desk, wanted: NoteArgs, output: &Output) -> Result<Exit, Failure> {
    #[derive(Serialize)]
    struct Note<'a> {
        profile: &'a str,
        note: Option<&'a str>,
    }
    let profile = desk.find_profile(&wanted.profile).await?;
    if let Some(text) = &wanted.text {
        desk.put_note(profile.key, text).await?;
    }
    let note = desk.note(profile.key).await?;
    let result = Note {
        profile: profile.id.as_str(),
        note: note.as_deref(),
    };
    output.result(&result, || match &note {
        Some(note) => lines_for_terminal(note),
        None => format!("There is no note on {}.\n", for_terminal(&profile.name)),
    })?;
    Ok(Exit::Done)
}

async fn list(desk: &Desk, output: &Output) -> Result<(), Failure> {
    let groups = desk.groups().await?;
    output.result(&groups, || {
        let mut table = Fitted::default()
            .words("Group", 0)
            .words("Kind", 0)
            .numbers("Profiles", 0);
        for group in &groups {
            table.row([
                group.name.clone(),
                word(group.kind).to_owned(),
                group.profiles.to_string(),
            ]);
        }
        table.print(output::width())
    })
}

async fn assign(desk: &Desk, wanted: Member, member: bool, output: &Output) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Assigned<'a> {
        group: &'a str,
        kind: GroupKind,
        changed: u32,
    }
    let group = find(desk, &wanted.group, wanted.kind).await?;
    let mut selection = FleetSelection {
        keys: Vec::new(),
        all_of: wanted.filter,
    };
    for profile in &wanted.profiles {
        selection.keys.push(desk.find_profile(profile).await?.key);
    }
    let changed = desk.assign_group(group.key, selection, member).await?;
    let result = Assigned {
        group: &group.name,
        kind: group.kind,
        changed,
    };
    output.result(&result, || {
        let way = if member { "put into" } else { "taken out of" };
        let profiles = if changed == 1 { "profile" } else { "profiles" };
        format!(
            "{changed} {profiles} {way} “{}”.\n",
            for_terminal(&group.name)
        )
    })
}

async fn export(desk: &Desk, file: &Path) -> Result<(), Failure> {
    let document = desk.groups_csv().await?;
    output::document(file, &document)
}

async fn import(desk: &Desk, file: &Path, output: &Output) -> Result<Exit, Failure> {
    let mut document = Vec::new();
    let read = if file == Path::new("-") {
        stdin().read_to_end(&mut document)
    } else {
        std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut document))
    };
    read.map_err(|error| failed(&file.display().to_string(), &error))?;
    let report = desk.import_groups(document).await?;
    output.result(&report, || imported(&report))?;
    Ok(
        match (report.unknown_count, report.changed + report.unchanged) {
            (0, _) => Exit::Done,
            (_, 0) => Exit::Failed,
            _ => Exit::Partly,
        },
    )
}

fn imported(report: &GroupImport) -> String {
    let mut text = format!(
        "{} profiles changed, {} as they were, {} groups made.\n",
        report.changed, report.unchanged, report.created
    );
    if report.unknown_count > 0 {
        let count = report.unknown_count;
        let profiles = report.unknown.iter().map(|one| for_terminal(one));
        text.extend([format!("{count} profiles are not known here:\n")]);
        text.extend(profiles.map(|profile| format!("  {profile}\n")));
    }
    text
}

/// The group that a name means; where several kinds have one, the kind must be said.
async fn find(desk: &Desk, name: &str, kind: Option<Kind>) -> Result<GroupRow, Failure> {
    let kind = kind.map(GroupKind::from);
    let wanted = name.trim().to_lowercase();
    let mut found: Vec<GroupRow> = desk.groups().await?;
    found.retain(|group| {
        group.name.to_lowercase() == wanted && kind.is_none_or(|kind| group.kind == kind)
    });
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(
            Failure::usage(format!("There is no group called “{name}”."))
                .with_hint("See the groups with: pdesk group list"),
        ),
        _ => Err(
            Failure::usage(format!("Several groups are called “{name}”."))
                .with_hint("Say which with --kind group, --kind customer or --kind environment."),
        ),
    }
}

fn said(what: &str, group: &GroupRow) -> String {
    format!(
        "{what} the {} “{}”.\n",
        word(group.kind),
        for_terminal(&group.name)
    )
}

fn word(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Group => "group",
        GroupKind::Customer => "customer",
        GroupKind::Environment => "environment",
        GroupKind::Favourites => "favourites",
    }
}

fn failed(what: &str, error: &std::io::Error) -> Failure {
    Failure::failed("file_failed", format!("{what} could not be used: {error}"))
}
