//! Opening: what is made, what is refused.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use store::{Opened, Store, StoreError};

fn refusal(folder: &Path) -> StoreError {
    Store::open(folder).err().expect("it is refused")
}

#[test]
fn a_missing_folder_becomes_a_store_that_keeps_its_id_and_salt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er");
    let fresh = Store::open(&path).unwrap();
    assert_eq!(*fresh.opened(), Opened::Fresh);
    assert_eq!(fresh.id().len(), 32);
    assert!(fresh.id().bytes().all(|byte| byte.is_ascii_hexdigit()));
    let (id, salt) = (fresh.id().to_owned(), fresh.salt().clone());
    drop(fresh);

    let again = Store::open(&path).unwrap();
    assert_eq!(*again.opened(), Opened::Existing);
    assert_eq!((again.id(), again.salt()), (id.as_str(), &salt));

    let other = Store::open(&folder.path().join("other")).unwrap();
    assert_ne!(other.id(), id);
    assert_ne!(*other.salt(), salt);
}

#[cfg(unix)]
#[test]
fn folder_and_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let store = Store::open(&path).unwrap();
    store
        .write(|tx| tx.put_setting("theme", Some("dark")))
        .unwrap();
    let backup = store
        .backup_if_due(model::Timestamp::now())
        .unwrap()
        .unwrap();
    let account = store::AccountKey(1);
    let _lock = store.lock_account(account, "test").unwrap();

    assert_eq!(mode(&path), 0o700);
    assert_eq!(mode(&path.join("backups")), 0o700);
    assert_eq!(mode(&path.join("locks")), 0o700);
    assert_eq!(mode(&backup), 0o600);
    let mut seen = Vec::new();
    for folder in [path.clone(), path.join("backups"), path.join("locks")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                assert_eq!(mode(&path), 0o600, "{}", path.display());
                seen.push(path.file_name().unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    for name in [
        "profile-desk.db",
        "profile-desk.db-wal",
        "profile-desk.db-shm",
        "account-1.json",
    ] {
        assert!(seen.iter().any(|seen| seen == name), "{name} in {seen:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_use_too_keeps_its_mode_and_an_empty_one_is_tightened() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let [used, empty] = ["used", "empty"].map(|name| folder.path().join(name));
    for path in [&used, &empty] {
        fs::create_dir(path).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::write(used.join("somebody's"), "").unwrap();
    Store::open(&used).unwrap();
    Store::open(&empty).unwrap();
    assert_eq!(mode(&used), 0o755);
    assert_eq!(mode(&used.join("profile-desk.db")), 0o600);
    assert_eq!(mode(&empty), 0o700);
}

#[test]
fn a_newer_store_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    drop(Store::open(folder.path()).unwrap());
    let file = folder.path().join("profile-desk.db");
    Connection::open(&file)
        .unwrap()
        .pragma_update(None, "user_version", 4711)
        .unwrap();
    let before = fs::read(&file).unwrap();

    let refused = refusal(folder.path());
    let StoreError::Newer { found, known, .. } = refused else {
        panic!("{refused}");
    };
    assert_eq!((found, known), (4711, 7));
    assert!(refused.to_string().contains("newer version"), "{refused}");
    assert!(refused.to_string().contains("profile-desk.db"), "{refused}");
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn what_is_no_database_of_ours_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("profile-desk.db");
    for content in ["a letter", "x", &"long ".repeat(10_000)] {
        fs::write(&file, content).unwrap();
        let refused = refusal(folder.path());
        assert!(
            matches!(refused, StoreError::NotADatabase { .. }),
            "{refused}"
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), content);
    }
    fs::remove_file(&file).unwrap();
    Connection::open(&file)
        .unwrap()
        .execute_batch("CREATE TABLE recipes (name TEXT)")
        .unwrap();
    let refused = refusal(folder.path());
    assert!(
        refused.to_string().contains("belongs to another program"),
        "{refused}"
    );

    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let refused = refusal(folder.path());
    assert!(refused.to_string().contains("it is a folder"), "{refused}");
}

#[test]
fn a_file_in_the_folders_place_is_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("taken");
    fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("below")] {
        let refused = refusal(&path).to_string();
        assert!(refused.contains("taken"), "{refused}");
    }
}

#[test]
fn a_file_that_was_never_written_becomes_a_store() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("profile-desk.db"), "").unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(*store.opened(), Opened::Fresh);
}

#[test]
fn many_openings_at_once_make_one_store() {
    let folder = tempfile::tempdir().unwrap();
    let stores: Vec<Store> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| Store::open(folder.path()).unwrap()))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let fresh = stores
        .iter()
        .filter(|store| *store.opened() == Opened::Fresh);
    assert_eq!(fresh.count(), 1);
    assert!(stores.iter().all(|store| store.id() == stores[0].id()));
}
