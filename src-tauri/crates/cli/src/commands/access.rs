//! `pdesk access` and `pdesk team`: who can get in, and how that is known.

use std::fmt::Write as _;

use desk::Desk;
use desk::read::{AccessKind, AccessKnown, AccessLine, AccessQuery, EVERY_ROW, TeamRole, TeamRow};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use model::{AccountId, ProfileId, Timestamp};
use serde::Serialize;

use super::{offboard, team};
use crate::args::{AccessArgs, TeamCommand, TeamListArgs};
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::{time, wording};

pub(super) async fn run(desk: &Desk, wanted: AccessArgs, output: &Output) -> Result<Exit, Failure> {
    let at = wanted.at.as_deref().map(moment).transpose()?;
    if at.is_some_and(|at| at > Timestamp::now() && !is_today(at)) {
        return Err(Failure::usage(
            "--at is in the future, of which nothing is known.",
        ));
    }
    let profile = match &wanted.profile {
        Some(text) => Some(desk.find_profile(text).await?.key),
        None => None,
    };
    let list = desk
        .access(AccessQuery {
            filter: wanted.filter,
            at,
            person: wanted.person,
            profile,
            sign_ins: wanted.sign_ins,
            offset: 0,
            limit: EVERY_ROW,
        })
        .await?;
    let lines = &list.lines;
    let described: Vec<Line<'_>> = lines.iter().map(|line| Line::of(line, list.at)).collect();
    output.result(&described, || {
        let mut text = if lines.is_empty() {
            "Nobody is known to have had access, and nothing is known to be missing.\n".to_owned()
        } else {
            format!("As of {} UTC:\n\n", time::clock(list.at, &TimeZone::UTC))
                + &table(lines).print(output::width())
        };
        let unknown = lines
            .iter()
            .filter(|line| line.known == AccessKnown::NotKnown)
            .count();
        if unknown > 0 {
            let _ = writeln!(
                text,
                "\n{unknown} of these lines say what is not known: there, others may have had access."
            ); // a string takes everything
        }
        if list.folded > 0 {
            let _ = writeln!(
                text,
                "\n{} tokens of signing in left out. See them with: --sign-ins",
                list.folded
            ); // a string takes everything
        }
        text
    })?;
    Ok(Exit::Done)
}

/// A date means its last moment: who had access on that day at its end.
fn moment(text: &str) -> Result<Timestamp, Failure> {
    let from = time::read("--at", text, &TimeZone::UTC)?;
    let text = text.trim();
    let span = match text.len() {
        10 => 1.day(),
        7 => 1.month(),
        _ => return Ok(from),
    };
    let end = from.to_zoned(TimeZone::UTC).checked_add(span);
    Ok(end.map_or(from, |end| {
        let end = end.timestamp();
        end.saturating_sub(jiff::SignedDuration::from_millis(1))
            .unwrap_or(end)
    }))
}

/// Whether it is the end of the day that it is now.
fn is_today(at: Timestamp) -> bool {
    let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    day(at) == day(Timestamp::now())
}

fn table(lines: &[AccessLine]) -> Fitted {
    let mut table = Fitted::default()
        .words("Profile", 0)
        .exact("Access", 0)
        .words("Who", 0)
        .words("E-mail", 3)
        .words("Token", 2)
        .words("Known", 1)
        .exact("Since (UTC)", 4);
    for line in lines {
        let id = line.person.as_ref().map(ToString::to_string);
        let token = match (&line.token, &line.last4) {
            (name, Some(last4)) => {
                format!("{} ····{last4}", name.as_deref().unwrap_or(""))
            }
            (name, None) => name.clone().unwrap_or_default(),
        };
        table.row([
            line.profile_name.clone(),
            line.kind.label().to_owned(),
            line.name.clone().or(id).unwrap_or_default(),
            line.email.clone().unwrap_or_default(),
            token.trim().to_owned(),
            line.how.clone(),
            line.since
                .map_or_else(String::new, |at| time::clock(at, &TimeZone::UTC)),
        ]);
    }
    table
}

/// One line of access, in JSON.
#[derive(Serialize)]
struct Line<'a> {
    at: Timestamp,
    profile: &'a ProfileId,
    profile_name: &'a str,
    account: Option<&'a str>,
    kind: AccessKind,
    id: Option<&'a AccountId>,
    name: Option<&'a str>,
    email: Option<&'a str>,
    token: Option<&'a str>,
    last4: Option<&'a str>,
    permission: Option<&'a str>,
    known: AccessKnown,
    how: &'a str,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    made_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    source: &'a str,
}

impl<'a> Line<'a> {
    fn of(line: &'a AccessLine, at: Timestamp) -> Self {
        Self {
            at,
            profile: &line.profile,
            profile_name: &line.profile_name,
            account: line.account.as_deref(),
            kind: line.kind,
            id: line.person.as_ref(),
            name: line.name.as_deref(),
            email: line.email.as_deref(),
            token: line.token.as_deref(),
            last4: line.last4.as_deref(),
            permission: line.permission.as_deref(),
            known: line.known,
            how: &line.how,
            since: line.since,
            until: line.until,
            made_at: line.made_at,
            expires_at: line.expires_at,
            source: &line.source,
        }
    }
}

pub(super) async fn team(
    desk: &Desk,
    command: TeamCommand,
    output: &Output,
) -> Result<Exit, Failure> {
    match command {
        TeamCommand::List(wanted) => list_team(desk, wanted, output).await,
        TeamCommand::Add(wanted) => team::invite(desk, wanted, output).await,
        TeamCommand::Remove(wanted) => team::remove_member(desk, wanted, output).await,
        TeamCommand::Offboard(wanted) => offboard::run(desk, wanted, output).await,
    }
}

async fn list_team(desk: &Desk, wanted: TeamListArgs, output: &Output) -> Result<Exit, Failure> {
    let Some(text) = wanted.profile else {
        let teams = desk.teams().await?;
        let members: Vec<Member<'_>> = teams
            .members
            .iter()
            .map(|one| Member::of(&one.profile, &one.profile_name, &one.row))
            .collect();
        output.result(&members, || {
            let mut text = team_table(&members, true);
            if let Some(known) = wording::coverage("Teams", &teams.coverage) {
                let _ = writeln!(text, "\n{known}"); // a string takes everything
            }
            text
        })?;
        return Ok(Exit::Done);
    };
    let profile = desk.find_profile(&text).await?;
    let team = desk.team(profile.key).await?;
    let members: Vec<Member<'_>> = team
        .members
        .iter()
        .filter(|member| member.role != TeamRole::Owner)
        .map(|member| Member::of(&profile.id, &profile.name, member))
        .collect();
    output.result(&members, || {
        format!(
            "{}\nThe team: {}\n",
            team_table(&members, false),
            wording::freshness(&team.freshness, Timestamp::now())
        )
    })?;
    Ok(Exit::Done)
}

fn team_table(members: &[Member<'_>], of_all: bool) -> String {
    if members.is_empty() {
        return "Nobody is known to be in the team.\n".to_owned();
    }
    let mut table = Fitted::default();
    if of_all {
        table = table.words("Profile", 0);
    }
    table = table
        .words("Name", 0)
        .words("E-mail", 1)
        .exact("Standing", 0)
        .exact("Invited (UTC)", 3)
        .exact("Id", 2);
    for member in members {
        let mut cells = Vec::new();
        if of_all {
            cells.push(member.profile_name.to_owned());
        }
        cells.extend([
            member.name.unwrap_or_default().to_owned(),
            member.email.unwrap_or_default().to_owned(),
            member.role.label().to_owned(),
            member
                .created_at
                .map_or_else(String::new, |at| time::clock(at, &TimeZone::UTC)),
            member.id.map_or_else(String::new, ToString::to_string),
        ]);
        table.row(cells);
    }
    table.print(output::width())
}

/// Somebody in a team, in JSON.
#[derive(Serialize)]
struct Member<'a> {
    id: Option<&'a AccountId>,
    name: Option<&'a str>,
    email: Option<&'a str>,
    active: Option<bool>,
    created_at: Option<Timestamp>,
    role: TeamRole,
    seen_from: Option<Timestamp>,
    profile: &'a ProfileId,
    profile_name: &'a str,
}

impl<'a> Member<'a> {
    fn of(profile: &'a ProfileId, profile_name: &'a str, member: &'a TeamRow) -> Self {
        Self {
            id: member.id.as_ref(),
            name: member.name.as_deref(),
            email: member.email.as_deref(),
            active: match member.role {
                TeamRole::Owner | TeamRole::Member => Some(true),
                TeamRole::Invited | TeamRole::InvitationEnded => Some(false),
                TeamRole::Listed => None,
            },
            created_at: member.invited_at,
            role: member.role,
            seen_from: member.seen_from,
            profile,
            profile_name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_means_its_last_moment_and_a_time_itself() {
        for (text, exact) in [
            ("2026-05-03", "2026-05-03T23:59:59.999Z"),
            ("2026-05", "2026-05-31T23:59:59.999Z"),
            ("2026-05-03T14:00:00Z", "2026-05-03T14:00:00Z"),
        ] {
            assert_eq!(moment(text).unwrap().to_string(), exact, "{text}");
        }
        assert!(moment("some day").is_err());
    }
}
