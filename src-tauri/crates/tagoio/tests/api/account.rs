//! The account, its team and signing in.

use crate::common::{Api, PASSWORD, PIN, account, call, credentials, password, profile};
use serde_json::{Value, json};
use tagoio::{ApiError, Credentials, Expire, Permission, SecondFactorKind};

#[tokio::test]
async fn the_account_is_read_whatever_is_missing() {
    let api = Api::with_result(json!({
        "id": "6ad1b0c9f1d2e3a4b5c6d7ff", "name": "Ada", "email": "a@example.com", "company": null,
        "plan": "scale", "timezone": "Europe/Berlin", "active": true, "blocked": false,
        "otp": {"authenticator": true, "sms": null, "email": "false"}, "created_at": "2020-02-02T02:02:02.000Z",
        "options": {"decimal_separator": ","}, "stripe_id": null,
    }))
    .await;
    let read = api.session.account().await.unwrap();
    assert_eq!(api.request().await, call("GET", "/account", Value::Null));
    assert_eq!(read.id, account());
    assert_eq!(read.company, None);
    assert_eq!(read.timezone.as_deref(), Some("Europe/Berlin"));
    assert_eq!((read.active, read.blocked), (Some(true), Some(false)));
    let otp = read.otp.unwrap();
    assert_eq!(
        (otp.authenticator, otp.sms, otp.email),
        (Some(true), None, Some(false))
    );

    let api = Api::with_result(json!({"id": "6ad1b0c9f1d2e3a4b5c6d7ff", "otp": null})).await;
    let read = api.session.account().await.unwrap();
    assert_eq!((read.plan, read.otp, read.active), (None, None, None));

    let api = Api::with_result(json!({"name": "nobody"})).await;
    assert!(matches!(
        api.session.account().await,
        Err(ApiError::UnexpectedShape { .. })
    ));
}

#[tokio::test]
async fn members_and_open_invitations_are_told_apart() {
    let api = Api::with_result(json!([
        {"id": "6ad1b0c9f1d2e3a4b5c6d7ff", "name": "Ada", "email": "a@example.com", "active": true,
         "created_at": "2026-01-01T00:00:00.000Z"},
        {"id": "6ad1b0c9f1d2e3a4b5c6d7fe", "name": null, "email": "b@example.com", "active": false},
    ]))
    .await;
    let team = api.session.team(&profile()).await.unwrap();
    let path = "/profile/5bb0a0c9f1d2e3a4b5c6d7e8/team";
    assert_eq!(api.request().await, call("GET", path, Value::Null));
    assert_eq!(team[0].active, Some(true));
    assert_eq!((team[1].active, team[1].created_at), (Some(false), None));

    let api = Api::answering(200, json!({"status": true})).await;
    assert_eq!(
        api.session
            .add_team_member(&profile(), "c@example.com")
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        api.request().await,
        call("POST", path, json!({"email": "c@example.com"}))
    );

    let api = Api::with_result(json!("removed")).await;
    api.session
        .remove_team_member(&profile(), &account())
        .await
        .unwrap();
    let target = format!("{path}/6ad1b0c9f1d2e3a4b5c6d7ff");
    assert_eq!(api.request().await, call("DELETE", &target, Value::Null));
}

#[tokio::test]
async fn signing_in_carries_no_token_and_gives_none() {
    let api = Api::with_result(json!({
        "id": "6ad1b0c9f1d2e3a4b5c6d7ff", "name": "Ada", "email": "a@example.com", "type": "user",
        "profiles": [{"id": "5bb0a0c9f1d2e3a4b5c6d7e8", "name": "P"}],
    }))
    .await;
    let signed_in = api.client().login(&credentials()).await.unwrap();
    assert_eq!(signed_in.id, account());
    assert_eq!(signed_in.profiles[0].id, profile());
    let body = json!({"email": "admin@example.com", "password": PASSWORD,
        "otp_type": "authenticator", "pin_code": PIN});
    assert_eq!(api.request().await, call("POST", "/account/login", body));
    assert!(!api.requests().await[0].headers.contains_key("token"));

    let api = Api::with_result(json!({"id": "6ad1b0c9f1d2e3a4b5c6d7ff", "profiles": null})).await;
    let alone = Credentials {
        email: "admin@example.com".to_owned(),
        password: password(),
    };
    assert_eq!(api.client().login(&alone).await.unwrap().profiles, []);
    let body = json!({"email": "admin@example.com", "password": PASSWORD});
    assert_eq!(api.request().await, call("POST", "/account/login", body));
}

#[tokio::test]
async fn a_pin_is_asked_for_without_a_token() {
    let api = Api::answering(200, json!({"status": true, "message": "PIN sent"})).await;
    let words = api
        .client()
        .request_pin("admin@example.com", &PASSWORD.into(), SecondFactorKind::Sms)
        .await
        .unwrap();
    assert_eq!(words.as_deref(), Some("PIN sent"));
    let body = json!({"email": "admin@example.com", "password": PASSWORD, "otp_type": "sms"});
    assert_eq!(
        api.request().await,
        call("POST", "/account/login/otp", body)
    );
    assert!(!api.requests().await[0].headers.contains_key("token"));
}

#[tokio::test]
async fn the_first_token_is_made_with_the_password() {
    let api = Api::with_result(
        json!({"token": "p-first", "name": "Desk", "permission": "full",
        "profile": "5bb0a0c9f1d2e3a4b5c6d7e8"}),
    )
    .await;
    let first = api
        .client()
        .first_token(&profile(), &credentials(), "Desk", &Expire::Never)
        .await
        .unwrap();
    assert_eq!(first.token.expose(), "p-first");
    assert_eq!(first.permission, Some(Permission::Full));
    assert_eq!(first.profile, Some(profile()));
    let body = json!({"profile_id": "5bb0a0c9f1d2e3a4b5c6d7e8", "email": "admin@example.com",
        "password": PASSWORD, "name": "Desk", "expire_time": "never",
        "pin_code": PIN, "otp_type": "authenticator"});
    assert_eq!(
        api.request().await,
        call("POST", "/account/profile/token", body)
    );
    assert!(!api.requests().await[0].headers.contains_key("token"));
}
