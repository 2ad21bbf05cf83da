//! The connection to one API host, and the one place through which every request goes.

use std::fmt;
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use model::Token;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;
use url::Url;

use crate::envelope::Json;
use crate::error::ApiError;
use crate::outcome::Answer;
use crate::pace::{Asked, Before, Next, Pace};
use crate::reply::Carried;
use crate::request::Request;
use crate::scrub::Secrets;
use crate::{Region, Reply, outcome, reply};

/// Is told of each request after it ended, whatever its end. It must not block.
pub type Observer = Arc<dyn Fn(&Seen) + Send + Sync>;

/// A request that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What was asked for, in words.
    pub call: &'static str,
    /// The HTTP status; `None` if no answer came.
    pub status: Option<u16>,
    /// From sending to the end of the reply.
    pub took: Duration,
}

/// How a client behaves.
#[derive(Clone)]
pub struct ClientOptions {
    /// How long connecting may take, TLS included. 10 s by default.
    pub connect_timeout: Duration,
    /// How long a call may take in all, the reading of its reply included. 60 s by default.
    pub timeout: Duration,
    /// How many bytes of a reply are read at most. 32 MiB by default.
    pub reply_limit: usize,
    /// What the program calls itself.
    pub user_agent: String,
    /// Sees each request, for counting and pacing.
    pub observer: Option<Observer>,
}

/// A client cannot be made: the system's certificates cannot be used, or an option cannot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("secure connections cannot be set up on this system: {0}")]
pub struct SetupError(String);

/// A connection pool to one API host. Cloning is cheap and shares the pool.
///
/// HTTPS by rustls with the certificates that the system trusts. The proxy of the environment is
/// used, but never for this machine's own addresses. No redirect is followed.
#[derive(Clone)]
pub struct Client(Arc<Shared>);

struct Shared {
    http: reqwest::Client,
    region: Region,
    options: ClientOptions,
}

/// A [`Client`] with a token. Cloning is cheap. `Debug` does not show the token.
#[derive(Clone, Debug)]
pub struct Session {
    client: Client,
    token: Token,
    pace: Option<Arc<dyn Pace>>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_mins(1),
            reply_limit: 32 * 1024 * 1024,
            user_agent: format!("ProfileDesk/{}", env!("CARGO_PKG_VERSION")),
            observer: None,
        }
    }
}

impl Client {
    /// A client for a region. Nothing is sent.
    pub fn new(region: Region, options: ClientOptions) -> Result<Self, SetupError> {
        Self::built(region, options, |builder| builder)
    }

    fn built(
        region: Region,
        options: ClientOptions,
        finish: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<Self, SetupError> {
        use_ring();
        let mut builder = reqwest::Client::builder()
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(options.connect_timeout)
            .timeout(options.timeout)
            .user_agent(&options.user_agent)
            .https_only(!region.is_loopback());
        if region.is_loopback() {
            // The environment's proxy settings have no exception for loopback by themselves.
            builder = builder.no_proxy();
        }
        let http = finish(builder)
            .build()
            .map_err(|error| SetupError(outcome::deepest(&error)))?;
        Ok(Self(Arc::new(Shared {
            http,
            region,
            options,
        })))
    }

    /// The API host.
    pub fn region(&self) -> &Region {
        &self.0.region
    }

    /// This client with a token.
    pub fn session(&self, token: Token) -> Session {
        Session {
            client: self.clone(),
            token,
            pace: None,
        }
    }

    /// Sends a request and reads its result as a `T`.
    pub(crate) async fn fetch<T: DeserializeOwned>(
        &self,
        signed: Signed<'_>,
        request: Request,
    ) -> Result<T, ApiError> {
        let call = request.call;
        let (secrets, json) = self.send(signed, request).await?;
        reply::read(call, &secrets, &json)
    }

    /// Sends a request whose result is words at most.
    pub(crate) async fn tell(
        &self,
        signed: Signed<'_>,
        request: Request,
    ) -> Result<Reply, ApiError> {
        let (secrets, json) = self.send(signed, request).await?;
        Ok(reply::words(&secrets, &json))
    }

    /// Every request goes through here: once, or as often as its pace says.
    async fn send(
        &self,
        signed: Signed<'_>,
        request: Request,
    ) -> Result<(Secrets, Json), ApiError> {
        let call = request.call;
        let mut secrets = request.secrets;
        let body = request.body.map_err(|why| ApiError::Unsendable {
            call,
            why: format!("its content cannot be written as JSON: {why}"),
        })?;
        let address = address(self.region(), &request.path, &request.query).ok_or_else(|| {
            ApiError::Unsendable {
                call,
                why: "what it names cannot stand in an address. Check the id or the token."
                    .to_owned(),
            }
        })?;
        let mut headers = HeaderMap::new();
        if let Some(token) = signed.token {
            secrets.add_token(token);
            let mut value =
                HeaderValue::from_str(token.expose()).map_err(|_| ApiError::Unsendable {
                    call,
                    why: "the token holds a character that no header can carry. Copy it once more."
                        .to_owned(),
                })?;
            value.set_sensitive(true);
            headers.insert("token", value);
        }
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let carried = Carried {
            token: signed.token.is_some(),
            password: request.carries_password,
        };
        let asked = Asked::of(call, &request.method, &request.path);
        let mut before = Before::default();
        loop {
            let mut turn = match signed.pace {
                Some(pace) => Some(
                    pace.turn(&asked, before)
                        .await
                        .ok_or(ApiError::Withdrawn { call })?,
                ),
                None => None,
            };
            let mut sent = self
                .0
                .http
                .request(request.method.clone(), address.clone())
                .headers(headers.clone());
            if let Some(body) = &body {
                sent = sent.body(body.clone());
            }
            let answer = self.once(call, &secrets, sent).await;
            if let Some(turn) = &mut turn {
                turn.answered();
                // Who waits for the place is woken on this thread: it sends first, then this answer is read.
                tokio::task::yield_now().await;
            }
            let json = answer.and_then(|answer| reply::accept(call, &secrets, carried, answer));
            let next = turn.map_or(Next::End, |turn| turn.ended(json.as_ref().err()));
            match next {
                Next::End => return json.map(|json| (secrets, json)),
                Next::AnotherTurn => before.refusals += 1,
                Next::Repeat(wait) => {
                    before.repeats += 1;
                    if let Some(pace) = signed.pace {
                        pace.pause(wait).await;
                    }
                }
            }
        }
    }

    async fn once(
        &self,
        call: &'static str,
        secrets: &Secrets,
        sent: reqwest::RequestBuilder,
    ) -> Result<Answer, ApiError> {
        let options = &self.0.options;
        let started = Instant::now();
        let (status, answer) = match sent.send().await {
            Ok(response) => {
                let status = response.status().as_u16();
                let answer = outcome::read(call, secrets, options.reply_limit, response).await;
                (Some(status), answer)
            }
            Err(error) => (None, Err(outcome::unreachable(call, secrets, &error))),
        };
        let seen = Seen {
            call,
            status,
            took: started.elapsed(),
        };
        tracing::debug!(call, status, took = ?seen.took, "request");
        if let Some(observer) = &options.observer {
            observer(&seen);
        }
        answer
    }
}

impl Session {
    /// The client without the token.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The API host.
    pub fn region(&self) -> &Region {
        self.client.region()
    }

    /// This session, with somebody who says when each of its requests is sent, and whether again.
    #[must_use]
    pub fn paced(&self, pace: Arc<dyn Pace>) -> Self {
        Self {
            pace: Some(pace),
            ..self.clone()
        }
    }

    /// The token that signs in.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Whether the token is valid at all, by calls that need no policy: `/info`, and `/account` if that
    /// one is denied too. An error means that it could not be found out.
    pub async fn probe(&self) -> Result<bool, ApiError> {
        Ok(match proof(self.token_info().await)? {
            Some(valid) => valid,
            None => proof(self.account().await)?.unwrap_or(false),
        })
    }

    /// Decides an [`ApiError::Denied`] with [`Self::probe`]: if the token is valid it becomes
    /// [`ApiError::NotPermitted`], otherwise [`ApiError::SignedOut`]; if that cannot be found out it
    /// stays. Every other error is returned as it is, without a request.
    pub async fn settle(&self, error: ApiError) -> ApiError {
        let ApiError::Denied { call, message } = error else {
            return error;
        };
        match self.probe().await {
            Ok(true) => ApiError::NotPermitted {
                call,
                message: Some(message),
            },
            Ok(false) => ApiError::SignedOut { call },
            Err(_) => ApiError::Denied { call, message },
        }
    }

    pub(crate) async fn fetch<T: DeserializeOwned>(&self, request: Request) -> Result<T, ApiError> {
        self.client.fetch(self.signed(), request).await
    }

    pub(crate) async fn tell(&self, request: Request) -> Result<Reply, ApiError> {
        self.client.tell(self.signed(), request).await
    }

    /// Waits, by the clock of the session's pace if it has one.
    pub(crate) async fn pause(&self, time: Duration) {
        match &self.pace {
            Some(pace) => pace.pause(time).await,
            None => tokio::time::sleep(time).await,
        }
    }

    fn signed(&self) -> Signed<'_> {
        Signed {
            token: Some(&self.token),
            pace: self.pace.as_deref(),
        }
    }
}

/// What a request is sent with: nothing by default.
#[derive(Clone, Copy, Default)]
pub(crate) struct Signed<'a> {
    token: Option<&'a Token>,
    pace: Option<&'a dyn Pace>,
}

/// What a call's end says of its token; `None` if it was denied as well. A reply that cannot be read
/// was still given to a valid token.
fn proof<T>(ended: Result<T, ApiError>) -> Result<Option<bool>, ApiError> {
    match ended {
        Ok(_) | Err(ApiError::NotPermitted { .. } | ApiError::UnexpectedShape { .. }) => {
            Ok(Some(true))
        }
        Err(ApiError::SignedOut { .. }) => Ok(Some(false)),
        Err(ApiError::Denied { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The address of a request; `None` if its path would not be sent as it is, as with `..` in it, which
/// would make it another call.
fn address(region: &Region, path: &str, query: &str) -> Option<Url> {
    let mut text = format!("{}{path}", region.base_url());
    if !query.is_empty() {
        text.push('?');
        text.push_str(query);
    }
    let address = Url::parse(&text).ok()?;
    (address.path() == path && address.fragment().is_none()).then_some(address)
}

/// Names the cryptography that rustls uses. It is one for the process; the first to name it wins.
pub(crate) fn use_ring() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if rustls::crypto::ring::default_provider()
            .install_default()
            .is_err()
        {
            tracing::debug!("another part of the program has chosen the cryptography");
        }
    });
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.0.region.base_url())
    }
}

impl fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientOptions")
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("reply_limit", &self.reply_limit)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Unreachable;

    /// Knows no name, without asking the network.
    struct NoNames;

    impl reqwest::dns::Resolve for NoNames {
        fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
            Box::pin(async { Err("no such name".into()) })
        }
    }

    #[tokio::test]
    async fn a_name_without_an_address_is_told_apart() {
        let options = ClientOptions::default();
        let client = Client::built(Region::US_EAST, options, |builder| {
            builder.no_proxy().dns_resolver(Arc::new(NoNames))
        })
        .unwrap();
        let session = client.session(Token::parse("p-s3cr3t").unwrap());
        let error = session.profiles().await.unwrap_err();
        let ApiError::Unreachable { why, detail, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!(*why, Unreachable::Dns);
        assert_eq!(detail.as_deref(), Some("no such name"));
        assert!(error.is_offline() && error.is_retryable());
    }
}
