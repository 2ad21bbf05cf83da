//! What can be made to go wrong on request, and for which requests it does.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use axum::http::Method;

use crate::SimError;
use crate::random::share;
use crate::routes::is_named;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The answer comes late: by this much, give or take half of it.
    Latency(Duration),
    /// HTTP 500, 502 or 503 in turn, the latter two with a body that is no JSON.
    ServerError,
    /// The connection ends before a byte of the answer, and the request is not carried out.
    Drop,
    /// The request is carried out, and then the connection ends before a byte of the answer.
    Lost,
    /// Status and headers are those of the whole answer, but the body ends halfway.
    Truncated,
    /// HTTP 200 with a page of HTML, as a captive portal or a proxy answers.
    Html,
    /// Half of the body arrives, then nothing more; the connection stays open.
    Stall,
    /// HTTP 401, as if the token had been revoked. Calls without a token are left alone.
    Revoked,
    /// HTTP 429 with TagoIO's message, whatever the count.
    RateLimited,
    /// The answer's `result` is of another shape than documented.
    UnexpectedShape,
}

/// Each kind's name on the command line and what it does, in the order of the help.
const KINDS: [(&str, FaultKind); 10] = [
    ("latency", FaultKind::Latency(Duration::from_secs(2))),
    ("5xx", FaultKind::ServerError),
    ("drop", FaultKind::Drop),
    ("lost", FaultKind::Lost),
    ("truncated", FaultKind::Truncated),
    ("html", FaultKind::Html),
    ("stall", FaultKind::Stall),
    ("revoked", FaultKind::Revoked),
    ("429", FaultKind::RateLimited),
    ("shape", FaultKind::UnexpectedShape),
];

/// The names of all kinds, for messages and help.
pub(crate) fn kinds() -> String {
    KINDS.map(|(name, _)| name).join(", ")
}

/// One thing that goes wrong, for a share of the requests and, if a route is named, on that alone.
///
/// Read from text as `KIND[:SHARE][@ROUTE]`: `5xx`, `drop:0.1`, `html@/profile`,
/// `stall:0.5@GET /profile/{id}/summary`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    kind: FaultKind,
    share: f64,
    route: Option<String>,
    /// Only those whose running number leaves this remainder, by this divisor.
    every: Option<(u64, u64)>,
}

impl Fault {
    /// On every request.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            share: 1.0,
            route: None,
            every: None,
        }
    }

    /// Only for this share of the requests, from 0 to 1. Which ones follows from the seed.
    #[must_use]
    pub fn share(mut self, share: f64) -> Self {
        self.share = share.clamp(0.0, 1.0);
        self
    }

    /// Only on this route: the template as [`Request::route`](crate::Request::route) has it,
    /// `/profile/{id}/summary`, or with its method before it, `GET /profile/{id}`.
    #[must_use]
    pub fn on(mut self, route: &str) -> Self {
        self.route = Some(route.to_owned());
        self
    }

    /// Only on each such request by its running number, from the one with the number `first` on: two faults
    /// of which each strikes every 14th, 7 apart, make every seventh request fail.
    #[must_use]
    pub fn every(mut self, nth: u64, first: u64) -> Self {
        self.every = Some((nth.max(1), first % nth.max(1)));
        self
    }

    /// What goes wrong.
    pub fn kind(&self) -> FaultKind {
        self.kind
    }

    /// Whether it strikes the request with this running number.
    pub(crate) fn strikes(&self, seed: u64, number: u64, method: &Method, route: &str) -> bool {
        let here = self
            .route
            .as_deref()
            .is_none_or(|wanted| is_named(wanted, method, route));
        let now = self.every.is_none_or(|(nth, first)| number % nth == first);
        here && now && share(seed ^ 0xFA17, number) < self.share
    }
}

impl FromStr for Fault {
    type Err = SimError;

    fn from_str(text: &str) -> Result<Self, SimError> {
        let bad = |reason| SimError::BadFault {
            text: text.to_owned(),
            reason,
        };
        let (head, route) = match text.split_once('@') {
            Some((head, route)) if !route.is_empty() => (head, Some(route)),
            Some(_) => return Err(bad("no route stands after the @")),
            None => (text, None),
        };
        let (name, share) = match head.split_once(':') {
            Some((name, share)) => {
                let share = share
                    .parse::<f64>()
                    .map_err(|_| bad("the share is not a number"))?;
                if !(0.0..=1.0).contains(&share) {
                    return Err(bad("the share is not between 0 and 1"));
                }
                (name, share)
            }
            None => (head, 1.0),
        };
        let (_, kind) = KINDS
            .into_iter()
            .find(|(known, _)| *known == name)
            .ok_or_else(|| bad("its kind is unknown"))?;
        Ok(Self {
            kind,
            share,
            route: route.map(str::to_owned),
            every: None,
        })
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let same =
            |other: &FaultKind| std::mem::discriminant(self) == std::mem::discriminant(other);
        f.write_str(
            KINDS
                .iter()
                .find(|(_, kind)| same(kind))
                .map_or("fault", |(name, _)| name),
        )
    }
}
