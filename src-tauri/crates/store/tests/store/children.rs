//! What needs a process of its own: kills, locks between processes, full disks, folders that cannot
//! be written. The child is this test program again, running `as_child` alone.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use model::Sample;
use rusqlite::Connection;
use store::{By, Store, StoreError};

use crate::world::{World, listed, minute, new_account};

const ROLE: &str = "STORE_TEST_ROLE";
const FOLDER: &str = "STORE_TEST_FOLDER";

/// The words before the program's own path are a wrapper such as `setpriv …`.
fn child(role: &str, folder: &Path, wrapper: &[&str]) -> Command {
    let program = std::env::current_exe().unwrap();
    let mut words = wrapper.to_vec();
    words.extend([
        program.to_str().unwrap(),
        "--exact",
        "children::as_child",
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ]);
    let mut command = Command::new(words[0]);
    command
        .args(&words[1..])
        .env(ROLE, role)
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

/// Starts a child and waits until it says that it is ready.
fn ready(mut command: Command) -> Child {
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let ready = lines
        .map(Result::unwrap)
        .any(|line| line.ends_with("READY"));
    assert!(ready, "the child ended before it was ready");
    child
}

/// What a child that ran to its end said, which must be one line with `SAID` in it.
fn said(mut command: Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = text.lines().find_map(|line| line.split_once("SAID "));
    said.unwrap_or_else(|| panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr)))
        .1
        .to_owned()
}

#[test]
#[ignore = "a part of the other tests, in a process of its own"]
fn as_child() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let folder = std::env::var(FOLDER).unwrap();
    let folder = Path::new(&folder);
    match role.as_str() {
        "write for ever" => write_for_ever(folder),
        "hold an account" => {
            let store = Store::open(folder).unwrap();
            let _lock = store.lock_account(store::AccountKey(1), "pdesk").unwrap();
            println!("READY");
            std::io::stdin().read_line(&mut String::new()).unwrap();
        }
        "open" => match Store::open(folder) {
            Ok(store) => println!("SAID {:?}", store.opened()),
            Err(error) => println!("SAID {error}"),
        },
        "fill" => println!("SAID {}", fill(folder)),
        "back up" => {
            let store = Store::open(folder).unwrap();
            match store.backup_if_due(minute(0)) {
                Ok(backup) => println!("SAID {backup:?}"),
                Err(error) => println!("SAID {error}"),
            }
        }
        other => panic!("{other}"),
    }
}

fn samples(from: i64) -> Vec<Sample> {
    (from..from + 2_000)
        .map(|n| Sample {
            at: minute(n),
            totals: [("input", 1e12), ("output", 1e12)].into_iter().collect(),
        })
        .collect()
}

/// One committed transaction, then one that never ends and is large enough to reach the disk.
fn write_for_ever(folder: &Path) {
    let store = Store::open(folder).unwrap();
    let profile = store
        .write(|tx| {
            let account = tx.put_account(&new_account(1, "One"), minute(0))?.key;
            Ok(tx.put_profiles(account, &[listed(1, "P")], minute(0))?.keys[0])
        })
        .unwrap();
    store
        .write::<()>(|tx| {
            tx.put_setting("half", Some("done"))?;
            for round in 0.. {
                tx.put_usage(profile, By::Hour, &samples(round * 2_000))?;
                if round == 300 {
                    println!("READY");
                }
            }
            Ok(())
        })
        .unwrap();
}

/// Writes transactions of usage until one fails; says how many were stored and the error.
fn fill(folder: &Path) -> String {
    let store = match Store::open(folder) {
        Ok(store) => store,
        Err(error) => return format!("0 {error}"),
    };
    let profile = store
        .write(|tx| {
            let account = tx.put_account(&new_account(1, "One"), minute(0))?.key;
            Ok(tx.put_profiles(account, &[listed(1, "P")], minute(0))?.keys[0])
        })
        .unwrap();
    for round in 0..1_000 {
        let written = store.write(|tx| tx.put_usage(profile, By::Hour, &samples(round * 2_000)));
        if let Err(error) = written {
            let kind = if matches!(error, StoreError::DiskFull { .. }) {
                "full"
            } else {
                "other"
            };
            // Reading goes on.
            let last = store.read(|rows| rows.last_at(profile, By::Hour)).unwrap();
            let stored = last.map_or(0, |last| {
                1 + (last.as_second() - minute(0).as_second()) / 60
            });
            return format!("{stored} {kind} {error}");
        }
    }
    "0 never full".to_owned()
}

#[test]
fn a_writer_that_is_killed_leaves_a_sound_store_without_its_half_done_work() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = ready(child("write for ever", folder.path(), &[]));
    let wal = folder.path().join("profile-desk.db-wal");
    assert!(
        wal.metadata().unwrap().len() > 1_000_000,
        "it reached the disk"
    );
    child.kill().unwrap();
    child.wait().unwrap();

    let store = Store::open(folder.path()).unwrap();
    assert_eq!(*store.opened(), store::Opened::Existing);
    assert_eq!(store.read(|rows| rows.setting("half")).unwrap(), None);
    assert_eq!(store.read(|rows| rows.accounts()).unwrap().len(), 1);
    store
        .write(|tx| tx.put_setting("next", Some("works")))
        .unwrap();
    drop(store);
    let db = Connection::open(folder.path().join("profile-desk.db")).unwrap();
    let verdict: String = db
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok");
    let hours: u32 = db
        .query_row("SELECT count(*) FROM usage_hour", [], |row| row.get(0))
        .unwrap();
    assert_eq!(hours, 0);
}

#[test]
fn one_process_syncs_an_account_and_others_learn_which() {
    let world = World::new();
    let key = world.account(1, "One");
    let mut child = ready(child("hold an account", world.folder.path(), &[]));
    let held = world.lock_account(key, "profile-desk").unwrap_err();
    let StoreError::AccountHeld { holder } = &held else {
        panic!("{held}");
    };
    assert_eq!((holder.pid, holder.program.as_str()), (child.id(), "pdesk"));
    assert!(held.to_string().contains("pdesk"), "{held}");
    let other = world.lock_account(store::AccountKey(2), "profile-desk");
    assert!(other.is_ok(), "another account is free");

    child.kill().unwrap();
    child.wait().unwrap();
    let lock = world.lock_account(key, "profile-desk").unwrap();
    let held = world.lock_account(key, "profile-desk").unwrap_err();
    assert!(held.to_string().contains("profile-desk"), "{held}");
    drop(lock);
    world.lock_account(key, "profile-desk").unwrap();
}

#[test]
fn two_processes_may_have_one_store_open() {
    let world = World::new();
    world.account(1, "One");
    assert_eq!(said(child("open", world.folder.path(), &[])), "Existing");
}

#[cfg(target_os = "linux")]
#[test]
fn a_size_limit_that_is_reached_is_a_full_disk_and_what_was_stored_stays() {
    let folder = tempfile::tempdir().unwrap();
    // The shell leaves SIGXFSZ ignored for what it starts; without that, the limit would kill.
    let wrapper = [
        "sh",
        "-c",
        "trap '' XFSZ; exec prlimit --fsize=3000000 \"$@\"",
        "sh",
    ];
    let said = said(child("fill", folder.path(), &wrapper));
    full_but_sound(folder.path(), &said);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_says_so_and_what_was_stored_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disk");
    std::fs::create_dir(&path).unwrap();
    let mount = format!(
        "mount -t tmpfs -o size=4m tmpfs '{0}' && \"$@\"; cp -r '{0}' '{1}'",
        path.display(),
        folder.path().join("copy").display()
    );
    let wrapper = ["unshare", "--mount", "sh", "-c", &mount, "sh"];
    if !mounting_is_allowed() {
        println!("skipped: nothing can be mounted here");
        return;
    }
    let filled = said(child("fill", &path, &wrapper));
    full_but_sound(&folder.path().join("copy"), &filled);

    std::fs::remove_dir_all(folder.path().join("copy")).unwrap();
    let refused = said(child("back up", &path, &wrapper));
    assert!(refused.contains("no room for a backup"), "{refused}");
}

#[cfg(target_os = "linux")]
fn mounting_is_allowed() -> bool {
    Command::new("unshare")
        .args(["--mount", "true"])
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(target_os = "linux")]
fn full_but_sound(folder: &Path, said: &str) {
    let (stored, error) = said.split_once(' ').unwrap();
    assert!(error.starts_with("full"), "{said}");
    assert!(error.contains("no room left"), "{said}");
    assert!(error.contains("profile-desk.db"), "{said}");
    let stored: i64 = stored.parse().unwrap();
    assert!(
        stored > 0 && stored % 2_000 == 0,
        "whole transactions: {said}"
    );

    let store = Store::open(folder).unwrap();
    assert_eq!(*store.opened(), store::Opened::Existing);
    store
        .write(|tx| tx.put_setting("room", Some("again")))
        .unwrap();
    drop(store);
    let db = Connection::open(folder.join("profile-desk.db")).unwrap();
    let verdict: String = db
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok");
    let hours: i64 = db
        .query_row("SELECT count(*) FROM usage_hour", [], |row| row.get(0))
        .unwrap();
    assert_eq!(hours, stored);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_a_clear_error() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let existing = folder.path().join("existing");
    drop(Store::open(&existing).unwrap());
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    fs::write(empty.join("other"), "").unwrap();
    for path in [&existing, &empty] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o500)).unwrap();
    }
    // Root may write anywhere unless it gives up that right.
    let wrapper = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"];
    let root = fs::metadata("/proc/self").is_ok_and(|me| {
        use std::os::unix::fs::MetadataExt;
        me.uid() == 0
    });
    let wrapper = if root { &wrapper[..] } else { &[] };
    for path in [empty.clone(), empty.join("below"), existing.clone()] {
        let said = said(child("open", &path, wrapper));
        assert!(said.contains("cannot be written"), "{said}");
        assert!(said.contains("PROFILE_DESK_DATA_DIR"), "{said}");
        assert!(said.contains(path.to_str().unwrap()), "{said}");
    }
    for path in [&existing, &empty] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
    }
}
