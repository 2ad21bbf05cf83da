//! Backups of a profile.

use axum::extract::Path;
use axum::http::StatusCode;
use jiff::ToSpan;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Ask;
use super::sign_in::{check_password, wrong};
use crate::gate::seconds_after;
use crate::reply::{Failure, Reply, bare, result, time, told};
use crate::world::{Backup, BackupState, Plan, World};

/// The profile's id, if its account's plan has backups.
fn allowed(ask: &Ask, world: &World, id: &str) -> Result<String, Failure> {
    let id = ask.owned(world, id)?;
    let free = world
        .account(&ask.caller()?.account)
        .is_some_and(|account| account.plan == Plan::Free);
    if free {
        Err(Failure::new(
            StatusCode::FORBIDDEN,
            "Backups are not available on the free plan",
        ))
    } else {
        Ok(id)
    }
}

pub(super) async fn list(Path(id): Path<String>, ask: Ask) -> Reply {
    let page = ask.params.count("page", 1, usize::MAX)?;
    let world = ask.shared.world();
    let id = allowed(&ask, &world, &id)?;
    let profile = world
        .profile(&id)
        .ok_or_else(|| Failure::missing("Profile"))?;
    let year_ago = seconds_after(ask.now, -365 * 86_400);
    let rows: Vec<Value> = profile
        .backups
        .iter()
        .rev()
        .filter(|backup| backup.created_at > year_ago)
        .skip((page - 1).saturating_mul(20))
        .take(20)
        .map(|backup| {
            let status = backup.status(ask.now);
            json!({
                "id": backup.id,
                "profile": id,
                "file_size": if status == "completed" { Value::from(backup.file_size) } else { Value::Null },
                "status": status,
                "error_message": if status == "failed" { Value::from("Backup storage was not reachable") } else { Value::Null },
                "created_at": time(backup.created_at),
            })
        })
        .collect();
    result(&rows)
}

pub(super) async fn create(Path(id): Path<String>, ask: Ask) -> Reply {
    let mut world = ask.shared.world();
    let id = allowed(&ask, &world, &id)?;
    let zone = world
        .account(&ask.caller()?.account)
        .and_then(|account| TimeZone::get(&account.timezone).ok())
        .unwrap_or(TimeZone::UTC);
    let mut draw = world.draw();
    let profile = world
        .profile_mut(&id)
        .ok_or_else(|| Failure::missing("Profile"))?;
    let local = ask.now.to_zoned(zone.clone());
    let today = local.date();
    if profile
        .backups
        .iter()
        .any(|backup| backup.created_at.to_zoned(zone.clone()).date() == today)
    {
        let tomorrow = today
            .saturating_add(1.day())
            .to_zoned(zone)
            .map_or(ask.now, |start| start.timestamp());
        let hours = (tomorrow.as_second() - ask.now.as_second()).max(0) / 3_600 + 1;
        return Err(Failure::new(
            StatusCode::FORBIDDEN,
            format!("Daily backup limit reached, try again in {hours} hours"),
        ));
    }
    let backup = Backup {
        id: draw.id(),
        created_at: ask.now,
        file_size: 500_000 + draw.number() % 5_000_000,
        state: BackupState::Running,
    };
    let answer = json!({"id": backup.id, "profile": id, "created_at": time(ask.now)});
    profile.backups.push(backup);
    bare(&answer)
}

pub(super) async fn delete(Path((id, backup)): Path<(String, String)>, ask: Ask) -> Reply {
    let account = ask.caller()?.account.clone();
    let mut world = ask.shared.world();
    let id = allowed(&ask, &world, &id)?;
    // A PIN is no part of this call.
    let proven = world
        .account(&account)
        .is_some_and(|account| ask.text("password") == Some(&account.password));
    if !proven {
        return Err(wrong("Invalid password"));
    }
    let profile = world
        .profile_mut(&id)
        .ok_or_else(|| Failure::missing("Profile"))?;
    let before = profile.backups.len();
    profile.backups.retain(|found| found.id != backup);
    if profile.backups.len() == before {
        Err(Failure::missing("Backup"))
    } else {
        told("Backup Successfully Removed")
    }
}

pub(super) async fn download(Path((id, backup)): Path<(String, String)>, ask: Ask) -> Reply {
    let account = ask.caller()?.account.clone();
    let mut world = ask.shared.world();
    let id = allowed(&ask, &world, &id)?;
    check_password(&mut world, &account, &ask.body)?;
    let profile = world
        .profile(&id)
        .ok_or_else(|| Failure::missing("Profile"))?;
    let found = profile
        .backups
        .iter()
        .find(|found| found.id == backup)
        .ok_or_else(|| Failure::missing("Backup"))?;
    if found.status(ask.now) != "completed" {
        return Err(Failure::bad("The backup is not completed"));
    }
    // Kilobytes first, so that the decimals are few.
    let kilobytes = u32::try_from(found.file_size / 1_000).unwrap_or(u32::MAX);
    let backup = found.id.clone();
    let signature = world.draw().token();
    let until = seconds_after(ask.now, 2 * 3_600);
    let url = format!(
        "{}/backups/{backup}?signature={signature}",
        ask.shared.storage_url()
    );
    let links = &mut world.storage.links;
    links.insert(signature, (backup, until));
    result(&json!({
        "url": url,
        "file_size_mb": f64::from(kilobytes) / 1_000.0,
        "expire_at": time(until),
    }))
}
