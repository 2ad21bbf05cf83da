//! The arrows of the house: which of our crates may know which, and that only the shell knows Tauri.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail};
use serde_json::Value;

use super::runner::Outcome;
use crate::workspace::Workspace;

/// A crate of ours, and which others of ours its code may use; each stands after those. A crate that is not
/// here fails the check, so that its place in the house is decided when it is made.
const MAY_USE: [(&str, &[&str]); 14] = [
    ("model", &[]),
    ("tagoio", &["model"]),
    ("vault", &["model"]),
    ("store", &["model"]),
    ("insight", &["model"]),
    ("desk", &["model", "tagoio", "vault", "store", "insight"]),
    ("cli", &["model", "desk"]),
    (SHELL, &["model", "desk"]),
    ("sim", &[]),
    ("session", &[]),
    (EMPTY_WINDOW, &[]),
    ("xtask", &["session"]),
    ("e2e", &["model", "sim", "session"]),
    (
        "bench",
        &["model", "desk", "store", "sim", "vault", "session", "e2e"],
    ),
];

/// What the tests of a crate may use besides. The simulator's may not: it is checked against TagoIO's own
/// SDKs, so that it shares no mistake with our client.
const FOR_TESTS: [&str; 3] = ["model", "sim", "session"];

/// The one crate of the app that may know Tauri.
const SHELL: &str = "profile-desk";

/// What the app's window is measured against. It is Tauri and nothing else, and does not ship.
const EMPTY_WINDOW: &str = "empty-window";

pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let metadata = workspace.metadata(&["--locked"])?;
    let mut wrong = wrong_arrows(&metadata)?;
    wrong.extend(knows_tauri(&metadata)?);
    if !wrong.is_empty() {
        bail!(
            "the arrows of ARCHITECTURE.md are not kept:\n  {}",
            wrong.join("\n  ")
        );
    }
    Ok(Outcome::Passed)
}

/// Each dependency between two of our crates that the table does not have.
fn wrong_arrows(metadata: &Value) -> anyhow::Result<Vec<String>> {
    let packages = ours(metadata)?;
    let names: BTreeSet<&str> = packages
        .iter()
        .map(|package| text(&package["name"]))
        .collect();
    let mut wrong = Vec::new();
    for package in packages {
        let name = text(&package["name"]);
        let Some((_, may_use)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
            wrong.push(format!(
                "{name} has no place yet: give it one in this check and in ARCHITECTURE.md"
            ));
            continue;
        };
        for dependency in array(&package["dependencies"])? {
            let used = text(&dependency["name"]);
            let in_tests = dependency["kind"] == "dev";
            let allowed =
                may_use.contains(&used) || in_tests && name != "sim" && FOR_TESTS.contains(&used);
            if names.contains(used) && !allowed {
                let place = if in_tests {
                    ", not even in its tests"
                } else {
                    ""
                };
                wrong.push(format!("{name} must not use {used}{place}"));
            }
        }
    }
    Ok(wrong)
}

/// Each of our crates but the shell that reaches Tauri, by whatever way, its tests apart.
fn knows_tauri(metadata: &Value) -> anyhow::Result<Vec<String>> {
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in array(&metadata["resolve"]["nodes"])? {
        let mut targets = Vec::new();
        for edge in array(&node["deps"])? {
            let kinds = array(&edge["dep_kinds"])?;
            if kinds.iter().any(|kind| kind["kind"] != "dev") {
                targets.push(text(&edge["pkg"]));
            }
        }
        edges.insert(text(&node["id"]), targets);
    }
    let names: BTreeMap<&str, &str> = array(&metadata["packages"])?
        .iter()
        .map(|package| (text(&package["id"]), text(&package["name"])))
        .collect();
    let mut wrong = Vec::new();
    for package in ours(metadata)? {
        let (id, name) = (text(&package["id"]), text(&package["name"]));
        if name == SHELL || name == EMPTY_WINDOW {
            continue;
        }
        let mut seen = BTreeSet::from([id]);
        let mut open = vec![id];
        while let Some(next) = open.pop() {
            let used = names.get(next).copied().unwrap_or_default();
            if used == "tauri" || used == "wry" || used.starts_with("tauri-") {
                wrong.push(format!("{name} must not know Tauri, but reaches {used}"));
                break;
            }
            open.extend(
                edges
                    .get(next)
                    .into_iter()
                    .flatten()
                    .filter(|used| seen.insert(**used)),
            );
        }
    }
    Ok(wrong)
}

fn ours(metadata: &Value) -> anyhow::Result<Vec<&Value>> {
    let members = array(&metadata["workspace_members"])?;
    Ok(array(&metadata["packages"])?
        .iter()
        .filter(|package| members.contains(&package["id"]))
        .collect())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn array(value: &Value) -> anyhow::Result<&Vec<Value>> {
    value
        .as_array()
        .context("cargo metadata has another form than expected")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What a dependency is for, as cargo says it.
    type Kind = Option<&'static str>;
    const CODE: Kind = None;
    const TESTS: Kind = Some("dev");

    /// A package and what it depends on.
    type Package<'a> = (&'a str, &'a [(&'a str, Kind)]);

    fn metadata(packages: &[Package<'_>]) -> Value {
        let names = packages.iter().map(|(name, _)| *name);
        let ours: Vec<&str> = names.filter(|name| !name.starts_with("tauri")).collect();
        let listed = packages.iter().map(|(name, uses)| {
            let uses = uses
                .iter()
                .map(|(used, kind)| json!({"name": used, "kind": kind}));
            json!({"id": name, "name": name, "dependencies": uses.collect::<Vec<_>>()})
        });
        let resolved = packages.iter().map(|(name, uses)| {
            let uses = uses
                .iter()
                .map(|(used, kind)| json!({"pkg": used, "dep_kinds": [{"kind": kind}]}));
            json!({"id": name, "deps": uses.collect::<Vec<_>>()})
        });
        json!({
            "workspace_members": ours,
            "packages": listed.collect::<Vec<_>>(),
            "resolve": {"nodes": resolved.collect::<Vec<_>>()},
        })
    }

    #[test]
    fn arrows_of_the_house_pass() {
        let house = metadata(&[
            ("model", &[]),
            ("store", &[("model", CODE)]),
            ("desk", &[("store", CODE), ("sim", TESTS)]),
            ("sim", &[]),
        ]);
        assert_eq!(wrong_arrows(&house).unwrap(), [""; 0]);
    }

    #[test]
    fn two_of_the_four_that_know_each_other_are_found() {
        let house = metadata(&[("store", &[]), ("tagoio", &[("store", CODE)])]);
        assert_eq!(wrong_arrows(&house).unwrap(), ["tagoio must not use store"]);
    }

    #[test]
    fn the_simulator_may_not_even_test_with_our_words() {
        let house = metadata(&[("model", &[]), ("sim", &[("model", TESTS)])]);
        assert_eq!(
            wrong_arrows(&house).unwrap(),
            ["sim must not use model, not even in its tests"]
        );
    }

    #[test]
    fn a_crate_without_a_place_is_found() {
        let house = metadata(&[("attic", &[])]);
        let wrong = wrong_arrows(&house).unwrap();
        assert!(wrong[0].starts_with("attic has no place yet"), "{wrong:?}");
    }

    #[test]
    fn tauri_is_found_behind_another_crate_and_allowed_in_the_shell_alone() {
        let house = metadata(&[
            ("profile-desk", &[("tauri", CODE)]),
            ("desk", &[("tauri-plugin-x", CODE)]),
            ("cli", &[("desk", CODE)]),
            ("store", &[("tauri", TESTS)]),
            ("tauri", &[]),
            ("tauri-plugin-x", &[("tauri", CODE)]),
        ]);
        assert_eq!(
            knows_tauri(&house).unwrap(),
            [
                "desk must not know Tauri, but reaches tauri-plugin-x",
                "cli must not know Tauri, but reaches tauri-plugin-x"
            ]
        );
    }

    #[test]
    fn the_table_runs_one_way() {
        for (index, (name, may_use)) in MAY_USE.iter().enumerate() {
            for used in *may_use {
                let earlier = MAY_USE[..index].iter().any(|(earlier, _)| earlier == used);
                assert!(earlier, "{name} uses {used}, which stands after it");
            }
        }
    }
}
