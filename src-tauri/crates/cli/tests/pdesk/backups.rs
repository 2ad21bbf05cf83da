//! Backups from a terminal: listed, started, downloaded, deleted, and gone on with.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;
use sim::world::{Backup, BackupState};

use crate::bench::{Bench, Ended, ended, files_with};

const SIZE: u64 = 900_000;

/// A profile of the first account, synced, with one backup of a week ago.
fn with_backup(size: u64) -> (Bench, String, Backup) {
    let bench = Bench::connected(8);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let account = bench.sim.tokens()[0].account.clone();
    let world = bench.sim.world();
    let id = world.owned_by(&account).next().unwrap().id.clone();
    let backup = Backup {
        id: "66a0000000000000000000b1".to_owned(),
        created_at: bench.sim.clock().now() - Duration::from_hours(7 * 24),
        file_size: size,
        state: BackupState::Completed,
    };
    bench.sim.change(|world| {
        world.profile_mut(&id).unwrap().backups = vec![backup.clone()];
    });
    (bench, id, backup)
}

fn password(bench: &Bench) -> String {
    bench.sim.world().accounts[0].password.clone()
}

fn download(bench: &Bench, id: &str, file: &str, input: &str) -> Ended {
    let args = ["backup", "download", id, "--to", file, "--password-stdin"];
    ended(bench.command(&[&args[..], &["--json"]].concat()), input)
}

fn file(bench: &Bench) -> PathBuf {
    bench.session.folder().join("harbour.backup")
}

#[test]
fn a_list_is_of_the_store_and_with_live_of_tagoio() {
    let (bench, id, backup) = with_backup(SIZE);
    let before = bench.run(&["backup", "list", &id]);
    assert!(before.out.contains("not fetched yet"), "{before:?}");
    let (rows, code) = bench.json(&["backup", "list", &id, "--live"]);
    assert_eq!(code, 0, "{rows}");
    assert_eq!(rows[0]["id"], json!(backup.id));
    assert_eq!(rows[0]["status"], json!("completed"));
    bench.sim.clear_requests();
    assert_eq!(bench.json(&["backup", "list", &id]).0, rows);
    let shown = bench.run(&["backup", "list", &id]);
    assert!(
        shown.out.contains("900000") && shown.out.contains("As of"),
        "{shown:?}"
    );
    assert_eq!(bench.sim.requests(), []);
}

#[test]
fn one_is_started_a_day_and_the_second_start_is_no_failure() {
    let (bench, id, _) = with_backup(SIZE);
    let create = ["backup", "create", &id, "--yes"];
    let (dry, code) = bench.json(&["backup", "create", &id, "--dry-run"]);
    assert_eq!(
        (code, &dry["ready"], &dry["needs_proof"]),
        (0, &json!(1), &json!(false))
    );
    let (outcome, code) = bench.json(&create);
    assert_eq!(
        (code, &outcome["counts"]["done"]),
        (0, &json!(1)),
        "{outcome}"
    );
    let upstream = bench.sim.world().profile(&id).unwrap().backups.len();
    assert_eq!(upstream, 2);
    assert_eq!(bench.run(&create).code, 0);
    assert_eq!(bench.sim.world().profile(&id).unwrap().backups.len(), 2);
    let (log, _) = bench.json(&["log"]);
    assert_eq!(
        log.as_array().unwrap().last().unwrap()["kind"],
        json!("create_backup")
    );
}

#[test]
fn a_backup_comes_whole_to_a_file_of_ones_own_and_leaves_no_secret_anywhere() {
    let (bench, id, backup) = with_backup(SIZE);
    let path = file(&bench);
    let to = path.to_str().unwrap();
    let unknown = download(&bench, &id, to, "x");
    assert_eq!(unknown.code, 1, "{unknown:?}");
    assert!(
        unknown.err.contains("backup list PROFILE --live"),
        "{unknown:?}"
    );
    assert_eq!(bench.run(&["backup", "list", &id, "--live"]).code, 0);
    let nobody = bench.run(&["backup", "download", &id, "--to", to]);
    assert_eq!(nobody.code, 2, "nobody to ask for the password: {nobody:?}");
    let wrong = download(&bench, &id, to, "guess\n");
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(!path.exists());

    bench
        .sim
        .change(|world| world.storage.cut_after = Some(300_000));
    let done = download(&bench, &id, to, &format!("{}\n", password(&bench)));
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(std::fs::read(&path).unwrap(), backup.bytes(0, SIZE));
    let end: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(end["bytes"], json!(SIZE));
    assert_eq!(end["saved"]["size_agrees"], json!(true));
    let sum = end["saved"]["sha256"].as_str().unwrap();
    assert_eq!(sum.len(), 64);
    #[cfg(unix)]
    {
        let mode = std::fs::metadata(&path).unwrap().permissions();
        let mode = std::os::unix::fs::PermissionsExt::mode(&mode);
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = download(&bench, &id, to, "");
    assert_eq!(
        again.code, 2,
        "a file that is there is left alone: {again:?}"
    );
    for secret in [password(&bench), "signature=".to_owned()] {
        assert_eq!(
            files_with(bench.session.folder(), secret.as_bytes()),
            [""; 0].map(PathBuf::from)
        );
    }
    let headers: Vec<String> = bench
        .sim
        .world()
        .storage
        .requests
        .into_iter()
        .flat_map(|request| request.headers)
        .collect();
    assert!(
        headers.iter().all(|header| !header.contains("token")),
        "{headers:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_keeps_what_came_and_the_same_command_goes_on_with_room_again() {
    const LARGE: u64 = 30_000_000;
    let (bench, id, backup) = with_backup(LARGE);
    assert_eq!(bench.run(&["backup", "list", &id, "--live"]).code, 0);
    let path = file(&bench);
    let to = path.to_str().unwrap();
    let args = [
        "backup",
        "download",
        &id,
        "--to",
        to,
        "--password-stdin",
        "--json",
    ];
    let program = bench.command(&args);
    let mut command = bench.session.command("sh");
    // The shell leaves SIGXFSZ ignored for what it starts; without that, the limit would kill.
    command.args([
        "-c",
        "trap '' XFSZ; exec prlimit --fsize=20000000 \"$@\"",
        "sh",
    ]);
    command.arg(program.get_program()).args(program.get_args());
    let input = format!("{}\n", password(&bench));
    let full = ended(command, &input);
    assert_eq!(full.code, 1, "{full:?}");
    assert!(
        full.err.contains("disk_full") && full.err.contains("is kept"),
        "{full:?}"
    );
    let part = path.with_extension("backup.part");
    let here = std::fs::metadata(&part).unwrap().len();
    assert!(here > 10_000_000, "{here}");
    let done = download(&bench, &id, to, &input);
    assert_eq!(done.code, 0, "{done:?}");
    let whole = std::fs::read(&path).unwrap();
    assert!(whole == backup.bytes(0, LARGE), "it is the same file");
    let last = bench.sim.world().storage.requests.pop().unwrap();
    assert_eq!(
        (last.status, last.range),
        (206, Some(format!("bytes={here}-")))
    );
}

#[test]
fn a_backup_is_deleted_with_the_password() {
    let (bench, id, backup) = with_backup(SIZE);
    assert_eq!(bench.run(&["backup", "list", &id, "--live"]).code, 0);
    let args = [
        "backup",
        "delete",
        &id,
        &backup.id,
        "--password-stdin",
        "--yes",
    ];
    let wrong = ended(bench.command(&args), "guess\n");
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert_eq!(bench.sim.world().profile(&id).unwrap().backups.len(), 1);
    let done = ended(bench.command(&args), &format!("{}\n", password(&bench)));
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(bench.sim.world().profile(&id).unwrap().backups, []);
    assert_eq!(bench.json(&["backup", "list", &id]).0, json!([]));
    let gone = ended(bench.command(&args), "");
    assert_eq!(gone.code, 0, "nothing is left to do: {gone:?}");
}

#[test]
fn a_wrong_password_is_sent_once_also_where_a_part_is_here_already() {
    let (bench, id, backup) = with_backup(SIZE);
    assert_eq!(bench.run(&["backup", "list", &id, "--live"]).code, 0);
    let path = file(&bench);
    let to = path.to_str().unwrap();
    // A part that an earlier run left.
    let part = path.with_extension("backup.part");
    std::fs::write(&part, backup.bytes(0, 300_000)).unwrap();
    let about = json!({
        "backup": backup.id,
        "version": format!("\"{}-{SIZE}\"", backup.id),
        "total": SIZE,
    });
    std::fs::write(path.with_extension("backup.part.json"), about.to_string()).unwrap();
    bench.sim.clear_requests();
    let wrong = download(&bench, &id, to, "guess\n");
    assert_eq!(wrong.code, 1, "{wrong:?}");
    let posts = |bench: &Bench| {
        let requests = bench.sim.requests();
        requests.iter().filter(|one| one.method == "POST").count()
    };
    assert_eq!(posts(&bench), 1, "{wrong:?}");
    assert_eq!(std::fs::metadata(&part).unwrap().len(), 300_000);
    let done = download(&bench, &id, to, &format!("{}\n", password(&bench)));
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(posts(&bench), 2);
    let last = bench.sim.world().storage.requests.pop().unwrap();
    assert_eq!(last.range.as_deref(), Some("bytes=300000-"));
    assert_eq!(std::fs::read(&path).unwrap(), backup.bytes(0, SIZE));
}
