//! Signing in with a password, and a second factor where one is on.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Ask;
use super::profile::row;
use super::token::expire_time;
use crate::reply::{Failure, Reply, result, said};
use crate::world::{Permission, Token, World};

fn text<'a>(body: &'a Value, key: &str) -> &'a str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn wrong(what: &str) -> Failure {
    Failure::new(StatusCode::UNAUTHORIZED, what)
}

/// The account of a body's `email` and `password`, its second factor (`pin_code`, `otp_type`) passed.
pub(super) fn check_login(world: &mut World, body: &Value) -> Result<String, Failure> {
    let account = world
        .account_by_email(text(body, "email"))
        .map(|account| account.id.clone());
    let account = account.ok_or_else(|| wrong("Invalid password"))?;
    check_password(world, &account, body)?;
    Ok(account)
}

/// Whether a body's `password` is an account's, its second factor passed.
pub(super) fn check_password(
    world: &mut World,
    account: &str,
    body: &Value,
) -> Result<(), Failure> {
    let account = world.account_mut(account).ok_or_else(Failure::denied)?;
    if text(body, "password") != account.password {
        return Err(wrong("Invalid password"));
    }
    let Some(preferred) = account.otp.preferred() else {
        return Ok(());
    };
    let pin = text(body, "pin_code");
    if pin.is_empty() {
        // The first refusal sends the PIN by itself.
        account.pin_sent = true;
        return Err(Failure::bad(
            json!({"otp_enabled": true, "otp_autosend": preferred}).to_string(),
        ));
    }
    let method = Some(text(body, "otp_type"))
        .filter(|name| !name.is_empty())
        .unwrap_or(preferred);
    if !account.otp.has(method) {
        return Err(Failure::bad(format!(
            "The second factor {method} is not enabled"
        )));
    }
    if pin != account.pin || (method != "authenticator" && !account.pin_sent) {
        return Err(wrong("Invalid PIN code"));
    }
    account.pin_sent = false;
    Ok(())
}

pub(super) async fn login(ask: Ask) -> Reply {
    let mut world = ask.shared.world();
    let id = check_login(&mut world, &ask.body)?;
    let account = world.account(&id).ok_or_else(Failure::denied)?;
    let profiles: Vec<Value> = world
        .visible_to(&id)
        .map(|profile| row(profile, &id))
        .collect();
    result(&json!({
        "type": "user",
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "company": account.company,
        "profiles": profiles,
    }))
}

pub(super) async fn send_pin(ask: Ask) -> Reply {
    let method = ask.text("otp_type").unwrap_or_default();
    let mut world = ask.shared.world();
    let id = world
        .account_by_email(text(&ask.body, "email"))
        .map(|account| account.id.clone());
    let account = id
        .and_then(|id| world.account_mut(&id))
        .filter(|account| account.password == text(&ask.body, "password"));
    let account = account.ok_or_else(|| wrong("Invalid password"))?;
    if !matches!(method, "sms" | "email") {
        return Err(Failure::bad("Invalid otp_type: it must be sms or email"));
    }
    if !account.otp.has(method) {
        return Err(Failure::bad(format!(
            "The second factor {method} is not enabled"
        )));
    }
    account.pin_sent = true;
    said("PIN Code Successfully Sent")
}

pub(super) async fn first_token(ask: Ask) -> Reply {
    let name = ask
        .text("name")
        .ok_or_else(|| Failure::bad("name is required"))?
        .to_owned();
    let expires_at = expire_time(&ask.body, ask.now)?;
    let mut world = ask.shared.world();
    let account = check_login(&mut world, &ask.body)?;
    let id = ask
        .text("profile_id")
        .ok_or_else(|| Failure::bad("profile_id is required"))?
        .to_owned();
    let profile = world
        .profile(&id)
        .ok_or_else(|| Failure::missing("Profile"))?;
    if profile.owner != account && !profile.is_member(&account) {
        return Err(Failure::denied());
    }
    let token = format!("p-{}", world.draw().token());
    let record = Token {
        token: token.clone(),
        name: name.clone(),
        permission: Permission::Full,
        expires_at,
        last_authorization: None,
        created_at: ask.now,
        created_by: account,
        ref_id: id.clone(),
        serie_number: None,
    };
    world.add_token(&id, record);
    result(&json!({"token": token, "name": name, "permission": "full", "profile": id}))
}
