//! A simulator at work, as a test holds it.

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::state::Shared;
use crate::world::{Service, World, make};
use crate::{Clock, Fault, Options, Request, SimError, routes, server, storage};

/// Starts simulators.
#[derive(Debug)]
pub struct Simulator;

impl Simulator {
    /// Makes the world and listens. Runs on the current tokio runtime until [`Running`] is stopped
    /// or dropped.
    ///
    /// # Errors
    /// When the address is not a loopback one or cannot be bound, or when there are fewer profiles
    /// than accounts.
    pub async fn start(options: Options) -> Result<Running, SimError> {
        if !options.listen.ip().is_loopback() {
            return Err(SimError::NotLoopback(options.listen));
        }
        let world = make::world(&options)?;
        let bind = |source| SimError::Bind {
            address: options.listen,
            source,
        };
        let listener = TcpListener::bind(options.listen).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let beside = SocketAddr::new(address.ip(), 0);
        let files = TcpListener::bind(beside).await.map_err(bind)?;
        let storage = files.local_addr().map_err(bind)?;
        let shared = Shared::new(options, world, address, storage);
        let api = routes::router(shared.clone());
        let storage = storage::router(shared.clone());
        let tasks = [
            tokio::spawn(server::serve(listener, api)),
            tokio::spawn(server::serve(files, storage)),
        ];
        Ok(Running {
            address,
            shared,
            tasks,
        })
    }
}

/// An account of the desk and the token that reaches it.
#[derive(Clone, Debug)]
pub struct AccountToken {
    /// The account's id.
    pub account: String,
    /// The account's name, a company's.
    pub name: String,
    /// A profile token with full permission; never expires.
    pub token: String,
}

/// A simulator at work. Dropping it ends it as [`stop`](Self::stop) does, without waiting.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    pub(crate) shared: Shared,
    /// The API, and the host of files beside it.
    tasks: [JoinHandle<()>; 2],
}

impl Running {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A token for each of the desk's accounts, in their order.
    pub fn tokens(&self) -> Vec<AccountToken> {
        self.shared.world().desk_tokens()
    }

    /// The clock it lives by.
    pub fn clock(&self) -> Clock {
        self.shared.clock()
    }

    /// A copy of all that it holds at this moment.
    pub fn world(&self) -> World {
        self.shared.world().clone()
    }

    /// Every request so far, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests()
    }

    /// Forgets the requests so far, to count from here on.
    pub fn clear_requests(&self) {
        self.shared.clear_requests();
    }

    /// Adds a fault to those in force. The first that strikes a request is the one that it meets;
    /// latencies add to whatever else happens.
    pub fn set_fault(&self, fault: Fault) {
        self.shared.add_fault(fault);
    }

    /// From here on nothing goes wrong on purpose.
    pub fn clear_faults(&self) {
        self.shared.clear_faults();
    }

    /// Changes how many requests a minute are allowed on routes without a limit of their own; the
    /// counts so far stay.
    pub fn set_rpm(&self, rpm: Option<u32>) {
        self.shared.set_rpm(rpm);
    }

    /// Makes a token worthless, with or without its prefix. Says whether there was one.
    pub fn revoke(&self, token: &str) -> bool {
        self.shared.world().remove_token(token)
    }

    /// Takes a profile away, as if it had been deleted on TagoIO's site. Says whether there was one.
    pub fn remove_profile(&self, profile: &str) -> bool {
        self.shared.world().remove_profile(profile)
    }

    /// Renames a profile behind the client's back. Says whether there was one.
    pub fn rename_profile(&self, profile: &str, name: &str) -> bool {
        let now = self.shared.now();
        self.shared
            .world()
            .profile_mut(profile)
            .map(|found| found.rename(name, now))
            .is_some()
    }

    /// Adds to (or takes from) what a profile has used, from now on: a counter moves until its next
    /// reset, a level for good. Says whether there was such a profile.
    pub fn use_service(&self, profile: &str, service: Service, amount: f64) -> bool {
        let now = self.shared.now();
        self.shared
            .world()
            .profile_mut(profile)
            .map(|found| found.bump(service, amount, now))
            .is_some()
    }

    /// Sets a profile's limit of one service without a look at the account's own limit. Says whether
    /// there was such a profile.
    pub fn set_limit(&self, profile: &str, service: Service, limit: f64) -> bool {
        self.shared
            .world()
            .profile_mut(profile)
            .map(|found| found.limits[service as usize] = limit)
            .is_some()
    }

    /// Any other change, made to the world itself.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.shared.world())
    }

    /// Stops listening, ends every connection, frees the port.
    pub async fn stop(mut self) {
        for task in &mut self.tasks {
            task.abort();
            // Aborted is what it is meant to be; a panic in the loop has been printed by its task.
            drop(task.await);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}
