//! No secret of a request comes back in an error, whatever the API repeats of it.

use crate::common::{Api, PASSWORD, PIN, TOKEN, client_of, credentials, profile};
use model::Token;
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::json;
use tagoio::{
    ApiError, Credentials, Expire, NewToken, Password, Permission, Pin, SecondFactorKind,
};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// Everything that a person or a log could see of an error, its causes included.
fn shown(error: &ApiError) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}");
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}\n{inner}\n{inner:?}");
        cause = inner.source();
    }
    text
}

/// A server that repeats all that it was sent in its message: address, headers, body.
async fn echoing(status: u16) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(move |request: &Request| {
            let headers: Vec<_> = request
                .headers
                .iter()
                .map(|(name, value)| {
                    format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))
                })
                .collect();
            let message = format!(
                "Bad {} {} {} with {}",
                request.method,
                request.url,
                headers.join(", "),
                String::from_utf8_lossy(&request.body)
            );
            ResponseTemplate::new(status)
                .set_body_json(json!({"status": false, "message": message}))
        })
        .mount(&server)
        .await;
    server
}

fn new_token() -> NewToken {
    NewToken {
        name: "n".to_owned(),
        permission: Permission::Full,
        expire: Expire::Never,
    }
}

#[tokio::test]
async fn an_echo_of_the_whole_request_is_scrubbed() {
    for status in [400, 401, 403, 404, 409, 429, 500, 200] {
        let api = Api::of(echoing(status).await);
        let other = Token::parse("at-ffffeeee-dddd-4ccc-8bbb-aaaaaaaaaaaa").unwrap();
        let errors = [
            api.session.profiles().await.unwrap_err(),
            api.session
                .delete_token(&profile(), &other)
                .await
                .unwrap_err(),
            api.session
                .create_token(&profile(), &new_token(), &credentials())
                .await
                .unwrap_err(),
            api.client().login(&credentials()).await.unwrap_err(),
        ];
        for error in errors {
            let text = shown(&error);
            for secret in [
                TOKEN,
                &TOKEN[2..],
                PASSWORD,
                PIN,
                "ffffeeee",
                "Corr3ct",
                "horse",
            ] {
                assert!(!text.contains(secret), "{status} {secret}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn a_success_that_repeats_the_secret_is_scrubbed_as_well() {
    let api = Api::answering(
        200,
        json!({"status": true, "message": format!("Token {TOKEN} removed")}),
    )
    .await;
    let words = api
        .session
        .delete_token(&profile(), &crate::common::token())
        .await
        .unwrap()
        .unwrap();
    assert!(!words.contains(&TOKEN[2..]), "{words}");
    assert!(
        words.starts_with("Token ") && words.ends_with(" removed"),
        "{words}"
    );
}

#[tokio::test]
async fn words_come_on_one_line_and_not_without_end() {
    let long = format!("first\u{1b}[31m\r\nsecond {}", "x".repeat(100_000));
    let api = Api::answering(400, json!({"status": false, "message": long})).await;
    let text = api.session.profiles().await.unwrap_err().to_string();
    assert!(!text.contains('\n') && !text.contains('\u{1b}'));
    assert!(text.len() < 1000, "{}", text.len());
}

#[tokio::test]
async fn a_host_that_cannot_be_reached_does_not_show_the_address() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let session = client_of(&format!("http://127.0.0.1:{port}")).session(crate::common::token());
    let error = session
        .delete_token(&profile(), &crate::common::token())
        .await
        .unwrap_err();
    let text = shown(&error);
    assert!(matches!(error, ApiError::Unreachable { .. }), "{text}");
    assert!(
        !text.contains(&TOKEN[2..]) && !text.contains("/profile/"),
        "{text}"
    );
}

#[test]
fn sessions_and_credentials_print_no_secret() {
    let session = client_of("http://127.0.0.1:9").session(crate::common::token());
    let text = format!("{session:?} {:?}", credentials());
    for secret in [&TOKEN[2..], PASSWORD, PIN, "Corr3ct"] {
        assert!(!text.contains(secret), "{text}");
    }
}

/// Forms in which a server may repeat a secret.
fn forms(secret: &str) -> Vec<String> {
    let json = |text: &str| {
        let quoted = serde_json::to_string(text).unwrap();
        quoted[1..quoted.len() - 1].to_owned()
    };
    let percent: Vec<_> = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let usual: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    vec![
        secret.to_owned(),
        json(secret),
        json(&json(secret)),
        usual.replace('+', "%20"),
        usual,
        percent.concat(),
        secret.to_ascii_uppercase(),
        secret.replace('&', "&amp;").replace('<', "&lt;"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_form_of_any_secret_is_in_any_text_of_an_error(
        value in "[A-Za-z0-9]{8,40}",
        prefix in prop::sample::select(vec!["", "p-", "a-", "at-"]),
        password in "[ -~äöü€]{8,24}",
        pin in "[0-9]{6}",
        before in "[a-z ]{0,12}",
        status in prop::sample::select(vec![200_u16, 400, 401, 403, 404, 500]),
    ) {
        prop_assume!(password.trim().len() >= 6); // a shorter one may stand in our own words
        let token = Token::parse(&format!("{prefix}{value}")).unwrap();
        let credentials = Credentials {
            email: "a@example.com".to_owned(),
            password: Password {
                password: SecretString::from(password.as_str()),
                pin: Some(Pin { kind: SecondFactorKind::Sms, code: pin.as_str().into() }),
            },
        };
        let secrets = [value.as_str(), token.expose(), password.trim(), pin.as_str()];
        let echo: Vec<String> = secrets.iter().flat_map(|secret| forms(secret)).collect();
        let message = format!("{before}{}", echo.join(" | "));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let error = runtime.block_on(async {
            let api = Api::answering(status, json!({"status": false, "message": message})).await;
            let session = api.client().session(token.clone());
            session.create_token(&profile(), &new_token(), &credentials).await.unwrap_err()
        });
        let text = shown(&error);
        for secret in secrets {
            for form in forms(secret) {
                prop_assert!(!text.contains(&form), "{form:?} in {text}");
            }
        }
    }
}
