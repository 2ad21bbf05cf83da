//! Every call that only reads, the account's in a file of their own.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use sim::Running;
use sim::world::{Amounts, Period, Sample, Service};

use crate::account;
use crate::process::{Language, Sdk, date, own, tagoio};

#[tokio::test]
async fn the_javascript_sdk_reads_what_the_world_holds() {
    reads(Language::JavaScript).await;
}

#[tokio::test]
async fn the_python_sdk_reads_what_the_world_holds() {
    reads(Language::Python).await;
}

async fn reads(language: Language) {
    let tagoio = tagoio().await;
    let mut sdk = Sdk::start(language);
    profiles(&mut sdk, &tagoio).await;
    usage(&mut sdk, &tagoio).await;
    tokens_and_team(&mut sdk, &tagoio).await;
    audit(&mut sdk, &tagoio).await;
    account::account(&mut sdk, &tagoio).await;
    account::billing(&mut sdk, &tagoio).await;
    if sdk.is_javascript() {
        account::more_billing(&mut sdk, &tagoio).await;
    }
    account::kinds(&mut sdk, &tagoio).await;
    refusals(&mut sdk, &tagoio).await;
}

/// Numbers of an object by service, whole or not.
pub(crate) fn same(object: &Value, amounts: &Amounts) {
    for service in Service::NINE {
        assert_eq!(
            object[service.key()].as_f64(),
            Some(amounts[service as usize]),
            "{}",
            service.key()
        );
    }
}

async fn profiles(sdk: &mut Sdk, tagoio: &Running) {
    let (world, account) = (tagoio.world(), &tagoio.tokens()[0].account);
    let list = sdk.call(tagoio, "profile.list", json!([])).await;
    let expected: Vec<Value> = world
        .visible_to(account)
        .map(|profile| {
            let mut row =
                json!({"id": profile.id, "name": profile.name, "logo_url": profile.logo_url});
            if profile.owner != *account {
                row["from_share"] = true.into();
                row["account"] = profile.owner.clone().into();
            }
            row
        })
        .collect();
    assert_eq!(list, Value::Array(expected));

    for id in own(tagoio)
        .into_iter()
        .take(5)
        .chain(["current".to_owned()])
    {
        let info = sdk.call(tagoio, "profile.info", json!([id])).await;
        let id = if id == "current" {
            own(tagoio)[0].clone()
        } else {
            id
        };
        let profile = world.profile(&id).expect("a profile");
        assert_eq!(info["info"]["id"], profile.id.as_str());
        assert_eq!(info["info"]["name"], profile.name.as_str());
        assert_eq!(info["info"]["created_at"], date(profile.created_at));
        assert_eq!(info["info"]["updated_at"], date(profile.updated_at));
        assert_eq!(info["account_plan"], "scale");
        assert_eq!(
            info["addons"]["mobile"].as_bool(),
            Some(world.accounts[0].mobile.contains(&id))
        );
        same(&info["allocation"], &profile.limits);
    }
    if sdk.is_javascript() {
        let addons = sdk
            .call(tagoio, "profile.addonList", json!([own(tagoio)[0]]))
            .await;
        assert!(addons["custom_dns"].is_boolean());
    }
}

async fn usage(sdk: &mut Sdk, tagoio: &Running) {
    let now = tagoio.clock().now();
    for id in own(tagoio).into_iter().take(6) {
        let profile = tagoio.world().profile(&id).expect("a profile").clone();
        let summary = sdk.call(tagoio, "profile.summary", json!([id])).await;
        same(&summary["limit"], &profile.limits);
        same(&summary["limit_used"], &profile.limit_used(now));
        for (key, count) in &profile.resources {
            assert_eq!(summary["amount"][key], *count);
        }
    }
    let id = own(tagoio)[1].clone();
    if sdk.is_javascript() {
        let amounts = sdk
            .call(tagoio, "profile.summary", json!([id, {"onlyAmount": true}]))
            .await;
        assert_eq!(
            amounts
                .as_object()
                .expect("an object")
                .keys()
                .collect::<Vec<_>>(),
            ["amount"]
        );
    }
    let profile = tagoio.world().profile(&id).expect("a profile").clone();
    let at = |text: &str| text.parse::<Timestamp>().expect("a time");
    let (from, to) = ("2026-04-20T00:00:00.000Z", "2026-05-20T00:00:00.000Z");
    for (periodicity, period) in [
        ("hour", Period::Hour),
        ("day", Period::Day),
        ("month", Period::Month),
    ] {
        let expected = profile.samples(at(from), at(to), period, &TimeZone::UTC, now);
        assert!(!expected.is_empty());
        for (start, end) in [
            (json!(from), json!(to)),
            (json!({"$date": from}), json!({"$date": to})),
        ] {
            let asked = json!([id, {"start_date": start, "end_date": end, "periodicity": periodicity, "timezone": "UTC"}]);
            same_samples(
                &sdk.call(tagoio, "profile.usageStatisticList", asked).await,
                &expected,
            );
        }
    }
    let day = profile.samples(
        at("2026-05-18T04:00:00Z"),
        at("2026-05-19T03:59:59Z"),
        Period::Hour,
        &TimeZone::UTC,
        now,
    );
    let asked = json!([id, {"date": "2026-05-18", "timezone": "America/New_York"}]);
    same_samples(
        &sdk.call(tagoio, "profile.usageStatisticList", asked).await,
        &day,
    );
    let today = profile.samples(
        at("2026-05-20T00:00:00Z"),
        now,
        Period::Hour,
        &TimeZone::UTC,
        now,
    );
    same_samples(
        &sdk.call(tagoio, "profile.usageStatisticList", json!([id]))
            .await,
        &today,
    );
}

fn same_samples(returned: &Value, expected: &[Sample]) {
    let returned = returned.as_array().expect("a list");
    assert_eq!(returned.len(), expected.len());
    for (row, sample) in returned.iter().zip(expected) {
        let mut row: Map<String, Value> = row.as_object().expect("an object").clone();
        assert_eq!(row.remove("time"), Some(date(sample.time)));
        for service in Service::ALL {
            assert_eq!(
                row.remove(service.key()).and_then(|total| total.as_f64()),
                sample.totals[service as usize]
            );
        }
        assert!(row.is_empty(), "{row:?}");
    }
}

async fn tokens_and_team(sdk: &mut Sdk, tagoio: &Running) {
    let (world, now) = (tagoio.world(), tagoio.clock().now());
    let most = own(tagoio)
        .into_iter()
        .max_by_key(|id| {
            world
                .profile(id)
                .expect("a profile")
                .listed_tokens(now)
                .len()
        })
        .expect("a profile");
    let mut held = world.profile(&most).expect("a profile").listed_tokens(now);
    held.sort_by_key(|token| std::cmp::Reverse(token.created_at));
    assert!(held.len() > 5, "{}", held.len());
    let fields = [
        "token",
        "name",
        "type",
        "permission",
        "serie_number",
        "last_authorization",
        "expire_time",
        "ref_id",
        "created_at",
        "created_by",
    ];
    let mut rows = Vec::new();
    for page in 1.. {
        let query =
            json!({"page": page, "amount": 3, "fields": fields, "orderBy": ["created_at", "desc"]});
        let found = sdk
            .call(tagoio, "profile.tokenList", json!([most, query]))
            .await;
        rows.extend(found.as_array().expect("a list").clone());
        if found == json!([]) {
            break;
        }
    }
    assert_eq!(rows.len(), held.len());
    for (row, token) in rows.iter().zip(&held) {
        assert_eq!(row["token"], token.token.as_str());
        assert_eq!(row["name"], token.name.as_str());
        assert_eq!(row["permission"], token.permission.key());
        assert_eq!(
            row["expire_time"],
            token.expires_at.map_or_else(|| json!("never"), date)
        );
        assert_eq!(
            row["last_authorization"],
            token.last_authorization.map_or(Value::Null, date)
        );
        assert_eq!(row["created_at"], date(token.created_at));
        assert_eq!(row["created_by"], token.created_by.as_str());
        assert_eq!(row["serie_number"], json!(token.serie_number));
    }
    let plain = sdk.call(tagoio, "profile.tokenList", json!([most])).await;
    assert_eq!(plain.as_array().map(Vec::len), Some(held.len().min(20)));
    assert_eq!(plain[0].as_object().expect("a row").len(), 3);
    let filter = json!([most, {"filter": {"permission": "read"}, "amount": 100}]);
    let read = sdk.call(tagoio, "profile.tokenList", filter).await;
    let count = held
        .iter()
        .filter(|token| token.permission.key() == "read")
        .count();
    assert_eq!(read.as_array().map(Vec::len), Some(count));

    let id = own(tagoio)
        .into_iter()
        .find(|id| world.profile(id).expect("a profile").team.len() > 1)
        .expect("a team");
    let team = sdk.call(tagoio, "profile.teamList", json!([id])).await;
    let members = &world.profile(&id).expect("a profile").team;
    assert_eq!(team.as_array().map(Vec::len), Some(members.len()));
    for (row, member) in team.as_array().expect("a list").iter().zip(members) {
        assert_eq!(
            (&row["id"], &row["email"], &row["active"]),
            (
                &json!(member.id),
                &json!(member.email),
                &json!(member.active)
            )
        );
        // Only the Python SDK makes a date of it.
        let created = if sdk.is_javascript() {
            date(member.created_at)["$date"].take()
        } else {
            date(member.created_at)
        };
        assert_eq!(row["created_at"], created);
    }
}

async fn audit(sdk: &mut Sdk, tagoio: &Running) {
    let (from, to) = ("2026-05-14T00:00:00.000Z", "2026-05-20T12:00:00.000Z");
    let at = |text: &str| text.parse::<Timestamp>().expect("a time");
    let (world, now) = (tagoio.world(), tagoio.clock().now());
    let busy = own(tagoio).into_iter().max_by_key(|id| {
        world
            .profile(id)
            .expect("a profile")
            .audit_events(at(from), at(to), now)
            .len()
    });
    let busy = busy.expect("a profile");
    let held = world
        .profile(&busy)
        .expect("a profile")
        .audit_events(at(from), at(to), now);
    let filter = json!({"start_date": {"$date": from}, "end_date": {"$date": to}, "find": "*", "limit": 500});
    let begun = sdk
        .call(tagoio, "profile.auditLog", json!([busy, filter]))
        .await;
    assert_eq!(begun["status"], "Running");
    let poll = json!([busy, begun["queryId"]]);
    let mut answer = sdk
        .call(tagoio, "profile.auditLogQuery", poll.clone())
        .await;
    assert_eq!(answer["status"], "Running");
    for _ in 0..5 {
        answer = sdk
            .call(tagoio, "profile.auditLogQuery", poll.clone())
            .await;
    }
    assert_eq!(
        (&answer["status"], &answer["statistics"]["recordsMatched"]),
        (&json!("Complete"), &json!(held.len()))
    );
    assert!(!held.is_empty());
    for (row, event) in answer["events"]
        .as_array()
        .expect("a list")
        .iter()
        .zip(&held)
    {
        assert_eq!(row["date"], date(event.date));
        assert_eq!(
            (&row["message"], &row["who"]),
            (&json!(event.message), &json!(event.who))
        );
    }
    assert_eq!(
        sdk.call(tagoio, "profile.auditLog", json!([busy])).await["status"],
        "Running"
    );
}

/// Refusals reach the caller as TagoIO's words.
async fn refusals(sdk: &mut Sdk, tagoio: &Running) {
    let thrown = sdk
        .try_call(tagoio, "p-nonsense", "profile.list", json!([]))
        .await;
    assert_eq!(thrown, Err("Invalid token".to_owned()));
    let foreign = tagoio.tokens()[1].token.clone();
    let id = own(tagoio).into_iter().find(|id| {
        !tagoio
            .world()
            .profile(id)
            .expect("a profile")
            .is_member(&tagoio.tokens()[1].account)
    });
    let thrown = sdk
        .try_call(tagoio, &foreign, "profile.info", json!([id]))
        .await;
    assert_eq!(thrown, Err("Authorization Denied".to_owned()));
}
