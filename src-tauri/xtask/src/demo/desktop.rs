//! The display and the keychain of the demo: the person's own where there are some, private ones elsewhere.

use std::path::Path;
use std::process::Command;

#[cfg(target_os = "linux")]
use anyhow::Context;

use super::variable;
#[cfg(target_os = "linux")]
use crate::process;

/// As wide and high as the window, so that a picture of it has no margin.
#[cfg(target_os = "linux")]
const SCREEN: (u16, u16) = (1440, 900);

/// Where the demo's programs run.
#[derive(Debug)]
pub(crate) enum Desktop {
    /// The person's own session.
    Own,
    /// The person's display, with a keychain that lives as long as the demo.
    #[cfg(target_os = "linux")]
    OwnDisplay(session::Session),
    /// Display and keychain live as long as the demo.
    #[cfg(target_os = "linux")]
    Private(session::Session),
}

impl Desktop {
    /// Starts what is not there, and says so.
    #[cfg(target_os = "linux")]
    pub(crate) fn prepare(display: bool, keychain: bool) -> anyhow::Result<Self> {
        use session::{Keyring, Session};

        if display && keychain {
            return Ok(Self::Own);
        }
        let builder = Session::builder().keyring(Keyring::Unlocked);
        if display {
            println!("No keychain service runs here: the demo starts a private one, and ends it.");
            let session = builder
                .start()
                .context("no private keychain could be started")?;
            return Ok(Self::OwnDisplay(session));
        }
        println!(
            "There is no display here: the demo starts a private one and a private keychain, and ends both."
        );
        let session = builder
            .display(Some(SCREEN))
            .start()
            .context("no private display could be started")?;
        Ok(Self::Private(session))
    }

    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unnecessary_wraps, reason = "on Linux it can fail")]
    pub(crate) fn prepare(_display: bool, _keychain: bool) -> anyhow::Result<Self> {
        Ok(Self::Own)
    }

    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let program = program.as_ref();
        match self {
            Self::Own => Command::new(program),
            #[cfg(target_os = "linux")]
            Self::OwnDisplay(session) => {
                const BUS: &str = "DBUS_SESSION_BUS_ADDRESS";
                let mut command = Command::new(program);
                let private = session.command(program);
                if let Some((_, Some(address))) = private.get_envs().find(|(name, _)| *name == BUS)
                {
                    command.env(BUS, address);
                }
                command
            }
            #[cfg(target_os = "linux")]
            Self::Private(session) => session.command(program),
        }
    }
}

/// Whether a window can be shown to a person. Other systems than Linux always have a display.
pub(crate) fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || variable("DISPLAY").is_some()
        || variable("WAYLAND_DISPLAY").is_some()
}

/// Whether somebody on the session's bus keeps secrets. Other systems than Linux always have a keychain.
#[cfg(not(target_os = "linux"))]
pub(crate) fn has_keychain() -> bool {
    true
}

/// Whether somebody on the session's bus keeps secrets, or would when asked.
#[cfg(target_os = "linux")]
pub(crate) fn has_keychain() -> bool {
    // Without an address libdbus starts a bus of its own, which nobody would end.
    let runtime = variable("XDG_RUNTIME_DIR");
    let socket = runtime.is_some_and(|folder| Path::new(&folder).join("bus").exists());
    if variable("DBUS_SESSION_BUS_ADDRESS").is_none() && !socket {
        return false;
    }
    ["ListNames", "ListActivatableNames"]
        .into_iter()
        .any(|method| {
            process::output(Command::new("dbus-send").args([
                "--session",
                "--print-reply",
                "--reply-timeout=3000",
                "--dest=org.freedesktop.DBus",
                "/org/freedesktop/DBus",
                &format!("org.freedesktop.DBus.{method}"),
            ]))
            .is_some_and(|names| names.contains("\"org.freedesktop.secrets\""))
        })
}
