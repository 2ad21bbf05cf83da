//! The account that a token stands for.

use serde_json::{Value, json};

use super::Ask;
use crate::reply::{Failure, Reply, result, said, time};

pub(super) async fn info(ask: Ask) -> Reply {
    let id = &ask.caller()?.account;
    let world = ask.shared.world();
    let account = world.account(id).ok_or_else(Failure::denied)?;
    let mut all = json!({
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "company": account.company,
        "plan": account.plan.key(),
        "timezone": account.timezone,
        "active": true,
        "blocked": false,
        "language": "en-us",
        "last_login": null,
        "newsletter": false,
        "developer": true,
        "options": {"user_view_welcome": false, "decimal_separator": ".", "thousand_separator": ",", "last_whats_new": null},
        "phone": null,
        "send_invoice": account.past_due.is_none(),
        "stripe_id": null,
        "type": "user",
        "created_at": time(account.created_at),
        "updated_at": time(account.created_at),
    });
    // Who never touched two-factor settings has none to show.
    if account.otp.preferred().is_some() {
        all["otp"] = json!({"authenticator": account.otp.authenticator, "sms": account.otp.sms, "email": account.otp.email});
    }
    result(&all)
}

pub(super) async fn edit(ask: Ask) -> Reply {
    let id = ask.caller()?.account.clone();
    let fields = ask
        .body
        .as_object()
        .ok_or_else(|| Failure::bad("The body must be an object"))?;
    let mut world = ask.shared.world();
    let account = world.account_mut(&id).ok_or_else(Failure::denied)?;
    for (key, value) in fields {
        let text = value.as_str().unwrap_or_default();
        match key.as_str() {
            "name" if !text.is_empty() => text.clone_into(&mut account.name),
            "company" if value.is_string() => text.clone_into(&mut account.company),
            "timezone" if jiff::tz::TimeZone::get(text).is_ok() => {
                text.clone_into(&mut account.timezone);
            }
            "name" | "company" | "timezone" => return Err(Failure::bad(format!("Invalid {key}"))),
            _ if *value == Value::Null => {}
            _ => return Err(Failure::bad(format!("{key} cannot be changed here"))),
        }
    }
    said("Account Successfully Updated")
}
