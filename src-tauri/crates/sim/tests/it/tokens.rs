//! Tokens: pages, fields, filters, making, deleting, moving.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use sim::Running;

use crate::http::{Client, own, start};

/// A profile of the first account with more tokens than two pages hold.
fn crowded(running: &Running) -> String {
    let world = running.world();
    let now = running.clock().now();
    own(running, 0)
        .into_iter()
        .find(|id| {
            world
                .profile(id)
                .expect("a profile")
                .listed_tokens(now)
                .len()
                > 40
        })
        .expect("a crowded profile")
}

fn values(rows: &Value) -> Vec<String> {
    rows.as_array()
        .expect("a list")
        .iter()
        .map(|row| row["token"].as_str().expect("a token").to_owned())
        .collect()
}

#[tokio::test]
async fn pages_hold_every_token_once() {
    let running = start(100, 2).await;
    let client = Client::of(&running, 0);
    let id = crowded(&running);
    let mut seen = Vec::new();
    for page in 1.. {
        let rows = values(
            &client
                .get(&format!("/profile/{id}/token?page={page}&orderBy=name,asc"))
                .await
                .result(),
        );
        if rows.is_empty() {
            break;
        }
        assert!(rows.len() <= 20);
        seen.extend(rows);
    }
    let unique: BTreeSet<String> = seen.iter().cloned().collect();
    assert_eq!(unique.len(), seen.len());
    let held = running
        .world()
        .profile(&id)
        .expect("a profile")
        .listed_tokens(running.clock().now())
        .into_iter()
        .map(|token| token.token)
        .collect();
    assert_eq!(unique, held);
    assert_eq!(
        values(
            &client
                .get(&format!(
                    "/profile/{id}/token?amount=7&page=2&orderBy=name,asc"
                ))
                .await
                .result()
        )[..],
        seen[7..14]
    );
}

#[tokio::test]
async fn fields_are_asked_for_in_both_forms_and_default_to_three() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    let keys = async |query: &str| {
        let rows = client
            .get(&format!("/profile/current/token{query}"))
            .await
            .result();
        rows[0]
            .as_object()
            .expect("a row")
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(keys("").await, ["name", "permission", "token"]);
    let wanted = ["created_by", "expire_time", "name"];
    assert_eq!(
        keys("?fields[0]=name&fields[1]=expire_time&fields[2]=created_by").await,
        wanted
    );
    assert_eq!(
        keys("?fields%5B0%5D=name&fields%5B1%5D=expire_time&fields%5B2%5D=created_by").await,
        wanted
    );
    assert_eq!(
        keys("?fields=name&fields=expire_time&fields=created_by").await,
        wanted
    );
    client
        .get("/profile/current/token?fields=colour")
        .await
        .refusal(400);
    client
        .get("/profile/current/token?orderBy=colour,asc")
        .await
        .refusal(400);
    client
        .get("/profile/current/token?page=0")
        .await
        .refusal(400);
}

#[tokio::test]
async fn order_and_filter_are_followed() {
    let running = start(100, 2).await;
    let client = Client::of(&running, 0);
    let id = crowded(&running);
    let column = async |query: &str, key: &str| {
        let rows = client.get(&format!("/profile/{id}/token?amount=200&fields[0]=name&fields[1]=permission&fields[2]=created_at{query}")).await.result();
        rows.as_array()
            .expect("a list")
            .iter()
            .map(|row| row[key].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let newest = column("", "created_at").await;
    assert!(
        newest.is_sorted_by(|a, b| a >= b),
        "newest first by default"
    );
    // The Python SDK's own default has a space in it.
    let oldest = column("&orderBy=created_at,%20asc", "created_at").await;
    assert!(oldest.is_sorted() && oldest.len() == newest.len());
    let read = column("&filter[permission]=read", "permission").await;
    assert!(!read.is_empty() && read.iter().all(|permission| permission == "read"));
    let named = column("&filter[name]=*R*&filter[permission]=read", "name").await;
    assert!(
        !named.is_empty()
            && named.len() < read.len()
            && named.iter().all(|name| name.to_lowercase().contains('r'))
    );
    assert!(column("&filter[name]=nothing*", "name").await.is_empty());
}

#[tokio::test]
async fn a_token_is_made_used_and_deleted() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    let account = running.world().accounts[0].clone();
    let path = format!("/profile/{}/token", own(&running, 0)[1]);
    let body = |permission: &str, expire_time: Value| json!({"name": "ours", "permission": permission, "expire_time": expire_time, "email": account.email, "password": account.password});
    for (expire_time, end) in [
        (json!("never"), "never"),
        (json!("3 month"), "2026-08-20T12:34:56.000Z"),
        (json!("2 days"), "2026-05-22T12:34:56.000Z"),
        (json!("2027-01-01"), "2027-01-01T00:00:00.000Z"),
        (
            json!("2027-01-01T10:00:00.000Z"),
            "2027-01-01T10:00:00.000Z",
        ),
        (Value::Null, "2026-06-20T12:34:56.000Z"),
    ] {
        let made = client
            .send("POST", &path, body("read", expire_time))
            .await
            .result();
        assert_eq!(
            (&made["expire_date"], &made["permission"]),
            (&json!(end), &json!("read"))
        );
    }
    client
        .send("POST", &path, body("read", json!("2020-01-01")))
        .await
        .refusal(400);
    client
        .send("POST", &path, body("deny", json!("never")))
        .await
        .refusal(400);
    let mut wrong = body("read", json!("never"));
    wrong["password"] = "guess".into();
    assert_eq!(
        client.send("POST", &path, wrong).await.refusal(401),
        "Invalid password"
    );

    let made = client
        .send("POST", &path, body("full", json!("never")))
        .await
        .result();
    let value = made["token"].as_str().expect("a token");
    Client::new(&running, value).get("/account").await.result();
    assert!(
        values(&client.get(&format!("{path}?amount=200")).await.result())
            .contains(&value.to_owned())
    );
    client
        .ask(
            "DELETE",
            &format!("{path}/{}", sim::world::bare(value)),
            None,
        )
        .await
        .result();
    Client::new(&running, value)
        .get("/account")
        .await
        .refusal(401);
    assert!(
        !values(&client.get(&format!("{path}?amount=200")).await.result())
            .contains(&value.to_owned())
    );
    client
        .ask("DELETE", &format!("{path}/{value}"), None)
        .await
        .refusal(404);
}

#[tokio::test]
async fn the_calling_token_moves() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    let ids = own(&running, 0);
    client
        .ask("PUT", &format!("/profile/switch/{}", ids[1]), None)
        .await
        .result();
    assert_eq!(
        client.get("/profile/current").await.result()["info"]["id"],
        ids[1].as_str()
    );
    assert_eq!(
        client.get("/info").await.result()["ref_id"],
        ids[1].as_str()
    );
    let list = async |id: &str| {
        values(
            &client
                .get(&format!("/profile/{id}/token?amount=200"))
                .await
                .result(),
        )
    };
    assert!(
        !list(&ids[0]).await.contains(&client.token) && list(&ids[1]).await.contains(&client.token)
    );
    client
        .ask("PUT", "/profile/switch/000000000000000000000000", None)
        .await
        .refusal(404);
}

#[tokio::test]
async fn sign_ins_come_and_go_by_themselves_and_can_be_ended() {
    let running = start(60, 1).await;
    let signed_in = || {
        let now = running.clock().now();
        let world = running.world();
        world
            .profiles
            .values()
            .flat_map(|profile| profile.sign_ins(now))
            .map(|token| (token.ref_id, token.token))
            .collect::<BTreeSet<_>>()
    };
    let before = signed_in();
    assert!(before.len() > 10);
    running.clock().advance(Duration::from_hours(480));
    let after = signed_in();
    assert!(before.difference(&after).count() > 0 && after.difference(&before).count() > 0);
    assert!(
        before.intersection(&after).count() > 0,
        "some live for months"
    );

    let client = Client::of(&running, 0);
    let mine = own(&running, 0);
    let (id, token) = after
        .iter()
        .find(|(id, _)| mine.contains(id))
        .expect("a sign-in");
    let listed = async || {
        values(
            &client
                .get(&format!("/profile/{id}/token?amount=200"))
                .await
                .result(),
        )
        .contains(token)
    };
    assert!(listed().await);
    client
        .ask("DELETE", &format!("/profile/{id}/token/{token}"), None)
        .await
        .result();
    assert!(!listed().await);
    client
        .ask("DELETE", &format!("/profile/{id}/token/{token}"), None)
        .await
        .refusal(404);
}
