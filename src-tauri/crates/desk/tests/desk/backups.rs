//! Backups at TagoIO: listed, started once, deleted, and downloaded to the last byte.

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

#[tokio::test]
async fn a_backup_comes_whole_with_its_sum_and_its_host_gets_nothing_of_the_token() {
    let (bench, row, backup) = Bench::with_backup(0).await;
    let mut events = bench.desk.events();
    let (path, proof) = (bench.file(), bench.right(0, false));
    let end = bench.download(&row, &path, proof).await.unwrap();
    let whole = backup.bytes(0, SIZE);
    assert_eq!(std::fs::read(&path).unwrap(), whole);
    let saved = end.saved.unwrap();
    assert_eq!(saved.sha256, sum(&whole));
    assert_eq!(saved.size_agrees, Some(true));
    assert_eq!(
        (end.bytes, end.of, end.cancelled),
        (SIZE, Some(SIZE), false)
    );
    #[cfg(unix)]
    {
        let mode = std::fs::metadata(&path).unwrap().permissions();
        let mode = std::os::unix::fs::PermissionsExt::mode(&mode);
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(!part_of(&path).exists());
    let mut told = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let DeskEvent::Downloading(progress) = event {
            told.push(progress.bytes);
        }
    }
    assert!(told.is_sorted() && told.last() == Some(&SIZE), "{told:?}");

    let token = bench.sim.tokens()[0].token.clone();
    let bare = token.rsplit_once('-').map_or(&*token, |(_, bare)| bare);
    let asked = bench.asked_storage();
    assert_eq!(asked.len(), 1);
    for header in asked.iter().flat_map(|request| &request.headers) {
        assert!(
            !header.starts_with("token:") && !header.contains(bare),
            "{header}"
        );
    }
    let log = format!("{:?}", bench.log_of_actions().await);
    assert!(log.contains("download_backup") && !log.contains("signature"));
}

#[tokio::test]
async fn a_connection_that_breaks_again_and_again_is_gone_on_with_where_it_broke() {
    let (bench, row, backup) = Bench::with_backup(0).await;
    bench
        .sim
        .change(|world| world.storage.cut_after = Some(400_000));
    let (path, proof) = (bench.file(), bench.right(0, false));
    let end = bench.download(&row, &path, proof).await.unwrap();
    assert_eq!(end.saved.unwrap().sha256, sum(&backup.bytes(0, SIZE)));
    let ranges: Vec<Option<String>> = bench
        .asked_storage()
        .into_iter()
        .map(|request| request.range)
        .collect();
    assert_eq!(ranges[0], None);
    assert!(
        ranges.len() >= 4 && ranges[1..].iter().all(Option::is_some),
        "{ranges:?}"
    );
    assert_eq!(bench.posts(ADDRESS), 1, "one address is enough");
}

#[tokio::test]
async fn what_was_stopped_is_gone_on_with_by_the_next_program_with_an_address_of_its_own() {
    let (mut bench, row, backup) = Bench::with_backup(0).await;
    bench
        .sim
        .change(|world| world.storage.pause = Some(Duration::from_millis(30)));
    let mut events = bench.desk.events();
    let desk = bench.desk.clone();
    let id = backup.id.clone();
    let stop = tokio::spawn(async move {
        loop {
            match events.recv().await.unwrap() {
                DeskEvent::Downloading(progress) if progress.bytes > 100_000 => {
                    desk.cancel_download(&id);
                    return;
                }
                _ => {}
            }
        }
    });
    let path = bench.file();
    let proof = bench.right(0, false);
    let end = bench.download(&row, &path, proof).await.unwrap();
    stop.await.unwrap();
    assert!(end.cancelled && end.saved.is_none(), "{end:?}");
    assert!(end.bytes > 0 && end.bytes < SIZE && !path.exists());
    let here = std::fs::metadata(part_of(&path)).unwrap().len();
    assert_eq!(here, end.bytes);

    bench.reopen().await;
    bench.sim.change(|world| {
        world.storage.pause = None;
        world.storage.requests.clear();
    });
    let proof = bench.right(0, false);
    let end = bench.download(&row, &path, proof).await.unwrap();
    assert_eq!(end.saved.unwrap().sha256, sum(&backup.bytes(0, SIZE)));
    let asked = bench.asked_storage();
    assert_eq!(asked[0].range, Some(format!("bytes={here}-")));
    assert_eq!((asked.len(), asked[0].status), (1, 206));
    assert_eq!(bench.posts(ADDRESS), 2);
}

#[tokio::test]
async fn another_file_at_the_same_place_is_begun_anew_and_so_is_one_whose_host_knows_no_parts() {
    for no_ranges in [false, true] {
        let (bench, row, mut backup) = Bench::with_backup(0).await;
        let path = bench.file();
        // A part that another program left, of a file that was another one then.
        std::fs::write(part_of(&path), vec![7; 600_000]).unwrap();
        let about = serde_json::json!({
            "backup": backup.id,
            "version": format!("\"{}-{}\"", backup.id, if no_ranges { SIZE } else { SIZE + 1 }),
            "total": if no_ranges { SIZE } else { SIZE + 1 },
        });
        std::fs::write(path.with_extension("backup.part.json"), about.to_string()).unwrap();
        bench
            .sim
            .change(|world| world.storage.no_ranges = no_ranges);
        let proof = bench.right(0, false);
        let end = bench.download(&row, &path, proof).await.unwrap();
        backup.file_size = SIZE;
        assert_eq!(end.saved.unwrap().sha256, sum(&backup.bytes(0, SIZE)));
        assert_eq!(bench.asked_storage()[0].status, 200, "{no_ranges}");
    }
}

#[tokio::test]
async fn an_address_that_ended_on_the_way_takes_the_password_again_and_goes_on() {
    let (bench, row, backup) = Bench::with_backup(0).await;
    bench.sim.change(|world| {
        world.storage.cut_after = Some(200_000);
        world.storage.pause = Some(Duration::from_millis(40));
    });
    let clock = bench.sim.clock();
    let mut events = bench.desk.events();
    let late = tokio::spawn(async move {
        loop {
            match events.recv().await.unwrap() {
                DeskEvent::Downloading(progress) if progress.bytes > 0 => {
                    clock.advance(Duration::from_hours(3));
                    return;
                }
                _ => {}
            }
        }
    });
    let path = bench.file();
    let proof = bench.right(0, false);
    let end = bench.download(&row, &path, proof).await.unwrap();
    late.await.unwrap();
    let needs = end.needs_proof.unwrap();
    assert_eq!((needs.account.as_str(), needs.pin), ("Acme", false));
    assert!(needs.problem.unwrap().message.contains("has ended"));
    assert!(end.address_ended && end.bytes > 0 && !end.cancelled);
    let here = std::fs::metadata(part_of(&path)).unwrap().len();
    assert_eq!(here, end.bytes, "what came is kept");
    bench.sim.change(|world| {
        world.storage.pause = None;
        world.storage.requests.clear();
    });
    // Another password than the one that was good is sent once, and nothing is lost by it.
    let wrong = Proof {
        password: "guess".into(),
        pin: None,
    };
    let end = bench.download(&row, &path, wrong).await.unwrap();
    assert!(!end.address_ended && end.needs_proof.is_some(), "{end:?}");
    assert_eq!((end.bytes, bench.posts(ADDRESS)), (here, 2));
    assert_eq!(bench.asked_storage(), []);
    let proof = bench.right(0, false);
    let end = bench.download(&row, &path, proof).await.unwrap();
    assert_eq!(end.saved.unwrap().sha256, sum(&backup.bytes(0, SIZE)));
    let asked = bench.asked_storage();
    assert_eq!(asked[0].range, Some(format!("bytes={here}-")));
    assert_eq!(bench.posts(ADDRESS), 3);
}

#[tokio::test]
async fn two_backups_are_not_downloaded_into_one_file_at_once() {
    let (bench, row, backup) = Bench::with_backup(0).await;
    let older = Backup {
        id: "66a0000000000000000000a9".to_owned(),
        created_at: backup.created_at - Duration::from_hours(48),
        ..backup.clone()
    };
    bench.sim.change(|world| {
        let profile = world.profile_mut(row.id.as_str()).unwrap();
        profile.backups.insert(0, older.clone());
        world.storage.pause = Some(Duration::from_millis(30));
    });
    bench.fetch(&row).await.unwrap();
    let (desk, mut events) = (bench.desk.clone(), bench.desk.events());
    let second = BackupToFile {
        profile: row.key,
        backup: older.id,
        path: bench.file(),
    };
    let proof = bench.right(0, false);
    let second = tokio::spawn(async move {
        loop {
            match events.recv().await.unwrap() {
                DeskEvent::Downloading(progress) if progress.bytes > 0 => {
                    return desk.download_backup(second, proof).await;
                }
                _ => {}
            }
        }
    });
    let (path, proof) = (bench.file(), bench.right(0, false));
    let end = bench.download(&row, &path, proof).await.unwrap();
    let refused = second.await.unwrap().unwrap_err();
    assert_eq!(refused.code, ProblemCode::Busy, "{refused}");
    assert!(refused.message.contains("harbour.backup"), "{refused}");
    assert_eq!(bench.posts(ADDRESS), 1, "its password is not used");
    assert_eq!(end.saved.unwrap().sha256, sum(&backup.bytes(0, SIZE)));
}

#[tokio::test]
async fn the_wrong_password_and_a_missing_pin_are_asked_for_and_nothing_is_fetched() {
    let (bench, row, _) = Bench::with_backup(0).await;
    let path = bench.file();
    let wrong = Proof {
        password: "guess".into(),
        pin: None,
    };
    let end = bench.download(&row, &path, wrong).await.unwrap();
    let needs = end.needs_proof.unwrap();
    assert!(!needs.pin && !format!("{needs:?}").contains("guess"));
    bench.sim.change(|world| {
        world.accounts[0].otp = sim::world::Otp {
            sms: true,
            ..sim::world::Otp::default()
        };
    });
    let proof = bench.right(0, false);
    let end = bench.download(&row, &path, proof).await.unwrap();
    assert!(end.needs_proof.unwrap().pin);
    assert_eq!(bench.asked_storage(), []);
    let proof = bench.right(0, true);
    let end = bench.download(&row, &path, proof).await.unwrap();
    assert!(end.saved.is_some(), "{end:?}");
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_said_before_the_password_is_used() {
    let (bench, row, _) = Bench::with_backup(0).await;
    bench.sim.clear_requests();
    let nowhere = bench.folder.path().join("none/harbour.backup");
    let proof = bench.right(0, false);
    let problem = bench.download(&row, &nowhere, proof).await.unwrap_err();
    assert!(problem.message.contains("no folder"), "{problem}");
    assert_eq!(bench.sim.requests(), []);
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
