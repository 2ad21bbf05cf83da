//! A throw-away desktop session for tests and the demo: a home folder, a D-Bus, a keychain and a
//! display that nobody else has. All of it ends with the [`Session`].
//!
//! Linux only; elsewhere the crate is empty, so that the workspace still builds there.
#![cfg(target_os = "linux")]

mod bus;
mod display;
mod folder;
mod keyring;
mod part;

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::Command;

use bus::Bus;
use display::Display;
use folder::Folder;
use keyring::Daemon;
pub use keyring::PASSWORD;

/// What the session's keychain is like when it starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keyring {
    /// There is none: nobody on the bus provides secrets.
    #[default]
    None,
    /// gnome-keyring as it is before anybody gave it a password: it runs and has no keyring at all.
    Empty,
    /// gnome-keyring with its login keyring open.
    Unlocked,
    /// gnome-keyring with a login keyring that exists and is locked.
    Locked,
}

/// What a session is to have. By default a bus and nothing else.
#[derive(Clone, Debug)]
#[must_use]
pub struct SessionBuilder {
    bus: bool,
    keyring: Keyring,
    display: Option<(u16, u16)>,
    dialogs: bool,
    language: String,
}

/// A running session. Dropping it ends the processes that it started, by their ids, and removes its folder.
#[derive(Debug)]
pub struct Session {
    // In the order in which they have to end.
    daemon: Option<Daemon>,
    display: Option<Display>,
    bus: Option<Bus>,
    keyring: Keyring,
    language: String,
    folder: Folder,
}

impl SessionBuilder {
    /// The keychain; anything but [`Keyring::None`] brings a bus with it.
    pub fn keyring(mut self, keyring: Keyring) -> Self {
        self.keyring = keyring;
        self
    }

    /// Whether there is a D-Bus. It starts nothing by itself: no service folder is configured.
    pub fn bus(mut self, wanted: bool) -> Self {
        self.bus = wanted;
        self
    }

    /// An Xvfb of this width and height in pixels, on a display that was free.
    pub fn display(mut self, size: Option<(u16, u16)>) -> Self {
        self.display = size;
        self
    }

    /// Whether the keychain can ask a person: its dialog then opens on the session's display, which
    /// there must be. Without, it finds nobody to ask.
    pub fn dialogs(mut self, wanted: bool) -> Self {
        self.dialogs = wanted;
        self
    }

    /// `LANG` of the session's programs; `C.UTF-8` unless told.
    pub fn language(mut self, language: &str) -> Self {
        language.clone_into(&mut self.language);
        self
    }

    /// Starts the parts and returns when each of them answers. A program that is missing is an
    /// error of [`io::ErrorKind::NotFound`] that names the Debian package to install.
    pub fn start(self) -> io::Result<Session> {
        let folder = Folder::new()?;
        let display = self
            .display
            .map(|size| Display::start(&folder, size))
            .transpose()?;
        let bus = if self.bus || self.keyring != Keyring::None {
            let dialogs = match (&display, self.dialogs) {
                (Some(display), true) => Some(display.name()),
                (None, true) => {
                    return Err(io::Error::other(
                        "dialogs need a display; the session has none",
                    ));
                }
                (_, false) => None,
            };
            Some(Bus::start(&folder, dialogs)?)
        } else {
            None
        };
        let mut session = Session {
            daemon: None,
            display,
            bus,
            keyring: self.keyring,
            language: self.language,
            folder,
        };
        if self.keyring == Keyring::Locked {
            // Unlocking makes the login keyring; the next daemon, without the password, finds it locked.
            session.daemon = Some(session.keyring_unlocked()?);
            session.stop_keyring()?;
        }
        if self.keyring != Keyring::None {
            session.start_keyring()?;
        }
        Ok(session)
    }
}

impl Session {
    /// A session with a bus, and without a keychain and a display, until told otherwise.
    pub fn builder() -> SessionBuilder {
        SessionBuilder {
            bus: true,
            keyring: Keyring::None,
            display: None,
            dialogs: false,
            language: "C.UTF-8".to_owned(),
        }
    }

    /// A command of this session: nothing of the caller's environment but the search paths, the
    /// user's name and Rust's own variables, and nothing that leads to the caller's desktop.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = self.folder.command(program);
        command
            .env("LANG", &self.language)
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1");
        if let Some(display) = &self.display {
            command.env("DISPLAY", display.name());
        }
        match &self.bus {
            Some(bus) => {
                command.env("DBUS_SESSION_BUS_ADDRESS", bus.address());
            }
            // With a display libdbus would start a bus of its own, which nobody would end.
            None if self.display.is_some() => {
                command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
            }
            None => {}
        }
        command
    }

    /// The session's own folder, mode 0700; `HOME` and the `XDG_*` folders are in it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The address of its D-Bus, if it has one.
    pub fn bus_address(&self) -> Option<&str> {
        self.bus.as_ref().map(Bus::address)
    }

    /// The display's name, such as `:99`, if there is one.
    pub fn display(&self) -> Option<&str> {
        self.display.as_ref().map(Display::name)
    }

    /// What is on the display, as a file in the format of `xwd` that always holds the frame of now.
    pub fn frames(&self) -> Option<&Path> {
        self.display.as_ref().map(Display::frames)
    }

    /// The keychain daemon's process id, while it runs.
    pub fn keyring_id(&self) -> Option<u32> {
        self.daemon.as_ref().map(Daemon::id)
    }

    /// Ends the keychain daemon, and returns when the bus knows. Nothing happens if none runs.
    pub fn stop_keyring(&mut self) -> io::Result<()> {
        if let Some(daemon) = self.daemon.take() {
            drop(daemon);
            if let Some(bus) = &self.bus {
                bus.wait_for_absence(keyring::BUS_NAME)?;
            }
        }
        Ok(())
    }

    /// Starts the keychain daemon as the session was built, unlocked if it was built without one.
    /// What an earlier daemon stored is there again. Nothing happens if one runs.
    pub fn start_keyring(&mut self) -> io::Result<()> {
        if self.daemon.is_none() {
            self.daemon = Some(match self.keyring {
                Keyring::None | Keyring::Unlocked => self.keyring_unlocked()?,
                Keyring::Empty => Daemon::start_empty(self.own_bus()?, &self.keyring_command())?,
                Keyring::Locked => Daemon::start_locked(self.own_bus()?, &self.keyring_command())?,
            });
        }
        Ok(())
    }

    /// Ends the daemon and starts another one.
    pub fn restart_keyring(&mut self) -> io::Result<()> {
        self.stop_keyring()?;
        self.start_keyring()
    }

    /// Locks what is open, as the screen's lock or a person does.
    pub fn lock_keyring(&self) -> io::Result<()> {
        keyring::lock(self.own_bus()?)
    }

    /// Stops the daemon in its tracks: it keeps its name on the bus and answers nobody.
    pub fn freeze_keyring(&self) -> io::Result<()> {
        self.own_daemon()?.freeze()
    }

    /// Lets a frozen daemon go on.
    pub fn thaw_keyring(&self) -> io::Result<()> {
        self.own_daemon()?.thaw()
    }

    /// Whether the keychain shows a dialog at this moment.
    pub fn has_dialog(&self) -> io::Result<bool> {
        Ok(self.own_bus()?.owner(bus::DIALOG)?.is_some())
    }

    /// Ends the keychain's dialog, which counts as a no, if it shows one.
    pub fn dismiss_dialog(&self) -> io::Result<()> {
        match self.own_bus()?.owner(bus::DIALOG)? {
            Some(id) => part::signal(id, rustix::process::Signal::KILL),
            None => Ok(()),
        }
    }

    fn keyring_unlocked(&self) -> io::Result<Daemon> {
        Daemon::start_unlocked(self.own_bus()?, &self.keyring_command())
    }

    fn keyring_command(&self) -> impl Fn() -> Command {
        || self.command(keyring::PROGRAM)
    }

    fn own_bus(&self) -> io::Result<&Bus> {
        self.bus
            .as_ref()
            .ok_or_else(|| io::Error::other("the session was built without a D-Bus"))
    }

    fn own_daemon(&self) -> io::Result<&Daemon> {
        self.daemon
            .as_ref()
            .ok_or_else(|| io::Error::other("no keychain daemon runs in the session"))
    }
}
