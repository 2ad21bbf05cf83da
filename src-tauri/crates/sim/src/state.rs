//! What all requests share: the world, what was asked, what goes wrong.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use jiff::Timestamp;

use crate::flight::Flights;
use crate::limits::RateWindows;
use crate::world::World;
use crate::{Clock, Fault, Options};

/// One request that reached the simulator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The route's template, `/profile/{id}/summary`; the path itself where no route fits.
    pub route: String,
    /// Path and query as they came, a token in the path included.
    pub path: String,
    /// When it came, by the simulator's clock.
    pub at: Timestamp,
    /// The account that the calling token stands for, if any.
    pub account: Option<String>,
    /// The HTTP status that it was answered with; `None` while it is not, and where its connection
    /// ended before.
    pub status: Option<u16>,
}

/// Shared by every request; clones are the same one.
#[derive(Clone, Debug)]
pub(crate) struct Shared(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    options: Options,
    address: SocketAddr,
    storage: SocketAddr,
    world: Mutex<World>,
    requests: Mutex<Requests>,
    faults: Mutex<Vec<Fault>>,
    rates: Mutex<RateWindows>,
    flights: Flights,
}

/// The requests so far. Their numbers go on when they are forgotten, so that faults strike on in the
/// same order.
#[derive(Debug, Default)]
struct Requests {
    forgotten: u64,
    held: Vec<Request>,
}

/// A panic elsewhere must not make every later test fail on a poisoned lock: the first is reported.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(
        options: Options,
        world: World,
        address: SocketAddr,
        storage: SocketAddr,
    ) -> Self {
        Self(Arc::new(Inner {
            faults: Mutex::new(options.faults.clone()),
            rates: Mutex::new(RateWindows::new(options.rpm, options.rpm_by_route.clone())),
            options,
            address,
            storage,
            world: Mutex::new(world),
            requests: Mutex::default(),
            flights: Flights::default(),
        }))
    }

    pub(crate) fn options(&self) -> &Options {
        &self.0.options
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.0.address)
    }

    /// The base URL of the host of files.
    pub(crate) fn storage_url(&self) -> String {
        format!("http://{}", self.0.storage)
    }

    pub(crate) fn clock(&self) -> Clock {
        self.0.options.clock.clone()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.options.clock.now()
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.0.world)
    }

    pub(crate) fn rates(&self) -> MutexGuard<'_, RateWindows> {
        lock(&self.0.rates)
    }

    pub(crate) fn flights(&self) -> &Flights {
        &self.0.flights
    }

    /// Records a request and gives its running number.
    pub(crate) fn record(&self, request: Request) -> u64 {
        let mut requests = lock(&self.0.requests);
        let number = requests.forgotten + requests.held.len() as u64;
        requests.held.push(request);
        number
    }

    /// Records what the request with this number is answered with.
    pub(crate) fn record_status(&self, number: u64, status: StatusCode) {
        let mut requests = lock(&self.0.requests);
        let place = number
            .checked_sub(requests.forgotten)
            .and_then(|place| usize::try_from(place).ok());
        if let Some(request) = place.and_then(|place| requests.held.get_mut(place)) {
            request.status = Some(status.as_u16());
        }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        lock(&self.0.requests).held.clone()
    }

    pub(crate) fn clear_requests(&self) {
        let mut requests = lock(&self.0.requests);
        requests.forgotten += requests.held.len() as u64;
        requests.held.clear();
    }

    pub(crate) fn faults(&self) -> Vec<Fault> {
        lock(&self.0.faults).clone()
    }

    pub(crate) fn add_fault(&self, fault: Fault) {
        lock(&self.0.faults).push(fault);
    }

    pub(crate) fn clear_faults(&self) {
        lock(&self.0.faults).clear();
    }

    pub(crate) fn set_rpm(&self, rpm: Option<u32>) {
        self.rates().set_rpm(rpm);
    }
}
