//! The steps of the UI, each a script of its `package.json`. The demo builds with the same ones.

use std::fs;
use std::time::Duration;

use anyhow::Context;

use super::Outcome;
use crate::process;
use crate::workspace::Workspace;

const LIMIT: Duration = Duration::from_mins(10);

/// Where the lock file of the last complete installation is kept.
const INSTALLED: &str = "ui/node_modules/.installed-from";

/// `npm ci`, unless what is there was installed from this very lock file.
pub(crate) fn install(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let lock = fs::read(workspace.path("ui/package-lock.json"))
        .context("ui/package-lock.json cannot be read")?;
    let mark = workspace.path(INSTALLED);
    if fs::read(&mark).is_ok_and(|installed| installed == lock) {
        println!("ui/node_modules is there");
        return Ok(Outcome::Passed);
    }
    process::run(&mut workspace.npm(["ci", "--no-audit", "--no-fund"]), LIMIT)?;
    fs::write(&mark, lock).with_context(|| format!("{} cannot be written", mark.display()))?;
    Ok(Outcome::Passed)
}

pub(super) fn format(workspace: &Workspace) -> anyhow::Result<Outcome> {
    script(workspace, "lint")
}

pub(super) fn types(workspace: &Workspace) -> anyhow::Result<Outcome> {
    script(workspace, "check")
}

pub(super) fn tests(workspace: &Workspace) -> anyhow::Result<Outcome> {
    script(workspace, "test")
}

pub(crate) fn build(workspace: &Workspace) -> anyhow::Result<Outcome> {
    script(workspace, "build")
}

fn script(workspace: &Workspace, name: &str) -> anyhow::Result<Outcome> {
    process::run(&mut workspace.npm(["run", name]), LIMIT)?;
    Ok(Outcome::Passed)
}
