//! The session's folder, and the environment that keeps its programs inside it.

use std::env;
use std::ffi::OsStr;
use std::fs::{DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// Where each variable points, inside the folder.
const FOLDERS: [(&str, &str); 6] = [
    ("HOME", "home"),
    ("XDG_DATA_HOME", "data"),
    ("XDG_CONFIG_HOME", "config"),
    ("XDG_CACHE_HOME", "cache"),
    ("XDG_STATE_HOME", "state"),
    ("XDG_RUNTIME_DIR", "run"),
];

/// What a program gets of the caller's environment. None of it leads to the caller's desktop or data.
const KEPT: [&str; 8] = [
    "PATH",
    "LD_LIBRARY_PATH",
    "USER",
    "LOGNAME",
    "TERM",
    "RUST_BACKTRACE",
    "RUST_LOG",
    "LLVM_PROFILE_FILE",
];

#[derive(Debug)]
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> io::Result<Self> {
        // The name is short: a socket's path has 107 bytes at most.
        let folder = tempfile::Builder::new()
            .prefix("session-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()?;
        for (_, name) in FOLDERS {
            DirBuilder::new()
                .mode(0o700)
                .create(folder.path().join(name))?;
        }
        Ok(Self(folder))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// A command with the folder's variables, and without a bus or a display.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear();
        for name in KEPT {
            if let Some(value) = env::var_os(name) {
                command.env(name, value);
            }
        }
        for (variable, name) in FOLDERS {
            command.env(variable, self.path().join(name));
        }
        command
    }

    /// A new file for what a part writes on its standard error.
    pub(crate) fn log(&self, part: &str) -> io::Result<File> {
        File::create(self.path().join(format!("{part}.log")))
    }
}
