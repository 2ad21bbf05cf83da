//! Signing in, second factors, what a token is.

use serde_json::{Value, json};
use sim::Running;
use sim::world::Account;

use crate::http::{Client, own, start};

fn account(running: &Running, number: usize) -> Account {
    running.world().accounts[number].clone()
}

fn nobody(running: &Running) -> Client {
    Client::new(running, "")
}

async fn login(running: &Running, number: usize, more: Value) -> crate::http::Answer {
    let account = account(running, number);
    let mut body = json!({"email": account.email, "password": account.password});
    body.as_object_mut()
        .expect("an object")
        .extend(more.as_object().expect("an object").clone());
    nobody(running).send("POST", "/account/login", body).await
}

#[tokio::test]
async fn a_login_gives_the_profiles_and_no_token() {
    let running = start(20, 2).await;
    let result = login(&running, 0, json!({})).await.result();
    assert_eq!(result["id"], account(&running, 0).id);
    assert_eq!(
        result["profiles"],
        Client::of(&running, 0).get("/profile").await.result()
    );
    assert!(result.get("token").is_none());
    assert_eq!(
        login(&running, 0, json!({"password": "guess"}))
            .await
            .refusal(401),
        "Invalid password"
    );
}

#[tokio::test]
async fn each_second_factor_asks_in_json_within_the_message() {
    let running = start(20, 4).await;
    for (number, method) in [(1, "authenticator"), (2, "sms"), (3, "email")] {
        let asked: Value =
            serde_json::from_str(&login(&running, number, json!({})).await.refusal(400))
                .expect("JSON in the message");
        assert_eq!(asked, json!({"otp_enabled": true, "otp_autosend": method}));
        let pin = account(&running, number).pin;
        assert_eq!(
            login(
                &running,
                number,
                json!({"pin_code": "000", "otp_type": method})
            )
            .await
            .refusal(401),
            "Invalid PIN code"
        );
        login(
            &running,
            number,
            json!({"pin_code": pin, "otp_type": method}),
        )
        .await
        .result();
        login(
            &running,
            number,
            json!({"pin_code": pin, "otp_type": if method == "sms" { "email" } else { "sms" }}),
        )
        .await
        .refusal(400);
    }
}

#[tokio::test]
async fn a_sent_pin_works_once_and_can_be_asked_for() {
    let running = start(20, 4).await;
    let account = account(&running, 2);
    let pin = json!({"pin_code": account.pin, "otp_type": "sms"});
    login(&running, 2, pin.clone()).await.refusal(401);
    let ask = async |method: &str, password: &str| {
        let body = json!({"email": account.email, "password": password, "otp_type": method});
        nobody(&running)
            .send("POST", "/account/login/otp", body)
            .await
    };
    ask("sms", "guess").await.refusal(401);
    ask("authenticator", &account.password).await.refusal(400);
    ask("email", &account.password).await.refusal(400);
    ask("sms", &account.password).await.result();
    login(&running, 2, pin.clone()).await.result();
    login(&running, 2, pin).await.refusal(401);
}

#[tokio::test]
async fn a_first_token_is_made_with_a_password_and_works() {
    let running = start(20, 2).await;
    let account = account(&running, 0);
    let id = own(&running, 0)[1].clone();
    let mut body = json!({"profile_id": id, "email": account.email, "password": account.password, "name": "first", "expire_time": "1 day"});
    let made = nobody(&running)
        .send("POST", "/account/profile/token", body.clone())
        .await
        .result();
    assert_eq!(
        (&made["name"], &made["permission"], &made["profile"]),
        (&json!("first"), &json!("full"), &json!(id))
    );
    let client = Client::new(&running, made["token"].as_str().expect("a token"));
    assert_eq!(
        client.get("/profile/current").await.result()["info"]["id"],
        id.as_str()
    );
    running
        .clock()
        .advance(std::time::Duration::from_secs(86_401));
    assert_eq!(
        client.get("/profile/current").await.refusal(401),
        "Invalid token"
    );
    body["password"] = "guess".into();
    nobody(&running)
        .send("POST", "/account/profile/token", body)
        .await
        .refusal(401);
}

#[tokio::test]
async fn a_token_is_taken_with_its_prefix_and_without() {
    let running = start(20, 2).await;
    let token = running.tokens()[0].token.clone();
    let plain = sim::world::bare(&token).to_owned();
    assert_ne!(token, plain);
    for value in [&token, &plain, &format!("a-{plain}")] {
        Client::new(&running, value).get("/account").await.result();
    }
    assert_eq!(
        nobody(&running).get("/account").await.refusal(401),
        "Token is missing"
    );
    assert_eq!(
        Client::new(&running, "p-nonsense")
            .get("/account")
            .await
            .refusal(401),
        "Invalid token"
    );
    assert!(running.revoke(&plain));
    assert_eq!(
        Client::new(&running, &token)
            .get("/account")
            .await
            .refusal(401),
        "Invalid token"
    );
    assert!(!running.revoke(&token));
}

#[tokio::test]
async fn info_names_every_kind_of_token_and_other_kinds_open_nothing_else() {
    let running = start(20, 2).await;
    let info = Client::of(&running, 0).get("/info").await.result();
    assert_eq!(
        (&info["type"], &info["permission"], &info["expire_time"]),
        (&json!("profile"), &json!("full"), &json!("never"))
    );
    assert_eq!(info["ref_id"], own(&running, 0)[0].as_str());
    for other in running.world().other_tokens.iter().take(5) {
        let client = Client::new(&running, &other.token);
        assert_eq!(
            client.get("/info").await.result()["name"],
            other.name.as_str(),
            "{}",
            other.kind
        );
        assert_eq!(
            client.get("/profile").await.refusal(403),
            "Authorization Denied"
        );
    }
}

#[tokio::test]
async fn an_account_says_who_it_is_and_can_be_edited() {
    let running = start(20, 2).await;
    let client = Client::of(&running, 1);
    let all = client.get("/account").await.result();
    let held = account(&running, 1);
    assert_eq!(
        (&all["id"], &all["plan"], &all["timezone"]),
        (
            &json!(held.id),
            &json!(held.plan.key()),
            &json!(held.timezone)
        )
    );
    assert_eq!(
        all["otp"],
        json!({"authenticator": true, "sms": false, "email": false})
    );
    assert!(
        Client::of(&running, 0)
            .get("/account")
            .await
            .result()
            .get("otp")
            .is_none()
    );
    client
        .send("PUT", "/account", json!({"company": "New Ltd"}))
        .await
        .result();
    assert_eq!(client.get("/account").await.result()["company"], "New Ltd");
    client
        .send("PUT", "/account", json!({"plan": "scale"}))
        .await
        .refusal(400);
}
