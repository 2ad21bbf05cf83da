//! macOS, type-checked: that the code fits macOS's crates, and nothing more. Nothing is linked and nothing runs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{BUILD, cargo, want_of_target};
use crate::process;
use crate::test::Outcome;
use crate::workspace::Workspace;

const TARGET: &str = "aarch64-apple-darwin";

/// A check links nothing, so the C parts of our dependencies may be empty; this leaves what a compiler would.
const COMPILER: &str = r#"#!/bin/sh
while [ $# -gt 0 ]; do
  if [ "$1" = -o ]; then : > "$2"; fi
  shift
done
"#;

/// And this what an archiver would.
const ARCHIVER: &str = r#"#!/bin/sh
for argument; do
  case $argument in *.a) : > "$argument" ;; esac
done
"#;

pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Outcome> {
    if let Some(reason) = want_of_target(TARGET) {
        return Ok(Outcome::Skipped(reason));
    }
    let tools = tempfile::tempdir().context("no temporary folder")?;
    let compiler = script(tools.path(), "cc", COMPILER)?;
    let archiver = script(tools.path(), "ar", ARCHIVER)?;
    let mut command = cargo(workspace, TARGET, &["check"]);
    command
        .env("CC_aarch64_apple_darwin", &compiler)
        .env("CXX_aarch64_apple_darwin", &compiler)
        .env("AR_aarch64_apple_darwin", archiver)
        // Else Apple's own tool is asked where the headers are.
        .env("SDKROOT", tools.path());
    process::run(&mut command, BUILD)?;
    println!("macOS: the code fits its crates; nothing was linked or run.");
    Ok(Outcome::Passed)
}

fn script(folder: &Path, name: &str, text: &str) -> anyhow::Result<PathBuf> {
    let path = folder.join(name);
    fs::write(&path, text)
        .and_then(|()| make_executable(&path))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Err(io::Error::other("scripts of a shell run on Unix alone"))
}
