//! What a simulator can be told when it starts.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::{Clock, Fault};

/// How a simulator is to be. Start from [`Options::default`] and change what matters.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen: loopback only, port 0 for any free one (the default).
    pub listen: SocketAddr,
    /// Distinct profiles in all, those shared in by strangers included. At least one for each account.
    pub profiles: usize,
    /// Accounts with a token each.
    pub accounts: usize,
    /// Equal seeds (and equal starting times) make equal worlds.
    pub seed: u64,
    /// How long each answer is held back: in real time, or by the clock while it is driven by
    /// [`Running::run_through`](crate::Running::run_through) or its like.
    pub latency: Duration,
    /// Up to so much is added to [`latency`](Self::latency), differing by request.
    pub jitter: Duration,
    /// Requests allowed per profile, route and wall-clock minute. `None`: no limit.
    pub rpm: Option<u32>,
    /// Limits of single routes in the place of [`rpm`](Self::rpm). A route is named by its template as
    /// [`Request::route`](crate::Request::route) has it, with its method before it,
    /// `GET /profile/{id}/summary`, or without. The first that fits holds.
    pub rpm_by_route: Vec<(String, u32)>,
    /// Which profile a request is counted for.
    pub rate_scope: RateScope,
    /// What time it is.
    pub clock: Clock,
    /// Faults from the start.
    pub faults: Vec<Fault>,
    /// The token of the first account, instead of one made from the seed.
    pub token: Option<String>,
}

/// Which profile a request counts for. TagoIO's pages leave both readings open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RateScope {
    /// The profile that the calling token belongs to.
    #[default]
    Caller,
    /// The profile in the path; the caller's where the path has none.
    Asked,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            profiles: 20,
            accounts: 2,
            seed: 1,
            latency: Duration::ZERO,
            jitter: Duration::ZERO,
            rpm: None,
            rpm_by_route: Vec::new(),
            rate_scope: RateScope::Caller,
            clock: Clock::system(),
            faults: Vec::new(),
            token: None,
        }
    }
}
