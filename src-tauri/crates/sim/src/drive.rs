//! Virtual time: a test's work is run to its end while the clock jumps from one wait to the next.

use std::fmt::Write as _;
use std::pin::pin;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::Running;
use crate::flight::Guard;

/// One look at whether anything happens.
const TURN: Duration = Duration::from_millis(1);

/// After so many looks at nothing the clock jumps. A client that got an answer asks on, or begins to
/// wait, within microseconds; a slow machine takes longer, but on it a look takes longer as well. It
/// is looks and not a span of time, so that a process that stood still as a whole gets to run first.
const TURNS: u32 = 8;

/// No test should be without a request for longer: better it fails and says what it waits for.
const PATIENCE: Duration = Duration::from_secs(20);

impl Running {
    /// How many requests are being answered: each from its arrival until its body is handed out or
    /// its connection is gone.
    pub fn in_flight(&self) -> usize {
        self.shared.flights().in_flight()
    }

    /// Runs `work` to its end, in virtual time: whenever no answer is being made and nothing happens
    /// for a few milliseconds, the clock jumps to the next time that somebody waits for by
    /// [`Clock::sleep_until`](crate::Clock::sleep_until). So hours pass as fast as the work is done.
    ///
    /// Latencies are waited by the clock meanwhile. Time that the client spends otherwise, with a
    /// computation, a file or a timer of the system, does not hold the clock up, unless it says so with
    /// [`Clock::hold`](crate::Clock::hold). A clock that was the system's stands from here on.
    ///
    /// # Panics
    /// When for 20 real seconds no request comes and no answer goes: the work would never end.
    pub async fn run_through<T>(&self, work: impl Future<Output = T>) -> T {
        self.through(work, PATIENCE).await
    }

    async fn through<T>(&self, work: impl Future<Output = T>, limit: Duration) -> T {
        let _driven = self.take_over();
        let mut patience = Patience::new(self, limit);
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = patience.until_quiet() => {}
            }
            let clock = self.clock();
            if let Some(wake) = clock.next_wake() {
                clock.set(wake);
            }
        }
    }

    /// Like [`run_through`](Self::run_through), but not past `end`. `None`: the work has not ended,
    /// the clock stands at `end`, and nothing is left to be done before it. To go on later, give a
    /// `&mut` of pinned work; given by value it is dropped.
    ///
    /// # Panics
    /// As [`run_through`](Self::run_through) does.
    pub async fn run_to<T>(&self, end: Timestamp, work: impl Future<Output = T>) -> Option<T> {
        let _driven = self.take_over();
        let mut patience = Patience::new(self, PATIENCE);
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Some(done),
                () = patience.until_quiet() => {}
            }
            let clock = self.clock();
            match clock.next_wake().filter(|wake| *wake <= end) {
                Some(wake) => clock.set(wake),
                // Who looks at the clock without waiting for it finds it at the end, too.
                None if clock.now() < end => clock.set(end),
                None => return None,
            }
        }
    }

    fn take_over(&self) -> Guard {
        let clock = self.clock();
        clock.set(clock.now());
        self.shared.flights().drive()
    }
}

/// Watches what happens, and fails when nothing does for too long.
struct Patience<'a> {
    running: &'a Running,
    limit: Duration,
    /// How many requests and answers there were, and since when.
    flights: u64,
    since: Instant,
}

impl<'a> Patience<'a> {
    fn new(running: &'a Running, limit: Duration) -> Self {
        Self {
            running,
            limit,
            flights: running.shared.flights().changes(),
            since: Instant::now(),
        }
    }

    /// Until some looks in a row found no answer in the making, nobody who holds the clock, and no request, waiter or move of the
    /// clock since the look before.
    async fn until_quiet(&mut self) {
        let mut before = None;
        let mut turns = 0;
        while turns < TURNS {
            tokio::time::sleep(TURN).await;
            self.look();
            let seen = (self.flights, self.running.clock().changes());
            let busy = self.running.shared.flights().is_busy() || self.running.clock().is_on_hold();
            if before.replace(seen) == Some(seen) && !busy {
                turns += 1;
            } else {
                turns = 0;
            }
        }
    }

    /// A test must fail, not hang.
    fn look(&mut self) {
        let flights = self.running.shared.flights().changes();
        if flights != self.flights {
            (self.flights, self.since) = (flights, Instant::now());
        }
        assert!(self.since.elapsed() < self.limit, "{}", self.told());
    }

    fn told(&self) -> String {
        let clock = self.running.clock();
        let mut told = format!(
            "the work has not ended, and no request came for {:?}: it is {}, requests in flight: {}, ",
            self.limit,
            clock.now(),
            self.running.in_flight(),
        );
        // Writing to a String cannot fail.
        let _infallible = match clock.next_wake() {
            Some(wake) => write!(told, "the clock is waited for until {wake}"),
            None => write!(told, "nobody waits for the clock"),
        };
        if let Some(last) = self.running.requests().last() {
            let (method, route, at) = (&last.method, &last.route, last.at);
            let _infallible = write!(told, "; the last request was {method} {route} at {at}");
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Options, Simulator};

    async fn running() -> Running {
        let clock = Clock::at("2026-05-20T12:34:56Z".parse().expect("a time"));
        Simulator::start(Options {
            clock,
            ..Options::default()
        })
        .await
        .expect("starts")
    }

    #[tokio::test]
    #[should_panic(expected = "nobody waits for the clock")]
    async fn work_that_waits_for_nothing_fails() {
        let limit = Duration::from_millis(50);
        let never = std::future::pending::<()>();
        running().await.through(never, limit).await;
    }

    #[tokio::test]
    #[should_panic(expected = "the clock is waited for until")]
    async fn work_that_only_looks_at_the_clock_again_and_again_fails() {
        let running = running().await;
        let clock = running.clock();
        let forever = async {
            loop {
                clock
                    .sleep_until(clock.now() + Duration::from_hours(1))
                    .await;
            }
        };
        let _never: () = running.through(forever, Duration::from_millis(200)).await;
    }
}
