//! One request's way: its wait for a turn, and what its end means for it and for the others.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use futures::future::BoxFuture;
use model::ProfileId;
use tagoio::{ApiError, Asked, Before, Next, Turn};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::limiter::{Lesson, Pass, Scope};
use super::{Host, Lane, Learned, Pace, Passage, Priority, Waiter};

/// How often a GET that failed is sent again.
const REPEATS: u32 = 4;

/// The pause before a repeat is a random part of this, twice as long each time ("full jitter"), so that
/// many that failed together do not come back together.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// How often a request that was one too many waits for another turn.
const REFUSALS: u32 = 5;

/// The longest wait that a request sits out; beyond it, it fails and says when to try again.
const LONGEST_WAIT: Duration = Duration::from_secs(90);

/// How the requests of one piece of work go: for which account, how urgent, and until when they are
/// wanted at all.
#[derive(Clone)]
pub(crate) struct Way {
    pub(crate) pace: Pace,
    /// The API's base URL.
    pub(crate) host: Arc<str>,
    /// The account's number in the store; 0 for one that is not connected yet.
    pub(crate) account: i64,
    pub(crate) priority: Priority,
    /// Cancelled once its requests are not wanted any more.
    pub(crate) stop: CancellationToken,
}

impl tagoio::Pace for Way {
    fn turn<'a>(
        &'a self,
        asked: &'a Asked,
        before: Before,
    ) -> BoxFuture<'a, Option<Box<dyn Turn>>> {
        Box::pin(async move {
            let passage = self.wait_in_line(asked)?;
            let passage = tokio::select! {
                biased;
                () = self.stop.cancelled() => return None,
                granted = passage => granted.ok()?,
            };
            let turn: Box<dyn Turn> = Box::new(OneTurn {
                way: self.clone(),
                route: asked.route.clone(),
                profile: asked.profile.clone(),
                repeatable: asked.repeatable,
                pass: passage.pass,
                passage: Some(passage),
                before,
            });
            Some(turn)
        })
    }

    fn pause(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = self.pace.0.clock.sleep(time) => {}
            }
        })
    }
}

impl Way {
    /// `None` where the host is away or the route fails: only a person's click tries all the same.
    fn wait_in_line(&self, asked: &Asked) -> Option<oneshot::Receiver<Passage>> {
        let mut state = self.pace.state();
        state.next += 1;
        let place = (self.priority, state.next);
        let host = state.host(&self.host);
        let away = host.is_away();
        let lane = host
            .lanes
            .entry((self.account, asked.route.clone()))
            .or_default();
        if (away || lane.is_failing()) && self.priority != Priority::Click {
            return None;
        }
        let (go, passage) = oneshot::channel();
        let waiter = Waiter {
            profile: asked.profile.clone(),
            go,
        };
        lane.waiting.insert(place, waiter);
        self.pace.grant(&mut state);
        Some(passage)
    }
}

struct OneTurn {
    way: Way,
    route: String,
    profile: Option<ProfileId>,
    repeatable: bool,
    pass: Pass,
    passage: Option<Passage>,
    before: Before,
}

impl Turn for OneTurn {
    fn answered(&mut self) {
        self.passage = None;
    }

    fn ended(self: Box<Self>, error: Option<&ApiError>) -> Next {
        match error {
            Some(ApiError::RateLimited { wait, .. }) => self.refused(*wait),
            // A captive portal is no nearer to the API than no answer at all.
            Some(ApiError::Unreachable { .. } | ApiError::NotTheApi { .. }) => {
                self.unreached(error)
            }
            Some(ApiError::ServerFailed { .. }) => self.failed(error),
            _ => {
                self.served();
                self.again(error)
            }
        }
    }
}

impl OneTurn {
    /// The API counted the request and answered it, for better or worse.
    fn passed(&self) {
        self.learn(|lane, scope| {
            lane.refused = 0;
            lane.limiter.passed(self.pass, scope, self.profile.as_ref())
        });
    }

    /// It did what it was asked, or refused with a reason.
    fn served(&self) {
        self.learn(|lane, scope| {
            (lane.failed, lane.refused) = (0, 0);
            lane.limiter.passed(self.pass, scope, self.profile.as_ref())
        });
    }

    fn refused(&self, wait: Duration) -> Next {
        let now = self.way.pace.0.clock.now();
        // A person is told when to try again rather than left waiting.
        let ends = self.way.priority == Priority::Click
            || self.before.refusals >= REFUSALS
            || wait > LONGEST_WAIT;
        self.learn(|lane, scope| {
            lane.refused += 1;
            if ends && lane.refused > REFUSALS {
                // Nothing got through meanwhile: nobody else would fare better.
                lane.give_up();
            }
            lane.limiter
                .refused(self.pass, scope, self.profile.as_ref(), wait, now)
        });
        let learned = Learned::Limit {
            host: Arc::clone(&self.way.host),
            account: self.way.account,
            route: self.route.clone(),
            settled_at: now.saturating_add(wait).unwrap_or(now),
        };
        // Nobody keeps it: then it is learned again.
        drop(self.way.pace.0.learned.send(learned));
        if ends {
            return Next::End;
        }
        self.way.pace.0.sent.retries.fetch_add(1, Relaxed);
        Next::AnotherTurn
    }

    fn unreached(&self, error: Option<&ApiError>) -> Next {
        let mut state = self.way.pace.state();
        let host = state.host(&self.way.host);
        host.unreached += 1;
        if host.is_away() {
            // Nobody waits for a host that is not there.
            host.lanes.values_mut().for_each(Lane::send_home);
            return Next::End;
        }
        drop(state);
        self.again(error)
    }

    /// The API failed on its side.
    fn failed(&self, error: Option<&ApiError>) -> Next {
        self.passed();
        let mut state = self.way.pace.state();
        let lane = self.lane(state.host(&self.way.host));
        lane.failed += 1;
        if lane.is_failing() {
            lane.send_home();
            return Next::End;
        }
        drop(state);
        self.again(error)
    }

    /// Sends a GET again that may do better next time.
    fn again(&self, error: Option<&ApiError>) -> Next {
        let worth_it = error.is_some_and(ApiError::is_retryable);
        if !(worth_it && self.repeatable) || self.before.repeats >= REPEATS {
            return Next::End;
        }
        self.way.pace.0.sent.retries.fetch_add(1, Relaxed);
        let longest = FIRST_PAUSE * 2_u32.pow(self.before.repeats);
        Next::Repeat(longest.mul_f64(fastrand::f64()))
    }

    fn lane<'a>(&self, host: &'a mut Host) -> &'a mut Lane {
        host.lanes
            .entry((self.way.account, self.route.clone()))
            .or_default()
    }

    /// Tells the lane's limiter how it ended, and everybody what that teaches.
    fn learn(&self, tell: impl FnOnce(&mut Lane, Scope) -> Lesson) {
        let mut state = self.way.pace.state();
        let host = state.host(&self.way.host);
        host.unreached = 0;
        let scope = host.scope;
        let lesson = tell(self.lane(host), scope);
        if let Some(scope) = lesson.scope {
            host.scope = scope;
            let learned = Learned::Scope {
                host: Arc::clone(&self.way.host),
                per_profile: scope == Scope::Asked,
            };
            drop(self.way.pace.0.learned.send(learned));
        }
        self.way.pace.grant(&mut state);
    }
}
