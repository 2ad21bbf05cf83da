//! Every call that changes something, and signing in.

use serde_json::{Value, json};
use sim::Running;
use sim::world::Service;

use crate::process::{Language, Sdk, own, tagoio};

#[tokio::test]
async fn the_javascript_sdk_changes_what_the_world_holds() {
    changes(Language::JavaScript).await;
}

#[tokio::test]
async fn the_python_sdk_changes_what_the_world_holds() {
    changes(Language::Python).await;
}

async fn changes(language: Language) {
    let tagoio = tagoio().await;
    let mut sdk = Sdk::start(language);
    profiles(&mut sdk, &tagoio).await;
    tokens(&mut sdk, &tagoio).await;
    team(&mut sdk, &tagoio).await;
    limits(&mut sdk, &tagoio).await;
    subscription(&mut sdk, &tagoio).await;
    files_and_notifications(&mut sdk, &tagoio).await;
    signing_in(&mut sdk, &tagoio).await;
}

async fn profiles(sdk: &mut Sdk, tagoio: &Running) {
    let free = if sdk.is_javascript() {
        json!({"allocate_free_resources": true})
    } else {
        json!(true)
    };
    let made = sdk
        .call(tagoio, "profile.create", json!([{"name": "Ours"}, free]))
        .await;
    let id = made["id"].as_str().expect("an id");
    assert!(tagoio.world().profile(id).expect("it is there").limits[Service::Input as usize] > 0.0);
    let bare = sdk
        .call(tagoio, "profile.create", json!([{"name": "Ours"}]))
        .await;
    let bare = tagoio
        .world()
        .profile(bare["id"].as_str().expect("an id"))
        .expect("it is there")
        .clone();
    assert_eq!(
        (bare.name.as_str(), bare.limits[Service::Input as usize]),
        ("Ours", 0.0)
    );

    sdk.told(
        tagoio,
        "profile.edit",
        json!([id, {"name": "Renamed", "banner_url": "https://example.com/b.png"}]),
    )
    .await;
    let profile = tagoio.world().profile(id).expect("it is there").clone();
    assert_eq!(
        (profile.name.as_str(), profile.banner_url.as_deref()),
        ("Renamed", Some("https://example.com/b.png"))
    );
    let token = tagoio.tokens()[0].token.clone();
    let thrown = sdk
        .try_call(
            tagoio,
            &token,
            "profile.delete",
            json!([id, {"password": "guess"}]),
        )
        .await;
    assert_eq!(thrown, Err("Invalid password".to_owned()));
    let password = tagoio.world().accounts[0].password.clone();
    sdk.told(
        tagoio,
        "profile.delete",
        json!([id, {"password": password}]),
    )
    .await;
    assert!(tagoio.world().profile(id).is_none());
    sdk.told(tagoio, "account.edit", json!([{"company": "Renamed Ltd"}]))
        .await;
    assert_eq!(tagoio.world().accounts[0].company, "Renamed Ltd");
}

async fn tokens(sdk: &mut Sdk, tagoio: &Running) {
    let account = tagoio.world().accounts[0].clone();
    let ids = own(tagoio);
    let mut asked = json!({"name": "sdk", "permission": "full", "expire_time": "never", "email": account.email, "password": account.password});
    let made = sdk
        .call(tagoio, "profile.tokenCreate", json!([ids[0], asked]))
        .await;
    assert_eq!(
        (&made["permission"], &made["expire_date"]),
        (&json!("full"), &json!("never"))
    );
    let value = made["token"].as_str().expect("a token").to_owned();
    assert_eq!(
        tagoio.world().token(&value).expect("it is there").1.name,
        "sdk"
    );
    asked["expire_time"] = "3 month".into();
    let ends = sdk
        .call(tagoio, "profile.tokenCreate", json!([ids[0], asked]))
        .await;
    assert_eq!(
        ends["expire_date"],
        json!({"$date": "2026-08-20T12:34:56.000Z"})
    );

    let moved = sdk
        .try_call(
            tagoio,
            &value,
            "profile.transferTokenToAnotherProfile",
            json!([ids[1]]),
        )
        .await
        .expect("it moves");
    assert!(moved.is_string());
    assert_eq!(
        tagoio.world().token(&value).expect("it is there").0.id,
        ids[1]
    );
    sdk.told(tagoio, "profile.tokenDelete", json!([ids[1], value]))
        .await;
    assert!(tagoio.world().token(&value).is_none());
}

async fn team(sdk: &mut Sdk, tagoio: &Running) {
    let id = own(tagoio)[2].clone();
    sdk.told(
        tagoio,
        "profile.addTeamMember",
        json!([id, "new.person@example.com"]),
    )
    .await;
    let member = tagoio
        .world()
        .profile(&id)
        .expect("a profile")
        .team
        .last()
        .expect("a member")
        .clone();
    assert_eq!(
        (member.email.as_str(), member.active),
        ("new.person@example.com", false)
    );
    sdk.told(tagoio, "profile.deleteTeamMember", json!([id, member.id]))
        .await;
    assert!(
        !tagoio
            .world()
            .profile(&id)
            .expect("a profile")
            .team
            .contains(&member)
    );
}

async fn limits(sdk: &mut Sdk, tagoio: &Running) {
    let ids = own(tagoio);
    let limit = |id: &str, service: Service| {
        tagoio.world().profile(id).expect("a profile").limits[service as usize]
    };
    sdk.told(
        tagoio,
        "profile.serviceEdit",
        json!([ids[0], {"input": 1_234}]),
    )
    .await;
    assert_eq!(limit(&ids[0], Service::Input), 1_234.0);
    let kept = limit(&ids[1], Service::Output);
    sdk.told(
        tagoio,
        "billing.editAllocation",
        json!([[{"profile": ids[1], "input": 77}, {"profile": ids[2], "email": 5}]]),
    )
    .await;
    assert_eq!(
        (
            limit(&ids[1], Service::Input),
            limit(&ids[2], Service::Email),
            limit(&ids[1], Service::Output)
        ),
        (77.0, 5.0, kept)
    );
    let token = tagoio.tokens()[0].token.clone();
    let thrown = sdk
        .try_call(
            tagoio,
            &token,
            "billing.editAllocation",
            json!([[{"profile": ids[1], "input": 1e12}]]),
        )
        .await;
    assert!(
        thrown
            .expect_err("too much")
            .contains("exceeds the account's limit")
    );
}

async fn subscription(sdk: &mut Sdk, tagoio: &Running) {
    let more = tagoio.world().accounts[0].limits[Service::Sms as usize] + 50.0;
    sdk.call(
        tagoio,
        "billing.editSubscription",
        json!([{"services": {"sms": {"limit": more}}}]),
    )
    .await;
    assert_eq!(
        tagoio.world().accounts[0].limits[Service::Sms as usize],
        more
    );
    assert_eq!(
        sdk.call(tagoio, "billing.getSubscription", json!([])).await["processing"],
        true
    );
    if !sdk.is_javascript() {
        return;
    }
    let second = tagoio.tokens()[1].token.clone();
    sdk.try_call(tagoio, &second, "billing.cancelDowngrade", json!([]))
        .await
        .expect("is cancelled");
    assert!(tagoio.world().accounts[1].schedule.is_none());
    let last = tagoio.tokens()[3].token.clone();
    let health = sdk
        .try_call(tagoio, &last, "billing.getSubscriptionSummary", json!([]))
        .await
        .expect("its health");
    assert_eq!(health["past_due"], true);
    sdk.try_call(tagoio, &last, "billing.retryLastPayment", json!([]))
        .await
        .expect("is retried");
    assert!(tagoio.world().accounts[3].past_due.is_none());
    sdk.try_call(tagoio, &last, "billing.cancelLastOperation", json!([]))
        .await
        .expect("is cancelled");
    assert_eq!(tagoio.world().accounts[3].processing, 0);
}

async fn files_and_notifications(sdk: &mut Sdk, tagoio: &Running) {
    let file = json!([[{"filename": "logo.png", "file": "iVBORw0KGgo=", "public": true}]]);
    sdk.told(tagoio, "files.uploadBase64", file).await;
    assert_eq!(tagoio.world().files[0].bytes, b"\x89PNG\r\n\x1a\n");

    let list = sdk.call(tagoio, "notifications.list", json!([])).await;
    let invitation = list
        .as_array()
        .expect("a list")
        .iter()
        .find(|row| row["buttons_enabled"] == true)
        .expect("an invitation");
    let before = sdk
        .call(tagoio, "profile.list", json!([]))
        .await
        .as_array()
        .map(Vec::len);
    sdk.told(
        tagoio,
        "notifications.notificationButton",
        json!([invitation["id"], "accept"]),
    )
    .await;
    let after = sdk
        .call(tagoio, "profile.list", json!([]))
        .await
        .as_array()
        .map(Vec::len);
    assert_eq!(after, before.map(|count| count + 1));
}

async fn signing_in(sdk: &mut Sdk, tagoio: &Running) {
    let world = tagoio.world();
    let credentials = |number: usize| json!({"email": world.accounts[number].email, "password": world.accounts[number].password});
    let with = |number: usize, more: Value| {
        let mut all = credentials(number);
        all.as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        all
    };
    let login = sdk
        .call(tagoio, "Account.login", json!([credentials(0)]))
        .await;
    assert_eq!(
        (&login["id"], &login["name"]),
        (&json!(world.accounts[0].id), &json!(world.accounts[0].name))
    );
    assert_eq!(
        login["profiles"].as_array().map(Vec::len),
        Some(tagoio.world().visible_to(&world.accounts[0].id).count())
    );

    let asked = sdk
        .try_call(tagoio, "", "Account.login", json!([with(2, json!({}))]))
        .await;
    let asked: Value =
        serde_json::from_str(&asked.expect_err("asks for a PIN")).expect("JSON in the message");
    assert_eq!(asked, json!({"otp_enabled": true, "otp_autosend": "sms"}));
    sdk.told(
        tagoio,
        "Account.requestLoginPINCode",
        json!([credentials(2), "sms"]),
    )
    .await;
    let pin = json!({"otp_type": "sms", "pin_code": world.accounts[2].pin});
    let login = sdk
        .call(tagoio, "Account.login", json!([with(2, pin)]))
        .await;
    assert_eq!(login["id"], world.accounts[2].id.as_str());

    let wanted = json!({"profile_id": own(tagoio)[0], "name": "first", "expire_time": "1 month"});
    let made = sdk
        .call(tagoio, "Account.tokenCreate", json!([with(0, wanted)]))
        .await;
    let value = made["token"].as_str().expect("a token");
    assert_eq!(
        tagoio.world().token(value).expect("it is there").1.name,
        "first"
    );
}
