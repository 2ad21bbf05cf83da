//! The built app, driven through its real window: WebKitGTK's own driver starts it in a desktop
//! session that nobody else has, and types, clicks and reads as a person would.
//!
//! Linux only; elsewhere the crate is empty, so that the workspace still builds there.
#![cfg(target_os = "linux")]

mod app;
mod driver;
mod hands;
mod keychain;
mod page;
mod screens;
mod trace;

use std::io;
use std::path::{Path, PathBuf};

pub use app::{App, Start, Theme};
pub use hands::Hands;
pub use keychain::stored_secrets;
pub use screens::{Figure, Row};
pub use trace::{Trace, all_processes, find_traces};

/// The environment variable that names the program under test.
pub const BINARY: &str = "PROFILE_DESK_E2E_BIN";

/// What went wrong while driving the window. Says what was waited for, and what was there instead.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// The program, the driver or a file.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The driver refused a command.
    #[error("the window's driver refused: {0}")]
    Command(#[from] fantoccini::error::CmdError),
    /// The driver did not start the program.
    #[error("the window did not open: {0}")]
    Session(#[from] fantoccini::error::NewSessionError),
    /// Something that should be on the screen is not.
    #[error("{0}")]
    Screen(String),
    /// The keychain could not be asked.
    #[error("the keychain could not be read: {0}")]
    Keychain(#[from] zbus::Error),
}

/// Where the build's products are: `target`, or what `CARGO_TARGET_DIR` names.
fn target() -> io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program.parent();
    // A test runs from `target/debug/deps`, a program from `target/debug`.
    let profile = match folder {
        Some(folder) if folder.ends_with("deps") => folder.parent(),
        folder => folder,
    };
    profile
        .and_then(Path::parent)
        .map(Into::into)
        .ok_or_else(|| io::Error::other("this program was not started by cargo"))
}

/// The program under test: what [`BINARY`] names, or `target/debug/profile-desk`.
fn binary() -> io::Result<PathBuf> {
    let binary = match std::env::var_os(BINARY) {
        Some(path) => PathBuf::from(path),
        None => return built("profile-desk"),
    };
    there(&binary)
}

/// A program that was built with the tests, by its name: `pdesk`.
pub fn built(program: &str) -> io::Result<PathBuf> {
    there(&target()?.join("debug").join(program))
}

fn there(binary: &Path) -> io::Result<PathBuf> {
    if binary.is_file() {
        return binary.canonicalize();
    }
    let message = format!(
        "{} is not there; build it first: npm --prefix ui ci && npm --prefix ui run build && cargo build --workspace",
        binary.display()
    );
    Err(io::Error::new(io::ErrorKind::NotFound, message))
}
