//! Reads an answer off the wire, or says why none came.

use std::error::Error;

use reqwest::Response;
use reqwest::header::{LOCATION, RETRY_AFTER};

use crate::error::{ApiError, NotTheApi, Unreachable};
use crate::scrub::Secrets;

/// An answer, whatever it says.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    /// The host of a redirect's target; nothing else of it is kept.
    pub(crate) redirect_host: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// Reads an answer up to `limit` bytes and no further.
pub(crate) async fn read(
    call: &'static str,
    secrets: &Secrets,
    limit: usize,
    mut response: Response,
) -> Result<Answer, ApiError> {
    let too_large = ApiError::TooLarge { call, limit };
    if response
        .content_length()
        .is_some_and(|length| length > limit as u64)
    {
        return Err(too_large);
    }
    let header = |name| {
        let value = response.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let mut answer = Answer {
        status: response.status().as_u16(),
        retry_after: header(RETRY_AFTER),
        redirect_host: header(LOCATION)
            .and_then(|target| response.url().join(&target).ok())
            .and_then(|target| target.host_str().map(str::to_owned)),
        body: Vec::new(),
    };
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| unreachable(call, secrets, &error))?
    {
        if answer.body.len() + chunk.len() > limit {
            return Err(too_large);
        }
        answer.body.extend_from_slice(&chunk);
    }
    Ok(answer)
}

/// Where it broke off. Nothing of the request's address is kept.
pub(crate) fn unreachable(
    call: &'static str,
    secrets: &Secrets,
    error: &reqwest::Error,
) -> ApiError {
    let why = if error.is_timeout() {
        if error.is_connect() {
            Unreachable::ConnectTimeout
        } else {
            Unreachable::Timeout
        }
    } else if chain(error).any(is_tls) {
        Unreachable::Tls
    } else if says(error, "dns error") {
        Unreachable::Dns
    } else if says(error, "tunnel error") {
        // What a proxy says to CONNECT comes as an error, never as an answer.
        if says(error, "tunnel error: proxy authorization required") {
            return ApiError::NotTheApi {
                call,
                what: NotTheApi::ProxyLogin,
            };
        }
        Unreachable::Proxy
    } else if error.is_connect() {
        Unreachable::Tcp
    } else if error.is_body() || error.is_decode() || error.is_request() {
        Unreachable::Dropped
    } else {
        Unreachable::Other
    };
    let detail = match why {
        Unreachable::Timeout | Unreachable::ConnectTimeout => None,
        _ => Some(secrets.scrub(&deepest(error))),
    };
    ApiError::Unreachable { call, why, detail }
}

/// The words of the innermost cause, which knows neither the address nor the request.
pub(crate) fn deepest(error: &reqwest::Error) -> String {
    chain(error)
        .last()
        .map_or_else(|| "no reason is known".to_owned(), ToString::to_string)
}

/// The causes of an error, without the error itself, whose words name the address.
fn chain<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause| (**cause).source())
}

/// hyper keeps the types of these causes to itself; a test of each text tells if one changes.
fn says(error: &reqwest::Error, words: &str) -> bool {
    chain(error).any(|cause| cause.to_string().starts_with(words))
}

/// rustls' errors come wrapped in one or more `io::Error`s, whose `source` skips what they wrap.
fn is_tls(cause: &(dyn Error + 'static)) -> bool {
    let mut cause = cause;
    while let Some(inner) = cause
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref)
    {
        cause = inner;
    }
    cause.is::<rustls::Error>()
}
