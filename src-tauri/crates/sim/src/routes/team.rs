//! A profile's team. Its owner's business alone.

use axum::extract::Path;
use serde_json::{Value, json};

use super::Ask;
use crate::reply::{Failure, Reply, result, said, time};
use crate::world::{Member, Notification};

pub(super) async fn list(Path(id): Path<String>, ask: Ask) -> Reply {
    let world = ask.shared.world();
    let id = ask.owned(&world, &id)?;
    let team = world
        .profile(&id)
        .map(|profile| profile.team.as_slice())
        .unwrap_or_default();
    let rows: Vec<Value> = team
        .iter()
        .map(|member| {
            json!({
                "id": member.id,
                "name": member.name,
                "email": member.email,
                "active": member.active,
                "created_at": time(member.created_at),
            })
        })
        .collect();
    result(&rows)
}

pub(super) async fn add(Path(id): Path<String>, ask: Ask) -> Reply {
    let email = ask
        .text("email")
        .filter(|email| email.contains('@'))
        .ok_or_else(|| Failure::bad("Invalid email"))?
        .to_owned();
    let caller = ask.caller()?.account.clone();
    let mut world = ask.shared.world();
    let id = ask.owned(&world, &id)?;
    let mut draw = world.draw();
    let known = world
        .account_by_email(&email)
        .map(|account| (account.id.clone(), account.name.clone()));
    let invites_itself = known
        .as_ref()
        .is_some_and(|(account, _)| *account == caller);
    let profile = world
        .profile_mut(&id)
        .ok_or_else(|| Failure::missing("Profile"))?;
    if invites_itself
        || profile
            .team
            .iter()
            .any(|member| member.email.eq_ignore_ascii_case(&email))
    {
        return Err(Failure::bad("This account is already a member or invited"));
    }
    let name = profile.name.clone();
    let (account, person) = known.clone().unwrap_or_else(|| (draw.id(), email.clone()));
    profile.team.push(Member {
        id: account,
        name: person,
        email,
        active: false,
        created_at: ask.now,
    });
    profile.note("Team member invited", &caller, ask.now);
    if let Some((account, _)) = known {
        world.notifications.push(Notification {
            id: draw.id(),
            account,
            title: "Profile invitation".to_owned(),
            message: format!("You are invited to the profile {name}."),
            read: false,
            created_at: ask.now,
            invitation: Some(id),
        });
    }
    said("Invitation Successfully Sent")
}

pub(super) async fn remove(Path((id, account)): Path<(String, String)>, ask: Ask) -> Reply {
    let caller = ask.caller()?.account.clone();
    let mut world = ask.shared.world();
    let id = ask.owned(&world, &id)?;
    let profile = world
        .profile_mut(&id)
        .ok_or_else(|| Failure::missing("Profile"))?;
    let before = profile.team.len();
    profile.team.retain(|member| member.id != account);
    if profile.team.len() == before {
        return Err(Failure::missing("Member"));
    }
    profile.note("Team member removed", &caller, ask.now);
    for notification in world
        .notifications
        .iter_mut()
        .filter(|found| found.account == account)
    {
        notification.invitation.take_if(|invited| *invited == id);
    }
    said("Member Successfully Removed")
}
