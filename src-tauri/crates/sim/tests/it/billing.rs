//! Subscription, prices, invoices and allocation.

use std::time::Duration;

use serde_json::{Value, json};
use sim::world::{Plan, Service};

use crate::http::{Client, own, start};

#[tokio::test]
async fn prices_rise_with_the_amount_and_each_tier_is_for_the_whole() {
    let running = start(20, 2).await;
    let prices = Client::of(&running, 0).get("/pricing").await.result();
    assert_eq!(prices["plans"].as_array().map(Vec::len), Some(3));
    assert_eq!(prices["addons"].as_array().map(Vec::len), Some(2));
    let prorated = Client::of(&running, 0)
        .get("/pricing/prorated")
        .await
        .result();
    for service in Service::NINE {
        let tiers = prices[service.key()].as_array().expect("tiers");
        let number = |tier: &Value, key: &str| tier[key].as_i64().expect("a whole number");
        assert_eq!(number(&tiers[0], "price"), 0);
        for pair in tiers.windows(2) {
            assert!(
                number(&pair[0], "amount") < number(&pair[1], "amount")
                    && number(&pair[0], "price") < number(&pair[1], "price")
            );
        }
        assert!(number(&prorated[service.key()][1], "price") < number(&tiers[1], "price"));
    }
}

#[tokio::test]
async fn a_subscription_tells_limits_cycle_and_health_and_a_free_one_no_cycle() {
    let running = start(40, 4).await;
    let world = running.world();
    let free = world
        .accounts
        .iter()
        .position(|account| account.plan == Plan::Free)
        .expect("a free account");
    for number in 0..4 {
        let client = Client::of(&running, number);
        let subscription = client.get("/account/subscription").await.result();
        let account = &world.accounts[number];
        assert_eq!(subscription["account"], account.id.as_str());
        for service in Service::NINE {
            assert_eq!(
                subscription["services"][service.key()]["limit"].as_f64(),
                Some(account.limits[service as usize])
            );
        }
        assert_eq!(subscription["current_cycle"].is_null(), number == free);
        assert_eq!(subscription.get("past_due").is_some(), number == 3);
        let health = client.get("/account/subscription/summary").await.result();
        assert_eq!(
            (&health["past_due"], &health["schedule"]),
            (&json!(number == 3), &json!(number == 1))
        );
        assert!(
            client
                .get("/account/payment_method")
                .await
                .result()
                .get("card")
                .is_some()
        );
    }
}

#[tokio::test]
async fn invoices_come_newest_first_in_pages() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    let all = client
        .get("/account/payment_history?amount=100")
        .await
        .result();
    let all = all.as_array().expect("a list");
    assert!(all.len() >= 24, "{}", all.len());
    assert!(
        all.windows(2)
            .all(|pair| pair[0]["created_at"].as_str() > pair[1]["created_at"].as_str())
    );
    let first = client
        .get("/account/payment_history?amount=12")
        .await
        .result();
    assert_eq!(first.as_array().expect("a list")[..], all[..12]);
    let last = first[11]["stripe_id"].as_str().expect("an id");
    let next = client
        .get(&format!(
            "/account/payment_history?amount=12&last_id={last}"
        ))
        .await
        .result();
    assert_eq!(next.as_array().expect("a list")[..], all[12..24]);
    client
        .get("/account/payment_history?last_id=in_none")
        .await
        .refusal(400);
}

#[tokio::test]
async fn allocation_is_partial_takes_all_or_nothing_and_not_more_than_there_is() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    let ids = own(&running, 0);
    let account = running.tokens()[0].account.clone();
    let before = running.world();
    let limit = |service: Service, id: &str| {
        before.profile(id).expect("a profile").limits[service as usize]
    };
    let left = before.unallocated(&account)[Service::Input as usize];

    let over = json!([{"profile": ids[0], "sms": 7}, {"profile": ids[1], "input": limit(Service::Input, &ids[1]) + left + 1.0}]);
    let message = client
        .send("POST", "/account/allocation", over)
        .await
        .refusal(400);
    assert!(message.contains("input"), "{message}");
    assert_eq!(
        running.world().profile(&ids[0]).expect("a profile").limits,
        before.profile(&ids[0]).expect("a profile").limits
    );

    let moved = limit(Service::Input, &ids[0]) + left;
    client
        .send(
            "POST",
            "/account/allocation",
            json!([{"profile": ids[0], "input": moved}]),
        )
        .await
        .result();
    let after = running.world();
    let profile = after.profile(&ids[0]).expect("a profile");
    assert_eq!(profile.limits[Service::Input as usize], moved);
    assert_eq!(
        profile.limits[Service::Output as usize],
        limit(Service::Output, &ids[0])
    );
    client
        .send(
            "POST",
            &format!("/profile/{}/services", ids[1]),
            json!({"input": limit(Service::Input, &ids[1]) + 1.0}),
        )
        .await
        .refusal(400);
    client
        .send(
            "POST",
            &format!("/profile/{}/services", ids[1]),
            json!({"email": 3}),
        )
        .await
        .result();
    client
        .send(
            "POST",
            &format!("/profile/{}/services", ids[1]),
            json!({"email": -3}),
        )
        .await
        .refusal(400);
    client
        .send(
            "POST",
            &format!("/profile/{}/services", ids[1]),
            json!({"faxes": 3}),
        )
        .await
        .refusal(400);

    let rows = client.get("/account/allocation").await.result();
    let row = rows
        .as_array()
        .expect("a list")
        .iter()
        .find(|row| row["profile"] == ids[1].as_str())
        .expect("the row")
        .clone();
    assert_eq!(row["email"], 3);
    assert_eq!(
        client.get(&format!("/profile/{}", ids[1])).await.result()["allocation"]["email"],
        3
    );
    assert_eq!(
        client
            .get(&format!("/profile/{}/summary", ids[1]))
            .await
            .result()["limit"]["email"],
        3
    );
}

#[tokio::test]
async fn an_account_with_one_profile_has_no_allocation() {
    let running = start(1, 1).await;
    Client::of(&running, 0)
        .get("/account/allocation")
        .await
        .refusal(400);
}

#[tokio::test]
async fn more_is_bought_at_once_and_processed_for_a_while() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    let wanted = running.world().accounts[0].limits[Service::Sms as usize] + 1_000.0;
    client
        .send(
            "POST",
            "/account/subscription",
            json!({"plan": "scale", "services": {}}),
        )
        .await
        .refusal(400);
    client
        .send(
            "POST",
            "/account/subscription",
            json!({"services": {"sms": {"limit": wanted}}}),
        )
        .await
        .result();
    client
        .send(
            "POST",
            "/account/subscription",
            json!({"services": {"sms": {"limit": wanted}}}),
        )
        .await
        .refusal(400);
    let mut polls = 0;
    while client.get("/account/subscription").await.result()["processing"] == true {
        polls += 1;
        assert!(polls < 5);
    }
    assert!(polls > 0);
    assert_eq!(
        client.get("/account/subscription").await.result()["services"]["sms"]["limit"].as_f64(),
        Some(wanted)
    );
}

#[tokio::test]
async fn a_scheduled_downgrade_is_listed_shrinks_the_profiles_on_its_day_and_can_be_cancelled() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 1);
    let schedule = client.get("/account/subscription/schedule").await.result();
    let limit = schedule["subscription"]["services"]["input"]["limit"]
        .as_f64()
        .expect("a limit");
    let id = own(&running, 1)[0].clone();
    let before = running.world();
    running.clock().set(
        schedule["release_at"]
            .as_str()
            .expect("a time")
            .parse()
            .expect("a time"),
    );
    assert!(client.get("/account/subscription/schedule").await.result()["release_at"].is_null());
    let after = running.world();
    assert_eq!(after.accounts[1].limits[Service::Input as usize], limit);
    let input = |world: &sim::world::World| {
        world.profile(&id).expect("a profile").limits[Service::Input as usize]
    };
    assert!(input(&after) < input(&before));
    assert!(after.unallocated(&after.accounts[1].id)[Service::Input as usize] >= 0.0);

    let running = start(20, 2).await;
    let client = Client::of(&running, 1);
    client
        .ask("DELETE", "/account/subscription/schedule", None)
        .await
        .result();
    assert!(client.get("/account/subscription/schedule").await.result()["release_at"].is_null());
    client
        .ask("DELETE", "/account/subscription/schedule", None)
        .await
        .refusal(400);
    running.clock().advance(Duration::from_hours(1440));
    client.get("/account").await.result();
    assert_eq!(
        running.world().accounts[1].limits,
        before.accounts[1].limits
    );
}

#[tokio::test]
async fn a_failed_payment_can_be_retried_and_cancelled_once() {
    for action in ["retry", "cancel"] {
        let running = start(20, 3).await;
        let client = Client::of(&running, 2);
        assert_eq!(
            client.get("/account/subscription/summary").await.result()["past_due"],
            true
        );
        client
            .ask(
                "POST",
                &format!("/account/subscription/pending/{action}"),
                None,
            )
            .await
            .result();
        assert_eq!(
            client.get("/account/subscription/summary").await.result()["past_due"],
            false
        );
        client
            .ask("POST", "/account/subscription/pending/retry", None)
            .await
            .refusal(400);
    }
}

/// An account with a paid plan whose card declines, and a change of it that was not paid.
async fn unpaid() -> (sim::Running, Client, f64, f64) {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    running.change(|world| world.accounts[0].declines = true);
    let before = running.world().accounts[0].limits[Service::Sms as usize];
    let wanted = before + 1_000.0;
    let body = json!({"services": {"sms": {"limit": wanted}}});
    client
        .send("POST", "/account/subscription", body)
        .await
        .result();
    assert_eq!(
        health(&client).await,
        (true, "Your card was declined.".into())
    );
    (running, client, before, wanted)
}

/// Whether a payment is due, and why it failed.
async fn health(client: &Client) -> (bool, Value) {
    let health = client.get("/account/subscription/summary").await.result();
    let due = health["past_due"].as_bool().expect("a yes or no");
    (due, health["payment_error"]["message"].clone())
}

async fn settle(client: &Client, how: &str) {
    let path = format!("/account/subscription/pending/{how}");
    client.ask("POST", &path, None).await.result();
}

fn sms(running: &sim::Running) -> f64 {
    running.world().accounts[0].limits[Service::Sms as usize]
}

#[tokio::test]
async fn a_card_that_declines_does_so_at_each_retry_and_what_was_wanted_comes_once_it_pays() {
    let (running, client, before, wanted) = unpaid().await;
    assert_eq!(sms(&running), before);
    settle(&client, "retry").await;
    assert_eq!(
        health(&client).await,
        (true, "Your card was declined.".into())
    );
    assert_eq!(sms(&running), before);
    let due = running.world().accounts[0].past_due;
    assert_eq!(due.map(|due| due.attempts), Some(2));

    running.change(|world| world.accounts[0].declines = false);
    assert_eq!(sms(&running), before, "nobody tried it again yet");
    settle(&client, "retry").await;
    assert_eq!(health(&client).await, (false, Value::Null));
    assert_eq!(sms(&running), wanted);
}

#[tokio::test]
async fn what_was_not_paid_is_dropped_when_it_is_cancelled() {
    let (running, client, before, _) = unpaid().await;
    settle(&client, "cancel").await;
    assert_eq!(health(&client).await, (false, Value::Null));
    running.change(|world| {
        let account = &mut world.accounts[0];
        account.declines = false;
        account.past_due = Some(sim::world::PastDue {
            amount_due: 1,
            attempts: 1,
        });
    });
    // Another payment brings none of it.
    settle(&client, "retry").await;
    assert_eq!(sms(&running), before);
}
