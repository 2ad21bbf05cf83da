//! `cargo xtask check-platforms`: Windows and macOS, as far as they can be had from here. A target that cannot
//! be had is skipped with the reason, and counted.

mod macos;
mod pdesk;
mod probe;
mod windows;
mod wine;

use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::Context;

pub(crate) use self::macos::check as macos;
pub(crate) use self::windows::check as windows;
use crate::process;
use crate::setup;
use crate::test;
use crate::workspace::Workspace;

/// The names of the two steps of `cargo xtask test`.
pub(crate) const STEPS: [&str; 2] = ["windows", "macos"];

/// A cold build of everything, tauri included, while other things run.
const BUILD: Duration = Duration::from_mins(25);

/// Runs the two steps alone, and what they need.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<ExitCode> {
    test::run_steps(workspace, &STEPS.map(str::to_owned))
}

/// Builds or checks for another target. Debug information would only make it slower: nobody debugs what comes
/// out.
fn cargo(workspace: &Workspace, target: &str, arguments: &[&str]) -> Command {
    let mut command = workspace.cargo(arguments.iter().copied());
    command
        .args(["--workspace", "--locked", "--target", target])
        .args(["--config", "profile.dev.debug=false"]);
    command
}

/// Says why a target's standard library is not here and cannot be brought either.
fn want_of_target(target: &str) -> Option<String> {
    let folder = process::output(Command::new("rustc").args([
        "--print",
        "target-libdir",
        "--target",
        target,
    ]));
    if folder.is_some_and(|folder| std::path::Path::new(&folder).exists()) {
        return None;
    }
    setup::ensure_target(target)
        .with_context(|| format!("Rust's standard library for {target} cannot be had"))
        .err()
        .map(|error| format!("{error:#}"))
}
