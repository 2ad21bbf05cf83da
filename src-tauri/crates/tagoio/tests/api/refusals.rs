//! Each way in which the API or something in its place refuses, told apart.

use std::time::Duration;

use crate::common::{Api, credentials, password, profile};
use serde_json::{Value, json};
use tagoio::{ApiError, NotTheApi, ProfileEdit, SecondFactorKind};
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn says(message: &str) -> Value {
    json!({"status": false, "message": message})
}

/// The error of a call without a password.
async fn plain(answer: ResponseTemplate) -> ApiError {
    Api::with(answer)
        .await
        .session
        .profiles()
        .await
        .unwrap_err()
}

async fn plain_json(status: u16, body: Value) -> ApiError {
    plain(ResponseTemplate::new(status).set_body_json(body)).await
}

/// The error of a call with a password beside the token.
async fn with_password(status: u16, body: Value) -> ApiError {
    let api = Api::answering(status, body).await;
    api.session
        .delete_profile(&profile(), &password())
        .await
        .unwrap_err()
}

fn words(error: &ApiError) -> Option<&str> {
    match error {
        ApiError::WrongPassword { message, .. }
        | ApiError::NotPermitted { message, .. }
        | ApiError::NotFound { message, .. }
        | ApiError::Rejected { message, .. }
        | ApiError::ServerFailed { message, .. } => message.as_deref(),
        ApiError::Denied { message, .. } => Some(message),
        _ => None,
    }
}

#[tokio::test]
async fn a_401_without_a_password_is_signed_out() {
    for body in [
        says("Invalid token"),
        says("Token expired"),
        json!({"status": false}),
        json!({}),
    ] {
        let error = plain_json(401, body).await;
        assert_eq!(
            error,
            ApiError::SignedOut {
                call: "list of profiles"
            }
        );
        assert!(!error.is_retryable() && !error.is_offline());
    }
    let error = plain(ResponseTemplate::new(401)).await;
    assert!(matches!(error, ApiError::SignedOut { .. }), "{error}");
}

#[tokio::test]
async fn a_401_or_400_about_the_password_is_not_a_lost_token() {
    for (status, message) in [
        (401, "Invalid password"),
        (401, "Unauthorized"),
        (401, ""),
        (401, "Invalid PIN code for this token"),
        (400, "Invalid password"),
        (400, "Wrong PIN."),
        (400, "Invalid credentials"),
        (400, "invalid pin_code"),
        (400, ""),
    ] {
        let error = with_password(status, says(message)).await;
        assert!(
            matches!(error, ApiError::WrongPassword { .. }),
            "{status} {message}: {error}"
        );
        assert_eq!(words(&error).unwrap_or_default(), message);
    }
    let api = Api::answering(401, says("Invalid password")).await;
    let error = api.client().login(&credentials()).await.unwrap_err();
    assert!(
        matches!(
            error,
            ApiError::WrongPassword {
                call: "sign-in",
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_call_with_a_password_can_fail_for_other_reasons() {
    let error = with_password(401, says("Invalid token")).await;
    assert!(matches!(error, ApiError::SignedOut { .. }), "{error}");
    let error = with_password(400, says("The profile is being typed")).await;
    assert!(
        matches!(error, ApiError::Rejected { status: 400, .. }),
        "{error}"
    );
    let error = with_password(404, says("Profile not found")).await;
    assert!(matches!(error, ApiError::NotFound { .. }), "{error}");
}

#[tokio::test]
async fn a_403_keeps_the_words_of_a_plans_limit() {
    let error = plain_json(
        403,
        says("Daily backup limit reached, try again in 8 hours"),
    )
    .await;
    assert!(matches!(error, ApiError::NotPermitted { .. }));
    assert!(
        error.to_string().contains("try again in 8 hours"),
        "{error}"
    );
    assert!(!error.to_string().contains("Access Management"), "{error}");
    let error = plain_json(403, says("Authorization Denied")).await;
    assert!(error.to_string().contains("Access Management"), "{error}");
    let error = with_password(403, says("not available on the free plan")).await;
    assert!(matches!(error, ApiError::NotPermitted { .. }), "{error}");
}

#[tokio::test]
async fn authorization_denied_is_left_open_until_it_is_settled() {
    for status in [200, 400, 401] {
        let error = plain_json(status, says("Authorization Denied")).await;
        assert!(
            matches!(error, ApiError::Denied { .. }),
            "{status}: {error}"
        );
    }
    let api = Api::answering(401, says("Authorization Denied")).await;
    let error = api.client().login(&credentials()).await.unwrap_err();
    assert!(matches!(error, ApiError::NotPermitted { .. }), "{error}");
}

async fn settled(info: ResponseTemplate, account: ResponseTemplate) -> (ApiError, usize) {
    let server = MockServer::start().await;
    Mock::given(path("/info"))
        .respond_with(info)
        .mount(&server)
        .await;
    Mock::given(path("/account"))
        .respond_with(account)
        .mount(&server)
        .await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(401).set_body_json(says("Authorization Denied")))
        .with_priority(9)
        .mount(&server)
        .await;
    let api = Api::of(server);
    let error = api.session.profiles().await.unwrap_err();
    let settled = api.session.settle(error).await;
    (settled, api.requests().await.len() - 1)
}

#[tokio::test]
async fn a_denial_becomes_not_permitted_or_signed_out_by_what_another_call_says() {
    let valid = || {
        ResponseTemplate::new(200).set_body_json(json!({"status": true, "result": {"name": "T"}}))
    };
    let owner = || {
        ResponseTemplate::new(200)
            .set_body_json(json!({"status": true, "result": {"id": "6ad1b0c9f1d2e3a4b5c6d7ff"}}))
    };
    let denied = || ResponseTemplate::new(401).set_body_json(says("Authorization Denied"));
    let gone = || ResponseTemplate::new(401).set_body_json(says("Invalid token"));
    let broken = || ResponseTemplate::new(500);
    let odd = || ResponseTemplate::new(200).set_body_json(json!({"status": true, "result": 7}));

    let not_permitted = ApiError::NotPermitted {
        call: "list of profiles",
        message: Some("Authorization Denied".to_owned()),
    };
    let signed_out = ApiError::SignedOut {
        call: "list of profiles",
    };
    assert_eq!(settled(valid(), broken()).await, (not_permitted.clone(), 1));
    assert_eq!(settled(odd(), broken()).await, (not_permitted.clone(), 1));
    assert_eq!(settled(denied(), owner()).await, (not_permitted, 2));
    assert_eq!(settled(gone(), broken()).await, (signed_out.clone(), 1));
    assert_eq!(settled(denied(), denied()).await, (signed_out, 2));
    let (undecided, _) = settled(broken(), broken()).await;
    assert!(matches!(undecided, ApiError::Denied { .. }), "{undecided}");
}

#[tokio::test]
async fn settling_any_other_error_asks_nothing() {
    let api = Api::answering(404, says("no")).await;
    let error = api.session.account().await.unwrap_err();
    assert_eq!(api.session.settle(error.clone()).await, error);
    assert_eq!(api.requests().await.len(), 1);
}

#[tokio::test]
async fn the_wait_of_a_rate_limit_is_in_the_message_the_header_or_the_clock() {
    let limited = |message: &str| ResponseTemplate::new(429).set_body_json(says(message));
    let day = 24 * 60 * 60;
    for (answer, seconds) in [
        (limited("Too many requests (Retry-After: 8)"), 8),
        (limited("Too many requests (retry-after 12s)"), 12),
        (
            limited("Too many requests").insert_header("Retry-After", "5"),
            5,
        ),
        (
            limited("Too many requests (Retry-After: 8)").insert_header("Retry-After", "30"),
            30,
        ),
        (
            limited("Too many requests (Retry-After: 8)").insert_header("Retry-After", "soon"),
            8,
        ),
        (limited("Too many requests (Retry-After: 0)"), 1),
        (
            limited("Too many requests (Retry-After: 99999999999999999999999)"),
            day,
        ),
        (
            ResponseTemplate::new(429).insert_header("Retry-After", "7"),
            7,
        ),
        (
            ResponseTemplate::new(429)
                .set_body_string("<html>slow down</html>")
                .insert_header("Retry-After", "7"),
            7,
        ),
        (
            ResponseTemplate::new(200).set_body_json(says("Too many requests (Retry-After: 8)")),
            8,
        ),
        (
            ResponseTemplate::new(429)
                .insert_header("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"),
            1,
        ),
    ] {
        let error = plain(answer).await;
        assert_eq!(error.wait(), Some(Duration::from_secs(seconds)), "{error}");
        assert!(error.is_retryable());
    }
    for answer in [
        limited("Too many requests"),
        limited("Retry-After: later"),
        ResponseTemplate::new(429),
    ] {
        let wait = plain(answer).await.wait().unwrap().as_secs();
        assert!((1..=60).contains(&wait), "{wait}");
    }
}

#[tokio::test]
async fn a_second_factor_is_asked_for_with_its_methods() {
    use SecondFactorKind::{Authenticator, Email, Sms};
    let inner = |text: &str| json!({"status": false, "message": text});
    let table = [
        (
            inner(r#"{"otp_enabled": true, "otp_autosend": "authenticator"}"#),
            vec![Authenticator],
            Some(Authenticator),
        ),
        (
            inner(r#"{"otp_enabled":true,"otp_autosend":"sms","x":1}"#),
            vec![Sms],
            Some(Sms),
        ),
        (
            inner(r#"{"otp_enabled": true, "otp_autosend": null}"#),
            vec![],
            None,
        ),
        (
            inner(r#"{"otp_enabled": true, "otp_autosend": "pigeon"}"#),
            vec![],
            None,
        ),
        (
            json!({"status": false, "message": {"otp_enabled": true, "otp_autosend": "email", "sms": true}}),
            vec![Email, Sms],
            Some(Email),
        ),
        (
            inner(
                r#"{"otp_enabled": true, "otp": {"authenticator": true, "sms": false, "email": true}}"#,
            ),
            vec![Authenticator, Email],
            None,
        ),
    ];
    for status in [400, 401, 200] {
        for (body, expected, sent) in &table {
            let api = Api::answering(status, body.clone()).await;
            let error = api.client().login(&credentials()).await.unwrap_err();
            let ApiError::SecondFactor {
                methods, autosend, ..
            } = error
            else {
                panic!("{status} {body}: {error}");
            };
            assert_eq!((&methods, &autosend), (expected, sent), "{body}");
        }
    }
}

#[tokio::test]
async fn what_is_missing_rejected_or_broken_keeps_the_words() {
    let error = plain_json(404, says("Subscription not found")).await;
    assert!(matches!(error, ApiError::NotFound { .. }));
    assert_eq!(words(&error), Some("Subscription not found"));
    for (status, body) in [
        (400, says("Name is too long")),
        (200, says("Name is too long")),
        (422, json!({"status": false, "result": "Name is too long"})),
        (409, json!("Name is too long")),
    ] {
        let error = plain_json(status, body).await;
        assert!(matches!(error, ApiError::Rejected { .. }), "{error}");
        assert_eq!(words(&error), Some("Name is too long"));
        assert!(!error.is_retryable());
    }
    for answer in [
        ResponseTemplate::new(500).set_body_json(says("Internal error")),
        ResponseTemplate::new(503),
        ResponseTemplate::new(502).set_body_string("Bad Gateway"),
    ] {
        let error = plain(answer).await;
        assert!(matches!(error, ApiError::ServerFailed { .. }), "{error}");
        assert!(error.is_retryable() && !error.is_offline());
    }
}

#[tokio::test]
async fn what_is_not_the_api_is_said_to_be_that() {
    let html = |status| {
        ResponseTemplate::new(status).set_body_raw("<!DOCTYPE html><p>Sign in", "text/html")
    };
    let text =
        |status, body: &str| ResponseTemplate::new(status).set_body_raw(body, "application/json");
    let table = [
        (html(200), NotTheApi::Html { status: 200 }, false),
        (html(401), NotTheApi::Html { status: 401 }, false),
        (html(403), NotTheApi::Html { status: 403 }, false),
        (html(503), NotTheApi::Html { status: 503 }, true),
        (
            text(200, "\u{feff}  <html>"),
            NotTheApi::Html { status: 200 },
            false,
        ),
        (
            ResponseTemplate::new(200),
            NotTheApi::Empty { status: 200 },
            false,
        ),
        (text(200, " \r\n"), NotTheApi::Empty { status: 200 }, false),
        (
            ResponseTemplate::new(404),
            NotTheApi::Empty { status: 404 },
            false,
        ),
        (text(200, "OK"), NotTheApi::NotJson { status: 200 }, false),
        (
            text(200, "{\"status\": true} trailing"),
            NotTheApi::NotJson { status: 200 },
            false,
        ),
        (
            text(400, "no such host"),
            NotTheApi::NotJson { status: 400 },
            false,
        ),
        (
            text(200, "{\"status\": true, \"result\": [{\"id\": \"5bb0"),
            NotTheApi::Truncated,
            true,
        ),
        (html(407), NotTheApi::ProxyLogin, false),
        (html(511), NotTheApi::CaptivePortal, false),
    ];
    for (answer, expected, retryable) in table {
        let error = plain(answer).await;
        let ApiError::NotTheApi { what, .. } = &error else {
            panic!("{expected:?}: {error}");
        };
        assert_eq!(*what, expected);
        assert_eq!(error.is_retryable(), retryable, "{error}");
        assert!(!error.to_string().contains("DOCTYPE"), "{error}");
    }
    let api = Api::with(html(200)).await;
    let error = api
        .session
        .edit_profile(&profile(), &ProfileEdit::default())
        .await
        .unwrap_err();
    assert!(
        matches!(error, ApiError::NotTheApi { .. }),
        "a change is confirmed by the API alone"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_token_does_not_leave() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Api::with_result(json!([])).await;
        let target = format!("{}/login?next=s3cr3t-w0rd", elsewhere.server.uri());
        let answer = ResponseTemplate::new(status).insert_header("Location", target.as_str());
        let error = plain(answer).await;
        let expected = NotTheApi::Redirect {
            host: Some("127.0.0.1".to_owned()),
        };
        assert!(
            matches!(&error, ApiError::NotTheApi { what, .. } if *what == expected),
            "{error}"
        );
        assert!(!format!("{error} {error:?}").contains("s3cr3t-w0rd"));
        assert!(elsewhere.requests().await.is_empty());
    }
    let error = plain(ResponseTemplate::new(302)).await;
    assert!(error.to_string().contains("redirects elsewhere"), "{error}");
}

#[tokio::test]
async fn every_error_names_its_call_in_words() {
    let error = plain_json(400, says("no")).await;
    assert_eq!(error.call(), "list of profiles");
    assert!(
        error.to_string().starts_with("list of profiles: "),
        "{error}"
    );
}
