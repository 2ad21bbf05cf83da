//! Answers in TagoIO's form.
#![expect(
    clippy::unnecessary_wraps,
    reason = "a route ends with one of these, and routes can fail"
)]

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::world::statistics::Amount;
use crate::world::{Amounts, Service};

const JSON: &str = "application/json; charset=utf-8";

/// What a route answers.
pub(crate) type Reply = Result<Response, Failure>;

/// A refusal: a status and a message for a person.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    message: String,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    /// 400: the request itself is wrong.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 403 in the words that TagoIO uses for every missing permission.
    pub(crate) fn denied() -> Self {
        Self::new(StatusCode::FORBIDDEN, "Authorization Denied")
    }

    /// 404.
    pub(crate) fn missing(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what} not found"))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (
            self.status,
            json_body(&json!({"status": false, "message": self.message})),
        )
            .into_response()
    }
}

/// `{"status": true, "result": …}`.
pub(crate) fn result<T: Serialize>(result: &T) -> Reply {
    #[derive(Serialize)]
    struct Success<'a, T> {
        status: bool,
        result: &'a T,
    }
    Ok(json_body(&Success {
        status: true,
        result,
    }))
}

/// Like [`result`], of what appends its own JSON.
pub(crate) fn written(push: impl FnOnce(&mut String)) -> Reply {
    let mut body = "{\"status\":true,\"result\":".to_owned();
    push(&mut body);
    body.push('}');
    Ok(([(header::CONTENT_TYPE, JSON)], body).into_response())
}

/// A message as the result, the form that both SDKs read.
pub(crate) fn said(message: &str) -> Reply {
    result(&message)
}

/// A message of its own beside the status, the other form there is. The SDKs cannot read it, so it
/// stands where they offer no call.
pub(crate) fn told(message: &str) -> Reply {
    Ok(json_body(&json!({"status": true, "message": message})))
}

/// The object alone, without a status.
pub(crate) fn bare(value: &Value) -> Reply {
    Ok(json_body(value))
}

fn json_body<T: Serialize>(value: &T) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => ([(header::CONTENT_TYPE, JSON)], body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// ISO 8601, UTC, milliseconds.
pub(crate) fn time(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// Like [`time`]; `null` when there is none.
pub(crate) fn maybe_time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| time(at).into())
}

/// A number, without a point when it is whole.
pub(crate) fn number(amount: f64) -> Value {
    serde_json::to_value(Amount(amount)).unwrap_or(Value::Null)
}

/// An object with a number for each of these services.
pub(crate) fn amounts(services: &[Service], amounts: &Amounts) -> Map<String, Value> {
    services
        .iter()
        .map(|service| (service.key().to_owned(), number(amounts[*service as usize])))
        .collect()
}
