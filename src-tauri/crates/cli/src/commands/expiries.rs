//! `pdesk account expiries`: when each account's token ends.

use desk::Desk;
use desk::read::{TokenEnd, TokenEndRow};
use model::{ProfileId, Timestamp};
use serde::Serialize;

use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;

pub(super) async fn run(desk: &Desk, output: &Output) -> Result<Exit, Failure> {
    let rows = desk.token_ends().await?;
    let described: Vec<Described<'_>> = rows.iter().map(Described::from).collect();
    output.result(&described, || {
        if rows.is_empty() {
            return "No account is connected. Connect one with: pdesk account add\n".to_owned();
        }
        table(&rows).print(output::width())
    })?;
    Ok(Exit::Done)
}

fn table(rows: &[TokenEndRow]) -> Fitted {
    let mut table = Fitted::default()
        .words("Account", 0)
        .exact("Token", 0)
        .exact("On", 0)
        .words("Profile", 1)
        .words("E-mail", 2)
        .words("Region", 3);
    for row in rows {
        let day = row.at.map(|at| at.to_string().chars().take(10).collect());
        table.row([
            row.account.label.clone(),
            words(row.end, row.days),
            day.unwrap_or_default(),
            row.account.token_profile_name.clone().unwrap_or_default(),
            row.account.email.clone().unwrap_or_default(),
            row.account.region.clone(),
        ]);
    }
    table
}

fn words(end: TokenEnd, days: Option<i64>) -> String {
    match (end, days) {
        (TokenEnd::Ended, _) => "ended".to_owned(),
        (TokenEnd::Ends, Some(0)) => "ends within a day".to_owned(),
        (TokenEnd::Ends, Some(1)) => "ends in 1 day".to_owned(),
        (TokenEnd::Ends, Some(days)) => format!("ends in {days} days"),
        (TokenEnd::Ends, None) => "ends".to_owned(),
        (TokenEnd::Never, _) => "never ends".to_owned(),
        (TokenEnd::Unknown, _) => "not known".to_owned(),
        (TokenEnd::NoToken, _) => "no token kept".to_owned(),
    }
}

/// When an account's token ends, in JSON.
#[derive(Serialize)]
struct Described<'a> {
    label: &'a str,
    email: Option<&'a str>,
    end: TokenEnd,
    at: Option<Timestamp>,
    days: Option<i64>,
    profile: Option<&'a str>,
}

impl<'a> From<&'a TokenEndRow> for Described<'a> {
    fn from(row: &'a TokenEndRow) -> Self {
        Self {
            label: &row.account.label,
            email: row.account.email.as_deref(),
            end: row.end,
            at: row.at,
            days: row.days,
            profile: row.account.token_profile.as_ref().map(ProfileId::as_str),
        }
    }
}
