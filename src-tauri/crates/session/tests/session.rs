//! A session is its own world, and leaves nothing behind.
#![cfg(target_os = "linux")]

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use session::{Keyring, Session};

fn printed(session: &Session, script: &str) -> io::Result<String> {
    let output = session.command("sh").args(["-c", script]).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn its_programs_see_its_own_folders_and_no_desktop_of_the_caller() {
    let session = Session::builder().bus(false).start().unwrap();
    let mode = fs::metadata(session.folder()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let environment = printed(&session, "env").unwrap();
    for name in ["HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"] {
        let line = environment
            .lines()
            .find(|line| line.starts_with(&format!("{name}=")))
            .unwrap();
        assert!(line.contains(session.folder().to_str().unwrap()), "{line}");
    }
    for name in ["DISPLAY=", "WAYLAND_DISPLAY=", "DBUS_SESSION_BUS_ADDRESS="] {
        assert!(!environment.lines().any(|line| line.starts_with(name)));
    }
}

#[test]
fn it_ends_with_its_value_and_takes_folder_and_processes_along() {
    let session = Session::builder()
        .keyring(Keyring::Unlocked)
        .display(Some((640, 480)))
        .start()
        .unwrap();
    let folder = session.folder().to_owned();
    let process = PathBuf::from(format!("/proc/{}", session.keyring_id().unwrap()));
    let socket = PathBuf::from(format!(
        "/tmp/.X11-unix/X{}",
        session.display().unwrap().trim_start_matches(':')
    ));
    assert!(process.exists() && socket.exists());
    assert_eq!(
        printed(&session, "printf %s \"$DISPLAY\"").unwrap(),
        session.display().unwrap()
    );
    drop(session);
    assert!(!folder.exists() && !process.exists());
}

#[test]
fn its_keychain_can_be_locked_frozen_and_replaced() {
    let mut session = Session::builder().keyring(Keyring::Locked).start().unwrap();
    let first = session.keyring_id().unwrap();
    session.restart_keyring().unwrap();
    assert_ne!(session.keyring_id().unwrap(), first);
    session.freeze_keyring().unwrap();
    let stat = format!("/proc/{}/stat", session.keyring_id().unwrap());
    assert!(fs::read_to_string(stat).unwrap().contains(") T "));
    session.thaw_keyring().unwrap();
    session.stop_keyring().unwrap();
    assert_eq!(session.keyring_id(), None);
}

#[test]
fn an_open_keychain_locks_when_told() {
    let mut session = Session::builder().start().unwrap();
    assert!(session.lock_keyring().is_err(), "there is none yet");
    session.start_keyring().unwrap();
    session.lock_keyring().unwrap();
}
