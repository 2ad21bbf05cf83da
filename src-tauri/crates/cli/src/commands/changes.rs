//! `pdesk changes`: what was seen to change, the newest first.

use std::fmt::Write as _;

use desk::Desk;
use desk::read::{ActivityPage, ActivityQuery, ChangeRow, ChangeTopic, EVERY_ROW};
use jiff::tz::TimeZone;
use model::{ChangeKind, ProfileId, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::change;
use crate::args::ChangesArgs;
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::time;

/// Shown where neither a time nor a number was asked for.
const NEWEST: u32 = 100;

/// All but the tokens of signing in, which come and go all day.
const UNLESS_ASKED: [ChangeTopic; 6] = [
    ChangeTopic::Profiles,
    ChangeTopic::Limits,
    ChangeTopic::Tokens,
    ChangeTopic::People,
    ChangeTopic::Billing,
    ChangeTopic::Backups,
];

pub(super) async fn run(
    desk: &Desk,
    wanted: ChangesArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let mut query = query(desk, &wanted).await?;
    query.limit = match (wanted.limit, query.since) {
        (Some(limit), _) => limit,
        (None, Some(_)) => EVERY_ROW,
        (None, None) => NEWEST,
    };
    let found = desk.activity(query.clone()).await?;
    let left_out = left_out(desk, &query, &found).await?;
    let described: Vec<Described<'_>> = found.rows.iter().map(Described::from).collect();
    output.result(&described, || text(&found, left_out, output::width()))?;
    Ok(Exit::Done)
}

async fn query(desk: &Desk, wanted: &ChangesArgs) -> Result<ActivityQuery, Failure> {
    let since = wanted.since.as_deref();
    let account = match &wanted.account {
        Some(text) => Some(desk.find_account(text).await?.key),
        None => None,
    };
    let profile = match &wanted.profile {
        Some(text) => Some(desk.find_profile(text).await?.key),
        None => None,
    };
    Ok(ActivityQuery {
        topics: if wanted.topic.is_empty() {
            UNLESS_ASKED.to_vec()
        } else {
            wanted
                .topic
                .iter()
                .copied()
                .map(ChangeTopic::from)
                .collect()
        },
        search: wanted.filter.clone(),
        account,
        profile,
        since: since
            .map(|text| time::read("--since", text, &TimeZone::UTC))
            .transpose()?,
        ..ActivityQuery::default()
    })
}

/// How many sign-ins there were in the time that is shown, if they are not.
async fn left_out(
    desk: &Desk,
    query: &ActivityQuery,
    found: &ActivityPage,
) -> Result<u32, Failure> {
    if query.topics != UNLESS_ASKED {
        return Ok(0);
    }
    let is_cut = found.rows.len() < found.total as usize;
    let oldest = found.rows.last().map(|row| row.at).filter(|_| is_cut);
    let page = desk
        .activity(ActivityQuery {
            topics: vec![ChangeTopic::SignIns],
            since: oldest.or(query.since),
            limit: 0,
            ..query.clone()
        })
        .await?;
    Ok(page.total)
}

fn text(found: &ActivityPage, left_out: u32, width: Option<u16>) -> String {
    let mut text = if found.rows.is_empty() {
        "Nothing was seen to change.\n".to_owned()
    } else {
        table(&found.rows).print(width) + "\n"
    };
    let shown = found.rows.len();
    if shown > 0 && shown < found.total as usize {
        let total = found.total;
        // A string takes everything.
        let _ = writeln!(
            text,
            "The newest {shown} of {total} changes. See more with --limit or --since."
        );
    }
    if left_out > 0 {
        let changes = if left_out == 1 { "change" } else { "changes" };
        let _ = writeln!(
            text,
            "{left_out} {changes} of sign-ins left out. See them with: --topic sign_ins"
        );
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn table(rows: &[ChangeRow]) -> Fitted {
    let mut table = Fitted::default()
        .exact("Seen (UTC)", 0)
        .words("Account", 3)
        .words("Profile", 0)
        .exact("What", 0)
        .words("Of", 2)
        .words("How", 1);
    for row in rows {
        let id = row.profile.as_ref().map(ToString::to_string);
        table.row([
            time::clock(row.at, &TimeZone::UTC),
            row.account.clone().unwrap_or_default(),
            row.profile_name.clone().or(id).unwrap_or_default(),
            change::what(row).to_owned(),
            change::subject(row),
            change::difference(row),
        ]);
    }
    table
}

/// A change, in JSON.
#[derive(Serialize)]
struct Described<'a> {
    at: Timestamp,
    account: Option<&'a str>,
    profile: Option<&'a ProfileId>,
    profile_name: Option<&'a str>,
    kind: ChangeKind,
    subject: Option<&'a str>,
    old: &'a Value,
    new: &'a Value,
}

impl<'a> From<&'a ChangeRow> for Described<'a> {
    fn from(row: &'a ChangeRow) -> Self {
        Self {
            at: row.at,
            account: row.account.as_deref(),
            profile: row.profile.as_ref(),
            profile_name: row.profile_name.as_deref(),
            kind: row.kind,
            subject: row.subject.as_deref(),
            old: &row.old,
            new: &row.new,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn row(key: i64) -> ChangeRow {
        ChangeRow {
            key,
            at: "2026-11-24T12:00:30Z".parse().unwrap(),
            account: Some("Acme".to_owned()),
            profile: Some("5bb0a0c9f1d2e3a4b5c6d7e8".parse().unwrap()),
            profile_key: Some(1),
            profile_name: Some("\u{1b}[2J<b>Porto</b>".to_owned()),
            kind: ChangeKind::ThresholdReached,
            subject: Some("input".to_owned()),
            old: Value::Null,
            new: 90.into(),
        }
    }

    #[test]
    fn a_change_is_a_line_and_its_names_are_harmless() {
        let found = ActivityPage {
            total: 1,
            rows: vec![row(1)],
        };
        let lines = text(&found, 0, None);
        assert_eq!(
            lines.lines().nth(1),
            Some(
                "2026-11-24 12:00  Acme     \u{fffd}[2J<b>Porto</b>  use rose  Data input  reached 90 %"
            ),
            "{lines}"
        );
        assert_eq!(lines.lines().count(), 2, "{lines}");
    }

    #[test]
    fn what_is_not_shown_is_counted() {
        let mut found = ActivityPage {
            total: 312,
            rows: vec![row(2), row(1)],
        };
        let said = text(&found, 5, None);
        assert!(said.contains("The newest 2 of 312 changes."), "{said}");
        assert!(said.contains("5 changes of sign-ins left out."), "{said}");
        found.total = 2;
        let said = text(&found, 1, None);
        assert!(!said.contains("newest"), "{said}");
        assert!(said.contains("1 change of sign-ins left out."), "{said}");
        let none = ActivityPage {
            total: 0,
            rows: Vec::new(),
        };
        assert_eq!(text(&none, 0, None), "Nothing was seen to change.\n");
    }

    #[test]
    fn all_topics_but_sign_ins_are_shown_unless_one_is_asked_for() {
        let shown: HashSet<_> = UNLESS_ASKED
            .iter()
            .flat_map(|topic| topic.kinds())
            .collect();
        let hidden: Vec<_> = ChangeKind::ALL
            .iter()
            .filter(|kind| !shown.contains(kind))
            .copied()
            .collect();
        assert_eq!(hidden, ChangeTopic::SignIns.kinds());
    }

    #[test]
    fn json_has_the_stable_names_and_null_for_what_is_unknown() {
        let row = ChangeRow {
            account: None,
            profile: None,
            profile_name: None,
            ..row(1)
        };
        assert_eq!(
            serde_json::to_value(Described::from(&row)).unwrap(),
            serde_json::json!({
                "at": "2026-11-24T12:00:30Z", "account": null, "profile": null, "profile_name": null,
                "kind": "threshold_reached", "subject": "input", "old": null, "new": 90,
            })
        );
    }
}
