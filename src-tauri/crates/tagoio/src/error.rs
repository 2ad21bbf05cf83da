//! What can go wrong with a call, told apart by what a caller does about it.

use std::fmt;
use std::time::Duration;

use crate::SecondFactorKind;

/// Why a call failed. `call` is what was asked for, in words; never a URL.
///
/// Texts hold no token, password or PIN: the API's own words are scrubbed of every secret that the
/// request carried, and nothing else of a request or a reply is kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The token is not valid any more, or never was: 401 on a call without a password.
    #[error("{call}: TagoIO does not accept the token. Sign in again with a new one.")]
    SignedOut {
        /// The call.
        call: &'static str,
    },
    /// 401, or a 400 that speaks of the password or PIN, on a call that carries one.
    #[error("{call}: the password or the PIN is wrong{}. Type it once more.", Quoted(.message.as_deref()))]
    WrongPassword {
        /// The call.
        call: &'static str,
        /// The API's words.
        message: Option<String>,
    },
    /// `Authorization Denied` without a 403: either the token may not do this, or it is not valid.
    /// [`crate::Session::settle`] finds out which and gives [`Self::NotPermitted`] or [`Self::SignedOut`].
    #[error(
        "{call}: TagoIO denied it; either the token is not valid or it may not do this. \
         Check the token, then its policies under Access Management."
    )]
    Denied {
        /// The call.
        call: &'static str,
        /// The API's words.
        message: String,
    },
    /// The token is valid and may not do this, or the plan does not include it; the words say which.
    #[error("{call}: not permitted{}. {}", Quoted(.message.as_deref()), policy_hint(.message.as_deref()))]
    NotPermitted {
        /// The call.
        call: &'static str,
        /// The API's words.
        message: Option<String>,
    },
    /// Too many requests (429). The wait is the longer one of what the message and the header say;
    /// without either it is the time to the next minute of the clock, when the API's window opens.
    #[error("{call}: too many requests; TagoIO asks to wait {} s.", .wait.as_secs().max(1))]
    RateLimited {
        /// The call.
        call: &'static str,
        /// How long to wait, from when the answer came. A day at most.
        wait: Duration,
    },
    /// A PIN is needed beside the password.
    #[error("{call}: a second factor is needed ({}). Type the PIN as well.", Kinds(.methods))]
    SecondFactor {
        /// The call.
        call: &'static str,
        /// The methods that the API named; the first is the one it uses by itself.
        methods: Vec<SecondFactorKind>,
        /// The method that the API uses by itself: with `sms` and `email` it has sent a PIN already.
        autosend: Option<SecondFactorKind>,
    },
    /// The thing does not exist, or not for this account (404).
    #[error("{call}: TagoIO has no such thing{}.", Quoted(.message.as_deref()))]
    NotFound {
        /// The call.
        call: &'static str,
        /// The API's words.
        message: Option<String>,
    },
    /// The API refused, in its own words.
    #[error("{call}: TagoIO refused{}. Change what it names and try again.", Refusal(*.status, .message.as_deref()))]
    Rejected {
        /// The call.
        call: &'static str,
        /// The HTTP status; it can be a 200 with a body that says otherwise.
        status: u16,
        /// The API's words.
        message: Option<String>,
    },
    /// The API failed on its side (5xx).
    #[error("{call}: TagoIO failed on its side{}. Try again later.", Refusal(*.status, .message.as_deref()))]
    ServerFailed {
        /// The call.
        call: &'static str,
        /// The HTTP status.
        status: u16,
        /// The API's words.
        message: Option<String>,
    },
    /// Something answered that is not the TagoIO API.
    #[error("{call}: what answered is not the TagoIO API: {what}")]
    NotTheApi {
        /// The call.
        call: &'static str,
        /// What it was instead.
        what: NotTheApi,
    },
    /// Nothing answered.
    #[error("{call}: the TagoIO API cannot be reached: {why}{}", Detail(.detail.as_deref()))]
    Unreachable {
        /// The call.
        call: &'static str,
        /// Where it broke off.
        why: Unreachable,
        /// The system's own words, if there are any.
        detail: Option<String>,
    },
    /// JSON came, but not what the call promises. For a list this means that one of its rows cannot
    /// be read: the list fails as a whole, so that no row is lost without a word.
    #[error(
        "{call}: TagoIO's reply has an unexpected shape at {path}: {what}. A newer version of this program may know it."
    )]
    UnexpectedShape {
        /// The call.
        call: &'static str,
        /// Where in the reply, `$` being its root.
        path: String,
        /// What is wrong there, without any value of the reply.
        what: String,
    },
    /// The reply is longer than what is read of one.
    #[error("{call}: the reply is longer than {} MiB and was not read. Ask for less at once.", .limit / (1024 * 1024))]
    TooLarge {
        /// The call.
        call: &'static str,
        /// The limit in bytes.
        limit: usize,
    },
    /// The request was not sent, since what it should carry cannot be part of one.
    #[error("{call}: not sent: {why}")]
    Unsendable {
        /// The call.
        call: &'static str,
        /// Why, and what to do.
        why: String,
    },
    /// The request was not sent, or not sent again, since its [`crate::Pace`] did not want it any more.
    #[error("{call}: not sent, since it was not wanted any more")]
    Withdrawn {
        /// The call.
        call: &'static str,
    },
}

/// What answered in place of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTheApi {
    /// A web page: a captive portal, a proxy's error page, a wrong address.
    Html {
        /// The HTTP status that it came with.
        status: u16,
    },
    /// A proxy that wants a login (407).
    ProxyLogin,
    /// A network that wants a sign-in first (511).
    CaptivePortal,
    /// A redirect (3xx). It was not followed.
    Redirect {
        /// The host that it points to, if it names one.
        host: Option<String>,
    },
    /// JSON that breaks off.
    Truncated,
    /// An empty body.
    Empty {
        /// The HTTP status that it came with.
        status: u16,
    },
    /// Text or bytes that are no JSON.
    NotJson {
        /// The HTTP status that it came with.
        status: u16,
    },
}

/// Where a connection broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// The host's name has no address.
    Dns,
    /// No connection to the address.
    Tcp,
    /// No secure connection: an untrusted certificate, or no TLS at the other end.
    Tls,
    /// No connection within [`crate::ClientOptions::connect_timeout`].
    ConnectTimeout,
    /// No whole reply within [`crate::ClientOptions::timeout`].
    Timeout,
    /// The connection ended before the whole reply was there.
    Dropped,
    /// The proxy of the environment refused to pass the request on.
    Proxy,
    /// Anything else on the way.
    Other,
}

impl ApiError {
    /// What was asked for, in words.
    pub fn call(&self) -> &'static str {
        match self {
            Self::SignedOut { call }
            | Self::WrongPassword { call, .. }
            | Self::Denied { call, .. }
            | Self::NotPermitted { call, .. }
            | Self::RateLimited { call, .. }
            | Self::SecondFactor { call, .. }
            | Self::NotFound { call, .. }
            | Self::Rejected { call, .. }
            | Self::ServerFailed { call, .. }
            | Self::NotTheApi { call, .. }
            | Self::Unreachable { call, .. }
            | Self::UnexpectedShape { call, .. }
            | Self::TooLarge { call, .. }
            | Self::Unsendable { call, .. }
            | Self::Withdrawn { call } => call,
        }
    }

    /// Whether the same request may well succeed a little later. It says nothing about whether
    /// repeating is safe: only GETs are.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::ServerFailed { .. } => true,
            Self::Unreachable { why, .. } => !matches!(why, Unreachable::Tls),
            Self::NotTheApi { what, .. } => match what {
                NotTheApi::Truncated => true,
                NotTheApi::Html { status }
                | NotTheApi::Empty { status }
                | NotTheApi::NotJson { status } => *status >= 500,
                NotTheApi::ProxyLogin | NotTheApi::CaptivePortal | NotTheApi::Redirect { .. } => {
                    false
                }
            },
            _ => false,
        }
    }

    /// Whether nothing of the API could be had: neither an answer nor a refusal came from it.
    pub fn is_offline(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }

    /// How long the API asked to wait, if it did.
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { wait, .. } => Some(*wait),
            _ => None,
        }
    }
}

impl fmt::Display for NotTheApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Html { status } => write!(
                f,
                "a web page came (HTTP {status}), as from a captive portal or a proxy. Open a browser \
                 to sign in to the network, or check the address."
            ),
            Self::ProxyLogin => f.write_str(
                "the proxy asks for a login (HTTP 407). Put its user and password into the proxy's address.",
            ),
            Self::CaptivePortal => f.write_str(
                "the network asks to sign in first (HTTP 511). Open a browser to do so.",
            ),
            Self::Redirect { host: Some(host) } => write!(
                f,
                "it redirects to {host}, which was not followed. Sign in to the network, or check the address."
            ),
            Self::Redirect { host: None } => f.write_str(
                "it redirects elsewhere, which was not followed. Sign in to the network, or check the address.",
            ),
            Self::Truncated => f.write_str("its JSON breaks off. Try again."),
            Self::Empty { status } => write!(
                f,
                "the reply is empty (HTTP {status}), as from a proxy. Check the network and the address."
            ),
            Self::NotJson { status } => write!(
                f,
                "the reply is not JSON (HTTP {status}). Check the network and the address."
            ),
        }
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "its name has no address. Check the network, or the address if it is your own",
            Self::Tcp => "no connection to it. Check the network, the firewall and the proxy",
            Self::Tls => {
                "no secure connection to it. Check that the address is right, that the clock is right, and \
                 that the system trusts the network's certificate"
            }
            Self::ConnectTimeout => "no connection in time. Check the network, the firewall and the proxy",
            Self::Timeout => "the reply did not come in time. Try again",
            Self::Dropped => "the connection ended before the reply was complete. Try again",
            Self::Proxy => "the proxy did not pass it on. Check the proxy's address and rules",
            Self::Other => "the connection failed. Check the network and try again",
        })
    }
}

/// ` ("words")`, or nothing.
struct Quoted<'a>(Option<&'a str>);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |words| write!(f, " (“{words}”)"))
    }
}

/// ` (HTTP 400: "words")`.
struct Refusal<'a>(u16, Option<&'a str>);

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(words) => write!(f, " (HTTP {}: “{words}”)", self.0),
            None => write!(f, " (HTTP {}, without a reason)", self.0),
        }
    }
}

/// ` (words).`, or a full stop.
struct Detail<'a>(Option<&'a str>);

impl fmt::Display for Detail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(words) => write!(f, " ({words})."),
            None => f.write_str("."),
        }
    }
}

struct Kinds<'a>(&'a [SecondFactorKind]);

impl fmt::Display for Kinds<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("of a kind that TagoIO did not name");
        }
        for (place, kind) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(", ")?;
            }
            f.write_str(kind.key())?;
        }
        Ok(())
    }
}

/// Where to look, when the words do not say it: a plan's limit explains itself.
fn policy_hint(message: Option<&str>) -> &'static str {
    match message {
        Some(words) if !is_authorization_denied(words) => "Follow what it says.",
        _ => {
            "Check the token's policies under Access Management (Account / Access profile, and \
             Access profile statistics for usage)."
        }
    }
}

/// Whether the API's words are its own for a policy or permission that forbids the call.
pub(crate) fn is_authorization_denied(words: &str) -> bool {
    words.to_ascii_lowercase().contains("authorization denied")
}
