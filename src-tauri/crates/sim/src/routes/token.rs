//! Tokens of a profile: list, create, delete, move.

use std::cmp::Ordering;

use axum::extract::Path;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::{Map, Value, json};

use super::Ask;
use super::sign_in::check_login;
use crate::query::moment;
use crate::reply::{Failure, Reply, maybe_time, result, said, time};
use crate::world::{Permission, Token, bare};

const FIELDS: [&str; 11] = [
    "token",
    "name",
    "type",
    "permission",
    "serie_number",
    "last_authorization",
    "verification_code",
    "expire_time",
    "ref_id",
    "created_at",
    "created_by",
];

/// When a token ends, as the API says it.
pub(super) fn expiry(expires_at: Option<Timestamp>) -> Value {
    expires_at.map_or_else(|| "never".into(), |end| time(end).into())
}

/// One field of a token.
pub(super) fn field(token: &Token, name: &str) -> Value {
    match name {
        "token" => token.token.clone().into(),
        "name" => token.name.clone().into(),
        "type" => "profile".into(),
        "permission" => token.permission.key().into(),
        "serie_number" => token.serie_number.clone().into(),
        "last_authorization" => maybe_time(token.last_authorization),
        "expire_time" => expiry(token.expires_at),
        "ref_id" => token.ref_id.clone().into(),
        "created_at" => time(token.created_at).into(),
        "created_by" => token.created_by.clone().into(),
        _ => Value::Null,
    }
}

pub(super) async fn list(Path(id): Path<String>, ask: Ask) -> Reply {
    let params = &ask.params;
    let page = params.count("page", 1, usize::MAX)?;
    let amount = params.count("amount", 20, 200)?;
    let mut fields = params.many("fields");
    if fields.is_empty() {
        fields = vec!["name", "token", "permission"];
    }
    if let Some(unknown) = fields.iter().find(|name| !FIELDS.contains(name)) {
        return Err(Failure::bad(format!("Invalid field {unknown}")));
    }
    let filters = params.map("filter");
    let (by, falling) = order(params.one("orderBy").unwrap_or("created_at,desc"))?;

    let world = ask.shared.world();
    let (id, _) = ask.reachable(&world, &id)?;
    let mut tokens = world
        .profile(&id)
        .map(|profile| profile.listed_tokens(ask.now))
        .unwrap_or_default();
    drop(world);
    tokens.retain(|token| {
        filters
            .iter()
            .all(|(key, wanted)| fits(&field(token, key), wanted))
    });
    tokens.sort_by(|a, b| {
        let order = text(&field(a, by)).cmp(text(&field(b, by)));
        let order = if falling { order.reverse() } else { order };
        // A page must not depend on chance.
        if order == Ordering::Equal {
            a.token.cmp(&b.token)
        } else {
            order
        }
    });
    let rows: Vec<Map<String, Value>> = tokens
        .iter()
        .skip((page - 1).saturating_mul(amount))
        .take(amount)
        .map(|token| {
            fields
                .iter()
                .map(|name| ((*name).to_owned(), field(token, name)))
                .collect()
        })
        .collect();
    result(&rows)
}

/// `field,asc` or `field,desc`, with or without a space: the field, and whether the largest comes first.
fn order(text: &str) -> Result<(&str, bool), Failure> {
    let (by, direction) = text.split_once(',').unwrap_or((text, "asc"));
    let by = by.trim();
    if ![
        "name",
        "permission",
        "serie_number",
        "verification_code",
        "created_at",
        "last_authorization",
        "expire_time",
    ]
    .contains(&by)
    {
        return Err(Failure::bad("Invalid orderBy"));
    }
    match direction.trim() {
        "asc" => Ok((by, false)),
        "desc" => Ok((by, true)),
        _ => Err(Failure::bad("Invalid orderBy")),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Whether a field is as wanted; `*` stands for any text.
fn fits(value: &Value, wanted: &str) -> bool {
    let value = text(value).to_lowercase();
    let wanted = wanted.to_lowercase();
    let mut parts = wanted.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = value.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// When a new token ends: `never`, a date, or so many units, `3 month`. Left out, TagoIO picks a time.
pub(super) fn expire_time(body: &Value, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
    let bad = || {
        Failure::bad(
            "Invalid expire_time: it must be never, a date in the future, or a number with a unit",
        )
    };
    let text = match body.get("expire_time") {
        None | Some(Value::Null) => "1 month",
        Some(value) => value.as_str().ok_or_else(bad)?.trim(),
    };
    if text == "never" {
        return Ok(None);
    }
    let end = if let Some((count, unit)) = text
        .split_once(' ')
        .filter(|(count, _)| count.bytes().all(|b| b.is_ascii_digit()))
    {
        let count: i64 = count.parse().map_err(|_| bad())?;
        let span = match unit.trim_end_matches('s') {
            "minute" => Span::new().try_minutes(count),
            "hour" => Span::new().try_hours(count),
            "day" => Span::new().try_days(count),
            "week" => Span::new().try_weeks(count),
            "month" => Span::new().try_months(count),
            "year" => Span::new().try_years(count),
            _ => return Err(bad()),
        };
        let end = span.and_then(|span| now.to_zoned(TimeZone::UTC).checked_add(span));
        end.map_err(|_| bad())?.timestamp()
    } else {
        moment(text, &TimeZone::UTC, false).ok_or_else(bad)?
    };
    if end > now { Ok(Some(end)) } else { Err(bad()) }
}

pub(super) async fn create(Path(id): Path<String>, ask: Ask) -> Reply {
    let name = ask
        .text("name")
        .ok_or_else(|| Failure::bad("name is required"))?
        .to_owned();
    let permission = ask
        .text("permission")
        .and_then(Permission::from_key)
        .filter(|found| *found != Permission::Deny);
    let permission = permission
        .ok_or_else(|| Failure::bad("Invalid permission: it must be full, write or read"))?;
    let expires_at = expire_time(&ask.body, ask.now)?;
    let mut world = ask.shared.world();
    let (id, _) = ask.reachable(&world, &id)?;
    let account = check_login(&mut world, &ask.body)?;
    if account != ask.caller()?.account {
        return Err(Failure::denied());
    }
    let token = format!("p-{}", world.draw().token());
    world.add_token(
        &id,
        Token {
            token: token.clone(),
            name,
            permission,
            expires_at,
            last_authorization: None,
            created_at: ask.now,
            created_by: account.clone(),
            ref_id: id.clone(),
            serie_number: ask.text("serie_number").map(str::to_owned),
        },
    );
    if let Some(profile) = world.profile_mut(&id) {
        profile.note("Token generated", &account, ask.now);
    }
    result(
        &json!({"token": token, "expire_date": expiry(expires_at), "permission": permission.key()}),
    )
}

pub(super) async fn delete(Path((id, token)): Path<(String, String)>, ask: Ask) -> Reply {
    let account = ask.caller()?.account.clone();
    let mut world = ask.shared.world();
    let (id, _) = ask.reachable(&world, &id)?;
    let stored = world
        .token(&token)
        .is_some_and(|(profile, _)| profile.id == id);
    let profile = world
        .profile_mut(&id)
        .ok_or_else(|| Failure::missing("Profile"))?;
    let signed_in = profile
        .sign_ins(ask.now)
        .iter()
        .any(|found| bare(&found.token) == bare(&token));
    if !stored && !signed_in {
        return Err(Failure::missing("Token"));
    }
    profile.note("Token removed", &account, ask.now);
    if signed_in {
        profile.ended_sign_ins.push(token);
    } else {
        world.remove_token(&token);
    }
    said("Token Successfully Removed")
}

pub(super) async fn switch(Path(target): Path<String>, ask: Ask) -> Reply {
    let mut world = ask.shared.world();
    let (target, _) = ask.reachable(&world, &target)?;
    if world.move_token(&ask.caller()?.token, &target) {
        said("Token Successfully Switched")
    } else {
        Err(Failure::missing("Token"))
    }
}
