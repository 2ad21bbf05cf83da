//! Subscription, prices, invoices, allocation.

use std::collections::BTreeMap;

use crate::common::{Api, call, profile};
use model::{Amounts, Cents, Service};
use serde_json::{Value, json};
use tagoio::{ApiError, SubscriptionChange};

#[tokio::test]
async fn the_subscription_is_read_in_full_and_in_part() {
    let api = Api::with_result(json!({
        "account": "6ad1b0c9f1d2e3a4b5c6d7ff", "plan": "scale",
        "services": {"input": {"limit": 3_000_000}, "file_storage": {"limit": "50.5"}, "sms": null,
                     "email": {"limit": null}, "output": 700, "tcore": {"limit": 2, "x": 1}},
        "addons": {"mobile": ["5bb0a0c9f1d2e3a4b5c6d7e8"], "custom_dns": null},
        "current_cycle": {"start": "2026-11-03T14:00:00.000Z", "end": null},
        "processing": false, "payment_error": {"message": "card declined", "details": null},
        "past_due": {"amount_due": 4900, "attempt_count": 2, "invoice_url": "https://pay.example/1"},
        "upcoming_invoice_total": 24_899.6, "trial_end": null,
    }))
    .await;
    let bought = api.session.subscription().await.unwrap();
    assert_eq!(
        api.request().await,
        call("GET", "/account/subscription", Value::Null)
    );
    assert_eq!(bought.limits[Service::Input], Some(3_000_000.0));
    assert_eq!(bought.limits[Service::FileStorage], Some(50.5));
    assert_eq!(bought.limits[Service::Output], Some(700.0));
    assert_eq!(bought.limits[Service::Sms], None);
    assert_eq!(bought.limits[Service::Email], None);
    assert_eq!(bought.limits.by_key("tcore"), Some(2.0));
    let addons = bought.addons.unwrap();
    assert_eq!(addons["mobile"], [profile()]);
    assert_eq!(addons["custom_dns"], []);
    let cycle = bought.current_cycle.unwrap();
    assert_eq!(cycle.start, Some("2026-11-03T14:00:00Z".parse().unwrap()));
    assert_eq!(cycle.end, None);
    assert_eq!(
        bought.payment_error.unwrap().message.as_deref(),
        Some("card declined")
    );
    let due = bought.past_due.unwrap();
    assert_eq!(
        (due.overdue, due.amount_due, due.attempt_count),
        (true, Some(Cents(4900)), Some(2))
    );
    assert_eq!(bought.upcoming_invoice_total, Some(Cents(24_900)));

    let api = Api::with_result(json!({})).await;
    let bought = api.session.subscription().await.unwrap();
    assert!(bought.limits.is_empty());
    assert_eq!(
        (bought.plan, bought.current_cycle, bought.processing),
        (None, None, None)
    );
}

#[tokio::test]
async fn a_subscription_that_says_nothing_of_addons_does_not_say_that_there_are_none() {
    for (said, known) in [
        (json!({}), false),
        (json!({"addons": null}), false),
        (json!({"addons": {}}), true),
    ] {
        let api = Api::with_result(said.clone()).await;
        let bought = api.session.subscription().await.unwrap();
        assert_eq!(bought.addons, known.then(BTreeMap::new), "{said}");
    }
}

#[tokio::test]
async fn prices_are_cents_per_tier_and_unknown_services_are_kept() {
    let reply = json!({
        "plans": [{"name": "starter", "price": 4900}, {"name": "scale", "price": 19900.0}],
        "addons": [{"name": "mobile", "price": null}],
        "input": [{"amount": 100_000, "price": 0}, {"amount": 1e6, "price": "1500"}],
        "hologram": [{"amount": 1, "price": 12.5}],
        "currency": "usd", "updated_at": null, "vat": 19, "fees": 0.5, "low": -1, "gross": false,
        "more": {"a": [1]},
    });
    let api = Api::with_result(reply.clone()).await;
    let prices = api.session.prices().await.unwrap();
    assert_eq!(api.request().await, call("GET", "/pricing", Value::Null));
    assert_eq!(prices.plans[1].price, Some(Cents(19_900)));
    assert_eq!(prices.addons[0].price, None);
    let input = &prices.services["input"];
    assert_eq!(
        (input[1].amount, input[1].price),
        (1_000_000.0, Some(Cents(1500)))
    );
    assert_eq!(prices.services["hologram"][0].price, Some(Cents(13)));
    assert_eq!(prices.services.len(), 2);

    let api = Api::with_result(reply).await;
    api.session.prorated_prices().await.unwrap();
    assert_eq!(
        api.request().await,
        call("GET", "/pricing/prorated", Value::Null)
    );

    let api = Api::with_result(json!({"input": [{"amount": 1, "price": 2}, {"price": 3}]})).await;
    let error = api.session.prices().await.unwrap_err();
    let ApiError::UnexpectedShape { path, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(path, "$.result.input[1]");
}

#[tokio::test]
async fn a_scheduled_downgrade_is_told_from_none() {
    let path = "/account/subscription/schedule";
    for nothing in [
        json!(null),
        json!({}),
        json!({"account": "6ad1b0c9f1d2e3a4b5c6d7ff", "release_at": null}),
    ] {
        let api = Api::with_result(nothing).await;
        assert_eq!(api.session.schedule().await.unwrap(), None);
        assert_eq!(api.request().await, call("GET", path, Value::Null));
    }
    let api = Api::with_result(json!({
        "release_at": "2026-12-03T14:00:00.000Z",
        "subscription": {"plan": "starter", "services": {
            "input": {"limit": 100_000, "proportional_change": 0.5}, "sms": {"limit": 0}},
            "addons": {"mobile": []}},
    }))
    .await;
    let schedule = api.session.schedule().await.unwrap().unwrap();
    assert_eq!(schedule.plan.as_deref(), Some("starter"));
    assert_eq!(schedule.limits[Service::Input], Some(100_000.0));
    assert_eq!(schedule.limits[Service::Sms], Some(0.0));
    assert_eq!(schedule.proportional_change[Service::Input], Some(0.5));
    assert_eq!(schedule.proportional_change[Service::Sms], None);
    assert_eq!(schedule.addons.unwrap()["mobile"], []);

    let api = Api::with_result(json!("cancelled")).await;
    api.session.cancel_schedule().await.unwrap();
    assert_eq!(api.request().await, call("DELETE", path, Value::Null));
}

#[tokio::test]
async fn the_health_of_the_subscription_is_read_in_each_of_its_forms() {
    for (reply, overdue) in [
        (
            json!({"processing": true, "payment_error": null, "past_due": true,
                "not_enough_balance": false, "schedule": true}),
            Some(true),
        ),
        (
            json!({"past_due": {"amount_due": 1}, "payment_error": "declined"}),
            Some(true),
        ),
        (json!({"past_due": false, "schedule": null}), Some(false)),
        (json!({"past_due": null}), None),
    ] {
        let api = Api::with_result(reply.clone()).await;
        let health = api.session.health().await.unwrap().unwrap();
        assert_eq!(health.past_due.map(|due| due.overdue), overdue, "{reply}");
        let path = "/account/subscription/summary";
        assert_eq!(api.request().await, call("GET", path, Value::Null));
    }
    let api = Api::with_result(json!(null)).await;
    assert_eq!(api.session.health().await.unwrap(), None);
}

#[tokio::test]
async fn a_failed_payment_is_tried_again_or_its_change_dropped() {
    let api = Api::with_result(json!("ok")).await;
    api.session.retry_payment().await.unwrap();
    let path = "/account/subscription/pending/retry";
    assert_eq!(api.request().await, call("POST", path, Value::Null));
    let api = Api::with_result(json!("ok")).await;
    api.session.cancel_pending().await.unwrap();
    let path = "/account/subscription/pending/cancel";
    assert_eq!(api.request().await, call("POST", path, Value::Null));
}

#[tokio::test]
async fn a_change_of_the_subscription_names_one_thing() {
    let services: Amounts = [("input", 3_000_000.0)].into_iter().collect();
    for (change, body) in [
        (
            SubscriptionChange::Services(services),
            json!({"services": {"input": {"limit": 3_000_000}}}),
        ),
        (
            SubscriptionChange::Plan("scale".to_owned()),
            json!({"plan": "scale"}),
        ),
        (
            SubscriptionChange::Addons(BTreeMap::from([("mobile".to_owned(), vec![profile()])])),
            json!({"addons": {"mobile": ["5bb0a0c9f1d2e3a4b5c6d7e8"]}}),
        ),
    ] {
        let api = Api::answering(200, json!({"status": true})).await;
        assert_eq!(
            api.session.change_subscription(&change).await.unwrap(),
            None
        );
        assert_eq!(
            api.request().await,
            call("POST", "/account/subscription", body)
        );
    }
}

#[tokio::test]
async fn invoices_and_the_payment_method_are_in_cents() {
    let api = Api::with_result(json!([
        {"stripe_id": "in_1", "invoice_number": null, "total": 24_900, "currency": "usd", "paid": true,
         "status": "paid", "created_at": "2026-11-03T00:00:00.000Z", "receipt_url": null, "card": null},
        {"stripe_id": "in_0", "invoice_number": 7, "total": null},
    ]))
    .await;
    let invoices = api.session.invoices(12, Some("in_2")).await.unwrap();
    let target = "/account/payment_history?amount=12&last_id=in_2";
    assert_eq!(api.request().await, call("GET", target, Value::Null));
    assert_eq!(invoices[0].total, Some(Cents(24_900)));
    assert_eq!(invoices[1].invoice_number.as_deref(), Some("7"));
    assert_eq!((invoices[1].total, invoices[1].paid), (None, None));

    let api = Api::with_result(json!({
        "card": {"brand": "visa", "last4": "4242", "exp_month": "3", "exp_year": 2030, "funding": "credit"},
        "balance": {"amount": -500, "currency": "usd"},
        "coupon": {"code": "HALF", "amount_off": null, "percentage_off": 50, "applies_to": null,
                   "duration_cycles": 12},
    }))
    .await;
    let method = api.session.payment_method().await.unwrap().unwrap();
    assert_eq!(
        api.request().await,
        call("GET", "/account/payment_method", Value::Null)
    );
    let card = method.card.unwrap();
    assert_eq!((card.exp_month, card.exp_year), (Some(3), Some(2030)));
    assert_eq!(method.balance, Some(Cents(-500)));
    let coupon = method.coupon.unwrap();
    assert_eq!(
        (coupon.percentage_off, coupon.applies_to),
        (Some(50.0), None)
    );
    assert_eq!(coupon.duration_cycles.as_deref(), Some("12"));

    let api = Api::with_result(json!({"card": null})).await;
    let method = api.session.payment_method().await.unwrap().unwrap();
    assert_eq!(
        (method.card, method.balance, method.coupon),
        (None, None, None)
    );
}

#[tokio::test]
async fn the_allocation_is_one_call_for_many_profiles() {
    let api = Api::with_result(json!([
        {"profile": "5bb0a0c9f1d2e3a4b5c6d7e8", "updated_at": "2026-11-03T00:00:00.000Z", "input": 5, "sms": null},
        {"profile": "5bb0a0c9f1d2e3a4b5c6d7e9", "tcore": 1},
    ]))
    .await;
    let rows = api.session.allocation().await.unwrap();
    assert_eq!(
        api.request().await,
        call("GET", "/account/allocation", Value::Null)
    );
    assert_eq!(rows[0].amounts[Service::Input], Some(5.0));
    assert_eq!(rows[0].amounts[Service::Sms], None);
    assert_eq!(
        rows[0].updated_at,
        Some("2026-11-03T00:00:00Z".parse().unwrap())
    );
    assert_eq!(rows[1].amounts.by_key("tcore"), Some(1.0));

    let api = Api::with_result(json!([{"input": 5}])).await;
    assert!(matches!(
        api.session.allocation().await,
        Err(ApiError::UnexpectedShape { .. })
    ));

    let api = Api::with_result(json!("ok")).await;
    let change = [(profile(), [("input", 10.0)].into_iter().collect())];
    api.session.set_allocation(&change).await.unwrap();
    let body = json!([{"profile": "5bb0a0c9f1d2e3a4b5c6d7e8", "input": 10}]);
    assert_eq!(
        api.request().await,
        call("POST", "/account/allocation", body)
    );
}
