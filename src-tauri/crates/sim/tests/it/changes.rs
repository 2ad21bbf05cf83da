//! What is created is listed, what is deleted is gone.

use std::time::Duration;

use serde_json::{Value, json};
use sim::Options;

use crate::http::{Client, own, start, with};

fn ids(rows: &Value) -> Vec<String> {
    rows.as_array()
        .expect("a list")
        .iter()
        .map(|row| row["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[tokio::test]
async fn a_profile_is_created_renamed_and_deleted() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    assert_eq!(
        client
            .send("POST", "/profile", json!({"name": "x"}))
            .await
            .status,
        404,
        "the slash is part of the path"
    );
    client
        .send("POST", "/profile/", json!({"name": " "}))
        .await
        .refusal(400);
    let made = client
        .send("POST", "/profile/", json!({"name": "<i>New</i>"}))
        .await
        .result();
    let id = made["id"].as_str().expect("an id");
    assert!(ids(&client.get("/profile").await.result()).contains(&id.to_owned()));
    let info = client.get(&format!("/profile/{id}")).await.result();
    assert_eq!(
        (&info["info"]["name"], &info["allocation"]["input"]),
        (&json!("<i>New</i>"), &json!(0))
    );
    let twin = client
        .send(
            "POST",
            "/profile/?allocate_free_resources=True",
            json!({"name": "<i>New</i>"}),
        )
        .await
        .result();
    let twin = twin["id"].as_str().expect("an id");
    assert!(
        client.get(&format!("/profile/{twin}")).await.result()["allocation"]["input"].as_f64()
            > Some(0.0)
    );

    client
        .send(
            "PUT",
            &format!("/profile/{id}"),
            json!({"name": "Renamed", "logo_url": "https://example.com/l.png"}),
        )
        .await
        .result();
    let info = client.get(&format!("/profile/{id}")).await.result()["info"].take();
    assert_eq!(
        (&info["name"], &info["logo_url"]),
        (&json!("Renamed"), &json!("https://example.com/l.png"))
    );
    client
        .send("PUT", &format!("/profile/{id}"), json!({"logo_url": null}))
        .await
        .result();
    assert!(client.get(&format!("/profile/{id}")).await.result()["info"]["logo_url"].is_null());

    client
        .send(
            "DELETE",
            &format!("/profile/{id}"),
            json!({"password": "guess"}),
        )
        .await
        .refusal(401);
    let password = running.world().accounts[0].password.clone();
    client
        .send(
            "DELETE",
            &format!("/profile/{id}"),
            json!({"password": password}),
        )
        .await
        .result();
    assert!(!ids(&client.get("/profile").await.result()).contains(&id.to_owned()));
    client.get(&format!("/profile/{id}")).await.refusal(404);
}

#[tokio::test]
async fn a_second_factor_guards_a_deletion() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 1);
    let account = running.world().accounts[1].clone();
    let path = format!("/profile/{}", own(&running, 1)[1]);
    let message = client
        .send("DELETE", &path, json!({"password": account.password}))
        .await
        .refusal(400);
    assert!(message.contains("otp_enabled"), "{message}");
    client
        .send(
            "DELETE",
            &path,
            json!({"password": account.password, "pin_code": account.pin}),
        )
        .await
        .result();
}

#[tokio::test]
async fn changes_behind_the_clients_back_show() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    let id = own(&running, 0)[1].clone();
    assert!(running.rename_profile(&id, "Elsewhere"));
    assert_eq!(
        client.get(&format!("/profile/{id}")).await.result()["info"]["name"],
        "Elsewhere"
    );
    assert!(running.set_limit(&id, sim::world::Service::Sms, 12.0));
    assert_eq!(
        client.get(&format!("/profile/{id}")).await.result()["allocation"]["sms"],
        12
    );
    assert!(running.remove_profile(&id));
    client.get(&format!("/profile/{id}")).await.refusal(404);
    assert!(!running.remove_profile(&id) && !running.rename_profile(&id, "x"));
}

#[tokio::test]
async fn the_audit_log_runs_then_completes_and_knows_what_was_done() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    let id = own(&running, 0)[0].clone();
    client
        .send("PUT", &format!("/profile/{id}"), json!({"name": "Audited"}))
        .await
        .result();
    let query = async |more: &str| {
        let path =
            format!("/profile/{id}/auditlog?start_date=2026-05-14&end_date=2026-05-20{more}");
        let begun = client.get(&path).await.result();
        assert_eq!(begun["status"], "Running");
        let path = format!(
            "/profile/{id}/auditlog/{}",
            begun["queryId"].as_str().expect("an id")
        );
        let mut polls = 0;
        loop {
            let answer = client.get(&path).await.result();
            if answer["status"] == "Complete" {
                assert!(polls > 0, "it runs at first");
                return answer;
            }
            assert_eq!(answer["status"], "Running");
            polls += 1;
            assert!(polls < 10);
        }
    };
    let all = query("").await;
    let events = all["events"].as_array().expect("a list");
    let (from, to) = ("2026-05-14T00:00:00Z", "2026-05-20T23:59:59Z");
    let held = running
        .world()
        .profile(&id)
        .expect("a profile")
        .audit_events(
            from.parse().expect("a time"),
            to.parse().expect("a time"),
            running.clock().now(),
        );
    assert!(held.len() > 1, "more than what was just done");
    assert_eq!(events.len(), held.len());
    assert_eq!(events[0]["message"], "Profile edited", "newest first");
    assert_eq!(all["statistics"]["recordsMatched"], events.len());
    let found = query("&find=EDITED&resourceName=profile").await;
    assert!(
        found["events"]
            .as_array()
            .expect("a list")
            .iter()
            .all(|event| event["resourceName"] == "profile")
    );
    assert_eq!(
        query("&limit=1&find=*").await["events"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    client
        .get(&format!(
            "/profile/{id}/auditlog?start_date=2026-05-01&end_date=2026-05-20"
        ))
        .await
        .refusal(400);
    client
        .get(&format!("/profile/{id}/auditlog?resourceName=toaster"))
        .await
        .refusal(400);
    client
        .get(&format!("/profile/{id}/auditlog/none"))
        .await
        .refusal(404);
}

#[tokio::test]
async fn a_backup_starts_bare_completes_and_is_one_a_day() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    let id = own(&running, 0)[0].clone();
    running.change(|world| world.profile_mut(&id).expect("a profile").backups.clear());
    let path = format!("/profile/{id}/backup");
    let begun = client.send("POST", &path, json!({})).await;
    assert_eq!(begun.status, 200);
    let begun = begun.json();
    assert!(begun.get("status").is_none(), "{begun}");
    let backup = begun["id"].as_str().expect("an id").to_owned();
    assert!(
        client
            .send("POST", &path, json!({}))
            .await
            .refusal(403)
            .contains("try again in")
    );
    let password = running.world().accounts[0].password.clone();
    let download = format!("{path}/{backup}/download");
    client
        .send("POST", &download, json!({"password": password}))
        .await
        .refusal(400);
    let mut states = Vec::new();
    for _ in 0..3 {
        states.push(
            client.get(&path).await.result()[0]["status"]
                .as_str()
                .expect("a state")
                .to_owned(),
        );
        running.clock().advance(Duration::from_secs(50));
    }
    assert_eq!(states, ["queued", "processing", "completed"]);
    client
        .send("POST", &download, json!({"password": "guess"}))
        .await
        .refusal(401);
    let file = client
        .send("POST", &download, json!({"password": password}))
        .await
        .result();
    let url = file["url"].as_str().expect("a URL");
    let host = url
        .strip_prefix("http://")
        .and_then(|rest| rest.split('/').next());
    assert!(
        host.is_some_and(|host| host != running.address().to_string()),
        "a file is on another host than the API: {url}"
    );
    let gone = client
        .send(
            "DELETE",
            &format!("{path}/{backup}"),
            json!({"password": password}),
        )
        .await;
    assert_eq!(
        (gone.status, gone.json()["status"].clone()),
        (200, json!(true))
    );
    assert_eq!(client.get(&path).await.result(), json!([]));
    running.clock().advance(Duration::from_hours(48));
    assert_eq!(client.send("POST", &path, json!({})).await.status, 200);
}

#[tokio::test]
async fn backups_come_in_pages_of_twenty_and_not_on_the_free_plan() {
    let running = start(60, 4).await;
    let world = running.world();
    let many = world
        .profiles
        .values()
        .find(|profile| profile.backups.len() > 20 && profile.owner == world.accounts[0].id)
        .expect("many backups");
    let client = Client::of(&running, 0);
    let page = async |page: usize| {
        client
            .get(&format!("/profile/{}/backup?page={page}", many.id))
            .await
            .result()
            .as_array()
            .map(Vec::len)
    };
    assert_eq!(page(1).await, Some(20));
    assert_eq!(page(2).await, Some(many.backups.len() - 20));
    let free = own(&running, 2)[0].clone();
    assert!(
        Client::of(&running, 2)
            .get(&format!("/profile/{free}/backup"))
            .await
            .refusal(403)
            .contains("free plan")
    );
}

#[tokio::test]
async fn an_invitation_is_accepted_by_its_button_and_then_the_profile_is_listed() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    let before = ids(&client.get("/profile").await.result());
    let list = client.get("/notification/").await.result();
    let invitation = list
        .as_array()
        .expect("a list")
        .iter()
        .find(|row| row["buttons_enabled"] == true)
        .expect("an invitation")
        .clone();
    assert_eq!(invitation["buttons"].as_array().map(Vec::len), Some(2));
    let path = format!(
        "/notification/{}",
        invitation["id"].as_str().expect("an id")
    );
    client
        .ask("PUT", &format!("{path}/dance"), None)
        .await
        .refusal(404);
    client
        .ask("PUT", &format!("{path}/accept"), None)
        .await
        .result();
    assert_eq!(
        ids(&client.get("/profile").await.result()).len(),
        before.len() + 1
    );
    client
        .ask("PUT", &format!("{path}/accept"), None)
        .await
        .refusal(400);
    assert_eq!(
        client
            .get("/notification/?filter[read]=false")
            .await
            .result(),
        json!([])
    );
    Client::of(&running, 1)
        .ask("PUT", &format!("{path}/accept"), None)
        .await
        .refusal(404);
}

#[tokio::test]
async fn a_file_goes_up_and_is_read_at_its_address() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 0);
    let url = client
        .send(
            "POST",
            "/files",
            json!([{"filename": "logos/a.png", "file": "iVBORw0KGgo=", "public": true}]),
        )
        .await
        .result();
    let path = url
        .as_str()
        .and_then(|url| url.strip_prefix(&running.base_url()))
        .expect("an address of this server");
    let file = Client::new(&running, "").get(path).await;
    assert_eq!(file.status, 200);
    assert!(file.headers.contains("image/png"));
    client
        .send(
            "POST",
            "/files",
            json!([{"filename": "a.png", "file": "not base64!"}]),
        )
        .await
        .refusal(400);
    client
        .send(
            "POST",
            "/files",
            json!([{"filename": "secret.txt", "file": "YQ=="}]),
        )
        .await
        .result();
    let holder = &running.world().files[1].profile;
    Client::new(&running, "")
        .get(&format!("/file/{holder}/secret.txt"))
        .await
        .refusal(404);
}

#[tokio::test]
async fn requests_are_recorded_by_route() {
    let running = with(Options {
        profiles: 4,
        accounts: 1,
        ..Options::default()
    })
    .await;
    let client = Client::of(&running, 0);
    client
        .get("/profile/current/summary?onlyAmount=True")
        .await
        .result();
    client.get("/nowhere").await.refusal(404);
    client
        .send("PATCH", "/profile", json!({}))
        .await
        .refusal(404);
    let all = running.requests();
    let routes: Vec<(&str, &str)> = all
        .iter()
        .map(|request| (request.method.as_str(), request.route.as_str()))
        .collect();
    assert_eq!(
        routes,
        [
            ("GET", "/profile/{id}/summary"),
            ("GET", "/nowhere"),
            ("PATCH", "/profile")
        ]
    );
    assert_eq!(all[0].path, "/profile/current/summary?onlyAmount=True");
    assert_eq!(
        all[0].account.as_deref(),
        Some(running.tokens()[0].account.as_str())
    );
    running.clear_requests();
    assert!(running.requests().is_empty());
}
