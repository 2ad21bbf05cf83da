//! What profiles may use, within what their account may.

use std::collections::BTreeSet;

use axum::extract::Path;
use serde_json::Value;

use super::Ask;
use crate::reply::{Failure, Reply, amounts, result, said, time};
use crate::world::{Amounts, Service, World};

pub(super) async fn list(ask: Ask) -> Reply {
    let account = &ask.caller()?.account;
    let world = ask.shared.world();
    if world.owned_by(account).count() < 2 {
        return Err(Failure::bad(
            "Resource allocation needs at least two profiles",
        ));
    }
    let rows: Vec<Value> = world
        .owned_by(account)
        .map(|profile| {
            let mut row = amounts(&Service::NINE, &profile.limits);
            row.insert("profile".to_owned(), profile.id.clone().into());
            row.insert("updated_at".to_owned(), time(profile.allocated_at).into());
            Value::Object(row)
        })
        .collect();
    result(&rows)
}

pub(super) async fn of_account(ask: Ask) -> Reply {
    let account = ask.caller()?.account.clone();
    let mut world = ask.shared.world();
    if world.owned_by(&account).count() < 2 {
        return Err(Failure::bad(
            "Resource allocation needs at least two profiles",
        ));
    }
    let rows = ask
        .body
        .as_array()
        .ok_or_else(|| Failure::bad("The body must be a list of profiles"))?;
    let mut changes = Vec::new();
    let mut seen = BTreeSet::new();
    for row in rows {
        let id = row
            .get("profile")
            .and_then(Value::as_str)
            .ok_or_else(|| Failure::bad("profile is required in each row"))?;
        let id = ask.owned(&world, id)?;
        if !seen.insert(id.clone()) {
            return Err(Failure::bad(format!("Profile {id} is in the list twice")));
        }
        changes.push((wanted(&world, &id, row)?, id));
    }
    apply(&mut world, &account, &changes, &ask)?;
    said("Successfully Updated")
}

pub(super) async fn of_profile(Path(id): Path<String>, ask: Ask) -> Reply {
    let account = ask.caller()?.account.clone();
    let mut world = ask.shared.world();
    let id = ask.owned(&world, &id)?;
    let changes = [(wanted(&world, &id, &ask.body)?, id)];
    apply(&mut world, &account, &changes, &ask)?;
    said("Successfully Updated")
}

/// A profile's limits with those of a body's services in their place; others stay.
fn wanted(world: &World, profile: &str, body: &Value) -> Result<Amounts, Failure> {
    let mut limits = world
        .profile(profile)
        .map(|found| found.limits)
        .ok_or_else(|| Failure::missing("Profile"))?;
    let fields = body
        .as_object()
        .ok_or_else(|| Failure::bad("The body must be an object of services"))?;
    for (key, value) in fields
        .iter()
        .filter(|(key, _)| !matches!(key.as_str(), "profile" | "updated_at"))
    {
        let service = Service::NINE
            .into_iter()
            .find(|service| service.key() == key);
        let service = service.ok_or_else(|| Failure::bad(format!("Unknown service {key}")))?;
        let amount = value
            .as_f64()
            .filter(|amount| amount.is_finite() && *amount >= 0.0);
        limits[service as usize] = amount.ok_or_else(|| {
            Failure::bad(format!(
                "Invalid amount of {key}: it must be a number from 0"
            ))
        })?;
    }
    Ok(limits)
}

/// Applies all of the changes, or none when their sum is more than the account may use.
fn apply(
    world: &mut World,
    account: &str,
    changes: &[(Amounts, String)],
    ask: &Ask,
) -> Result<(), Failure> {
    let left = world.unallocated(account);
    for service in Service::NINE {
        let index = service as usize;
        let before = |id: &String| {
            world
                .profile(id)
                .map_or(0.0, |profile| profile.limits[index])
        };
        let more: f64 = changes
            .iter()
            .map(|(limits, id)| limits[index] - before(id))
            .sum();
        if more > 0.0 && more > left[index] {
            let key = service.key();
            return Err(Failure::bad(format!(
                "The sum of {key} over all profiles exceeds the account's limit: {} are left",
                left[index].max(0.0)
            )));
        }
    }
    for (limits, id) in changes {
        if let Some(profile) = world.profile_mut(id) {
            profile.limits = *limits;
            profile.allocated_at = ask.now;
            profile.note("Resource allocation changed", account, ask.now);
        }
    }
    Ok(())
}
