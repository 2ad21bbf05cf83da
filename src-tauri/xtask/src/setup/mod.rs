//! `cargo xtask setup`: what building, testing and the demo need of the machine, found and installed.

mod install;
mod needs;

use std::process::{Command, ExitCode};

use anyhow::bail;
use clap::Args;

use self::install::Manager;
pub(crate) use self::needs::{CLOCK_LIBRARY, Purpose};
use self::needs::{NEEDS, Need};
use crate::process;

/// What the UI's build tools ask for.
const NODE: (u32, u32) = (20, 19);

/// The targets of `check-platforms`.
const TARGETS: [&str; 2] = ["x86_64-pc-windows-gnu", "aarch64-apple-darwin"];

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only say what is missing
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let missing = missing(&Purpose::ALL);
    if !options.check {
        ensure(&Purpose::ALL)?;
        println!("Everything is there.");
    } else if missing.is_empty() {
        check_node()?;
        println!("Everything is there.");
    } else {
        say(&missing);
        check_node()?;
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Installs what is missing for these purposes, and fails if something still is.
pub(crate) fn ensure(purposes: &[Purpose]) -> anyhow::Result<()> {
    let missing = missing(purposes);
    if !missing.is_empty() {
        say(&missing);
        install::install(Manager::of_this_machine(), &missing)?;
        let left = self::missing(purposes);
        if !left.is_empty() {
            bail!("still missing: {}", names(&left));
        }
    }
    if purposes.contains(&Purpose::Checks) {
        ensure_component("rustfmt", "fmt")?;
        ensure_component("clippy", "clippy")?;
    }
    if purposes.contains(&Purpose::Platforms) {
        ensure_targets()?;
    }
    check_node()
}

fn missing(purposes: &[Purpose]) -> Vec<&'static Need> {
    // Elsewhere the system brings its web view, its keychain and its display.
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    needs::missing(&NEEDS, purposes, needs::Probe::finds)
}

fn say(missing: &[&Need]) {
    println!("Missing on this machine:");
    for need in missing {
        println!("  {} ({})", need.name, need.purpose.told());
    }
}

fn names(needs: &[&Need]) -> String {
    let names: Vec<_> = needs.iter().map(|need| need.name).collect();
    names.join(", ")
}

fn ensure_component(component: &str, command: &str) -> anyhow::Result<()> {
    if process::output(Command::new("cargo").args([command, "--version"])).is_some() {
        return Ok(());
    }
    rustup(&["component", "add", component])
}

fn ensure_targets() -> anyhow::Result<()> {
    TARGETS.into_iter().try_for_each(ensure_target)
}

/// Adds Rust's standard library for another target, if it is not there.
pub(crate) fn ensure_target(target: &str) -> anyhow::Result<()> {
    let list = process::output(Command::new("rustup").args(["target", "list", "--installed"]));
    if list.is_some_and(|list| list.lines().any(|line| line == target)) {
        return Ok(());
    }
    rustup(&["target", "add", target])
}

fn rustup(arguments: &[&str]) -> anyhow::Result<()> {
    let line = format!("rustup {}", arguments.join(" "));
    println!("Installing with: {line}");
    match Command::new("rustup").args(arguments).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => bail!("`{line}` ended with {status}"),
        Err(error) => bail!("`{line}` could not be started ({error}); see https://rustup.rs"),
    }
}

/// Node is not installed from here: what Debian and Ubuntu have is often too old.
fn check_node() -> anyhow::Result<()> {
    let (major, minor) = NODE;
    let found = process::output(Command::new("node").arg("--version"));
    let wanted = format!("Node {major}.{minor} or later is needed to build the window");
    match found.as_deref().map(node_version) {
        None => bail!("{wanted}, and `node` is not there. Get it from https://nodejs.org"),
        Some(Some(version)) if version >= NODE => {}
        Some(_) => bail!(
            "{wanted}; `node --version` says {}. Get it from https://nodejs.org",
            found.unwrap_or_default()
        ),
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    if process::output(Command::new(npm).arg("--version")).is_none() {
        bail!(
            "npm is needed to build the window, and is not there. It comes with Node: https://nodejs.org"
        );
    }
    Ok(())
}

/// Major and minor of what `node --version` prints, such as `v20.19.0`.
fn node_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_of_node_is_compared_by_its_numbers() {
        assert_eq!(node_version("v20.19.0"), Some((20, 19)));
        assert!(node_version("v100.0.1").unwrap() >= NODE);
        assert!(node_version("v20.9.0").unwrap() < NODE);
        assert_eq!(node_version("20"), None);
    }
}
