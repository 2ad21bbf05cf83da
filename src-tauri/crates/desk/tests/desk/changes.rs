//! What one sync shows to have changed since the one before: profiles, their limits and what they use of
//! them, and how the log is read.

mod access;
mod billing;
mod log;

use std::time::Duration;

use desk::read::{ActivityQuery, ChangeRow, ChangeTopic};
use model::ChangeKind;
use serde_json::{Value, json};
use sim::world::{Profile, Service};

use crate::Bench;

pub(crate) const QUARTER: Duration = Duration::from_mins(15);
pub(crate) const DAY: Duration = Duration::from_hours(24);

/// A change without what the store numbers: its kind, of what, from what, to what.
pub(crate) type Told = (ChangeKind, Option<String>, Value, Value);

pub(crate) fn told(
    kind: ChangeKind,
    subject: Option<&str>,
    old: impl Into<Value>,
    new: impl Into<Value>,
) -> Told {
    (kind, subject.map(str::to_owned), old.into(), new.into())
}

/// What is asked of the log where nothing else is said.
pub(crate) fn everything() -> ActivityQuery {
    ActivityQuery {
        limit: 10_000,
        ..ActivityQuery::default()
    }
}

impl Bench {
    pub(crate) async fn changes(&self, query: ActivityQuery) -> Vec<ChangeRow> {
        let page = self.desk.activity(query).await.unwrap();
        assert_eq!(page.total as usize, page.rows.len());
        page.rows
    }

    /// What was told of a profile on a topic since a moment, the oldest first.
    pub(crate) async fn told_of(&self, profile: &str, topic: ChangeTopic) -> Vec<Told> {
        let query = ActivityQuery {
            topics: vec![topic],
            ..everything()
        };
        let mut rows = self.changes(query).await;
        rows.retain(|row| {
            row.profile
                .as_ref()
                .is_some_and(|id| id.as_str() == profile)
        });
        told_in(rows)
    }

    /// A sync, some time after the one before.
    pub(crate) async fn sync_after(&self, time: Duration) {
        self.sim.clock().advance(time);
        self.sync().await;
    }

    /// Changes a profile behind the desk's back.
    pub(crate) fn alter(&self, profile: &str, change: impl FnOnce(&mut Profile)) {
        let found = self
            .sim
            .change(|world| world.profile_mut(profile).map(change));
        assert!(found.is_some());
    }

    /// A profile of the first account in which nothing happens by itself, and that nobody else reaches.
    pub(crate) fn quiet(&self) -> String {
        let owner = self.sim.tokens()[0].account.clone();
        let world = self.sim.world();
        let id = world
            .owned_by(&owner)
            .find(|profile| {
                let desks = |token: &sim::world::Token| token.name == "Profile Desk";
                !profile.tokens.iter().any(desks) && profile.team.iter().all(|one| !one.active)
            })
            .unwrap()
            .id
            .clone();
        let now = self.sim.clock().now();
        self.alter(&id, |profile| {
            profile.created_at = now;
            profile.meter.idle_from = Some(now.as_second() / 86_400 - 400);
            profile.meter.caps = [None; 10];
            for service in Service::NINE {
                profile.limits[service as usize] =
                    10.0 * profile.limit_used(now)[service as usize] + 1_000.0;
            }
        });
        id
    }

    /// Has a profile use exactly so much of a service.
    pub(crate) fn use_exactly(&self, profile: &str, service: Service, amount: f64) {
        let now = self.sim.clock().now();
        let held = self.sim.world();
        let used = held.profile(profile).unwrap().limit_used(now)[service as usize];
        assert!(self.sim.use_service(profile, service, amount - used));
    }
}

/// The rows of an answer, the oldest first.
pub(crate) fn told_in(rows: Vec<ChangeRow>) -> Vec<Told> {
    let rows = rows.into_iter().rev();
    rows.map(|row| (row.kind, row.subject, row.old, row.new))
        .collect()
}

/// A profile like another one, under an id of its own.
pub(crate) fn twin(bench: &Bench, of: &str, id: &str, name: &str) -> Profile {
    let world = bench.sim.world();
    Profile {
        id: id.to_owned(),
        name: name.to_owned(),
        tokens: Vec::new(),
        ..world.profile(of).unwrap().clone()
    }
}

const NEW_ID: &str = "0123456789abcdef01234567";

#[tokio::test]
async fn the_first_sync_of_anything_is_no_change() {
    let bench = Bench::new(40).await;
    let tokens = bench.sim.tokens();
    bench.connect("Acme", &tokens[0].token).await;
    bench.sync().await;
    assert_eq!(bench.changes(everything()).await, []);
    let before = bench.fleet().await.total;

    // Nor is the first sync of an account that is connected later, with all of its profiles.
    bench.connect("Nordwind", &tokens[1].token).await;
    bench.sync().await;
    assert!(bench.fleet().await.total > before);
    assert_eq!(bench.changes(everything()).await, []);

    // Nor a dataset that nobody asked for before.
    bench
        .desk
        .put_setting("backup.age", Some("1"))
        .await
        .unwrap();
    bench.sync().await;
    assert_eq!(bench.changes(everything()).await, []);
    bench.sync_again().await;
    assert_eq!(bench.changes(everything()).await, []);
}

#[tokio::test]
async fn a_profile_appears_is_renamed_is_removed_and_returns_each_once() {
    let bench = Bench::connected(12).await;
    let model = bench.quiet();
    bench.sync().await;
    let topic = ChangeTopic::Profiles;
    let mut new = twin(&bench, &model, NEW_ID, "Vineyard");
    // That it is over its limit, and has tokens and a team, is where it begins, and no change.
    new.limits[Service::Input as usize] = 10.0;
    bench.sim.change(|world| world.add_profile(new.clone()));
    bench.use_exactly(NEW_ID, Service::Input, 11.0);
    bench.sync_after(QUARTER).await;
    let mut expected = vec![told(
        ChangeKind::ProfileAppeared,
        None,
        Value::Null,
        "Vineyard",
    )];
    assert_eq!(bench.told_of(NEW_ID, topic).await, expected);
    let rows = bench.changes(everything()).await;
    let row = rows
        .iter()
        .find(|row| row.profile.as_ref().is_some_and(|id| id.as_str() == NEW_ID));
    let row = row.unwrap();
    assert_eq!(row.account.as_deref(), Some("Acme"));
    assert_eq!(row.at.as_second(), bench.sim.clock().now().as_second());
    let key = row.profile_key.unwrap();
    let alone = ActivityQuery {
        profile: Some(key),
        ..everything()
    };
    assert_eq!(
        bench.changes(alone).await.len(),
        1,
        "it is new, and nothing of it changed"
    );

    assert!(bench.sim.rename_profile(NEW_ID, "Winery"));
    bench.sync_after(QUARTER).await;
    expected.push(told(ChangeKind::ProfileRenamed, None, "Vineyard", "Winery"));
    assert_eq!(bench.told_of(NEW_ID, topic).await, expected);
    // Its own dataset, which says the name too, comes a day later.
    bench.sync_after(DAY).await;
    assert_eq!(bench.told_of(NEW_ID, topic).await, expected);

    assert!(bench.sim.remove_profile(NEW_ID));
    for _ in 0..2 {
        bench.sync_after(QUARTER).await;
    }
    expected.push(told(
        ChangeKind::ProfileRemoved,
        None,
        "Winery",
        Value::Null,
    ));
    assert_eq!(bench.told_of(NEW_ID, topic).await, expected);

    bench.sim.change(|world| world.add_profile(new));
    for _ in 0..2 {
        bench.sync_after(QUARTER).await;
    }
    expected.push(told(
        ChangeKind::ProfileReturned,
        None,
        Value::Null,
        "Vineyard",
    ));
    assert_eq!(bench.told_of(NEW_ID, topic).await, expected);
}

#[tokio::test]
async fn a_limit_that_changed_is_told_with_what_it_was_and_what_it_is() {
    let bench = Bench::connected(12).await;
    let profile = bench.quiet();
    bench.alter(&profile, |profile| {
        profile.limits[Service::Sms as usize] = 0.0;
    });
    bench.sync().await;
    let before = bench.sim.world().profile(&profile).unwrap().limits;
    bench.sim.set_limit(&profile, Service::Input, 250_000.0);
    bench
        .sim
        .set_limit(&profile, Service::FileStorage, 20_000.5);
    bench.sim.set_limit(&profile, Service::Sms, 30.0);
    bench.sync_after(QUARTER).await;
    let changed = |service: Service, old: f64, new: f64| {
        told(ChangeKind::LimitChanged, Some(service.key()), old, new)
    };
    let mut expected = vec![
        changed(Service::Input, before[Service::Input as usize], 250_000.0),
        changed(Service::Sms, 0.0, 30.0),
        changed(
            Service::FileStorage,
            before[Service::FileStorage as usize],
            20_000.5,
        ),
    ];
    assert_eq!(bench.told_of(&profile, ChangeTopic::Limits).await, expected);

    // Nothing is allocated any more: a limit as any other, and nothing is used up by that.
    bench.sim.set_limit(&profile, Service::Sms, 0.0);
    bench.sync_after(QUARTER).await;
    expected.push(changed(Service::Sms, 30.0, 0.0));
    assert_eq!(bench.told_of(&profile, ChangeTopic::Limits).await, expected);
    bench.sync_after(QUARTER).await;
    assert_eq!(bench.told_of(&profile, ChangeTopic::Limits).await, expected);
}

#[tokio::test]
async fn use_crosses_each_threshold_upwards_and_leaves_it_two_points_below() {
    let bench = Bench::connected(12).await;
    let profile = bench.quiet();
    bench.sim.set_limit(&profile, Service::RunUsers, 10_000.0);
    bench.use_exactly(&profile, Service::RunUsers, 8_000.0);
    bench.sync().await;
    let (up, down) = (ChangeKind::ThresholdReached, ChangeKind::ThresholdLeft);
    let none = Value::Null;
    let mut expected = Vec::new();
    // Each step: what is used of 10,000, and what that tells.
    for (used, change) in [
        (8_001.0, Some((up, none.clone(), json!(80)))),
        (7_801.0, None),
        (8_900.0, None),
        (9_001.0, Some((up, json!(80), json!(90)))),
        (8_801.0, None),
        (9_999.0, None),
        (10_000.0, Some((up, json!(90), json!(100)))),
        (9_801.0, None),
        (12_000.0, None),
        (9_800.0, Some((down, json!(100), json!(90)))),
        (8_800.0, Some((down, json!(90), json!(80)))),
        (7_800.0, Some((down, json!(80), none.clone()))),
        (7_999.0, None),
        // All of the way at once is one change.
        (10_500.0, Some((up, none.clone(), json!(100)))),
        (10.0, Some((down, json!(100), none.clone()))),
    ] {
        bench.use_exactly(&profile, Service::RunUsers, used);
        bench.sync_after(QUARTER).await;
        expected.extend(change.map(|(kind, old, new)| told(kind, Some("run_users"), old, new)));
        let all = bench.told_of(&profile, ChangeTopic::Limits).await;
        assert_eq!(all, expected, "at {used}");
    }
}

#[tokio::test]
async fn a_counter_that_its_cycle_resets_leaves_its_threshold() {
    let bench = Bench::connected(12).await;
    let profile = bench.quiet();
    bench.sim.set_limit(&profile, Service::Input, 1_000.0);
    bench.use_exactly(&profile, Service::Input, 850.0);
    bench.sync().await;
    bench.use_exactly(&profile, Service::Input, 1_000.0);
    bench.sync_after(QUARTER).await;
    let reached = told(ChangeKind::ThresholdReached, Some("input"), 80, 100);
    assert_eq!(
        bench.told_of(&profile, ChangeTopic::Limits).await,
        std::slice::from_ref(&reached)
    );

    let world = bench.sim.world();
    let cycle = world.profile(&profile).unwrap().meter.cycle;
    let end = cycle.around(bench.sim.clock().now()).1;
    bench
        .sim
        .clock()
        .set(end - jiff::SignedDuration::from_secs(1));
    bench.sync().await;
    assert_eq!(
        bench.told_of(&profile, ChangeTopic::Limits).await,
        std::slice::from_ref(&reached)
    );
    bench.sync_after(QUARTER).await;
    let left = told(ChangeKind::ThresholdLeft, Some("input"), 100, Value::Null);
    assert_eq!(
        bench.told_of(&profile, ChangeTopic::Limits).await,
        [reached, left]
    );
}

#[tokio::test]
async fn a_raised_limit_is_one_change_and_what_use_leaves_by_it_another() {
    let bench = Bench::connected(12).await;
    let profile = bench.quiet();
    bench.sim.set_limit(&profile, Service::DataRecords, 100.0);
    bench.use_exactly(&profile, Service::DataRecords, 100.0);
    bench.sync().await;
    bench.sim.set_limit(&profile, Service::DataRecords, 110.0);
    bench.sync_after(QUARTER).await;
    let expected = [
        told(ChangeKind::LimitChanged, Some("data_records"), 100.0, 110.0),
        told(ChangeKind::ThresholdLeft, Some("data_records"), 100, 90),
    ];
    assert_eq!(bench.told_of(&profile, ChangeTopic::Limits).await, expected);
}

#[tokio::test]
async fn a_profile_that_two_accounts_reach_makes_each_change_once() {
    let bench = Bench::connected(40).await;
    bench.sync().await;
    let rows = bench.fleet().await.rows;
    let row = rows.iter().find(|row| row.accounts.len() > 1).unwrap();
    let (id, before) = (row.id.as_str(), row.name.clone());
    let used = bench.sim.world().profile(id).unwrap().limits;
    assert!(bench.sim.rename_profile(id, "Shared by two"));
    bench
        .sim
        .set_limit(id, Service::Input, 5.0 * used[Service::Input as usize]);
    bench.sync_after(QUARTER).await;
    bench.sync_after(DAY).await;
    let renamed = told(
        ChangeKind::ProfileRenamed,
        None,
        before.clone(),
        "Shared by two",
    );
    assert_eq!(
        bench.told_of(id, ChangeTopic::Profiles).await,
        std::slice::from_ref(&renamed)
    );
    let mut limits = bench.told_of(id, ChangeTopic::Limits).await;
    limits.retain(|(kind, ..)| *kind == ChangeKind::LimitChanged);
    assert_eq!(limits.len(), 1, "{limits:?}");

    let held = bench.sim.world().profile(id).unwrap().clone();
    assert!(bench.sim.remove_profile(id));
    bench.sync_after(QUARTER).await;
    bench.sim.change(|world| world.add_profile(held.clone()));
    bench.sync_after(QUARTER).await;
    let expected = [
        renamed,
        told(
            ChangeKind::ProfileRemoved,
            None,
            "Shared by two",
            Value::Null,
        ),
        told(
            ChangeKind::ProfileReturned,
            None,
            Value::Null,
            "Shared by two",
        ),
    ];
    assert_eq!(bench.told_of(id, ChangeTopic::Profiles).await, expected);

    // One that is new to both.
    bench.sim.change(|world| {
        let id = NEW_ID.to_owned();
        world.add_profile(Profile {
            id,
            tokens: Vec::new(),
            ..held
        });
    });
    bench.sync_after(QUARTER).await;
    let new = told(
        ChangeKind::ProfileAppeared,
        None,
        Value::Null,
        "Shared by two",
    );
    assert_eq!(bench.told_of(NEW_ID, ChangeTopic::Profiles).await, [new]);
}

#[tokio::test]
async fn one_of_two_that_loses_a_profile_is_no_removal() {
    let bench = Bench::connected(40).await;
    bench.sync().await;
    let rows = bench.fleet().await.rows;
    let row = rows.iter().find(|row| row.accounts.len() > 1).unwrap();
    bench.alter(row.id.as_str(), |profile| profile.team.clear());
    bench.sync_after(QUARTER).await;
    let still = bench.desk.profile(row.key).await.unwrap().row;
    assert_eq!((still.accounts.len(), still.removed_at), (1, None));
    assert_eq!(
        bench.told_of(row.id.as_str(), ChangeTopic::Profiles).await,
        []
    );
}

#[tokio::test]
async fn a_failed_fetch_is_no_change_and_the_next_good_one_is_compared_with_the_last_good_one() {
    let bench = Bench::connected(12).await;
    let profile = bench.quiet();
    bench.sim.set_limit(&profile, Service::Input, 5_000.0);
    bench.sim.rename_profile(&profile, "Before");
    bench.sync().await;
    for fault in ["5xx", "drop", "truncated", "html", "shape", "429"] {
        for route in ["/profile", "/profile/{id}", "/profile/{id}/summary"] {
            bench
                .sim
                .set_fault(format!("{fault}@GET {route}").parse().unwrap());
        }
        bench.sim.rename_profile(&profile, "Between");
        bench.sim.set_limit(&profile, Service::Input, 10.0);
        bench.use_exactly(&profile, Service::Input, 10.0);
        bench.sync_after(DAY).await;
        assert_eq!(
            bench.told_of(&profile, ChangeTopic::Profiles).await,
            [],
            "{fault}"
        );
        assert_eq!(
            bench.told_of(&profile, ChangeTopic::Limits).await,
            [],
            "{fault}"
        );
        bench.sim.clear_faults();
        bench.sim.rename_profile(&profile, "Before");
        bench.sim.set_limit(&profile, Service::Input, 5_000.0);
        bench.sync_after(QUARTER).await;
        assert_eq!(
            bench.told_of(&profile, ChangeTopic::Profiles).await,
            [],
            "after {fault}"
        );
        assert_eq!(
            bench.told_of(&profile, ChangeTopic::Limits).await,
            [],
            "after {fault}"
        );
    }
    bench.sim.set_fault("5xx@/profile".parse().unwrap());
    bench
        .sim
        .set_fault("5xx@/profile/{id}/summary".parse().unwrap());
    bench.sync_after(QUARTER).await;
    bench.sim.clear_faults();
    bench.sim.rename_profile(&profile, "After");
    bench.sim.set_limit(&profile, Service::Input, 6_000.0);
    bench.sync_after(QUARTER).await;
    let renamed = told(ChangeKind::ProfileRenamed, None, "Before", "After");
    assert_eq!(
        bench.told_of(&profile, ChangeTopic::Profiles).await,
        [renamed]
    );
    let limit = told(ChangeKind::LimitChanged, Some("input"), 5_000.0, 6_000.0);
    assert_eq!(bench.told_of(&profile, ChangeTopic::Limits).await, [limit]);
}
