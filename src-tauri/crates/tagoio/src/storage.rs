//! Fetching a file from an address that the API gave, such as a backup's. It is on another host, which is asked without
//! the token and with nothing else of ours.

use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, CONTENT_RANGE, ETAG, HeaderValue, IF_RANGE, RANGE};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use crate::ClientOptions;
use crate::client::use_ring;
use crate::error::{ApiError, NotTheApi, Unreachable};
use crate::outcome;
use crate::scrub::Secrets;

const CALL: &str = "file of a backup";

/// How long nothing may come of a file before its connection is given up.
const SILENCE: Duration = Duration::from_mins(1);

/// An address that a file can be had from. `Debug` does not show it.
pub struct FileAddress {
    http: reqwest::Client,
    url: Url,
    secrets: Secrets,
}

/// A file, or the rest of it, on its way.
pub struct FilePart {
    response: Response,
    start: u64,
    total: Option<u64>,
    version: Option<String>,
    secrets: Secrets,
}

/// Why a file, or the rest of it, did not come. Nothing of the address is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The address is no address, or one that is not secure.
    #[error("{CALL}: the address that TagoIO gave cannot be used: it is not a secure one.")]
    Address,
    /// The system's certificates cannot be used.
    #[error("{CALL}: secure connections cannot be set up on this system: {0}")]
    Setup(String),
    /// Nothing can be had at the address any more, or never could.
    #[error(
        "{CALL}: the address that TagoIO gave does not work, or does not work any more (HTTP {status})."
    )]
    Ended {
        /// The HTTP status.
        status: u16,
    },
    /// There is nothing from that place on (416).
    #[error("{CALL}: there is no more of it.")]
    NoMore {
        /// How long the file is, where the host says so.
        total: Option<u64>,
    },
    /// The host refused, or failed on its side.
    #[error("{CALL}: the host of the file refused (HTTP {status}).")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// The host did not answer, or the connection ended.
    #[error("{CALL}: {why}{}", .detail.as_deref().map(|words| format!(" ({words})")).unwrap_or_default())]
    Unreachable {
        /// Where it broke off.
        why: Unreachable,
        /// The system's own words, if there are any.
        detail: Option<String>,
    },
}

impl FileAddress {
    /// Of what the API gave. Nothing is sent.
    pub fn new(address: &SecretString, options: &ClientOptions) -> Result<Self, FileError> {
        use_ring();
        let url = Url::parse(address.expose_secret()).map_err(|_| FileError::Address)?;
        let is_here = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => return Err(FileError::Address),
        };
        if url.scheme() != "https" && !(is_here && url.scheme() == "http") {
            return Err(FileError::Address);
        }
        let mut builder = reqwest::Client::builder()
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(options.connect_timeout)
            .read_timeout(SILENCE)
            .user_agent(&options.user_agent)
            .https_only(!is_here);
        if is_here {
            builder = builder.no_proxy();
        }
        let http = builder
            .build()
            .map_err(|error| FileError::Setup(outcome::deepest(&error)))?;
        let mut secrets = Secrets::default();
        secrets.add(address.expose_secret());
        if let Some(query) = url.query() {
            secrets.add(query);
        }
        Ok(Self { http, url, secrets })
    }

    /// Asks for the file from a place on. With the version that what is before it is of, the host gives the rest of
    /// that one, or the whole of another.
    pub async fn get(&self, start: u64, version: Option<&str>) -> Result<FilePart, FileError> {
        let mut request = self
            .http
            .get(self.url.clone())
            .header(ACCEPT_ENCODING, "identity");
        if start > 0 {
            request = request.header(RANGE, format!("bytes={start}-"));
            if let Some(version) = version.and_then(|text| HeaderValue::from_str(text).ok()) {
                request = request.header(IF_RANGE, version);
            }
        }
        let response = request
            .send()
            .await
            .map_err(|error| unreachable(&self.secrets, &error))?;
        let header = |name| response.headers().get(name)?.to_str().ok();
        // A weak one does not promise the same bytes.
        let version = header(ETAG).filter(|etag| !etag.starts_with("W/"));
        let range = header(CONTENT_RANGE).and_then(range);
        let status = response.status();
        let (start, total) = match status {
            StatusCode::OK => (0, response.content_length()),
            StatusCode::PARTIAL_CONTENT => {
                let (at, total) = range.unwrap_or((Some(start), None));
                (at.unwrap_or(start), total)
            }
            StatusCode::RANGE_NOT_SATISFIABLE => {
                let total = range.and_then(|(_, total)| total);
                return Err(FileError::NoMore { total });
            }
            StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::NOT_FOUND
            | StatusCode::GONE => {
                let status = status.as_u16();
                return Err(FileError::Ended { status });
            }
            _ => {
                let status = status.as_u16();
                return Err(FileError::Refused { status });
            }
        };
        Ok(FilePart {
            start,
            total,
            version: version.map(str::to_owned),
            secrets: self.secrets.clone(),
            response,
        })
    }
}

impl FilePart {
    /// From which byte on it is.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// How long the whole file is, where the host says so.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// What tells this file from another one at the same address, where the host says so.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The next bytes; `None` at its end.
    pub async fn next(&mut self) -> Result<Option<impl AsRef<[u8]> + Send + use<>>, FileError> {
        let chunk = self.response.chunk().await;
        chunk.map_err(|error| unreachable(&self.secrets, &error))
    }
}

impl FileError {
    /// Whether the same may work a moment later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { why, .. } => !matches!(why, Unreachable::Tls),
            Self::Refused { status } => matches!(status, 408 | 429 | 500..),
            Self::Address | Self::Setup(_) | Self::Ended { .. } | Self::NoMore { .. } => false,
        }
    }
}

/// `bytes 100-199/1000`, `bytes */1000`: where it begins, and how long the whole is.
fn range(text: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (span, total) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let start = span
        .split_once('-')
        .and_then(|(start, _)| start.parse().ok());
    Some((start, total.parse().ok()))
}

fn unreachable(secrets: &Secrets, error: &reqwest::Error) -> FileError {
    match outcome::unreachable(CALL, secrets, error) {
        ApiError::Unreachable { why, detail, .. } => FileError::Unreachable { why, detail },
        ApiError::NotTheApi {
            what: NotTheApi::ProxyLogin,
            ..
        } => FileError::Unreachable {
            why: Unreachable::Proxy,
            detail: None,
        },
        other => FileError::Unreachable {
            why: Unreachable::Other,
            detail: Some(other.to_string()),
        },
    }
}

impl std::fmt::Debug for FileAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileAddress")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_secure_one_or_this_machines_own_and_is_never_shown() {
        let options = ClientOptions::default();
        for (text, is_good) in [
            ("https://files.example/b?sig=s3cr3t", true),
            ("http://127.0.0.1:8080/b?sig=s3cr3t", true),
            ("http://[::1]:8080/b", true),
            ("http://files.example/b?sig=s3cr3t", false),
            ("ftp://127.0.0.1/b", false),
            ("file:///etc/passwd", false),
            ("s3cr3t", false),
        ] {
            let made = FileAddress::new(&text.into(), &options);
            assert_eq!(made.is_ok(), is_good, "{text}");
            assert!(!format!("{made:?}").contains("s3cr3t"), "{made:?}");
        }
    }

    #[test]
    fn a_range_says_where_it_begins_and_how_long_the_whole_is() {
        for (text, read) in [
            ("bytes 100-199/1000", Some((Some(100), Some(1000)))),
            ("bytes 100-199/*", Some((Some(100), None))),
            ("bytes */1000", Some((None, Some(1000)))),
            ("lines 1-2/3", None),
        ] {
            assert_eq!(range(text), read, "{text}");
        }
    }
}
