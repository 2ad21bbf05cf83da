//! The lock files name no place but the public index of crates: a mirror that one machine uses would bind all.

use std::fs;

use anyhow::{Context, bail};
use serde_json::Value;

use super::runner::Outcome;
use crate::workspace::Workspace;

const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Written by npm without places, so that each machine asks the registry that it is set up for.
const PACKAGES: [&str; 2] = [
    "ui/package-lock.json",
    "src-tauri/crates/sim/tests/sdk/package-lock.json",
];

pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let read = |name: &str| {
        fs::read_to_string(workspace.path(name)).with_context(|| format!("{name} cannot be read"))
    };
    let mut strangers = strange_crates(&read("Cargo.lock")?);
    for name in PACKAGES {
        let packages = placed_packages(&read(name)?).with_context(|| name.to_owned())?;
        strangers.extend(packages);
    }
    if !strangers.is_empty() {
        bail!(
            "the lock files name places that not every machine has: {}",
            strangers.join(", ")
        );
    }
    // Fails if Cargo.lock is not what the manifests ask for.
    workspace.metadata(&["--locked"])?;
    Ok(Outcome::Passed)
}

/// Crates that come from elsewhere. A crate without a source is one of ours.
fn strange_crates(lock: &str) -> Vec<String> {
    let mut name = "";
    let mut strangers = Vec::new();
    for line in lock.lines() {
        if let Some(value) = line.strip_prefix("name = ") {
            name = value.trim_matches('"');
        } else if let Some(source) = line.strip_prefix("source = ")
            && source.trim_matches('"') != CRATES
        {
            strangers.push(name.to_owned());
        }
    }
    strangers
}

/// Packages that are bound to a place. Those in the tree itself (`link`) have a path, which is none.
fn placed_packages(lock: &str) -> anyhow::Result<Vec<String>> {
    let lock: Value = serde_json::from_str(lock).context("it is not JSON")?;
    let packages = lock["packages"]
        .as_object()
        .context("it has no `packages`")?;
    Ok(packages
        .iter()
        .filter(|(_, package)| {
            package["resolved"]
                .as_str()
                .is_some_and(|place| place.contains("://"))
        })
        .map(|(name, _)| name.clone())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_from_a_mirror_or_from_git_is_found() {
        let lock = format!(
            "[[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n\n\
             [[package]]\nname = \"public\"\nsource = \"{CRATES}\"\n\n\
             [[package]]\nname = \"mirrored\"\nsource = \"sparse+https://mirror.example/index/\"\n\n\
             [[package]]\nname = \"forked\"\nsource = \"git+https://example.com/forked#0123\"\n"
        );
        assert_eq!(strange_crates(&lock), ["mirrored", "forked"]);
    }

    #[test]
    fn a_package_that_is_bound_to_a_place_is_found_and_one_without_is_not() {
        let lock = r#"{"packages": {
            "": {"name": "ui"},
            "node_modules/a": {"resolved": "packages/a", "link": true},
            "node_modules/b": {"version": "1.0.0"},
            "node_modules/c": {"resolved": "https://mirror.example/c-1.0.0.tgz"}
        }}"#;
        assert_eq!(placed_packages(lock).unwrap(), ["node_modules/c"]);
    }

    #[test]
    fn a_lock_file_of_another_form_is_not_taken_for_a_clean_one() {
        assert!(placed_packages(r#"{"dependencies": {}}"#).is_err());
        assert!(placed_packages("<html>").is_err());
    }
}
