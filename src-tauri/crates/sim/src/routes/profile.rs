//! Profiles: list, info, create, edit, delete.

use axum::extract::Path;
use serde_json::{Map, Value, json};

use super::Ask;
use super::sign_in::check_password;
use crate::random::Draw;
use crate::reply::{Failure, Reply, amounts, result, said, time};
use crate::world::{Account, Meter, Profile, Service, World, prices};

/// A row of the list, as one account sees it.
pub(super) fn row(profile: &Profile, account: &str) -> Value {
    let mut row = json!({"id": profile.id, "name": profile.name, "logo_url": profile.logo_url});
    if profile.owner != account {
        row["from_share"] = true.into();
        row["account"] = profile.owner.clone().into();
    }
    row
}

pub(super) async fn list(ask: Ask) -> Reply {
    let account = &ask.caller()?.account;
    let world = ask.shared.world();
    let rows: Vec<Value> = world
        .visible_to(account)
        .map(|profile| row(profile, account))
        .collect();
    result(&rows)
}

/// Which add-ons the owner bought for a profile.
pub(super) fn addons_of(world: &World, profile: &Profile) -> Value {
    let has = |list: fn(&Account) -> &Vec<String>| {
        world
            .account(&profile.owner)
            .is_some_and(|owner| list(owner).contains(&profile.id))
    };
    json!({"custom_dns": has(|owner| &owner.custom_dns), "mobile": has(|owner| &owner.mobile)})
}

pub(super) async fn info(Path(id): Path<String>, ask: Ask) -> Reply {
    let world = ask.shared.world();
    let (id, owns) = ask.reachable(&world, &id)?;
    let profile = world
        .profile(&id)
        .ok_or_else(|| Failure::missing("Profile"))?;
    let mut info = json!({
        "id": profile.id,
        "account": profile.owner,
        "name": profile.name,
        "logo_url": profile.logo_url,
        "banner_url": profile.banner_url,
        "created_at": time(profile.created_at),
        "updated_at": time(profile.updated_at),
    });
    if let Some(region) = profile.region {
        info["region"] = region.into();
        info["rpm"] = json!({"data_input": 250, "data_output": 150});
    }
    let mut all = Map::new();
    all.insert("info".to_owned(), info);
    all.insert("addons".to_owned(), addons_of(&world, profile));
    // Members see neither what is allocated nor what is paid for.
    if owns {
        all.insert(
            "allocation".to_owned(),
            Value::Object(amounts(&Service::NINE, &profile.limits)),
        );
        let plan = world.account(&profile.owner).map(|owner| owner.plan.key());
        all.insert("account_plan".to_owned(), plan.into());
    }
    result(&all)
}

pub(super) async fn addons(Path(id): Path<String>, ask: Ask) -> Reply {
    let world = ask.shared.world();
    let (id, _) = ask.reachable(&world, &id)?;
    let profile = world
        .profile(&id)
        .ok_or_else(|| Failure::missing("Profile"))?;
    result(&addons_of(&world, profile))
}

fn name_of(ask: &Ask) -> Result<Option<String>, Failure> {
    match ask.body.get("name") {
        None => Ok(None),
        Some(Value::String(name)) if !name.trim().is_empty() && name.chars().count() <= 200 => {
            Ok(Some(name.clone()))
        }
        Some(_) => Err(Failure::bad(
            "Invalid name: it must be a text of 1 to 200 characters",
        )),
    }
}

pub(super) async fn create(ask: Ask) -> Reply {
    let account = ask.caller()?.account.clone();
    let name = name_of(&ask)?.ok_or_else(|| Failure::bad("name is required"))?;
    let mut world = ask.shared.world();
    let mut draw = world.draw();
    let owner = world.account(&account).ok_or_else(Failure::denied)?.clone();
    let mut profile = empty(&mut draw, name, &owner, ask.now);
    if ask.params.is_true("allocate_free_resources") {
        let left = world.unallocated(&account);
        for service in Service::NINE {
            let free = prices(service).first().map_or(0.0, |(amount, _)| *amount);
            profile.limits[service as usize] = free.min(left[service as usize]).max(0.0);
        }
    }
    profile.note("Profile created", &account, ask.now);
    let id = profile.id.clone();
    world.add_profile(profile);
    result(&json!({ "id": id }))
}

/// A profile that nobody used yet.
fn empty(draw: &mut Draw, name: String, owner: &Account, now: jiff::Timestamp) -> Profile {
    let id = draw.id();
    let mut limits = [0.0; 10];
    limits[Service::DashboardOutput as usize] = owner.plan.dashboard_output();
    Profile {
        id,
        owner: owner.id.clone(),
        name,
        logo_url: None,
        banner_url: None,
        region: None,
        created_at: now,
        updated_at: now,
        limits,
        allocated_at: now,
        resources: vec![("device", 0), ("dashboard", 0)],
        team: Vec::new(),
        tokens: Vec::new(),
        ended_sign_ins: Vec::new(),
        backups: Vec::new(),
        events: Vec::new(),
        meter: Meter::unused(draw.number(), now, owner.cycle),
    }
}

pub(super) async fn edit(Path(id): Path<String>, ask: Ask) -> Reply {
    let account = ask.caller()?.account.clone();
    let name = name_of(&ask)?;
    let mut world = ask.shared.world();
    let id = ask.owned(&world, &id)?;
    let profile = world
        .profile_mut(&id)
        .ok_or_else(|| Failure::missing("Profile"))?;
    for (key, held) in [
        ("logo_url", &mut profile.logo_url),
        ("banner_url", &mut profile.banner_url),
    ] {
        match ask.body.get(key) {
            None => {}
            Some(Value::Null) => *held = None,
            Some(Value::String(url)) => *held = Some(url.clone()),
            Some(_) => return Err(Failure::bad(format!("Invalid {key}"))),
        }
    }
    profile.updated_at = ask.now;
    if let Some(name) = name {
        profile.rename(&name, ask.now);
    }
    profile.note("Profile edited", &account, ask.now);
    said("Profile Successfully Updated")
}

pub(super) async fn delete(Path(id): Path<String>, ask: Ask) -> Reply {
    let account = ask.caller()?.account.clone();
    let mut world = ask.shared.world();
    let id = ask.owned(&world, &id)?;
    check_password(&mut world, &account, &ask.body)?;
    world.remove_profile(&id);
    said("Profile Successfully Removed")
}
