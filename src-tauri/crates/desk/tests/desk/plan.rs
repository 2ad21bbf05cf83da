//! What a sync says that it would ask for is what it then asks for, dataset by dataset.

use std::collections::BTreeMap;
use std::time::Duration;

use desk::SyncRequest;
use desk::read::{SignIn, SyncReport, SyncStatus};
use model::Dataset;
use sim::Request;
use sim::world::{Permission, Profile};

use crate::Bench;

/// An account's label, a profile's id, and what is asked for of them.
type Asked = (String, Option<String>, Dataset);

/// The dataset that a request is for; none if it is a further page, or asks whether a token is valid.
fn dataset_of(request: &Request) -> Option<Dataset> {
    let path = request.path.as_str();
    Some(match request.route.as_str() {
        "/account" => Dataset::Account,
        "/profile" => Dataset::Profiles,
        "/account/subscription" => Dataset::Subscription,
        "/account/subscription/schedule" => Dataset::Schedule,
        "/account/subscription/summary" => Dataset::Health,
        "/account/payment_method" => Dataset::Payment,
        "/pricing" => Dataset::Prices,
        "/account/allocation" => Dataset::Allocation,
        "/profile/{id}" => Dataset::Info,
        "/profile/{id}/summary" => Dataset::Summary,
        "/profile/{id}/statistics" if path.contains("periodicity=day") => Dataset::UsageByDay,
        "/profile/{id}/statistics" => Dataset::UsageByHour,
        "/profile/{id}/team" => Dataset::Team,
        "/profile/{id}/token" if path.contains("page=1&") => Dataset::Tokens,
        "/profile/{id}/backup" if path.contains("page=1") => Dataset::Backups,
        "/profile/{id}/token" | "/profile/{id}/backup" | "/info" => return None,
        other => panic!("{other} is no dataset's"),
    })
}

impl Bench {
    async fn planned(&self, request: SyncRequest) -> Vec<Asked> {
        let plan = self.desk.sync_plan(request).await.unwrap();
        let now = self.sim.clock().now();
        assert_eq!(plan.at.as_nanosecond(), now.as_nanosecond());
        let operations = plan.operations.into_iter();
        let mut planned: Vec<_> = operations
            .map(|operation| {
                let profile = operation.profile.map(|id| id.to_string());
                (operation.account, profile, operation.dataset)
            })
            .collect();
        planned.sort();
        planned
    }

    /// What was asked for since requests were forgotten.
    async fn asked(&self) -> Vec<Asked> {
        let accounts = self.desk.accounts().await.unwrap();
        let labels: BTreeMap<_, _> = accounts
            .iter()
            .map(|account| (account.id.as_str(), &account.label))
            .collect();
        let requests = self.sim.requests();
        let mut asked: Vec<_> = requests
            .iter()
            .filter_map(|request| {
                let profile = request
                    .route
                    .starts_with("/profile/{id}")
                    .then(|| request.path.split(['/', '?']).nth(2).unwrap().to_owned());
                // Whose token is not known any more is not known to the API.
                let label = request.account.as_deref().map_or("", |id| labels[id]);
                Some((label.to_owned(), profile, dataset_of(request)?))
            })
            .collect();
        asked.sort();
        asked
    }

    /// Plans a sync and does it; both must be the same. Says how much of each dataset it was.
    async fn as_planned(&self, request: SyncRequest) -> BTreeMap<Dataset, usize> {
        let planned = self.planned(request.clone()).await;
        self.sim.clear_requests();
        self.run(request).await;
        let asked = self.asked().await;
        let only = |these: &[Asked], others: &[Asked]| {
            let rest = these.iter().filter(|one| !others.contains(one));
            rest.take(5).cloned().collect::<Vec<_>>()
        };
        let at = self.sim.clock().now();
        assert_eq!(only(&planned, &asked), [], "planned alone, at {at}");
        assert_eq!(only(&asked, &planned), [], "asked alone, at {at}");
        assert_eq!(planned, asked, "something was asked for twice");
        let mut counts = BTreeMap::new();
        for (.., dataset) in asked {
            *counts.entry(dataset).or_default() += 1;
        }
        counts
    }

    fn set(&self, time: &str) {
        self.sim.clock().set(time.parse().unwrap());
    }
}

fn due() -> SyncRequest {
    SyncRequest::default()
}

fn counts<const N: usize>(counts: [(Dataset, usize); N]) -> BTreeMap<Dataset, usize> {
    counts.into()
}

#[tokio::test]
async fn the_first_sync_can_only_plan_what_is_known_and_does_that_and_all_of_what_it_finds() {
    let bench = Bench::connected(20).await;
    let planned = bench.planned(due()).await;
    assert_eq!(planned.len(), 2 * Dataset::OF_ACCOUNT.len());
    bench.sim.clear_requests();
    bench.sync().await;
    let asked = bench.asked().await;
    assert!(planned.iter().all(|one| asked.contains(one)));
    let profiles = bench.fleet().await.rows.len();
    let found = profiles * Dataset::OF_PROFILE.len();
    assert_eq!(asked.len(), planned.len() + found);
    // Killed between the two, it goes on with exactly the rest.
    assert_eq!(bench.as_planned(due()).await, counts([]));
}

#[tokio::test]
async fn every_later_sync_asks_for_exactly_what_was_planned_at_every_minute_of_the_hour() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let fleet = bench.fleet().await.rows.len();
    assert_eq!(bench.as_planned(due()).await, counts([]));
    let quarter = counts([(Dataset::Profiles, 2), (Dataset::Summary, fleet)]);
    bench.set("2026-11-22T13:34:59Z");
    assert_eq!(bench.as_planned(due()).await, counts([]));
    bench.set("2026-11-22T13:35:00Z");
    assert_eq!(bench.as_planned(due()).await, quarter);

    let hour = counts([
        (Dataset::Profiles, 2),
        (Dataset::Summary, fleet),
        (Dataset::UsageByHour, fleet),
    ]);
    for (time, expected) in [
        ("14:00:10", &quarter),
        ("14:02:59", &counts([])),
        ("14:03:00", &counts([(Dataset::UsageByHour, fleet)])),
        ("14:59:59", &quarter),
        ("15:20:00", &hour),
        ("15:21:00", &counts([])),
        ("18:02:30", &hour),
        ("18:03:30", &counts([])),
        ("18:59:00", &quarter),
        ("19:03:30", &counts([(Dataset::UsageByHour, fleet)])),
        ("20:10:00", &hour),
        ("23:59:00", &hour),
    ] {
        bench.set(&format!("2026-11-22T{time}Z"));
        assert_eq!(bench.as_planned(due()).await, *expected, "{time}");
    }
    // Midnight in UTC, then the day since the first sync.
    bench.set("2026-11-23T00:02:00Z");
    assert_eq!(bench.as_planned(due()).await, counts([]));
    bench.set("2026-11-23T00:03:00Z");
    let usage = [(Dataset::UsageByHour, fleet), (Dataset::UsageByDay, fleet)];
    assert_eq!(bench.as_planned(due()).await, counts(usage));
    bench.set("2026-11-23T13:20:10Z");
    let mut all = hour.clone();
    all.extend([Dataset::Info, Dataset::Tokens, Dataset::Team].map(|dataset| (dataset, fleet)));
    all.extend(Dataset::OF_ACCOUNT.map(|dataset| (dataset, 2)));
    assert_eq!(bench.as_planned(due()).await, all);
    bench.set("2026-12-09T08:01:00Z");
    all.insert(Dataset::UsageByDay, fleet);
    assert_eq!(bench.as_planned(due()).await, all);
}

#[tokio::test]
async fn a_history_that_was_asked_for_in_the_minutes_of_its_sample_is_planned_only_when_there_is_more()
 {
    let bench = Bench::connected(20).await;
    // Some samples of two o'clock are taken by then, and some are not.
    bench.set("2026-11-22T14:01:10Z");
    bench.sync().await;
    let fleet = bench.fleet().await.rows.len();
    bench.set("2026-11-22T14:03:00Z");
    let rest = bench.as_planned(due()).await;
    let hours = rest.get(&Dataset::UsageByHour).copied().unwrap_or(0);
    assert!(0 < hours && hours < fleet, "{rest:?}");
    bench.set("2026-11-22T14:04:00Z");
    assert_eq!(bench.as_planned(due()).await, counts([]));
    bench.set("2026-11-22T15:03:00Z");
    assert_eq!(bench.as_planned(due()).await[&Dataset::UsageByHour], fleet);
}

#[tokio::test]
async fn what_failed_is_planned_and_what_was_refused_is_not() {
    let bench = Bench::connected(20).await;
    bench
        .sim
        .set_fault("shape:0.4@/profile/{id}/team".parse().unwrap());
    bench
        .sim
        .set_fault("shape:0.4@/profile/{id}/statistics".parse().unwrap());
    bench.sim.set_fault("shape@/pricing".parse().unwrap());
    let failed = |report: SyncReport| {
        let errors = report
            .accounts
            .into_iter()
            .flat_map(|account| account.errors);
        let mut failed = BTreeMap::new();
        for error in errors {
            *failed.entry(error.dataset.unwrap()).or_default() += 1;
        }
        failed
    };
    let failed = failed(bench.sync().await);
    assert!(
        failed.len() == 4 && failed[&Dataset::Team] > 3,
        "{failed:?}"
    );
    assert_eq!(bench.as_planned(due()).await, failed);
    bench.sim.clear_faults();
    let again = bench.as_planned(due()).await;
    assert!(again[&Dataset::Team] < failed[&Dataset::Team]);
    assert_eq!(bench.as_planned(due()).await, counts([]));
}

#[tokio::test]
async fn what_somebody_asks_for_is_planned_as_it_is_asked_for() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let rows = bench.fleet().await.rows;
    let fleet = rows.len();
    let mut fresh = counts([]);
    fresh.extend(
        [
            Dataset::Info,
            Dataset::Summary,
            Dataset::Tokens,
            Dataset::Team,
        ]
        .map(|one| (one, fleet)),
    );
    fresh.extend(Dataset::OF_ACCOUNT.map(|dataset| (dataset, 2)));
    let all = SyncRequest { all: true, ..due() };
    // No period has ended since, so there is nothing to ask of a history.
    assert_eq!(bench.as_planned(all.clone()).await, fresh);
    let full = SyncRequest {
        full: true,
        ..due()
    };
    let mut everything = fresh.clone();
    everything.extend([Dataset::UsageByDay, Dataset::UsageByHour].map(|dataset| (dataset, fleet)));
    assert_eq!(bench.as_planned(full).await, everything);

    let team = SyncRequest {
        datasets: vec![Dataset::Team],
        ..due()
    };
    assert_eq!(
        bench.as_planned(team).await,
        counts([(Dataset::Team, fleet)])
    );
    let own = rows
        .iter()
        .find(|row| !row.shared && row.accounts.len() == 1)
        .unwrap();
    let one = SyncRequest {
        profile: Some(own.key),
        ..due()
    };
    let mut of_one = counts(
        [
            Dataset::Info,
            Dataset::Summary,
            Dataset::Tokens,
            Dataset::Team,
        ]
        .map(|one| (one, 1)),
    );
    of_one.insert(Dataset::Profiles, 1);
    assert_eq!(bench.as_planned(one.clone()).await, of_one);
    bench.sim.clock().advance(Duration::from_hours(1));
    of_one.insert(Dataset::UsageByHour, 1);
    assert_eq!(bench.as_planned(one).await, of_one);
    let nordwind = bench.desk.account_by_label("Nordwind").await.unwrap();
    let account = SyncRequest {
        accounts: vec![nordwind.key],
        ..all
    };
    let of_account = bench.as_planned(account).await;
    assert_eq!(
        (
            of_account[&Dataset::Profiles],
            of_account[&Dataset::Account]
        ),
        (1, 1)
    );

    bench
        .desk
        .put_setting("backup.age", Some("7"))
        .await
        .unwrap();
    let with_backups = bench.as_planned(due()).await;
    assert_eq!(with_backups[&Dataset::Backups], fleet);
}

#[tokio::test]
async fn a_profile_whose_owner_is_signed_out_is_fetched_by_the_other_account_in_the_next_run() {
    let bench = Bench::connected(40).await;
    // The list says nothing new for a day, so that it does not say either that the owner is signed out.
    bench
        .desk
        .put_setting("age.list", Some("1440"))
        .await
        .unwrap();
    bench.sync().await;
    let rows = bench.fleet().await.rows;
    let row = rows.iter().find(|row| row.accounts.len() > 1).unwrap();
    let acme = bench.sim.tokens().remove(0);
    assert!(bench.sim.revoke(&acme.token));
    let by_label = |report: SyncReport| -> BTreeMap<_, _> {
        report
            .accounts
            .into_iter()
            .map(|account| (account.label.clone(), account))
            .collect()
    };
    bench.sim.clock().advance(Duration::from_mins(15));
    let first = by_label(bench.sync().await);
    assert_eq!(first["Acme"].status, SyncStatus::SignedOut);
    assert_eq!(first["Nordwind"].status, SyncStatus::Ok);

    bench.sim.clock().advance(Duration::from_mins(15));
    let planned = bench.planned(due()).await;
    let of_it = (Some(row.id.to_string()), Dataset::Summary);
    let asks = |asked: &[(String, Option<String>, Dataset)]| {
        let of_it = asked
            .iter()
            .filter(|(_, id, dataset)| (id, dataset) == (&of_it.0, &of_it.1));
        of_it.map(|(label, ..)| label.clone()).collect::<Vec<_>>()
    };
    assert_eq!(asks(&planned), ["Nordwind"]);
    let of_acme = planned.iter().filter(|(label, ..)| label == "Acme");
    let list = ("Acme".to_owned(), None, Dataset::Profiles);
    assert_eq!(of_acme.collect::<Vec<_>>(), [&list]);
    bench.sim.clear_requests();
    let second = by_label(bench.sync().await);
    assert_eq!(asks(&bench.asked().await), ["Nordwind"]);
    assert_eq!(second["Acme"].status, SyncStatus::SignedOut);
    assert_eq!(
        second["Nordwind"].status,
        SyncStatus::Ok,
        "{:?}",
        second["Nordwind"].errors
    );
    let from_acme = bench
        .sim
        .requests()
        .iter()
        .filter(|request| request.account.is_none())
        .count();
    assert!(
        from_acme <= 3,
        "{from_acme} requests with a token that was refused already"
    );

    // Signed in again, its owner asks for it as before.
    let token = bench.sim.change(|world| {
        let mut profiles = world.profiles.values_mut();
        let owned =
            |profile: &&mut Profile| profile.owner == acme.account && !profile.tokens.is_empty();
        let token = &mut profiles.find(owned).unwrap().tokens[0];
        token.permission = Permission::Full;
        token.expires_at = None;
        token.token.clone()
    });
    let account = bench.connect("Acme", &token).await;
    assert_eq!(account.sign_in, SignIn::SignedIn);
    bench.sim.clock().advance(Duration::from_mins(15));
    assert_eq!(asks(&bench.planned(due()).await), ["Acme"]);
    bench.as_planned(due()).await;
}
