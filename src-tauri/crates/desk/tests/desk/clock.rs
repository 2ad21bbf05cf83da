//! Clocks that jump: this computer's alone, or the API's with it; between two syncs and amid one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::time::Duration;

use desk::read::{SyncReport, SyncStatus};
use desk::{Clock, Desk, Options, SyncRequest};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use model::{Dataset, Freshness};
use sim::world::{Member, Period, Permission, Plan, Schedule, Service, Token};

use crate::Bench;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const QUARTER: Duration = Duration::from_mins(15);

/// When a running total was taken, and what it was.
type Total = (i64, Option<f64>);

/// By how many seconds this computer's clock is ahead of the API's.
#[derive(Clone, Default)]
struct Ahead(Arc<AtomicI64>);

impl Ahead {
    fn set(&self, seconds: i64) {
        self.0.store(seconds, SeqCst);
    }

    fn by(&self) -> SignedDuration {
        SignedDuration::from_secs(self.0.load(SeqCst))
    }

    /// A wait that has begun goes on for as long as it was to, however the clock is set meanwhile.
    fn clock(&self, sim: &sim::Running) -> Clock {
        let (now, sleep) = (sim.clock(), sim.clock());
        let (ours, theirs) = (self.clone(), self.clone());
        Clock::given(
            move || now.now() + ours.by(),
            move |at| Box::pin(sleep.sleep_until(at - theirs.by())),
        )
    }
}

/// A bench whose desk has a clock of its own.
async fn apart(options: sim::Options) -> (Bench, Ahead) {
    let mut bench = Bench::of(options).await;
    let ahead = Ahead::default();
    let options = Options {
        clock: ahead.clock(&bench.sim),
        ..Bench::options(&bench.sim, &bench.folder, &bench.vault)
    };
    bench.desk = Desk::open(options).await.unwrap();
    for (place, account) in bench.sim.tokens().iter().enumerate() {
        bench
            .connect(["Acme", "Nordwind"][place], &account.token)
            .await;
    }
    (bench, ahead)
}

fn assert_ok(report: &SyncReport, when: &str) {
    for account in &report.accounts {
        assert_eq!(
            account.status,
            SyncStatus::Ok,
            "{when}: {:?}",
            account.errors
        );
        assert_eq!(
            account.profiles.failed + account.profiles.skipped,
            0,
            "{when}"
        );
    }
}

impl Bench {
    fn db(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder.path().join("profile-desk.db")).unwrap()
    }

    /// Every stored hour and day is one that the API counted, none is missing and none is there twice.
    async fn assert_history_is_the_apis(&self, when: &str) {
        let (db, world, now) = (self.db(), self.sim.world(), self.sim.clock().now());
        for row in self.fleet().await.rows {
            let profile = world.profile(row.id.as_str()).unwrap();
            for (table, period) in [("usage_hour", Period::Hour), ("usage_day", Period::Day)] {
                let sql = format!("SELECT at, input FROM {table} WHERE profile = ?1 ORDER BY at");
                let mut query = db.prepare(&sql).unwrap();
                let stored = query.query_map([row.key], |row| Ok((row.get(0)?, row.get(1)?)));
                let stored: Vec<Total> = stored.unwrap().map(Result::unwrap).collect();
                let Some((first, _)) = stored.first() else {
                    panic!("{when}: nothing of {}", row.name)
                };
                let from = Timestamp::from_second(*first).unwrap();
                let counted = profile.samples(from, now, period, &TimeZone::UTC, now);
                let counted: Vec<_> = counted
                    .into_iter()
                    .map(|sample| {
                        (
                            sample.time.as_second(),
                            sample.totals[Service::Input as usize],
                        )
                    })
                    .collect();
                let only = |these: &[Total], others: &[Total]| {
                    let rest = these.iter().filter(|one| !others.contains(one));
                    rest.take(3).copied().collect::<Vec<_>>()
                };
                let told = format!("{when}: {table} of {}", row.name);
                assert_eq!(only(&stored, &counted), [], "{told}: not the API's");
                assert_eq!(only(&counted, &stored), [], "{told}: missing");
                assert_eq!(stored.len(), counted.len(), "{told}");
            }
        }
    }

    /// No version ends before it begins, or begins before the one before it ended.
    fn assert_versions_are_ordered(&self, when: &str) {
        let db = self.db();
        for (table, whose) in [
            (
                "version",
                "coalesce(account, -1) || ' ' || coalesce(profile, -1) || ' ' || aspect",
            ),
            ("token_version", "token"),
            ("team_member", "profile || ' ' || who"),
        ] {
            let sql =
                format!("SELECT {whose}, seen_from, seen_until FROM {table} ORDER BY {whose}, key");
            let mut query = db.prepare(&sql).unwrap();
            let rows = query.query_map([], |row| {
                let whose: rusqlite::types::Value = row.get(0)?;
                Ok((format!("{whose:?}"), row.get(1)?, row.get(2)?))
            });
            let rows: Vec<(String, i64, Option<i64>)> = rows.unwrap().map(Result::unwrap).collect();
            for (whose, from, until) in &rows {
                assert!(
                    until.is_none_or(|until| from <= &until),
                    "{when}: {table} {whose}"
                );
            }
            for pair in rows.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
                // One stands at a time, and it is the last.
                assert!(
                    pair[0].2.is_some_and(|ended| ended <= pair[1].1),
                    "{when}: {table} {pair:?}"
                );
            }
        }
    }

    /// Has something of everything that is kept in versions change.
    fn stir(&self, round: i64) {
        let account = self.sim.tokens()[0].account.clone();
        let now = self.sim.clock().now();
        let desk_token = {
            let world = self.sim.world();
            world.token(&self.sim.tokens()[0].token).unwrap().1.clone()
        };
        self.sim.change(|world| {
            let odd = round % 2 == 1;
            world.accounts[0].plan = if odd { Plan::Starter } else { Plan::Scale };
            world.accounts[0].schedule = odd.then(|| Schedule {
                release_at: now + SignedDuration::from_hours(24 * 365),
                plan: None,
                limits: Vec::new(),
            });
            let mut owned = world
                .profiles
                .values_mut()
                .filter(|one| one.owner == account);
            let profile = owned.next_back().unwrap();
            profile.name = format!("Round {round}");
            profile.limits[Service::Sms as usize] += 1.0;
            if let Some(token) = profile.tokens.first_mut() {
                token.permission = if odd {
                    Permission::Read
                } else {
                    Permission::Write
                };
            }
            // One of each comes and goes.
            if odd {
                profile.tokens.push(Token {
                    token: "p-00000000-1111-4222-8333-444444444444".to_owned(),
                    ..desk_token
                });
                profile.team.push(Member {
                    id: "0123456789abcdef01234567".to_owned(),
                    name: "Ada".to_owned(),
                    email: "ada@example.com".to_owned(),
                    active: true,
                    created_at: now,
                });
            } else {
                profile.tokens.pop();
                profile.team.pop();
            }
        });
    }
}

#[tokio::test]
async fn a_clock_that_jumps_between_syncs_loses_doubles_and_freezes_nothing() {
    let (bench, ahead) = apart(crate::world_of(12)).await;
    assert_ok(&bench.sync().await, "first");
    for (round, seconds) in (1..).zip([-HOUR, 0, DAY, 0, DAY, -HOUR, -40 * DAY, 40 * DAY, 0]) {
        ahead.set(seconds);
        let when = format!("round {round}, {seconds} s ahead");
        bench.sim.clock().advance(QUARTER);
        bench.stir(round);
        assert_ok(&bench.sync().await, &when);
        bench.assert_versions_are_ordered(&when);
        // Whatever the clock says, what was just fetched is not fetched again, and what is older is.
        bench.sim.clear_requests();
        assert_ok(&bench.sync().await, &when);
        assert_eq!(bench.sim.requests(), [], "{when}");
        bench.sim.clock().advance(QUARTER);
        bench.stir(round + 1);
        assert_ok(&bench.sync().await, &when);
        let asked = bench.sim.requests().into_iter();
        let summaries = asked
            .filter(|request| request.route.ends_with("/summary"))
            .count();
        assert_eq!(summaries, bench.fleet().await.rows.len(), "{when}");
        bench.assert_versions_are_ordered(&when);
        let name = format!("Round {}", round + 1);
        assert!(
            bench.fleet().await.rows.iter().any(|row| row.name == name),
            "{when}"
        );
    }
    ahead.set(0);
    bench.sim.clock().advance(Duration::from_hours(3));
    assert_ok(&bench.sync().await, "at last");
    bench.assert_history_is_the_apis("at last").await;
}

#[tokio::test]
async fn what_was_fetched_in_the_future_is_asked_for_once_when_the_clock_is_right_again() {
    let (bench, ahead) = apart(crate::world_of(12)).await;
    ahead.set(30 * DAY);
    assert_ok(&bench.sync().await, "ahead");
    ahead.set(0);
    bench.sim.clear_requests();
    assert_ok(&bench.sync().await, "right");
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    for request in bench.sim.requests() {
        *asked.entry(request.route).or_default() += 1;
    }
    let fleet = bench.fleet().await.rows.len();
    for route in ["", "/summary", "/team"] {
        assert_eq!(
            asked[&format!("/profile/{{id}}{route}")],
            fleet,
            "{asked:?}"
        );
    }
    for row in bench.fleet().await.rows {
        for dataset in bench.desk.profile(row.key).await.unwrap().datasets {
            if let Freshness::Fresh { fetched_at } = dataset.freshness {
                assert!(fetched_at <= bench.sim.clock().now(), "{}", dataset.dataset);
            }
        }
    }
    bench.sim.clear_requests();
    assert_ok(&bench.sync().await, "at once");
    assert_eq!(bench.sim.requests(), []);
    bench.assert_history_is_the_apis("right").await;
}

#[tokio::test]
async fn a_clock_that_is_always_wrong_asks_for_no_more_and_no_less() {
    for seconds in [-HOUR, HOUR, 25, -1_825] {
        let (bench, ahead) = apart(crate::world_of(8)).await;
        ahead.set(seconds);
        assert_ok(&bench.sync().await, "first");
        let fleet = bench.fleet().await.rows.len();
        bench.sim.clear_requests();
        for _ in 0..6 * 4 {
            bench.sim.clock().advance(QUARTER);
            assert_ok(&bench.sync().await, "later");
        }
        let history = bench.sim.requests().into_iter();
        let hours = history
            .filter(|request| request.path.contains("periodicity=hour"))
            .count();
        assert_eq!(hours, 6 * fleet, "{seconds} s ahead");
        ahead.set(0);
        bench.sim.clock().advance(Duration::from_hours(3));
        assert_ok(&bench.sync().await, "at last");
        bench
            .assert_history_is_the_apis(&format!("{seconds} s ahead"))
            .await;
    }
}

/// A first sync that is held up by limits, up to when it waits for the third minute; then `jump`.
async fn amid(jump: impl Fn(&Bench, &Ahead)) -> (Bench, Ahead) {
    let options = sim::Options {
        accounts: 1,
        rpm: Some(10),
        ..crate::world_of(30)
    };
    let (bench, ahead) = apart(options).await;
    let third = bench.sim.clock().now() + SignedDuration::from_mins(2);
    let mut jumped = false;
    let watch = async {
        loop {
            if !jumped && bench.sim.clock().now() >= third {
                jump(&bench, &ahead);
                jumped = true;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let work = async {
        tokio::select! {
            report = bench.desk.sync(SyncRequest::default()) => report.unwrap(),
            () = watch => unreachable!(),
        }
    };
    let report = bench.sim.run_through(work).await;
    assert!(jumped);
    assert_ok(&report, "amid");
    let mut counts: BTreeMap<(String, bool), usize> = BTreeMap::new();
    for request in bench.sim.requests() {
        if request.status == Some(200) && !request.path.contains("page=2") {
            let path = request.path.split("start_date").next().unwrap().to_owned();
            let by_day = request.path.contains("periodicity=day");
            *counts.entry((path, by_day)).or_default() += 1;
        }
    }
    counts.retain(|(path, _), count| *count > 1 && path != "/account");
    assert_eq!(counts, BTreeMap::new(), "asked for twice");
    (bench, ahead)
}

#[tokio::test]
async fn a_clock_that_jumps_amid_a_sync_holds_it_up_by_no_more_than_the_jump() {
    for jump in [-HOUR, DAY] {
        // This computer's alone.
        let (bench, ahead) = amid(|_, ahead| ahead.set(jump)).await;
        let began: Timestamp = crate::NOW.parse().unwrap();
        let took = bench.sim.clock().now().duration_since(began);
        // What was counted in the minute of the jump is not known any more, and so the limit is for ten
        // minutes taken for a lower one.
        assert!(took < SignedDuration::from_mins(20), "{jump}: {took}");
        ahead.set(0);
        finish(&bench, jump).await;
        // Both.
        let (bench, _) = amid(|bench, _| {
            let clock = bench.sim.clock();
            clock.set(clock.now() + SignedDuration::from_secs(jump));
        })
        .await;
        finish(&bench, jump).await;
    }
}

async fn finish(bench: &Bench, jump: i64) {
    let when = format!("after a jump by {jump} s");
    bench.sim.set_rpm(None);
    let mut began = bench.sim.clock().now();
    for hours in [1, 26] {
        // Half past: the hour's own sample is there and due.
        let hour = bench.sim.clock().now().as_second().div_euclid(HOUR) + hours;
        let half_past = Timestamp::from_second(hour * HOUR + HOUR / 2).unwrap();
        bench.sim.clock().set(half_past);
        began = half_past;
        assert_ok(&bench.sync().await, &when);
    }
    bench.assert_history_is_the_apis(&when).await;
    bench.assert_versions_are_ordered(&when);
    for row in bench.fleet().await.rows {
        let datasets = bench.desk.profile(row.key).await.unwrap().datasets;
        let summary = datasets
            .iter()
            .find(|one| one.dataset == Dataset::Summary)
            .unwrap();
        // It may be a while ago, as a limit may have been learned too low: but it was by this sync.
        let (Freshness::Fresh { fetched_at } | Freshness::Stale { fetched_at }) = summary.freshness
        else {
            panic!("{when}: {:?}", summary.freshness)
        };
        assert!(
            began <= fetched_at && fetched_at <= bench.sim.clock().now(),
            "{when}"
        );
    }
}
