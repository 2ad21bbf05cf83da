//! The table of tokens: metadata, never a value.

use super::{Cell, Column, Sheet, Unit};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{TokenFlag, TokenRow, TokensQuery};

pub(super) async fn sheet(desk: &Desk, query: TokensQuery) -> Result<Sheet, Problem> {
    let mut sheet = Sheet::new("Tokens", columns());
    let found = desk.tokens(query).await?;
    sheet.rows = found.rows.iter().map(row).collect();
    Ok(sheet)
}

fn columns() -> Vec<Column> {
    [
        ("Token", Unit::Text),
        ("Ends with", Unit::Text),
        ("Profile", Unit::Text),
        ("Profile ID", Unit::Text),
        ("Account", Unit::Text),
        ("Permission", Unit::Text),
        ("Created (UTC)", Unit::Moment),
        ("Creator", Unit::Text),
        ("Last used (UTC)", Unit::Moment),
        ("Never used", Unit::Text),
        ("Expires (UTC)", Unit::Moment),
        ("Never expires", Unit::Text),
        ("Sign-in", Unit::Text),
        ("Flags", Unit::Text),
        ("Used here by", Unit::Text),
    ]
    .into_iter()
    .map(|(name, unit)| Column::new(name, unit))
    .collect()
}

fn row(row: &TokenRow) -> Vec<Cell> {
    let flags: Vec<&str> = row.flags.iter().map(|flag| flag.label()).collect();
    // Without a date and without the word for none, it is not known.
    let or_unknown = |is: bool, has_date: bool| match (is, has_date) {
        (true, _) => Cell::Bool(true),
        (false, true) => Cell::Bool(false),
        (false, false) => Cell::Empty,
    };
    vec![
        Cell::text(row.name.clone()),
        Cell::Text(row.last4.clone()),
        Cell::Text(row.profile_name.clone()),
        Cell::Text(row.profile.to_string()),
        Cell::text(row.account.clone()),
        Cell::text(row.permission.clone()),
        Cell::moment(row.created_at),
        Cell::text(row.creator.clone()),
        Cell::moment(row.last_authorization_at),
        or_unknown(row.never_used, row.last_authorization_at.is_some()),
        Cell::moment(row.expires_at),
        or_unknown(row.never_expires, row.expires_at.is_some()),
        Cell::Bool(row.sign_in),
        Cell::Text(flags.join(", ")),
        Cell::text(row.used_here.clone()),
    ]
}

impl TokenFlag {
    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::CreatorGone => "creator gone",
            Self::ExpiresSoon => "expires soon",
            Self::Expired => "expired",
            Self::NeverUsed => "never used",
            Self::FullPermission => "full permission",
            Self::NeverExpires => "never expires",
        }
    }
}
