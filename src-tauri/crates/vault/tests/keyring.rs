//! The vault against a real gnome-keyring in a session of its own: open, locked, absent, frozen, replaced.
#![cfg(target_os = "linux")]

mod probe;

use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use probe::Probe;
use session::{Keyring, Session};

const TOKEN: &str = "p-0b5e7a0c-1111-4222-8333-94f1c0ffee00";
const OTHER: &str = "p-7d21c3f4-5555-4666-8777-0badcafe1234";

fn open() -> io::Result<Session> {
    Session::builder().keyring(Keyring::Unlocked).start()
}

#[test]
fn an_open_keychain_stores_gives_back_replaces_lists_and_forgets() {
    let session = open().unwrap();
    let mut probe = Probe::start(&session, "store-1").unwrap();
    assert_eq!(probe.ask("list"), "ok ");
    assert!(probe.ask("use acme").starts_with("Absent"));
    assert_eq!(probe.ask(&format!("put acme {TOKEN} Acme Corp.")), "ok");
    assert_eq!(probe.ask("use acme"), format!("ok {TOKEN}"));
    assert_eq!(
        probe.ask(&format!("put acme {OTHER} Acme <b>Ltd</b>")),
        "ok"
    );
    assert_eq!(probe.ask(&format!("put borg {TOKEN} Börg")), "ok");
    assert_eq!(probe.ask("use acme"), format!("ok {OTHER}"));
    assert_eq!(probe.ask("list"), "ok acme=Acme <b>Ltd</b>|borg=Börg");
    assert_eq!(probe.ask("forget acme"), "ok removed");
    assert_eq!(probe.ask("forget acme"), "ok absent");
    assert!(probe.ask("use acme").starts_with("Absent"));
    assert_eq!(probe.ask("list"), "ok borg=Börg");
}

#[test]
fn two_stores_do_not_see_each_other_and_both_outlive_their_process() {
    let session = open().unwrap();
    let mut one = Probe::start(&session, "store-1").unwrap();
    let mut two = Probe::start(&session, "store-2").unwrap();
    assert_eq!(one.ask(&format!("put acme {TOKEN} One")), "ok");
    assert!(two.ask("use acme").starts_with("Absent"));
    assert_eq!(two.ask("list"), "ok ");
    assert_eq!(two.ask("forget acme"), "ok absent");
    assert_eq!(two.ask(&format!("put acme {OTHER} Two")), "ok");
    drop((one, two));
    let mut one = Probe::start(&session, "store-1").unwrap();
    assert_eq!(one.ask("use acme"), format!("ok {TOKEN}"));
    assert_eq!(one.ask("list"), "ok acme=One");
}

#[test]
fn a_locked_keychain_without_a_display_says_locked_even_of_what_it_does_not_have() {
    let session = open().unwrap();
    let mut probe = Probe::start(&session, "store-1").unwrap();
    assert_eq!(probe.ask(&format!("put acme {TOKEN} Acme")), "ok");
    session.lock_keyring().unwrap();
    for command in [
        "use acme",
        "use nobody",
        "forget nobody",
        "forget acme",
        "list",
    ] {
        assert!(probe.ask(command).starts_with("Locked"), "{command}");
    }
    for name in ["acme", "new"] {
        let answer = probe.ask(&format!("put {name} {OTHER} Label"));
        assert!(answer.starts_with("Locked"), "{answer}");
    }
    let mut empty = Probe::start(&session, "store-2").unwrap();
    assert!(empty.ask("list").starts_with("Locked"));
}

#[test]
fn a_keychain_that_was_never_opened_says_locked() {
    let session = Session::builder().keyring(Keyring::Locked).start().unwrap();
    let mut probe = Probe::start(&session, "store-1").unwrap();
    for command in ["use acme", "list", "forget acme"] {
        assert!(probe.ask(command).starts_with("Locked"), "{command}");
    }
    assert!(
        probe
            .ask(&format!("put acme {TOKEN} Acme"))
            .starts_with("Locked")
    );
}

#[test]
fn a_service_without_a_keyring_says_so_when_it_is_to_keep_something() {
    let session = Session::builder().keyring(Keyring::Empty).start().unwrap();
    let mut probe = Probe::start(&session, "store-1").unwrap();
    let answer = probe.ask(&format!("put acme {TOKEN} Acme"));
    assert!(answer.starts_with("NoKeyring"), "{answer}");
    assert!(probe.ask("use acme").starts_with("Absent"));
    assert_eq!(probe.ask("list"), "ok ");
}

#[test]
fn a_dialog_is_waited_for_and_its_dismissal_is_a_refusal() {
    let mut session = Session::builder()
        .keyring(Keyring::Unlocked)
        .display(Some((800, 600)))
        .dialogs(true)
        .start()
        .unwrap();
    let mut probe = Probe::start(&session, "store-1").unwrap();
    assert_eq!(probe.ask(&format!("put acme {TOKEN} Acme")), "ok");
    session.lock_keyring().unwrap();
    probe.tell("use acme");
    assert_eq!(probe.hear(), "waiting Use");
    let start = Instant::now();
    while !session.has_dialog().unwrap() && start.elapsed() < Duration::from_secs(10) {
        thread::sleep(Duration::from_millis(20));
    }
    // Nobody says no in less than that, and the vault knows.
    thread::sleep(Duration::from_millis(600));
    session.dismiss_dialog().unwrap();
    let answer = probe.hear();
    assert!(answer.starts_with("Refused"), "{answer}");
    session.restart_keyring().unwrap();
    assert_eq!(probe.ask("use acme"), format!("ok {TOKEN}"));
}

#[test]
fn without_a_bus_or_a_provider_it_fails_at_once_and_says_which() {
    for (bus, words) in [
        (false, "D-Bus cannot be reached"),
        (true, "nothing on the D-Bus"),
    ] {
        let session = Session::builder().bus(bus).start().unwrap();
        let mut probe = Probe::start(&session, "store-1").unwrap();
        let start = Instant::now();
        for command in [
            "use acme",
            "list",
            "forget acme",
            &format!("put acme {TOKEN} Acme"),
        ] {
            let answer = probe.ask(command);
            assert!(
                answer.starts_with("NoService") && answer.contains(words),
                "{answer}"
            );
        }
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}

#[test]
fn a_provider_that_comes_up_later_is_found_by_the_same_process() {
    let mut session = Session::builder().start().unwrap();
    let mut probe = Probe::start(&session, "store-1").unwrap();
    assert!(probe.ask("use acme").starts_with("NoService"));
    session.start_keyring().unwrap();
    assert_eq!(probe.ask(&format!("put acme {TOKEN} Acme")), "ok");
    assert_eq!(probe.ask("use acme"), format!("ok {TOKEN}"));
}

#[test]
fn a_restart_of_the_daemon_is_not_noticed_and_its_end_is() {
    let mut session = open().unwrap();
    let mut probe = Probe::start(&session, "store-1").unwrap();
    assert_eq!(probe.ask(&format!("put acme {TOKEN} Acme")), "ok");
    for command in ["use acme", "list", "put", "forget acme"] {
        session.restart_keyring().unwrap();
        let (command, expected) = match command {
            "use acme" => (command.to_owned(), format!("ok {TOKEN}")),
            "list" => (command.to_owned(), "ok acme=Acme".to_owned()),
            "put" => (format!("put acme {OTHER} Acme"), "ok".to_owned()),
            _ => (command.to_owned(), "ok removed".to_owned()),
        };
        assert_eq!(probe.ask(&command), expected);
    }
    session.stop_keyring().unwrap();
    assert!(probe.ask("use acme").starts_with("NoService"));
}

#[test]
fn a_frozen_daemon_times_out_and_its_late_answer_is_used() {
    let session = open().unwrap();
    let mut probe = Probe::start(&session, "store-1").unwrap();
    assert_eq!(probe.ask(&format!("put acme {TOKEN} Acme")), "ok");
    session.freeze_keyring().unwrap();
    probe.tell("use acme");
    assert_eq!(probe.hear(), "waiting Use");
    let answer = probe.hear();
    assert!(answer.starts_with("TimedOut"), "{answer}");
    // A caller that gives up itself does no harm either; what it asked for is what already runs.
    assert_eq!(probe.ask("give-up 50 use acme"), "gave up");
    session.thaw_keyring().unwrap();
    assert_eq!(probe.ask("use acme"), format!("ok {TOKEN}"));
    assert_eq!(probe.ask("list"), "ok acme=Acme");
}

#[test]
fn a_daemon_that_is_frozen_when_the_vault_connects_times_out_and_ends_well() {
    let mut session = open().unwrap();
    session.freeze_keyring().unwrap();
    let mut probe = Probe::start(&session, "store-1").unwrap();
    let answer = probe.ask(&format!("put acme {TOKEN} Acme"));
    assert!(answer.starts_with("TimedOut"), "{answer}");
    session.restart_keyring().unwrap();
    // The bus ends the call that hung on the daemon that is gone; the next one finds the new daemon.
    assert_eq!(probe.ask(&format!("put acme {OTHER} Acme")), "ok");
    assert_eq!(probe.ask("use acme"), format!("ok {OTHER}"));
}

#[test]
fn the_token_is_in_no_file_in_plain() {
    let mut session = open().unwrap();
    let mut probe = Probe::start(&session, "store-1").unwrap();
    assert_eq!(probe.ask(&format!("put acme {TOKEN} Acme")), "ok");
    session.stop_keyring().unwrap();
    let value = TOKEN.trim_start_matches("p-").as_bytes();
    let mut files = 0;
    let found = holds(session.folder(), value, &mut files).unwrap();
    assert!(!found && files > 0, "{files} files looked at");
    fs::write(session.folder().join("home/leak"), TOKEN).unwrap();
    assert!(holds(session.folder(), value, &mut files).unwrap());
}

fn holds(folder: &Path, value: &[u8], files: &mut usize) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let kind = fs::symlink_metadata(&path)?.file_type();
        if kind.is_dir() && holds(&path, value, files)? {
            return Ok(true);
        }
        if kind.is_file() {
            *files += 1;
            let bytes = fs::read(&path)?;
            if bytes.windows(value.len()).any(|window| window == value) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
