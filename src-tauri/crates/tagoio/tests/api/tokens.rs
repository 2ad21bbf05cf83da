//! Tokens: the list to its end, new ones, deletion, moving, and a token's own information.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::common::{Api, call, credentials, profile, sent};
use futures::{StreamExt, TryStreamExt};
use model::Token;
use serde_json::{Value, json};
use tagoio::{ApiError, Expire, Expiry, LastUse, NewToken, Permission, TokenFilter, TokenRow};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

const PATH: &str = "/profile/5bb0a0c9f1d2e3a4b5c6d7e8/token";

fn row(number: usize) -> Value {
    json!({"token": format!("{number:08}-0000-4000-8000-000000000000"), "name": "same name",
           "permission": "full", "created_at": "2026-01-01T00:00:00.000Z"})
}

/// Answers with rows of a list as the page's number says; `most` caps a page whatever is asked.
struct Pages {
    rows: Vec<Value>,
    most: usize,
    numbered: bool,
}

impl Respond for Pages {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let number = |key| {
            let (_, value) = request.url.query_pairs().find(|(name, _)| name == key)?;
            value.parse::<usize>().ok()
        };
        let size = number("amount").unwrap_or(20).min(self.most);
        let page = if self.numbered {
            number("page").unwrap_or(1)
        } else {
            1
        };
        let rows: Vec<_> = self
            .rows
            .iter()
            .skip((page - 1) * size)
            .take(size)
            .collect();
        ResponseTemplate::new(200).set_body_json(json!({"status": true, "result": rows}))
    }
}

async fn listed(pages: Pages) -> (Vec<TokenRow>, usize) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(pages).mount(&server).await;
    let api = Api::of(server);
    let rows = api.session.tokens(&profile(), TokenFilter::default());
    (
        rows.try_collect().await.unwrap(),
        api.requests().await.len(),
    )
}

#[tokio::test]
async fn every_token_comes_once_however_full_the_last_page_is() {
    for (count, most, requests) in [
        (0, 1000, 1),
        (1, 1000, 1),
        (19, 1000, 1),
        (99, 1000, 2),
        (100, 1000, 2),
        (101, 1000, 2),
        (200, 1000, 3),
        (250, 1000, 4),
        // A server that caps its pages below what is asked.
        (20, 20, 2),
        (60, 20, 4),
        (65, 20, 4),
        (130, 50, 4),
    ] {
        let pages = Pages {
            rows: (0..count).map(row).collect(),
            most,
            numbered: true,
        };
        let (rows, sent) = listed(pages).await;
        let got: Vec<_> = rows
            .iter()
            .map(|row| {
                row.value.as_ref().unwrap().expose()[..8]
                    .parse::<usize>()
                    .unwrap()
            })
            .collect();
        assert_eq!(got, (0..count).collect::<Vec<_>>(), "{count} by {most}");
        assert_eq!(sent, requests, "{count} by {most}");
    }
}

#[tokio::test]
async fn a_server_that_ignores_the_page_does_not_repeat_the_list_for_ever() {
    for count in [5, 40, 100] {
        let pages = Pages {
            rows: (0..count).map(row).collect(),
            most: 1000,
            numbered: false,
        };
        let (rows, sent) = listed(pages).await;
        assert_eq!(rows.len(), count);
        assert!(sent <= 2, "{sent}");
    }
}

#[tokio::test]
async fn rows_without_a_value_are_all_kept_though_they_look_alike() {
    let mut rows = vec![json!({"name": "withheld"}); 25];
    rows.extend(vec![json!({"name": "other"}); 10]);
    let (rows, _) = listed(Pages {
        rows,
        most: 20,
        numbered: true,
    })
    .await;
    assert_eq!(rows.len(), 35);
}

#[tokio::test]
async fn a_token_that_slips_to_the_next_page_while_the_list_is_read_comes_once() {
    let server = MockServer::start().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    Mock::given(any())
        .respond_with(move |_: &Request| {
            let from = match count.fetch_add(1, Ordering::SeqCst) {
                0 => 0..100,
                _ => 99..110, // one was made in between: the last one of the first page moved
            };
            let rows: Vec<_> = from.map(row).collect();
            ResponseTemplate::new(200).set_body_json(json!({"status": true, "result": rows}))
        })
        .mount(&server)
        .await;
    let api = Api::of(server);
    let rows: Vec<_> = api
        .session
        .tokens(&profile(), TokenFilter::default())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(rows.len(), 110);
}

#[tokio::test]
async fn the_list_asks_for_every_field_in_the_form_of_the_official_client() {
    let api = Api::with_result(json!([])).await;
    let filter = TokenFilter {
        name: Some("abc*".to_owned()),
    };
    let rows: Vec<_> = api
        .session
        .tokens(&profile(), filter)
        .try_collect()
        .await
        .unwrap();
    assert!(rows.is_empty());
    let target = format!(
        "{PATH}?page=1&fields%5B0%5D=token&fields%5B1%5D=name&fields%5B2%5D=type\
         &fields%5B3%5D=permission&fields%5B4%5D=serie_number&fields%5B5%5D=last_authorization\
         &fields%5B6%5D=verification_code&fields%5B7%5D=expire_time&fields%5B8%5D=ref_id\
         &fields%5B9%5D=created_at&fields%5B10%5D=created_by&filter%5Bname%5D=abc%2A\
         &amount=100&orderBy=created_at%2Cdesc"
    );
    assert_eq!(api.request().await, call("GET", &target, Value::Null));
}

#[tokio::test]
async fn rows_are_read_whatever_is_missing_and_hide_their_value() {
    let api = Api::with_result(json!([
        {"token": "p-aaaa1111-2222", "name": "A", "type": "profile", "permission": "write",
         "serie_number": null, "last_authorization": "2026-02-03T04:05:06.000Z",
         "verification_code": null, "expire_time": "never", "ref_id": "5bb0a0c9f1d2e3a4b5c6d7e8",
         "created_at": "2025-01-01T00:00:00.000Z", "created_by": "6ad1b0c9f1d2e3a4b5c6d7ff"},
        {"token": "bbbb", "expire_time": "2027-01-01T00:00:00.000Z", "permission": "admin", "serie_number": 77},
        {"token": null, "expire_time": null, "permission": null, "last_authorization": "never"},
        {"expire_time": "3 month"},
        {},
    ]))
    .await;
    let rows: Vec<_> = api
        .session
        .tokens(&profile(), TokenFilter::default())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(rows[0].value.as_ref().unwrap().expose(), "p-aaaa1111-2222");
    assert_eq!(rows[0].permission, Some(Permission::Write));
    assert_eq!(rows[0].expiry, Expiry::Never);
    assert_eq!(rows[0].kind.as_deref(), Some("profile"));
    assert_eq!(
        rows[0].created_by.as_deref(),
        Some("6ad1b0c9f1d2e3a4b5c6d7ff")
    );
    assert_eq!(
        rows[1].expiry,
        Expiry::At("2027-01-01T00:00:00Z".parse().unwrap())
    );
    assert_eq!(
        rows[1].permission,
        Some(Permission::Other("admin".to_owned()))
    );
    assert_eq!(rows[1].serial.as_deref(), Some("77"));
    assert_eq!(
        (rows[2].expiry, rows[2].last_authorization),
        (Expiry::Unknown, LastUse::Never)
    );
    assert_eq!(
        (rows[3].expiry, rows[3].last_authorization),
        (Expiry::Unknown, LastUse::Unknown)
    );
    assert_eq!(rows[4].name, None);
    assert!(!format!("{rows:?}").contains("aaaa1111"));
}

#[tokio::test]
async fn a_page_that_fails_ends_the_list_with_its_error() {
    let server = MockServer::start().await;
    let rows: Vec<_> = (0..100).map(row).collect();
    Mock::given(wiremock::matchers::query_param("page", "1"))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({"status": true, "result": rows})),
        )
        .mount(&server)
        .await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(500))
        .with_priority(9)
        .mount(&server)
        .await;
    let api = Api::of(server);
    let all: Vec<_> = api
        .session
        .tokens(&profile(), TokenFilter::default())
        .collect()
        .await;
    assert_eq!(all.len(), 101);
    assert!(all[..100].iter().all(Result::is_ok));
    assert!(matches!(
        all[100],
        Err(ApiError::ServerFailed { status: 500, .. })
    ));
}

#[tokio::test]
async fn a_new_token_carries_the_password_and_always_its_expiry() {
    let table = [
        (Expire::Never, json!("never")),
        (Expire::After("3 month".to_owned()), json!("3 month")),
        (
            Expire::At("2027-01-01T00:00:00Z".parse().unwrap()),
            json!("2027-01-01T00:00:00.000Z"),
        ),
    ];
    for (expire, expire_time) in table {
        let api = Api::with_result(
            json!({"token": "p-new-value", "expire_date": "never", "permission": "read"}),
        )
        .await;
        let new = NewToken {
            name: "CI".to_owned(),
            permission: Permission::Read,
            expire,
        };
        let made = api
            .session
            .create_token(&profile(), &new, &credentials())
            .await
            .unwrap();
        assert_eq!(made.token.expose(), "p-new-value");
        assert_eq!(made.expiry, Expiry::Never);
        assert_eq!(made.permission, Some(Permission::Read));
        assert!(!format!("{made:?}").contains("new-value"));
        let body = json!({"name": "CI", "permission": "read", "expire_time": expire_time,
            "email": "admin@example.com", "password": crate::common::PASSWORD,
            "pin_code": crate::common::PIN, "otp_type": "authenticator"});
        assert_eq!(api.request().await, call("POST", PATH, body));
    }
}

#[tokio::test]
async fn a_new_token_without_a_value_is_an_unexpected_shape() {
    let api = Api::with_result(json!({"token": null, "permission": "read"})).await;
    let new = NewToken {
        name: "CI".to_owned(),
        permission: Permission::Read,
        expire: Expire::Never,
    };
    let error = api
        .session
        .create_token(&profile(), &new, &credentials())
        .await
        .unwrap_err();
    let ApiError::UnexpectedShape { path, what, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(
        (path.as_str(), what.as_str()),
        ("$.result.token", "a token was expected")
    );
}

#[tokio::test]
async fn a_token_is_deleted_by_its_value_and_never_turns_into_another_call() {
    let api = Api::with_result(json!("Token removed")).await;
    let other = Token::parse("at-99_x.y").unwrap();
    api.session.delete_token(&profile(), &other).await.unwrap();
    let target = format!("{PATH}/at-99_x.y");
    assert_eq!(api.request().await, call("DELETE", &target, Value::Null));

    for dots in [".", ".."] {
        let api = Api::with_result(json!("gone")).await;
        let error = api
            .session
            .delete_token(&profile(), &Token::parse(dots).unwrap())
            .await
            .unwrap_err();
        assert!(matches!(error, ApiError::Unsendable { .. }), "{error}");
        assert_eq!(api.requests().await.len(), 0);
    }
}

#[tokio::test]
async fn the_tokens_own_move_and_information_are_asked_for() {
    let api = Api::with_result(json!("ok")).await;
    api.session.move_token(&profile()).await.unwrap();
    let path = "/profile/switch/5bb0a0c9f1d2e3a4b5c6d7e8";
    assert_eq!(api.request().await, call("PUT", path, Value::Null));

    for (reply, expiry) in [
        (
            json!({"name": "T", "type": "profile", "permission": "full", "expire_time": "never",
                "last_authorization": null, "ref_id": "5bb0a0c9f1d2e3a4b5c6d7e8",
                "profile": {"id": "5bb0a0c9f1d2e3a4b5c6d7e8", "name": "P"}}),
            Expiry::Never,
        ),
        (
            json!({"id": "d", "type": "device", "profile": "5bb0a0c9f1d2e3a4b5c6d7e8", "tags": []}),
            Expiry::Unknown,
        ),
    ] {
        let api = Api::with_result(reply).await;
        let info = api.session.token_info().await.unwrap();
        assert_eq!(info.expiry, expiry);
        assert_eq!(info.profile, Some(profile()));
        assert_eq!(
            sent(&api.requests().await[0]),
            call("GET", "/info", Value::Null)
        );
    }
}

#[tokio::test]
async fn the_token_travels_in_its_header_alone() {
    let api = Api::with_result(json!([])).await;
    api.session.profiles().await.unwrap();
    let request = &api.requests().await[0];
    assert_eq!(request.headers["token"], crate::common::TOKEN);
    assert!(!request.url.as_str().contains(crate::common::TOKEN));
    assert!(request.body.is_empty());
}
