//! What WebKitGTK's driver cannot reach, the desktop's own dialogs and windows, by a program that moves the keys.

use std::io;
use std::path::Path;
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use session::Session;

const PROGRAM: &str = "xdotool";
/// How long a dialog may take to come, on a busy machine too.
const TO_COME: Duration = Duration::from_secs(30);
/// How long one may take to go, once what it asks for was typed.
const TO_GO: Duration = Duration::from_secs(5);
/// How often that is typed before it counts as not taken.
const ATTEMPTS: usize = 5;

/// A person's hands on the keyboard of a session with a display.
#[derive(Clone, Copy, Debug)]
pub struct Hands<'a> {
    session: &'a Session,
}

impl<'a> Hands<'a> {
    /// In this session, which needs a display.
    pub const fn in_session(session: &'a Session) -> Self {
        Self { session }
    }

    /// Names a file in the dialog whose title begins so, and returns when the dialog took it and is gone.
    pub fn name_file(self, dialog: &str, file: &Path) -> io::Result<()> {
        let text = file
            .to_str()
            .ok_or_else(|| io::Error::other("the path is no text"))?;
        // The field for a path, which the first letter of one opens, may come too late for those that follow.
        self.answer(
            dialog,
            &[&["key", "ctrl+a"], &["type", text], &["key", "Return"]],
        )
    }

    /// Closes the dialog whose title begins so, and returns when it is gone.
    pub fn dismiss(self, dialog: &str) -> io::Result<()> {
        self.answer(dialog, &[&["key", "Escape"]])
    }

    /// Makes the window whose title begins so as wide and high as said, in pixels of the screen.
    pub fn resize(self, title: &str, width: u32, height: u32) -> io::Result<()> {
        let window = self.comes(title)?;
        let (width, height) = (width.to_string(), height.to_string());
        self.does(&["windowsize", "--sync", &window, &width, &height])
    }

    fn answer(self, dialog: &str, keys: &[&[&str]]) -> io::Result<()> {
        let window = self.comes(dialog)?;
        for _ in 0..ATTEMPTS {
            self.does(&["windowfocus", "--sync", &window])?;
            for arguments in keys {
                self.does(arguments)?;
            }
            let start = Instant::now();
            while start.elapsed() < TO_GO {
                if self.find(dialog)?.is_none() {
                    return Ok(());
                }
                sleep(Duration::from_millis(50));
            }
        }
        Err(missing(format!("the dialog {dialog:?} did not go")))
    }

    /// Waits for a window whose title begins so; gives its number.
    fn comes(self, title: &str) -> io::Result<String> {
        let start = Instant::now();
        while start.elapsed() < TO_COME {
            if let Some(window) = self.find(title)? {
                return Ok(window);
            }
            sleep(Duration::from_millis(50));
        }
        Err(missing(format!("no window {title:?} came")))
    }

    fn find(self, title: &str) -> io::Result<Option<String>> {
        let name = format!("^{title}");
        loop {
            let made = self.run(&["search", "--onlyvisible", "--name", &name])?;
            let found = String::from_utf8_lossy(&made.stdout);
            if let Some(last) = found.lines().last() {
                return Ok(Some(last.to_owned()));
            }
            // A window that goes while all are looked at ends the look; that says nothing of the one that is meant.
            if !is_lost(&made) {
                return Ok(None);
            }
        }
    }

    fn does(self, arguments: &[&str]) -> io::Result<()> {
        let made = self.run(arguments)?;
        // What was pressed closes the window in which it is let go.
        if made.status.success() || is_lost(&made) {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&made.stderr);
        let message = format!("{PROGRAM} {}: {said}", arguments.join(" "));
        Err(io::Error::other(message))
    }

    fn run(self, arguments: &[&str]) -> io::Result<Output> {
        let mut command: Command = self.session.command(PROGRAM);
        command.args(arguments).output()
    }
}

/// A window went while the program was about it.
fn is_lost(made: &Output) -> bool {
    !made.status.success() && String::from_utf8_lossy(&made.stderr).contains("BadWindow")
}

fn missing(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, message)
}
