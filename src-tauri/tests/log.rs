//! What the log keeps to itself. One test in a process of its own: log and panic hook are global.

use profile_desk::{Folders, log};

#[test]
fn a_panic_leaves_its_place_and_a_library_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let folders = Folders {
        data: home.path().join("data"),
        page: home.path().join("data/window"),
        logs: home.path().join("data/logs"),
        named: true,
    };
    log::start(Some(&folders));
    log::keep_panics_silent();
    let panicked = std::thread::spawn(|| panic!("quotes the token p-secret00cafe")).join();
    assert!(panicked.is_err());
    tracing::error!(target: "hyper::client", "token: p-secret00cafe");
    tracing::debug!(target: "tagoio", "too much detail");
    tracing::warn!(target: "tagoio::client", "a word of ours");

    let mut text = String::new();
    for entry in std::fs::read_dir(&folders.logs).unwrap() {
        text.push_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    assert!(
        text.contains("panicked") && text.contains("tests/log.rs:"),
        "{text}"
    );
    assert!(text.contains("a word of ours"), "{text}");
    assert!(!text.contains("secret00cafe"), "{text}");
    assert!(!text.contains("too much detail"), "{text}");

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&folders.logs)
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
