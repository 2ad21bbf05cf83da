//! `pdesk team offboard`: takes everything from a person that can be taken here, and says what is left.

use std::fmt::Write as _;
use std::path::Path;

use desk::Desk;
use desk::change::{Change, ChangeOutcome, ChangePreview, ChangeRequest};
use desk::export::{ExportFormat, ExportQuery};
use desk::offboard::{
    Leaver, LeaverWay, OffboardEnd, OffboardExport, OffboardReport, OwnerMail, TokenStanding,
};
use jiff::Timestamp;
use serde::Serialize;

use super::batch::{self, Went};
use super::live;
use crate::args::{OffboardArgs, OffboardTokens};
use crate::defuse::{for_terminal, lines_for_terminal};
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::time;

/// Lines of the report that a person is shown; the file and JSON have all of them.
const SHOWN: usize = 40;

/// A dry run, in JSON.
#[derive(Serialize)]
struct Meant<'a> {
    person: &'a Leaver,
    preview: &'a ChangePreview,
}

/// What was done, in JSON.
#[derive(Serialize)]
struct Done<'a> {
    outcome: Option<&'a ChangeOutcome>,
    report: &'a OffboardReport,
    mails: &'a [OwnerMail],
}

pub(super) async fn run(
    desk: &Desk,
    wanted: OffboardArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    if wanted.sync {
        live::access(desk).await?;
    }
    let person = desk.leaver(&wanted.person).await?;
    if !wanted.sync {
        tell_age(&person);
    }
    let meant = |way: &&LeaverWay| way.possible && is_meant(way, wanted.tokens);
    let changes: Vec<Change> = person
        .ways
        .iter()
        .filter(meant)
        .map(|way| way.change.clone())
        .collect();
    if let Some(folder) = wanted.report.as_deref().and_then(Path::parent)
        && !folder.as_os_str().is_empty()
        && !folder.is_dir()
    {
        let message = format!("There is no folder {} for the report.", folder.display());
        return Err(Failure::usage(message).with_hint("Name another file with --report."));
    }
    let request = ChangeRequest::Changes { changes };
    if wanted.agree.dry_run {
        let preview = desk.preview(request).await?;
        let report = desk.offboard_report(&person.who, None).await?;
        save(desk, &wanted, &report).await?;
        let meant = Meant {
            person: &person,
            preview: &preview,
        };
        output.result(&meant, || {
            let mut text = batch::described(&preview, output::width());
            left(&mut text, &person, wanted.tokens);
            mails(&mut text, &person.mails);
            text
        })?;
        return Ok(batch::exit_of_preview(&preview));
    }
    let outcome = if matches!(&request, ChangeRequest::Changes { changes } if changes.is_empty()) {
        None
    } else {
        match batch::go(desk, request, wanted.agree, None, output).await? {
            Went::Nowhere(exit) => return Ok(exit),
            Went::Through(outcome) => Some(outcome),
        }
    };
    let of = outcome.as_ref().map(|outcome| outcome.batch);
    let report = desk.end_offboarding(&person.who, of).await?;
    let saved = save(desk, &wanted, &report).await;
    let done = Done {
        outcome: outcome.as_ref(),
        report: &report,
        mails: &person.mails,
    };
    output.result(&done, || {
        let mut text = outcome.as_ref().map_or_else(String::new, |outcome| {
            batch::ended(outcome, output::width()) + "\n"
        });
        described(&mut text, &report);
        mails(&mut text, &person.mails);
        text
    })?;
    // What was removed is told whatever became of the file.
    saved?;
    Ok(outcome.as_ref().map_or(Exit::Done, batch::exit_of_outcome))
}

fn is_meant(way: &LeaverWay, tokens: OffboardTokens) -> bool {
    match (&way.token, tokens) {
        (None, _) | (Some(_), OffboardTokens::All) => true,
        (Some(_), OffboardTokens::Safe) => way.ticked,
        (Some(_), OffboardTokens::None) => false,
    }
}

/// How old what is known is, and how to make it newer.
fn tell_age(person: &Leaver) {
    let now = Timestamp::now();
    let oldest = [person.teams_as_of, person.tokens_as_of];
    let Some(oldest) = oldest.into_iter().flatten().min() else {
        output::notice("No team and no list of tokens is known yet. Fetch them first with: --sync");
        return;
    };
    output::notice(&format!(
        "The oldest of the lists of teams and tokens that this is from came {}. Fetch all anew first with: --sync",
        time::ago(oldest, now)
    ));
}

async fn save(desk: &Desk, wanted: &OffboardArgs, report: &OffboardReport) -> Result<(), Failure> {
    let Some(file) = wanted.report.clone() else {
        return Ok(());
    };
    let export = ExportQuery::Offboard(OffboardExport {
        who: report.who.clone(),
        batch: report.batch,
    });
    let sheet = desk.sheet(export).await?;
    let saved = desk.save_sheet(sheet, ExportFormat::Csv, file).await?;
    output::notice(&format!("The report is in {}.", saved.path));
    Ok(())
}

/// What is not meant, and why.
fn left(text: &mut String, person: &Leaver, tokens: OffboardTokens) {
    let left = person.ways.iter();
    let left: Vec<_> = left
        .filter(|way| !way.possible || !is_meant(way, tokens))
        .filter_map(|way| Some((way, way.token.as_ref()?)))
        .collect();
    if !left.is_empty() {
        let _ = writeln!(text, "\n{} tokens are left as they are:", left.len()); // a string takes everything
    }
    for (way, token) in left {
        let name = token.name.as_deref().unwrap_or("without a name");
        let said =
            if token.standing == TokenStanding::Quiet || token.standing == TokenStanding::SignIn {
                ""
            } else {
                token.standing.said()
            };
        let line = format!(
            "  {} ····{} of {}. {said}",
            name, token.last4, way.profile.name
        );
        let _ = writeln!(text, "{}", for_terminal(line.trim_end()));
    }
    for profile in &person.owned {
        let line = format!("  {} owns {}: it stays theirs.", person.who, profile.name);
        let _ = writeln!(text, "{}", for_terminal(&line));
    }
    let unknown: u32 = person.gaps.iter().map(|gap| gap.profiles).sum();
    if unknown > 0 {
        let _ = writeln!(
            text,
            "\n{unknown} lists of teams or tokens are not known: there the person may have access."
        );
    }
}

fn described(text: &mut String, report: &OffboardReport) {
    let counts = report.counts;
    let _ = writeln!(
        text,
        "{}: {} removed, {} not removed, {} not known to be removed, {} left as they are, {} for other owners, {} \
         lists not known.",
        for_terminal(&report.called),
        counts.removed,
        counts.not_removed,
        counts.unclear,
        counts.left,
        counts.of_others,
        counts.not_known,
    ); // a string takes everything
    let told = report.lines.iter();
    let told: Vec<_> = told
        .filter(|line| line.end != OffboardEnd::Removed && line.end != OffboardEnd::NotKnown)
        .collect();
    if told.is_empty() {
        return;
    }
    let mut table = Fitted::default()
        .words("Profile", 0)
        .words("Access", 0)
        .exact("Ended", 0)
        .words("Why", 1);
    for line in told.iter().take(SHOWN) {
        table.row([
            line.profile.name.clone(),
            line.what.clone(),
            line.end.label().to_owned(),
            line.why.clone().unwrap_or_default(),
        ]);
    }
    let _ = write!(text, "\n{}", table.print(output::width()));
    if told.len() > SHOWN {
        let _ = writeln!(
            text,
            "… and {} more; --report and --json have them all.",
            told.len() - SHOWN
        );
    }
}

/// Drafts, to be copied: nothing is sent.
fn mails(text: &mut String, mails: &[OwnerMail]) {
    if mails.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "\nOther owners have to act in profiles of theirs. Write to them, for instance:"
    ); // a string takes everything
    for mail in mails {
        let _ = writeln!(text, "\n{}", lines_for_terminal(&mail.text()));
    }
}
