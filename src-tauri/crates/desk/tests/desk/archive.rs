//! The archive of the audit log: complete, in order, resumable, and kept for ever.

use std::time::Duration;

use desk::read::{ArchiveChoice, SignIn};
use desk::{DeskEvent, ProblemCode};
use model::{Dataset, Timestamp};
use rusqlite::Connection;

use crate::Bench;

const DAY: Duration = Duration::from_hours(24);

/// Starts of audit queries: the profile's id and the two ends of the part.
fn queries(bench: &Bench) -> Vec<(String, Timestamp, Timestamp)> {
    let requests = bench.sim.requests().into_iter();
    requests
        .filter(|request| request.route == "/profile/{id}/auditlog")
        .map(|request| {
            let (path, query) = request.path.split_once('?').unwrap();
            let value = |key: &str| {
                let pair = query
                    .split('&')
                    .find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
                let text = pair.unwrap().replace("%3A", ":");
                text.parse().unwrap()
            };
            let id = path.split('/').nth(2).unwrap().to_owned();
            (id, value("start_date"), value("end_date"))
        })
        .collect()
}

fn stored_events(bench: &Bench) -> Vec<(String, i64, String)> {
    let db = Connection::open(bench.folder.path().join("profile-desk.db")).unwrap();
    let sql =
        "SELECT profile.id, at, resource || ' ' || resource_id || ' ' || who || ' ' || message
               FROM audit_event JOIN profile ON profile.key = audit_event.profile ORDER BY 1, 2, 3";
    let mut query = db.prepare(sql).unwrap();
    let rows = query
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap();
    rows.map(Result::unwrap).collect()
}

/// What the simulator has of the profiles that the first account owns.
fn held_events(bench: &Bench) -> Vec<(String, i64, String)> {
    let (world, now) = (bench.sim.world(), bench.sim.clock().now());
    let owner = &bench.sim.tokens()[0].account;
    let from = now - Duration::from_hours(24 * 400);
    let mut held = Vec::new();
    for profile in world
        .profiles
        .values()
        .filter(|profile| &profile.owner == owner)
    {
        for event in profile.audit_events(from, now, now) {
            let text = format!(
                "{} {} {} {}",
                event.resource, event.resource_id, event.who, event.message
            );
            held.push((profile.id.clone(), event.date.as_millisecond(), text));
        }
    }
    held.sort();
    held.dedup();
    held
}

/// One account connected and synced.
async fn synced(profiles: usize) -> Bench {
    let bench = Bench::new(profiles).await;
    bench.connect("Acme", &bench.sim.tokens()[0].token).await;
    bench.sync().await;
    bench.sim.clear_requests();
    bench
}

#[tokio::test]
async fn every_event_that_the_api_still_has_is_archived_the_newest_week_first_then_the_oldest() {
    let bench = synced(6).await;
    let report = bench.archive().await;
    assert_eq!(report.errors, []);
    assert!(report.profiles.ok >= 2, "{report:?}");
    assert_eq!(report.profiles.failed + report.profiles.skipped, 0);

    let six_months = Timestamp::from_second(1_779_456_000).unwrap(); // 2026-05-22T13:20:00Z
    let held: Vec<_> = held_events(&bench)
        .into_iter()
        .filter(|(_, at, _)| *at >= six_months.as_millisecond())
        .collect();
    let stored = stored_events(&bench);
    assert!(!held.is_empty());
    for event in &held {
        assert!(stored.contains(event), "{event:?} is missing");
    }
    assert_eq!(stored.len() as u64, report.events);

    let asked = queries(&bench);
    let profiles = report.profiles.ok as usize;
    let now = bench.sim.clock().now();
    let week = Duration::from_hours(7 * 24 + 1);
    let newest = |(_, from, _): &(String, Timestamp, Timestamp)| {
        now.as_second() - from.as_second() <= i64::try_from(week.as_secs()).unwrap()
    };
    assert!(
        asked[..profiles].iter().all(newest),
        "the newest week of each"
    );
    assert!(!asked[profiles..].iter().any(newest));
    let froms: Vec<_> = asked[profiles..].iter().map(|(_, from, _)| *from).collect();
    assert!(froms.is_sorted(), "then from the oldest on");
    for (_, from, until) in &asked {
        let span = until.duration_since(*from);
        assert!(span.as_hours() <= 7 * 24, "{from} to {until}");
    }
}

#[tokio::test]
async fn one_query_is_under_way_at_a_time() {
    let bench = synced(5).await;
    bench.archive().await;
    let mut open = 0;
    for request in bench.sim.requests() {
        match request.route.as_str() {
            "/profile/{id}/auditlog" => {
                assert_eq!(open, 0, "a second query was started");
                open = 3;
            }
            // The simulator is done at the third time.
            "/profile/{id}/auditlog/{query}" => open -= 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!(open, 0);
}

#[tokio::test]
async fn an_archive_that_was_stopped_goes_on_where_it_stopped() {
    let bench = synced(5).await;
    let halfway = async {
        let running = bench.desk.archive(Vec::new());
        let stop = async {
            loop {
                if queries(&bench).len() >= 20 {
                    bench.desk.cancel_archive();
                    break;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let (report, ()) = tokio::join!(running, stop);
        report.unwrap()
    };
    let first = bench.sim.run_through(halfway).await;
    assert!(first.cancelled);
    let before = stored_events(&bench);
    bench.sim.clear_requests();
    let second = bench.archive().await;
    assert!(!second.cancelled);
    let whole = synced(5).await.archive().await;
    assert_eq!(first.windows + second.windows, whole.windows);
    assert_eq!(first.events + second.events, whole.events);
    let after = stored_events(&bench);
    assert!(before.iter().all(|event| after.contains(event)));
}

#[tokio::test]
async fn a_day_later_only_what_is_new_is_asked_for_and_what_the_api_forgot_is_kept() {
    let bench = synced(4).await;
    let first = bench.archive().await;
    bench.sim.clear_requests();
    bench.archive().await;
    assert_eq!(queries(&bench), [], "all of it was there");

    let before = stored_events(&bench);
    bench.sim.clock().advance(DAY);
    let second = bench.archive().await;
    let asked = queries(&bench);
    assert_eq!(asked.len(), first.profiles.ok as usize);
    for (_, from, _) in &asked {
        assert_eq!(
            from.to_string(),
            "2026-11-22T13:15:00Z",
            "but for the last minutes"
        );
    }
    assert_eq!(second.profiles.ok, first.profiles.ok);

    bench.sim.clock().advance(DAY * 200);
    bench.sync().await;
    bench.archive().await;
    let after = stored_events(&bench);
    assert!(before.iter().all(|event| after.contains(event)));
    assert!(after.len() > before.len());
}

#[tokio::test]
async fn a_profile_that_is_looked_at_comes_first_and_one_of_another_owner_not_at_all() {
    let bench = synced(30).await;
    let own: Vec<_> = {
        let rows = bench.fleet().await.rows.into_iter();
        rows.filter(|row| !row.shared).collect()
    };
    let looked_at = own.last().unwrap();
    bench.desk.look_at(Some(looked_at.key));
    bench.archive().await;
    let asked = queries(&bench);
    assert!(
        asked[..27]
            .iter()
            .all(|(id, ..)| id == looked_at.id.as_str()),
        "all of its windows"
    );
    for (id, ..) in &asked {
        assert!(own.iter().any(|row| row.id.as_str() == id));
    }
}

#[tokio::test]
async fn a_part_with_more_events_than_the_api_gives_at_once_is_divided() {
    let bench = synced(4).await;
    let owner = bench.sim.tokens()[0].account.clone();
    let now = bench.sim.clock().now();
    let id = bench.sim.change(|world| {
        let profile = world
            .profiles
            .values_mut()
            .find(|profile| profile.owner == owner)
            .unwrap();
        for number in 0..2_500_i64 {
            profile.events.push(sim::world::Event {
                resource: "device",
                resource_id: format!("{number:024x}"),
                message: "Device edited".to_owned(),
                who: owner.clone(),
                date: now - Duration::from_secs(number.unsigned_abs() * 60 + 600),
            });
        }
        profile.id.clone()
    });
    let report = bench.archive().await;
    assert_eq!(report.errors, []);
    let stored = stored_events(&bench);
    let made = stored
        .iter()
        .filter(|(profile, _, text)| *profile == id && text.contains("000000000000"))
        .count();
    assert_eq!(made, 2_500);
}

#[tokio::test]
async fn an_account_is_archived_unless_a_person_says_no_and_one_fault_stops_no_other_profile() {
    let bench = synced(6).await;
    let account = &bench.desk.archive_accounts().await.unwrap()[0];
    assert_eq!(account.choice, ArchiveChoice::On);
    assert_eq!(
        (account.done, account.requests),
        (0, account.profiles * 27 * 3)
    );
    assert!(account.days > 0.0);

    let off = bench
        .desk
        .choose_archive(account.account, false)
        .await
        .unwrap();
    assert_eq!(off.choice, ArchiveChoice::Off);
    bench.archive().await;
    assert_eq!(queries(&bench), []);
    bench
        .desk
        .choose_archive(account.account, true)
        .await
        .unwrap();

    bench
        .sim
        .set_fault("shape:0.02@/profile/{id}/auditlog".parse().unwrap());
    let report = bench.archive().await;
    let failed = report.profiles.failed as usize;
    assert_eq!(report.errors.len(), failed);
    assert!(
        report
            .errors
            .iter()
            .all(|one| one.account.as_deref() == Some("Acme")
                && one.error.profile.is_some()
                && one.error.dataset == Some(Dataset::Audit))
    );
    assert!(report.profiles.ok > 0, "{report:?}");
    bench.sim.clear_faults();
    let report = bench.archive().await;
    assert_eq!(report.errors, []);
    let account = &bench.desk.archive_accounts().await.unwrap()[0];
    assert_eq!((account.done, account.requests), (account.profiles, 0));
}

#[tokio::test]
async fn an_account_of_more_than_500_profiles_is_asked_about_with_what_it_takes() {
    let bench = Bench::of(sim::Options {
        accounts: 1,
        ..crate::world_of(560)
    })
    .await;
    bench.connect("Acme", &bench.sim.tokens()[0].token).await;
    bench.sync().await;
    bench.sim.clear_requests();
    let account = &bench.desk.archive_accounts().await.unwrap()[0];
    assert!(account.profiles > 500, "{account:?}");
    assert_eq!(account.choice, ArchiveChoice::Ask);
    assert_eq!(account.requests, account.profiles * 27 * 3);
    bench.archive().await;
    assert_eq!(queries(&bench), [], "nobody said yes");
}

#[tokio::test]
async fn a_second_archive_is_refused_while_one_goes_on() {
    let bench = synced(4).await;
    let both = async {
        let first = bench.desk.archive(Vec::new());
        let second = async {
            while queries(&bench).is_empty() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let busy = bench.desk.archive(Vec::new()).await.unwrap_err();
            assert_eq!(busy.code, ProblemCode::Busy);
        };
        tokio::join!(first, second).0.unwrap()
    };
    Box::pin(bench.sim.run_through(both)).await;
}

#[tokio::test]
async fn a_token_that_is_refused_signs_the_account_out_for_all_to_see_and_is_asked_once() {
    let bench = synced(5).await;
    let mut events = bench.desk.events();
    assert!(bench.sim.revoke(&bench.sim.tokens()[0].token));
    let report = bench.archive().await;
    assert_eq!(report.errors.len(), 1, "{report:?}");
    assert_eq!(report.errors[0].error.code, ProblemCode::SignedOut);
    assert_eq!(queries(&bench).len(), 1);
    let account = &bench.desk.accounts().await.unwrap()[0];
    assert_eq!(account.sign_in, SignIn::SignedOut);
    let mut told = false;
    while let Ok(event) = events.try_recv() {
        told |= matches!(event, DeskEvent::StoreChanged(news) if news.accounts);
    }
    assert!(told, "the window would go on saying that it is signed in");
}

#[tokio::test]
async fn a_log_that_is_looked_at_is_told_of_with_each_window_and_no_other_is() {
    let bench = synced(5).await;
    let own = bench.fleet().await.rows.into_iter().find(|row| !row.shared);
    let key = own.unwrap().key;
    bench.desk.look_at(Some(key));
    let mut events = bench.desk.events();
    let report = bench.archive().await;
    assert!(report.profiles.ok > 1, "{report:?}");
    let mut windows = 0;
    while let Ok(event) = events.try_recv() {
        if let DeskEvent::StoreChanged(news) = event {
            assert_eq!(news.profiles.into_iter().collect::<Vec<_>>(), [key]);
            windows += 1;
        }
    }
    assert_eq!(windows, 27);
}
