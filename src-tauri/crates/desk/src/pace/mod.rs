//! Politeness to the API: how many requests are in flight, which goes next, how many a minute, and
//! what is done about one that failed. Every request of the desk passes here.
//!
//! At most 16 are in flight per API host and 32 in all. Requests wait in a lane each account and route,
//! since that is what the API counts by; of all that may go, the most urgent goes first, and of equally
//! urgent ones the one that has waited longest.

mod documented;
mod limiter;
mod turn;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{ProfileId, Timestamp};
use tokio::sync::{mpsc, oneshot, watch};

use crate::clock::Clock;
use crate::open::Sent;
use limiter::{Class, Limit, Limiter, Pass, Scope};
pub(crate) use turn::Way;

const PER_HOST: usize = 16;
const IN_ALL: usize = 32;

/// So many requests in a row that did not reach the API mean that it is away, and that asking on would
/// only make everybody wait. As many as are in flight at once, so that one dropped burst is not it.
const UNREACHED_IN_A_ROW: u32 = 16;

/// So many failures of the API in a row mean that it cannot do this now, whatever else it can: the route
/// is left alone until the next run.
const FAILED_IN_A_ROW: u32 = 16;

/// How urgent a request is; a smaller one goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Priority {
    /// A person waits for it.
    Click,
    /// A change that a person asked for, one of many perhaps: it sits out the API's limit.
    Change,
    /// A person asked for this profile or dataset to be fetched again.
    Asked,
    /// It is about the profile that a person looks at.
    LookedAt,
    /// It is about an account itself, without which its profiles are not known.
    Account,
    /// What the fleet's table shows.
    Summary,
    /// Everything else of a profile.
    Rest,
    /// The archive of the audit log.
    Archive,
}

impl Priority {
    fn class(self) -> Class {
        match self {
            Self::Click | Self::Change | Self::Asked | Self::LookedAt => Class::Click,
            _ => Class::Work,
        }
    }
}

/// Something that was learned of an API host and is worth keeping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Learned {
    /// An account met the limit of a route. Ask again for what it is once this minute is over: answers
    /// that are still on their way correct it.
    Limit {
        host: Arc<str>,
        account: i64,
        route: String,
        settled_at: Timestamp,
    },
    /// What a host counts together.
    Scope { host: Arc<str>, per_profile: bool },
}

/// The one place where all requests wait for their turn. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Pace(Arc<Shared>);

struct Shared {
    clock: Clock,
    state: Mutex<State>,
    sent: Arc<Sent>,
    learned: mpsc::UnboundedSender<Learned>,
    waiting: watch::Sender<Option<Timestamp>>,
}

#[derive(Default)]
struct State {
    in_flight: usize,
    hosts: HashMap<Arc<str>, Host>,
    /// Numbers those who wait, so that the first comes first.
    next: u64,
    /// When the limits are looked at again.
    alarm: Option<Timestamp>,
}

#[derive(Default)]
struct Host {
    in_flight: usize,
    /// Requests in a row that did not reach it.
    unreached: u32,
    scope: Scope,
    lanes: HashMap<(i64, String), Lane>,
}

#[derive(Default)]
struct Lane {
    limiter: Limiter,
    /// Answers in a row that said that the API failed on its side.
    failed: u32,
    /// Refusals in a row, of whatever requests.
    refused: u32,
    waiting: BTreeMap<Place, Waiter>,
}

/// A place in a queue.
type Place = (Priority, u64);

struct Waiter {
    profile: Option<ProfileId>,
    go: oneshot::Sender<Passage>,
}

/// The right to have one request in flight, given back when dropped.
struct Passage {
    pace: Pace,
    host: Arc<str>,
    pass: Pass,
    /// Whether it is still to be given back.
    held: bool,
}

impl Drop for Passage {
    fn drop(&mut self) {
        if !self.held {
            return;
        }
        let mut state = self.pace.state();
        state.in_flight -= 1;
        if let Some(host) = state.hosts.get_mut(&self.host) {
            host.in_flight -= 1;
        }
        self.pace.grant(&mut state);
    }
}

impl Pace {
    /// Whoever holds the receiver is told what is worth keeping.
    pub(crate) fn new(clock: Clock, sent: Arc<Sent>) -> (Self, mpsc::UnboundedReceiver<Learned>) {
        let (learned, lessons) = mpsc::unbounded_channel();
        let shared = Shared {
            clock,
            state: Mutex::default(),
            sent,
            learned,
            waiting: watch::channel(None).0,
        };
        (Self(Arc::new(shared)), lessons)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what was learned of an account's limits in earlier runs, and those that its plan has by
    /// the documentation. What this run has learned itself stands.
    pub(crate) fn know_limits(
        &self,
        host: &str,
        account: i64,
        plan: Option<&str>,
        learned: &[(String, u32, Timestamp)],
    ) {
        let mut state = self.state();
        let lanes = &mut state.host(host).lanes;
        let documented = documented::ROUTES.into_iter().filter_map(|route| {
            let limit = Limit {
                per_minute: documented::limit(route, plan)?,
                learned_at: None,
            };
            Some((route.to_owned(), limit))
        });
        let learned = learned.iter().map(|(route, per_minute, at)| {
            let limit = Limit {
                per_minute: *per_minute,
                learned_at: Some(*at),
            };
            (route.clone(), limit)
        });
        for (route, limit) in documented.chain(learned) {
            let lane = lanes.entry((account, route)).or_default();
            if lane.limiter.limit(self.0.clock.now()).is_none() {
                lane.limiter = Limiter::new(Some(limit));
            }
        }
    }

    /// Takes over what was learned of what a host counts together.
    pub(crate) fn know_scope(&self, host: &str, per_profile: bool) {
        let mut state = self.state();
        let host = state.host(host);
        if host.scope == Scope::Unknown {
            host.scope = scope_of(per_profile);
        }
    }

    /// What is known of a limit: requests a minute, and when that was learned.
    pub(crate) fn limit(&self, host: &str, account: i64, route: &str) -> Option<(u32, Timestamp)> {
        let state = self.state();
        let lane = state
            .hosts
            .get(host)?
            .lanes
            .get(&(account, route.to_owned()))?;
        let limit = lane.limiter.limit(self.0.clock.now())?;
        Some((limit.per_minute, limit.learned_at?))
    }

    /// Whether a host was found to be away.
    pub(crate) fn is_away(&self, host: &str) -> bool {
        let state = self.state();
        state.hosts.get(host).is_some_and(Host::is_away)
    }

    /// A run begins: each host and route gets another chance.
    pub(crate) fn try_again(&self) {
        for host in self.state().hosts.values_mut() {
            host.unreached = 0;
            for lane in host.lanes.values_mut() {
                (lane.failed, lane.refused) = (0, 0);
            }
        }
    }

    /// Until when all that is wanted waits for the API's limits; `None` while something goes on.
    pub(crate) fn waiting(&self) -> watch::Receiver<Option<Timestamp>> {
        self.0.waiting.subscribe()
    }

    /// Lets through whatever may go.
    fn grant(&self, state: &mut State) {
        let now = self.0.clock.now();
        while state.in_flight < IN_ALL {
            let Some((host, lane, place)) = state.next_to_go(now) else {
                break;
            };
            let Some(found) = state.hosts.get_mut(&host) else {
                break;
            };
            let Some(lane) = found.lanes.get_mut(&lane) else {
                break;
            };
            let Some(waiter) = lane.waiting.remove(&place) else {
                break;
            };
            let pass = lane.limiter.sent(waiter.profile.as_ref(), now);
            found.in_flight += 1;
            state.in_flight += 1;
            let passage = Passage {
                pace: self.clone(),
                host,
                pass,
                held: true,
            };
            if let Err(mut passage) = waiter.go.send(passage) {
                // Given up on in this very moment. It cannot be given back as others are: the lock is held.
                passage.held = false;
                found.in_flight -= 1;
                state.in_flight -= 1;
            }
        }
        let opens = state.opens_at(now);
        if let Some(at) = opens {
            self.wake_at(state, at);
        }
        let until = opens.filter(|_| state.in_flight == 0);
        self.0.waiting.send_if_modified(|told| {
            let news = *told != until;
            *told = until;
            news
        });
    }
}

impl Pace {
    /// Looks again when the first limit opens: those who wait for it do not know when that is.
    fn wake_at(&self, state: &mut State, at: Timestamp) {
        if state.alarm.is_some_and(|alarm| alarm <= at) {
            return;
        }
        state.alarm = Some(at);
        let pace = self.clone();
        tokio::spawn(async move {
            pace.0.clock.sleep_until(at).await;
            let mut state = pace.state();
            if state.alarm == Some(at) {
                state.alarm = None;
                pace.grant(&mut state);
            }
        });
    }
}

impl State {
    fn host(&mut self, host: &str) -> &mut Host {
        if !self.hosts.contains_key(host) {
            self.hosts.insert(host.into(), Host::default());
        }
        self.hosts.entry(host.into()).or_default()
    }

    /// The most urgent of all that may go now.
    fn next_to_go(&mut self, now: Timestamp) -> Option<(Arc<str>, (i64, String), Place)> {
        let mut best: Option<(&Arc<str>, &(i64, String), Place)> = None;
        for (name, host) in &mut self.hosts {
            if host.in_flight >= PER_HOST {
                continue;
            }
            let scope = host.scope;
            for (key, lane) in &mut host.lanes {
                if let Some(place) = lane.next_to_go(scope, now)
                    && best.is_none_or(|(_, _, first)| place < first)
                {
                    best = Some((name, key, place));
                }
            }
        }
        best.map(|(host, lane, place)| (Arc::clone(host), lane.clone(), place))
    }

    /// When the first of the limits opens that somebody waits for.
    fn opens_at(&mut self, now: Timestamp) -> Option<Timestamp> {
        let mut first: Option<Timestamp> = None;
        for host in self.hosts.values_mut() {
            for lane in host.lanes.values_mut() {
                let Some((place, waiter)) = lane.waiting.first_key_value() else {
                    continue;
                };
                let (profile, class) = (waiter.profile.as_ref(), place.0.class());
                if let Err(opens) = lane.limiter.admits(host.scope, profile, class, now) {
                    first = Some(first.map_or(opens, |first| first.min(opens)));
                }
            }
        }
        first
    }
}

impl Host {
    fn is_away(&self) -> bool {
        self.unreached >= UNREACHED_IN_A_ROW
    }
}

impl Lane {
    fn is_failing(&self) -> bool {
        self.failed >= FAILED_IN_A_ROW
    }

    /// Leaves the route alone until the next run.
    fn give_up(&mut self) {
        self.failed = FAILED_IN_A_ROW;
        self.send_home();
    }

    /// Sends home all who wait but a person.
    fn send_home(&mut self) {
        self.waiting.retain(|place, _| place.0 == Priority::Click);
    }

    /// The first in this lane that may go now.
    fn next_to_go(&mut self, scope: Scope, now: Timestamp) -> Option<Place> {
        self.waiting.retain(|_, waiter| !waiter.go.is_closed());
        let Self {
            limiter, waiting, ..
        } = self;
        for (place, waiter) in waiting.iter() {
            let profile = waiter.profile.as_ref();
            let admitted = limiter.admits(scope, profile, place.0.class(), now);
            if admitted.is_ok() {
                return Some(*place);
            }
            if scope == Scope::Token || profile.is_none() {
                // What closes the lane for one closes it for all.
                return None;
            }
        }
        None
    }
}

fn scope_of(per_profile: bool) -> Scope {
    if per_profile {
        Scope::Asked
    } else {
        Scope::Token
    }
}

#[cfg(test)]
mod tests;
