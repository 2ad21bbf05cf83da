//! Persons, and who had access to what as evidence: each line with how it is known, since when, from where,
//! and when it was exported.

use jiff::Timestamp;

use super::{Cell, Column, Sheet, Unit};
use crate::open::Desk;
use crate::problem::Problem;
use crate::read::{
    AccessKnown, AccessLine, AccessQuery, AuditQuery, AuditRow, LiveAuditPage, PeopleQuery,
    PersonRow,
};

pub(super) async fn people(desk: &Desk, query: PeopleQuery) -> Result<Sheet, Problem> {
    let mut sheet = Sheet::new(
        "People",
        columns(&[
            ("Name", Unit::Text),
            ("E-mail", Unit::Text),
            ("IDs", Unit::Text),
            ("Connected as", Unit::Text),
            ("Profiles", Unit::Number),
            ("Owned", Unit::Number),
            ("Accounts", Unit::Number),
            ("Open invitations", Unit::Number),
            ("Ended invitations", Unit::Number),
            ("Invited since (UTC)", Unit::Moment),
            ("Tokens made", Unit::Number),
            ("Shared between", Unit::Text),
            ("Known", Unit::Text),
            ("As of (UTC)", Unit::Moment),
        ]),
    );
    let now = desk.inner.clock.now();
    let at = query.at.filter(|at| *at < now).unwrap_or(now);
    let found = desk.people(query).await?;
    sheet.rows = found.rows.iter().map(|row| person(row, at)).collect();
    Ok(sheet)
}

fn person(row: &PersonRow, at: Timestamp) -> Vec<Cell> {
    let ids: Vec<&str> = row.ids.iter().map(model::AccountId::as_str).collect();
    let number = |number: u32| Cell::Number(f64::from(number));
    vec![
        Cell::text(row.name.clone()),
        Cell::text(row.email.clone()),
        Cell::Text(ids.join(", ")),
        Cell::text(row.connected.clone()),
        number(row.profiles),
        number(row.owned),
        number(row.account_count),
        number(row.invitations),
        number(row.ended),
        Cell::moment(row.invited_at),
        number(row.tokens),
        Cell::Text(row.shares.join(", ")),
        Cell::Text(row.known.label().to_owned()),
        Cell::Moment(at),
    ]
}

pub(super) async fn access(desk: &Desk, query: AccessQuery) -> Result<Sheet, Problem> {
    let exported_at = desk.inner.clock.now();
    let filter = query.filter.trim().to_owned();
    let list = desk.access(query).await?;
    // What is not everybody's must not be taken for it: name and lines say so.
    let mut sheet = Sheet::new(
        if filter.is_empty() {
            "Access"
        } else {
            "Access, filtered"
        },
        columns(&[
            ("Profile", Unit::Text),
            ("Profile ID", Unit::Text),
            ("Account", Unit::Text),
            ("Access", Unit::Text),
            ("Name", Unit::Text),
            ("E-mail", Unit::Text),
            ("Account ID", Unit::Text),
            ("Token", Unit::Text),
            ("Ends with", Unit::Text),
            ("Permission", Unit::Text),
            ("Made (UTC)", Unit::Moment),
            ("Expires (UTC)", Unit::Moment),
            ("As of (UTC)", Unit::Moment),
            ("Known", Unit::Text),
            ("Since (UTC)", Unit::Moment),
            ("Until (UTC)", Unit::Moment),
            ("Source", Unit::Text),
            ("Exported (UTC)", Unit::Moment),
        ]),
    );
    let line = |line: &AccessLine| {
        vec![
            Cell::Text(line.profile_name.clone()),
            Cell::Text(line.profile.to_string()),
            Cell::text(line.account.clone()),
            Cell::Text(line.kind.label().to_owned()),
            Cell::text(line.name.clone()),
            Cell::text(line.email.clone()),
            Cell::text(line.person.as_ref().map(ToString::to_string)),
            Cell::text(line.token.clone()),
            Cell::text(line.last4.clone()),
            Cell::text(line.permission.clone()),
            Cell::moment(line.made_at),
            Cell::moment(line.expires_at),
            Cell::Moment(list.at),
            Cell::Text(line.how.clone()),
            Cell::moment(line.since),
            Cell::moment(line.until),
            Cell::Text(line.source.clone()),
            Cell::Moment(exported_at),
        ]
    };
    sheet.rows = list.lines.iter().map(line).collect();
    if !filter.is_empty() {
        sheet.columns.push(Column::new("Filter", Unit::Text));
        for row in &mut sheet.rows {
            row.push(Cell::Text(filter.clone()));
        }
    }
    Ok(sheet)
}

pub(super) async fn audit(desk: &Desk, query: AuditQuery) -> Result<Sheet, Problem> {
    Ok(of_events(&desk.audit(query).await?.rows))
}

pub(super) fn live_audit(desk: &Desk, query: &LiveAuditPage) -> Sheet {
    of_events(&desk.live_audit(query).rows)
}

fn of_events(rows: &[AuditRow]) -> Sheet {
    let mut sheet = Sheet::new(
        "Audit",
        columns(&[
            ("When (UTC)", Unit::Moment),
            ("Resource", Unit::Text),
            ("Resource ID", Unit::Text),
            ("Who", Unit::Text),
            ("Who's ID", Unit::Text),
            ("What", Unit::Text),
        ]),
    );
    let row = |row: &AuditRow| {
        vec![
            Cell::Moment(row.at),
            Cell::text(row.resource.clone()),
            Cell::text(row.resource_id.clone()),
            Cell::text(row.who_name.clone()),
            Cell::text(row.who.clone()),
            Cell::text(row.message.clone()),
        ]
    };
    sheet.rows = rows.iter().map(row).collect();
    sheet
}

fn columns(columns: &[(&str, Unit)]) -> Vec<Column> {
    columns
        .iter()
        .map(|(name, unit)| Column::new(*name, *unit))
        .collect()
}

impl AccessKnown {
    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Inferred => "inferred",
            Self::NotKnown => "not known",
        }
    }
}
