//! What an answer means: a result, or which of the refusals.

use std::time::Duration;

use jiff::fmt::rfc2822;
use model::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::envelope::Json;
use crate::error::{ApiError, NotTheApi, is_authorization_denied};
use crate::outcome::Answer;
use crate::scrub::Secrets;
use crate::{Reply, SecondFactorKind, lenient};

/// The longest wait that is believed.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// What a request carried; a refusal is read by it.
#[derive(Clone, Copy)]
pub(crate) struct Carried {
    pub(crate) token: bool,
    pub(crate) password: bool,
}

/// The answer's JSON, if it is a success. An answer without content is `null`.
pub(crate) fn accept(
    call: &'static str,
    secrets: &Secrets,
    carried: Carried,
    mut answer: Answer,
) -> Result<Json, ApiError> {
    let status = answer.status;
    let not_the_api = |what| Err(ApiError::NotTheApi { call, what });
    match status {
        204 | 205 => return Ok(Json::null()),
        300..=399 => {
            let host = answer.redirect_host.as_deref();
            return not_the_api(NotTheApi::Redirect {
                host: host.map(|host| secrets.scrub(host)),
            });
        }
        407 => return not_the_api(NotTheApi::ProxyLogin),
        511 => return not_the_api(NotTheApi::CaptivePortal),
        _ => {}
    }
    let body = std::mem::take(&mut answer.body);
    let refusal = Refusal {
        call,
        secrets,
        carried,
        answer: &answer,
    };
    let json = match json(body, status) {
        Ok(json) => json,
        Err(_) if status == 429 => return Err(refusal.read(None)),
        // Without words the status alone speaks, where only the API's own front would say it.
        Err(NotTheApi::Empty { .. }) if status == 401 || status >= 500 => {
            return Err(refusal.read(None));
        }
        Err(NotTheApi::NotJson { .. }) if status >= 500 => return Err(refusal.read(None)),
        Err(what) => return not_the_api(what),
    };
    if (200..=299).contains(&status) && !json.says_no {
        return Ok(json);
    }
    Err(refusal.read(json.whole().as_ref()))
}

/// The result as a `T`: what stands under `result`, or the whole where there is no envelope.
pub(crate) fn read<T: DeserializeOwned>(
    call: &'static str,
    secrets: &Secrets,
    json: &Json,
) -> Result<T, ApiError> {
    let root = json.root();
    json.shaped()
        .map_err(|(path, what)| ApiError::UnexpectedShape {
            call,
            path: match path.as_str() {
                "." => root.to_owned(),
                path if path.starts_with('[') => secrets.scrub(&format!("{root}{path}")),
                path => secrets.scrub(&format!("{root}.{path}")),
            },
            what: secrets.scrub(&what),
        })
}

/// The API's words after a success: a text under `result`, or its `message`.
pub(crate) fn words(secrets: &Secrets, json: &Json) -> Reply {
    let json = json.whole()?;
    let words = [json.get("result"), json.get("message"), Some(&json)]
        .into_iter()
        .flatten()
        .find_map(Value::as_str)?;
    Some(secrets.scrub(words)).filter(|words| !words.is_empty())
}

fn json(mut body: Vec<u8>, status: u16) -> Result<Json, NotTheApi> {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&body);
    let start = body.len() - text.trim_ascii_start().len();
    body.truncate(body.trim_ascii_end().len());
    body.drain(..start.min(body.len()));
    match body.first() {
        None => Err(NotTheApi::Empty { status }),
        Some(b'<') => Err(NotTheApi::Html { status }),
        Some(_) => Json::of(body).map_err(|error| {
            if error.is_eof() {
                NotTheApi::Truncated
            } else {
                NotTheApi::NotJson { status }
            }
        }),
    }
}

/// An answer that is no success.
struct Refusal<'a> {
    call: &'static str,
    secrets: &'a Secrets,
    carried: Carried,
    answer: &'a Answer,
}

impl Refusal<'_> {
    fn read(&self, json: Option<&Value>) -> ApiError {
        let (call, status) = (self.call, self.answer.status);
        let said = json.and_then(said);
        if let Some((methods, autosend)) = said.and_then(second_factor) {
            return ApiError::SecondFactor {
                call,
                methods,
                autosend,
            };
        }
        let raw = said.and_then(Value::as_str).unwrap_or_default();
        let message = Some(self.secrets.scrub(raw)).filter(|words| !words.is_empty());
        let named_wait = wait_in(raw);
        if status == 429 || (status < 500 && named_wait.is_some()) {
            let wait = named_wait
                .max(self.answer.retry_after.as_deref().and_then(wait_of_header))
                .unwrap_or_else(to_the_next_minute);
            return ApiError::RateLimited {
                call,
                wait: wait.clamp(Duration::from_secs(1), LONGEST_WAIT),
            };
        }
        if status >= 500 {
            return ApiError::ServerFailed {
                call,
                status,
                message,
            };
        }
        match message {
            Some(message) if status != 403 && is_authorization_denied(&message) => {
                if self.carried.token {
                    ApiError::Denied { call, message }
                } else {
                    ApiError::NotPermitted {
                        call,
                        message: Some(message),
                    }
                }
            }
            message if self.is_about_the_password(message.as_deref()) => {
                ApiError::WrongPassword { call, message }
            }
            message => match status {
                401 => ApiError::SignedOut { call },
                403 => ApiError::NotPermitted { call, message },
                404 => ApiError::NotFound { call, message },
                _ => ApiError::Rejected {
                    call,
                    status,
                    message,
                },
            },
        }
    }

    /// A 401 on a call with a password is about the password, unless its words are about the token
    /// alone. A 400 can be about anything else in the body, so its words must say so, if there are any.
    fn is_about_the_password(&self, message: Option<&str>) -> bool {
        const CREDENTIALS: [&str; 7] = [
            "password",
            "pin",
            "credential",
            "otp",
            "factor",
            "authenticat",
            "code",
        ];
        if !self.carried.password {
            return false;
        }
        let words = message.unwrap_or_default().to_ascii_lowercase();
        let names_credentials = words
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| match word {
                "pin" | "pincode" | "otp" | "code" => true,
                _ => CREDENTIALS
                    .iter()
                    .any(|start| start.len() > 4 && word.starts_with(start)),
            });
        match self.answer.status {
            401 => names_credentials || !(self.carried.token && words.contains("token")),
            400 => names_credentials || words.is_empty(),
            _ => false,
        }
    }
}

/// Where a refusal's words stand: `message`, `result`, or the whole.
fn said(json: &Value) -> Option<&Value> {
    match json {
        Value::Object(entries) => entries
            .get("message")
            .filter(|words| !words.is_null())
            .or_else(|| entries.get("result")),
        Value::String(_) => Some(json),
        _ => None,
    }
}

/// `{"otp_enabled": true, "otp_autosend": "authenticator"}`, most often as JSON in a string.
fn second_factor(said: &Value) -> Option<(Vec<SecondFactorKind>, Option<SecondFactorKind>)> {
    let inner;
    let entries = match said {
        Value::Object(entries) => entries,
        Value::String(text) if text.trim_start().starts_with('{') => {
            inner = serde_json::from_str::<Map<String, Value>>(text).ok()?;
            &inner
        }
        _ => return None,
    };
    let autosend = entries
        .get("otp_autosend")
        .and_then(Value::as_str)
        .and_then(SecondFactorKind::from_key);
    let enabled = entries.get("otp_enabled").and_then(lenient::as_flag);
    if autosend.is_none() && enabled != Some(true) {
        return None;
    }
    let mut methods: Vec<_> = autosend.into_iter().collect();
    for (key, value) in entries
        .values()
        .filter_map(Value::as_object)
        .flatten()
        .chain(entries)
    {
        if let Some(kind) = SecondFactorKind::from_key(key)
            && lenient::as_flag(value) == Some(true)
            && !methods.contains(&kind)
        {
            methods.push(kind);
        }
    }
    Some((methods, autosend))
}

/// The seconds in `Too many requests (Retry-After: 8)`.
fn wait_in(words: &str) -> Option<Duration> {
    const MARK: &str = "retry-after";
    let place = words.to_ascii_lowercase().find(MARK)?;
    let rest = words[place + MARK.len()..].trim_start_matches([':', '=', ' ']);
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    (digits > 0).then(|| seconds(&rest[..digits]))
}

/// A `Retry-After` header: seconds, or a date.
fn wait_of_header(value: &str) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(seconds(value));
    }
    let at = rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default())
}

/// Digits; more than a number can hold are the longest wait.
fn seconds(digits: &str) -> Duration {
    digits.parse().map_or(LONGEST_WAIT, Duration::from_secs)
}

/// The API counts requests by the minute of the clock.
fn to_the_next_minute() -> Duration {
    let into = Timestamp::now().as_second().rem_euclid(60);
    Duration::from_secs(60_u64.saturating_sub(into.unsigned_abs()))
}
