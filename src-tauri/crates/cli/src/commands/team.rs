//! `pdesk team add` and `team remove`.

use desk::Desk;
use desk::change::{Change, Invite, RemoveMember};
use desk::read::TeamRole;
use desk::{Problem, ProblemCode};

use super::batch;
use crate::args::{TeamAddArgs, TeamRemoveArgs};
use crate::failure::{Exit, Failure};
use crate::output::Output;

/// `pdesk team add`.
pub(super) async fn invite(
    desk: &Desk,
    wanted: TeamAddArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let profile = desk.find_profile(&wanted.profile).await?.key;
    let email = wanted.email;
    let changes = vec![Change::Invite(Invite { profile, email })];
    batch::changes(desk, changes, wanted.agree, output).await
}

/// `pdesk team remove`.
pub(super) async fn remove_member(
    desk: &Desk,
    wanted: TeamRemoveArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let profile = desk.find_profile(&wanted.profile).await?.key;
    let text = wanted.person.trim();
    let team = desk.team(profile).await?.members;
    let found = team.into_iter().find(|one| {
        let email = one.email.as_deref();
        one.role != TeamRole::Owner
            && (one.id.as_ref().is_some_and(|id| id.as_str() == text)
                || email.is_some_and(|email| email.eq_ignore_ascii_case(text)))
    });
    let Some(found) = found else {
        let message = format!("“{text}” is not known to be in the team, nor invited.");
        let failure = Failure::from(Problem::new(ProblemCode::NotFound, message));
        return Err(failure.with_hint("See the addresses and ids with: pdesk team list PROFILE"));
    };
    let changes = vec![Change::RemoveMember(RemoveMember {
        profile,
        member: found.id,
        email: found.email,
    })];
    batch::changes(desk, changes, wanted.agree, output).await
}
