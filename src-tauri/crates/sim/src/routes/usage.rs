//! What a profile uses: now, and over time.

use axum::extract::Path;
use jiff::{SignedDuration, ToSpan};
use serde_json::{Map, Value, json};

use super::{Ask, profile::addons_of};
use crate::reply::{Failure, Reply, amounts, number, result, written};
use crate::world::{Period, Service, statistics};

pub(super) async fn summary(Path(id): Path<String>, ask: Ask) -> Reply {
    let world = ask.shared.world();
    let (id, _) = ask.reachable(&world, &id)?;
    let profile = world
        .profile(&id)
        .ok_or_else(|| Failure::missing("Profile"))?;
    let amount: Map<String, Value> = profile
        .resources
        .iter()
        .map(|(key, count)| ((*key).to_owned(), (*count).into()))
        .collect();
    if ask.params.is_true("onlyAmount") {
        return result(&json!({ "amount": amount }));
    }
    let used = profile.limit_used(ask.now);
    let mut limit = amounts(&Service::NINE, &profile.limits);
    let mut limit_used = amounts(&Service::NINE, &used);
    // What is not sold shows only where it is used.
    if used[Service::DashboardOutput as usize] > 0.0 {
        limit_used.insert(
            "dashboard_output".to_owned(),
            number(used[Service::DashboardOutput as usize]),
        );
        limit_used.insert("tcore".to_owned(), 0.into());
        limit_used.insert("tcore_cluster".to_owned(), 0.into());
        limit.insert("tcore".to_owned(), 1.into());
    }
    let mut all = json!({"limit": limit, "limit_used": limit_used, "amount": amount, "addons": addons_of(&world, profile)});
    if profile.region.is_some() {
        all["tago_run"] = json!({"users": used[Service::RunUsers as usize]});
    }
    result(&all)
}

pub(super) async fn statistics(Path(id): Path<String>, ask: Ask) -> Reply {
    let zone = ask.params.zone()?;
    let (from, to, period) = if let Some(start) = ask.params.moment("start_date", &zone, false)? {
        let end = ask
            .params
            .moment("end_date", &zone, true)?
            .ok_or_else(|| Failure::bad("end_date is required with start_date"))?;
        if end < start {
            return Err(Failure::bad("end_date is before start_date"));
        }
        let period = match ask.params.one("periodicity") {
            None | Some("hour") => Period::Hour,
            Some("day") => Period::Day,
            Some("month") => Period::Month,
            Some(_) => {
                return Err(Failure::bad(
                    "Invalid periodicity: it must be hour, day or month",
                ));
            }
        };
        (start, end, period)
    } else {
        // The hours of a day, today's when none is named.
        let inside = ask
            .params
            .moment("date", &zone, false)?
            .unwrap_or(ask.now)
            .to_zoned(zone.clone());
        let bad = |_| Failure::bad("Invalid date");
        let start = inside.start_of_day().map_err(bad)?;
        let end = start.checked_add(1.day()).map_err(bad)?.timestamp();
        (
            start.timestamp(),
            end - SignedDuration::from_millis(1),
            Period::Hour,
        )
    };
    // Nobody else waits while the samples are made.
    let meter = {
        let world = ask.shared.world();
        let (id, _) = ask.reachable(&world, &id)?;
        let profile = world
            .profile(&id)
            .ok_or_else(|| Failure::missing("Profile"))?;
        profile.meter.clone()
    };
    let samples = meter.samples(from, to, period, &zone, ask.now);
    written(|body| statistics::push_json(body, &samples))
}
