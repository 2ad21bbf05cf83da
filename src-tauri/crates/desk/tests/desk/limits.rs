//! TagoIO's limits of requests a minute: met once, then kept to, in virtual time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use desk::read::{SyncReport, SyncState, SyncStatus};
use desk::{ProblemCode, SyncRequest};
use jiff::{SignedDuration, Timestamp};
use model::Freshness;
use sim::{RateScope, Request};

use crate::Bench;

const MINUTE: Duration = Duration::from_mins(1);
const RPM: u32 = 30;

/// What the answers of a minute take at most, sixteen at once.
const ANSWERS: Duration = Duration::from_secs(5);

/// What is in flight at once may all be too many when a limit is met for the first time.
const IN_FLIGHT: usize = 16;

/// One account with so many profiles, and answers that take a moment.
fn world_of(profiles: usize, rate_scope: RateScope) -> sim::Options {
    sim::Options {
        accounts: 1,
        rate_scope,
        latency: Duration::from_millis(120),
        ..crate::world_of(profiles)
    }
}

async fn limited(profiles: usize, rate_scope: RateScope, rpm: u32) -> Bench {
    let options = sim::Options {
        rpm: Some(rpm),
        ..world_of(profiles, rate_scope)
    };
    Bench::connected_to(options).await
}

fn minute(request: &Request) -> i64 {
    request.at.as_second().div_euclid(60)
}

/// Of each route, how many were refused in which minute.
fn refused(requests: &[Request]) -> BTreeMap<String, BTreeMap<i64, usize>> {
    let mut refused: BTreeMap<String, BTreeMap<i64, usize>> = BTreeMap::new();
    for request in requests
        .iter()
        .filter(|request| request.status == Some(429))
    {
        let minutes = refused.entry(request.route.clone()).or_default();
        *minutes.entry(minute(request)).or_default() += 1;
    }
    refused
}

/// The most requests that one route was asked with success.
fn busiest(requests: &[Request]) -> u32 {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for request in requests
        .iter()
        .filter(|request| request.status == Some(200))
    {
        *counts.entry(&request.route).or_default() += 1;
    }
    counts.into_values().max().unwrap_or(0)
}

fn assert_all_arrived(report: &SyncReport) {
    for account in &report.accounts {
        assert_eq!(account.status, SyncStatus::Ok, "{:?}", account.errors);
        assert_eq!(account.profiles.failed + account.profiles.skipped, 0);
        assert!(account.profiles.ok >= 50, "{:?}", account.profiles);
    }
}

impl Bench {
    fn now(&self) -> Timestamp {
        self.sim.clock().now()
    }

    /// Runs a sync and says what it asked for and how long it took by the clock.
    async fn timed(&self, request: SyncRequest) -> (SyncReport, Vec<Request>, Duration) {
        self.sim.clear_requests();
        let began = self.now();
        let report = self.run(request).await;
        let took = self.now().duration_since(began).unsigned_abs();
        (report, self.sim.requests(), took)
    }

    async fn refresh(&self, profile: i64) -> (SyncReport, Vec<Request>, Duration) {
        self.timed(SyncRequest {
            profile: Some(profile),
            ..SyncRequest::default()
        })
        .await
    }

    fn of_store(&self, sql: &str) -> Vec<String> {
        let file = self.folder.path().join("profile-desk.db");
        let db = rusqlite::Connection::open(file).unwrap();
        let mut query = db.prepare(sql).unwrap();
        let rows = query.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// Lets what is written in the background be written: it is done by real threads.
    async fn settled(&self, sql: &str, wanted: usize) -> Vec<String> {
        for _ in 0..200 {
            let rows = self.of_store(sql);
            if rows.len() >= wanted {
                return rows;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.of_store(sql)
    }
}

/// Everything, however fresh.
fn all() -> SyncRequest {
    SyncRequest {
        all: true,
        ..SyncRequest::default()
    }
}

#[tokio::test]
async fn a_limit_of_the_token_is_met_once_a_route_and_kept_to_also_by_the_next_start() {
    let mut bench = limited(120, RateScope::Caller, RPM).await;
    let (report, requests, took) = bench.timed(SyncRequest::default()).await;
    assert_all_arrived(&report);
    let bound = MINUTE * (busiest(&requests) / RPM);
    // The last answers take their time behind the last minute that was waited for.
    let most = bound + 2 * MINUTE + ANSWERS;
    assert!(took <= most, "{took:?}, not {bound:?}");
    assert!(
        took + 2 * MINUTE >= bound,
        "{took:?}, not {bound:?}: it was not limited at all"
    );
    let first = refused(&requests);
    assert_eq!(
        first.len(),
        5,
        "{first:?}: every route of profiles met its limit"
    );
    for (route, minutes) in first {
        assert_eq!(minutes.len(), 1, "{route} was refused in {minutes:?}");
        assert!(
            minutes.into_values().all(|count| count <= IN_FLIGHT),
            "{route}"
        );
    }
    let fleet = bench.fleet().await;
    for row in &fleet.rows {
        for dataset in bench.desk.profile(row.key).await.unwrap().datasets {
            let arrived = match dataset.freshness {
                Freshness::Fresh { .. } | Freshness::Stale { .. } => true,
                Freshness::NotPermitted { .. } => row.shared,
                _ => false,
            };
            assert!(
                arrived,
                "{}, {}: {:?}",
                row.name, dataset.dataset, dataset.freshness
            );
        }
    }

    // What was learned is kept: the program starts again and meets no limit.
    let limits = bench
        .settled("SELECT route || ' ' || per_minute FROM rate_limit", 5)
        .await;
    assert_eq!(limits.len(), 5, "{limits:?}");
    assert!(
        limits.iter().all(|limit| limit.ends_with(" 30")),
        "{limits:?}"
    );
    assert_eq!(bench.of_store("SELECT scope FROM rate_scope"), ["token"]);
    bench.sim.clock().advance(MINUTE);
    bench.reopen().await;
    let (report, requests, took) = bench.timed(all()).await;
    assert_all_arrived(&report);
    assert_eq!(refused(&requests), BTreeMap::new());
    let bound = MINUTE * (busiest(&requests) / RPM);
    assert!(took <= bound + 2 * MINUTE, "{took:?}, not {bound:?}");
}

#[tokio::test]
async fn a_lowered_limit_is_learned_anew_and_a_raised_one_does_no_harm() {
    let bench = limited(120, RateScope::Caller, RPM).await;
    assert_all_arrived(&bench.sync().await);
    bench.sim.clock().advance(MINUTE);
    let lower = 10;
    bench.sim.set_rpm(Some(lower));
    let (report, requests, took) = bench.timed(all()).await;
    assert_all_arrived(&report);
    let bound = MINUTE * (busiest(&requests) / lower);
    assert!(took <= bound + 3 * MINUTE, "{took:?}, not {bound:?}");
    for (route, minutes) in refused(&requests) {
        // A second time once it is forgotten that it was lowered, since somebody else may have asked too.
        assert!(minutes.len() <= 2, "{route} was refused in {minutes:?}");
        assert!(
            minutes.into_values().all(|count| count <= IN_FLIGHT),
            "{route}"
        );
    }

    bench.sim.clock().advance(MINUTE);
    bench.sim.set_rpm(Some(10 * RPM));
    let (report, requests, took) = bench.timed(all()).await;
    assert_all_arrived(&report);
    assert_eq!(refused(&requests), BTreeMap::new());
    assert!(
        took <= MINUTE * (busiest(&requests) / lower + 2),
        "{took:?}"
    );
}

#[tokio::test]
async fn limits_of_each_profile_keep_nobody_waiting() {
    let bench = limited(120, RateScope::Asked, RPM).await;
    for request in [SyncRequest::default(), all()] {
        let (report, requests, took) = bench.timed(request).await;
        assert_all_arrived(&report);
        assert_eq!(refused(&requests), BTreeMap::new());
        assert!(took < MINUTE, "{took:?}");
    }
}

/// Of each profile's summary five a minute; nothing else is limited.
async fn summaries_limited(rate_scope: RateScope) -> (Bench, i64) {
    let options = sim::Options {
        rpm_by_route: vec![("GET /profile/{id}/summary".to_owned(), 5)],
        latency: Duration::from_millis(20),
        ..world_of(60, rate_scope)
    };
    let bench = Bench::connected_to(options).await;
    bench.sim.set_rpm(None);
    let profile = if rate_scope == RateScope::Asked {
        bench.sync().await;
        bench.fleet().await.rows[25].key
    } else {
        0
    };
    (bench, profile)
}

#[tokio::test]
async fn a_profile_that_alone_exceeds_its_limit_teaches_that_each_has_its_own() {
    let (mut bench, busy) = summaries_limited(RateScope::Asked).await;
    bench.sim.clock().advance(MINUTE);
    for _ in 0..5 {
        let (_, requests, _) = bench.refresh(busy).await;
        assert_eq!(refused(&requests), BTreeMap::new());
    }
    assert_eq!(bench.of_store("SELECT scope FROM rate_scope"), [""; 0]);
    // A sixth, before everybody else's: only that one waits.
    bench.desk.look_at(Some(busy));
    let (report, requests, took) = bench.timed(all()).await;
    assert_all_arrived(&report);
    assert!(took < 2 * MINUTE, "{took:?}");
    let first = minute(&requests[0]);
    let later: Vec<_> = requests
        .iter()
        .filter(|request| minute(request) != first)
        .collect();
    assert_eq!(later.len(), 1, "{later:?}");
    assert!(later[0].route.ends_with("/summary"));
    let scope = "SELECT scope FROM rate_scope";
    assert_eq!(bench.settled(scope, 1).await, ["asked"]);

    // The limit itself is learned by the next refusal, and then kept to, by the next start as well.
    let mut counts = Vec::new();
    for _ in 0..3 {
        bench.sim.clock().advance(2 * MINUTE);
        let mut all = Vec::new();
        for _ in 0..7 {
            let (report, requests, _) = bench.refresh(busy).await;
            assert_eq!(report.accounts[0].status, SyncStatus::Ok);
            all.extend(requests);
        }
        counts.push(
            refused(&all)
                .into_values()
                .flatten()
                .map(|(_, count)| count)
                .sum::<usize>(),
        );
        bench.settled("SELECT route FROM rate_limit", 1).await;
        bench.reopen().await;
    }
    assert_eq!(counts, [1, 0, 0]);
}

/// A sync of a fleet that is a day old, in its third minute, with all that is left waiting for the next.
async fn busy_bench() -> Bench {
    let bench = limited(60, RateScope::Caller, 12).await;
    bench.sim.set_rpm(None);
    bench.sync().await;
    bench.sim.set_rpm(Some(12));
    bench.sim.clock().advance(Duration::from_hours(25));
    bench.sim.clear_requests();
    bench.desk.start_sync(SyncRequest::default()).unwrap();
    let waits = async {
        loop {
            let requests = bench.sim.requests();
            let minutes: BTreeSet<_> = requests.iter().map(minute).collect();
            if let SyncState::Running { progress } = bench.desk.sync_state()
                && progress.waiting_until.is_some()
                && minutes.len() >= 3
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    bench.sim.run_through(waits).await;
    bench
}

/// The profile that comes last in a running sync.
async fn untouched(bench: &Bench) -> (i64, String) {
    let requests = bench.sim.requests();
    let asked = |id: &str| requests.iter().any(|request| request.path.contains(id));
    let rows = bench.fleet().await.rows;
    let untouched = rows
        .iter()
        .filter(|row| !row.shared && !asked(row.id.as_str()));
    let row = untouched.max_by_key(|row| row.key).unwrap();
    (row.key, row.id.to_string())
}

async fn until_idle(bench: &Bench) -> SyncReport {
    let ended = async {
        loop {
            if let SyncState::Idle { last, .. } = bench.desk.sync_state() {
                return last.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    bench.sim.run_through(ended).await
}

#[tokio::test]
async fn a_profile_that_a_person_asks_for_goes_ahead_of_a_sync_and_uses_what_is_kept_for_that() {
    let bench = busy_bench().await;
    let (key, id) = untouched(&bench).await;
    let before = bench.sim.requests().len();
    let asked_at = bench.now();
    let request = SyncRequest {
        profile: Some(key),
        ..SyncRequest::default()
    };
    bench.desk.start_sync(request).unwrap();
    let report = until_idle(&bench).await;
    assert_all_arrived(&report);
    let requests = bench.sim.requests();
    let of_it: Vec<_> = requests[before..]
        .iter()
        .enumerate()
        .filter(|(_, request)| request.path.contains(&id))
        .collect();
    let routes: Vec<_> = of_it
        .iter()
        .map(|(_, request)| request.route.as_str())
        .collect();
    assert_eq!(routes.len(), 6, "each dataset once: {routes:?}");
    // One request of each route is kept for a person in each minute; the history takes two.
    let at_once: Vec<_> = of_it
        .iter()
        .filter(|(_, request)| request.at <= asked_at + SignedDuration::from_secs(2))
        .collect();
    assert_eq!(at_once.len(), 5, "{of_it:?}");
    let (place, last) = of_it.last().unwrap();
    assert!(
        last.at < asked_at + SignedDuration::from_secs(61),
        "{last:?}"
    );
    assert!(*place < 5 + 16, "{place} went before");
    assert_eq!(refused(&requests[before..]), BTreeMap::new());
}

#[tokio::test]
async fn a_profile_that_a_person_looks_at_is_fetched_before_others_that_wait() {
    let bench = busy_bench().await;
    let (key, id) = untouched(&bench).await;
    let before = bench.sim.requests().len();
    bench.desk.look_at(Some(key));
    assert_all_arrived(&until_idle(&bench).await);
    let requests = bench.sim.requests();
    for route in ["", "/summary", "/statistics", "/token", "/team"] {
        let route = format!("/profile/{{id}}{route}");
        let mut of_route = requests[before..]
            .iter()
            .filter(|request| request.route == route);
        let place = of_route
            .position(|request| request.path.contains(&id))
            .unwrap();
        assert_eq!(place, 0, "{route}");
    }
}

#[tokio::test]
async fn an_api_that_always_says_to_wait_is_given_up_on() {
    let bench = limited(60, RateScope::Caller, 1_000).await;
    bench.sync().await;
    bench.sim.clock().advance(Duration::from_hours(25));
    bench.sim.set_fault("429".parse().unwrap());
    let (report, requests, took) = bench.timed(SyncRequest::default()).await;
    assert_eq!(report.accounts[0].status, SyncStatus::Failed);
    let error = &report.accounts[0].errors[0];
    assert_eq!(error.code, ProblemCode::RateLimited);
    assert!(error.retry_at.is_some(), "{error:?}");
    assert!(
        took <= 25 * MINUTE,
        "{took:?} and {} requests",
        requests.len()
    );
    assert!(requests.len() <= 700, "{}", requests.len());

    // A person is told when to try again.
    let tokens = bench.sim.tokens();
    let new = bench.new_account("Acme", &tokens[0].token);
    let problem = bench
        .sim
        .run_through(bench.desk.connect(new))
        .await
        .unwrap_err();
    assert_eq!(problem.code, ProblemCode::RateLimited);
    let at = problem.retry_at.unwrap();
    let wait = at.duration_since(bench.now());
    assert!(
        wait.is_positive() && wait.unsigned_abs() <= MINUTE,
        "{wait:?}"
    );

    bench.sim.clear_faults();
    bench.sim.clock().advance(MINUTE);
    let (report, _, took) = bench.timed(SyncRequest::default()).await;
    assert_all_arrived(&report);
    assert!(
        took <= 2 * MINUTE,
        "what was refused for no reason is no limit: {took:?}"
    );
}
