//! `pdesk check`: what needs attention, worst first, and a person's answers to it.

use std::fmt::Write as _;

use desk::Desk;
use desk::read::{EVERY_ROW, TodayFigures, TodayPage, TodayQuery, TodayRow};
use jiff::tz::TimeZone;
use model::{AttentionFacts, AttentionKind, AttentionSeverity, ProfileId, Service, Timestamp};
use serde::Serialize;
use serde_json::json;

use crate::args::{CheckArgs, CheckCommand};
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::time;

pub(super) async fn run(desk: &Desk, wanted: CheckArgs, output: &Output) -> Result<Exit, Failure> {
    match wanted.command {
        Some(CheckCommand::Acknowledge { id, until, note }) => {
            acknowledge(desk, &id, until.as_deref(), note.as_deref(), output).await
        }
        Some(CheckCommand::Undo { id }) => {
            desk.unanswer_attention(&id).await?;
            output.result(&json!({"id": id.trim()}), || {
                format!("{} is on the list again.\n", id.trim())
            })?;
            Ok(Exit::Done)
        }
        None => list(desk, wanted.all, &wanted.filter, output).await,
    }
}

async fn acknowledge(
    desk: &Desk,
    id: &str,
    until: Option<&str>,
    note: Option<&str>,
    output: &Output,
) -> Result<Exit, Failure> {
    let until = until
        .map(|text| time::read("--until", text, &TimeZone::UTC))
        .transpose()?;
    desk.answer_attention(id, until, note).await?;
    let id = id.trim();
    let done = json!({"id": id, "snoozed_until": until, "note": note.map(str::trim)});
    output.result(&done, || match until {
        Some(until) => format!(
            "{id} is off the list until {} UTC, or until it is worse.\n",
            time::clock(until, &TimeZone::UTC)
        ),
        None => format!("{id} is off the list until it is worse.\n"),
    })?;
    Ok(Exit::Done)
}

async fn list(desk: &Desk, all: bool, filter: &str, output: &Output) -> Result<Exit, Failure> {
    let filter = if all {
        format!("{filter} snoozed:yes,no")
    } else {
        filter.to_owned()
    };
    let found = desk
        .today(TodayQuery {
            filter,
            offset: 0,
            limit: EVERY_ROW,
        })
        .await?;
    let lines: Vec<Line<'_>> = found.rows.iter().map(Line::from).collect();
    output.result(&lines, || text(&found, all, output::width()))?;
    // What is acknowledged needs none, whether it is shown or not.
    if found.rows.iter().any(|row| row.answer.is_none()) {
        return Ok(Exit::Attention);
    }
    Ok(Exit::Done)
}

fn text(found: &TodayPage, all: bool, width: Option<u16>) -> String {
    let figures = &found.figures;
    let mut text = if found.rows.is_empty() {
        nothing(figures)
    } else {
        table(&found.rows, all).print(width)
    };
    let mut tell = |line: String| {
        // A string takes everything.
        let _ = writeln!(text, "{line}");
    };
    if !all && figures.answered > 0 {
        tell(format!(
            "{} acknowledged or snoozed. See them with: --all",
            figures.answered
        ));
    }
    for (many, what) in [
        (figures.never_fetched, "never fetched"),
        (figures.stale, "not updated for a day"),
    ] {
        if many > 0 {
            let profiles = if many == 1 {
                "profile was"
            } else {
                "profiles were"
            };
            tell(format!(
                "{many} of {} {profiles} {what}: what they hide is not here.",
                figures.profiles
            ));
        }
    }
    text
}

/// No line, and what that rests on.
fn nothing(figures: &TodayFigures) -> String {
    if figures.accounts == 0 {
        return "No account is connected, so there is nothing to judge by. Connect one with: pdesk account add\n"
            .to_owned();
    }
    let judged = figures.profiles - figures.never_fetched;
    if judged == 0 {
        return "Nothing can be judged yet: no profile's limits and use were fetched. Fetch them with: pdesk sync\n"
            .to_owned();
    }
    let as_of = figures.as_of.map_or_else(String::new, |at| {
        format!(" as of {} UTC,", time::clock(at, &TimeZone::UTC))
    });
    let said = if figures.open > 0 {
        "Nothing that is looked for needs attention,"
    } else {
        "Nothing needs attention,"
    };
    format!(
        "{said}{as_of} over {judged} of {} profiles.\n",
        figures.profiles
    )
}

fn table(rows: &[TodayRow], all: bool) -> Fitted {
    let noted = |row: &TodayRow| {
        let earlier = row.earlier.as_ref();
        earlier.is_some_and(|answer| !answer.note.is_empty())
    };
    let answers = all || rows.iter().any(noted);
    let mut table = Fitted::default()
        .exact("Severity", 0)
        .words("Profile", 0)
        .words("Account", 4)
        .words("What", 0)
        .words("At stake", 3)
        .exact("Since (UTC)", 2)
        .exact("ID", 1)
        .words("Next step", 6);
    if answers {
        table = table.words("Answered", 5);
    }
    for row in rows {
        let mut cells = vec![
            row.severity.key().to_owned(),
            profile_of(row),
            row.account.clone().unwrap_or_default(),
            row.what(),
            row.stake(),
            since(row),
            row.id.clone(),
            row.next(),
        ];
        if answers {
            cells.push(answered(row));
        }
        table.row(cells);
    }
    table
}

fn profile_of(row: &TodayRow) -> String {
    match (&row.profile_name, &row.profile) {
        (Some(name), Some(id)) if row.name_is_shared => {
            let id = id.as_str();
            format!("{name} …{}", &id[id.len().saturating_sub(4)..])
        }
        (Some(name), _) => name.clone(),
        (None, _) => "(the account)".to_owned(),
    }
}

fn since(row: &TodayRow) -> String {
    row.since.map_or_else(
        || "not known".to_owned(),
        |at| {
            let before = if row.or_earlier { "before " } else { "" };
            format!("{before}{}", time::clock(at, &TimeZone::UTC))
        },
    )
}

fn answered(row: &TodayRow) -> String {
    let (answer, until) = match (&row.answer, &row.earlier) {
        (Some(answer), _) => match answer.until {
            Some(until) => (
                answer,
                format!("until {}", time::clock(until, &TimeZone::UTC)),
            ),
            None => (answer, "until worse".to_owned()),
        },
        (None, Some(earlier)) => (earlier, "came back".to_owned()),
        (None, None) => return String::new(),
    };
    if answer.note.is_empty() {
        until
    } else {
        format!("{until}: {}", answer.note)
    }
}

/// A line, in JSON.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    kind: AttentionKind,
    severity: AttentionSeverity,
    account: Option<&'a str>,
    profile: Option<&'a ProfileId>,
    profile_name: Option<&'a str>,
    service: Option<Service>,
    what: String,
    stake: String,
    since: Option<Timestamp>,
    since_or_earlier: bool,
    next: String,
    measure: Option<f64>,
    acknowledged: bool,
    snoozed_until: Option<Timestamp>,
    note: Option<&'a str>,
}

impl<'a> From<&'a TodayRow> for Line<'a> {
    fn from(row: &'a TodayRow) -> Self {
        let answer = row.answer.as_ref();
        Self {
            id: &row.id,
            kind: row.kind,
            severity: row.severity,
            account: row.account.as_deref(),
            profile: row.profile.as_ref(),
            profile_name: row.profile_name.as_deref(),
            service: match row.facts {
                AttentionFacts::Service { service, .. } => Some(service),
                _ => None,
            },
            what: row.what(),
            stake: row.stake(),
            since: row.since,
            since_or_earlier: row.or_earlier,
            next: row.next(),
            measure: row.measure,
            acknowledged: answer.is_some(),
            snoozed_until: answer.and_then(|answer| answer.until),
            note: answer
                .or(row.earlier.as_ref())
                .map(|answer| answer.note.as_str())
                .filter(|note| !note.is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    /// Facts of each kind, in the forms that differ in what to do.
    fn facts(kind: AttentionKind) -> Vec<AttentionFacts> {
        let at: Timestamp = "2026-11-22T13:20:00Z".parse().unwrap();
        let text = str::to_owned;
        match kind {
            AttentionKind::Payment => vec![AttentionFacts::Payment {
                reason: None,
                overdue: true,
                profiles: 2,
            }],
            AttentionKind::SignedOut => vec![AttentionFacts::SignedOut {
                message: text("No."),
                profiles: 2,
            }],
            AttentionKind::Service => Service::ALL
                .map(|service| AttentionFacts::Service {
                    service,
                    used: 9.0,
                    limit: 10.0,
                })
                .to_vec(),
            AttentionKind::Dashboards => vec![AttentionFacts::Dashboards {
                used: 9.0,
                limit: 10.0,
            }],
            AttentionKind::Downgrade => vec![AttentionFacts::Downgrade {
                at,
                plan: None,
                profiles: 1,
                services: vec![text("input")],
            }],
            AttentionKind::Silent => vec![AttentionFacts::Silent {
                last_input_at: at,
                known_until: at,
            }],
            AttentionKind::Resource => vec![AttentionFacts::Resource {
                resource: text("device"),
                amount: 9.0,
                limit: 10.0,
            }],
            AttentionKind::TokenExpiring => [true, false]
                .map(|used| AttentionFacts::TokenExpiring {
                    tokens: 1,
                    first: text("One ····0001"),
                    at,
                    used,
                })
                .to_vec(),
            AttentionKind::Backup => vec![AttentionFacts::Backup {
                newest: None,
                allowed_days: 30,
            }],
            AttentionKind::Invitation => [true, false]
                .map(|ended| AttentionFacts::Invitation {
                    invitations: 1,
                    who: text("ada@example.com"),
                    at: None,
                    ended,
                })
                .to_vec(),
            AttentionKind::TokenUnused => [1, 3]
                .map(|tokens| AttentionFacts::TokenUnused {
                    tokens,
                    first: text("One; two ····0001"),
                })
                .to_vec(),
            AttentionKind::Transfer => vec![AttentionFacts::Transfer {
                destination: text("ada@example.com"),
                at,
                ticket: String::new(),
            }],
        }
    }

    fn row(facts: AttentionFacts) -> TodayRow {
        TodayRow {
            key: 1,
            id: "service:p1:input".to_owned(),
            kind: facts.kind(),
            severity: AttentionSeverity::Notice,
            account: Some("North Sea".to_owned()),
            account_key: Some(1),
            profile: Some("5bb0a0c9f1d2e3a4b5c6d7e8".parse().unwrap()),
            profile_key: Some(1),
            profile_name: Some("Hafen".to_owned()),
            name_is_shared: false,
            facts,
            since: None,
            or_earlier: false,
            measure: None,
            answer: None,
            earlier: None,
        }
    }

    /// The commands that a text names, each up to a semicolon or the end; words in quotes are one.
    fn commands(text: &str) -> Vec<Vec<OsString>> {
        let commands = text.split("pdesk ").skip(1);
        commands
            .map(|command| {
                let command = command.split(';').next().unwrap_or_default();
                let mut words = vec!["pdesk".to_owned()];
                for (place, part) in command.split('\'').enumerate() {
                    if place % 2 == 1 {
                        words.push(part.to_owned());
                    } else {
                        words.extend(part.split_whitespace().map(str::to_owned));
                    }
                }
                words.into_iter().map(OsString::from).collect()
            })
            .collect()
    }

    #[test]
    fn every_command_that_a_next_step_names_is_one_that_pdesk_takes() {
        let mut named = 0;
        for facts in AttentionKind::ALL.into_iter().flat_map(facts) {
            let next = row(facts).next();
            let commands = commands(&next);
            assert!(!commands.is_empty(), "{next}");
            for command in commands {
                named += 1;
                let taken = crate::args::definition().try_get_matches_from(&command);
                let help =
                    |error: &clap::Error| error.kind() == clap::error::ErrorKind::DisplayHelp;
                assert!(taken.as_ref().err().is_none_or(help), "{next}: {command:?}");
            }
        }
        assert!(named > AttentionKind::ALL.len());
        let payment = row(facts(AttentionKind::Payment).remove(0)).next();
        assert!(
            payment.ends_with("pdesk account payment retry 'North Sea'"),
            "{payment}"
        );
    }
}
