//! The audit log: a query is started, then polled until it is complete.

use axum::extract::Path;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Ask;
use crate::gate::seconds_after;
use crate::reply::{Failure, Reply, result, time};
use crate::world::{AuditQuery, Plan};

const RESOURCES: [&str; 11] = [
    "action",
    "am",
    "analysis",
    "connector",
    "dashboard",
    "device",
    "dictionary",
    "network",
    "profile",
    "run",
    "runuser",
];

/// How many polls find a query still running.
const RUNNING: u8 = 2;

const WEEK: i64 = 7 * 86_400;

pub(super) async fn start(Path(id): Path<String>, ask: Ask) -> Reply {
    let params = &ask.params;
    let end = params
        .moment("end_date", &TimeZone::UTC, true)?
        .unwrap_or(ask.now);
    let start = params
        .moment("start_date", &TimeZone::UTC, false)?
        .unwrap_or_else(|| seconds_after(end, -WEEK));
    let limit = params.count("limit", 1_000, 10_000)?;
    let resource = params.one("resourceName");
    let resource_id = params.one("resourceID");
    let find = params.one("find").filter(|text| *text != "*");
    if resource.is_some_and(|name| !RESOURCES.contains(&name)) {
        return Err(Failure::bad("Invalid resourceName"));
    }

    let mut world = ask.shared.world();
    let id = ask.owned(&world, &id)?;
    if end < start {
        return Err(Failure::bad("end_date is before start_date"));
    }
    // A day's end is its last millisecond: seven whole days are as good as seven times 24 hours.
    if end.as_second() - start.as_second() > WEEK {
        return Err(Failure::bad(
            "The range of an audit log query must not exceed 7 days",
        ));
    }
    let profile = world
        .profile(&id)
        .ok_or_else(|| Failure::missing("Profile"))?;
    let filtered = resource.is_some() || resource_id.is_some() || find.is_some();
    if filtered
        && world
            .account(&profile.owner)
            .is_some_and(|owner| owner.plan == Plan::Free)
    {
        return Err(Failure::new(
            axum::http::StatusCode::FORBIDDEN,
            "Audit log filters are not available on the free plan",
        ));
    }
    let all = profile.audit_events(start, end, ask.now);
    let scanned = all.len();
    let fitting: Vec<_> = all
        .into_iter()
        .filter(|event| resource.is_none_or(|name| event.resource == name))
        .filter(|event| resource_id.is_none_or(|wanted| event.resource_id == wanted))
        .filter(|event| {
            find.is_none_or(|text| event.message.to_lowercase().contains(&text.to_lowercase()))
        })
        .collect();
    let matched = fitting.len();
    let events = fitting.into_iter().take(limit).collect();
    let mut draw = world.draw();
    let query = format!("{}-{}", draw.token(), &draw.id()[..8]);
    world.audits.insert(
        query.clone(),
        AuditQuery {
            profile: id,
            events,
            matched,
            scanned,
            running: RUNNING,
        },
    );
    result(&json!({"queryId": query, "status": "Running"}))
}

pub(super) async fn poll(Path((id, query)): Path<(String, String)>, ask: Ask) -> Reply {
    let mut world = ask.shared.world();
    let id = ask.owned(&world, &id)?;
    let found = world
        .audits
        .get_mut(&query)
        .filter(|found| found.profile == id)
        .ok_or_else(|| Failure::missing("Query"))?;
    if found.running > 0 {
        found.running -= 1;
        return result(&json!({"queryId": query, "status": "Running", "events": []}));
    }
    let events: Vec<Value> = found
        .events
        .iter()
        .map(|event| {
            json!({
                "resourceName": event.resource,
                "message": event.message,
                "resourceID": event.resource_id,
                "who": event.who,
                "date": time(event.date),
            })
        })
        .collect();
    let statistics = json!({"recordsMatched": found.matched, "recordsScanned": found.scanned, "bytesScanned": found.scanned * 212});
    result(
        &json!({"queryId": query, "status": "Complete", "events": events, "statistics": statistics}),
    )
}
