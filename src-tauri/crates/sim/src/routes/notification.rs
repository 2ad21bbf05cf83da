//! Notifications, in which invitations to profiles arrive.

use axum::extract::Path;
use serde_json::{Value, json};

use super::Ask;
use crate::reply::{Failure, Reply, result, said, time};

pub(super) async fn list(ask: Ask) -> Reply {
    let account = &ask.caller()?.account;
    let page = ask.params.count("page", 1, usize::MAX)?;
    let amount = ask.params.count("amount", 20, 200)?;
    let read = ask
        .params
        .map("filter")
        .into_iter()
        .find(|(key, _)| *key == "read")
        .map(|(_, value)| value.eq_ignore_ascii_case("true"));
    let world = ask.shared.world();
    let rows: Vec<Value> = world
        .notifications
        .iter()
        .rev()
        .filter(|found| found.account == *account && read.is_none_or(|read| found.read == read))
        .skip((page - 1).saturating_mul(amount))
        .take(amount)
        .map(|found| {
            let button = |id: &str, label: &str| json!({"id": id, "label": label, "color": "#337ab7", "triggers": [{"share_profile": id}]});
            let buttons = match found.invitation {
                Some(_) => json!([button("accept", "Accept"), button("refuse", "Refuse")]),
                None => json!([]),
            };
            json!({
                "id": found.id,
                "title": found.title,
                "message": found.message,
                "read": found.read,
                "created_at": time(found.created_at),
                "icon": null,
                "buttons": buttons,
                "buttons_enabled": found.invitation.is_some(),
                "buttons_autodisable": true,
            })
        })
        .collect();
    result(&rows)
}

pub(super) async fn press(Path((id, button)): Path<(String, String)>, ask: Ask) -> Reply {
    let account = ask.caller()?.account.clone();
    let mut world = ask.shared.world();
    let found = world
        .notifications
        .iter_mut()
        .find(|found| found.id == id && found.account == account);
    let found = found.ok_or_else(|| Failure::missing("Notification"))?;
    if !matches!(button.as_str(), "accept" | "refuse") {
        return Err(Failure::missing("Button"));
    }
    let profile = found
        .invitation
        .take()
        .ok_or_else(|| Failure::bad("This notification's buttons are disabled"))?;
    found.read = true;
    let profile = world
        .profile_mut(&profile)
        .ok_or_else(|| Failure::missing("Profile"))?;
    let sent = profile
        .team
        .iter()
        .find(|member| member.id == account)
        .map(|member| member.created_at);
    let sent = sent.ok_or_else(|| Failure::bad("The invitation was withdrawn"))?;
    if ask.now.as_second() - sent.as_second() > 7 * 86_400 {
        return Err(Failure::bad("The invitation has expired"));
    }
    if button == "accept" {
        profile
            .team
            .iter_mut()
            .filter(|member| member.id == account)
            .for_each(|member| member.active = true);
        profile.note("Team member joined", &account, ask.now);
    } else {
        profile.team.retain(|member| member.id != account);
    }
    said("Notification Button Successfully Pressed")
}
