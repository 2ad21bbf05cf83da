//! A gnome-keyring of the session's own: unlocked, locked, frozen.

use std::fs;
use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::bus::Bus;
use crate::part::{Part, signal};

pub(crate) const PROGRAM: &str = "gnome-keyring-daemon";
pub(crate) const BUS_NAME: &str = "org.freedesktop.secrets";
const SERVICE: &str = "/org/freedesktop/secrets";
/// The collection that the secret service calls its default one; gnome-keyring's is `login`.
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";

/// What opens the session's login keyring.
pub const PASSWORD: &str = "not a secret";

#[derive(Debug)]
pub(crate) struct Daemon(Part);

impl Daemon {
    pub(crate) fn start_unlocked(bus: &Bus, command: &dyn Fn() -> Command) -> io::Result<Self> {
        let mut daemon = spawn(command().arg("--unlock").stdin(Stdio::piped()))?;
        if let Some(mut input) = daemon.child().stdin.take() {
            input.write_all(PASSWORD.as_bytes())?;
        }
        ready(daemon, bus, Some("boolean false"))
    }

    pub(crate) fn start_locked(bus: &Bus, command: &dyn Fn() -> Command) -> io::Result<Self> {
        let daemon = spawn(command().stdin(Stdio::null()))?;
        ready(daemon, bus, Some("boolean true"))
    }

    pub(crate) fn start_empty(bus: &Bus, command: &dyn Fn() -> Command) -> io::Result<Self> {
        let daemon = spawn(command().stdin(Stdio::null()))?;
        ready(daemon, bus, None)
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Returns when all its threads stand still; the signal alone only announces it.
    pub(crate) fn freeze(&self) -> io::Result<()> {
        signal(self.id(), Signal::STOP)?;
        for _ in 0..500 {
            if self.stands_still()? {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(10));
        }
        Err(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("{PROGRAM} did not stop"),
        ))
    }

    fn stands_still(&self) -> io::Result<bool> {
        for thread in fs::read_dir(format!("/proc/{}/task", self.id()))? {
            let stat = fs::read_to_string(thread?.path().join("stat"))?;
            // The state follows the program's name, which is in brackets.
            if !stat.contains(") T ") {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(crate) fn thaw(&self) -> io::Result<()> {
        signal(self.id(), Signal::CONT)
    }
}

/// Locks the login keyring of the running daemon.
pub(crate) fn lock(bus: &Bus) -> io::Result<()> {
    let argument = format!("array:objpath:{COLLECTION}");
    bus.call(
        BUS_NAME,
        SERVICE,
        "org.freedesktop.Secret.Service.Lock",
        &[argument],
    )?;
    if is_locked(bus)?.as_deref() == Some("boolean true") {
        return Ok(());
    }
    Err(io::Error::other("the keychain did not lock"))
}

fn spawn(command: &mut Command) -> io::Result<Part> {
    // It warns on standard error that it cannot raise limits; readiness is asked of the bus instead.
    command
        .args(["--foreground", "--components=secrets"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Part::start(command, PROGRAM, "gnome-keyring")
}

/// Returns when it is this very process that answers, and its login keyring is as it is to be.
fn ready(mut daemon: Part, bus: &Bus, locked: Option<&str>) -> io::Result<Daemon> {
    let id = daemon.id();
    daemon.wait_until(|| {
        Ok(bus.owner(BUS_NAME)? == Some(id) && is_locked(bus)?.as_deref() == locked)
    })?;
    Ok(Daemon(daemon))
}

fn is_locked(bus: &Bus) -> io::Result<Option<String>> {
    let reply = bus.call(
        BUS_NAME,
        COLLECTION,
        "org.freedesktop.DBus.Properties.Get",
        &[
            "string:org.freedesktop.Secret.Collection".to_owned(),
            "string:Locked".to_owned(),
        ],
    )?;
    Ok(reply.map(|text| {
        let text = text.trim();
        text.strip_prefix("variant")
            .unwrap_or(text)
            .trim()
            .to_owned()
    }))
}
