//! A server on loopback, and what every test asks of it.

use model::{AccountId, ProfileId, Token};
use serde_json::{Value, json};
use tagoio::{
    Client, ClientOptions, Credentials, Password, Pin, Region, SecondFactorKind, Session,
};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

pub(crate) const TOKEN: &str = "p-7d1f0c2a-55aa-4e0b-9c3d-1234567890ab";
pub(crate) const PASSWORD: &str = "Corr3ct \"horse\"/<batt&ry>";
pub(crate) const PIN: &str = "480917";

pub(crate) fn profile() -> ProfileId {
    "5bb0a0c9f1d2e3a4b5c6d7e8".parse().unwrap()
}

pub(crate) fn account() -> AccountId {
    "6ad1b0c9f1d2e3a4b5c6d7ff".parse().unwrap()
}

pub(crate) fn token() -> Token {
    Token::parse(TOKEN).unwrap()
}

pub(crate) fn password() -> Password {
    Password {
        password: PASSWORD.into(),
        pin: None,
    }
}

pub(crate) fn password_and_pin() -> Password {
    Password {
        password: PASSWORD.into(),
        pin: Some(Pin {
            kind: SecondFactorKind::Authenticator,
            code: PIN.into(),
        }),
    }
}

pub(crate) fn credentials() -> Credentials {
    Credentials {
        email: "admin@example.com".to_owned(),
        password: password_and_pin(),
    }
}

pub(crate) fn client_of(base: &str) -> Client {
    Client::new(Region::parse(base).unwrap(), ClientOptions::default()).unwrap()
}

/// A server that gives the same answer to everything.
pub(crate) struct Api {
    pub(crate) server: MockServer,
    pub(crate) session: Session,
}

impl Api {
    pub(crate) async fn answering(status: u16, body: Value) -> Self {
        Self::with(ResponseTemplate::new(status).set_body_json(body)).await
    }

    /// The usual envelope around a result.
    pub(crate) async fn with_result(result: Value) -> Self {
        Self::answering(200, json!({"status": true, "result": result})).await
    }

    pub(crate) async fn with(answer: ResponseTemplate) -> Self {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).mount(&server).await;
        Self::of(server)
    }

    pub(crate) fn of(server: MockServer) -> Self {
        let session = client_of(&server.uri()).session(token());
        Self { server, session }
    }

    pub(crate) fn client(&self) -> &Client {
        self.session.client()
    }

    pub(crate) async fn requests(&self) -> Vec<Request> {
        self.server.received_requests().await.unwrap()
    }

    /// The only request: method, path with its query as sent, and body.
    pub(crate) async fn request(&self) -> (String, String, Value) {
        let requests = self.requests().await;
        assert_eq!(requests.len(), 1, "one request is sent");
        sent(&requests[0])
    }
}

/// Method, path with its query as sent, and body (`null` if there is none).
pub(crate) fn sent(request: &Request) -> (String, String, Value) {
    let target = match request.url.query() {
        Some(query) => format!("{}?{query}", request.url.path()),
        None => request.url.path().to_owned(),
    };
    let body = if request.body.is_empty() {
        Value::Null
    } else {
        assert_eq!(request.headers["content-type"], "application/json");
        serde_json::from_slice(&request.body).unwrap()
    };
    (request.method.to_string(), target, body)
}

/// Method, target and body as they are expected.
pub(crate) fn call(method: &str, target: &str, body: Value) -> (String, String, Value) {
    (method.to_owned(), target.to_owned(), body)
}
