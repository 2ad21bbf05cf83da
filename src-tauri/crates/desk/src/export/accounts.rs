//! The accounts that are connected, and when their tokens end.

use model::ProfileId;

use super::{Cell, Column, Sheet, Unit};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{AccountRow, SignIn, TokenEnd, TokenEndRow};

pub(super) async fn sheet(desk: &Desk) -> Result<Sheet, Problem> {
    let mut sheet = Sheet::new(
        "Accounts",
        columns(&[
            ("Account", Unit::Text),
            ("Account ID", Unit::Text),
            ("Name", Unit::Text),
            ("E-mail", Unit::Text),
            ("Region", Unit::Text),
            ("API", Unit::Text),
            ("Plan", Unit::Text),
            ("Profiles", Unit::Number),
            ("Signed in", Unit::Text),
            ("Last sync (UTC)", Unit::Moment),
            ("Token ends (UTC)", Unit::Moment),
            ("Token's profile", Unit::Text),
            ("Token's profile ID", Unit::Text),
            ("Only read", Unit::Text),
            ("Problem", Unit::Text),
        ]),
    );
    sheet.rows = desk.accounts().await?.iter().map(account).collect();
    Ok(sheet)
}

pub(super) async fn token_ends(desk: &Desk) -> Result<Sheet, Problem> {
    let mut sheet = Sheet::new(
        "Token Ends",
        columns(&[
            ("Account", Unit::Text),
            ("Account ID", Unit::Text),
            ("E-mail", Unit::Text),
            ("Region", Unit::Text),
            ("Token", Unit::Text),
            ("Ends (UTC)", Unit::Moment),
            ("Days", Unit::Number),
            ("Soon", Unit::Text),
            ("Token's profile", Unit::Text),
            ("Token's profile ID", Unit::Text),
        ]),
    );
    sheet.rows = desk.token_ends().await?.iter().map(end).collect();
    Ok(sheet)
}

fn columns(named: &[(&str, Unit)]) -> Vec<Column> {
    named
        .iter()
        .map(|(name, unit)| Column::new(*name, *unit))
        .collect()
}

fn account(row: &AccountRow) -> Vec<Cell> {
    vec![
        Cell::Text(row.label.clone()),
        Cell::Text(row.id.to_string()),
        Cell::text(row.name.as_deref()),
        Cell::text(row.email.as_deref()),
        Cell::Text(row.region.clone()),
        Cell::Text(row.api.clone()),
        Cell::text(row.plan.as_deref()),
        Cell::Number(f64::from(row.profiles)),
        Cell::Text(row.sign_in.label().to_owned()),
        Cell::moment(row.last_sync_at),
        Cell::moment(row.token_expires_at),
        Cell::text(row.token_profile_name.as_deref()),
        Cell::text(row.token_profile.as_ref().map(ProfileId::as_str)),
        Cell::Bool(row.read_only),
        Cell::text(row.problem.as_ref().map(|problem| problem.message.as_str())),
    ]
}

fn end(row: &TokenEndRow) -> Vec<Cell> {
    let account = &row.account;
    vec![
        Cell::Text(account.label.clone()),
        Cell::Text(account.id.to_string()),
        Cell::text(account.email.as_deref()),
        Cell::Text(account.region.clone()),
        Cell::Text(row.end.label().to_owned()),
        Cell::moment(row.at),
        #[expect(clippy::cast_precision_loss, reason = "no token lives so many days")]
        Cell::number(row.days.map(|days| days as f64)),
        Cell::Bool(row.soon),
        Cell::text(account.token_profile_name.as_deref()),
        Cell::text(account.token_profile.as_ref().map(ProfileId::as_str)),
    ]
}

impl SignIn {
    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::SignedIn => "signed in",
            Self::SignedOut => "sign in again",
            Self::NoToken => "no token kept",
        }
    }
}

impl TokenEnd {
    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Ends => "ends",
            Self::Never => "never ends",
            Self::Unknown => "not known",
            Self::NoToken => "no token kept",
        }
    }
}
