//! Backups at TagoIO: listed, started once, deleted, and downloaded to the last byte.

mod download;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use desk::change::{
    Change, ChangeOutcome, ChangeRequest, Confirmation, CreateBackup, DeleteBackup, Proof,
    RefusalReason,
};
use desk::download::{BackupToFile, DownloadEnd};
use desk::read::{BackupsView, FleetRow};
use desk::{DeskEvent, Problem, ProblemCode};
use model::{ActionResult, Freshness};
use sha2::{Digest, Sha256};
use sim::world::{Backup, BackupState, StorageRequest};
use sim::{Fault, FaultKind};

use crate::Bench;

const LIST: &str = "/profile/{id}/backup";
const ADDRESS: &str = "/profile/{id}/backup/{backup}/download";

/// Bytes of the backup that is downloaded.
const SIZE: u64 = 1_500_000;

impl Bench {
    /// A profile of the account with this place, which has one backup of three days ago.
    async fn with_backup(account: usize) -> (Self, FleetRow, Backup) {
        let bench = Self::connected(20).await;
        bench.sync().await;
        let owner = bench.sim.tokens()[account].account.clone();
        let id = bench
            .sim
            .world()
            .owned_by(&owner)
            .next()
            .unwrap()
            .id
            .clone();
        let row = bench.fleet().await.rows.into_iter();
        let row = row.into_iter().find(|row| row.id.as_str() == id).unwrap();
        let backup = Backup {
            id: "66a0000000000000000000b1".to_owned(),
            created_at: bench.sim.clock().now() - Duration::from_hours(72),
            file_size: SIZE,
            state: BackupState::Completed,
        };
        bench.sim.change(|world| {
            world.profile_mut(&id).unwrap().backups = vec![backup.clone()];
        });
        bench.fetch(&row).await.unwrap();
        (bench, row, backup)
    }

    async fn fetch(&self, row: &FleetRow) -> Result<(), Problem> {
        let fetch = self.desk.fetch_backups(row.key);
        self.sim.run_through(fetch).await
    }

    async fn backups(&self, row: &FleetRow) -> BackupsView {
        self.desk.backups(row.key).await.unwrap()
    }

    async fn start(&self, row: &FleetRow) -> ChangeOutcome {
        let changes = vec![Change::CreateBackup(CreateBackup { profile: row.key })];
        self.ask_to(ChangeRequest::Changes { changes }, None).await
    }

    async fn ask_to(&self, request: ChangeRequest, proof: Option<Proof>) -> ChangeOutcome {
        let work = self.desk.carry_out(request, Confirmation::default(), proof);
        self.sim.run_through(work).await.unwrap()
    }

    fn right(&self, account: usize, pin: bool) -> Proof {
        let world = self.sim.world();
        let account = world.account(&self.sim.tokens()[account].account).unwrap();
        Proof {
            password: account.password.as_str().into(),
            pin: pin.then(|| account.pin.as_str().into()),
        }
    }

    async fn download(
        &self,
        row: &FleetRow,
        path: &Path,
        proof: Proof,
    ) -> Result<DownloadEnd, Problem> {
        let backup = self.backups(row).await.rows[0].id.clone();
        let file = BackupToFile {
            profile: row.key,
            backup,
            path: path.to_owned(),
        };
        let work = self.desk.download_backup(file, proof);
        self.sim.run_through(work).await
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("harbour.backup")
    }

    fn asked_storage(&self) -> Vec<StorageRequest> {
        self.sim.world().storage.requests
    }

    fn posts(&self, route: &str) -> usize {
        let requests = self.sim.requests().into_iter();
        requests
            .filter(|request| request.method == "POST" && request.route == route)
            .count()
    }

    fn upstream(&self, row: &FleetRow) -> Vec<Backup> {
        let world = self.sim.world();
        world.profile(row.id.as_str()).unwrap().backups.clone()
    }
}

fn sum(bytes: &[u8]) -> String {
    let mut digits = String::new();
    for byte in Sha256::digest(bytes) {
        write!(digits, "{byte:02x}").unwrap();
    }
    digits
}

fn part_of(path: &Path) -> PathBuf {
    path.with_extension("backup.part")
}

#[tokio::test]
async fn a_list_is_asked_for_by_a_person_and_read_from_the_store_from_then_on() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let row = bench.fleet().await.rows.into_iter().find(|row| !row.shared);
    let row = row.unwrap();
    let before = bench.backups(&row).await;
    assert_eq!(before.freshness, Freshness::NeverFetched);
    assert!(before.rows.is_empty() && before.owned);

    bench.fetch(&row).await.unwrap();
    bench.sim.clear_requests();
    let view = bench.backups(&row).await;
    assert_eq!(bench.sim.requests(), []);
    let mut held = bench.upstream(&row);
    held.reverse();
    let ids: Vec<&str> = view.rows.iter().map(|row| row.id.as_str()).collect();
    let held: Vec<&str> = held.iter().map(|backup| backup.id.as_str()).collect();
    assert_eq!(ids, held, "the newest first");
    assert!(matches!(view.freshness, Freshness::Fresh { .. }));
}

#[tokio::test]
async fn a_backup_is_started_once_a_day_and_is_seen_to_come() {
    let (bench, row, _) = Bench::with_backup(0).await;
    bench.sim.clear_requests();
    let outcome = bench.start(&row).await;
    assert_eq!(outcome.rows[0].result, ActionResult::Done, "{outcome:?}");
    assert_eq!(bench.posts(LIST), 1);
    let view = bench.backups(&row).await;
    assert_eq!(view.rows[0].status.as_deref(), Some("queued"));
    assert_eq!(view.rows[0].id, bench.upstream(&row).last().unwrap().id);
    assert!(view.blocked.unwrap().contains("one a day"));

    let again = bench.start(&row).await;
    assert_eq!(again.rows[0].code.as_deref(), Some("nothing_to_do"));
    assert_eq!(bench.posts(LIST), 1);
    bench.sim.clock().advance(Duration::from_mins(2));
    bench.fetch(&row).await.unwrap();
    let view = bench.backups(&row).await;
    assert_eq!(view.rows[0].status.as_deref(), Some("completed"));
    bench.sim.clock().advance(Duration::from_hours(30));
    assert_eq!(bench.backups(&row).await.blocked, None);
    assert_eq!(bench.start(&row).await.counts.done, 1);
}

#[tokio::test]
async fn a_start_whose_answer_was_lost_is_found_and_not_sent_again() {
    let (bench, row, _) = Bench::with_backup(0).await;
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Lost).on(&format!("POST {LIST}")));
    bench.sim.clear_requests();
    let outcome = bench.start(&row).await;
    assert_eq!(outcome.rows[0].result, ActionResult::Done, "{outcome:?}");
    let said = outcome.rows[0].message.as_deref().unwrap();
    assert!(said.contains("answer was lost"), "{said}");
    assert_eq!((bench.posts(LIST), bench.upstream(&row).len()), (1, 2));
    assert_eq!(bench.backups(&row).await.rows.len(), 2);
}

#[tokio::test]
async fn a_start_of_a_program_that_was_killed_is_found_out_by_its_own_day() {
    let (mut bench, row, _) = Bench::with_backup(0).await;
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Lost).on(&format!("POST {LIST}")));
    // The list is asked for before it is sent, and is away after it.
    let before = bench.sim.requests().len() as u64;
    bench.sim.set_fault(
        Fault::new(FaultKind::Html)
            .on(&format!("GET {LIST}"))
            .every(u64::MAX, before + 2),
    );
    let outcome = bench.start(&row).await;
    assert_eq!(outcome.rows[0].result, ActionResult::Unknown, "{outcome:?}");
    bench.sim.clear_faults();
    bench.reopen().await;
    bench.sim.clock().advance(Duration::from_hours(50));
    let found = bench
        .sim
        .run_through(bench.desk.unfinished())
        .await
        .unwrap();
    assert_eq!(found[0].result, ActionResult::Done, "{found:?}");
    assert_eq!(bench.upstream(&row).len(), 2);
}

#[tokio::test]
async fn the_free_plan_has_none_and_a_shared_profile_is_its_owners() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    bench
        .sim
        .change(|world| world.accounts[0].plan = sim::world::Plan::Free);
    bench.sync_again().await;
    let rows = bench.fleet().await.rows;
    let own = rows.iter().find(|row| !row.shared && row.account == "Acme");
    let own = own.unwrap();
    bench.fetch(own).await.unwrap();
    let view = bench.backups(own).await;
    assert!(matches!(view.freshness, Freshness::NotPermitted { .. }));
    assert!(view.blocked.unwrap().contains("free plan"));
    bench.sim.clear_requests();
    let outcome = bench.start(own).await;
    let refused = RefusalReason::NotPermitted.key();
    assert_eq!(outcome.rows[0].code.as_deref(), Some(refused));
    assert_eq!(bench.sim.requests(), [], "it is refused before it is sent");

    let shared = rows.iter().find(|row| row.shared).unwrap();
    let problem = bench.fetch(shared).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::NotPermitted, "{problem}");
    assert!(!bench.backups(shared).await.owned);
}

#[tokio::test]
async fn a_backup_is_deleted_with_the_password_and_a_wrong_one_deletes_nothing() {
    let (bench, row, backup) = Bench::with_backup(0).await;
    let delete = || ChangeRequest::Changes {
        changes: vec![Change::DeleteBackup(DeleteBackup {
            profile: row.key,
            backup: backup.id.clone(),
        })],
    };
    let wrong = Proof {
        password: "guess".into(),
        pin: None,
    };
    let outcome = bench.ask_to(delete(), Some(wrong)).await;
    assert!(outcome.needs_proof.is_some(), "{outcome:?}");
    assert_eq!(bench.upstream(&row).len(), 1);
    let outcome = bench.ask_to(delete(), Some(bench.right(0, false))).await;
    assert_eq!(outcome.counts.done, 1, "{outcome:?}");
    assert!(!outcome.rows[0].row.undoable);
    assert_eq!(bench.upstream(&row), []);
    assert!(bench.backups(&row).await.rows.is_empty());
}

impl Bench {
    async fn log_of_actions(&self) -> desk::change::ActionPage {
        let query = desk::change::ActionQuery {
            limit: 100,
            ..Default::default()
        };
        self.desk.action_log(query).await.unwrap()
    }
}
