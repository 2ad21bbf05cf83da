//! A profile's team: who is in it or invited, and who was.

use super::{Cell, Column, ProfileExport, Sheet, Unit};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{TeamRole, TeamRow};

pub(super) async fn sheet(desk: &Desk, query: ProfileExport) -> Result<Sheet, Problem> {
    let team = desk.team(query.profile).await?;
    let row = desk.fleet_row(query.profile).await?;
    let mut sheet = Sheet::new(format!("Team of {}", row.name), columns());
    let rows = team.members.iter().chain(&team.former);
    sheet.rows = rows
        .map(|member| {
            let mut cells = vec![Cell::Text(row.name.clone()), Cell::Text(row.id.to_string())];
            cells.extend(cells_of(member));
            cells.push(Cell::as_of(&team.freshness));
            cells
        })
        .collect();
    Ok(sheet)
}

fn columns() -> Vec<Column> {
    [
        ("Profile", Unit::Text),
        ("Profile ID", Unit::Text),
        ("Name", Unit::Text),
        ("E-mail", Unit::Text),
        ("ID", Unit::Text),
        ("Standing", Unit::Text),
        ("Invited (UTC)", Unit::Moment),
        ("First seen (UTC)", Unit::Moment),
        ("Not in it since (UTC)", Unit::Moment),
        ("Tokens made", Unit::Number),
        ("As of (UTC)", Unit::Moment),
    ]
    .into_iter()
    .map(|(name, unit)| Column::new(name, unit))
    .collect()
}

fn cells_of(member: &TeamRow) -> [Cell; 8] {
    [
        Cell::text(member.name.clone()),
        Cell::text(member.email.clone()),
        Cell::text(member.id.as_ref().map(ToString::to_string)),
        Cell::Text(member.role.label().to_owned()),
        Cell::moment(member.invited_at),
        Cell::moment(member.seen_from),
        Cell::moment(member.gone_at),
        Cell::Number(f64::from(member.tokens)),
    ]
}

impl TeamRole {
    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Member => "member",
            Self::Listed => "listed",
            Self::Invited => "invited",
            Self::InvitationEnded => "invitation ended",
        }
    }
}
