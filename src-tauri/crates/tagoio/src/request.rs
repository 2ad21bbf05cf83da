//! A request before it is sent: what is asked for, and which secrets it carries.

use model::Token;
use reqwest::Method;
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::login::Password;
use crate::percent::encoded;
use crate::scrub::Secrets;

/// A text that cannot stand in the path of an address as one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is empty, too long, or made of dots")]
pub struct PathPartError;

pub(crate) struct Request {
    /// What is asked for, in words; it stands in errors and logs in place of the address.
    pub(crate) call: &'static str,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: Result<Option<Vec<u8>>, String>,
    pub(crate) secrets: Secrets,
    pub(crate) carries_password: bool,
}

impl Request {
    fn new(call: &'static str, method: Method, path: impl Into<String>) -> Self {
        Self {
            call,
            method,
            path: path.into(),
            query: String::new(),
            body: Ok(None),
            secrets: Secrets::default(),
            carries_password: false,
        }
    }

    pub(crate) fn get(call: &'static str, path: impl Into<String>) -> Self {
        Self::new(call, Method::GET, path)
    }

    pub(crate) fn post(call: &'static str, path: impl Into<String>) -> Self {
        Self::new(call, Method::POST, path)
    }

    pub(crate) fn put(call: &'static str, path: impl Into<String>) -> Self {
        Self::new(call, Method::PUT, path)
    }

    pub(crate) fn delete(call: &'static str, path: impl Into<String>) -> Self {
        Self::new(call, Method::DELETE, path)
    }

    pub(crate) fn query(mut self, key: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(&encoded(key.as_ref()));
        self.query.push('=');
        self.query.push_str(&encoded(value.as_ref()));
        self
    }

    pub(crate) fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.body = serde_json::to_vec(body)
            .map(Some)
            .map_err(|error| error.to_string());
        self
    }

    /// Says that the body holds a password, and perhaps a PIN: they are scrubbed from the reply, and a
    /// 401 is about them, not about the token.
    pub(crate) fn password(mut self, password: &Password) -> Self {
        self.secrets.add(password.password.expose_secret());
        if let Some(pin) = &password.pin {
            self.secrets.add(pin.code.expose_secret());
        }
        self.with_password()
    }

    /// Says that the body holds a password.
    pub(crate) fn with_password(mut self) -> Self {
        self.carries_password = true;
        self
    }

    /// A secret that is to be scrubbed from the reply.
    pub(crate) fn secret(mut self, secret: &str) -> Self {
        self.secrets.add(secret);
        self
    }

    /// A token beside the session's own.
    pub(crate) fn token_secret(mut self, token: &Token) -> Self {
        self.secrets.add_token(token);
        self
    }
}

/// Checks an id that the API made and whose form is not documented.
pub(crate) fn path_part(text: String) -> Result<String, PathPartError> {
    let is_part = !text.is_empty() && text.len() <= 512 && text.bytes().any(|byte| byte != b'.');
    if is_part {
        Ok(text)
    } else {
        Err(PathPartError)
    }
}
