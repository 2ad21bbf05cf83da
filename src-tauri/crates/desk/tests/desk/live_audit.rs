//! Asking TagoIO for audit events: every filter, every week, and what of it the archive keeps.

use std::time::Duration;

use desk::export::ExportQuery;
use desk::read::{AuditQuery, FleetRow, LiveAuditEnd, LiveAuditPage, LiveAuditQuery};
use desk::{DeskEvent, Problem, ProblemCode};
use model::Timestamp;
use sim::{Fault, FaultKind};

use crate::Bench;

const START: &str = "/profile/{id}/auditlog";

impl Bench {
    /// A profile of the first account.
    async fn of_first_account(&self) -> FleetRow {
        let owner = self.sim.tokens()[0].account.clone();
        let world = self.sim.world();
        let id = world.owned_by(&owner).next().unwrap().id.clone();
        let mut rows = self.fleet().await.rows.into_iter();
        rows.find(|row| row.id.as_str() == id).unwrap()
    }

    async fn ask_audit(&self, query: LiveAuditQuery) -> Result<LiveAuditEnd, Problem> {
        self.sim.run_through(self.desk.ask_audit(query)).await
    }

    fn answered(&self, row: &FleetRow) -> desk::read::AuditPage {
        self.desk.live_audit(&LiveAuditPage {
            profile: row.key,
            offset: 0,
            limit: u32::MAX,
        })
    }

    async fn archived(&self, row: &FleetRow) -> u32 {
        let query = AuditQuery {
            profile: row.key,
            ..AuditQuery::default()
        };
        self.desk.audit(query).await.unwrap().total
    }

    /// What the simulator has of a profile since a time.
    fn held(&self, row: &FleetRow, from: Timestamp) -> Vec<(i64, String)> {
        let now = self.sim.clock().now();
        let from = jiff::Timestamp::from_nanosecond(from.as_nanosecond()).unwrap();
        let world = self.sim.world();
        let events = world
            .profile(row.id.as_str())
            .unwrap()
            .audit_events(from, now, now);
        let events = events.into_iter();
        events
            .map(|event| (event.date.as_millisecond(), event.message))
            .collect()
    }

    fn starts(&self) -> Vec<String> {
        let requests = self.sim.requests().into_iter();
        let starts = requests.filter(|request| request.route == START);
        starts.map(|request| request.path).collect()
    }

    fn days_back(&self, days: u64) -> Timestamp {
        let now = self.sim.clock().now() - Duration::from_hours(24 * days);
        Timestamp::from_nanosecond(now.as_nanosecond()).unwrap()
    }
}

fn of(row: &FleetRow) -> LiveAuditQuery {
    LiveAuditQuery {
        profile: row.key,
        ..LiveAuditQuery::default()
    }
}

#[tokio::test]
async fn a_longer_time_is_several_queries_told_as_they_come_and_goes_into_the_archive() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    let row = bench.of_first_account().await;
    let from = bench.days_back(30);
    let mut events = bench.desk.events();
    bench.sim.clear_requests();
    let end = bench
        .ask_audit(LiveAuditQuery {
            from: Some(from),
            ..of(&row)
        })
        .await
        .unwrap();
    let held = bench.held(&row, from);
    assert!(held.len() > 10);
    let page = bench.answered(&row);
    let came: Vec<_> = page
        .rows
        .iter()
        .map(|row| (row.at.as_millisecond(), row.message.clone().unwrap()))
        .collect();
    assert_eq!(came, held, "all of them, the newest first");
    assert_eq!((end.events as usize, end.limited), (held.len(), false));
    assert_eq!((end.progress.done, end.progress.queries), (5, 5));
    assert_eq!(bench.starts().len(), 5);
    #[expect(clippy::cast_precision_loss, reason = "it is a small number")]
    let many = held.len() as f64;
    assert!(end.progress.scanned >= many && end.progress.matched >= many);
    assert_eq!(end.archived as usize, held.len());
    assert_eq!(bench.archived(&row).await, end.archived);
    let archive = bench.desk.audit_archive(row.key).await.unwrap();
    assert_eq!(archive.spans.len(), 1);
    assert_eq!(archive.spans[0].0, from);
    let mut done = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let DeskEvent::AskingAudit(progress) = event {
            done.push(progress.done);
        }
    }
    assert!(done.is_sorted() && done.first() == Some(&0) && done.last() == Some(&5));
    let sheet = ExportQuery::LiveAudit(LiveAuditPage {
        profile: row.key,
        offset: 3,
        limit: 1,
    });
    let sheet = bench.desk.sheet(sheet).await.unwrap();
    assert_eq!(sheet.rows.len(), held.len(), "an export is whole");
}

#[tokio::test]
async fn every_filter_is_sent_and_what_is_narrowed_stays_out_of_the_archive() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    let row = bench.of_first_account().await;
    let all = bench.held(&row, bench.days_back(60));
    let word = all[0].1.split(' ').next().unwrap().to_owned();
    bench.sim.clear_requests();
    let end = bench
        .ask_audit(LiveAuditQuery {
            from: Some(bench.days_back(60)),
            to: Some(bench.days_back(53)),
            resource: Some(" device ".to_owned()),
            resource_id: Some("5bb0a0c9f1d2e3a4b5c6d7e8".to_owned()),
            find: Some("Device edited".to_owned()),
            limit: Some(7),
            ..of(&row)
        })
        .await
        .unwrap();
    assert_eq!((end.events, end.archived), (0, 0));
    let asked = bench.starts();
    assert_eq!(asked.len(), 1);
    for part in [
        "resourceName=device",
        "resourceID=5bb0a0c9f1d2e3a4b5c6d7e8",
        "find=Device%20edited",
        "limit=7",
    ] {
        assert!(asked[0].contains(part), "{part}: {asked:?}");
    }
    let end = bench
        .ask_audit(LiveAuditQuery {
            from: Some(bench.days_back(60)),
            find: Some(word.clone()),
            limit: Some(3),
            ..of(&row)
        })
        .await
        .unwrap();
    let page = bench.answered(&row);
    assert!(
        page.rows
            .iter()
            .all(|row| row.message.as_ref().unwrap().contains(&word))
    );
    let fits = all.iter().filter(|(_, said)| said.contains(&word)).count();
    assert_eq!((page.total as usize, end.limited), (fits.min(3), fits > 3));
    assert_eq!(bench.archived(&row).await, 0);
}

#[tokio::test]
async fn the_free_plan_narrows_nothing_and_that_is_said_before_anything_is_sent() {
    let bench = Bench::connected(12).await;
    bench
        .sim
        .change(|world| world.accounts[0].plan = sim::world::Plan::Free);
    bench.sync_again().await;
    let accounts = bench.desk.accounts().await.unwrap();
    let told: Vec<bool> = accounts.iter().map(|one| one.audit_by_time_only).collect();
    assert_eq!(told, [true, false]);
    let row = bench.of_first_account().await;
    bench.sim.clear_requests();
    let narrowed = LiveAuditQuery {
        find: Some("edited".to_owned()),
        ..of(&row)
    };
    let problem = bench.ask_audit(narrowed).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::NotPermitted);
    assert!(problem.message.contains("free plan"), "{problem}");
    assert_eq!(bench.sim.requests(), []);
    let plain = LiveAuditQuery {
        limit: Some(2),
        ..of(&row)
    };
    let end = bench.ask_audit(plain).await.unwrap();
    let held = bench.held(&row, bench.days_back(7)).len();
    assert!(held > 2);
    assert_eq!((end.events, end.limited), (2, true), "{end:?}");
    let starts = bench.starts();
    assert!(
        !starts.is_empty() && starts.iter().all(|path| !path.contains("limit=")),
        "{starts:?}"
    );
}

#[tokio::test]
async fn what_came_before_a_failure_is_kept_and_the_failure_is_said() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    let row = bench.of_first_account().await;
    let before = bench.sim.requests().len() as u64;
    // Three requests a query: the second query is refused.
    let fault = Fault::new(FaultKind::UnexpectedShape)
        .on(&format!("GET {START}"))
        .every(u64::MAX, before + 4);
    bench.sim.set_fault(fault);
    let month = || LiveAuditQuery {
        from: Some(bench.days_back(30)),
        ..of(&row)
    };
    let end = bench.ask_audit(month()).await.unwrap();
    assert_eq!(end.progress.done, 1, "{end:?}");
    assert!(end.problem.is_some());
    assert_eq!(bench.answered(&row).total, end.events);

    bench
        .sim
        .set_fault(Fault::new(FaultKind::Html).on(&format!("GET {START}")));
    let problem = bench.ask_audit(month()).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::NotTheApi, "{problem}");
}

#[tokio::test]
async fn a_query_that_is_stopped_keeps_what_came() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    let row = bench.of_first_account().await;
    let (mut events, desk) = (bench.desk.events(), bench.desk.clone());
    let profile = row.key;
    let stop = tokio::spawn(async move {
        loop {
            match events.recv().await.unwrap() {
                DeskEvent::AskingAudit(progress) if progress.done == 2 => {
                    desk.cancel_live_audit(profile);
                    return;
                }
                _ => {}
            }
        }
    });
    let end = bench
        .ask_audit(LiveAuditQuery {
            from: Some(bench.days_back(150)),
            ..of(&row)
        })
        .await
        .unwrap();
    stop.await.unwrap();
    assert!(
        end.cancelled && end.progress.done < end.progress.queries,
        "{end:?}"
    );
    assert_eq!(bench.answered(&row).total, end.events);
    let nonsense = LiveAuditQuery {
        from: Some(bench.days_back(1)),
        to: Some(bench.days_back(2)),
        ..of(&row)
    };
    let problem = bench.ask_audit(nonsense).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::InvalidInput);
    let gone = LiveAuditQuery {
        from: Some(bench.days_back(500)),
        to: Some(bench.days_back(400)),
        ..of(&row)
    };
    let problem = bench.ask_audit(gone).await.unwrap_err();
    assert!(problem.message.contains("six months"), "{problem}");
}
