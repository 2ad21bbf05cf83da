//! Backups, damage, and what stands after it.

use std::fs;
use std::path::Path;
use std::sync::mpsc;

use jiff::ToSpan;
use model::Timestamp;
use rusqlite::Connection;
use store::{Opened, Store, StoreError};

use crate::world::{World, listed, minute};

/// A closed store of some pages, with the accounts `Before` (backed up) and `After` (not).
fn closed() -> tempfile::TempDir {
    let world = World::new();
    let account = world.account(1, "Before");
    let list: Vec<_> = (0..500)
        .map(|n| listed(n, &format!("Profile {n}")))
        .collect();
    world.list(account, &list, 0);
    world.backup_if_due(Timestamp::now()).unwrap().unwrap();
    world.account(2, "After");
    world.folder
}

/// Writes nonsense over a file from the second page on; its header stays.
fn damage(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    for byte in bytes.iter_mut().skip(4096) {
        *byte = 0xa5;
    }
    fs::write(file, bytes).unwrap();
}

fn labels(store: &Store) -> Vec<String> {
    let accounts = store.read(|rows| rows.accounts()).unwrap();
    accounts.into_iter().map(|account| account.label).collect()
}

fn backups(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder.join("backups"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "lock")
        .collect();
    names.sort();
    names
}

#[test]
fn a_damaged_store_is_moved_aside_and_the_newest_backup_restored() {
    let folder = closed();
    let file = folder.path().join("profile-desk.db");
    damage(&file);
    let damaged = fs::read(&file).unwrap();

    let store = Store::open(folder.path()).unwrap();
    let Opened::Restored { from, moved_to } = store.opened() else {
        panic!("{:?}", store.opened());
    };
    assert_eq!(labels(&store), ["Before"]);
    assert_eq!(fs::read(moved_to).unwrap(), damaged);
    assert!(from.exists());
    let (from, moved_to) = (from.clone(), moved_to.clone());
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(*store.opened(), Opened::Existing);
    assert!(from.exists() && moved_to.exists());
    #[cfg(unix)]
    for path in [&file, &moved_to] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[test]
fn a_store_that_was_cut_short_is_restored_too() {
    let folder = closed();
    let file = folder.path().join("profile-desk.db");
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert!(matches!(store.opened(), Opened::Restored { .. }));
    assert_eq!(labels(&store), ["Before"]);
}

#[test]
fn a_damaged_backup_is_passed_over_for_an_older_good_one() {
    let folder = closed();
    let store = Store::open(folder.path()).unwrap();
    let newest = store
        .backup_if_due(Timestamp::now() + 48.hours())
        .unwrap()
        .unwrap();
    drop(store);
    damage(&newest);
    damage(&folder.path().join("profile-desk.db"));
    let store = Store::open(folder.path()).unwrap();
    let Opened::Restored { from, .. } = store.opened() else {
        panic!("{:?}", store.opened());
    };
    assert_ne!(*from, newest);
    assert_eq!(labels(&store), ["Before"]);
}

#[test]
fn without_a_good_backup_a_new_store_is_made_and_the_caller_told() {
    let folder = closed();
    for name in backups(folder.path()) {
        damage(&folder.path().join("backups").join(name));
    }
    damage(&folder.path().join("profile-desk.db"));
    let store = Store::open(folder.path()).unwrap();
    let Opened::StartedAnew { moved_to } = store.opened() else {
        panic!("{:?}", store.opened());
    };
    assert!(moved_to.exists());
    assert!(labels(&store).is_empty());
}

#[test]
fn damage_that_is_met_while_open_says_what_to_do_and_is_looked_for_at_the_next_opening() {
    let folder = closed();
    let store = Store::open(folder.path()).unwrap();
    damage(&folder.path().join("profile-desk.db"));
    let met = store
        .read(|rows| rows.find_profiles("Profile 77"))
        .unwrap_err();
    assert!(matches!(met, StoreError::Corrupt { .. }), "{met}");
    assert!(met.to_string().contains("start it again"), "{met}");
    let mark = folder.path().join("profile-desk.suspect");
    assert!(mark.exists());
    drop(store);

    let store = Store::open(folder.path()).unwrap();
    assert!(matches!(store.opened(), Opened::Restored { .. }));
    assert!(!mark.exists());
}

#[test]
fn a_backup_is_made_once_a_day_and_seven_are_kept() {
    let world = World::new();
    let account = world.account(1, "One");
    for day in 0..10 {
        let now = minute(24 * 60 * day);
        world.list(
            account,
            &[listed(1, &format!("Day {day}"))],
            24 * 60 * day - 1,
        );
        assert!(
            world.backup_if_due(now).unwrap().is_some(),
            "day {day} is due"
        );
        assert_eq!(
            world.backup_if_due(now + 23.hours()).unwrap(),
            None,
            "day {day}"
        );
    }
    let names = backups(world.folder.path());
    assert_eq!(names.len(), 7, "{names:?}");
    for (name, day) in names.iter().zip(3..) {
        let backup = Connection::open(world.folder.path().join("backups").join(name)).unwrap();
        let one = |sql: &str| backup.query_row(sql, [], |row| row.get::<_, String>(0));
        assert_eq!(one("PRAGMA integrity_check").unwrap(), "ok");
        assert_eq!(
            one("SELECT name FROM profile").unwrap(),
            format!("Day {day}")
        );
    }
}

#[test]
fn neither_a_reader_nor_a_backup_waits_for_a_long_write_or_sees_a_part_of_it() {
    let world = World::new();
    world.account(1, "One");
    let (written, wait_written) = mpsc::channel();
    let (release, wait_release) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let world = &world;
        let writer = scope.spawn(move || {
            world.write(|tx| {
                tx.put_setting("half", Some("done"))?;
                written.send(()).unwrap();
                wait_release.recv().unwrap();
                Ok(())
            })
        });
        wait_written.recv().unwrap();
        for _ in 0..8 {
            let half = world.read(|rows| rows.setting("half")).unwrap();
            assert_eq!(half, None);
        }
        let backup = world.backup_if_due(minute(0)).unwrap().unwrap();
        let copied: u32 = Connection::open(backup)
            .unwrap()
            .query_row("SELECT count(*) FROM setting", [], |row| row.get(0))
            .unwrap();
        assert_eq!(copied, 0);
        release.send(()).unwrap();
        writer.join().unwrap().unwrap();
    });
    let half = world.read(|rows| rows.setting("half")).unwrap();
    assert_eq!(half.as_deref(), Some("done"));
}

#[test]
fn a_snapshot_does_not_see_what_is_written_while_it_is_read() {
    let world = World::new();
    world.write(|tx| tx.put_setting("step", Some("1"))).unwrap();
    world
        .read(|rows| {
            assert_eq!(rows.setting("step")?.as_deref(), Some("1"));
            world.write(|tx| tx.put_setting("step", Some("2")))?;
            assert_eq!(rows.setting("step")?.as_deref(), Some("1"));
            Ok(())
        })
        .unwrap();
    let step = world.read(|rows| rows.setting("step")).unwrap();
    assert_eq!(step.as_deref(), Some("2"));
}

#[test]
fn what_another_process_wrote_is_told_once_and_own_writes_never() {
    let world = World::new();
    let elsewhere = Store::open(world.folder.path()).unwrap();
    let told = || world.written_elsewhere().unwrap();
    assert!(!told(), "opening it writes nothing");
    world.account(1, "One");
    let failed: Result<(), _> = world.write(|tx| {
        tx.put_setting("half", Some("1"))?;
        Err(StoreError::NotFound {
            what: "thing".to_owned(),
        })
    });
    assert!(failed.is_err());
    world.backup_if_due(Timestamp::now()).unwrap().unwrap();
    assert_eq!(labels(&world), ["One"]);
    assert!(!told());

    assert!(elsewhere.written_elsewhere().unwrap());
    elsewhere
        .write(|tx| tx.put_setting("step", Some("1")))
        .unwrap();
    assert_eq!(labels(&world), ["One"]);
    world.write(|tx| tx.put_setting("step", Some("2"))).unwrap();
    assert!(told(), "although it read and wrote since");
    assert!(!told());
    assert_eq!(labels(&elsewhere), ["One"]);
    drop(elsewhere);
    assert!(!told());
}

#[test]
fn the_generation_is_another_after_each_commit_here_and_elsewhere_and_after_nothing_else() {
    let world = World::new();
    let elsewhere = Store::open(world.folder.path()).unwrap();
    let now = || world.generation().unwrap();
    let put = |store: &Store, value| store.write(|tx| tx.put_setting("step", Some(value)));
    let mut before = now();
    assert_eq!(now(), before);
    for (store, value) in [(&*world, "1"), (&elsewhere, "2")] {
        put(store, value).unwrap();
        assert_ne!(now(), before);
        before = now();
        labels(store);
        let failed: Result<(), _> = store.write(|tx| {
            tx.put_setting("step", Some("3"))?;
            Err(StoreError::NotFound {
                what: "thing".to_owned(),
            })
        });
        assert!(failed.is_err());
        assert_eq!(now(), before, "reading and giving up write nothing");
    }
}

#[test]
fn news_of_another_process_neither_wait_for_a_long_write_nor_are_lost_by_it() {
    let world = World::new();
    let elsewhere = Store::open(world.folder.path()).unwrap();
    elsewhere
        .write(|tx| tx.put_setting("step", Some("1")))
        .unwrap();
    world
        .write(|tx| {
            assert!(!world.written_elsewhere()?);
            tx.put_setting("step", Some("2"))
        })
        .unwrap();
    assert!(world.written_elsewhere().unwrap());
    assert!(!world.written_elsewhere().unwrap());
}

#[test]
fn a_write_that_fails_or_panics_leaves_nothing_and_the_next_one_works() {
    let world = World::new();
    let failed: Result<(), _> = world.write(|tx| {
        tx.put_setting("a", Some("1"))?;
        Err(StoreError::NotFound {
            what: "thing".to_owned(),
        })
    });
    assert!(failed.is_err());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        world.write::<()>(|tx| {
            tx.put_setting("b", Some("1"))?;
            panic!("on purpose");
        })
    }));
    assert!(panicked.is_err());
    world.write(|tx| tx.put_setting("c", Some("1"))).unwrap();
    let settings = world.read(|rows| rows.settings()).unwrap();
    assert_eq!(settings, [("c".to_owned(), "1".to_owned())]);
}
