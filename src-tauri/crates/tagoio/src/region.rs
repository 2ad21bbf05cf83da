//! Which TagoIO: one of its two regions, or an installation of one's own.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// An API host. Two regions are equal if they are the same host, whichever name they were given by.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(Which);

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Which {
    UsEast,
    EuWest,
    Custom {
        base_url: String,
        host: String,
        loopback: bool,
    },
}

/// Why a text names no API host. It never repeats what was typed, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// Nothing was typed.
    #[error(
        "the region is empty; give us-e1, eu-w1 or a URL such as https://api.example.tagoio.net"
    )]
    Empty,
    /// Neither a region nor a URL.
    #[error("this is neither us-e1 nor eu-w1 nor a URL; a URL begins with https://")]
    NotAUrl,
    /// Another scheme than http and https.
    #[error("the URL must begin with https://")]
    Scheme,
    /// http to a host that is not this machine.
    #[error("http would send the token unprotected; use https:// (http is for this machine alone)")]
    NotSecure,
    /// No host in it.
    #[error("the URL names no host")]
    NoHost,
    /// A user or a password in it.
    #[error("the URL holds a user or a password; leave them out, the token alone signs in")]
    Credentials,
    /// A `?` and what follows.
    #[error("the URL holds a query (what follows the ?); leave it out")]
    Query,
    /// A `#` and what follows.
    #[error("the URL holds a fragment (what follows the #); leave it out")]
    Fragment,
    /// A path.
    #[error("the URL holds a path; give the host alone, such as https://api.example.tagoio.net")]
    Path,
}

impl Region {
    /// `us-e1`.
    pub const US_EAST: Self = Self(Which::UsEast);
    /// `eu-w1`.
    pub const EU_WEST: Self = Self(Which::EuWest);

    /// Takes `us-e1`, `eu-w1`, or a base URL: https, or http to this machine. A URL of one of the two
    /// regions is that region.
    pub fn parse(text: &str) -> Result<Self, RegionError> {
        let text = text.trim();
        match text {
            "" => return Err(RegionError::Empty),
            "us-e1" => return Ok(Self::US_EAST),
            "eu-w1" => return Ok(Self::EU_WEST),
            _ => {}
        }
        let url = Url::parse(text).map_err(|error| match error {
            url::ParseError::EmptyHost => RegionError::NoHost,
            _ => RegionError::NotAUrl,
        })?;
        let secure = match url.scheme() {
            "https" => true,
            "http" => false,
            // `localhost:8080` reads as the scheme `localhost`.
            _ if !text.contains("://") => return Err(RegionError::NotAUrl),
            _ => return Err(RegionError::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() || has_user_info(text) {
            return Err(RegionError::Credentials);
        }
        if url.query().is_some() {
            return Err(RegionError::Query);
        }
        if url.fragment().is_some() {
            return Err(RegionError::Fragment);
        }
        if url.path() != "/" {
            return Err(RegionError::Path);
        }
        let host = url.host().ok_or(RegionError::NoHost)?;
        let loopback = is_loopback(&host);
        if !secure && !loopback {
            return Err(RegionError::NotSecure);
        }
        let name = host.to_string();
        let name = name.trim_end_matches('.');
        if name.is_empty() {
            return Err(RegionError::NoHost);
        }
        let host = match url.port() {
            Some(port) => format!("{name}:{port}"),
            None => name.to_owned(),
        };
        Ok(match host.as_str() {
            "api.tago.io" | "api.us-e1.tago.io" => Self::US_EAST,
            "api.eu-w1.tago.io" => Self::EU_WEST,
            _ => Self(Which::Custom {
                base_url: format!("{}://{host}", url.scheme()),
                host,
                loopback,
            }),
        })
    }

    /// The base of every URL, without a slash at its end. The same host always gives the same text.
    pub fn base_url(&self) -> &str {
        match &self.0 {
            Which::UsEast => "https://api.tago.io",
            Which::EuWest => "https://api.eu-w1.tago.io",
            Which::Custom { base_url, .. } => base_url,
        }
    }

    /// `us-e1`, `eu-w1`, or the host with its port if that is not the usual one.
    pub fn name(&self) -> &str {
        match &self.0 {
            Which::UsEast => "us-e1",
            Which::EuWest => "eu-w1",
            Which::Custom { host, .. } => host,
        }
    }

    /// Whether it is an installation of one's own, where TagoIO's price tiers do not hold.
    pub fn is_custom(&self) -> bool {
        matches!(self.0, Which::Custom { .. })
    }

    /// Whether it is this machine, which is never reached through a proxy.
    pub fn is_loopback(&self) -> bool {
        matches!(self.0, Which::Custom { loopback: true, .. })
    }
}

/// An `@` in the authority, even without a user before it, which the parser drops silently.
fn has_user_info(text: &str) -> bool {
    let authority = text.split_once("://").map_or(text, |(_, rest)| rest);
    authority
        .split(['/', '\\', '?', '#'])
        .next()
        .is_some_and(|part| part.contains('@'))
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.trim_end_matches('.') == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => {
            address.is_loopback()
                || address
                    .to_ipv4_mapped()
                    .is_some_and(|address| address.is_loopback())
        }
    }
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, RegionError> {
        Self::parse(text)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Region({})", self.base_url())
    }
}
