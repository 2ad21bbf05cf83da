//! What is read of an account: who it is, what it pays, what its tokens are.

use serde_json::{Value, json};
use sim::Running;
use sim::world::Service;

use crate::process::{Sdk, date, own};
use crate::reading::same;

pub(crate) async fn account(sdk: &mut Sdk, tagoio: &Running) {
    let held = tagoio.world().accounts[0].clone();
    let info = sdk.call(tagoio, "account.info", json!([])).await;
    // The JavaScript SDK's own slip: it replaces the options only.
    assert_eq!(
        (&info["id"], &info["plan"], &info["email"]),
        (&json!(held.id), &json!("scale"), &json!(held.email))
    );
    assert_eq!(info["created_at"], date(held.created_at));
    let list = sdk.call(tagoio, "notifications.list", json!([])).await;
    let list = list.as_array().expect("a list");
    let mine: Vec<_> = tagoio
        .world()
        .notifications
        .into_iter()
        .filter(|found| found.account == held.id)
        .collect();
    assert_eq!(list.len(), mine.len());
    for (row, found) in list.iter().zip(mine.iter().rev()) {
        assert_eq!(
            (&row["id"], &row["created_at"]),
            (&json!(found.id), &date(found.created_at))
        );
    }
    let query = json!([{"page": 1, "amount": 1, "fields": ["title"], "filter": {"read": true}, "orderBy": ["created_at", "desc"]}]);
    let read = sdk.call(tagoio, "notifications.list", query).await;
    assert_eq!(read.as_array().map(Vec::len), Some(1));
}

pub(crate) async fn billing(sdk: &mut Sdk, tagoio: &Running) {
    let held = tagoio.world().accounts[0].clone();
    let prices = sdk.call(tagoio, "billing.getPrices", json!([])).await;
    for service in Service::NINE {
        assert!(prices[service.key()].as_array().expect("tiers").len() > 3);
    }
    let subscription = sdk.call(tagoio, "billing.getSubscription", json!([])).await;
    assert_eq!(
        (&subscription["account"], &subscription["plan"]),
        (&json!(held.id), &json!("scale"))
    );
    for service in Service::NINE {
        assert_eq!(
            subscription["services"][service.key()]["limit"].as_f64(),
            Some(held.limits[service as usize])
        );
    }
    let (start, end) = held.cycle.around(tagoio.clock().now());
    assert_eq!(
        subscription["current_cycle"],
        json!({"start": format!("{start:.3}"), "end": format!("{end:.3}")})
    );
    assert_eq!(subscription["upcoming_invoice_total"], held.monthly_total());
}

/// What the Python SDK does not offer.
pub(crate) async fn more_billing(sdk: &mut Sdk, tagoio: &Running) {
    let world = tagoio.world();
    let second = tagoio.tokens()[1].token.clone();
    let schedule = sdk
        .try_call(
            tagoio,
            &second,
            "billing.getSubscriptionSchedule",
            json!([]),
        )
        .await
        .expect("a schedule");
    let held = world.accounts[1].schedule.as_ref().expect("a schedule");
    assert_eq!(schedule["release_at"], format!("{:.3}", held.release_at));
    assert_eq!(
        schedule["subscription"]["services"]["input"]["limit"].as_f64(),
        Some(held.limits[0].1)
    );
    assert!(
        sdk.call(tagoio, "billing.getSubscriptionSchedule", json!([]))
            .await["release_at"]
            .is_null()
    );
    assert!(
        sdk.call(tagoio, "billing.getProratedPrices", json!([]))
            .await["plans"]
            .is_array()
    );
    assert_eq!(
        sdk.call(tagoio, "billing.getPaymentMethod", json!([]))
            .await["coupon"]["percentage_off"],
        10
    );
    let health = sdk
        .call(tagoio, "billing.getSubscriptionSummary", json!([]))
        .await;
    assert_eq!(
        (
            &health["past_due"],
            &health["schedule"],
            &health["payment_error"]
        ),
        (&json!(false), &json!(false), &Value::Null)
    );
    let allocation = sdk.call(tagoio, "billing.getAllocation", json!([])).await;
    let allocation = allocation.as_array().expect("a list");
    assert_eq!(allocation.len(), own(tagoio).len());
    for row in allocation {
        same(
            row,
            &world
                .profile(row["profile"].as_str().expect("an id"))
                .expect("a profile")
                .limits,
        );
    }
    let invoices = world.accounts[0].invoices(world.seed, tagoio.clock().now());
    let first = sdk
        .call(tagoio, "billing.getPaymentHistory", json!([{"amount": 12}]))
        .await;
    let next = sdk
        .call(
            tagoio,
            "billing.getPaymentHistory",
            json!([{"amount": 12, "lastId": first[11]["stripe_id"]}]),
        )
        .await;
    let paged = first
        .as_array()
        .into_iter()
        .chain(next.as_array())
        .flatten();
    for (row, invoice) in paged.zip(&invoices) {
        assert_eq!(
            (&row["stripe_id"], &row["total"], &row["paid"]),
            (
                &json!(invoice.stripe_id),
                &json!(invoice.total),
                &json!(invoice.paid)
            )
        );
    }
    let older = sdk
        .call(tagoio, "paymentHistory.getHistory", json!([]))
        .await;
    assert_eq!(older.as_array().map(Vec::len), Some(10));
}

/// `/info` by tokens of other kinds.
pub(crate) async fn kinds(sdk: &mut Sdk, tagoio: &Running) {
    let scopes: &[(&str, &str)] = if sdk.is_javascript() {
        &[
            ("Device", "device"),
            ("Network", "network"),
            ("Authorization", "authorization"),
        ]
    } else {
        &[("Device", "device")]
    };
    for (scope, kind) in scopes {
        let held = tagoio
            .world()
            .other_tokens
            .into_iter()
            .find(|token| token.kind == *kind)
            .expect("a token");
        let info = sdk
            .try_call(tagoio, &held.token, &format!("{scope}.info"), json!([]))
            .await
            .expect("its info");
        assert_eq!(info["name"], held.name.as_str());
        if sdk.is_javascript() && *kind != "network" {
            assert_eq!(info["created_at"], date(held.created_at));
        }
    }
    if sdk.is_javascript() {
        let own = tagoio.tokens()[0].token.clone();
        let info = sdk
            .try_call(tagoio, &own, "Authorization.info", json!([]))
            .await
            .expect("its info");
        assert_eq!(
            (&info["type"], &info["permission"], &info["expire_time"]),
            (&json!("profile"), &json!("full"), &json!("never"))
        );
    }
}
