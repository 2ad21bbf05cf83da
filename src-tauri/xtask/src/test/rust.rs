//! The steps of the Rust side.
//!
//! Cargo builds a dependency anew when another choice of packages asks for other features of it. So each
//! step that builds chooses `--workspace` with the tests' own dependencies (`--all-targets`, or a test by its
//! name), and picks what it runs by target: all of them share one build.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

use super::Outcome;
use crate::process;
use crate::workspace::Workspace;

const QUICK: Duration = Duration::from_mins(2);
const LIMIT: Duration = Duration::from_mins(25);

/// The package whose tests drive the built app.
const END_TO_END: &str = "e2e";

pub(super) fn format(workspace: &Workspace) -> anyhow::Result<Outcome> {
    cargo(workspace, &["fmt", "--all", "--check"], QUICK)
}

pub(super) fn clippy(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let arguments = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    cargo(workspace, &arguments, LIMIT)
}

pub(super) fn build(workspace: &Workspace) -> anyhow::Result<Outcome> {
    cargo(
        workspace,
        &["build", "--workspace", "--all-targets", "--locked"],
        LIMIT,
    )
}

pub(super) fn tests(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let targets = Targets::of(&workspace.metadata(&["--no-deps", "--locked"])?)?;
    let mut arguments = vec![
        "test",
        "--workspace",
        "--locked",
        "--no-fail-fast",
        "--lib",
        "--bins",
    ];
    for name in &targets.others {
        arguments.extend(["--test", name]);
    }
    cargo(workspace, &arguments, LIMIT)
}

pub(super) fn end_to_end(workspace: &Workspace) -> anyhow::Result<Outcome> {
    if !cfg!(target_os = "linux") {
        return Ok(Outcome::Skipped(
            "the window is driven on Linux alone".to_owned(),
        ));
    }
    let targets = Targets::of(&workspace.metadata(&["--no-deps", "--locked"])?)?;
    let mut arguments = vec!["test", "--workspace", "--locked", "--no-fail-fast"];
    for name in &targets.end_to_end {
        arguments.extend(["--test", name]);
    }
    cargo(workspace, &arguments, LIMIT)
}

pub(super) fn doc_tests(workspace: &Workspace) -> anyhow::Result<Outcome> {
    cargo(
        workspace,
        &["test", "--workspace", "--locked", "--doc"],
        LIMIT,
    )
}

pub(super) fn docs(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let arguments = [
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
        "--locked",
    ];
    let mut command = workspace.cargo(arguments);
    process::run(command.env("RUSTDOCFLAGS", "-D warnings"), LIMIT)?;
    Ok(Outcome::Passed)
}

fn cargo(workspace: &Workspace, arguments: &[&str], limit: Duration) -> anyhow::Result<Outcome> {
    process::run(&mut workspace.cargo(arguments.iter().copied()), limit)?;
    Ok(Outcome::Passed)
}

/// The integration tests by name: those that drive the built app, and the others.
#[derive(Debug)]
struct Targets {
    end_to_end: BTreeSet<String>,
    others: BTreeSet<String>,
}

impl Targets {
    fn of(metadata: &Value) -> anyhow::Result<Self> {
        let mut targets = Self {
            end_to_end: BTreeSet::new(),
            others: BTreeSet::new(),
        };
        let packages = metadata["packages"]
            .as_array()
            .context("cargo metadata names no packages")?;
        for package in packages {
            let set = if package["name"] == END_TO_END {
                &mut targets.end_to_end
            } else {
                &mut targets.others
            };
            for target in package["targets"].as_array().into_iter().flatten() {
                if target["kind"]
                    .as_array()
                    .is_some_and(|kinds| kinds.contains(&"test".into()))
                {
                    set.extend(target["name"].as_str().map(str::to_owned));
                }
            }
        }
        if targets.end_to_end.is_empty() {
            bail!("the package {END_TO_END} has no tests");
        }
        if let Some(name) = targets.end_to_end.intersection(&targets.others).next() {
            bail!(
                "{END_TO_END} and another package both have a test `{name}`: give one another name"
            );
        }
        Ok(targets)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn metadata(end_to_end: &str, other: &str) -> Value {
        json!({"packages": [
            {"name": "e2e", "targets": [{"kind": ["lib"], "name": "e2e"}, {"kind": ["test"], "name": end_to_end}]},
            {"name": "store", "targets": [{"kind": ["lib"], "name": "store"}, {"kind": ["test"], "name": other}]},
        ]})
    }

    #[test]
    fn tests_of_the_window_are_told_from_the_others() {
        let targets = Targets::of(&metadata("window", "migrations")).unwrap();
        assert_eq!(Vec::from_iter(targets.end_to_end), ["window"]);
        assert_eq!(Vec::from_iter(targets.others), ["migrations"]);
    }

    #[test]
    fn a_name_that_both_have_would_run_twice_and_is_refused() {
        let error = Targets::of(&metadata("same", "same")).unwrap_err();
        assert!(error.to_string().contains("`same`"), "{error}");
    }

    #[test]
    fn no_test_of_the_window_is_a_failure_and_not_a_pass() {
        assert!(Targets::of(&json!({"packages": []})).is_err());
    }
}
