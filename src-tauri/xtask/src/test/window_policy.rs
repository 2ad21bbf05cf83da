//! What the window must never be given: loose scripts, remote pages, Tauri's global object, files or a shell.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use serde_json::Value;

use super::runner::Outcome;
use crate::workspace::Workspace;

/// Tauri's own ways from the page to Rust, by the names they have on the platforms.
const OWN: [&str; 6] = [
    "ipc:",
    "http://ipc.localhost",
    "asset:",
    "http://asset.localhost",
    "tauri:",
    "http://tauri.localhost",
];

/// Plugins that would give a page more than our commands.
const FORBIDDEN: [&str; 4] = ["fs:", "shell:", "http:", "process:"];

pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let mut wrong = wrong_settings(&read(&workspace.path("tauri.conf.json"))?);
    let folder = workspace.path("src-tauri/capabilities");
    let unreadable = || format!("{} cannot be read", folder.display());
    let mut files = 0;
    for entry in fs::read_dir(&folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        let faults = wrong_permissions(&read(&path)?);
        wrong.extend(
            faults
                .into_iter()
                .map(|fault| format!("{}: {fault}", path.display())),
        );
        files += 1;
    }
    if files == 0 {
        bail!("{} is empty: nothing was checked", folder.display());
    }
    if !wrong.is_empty() {
        bail!("the window is given too much:\n  {}", wrong.join("\n  "));
    }
    Ok(Outcome::Passed)
}

fn read(path: &Path) -> anyhow::Result<Value> {
    let text =
        fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
}

fn wrong_settings(config: &Value) -> Vec<String> {
    let app = &config["app"];
    let security = &app["security"];
    let mut wrong = Vec::new();
    if app["withGlobalTauri"] == true {
        wrong.push("withGlobalTauri is on".to_owned());
    }
    let untouched = &security["dangerousDisableAssetCspModification"];
    if !untouched.is_null() && *untouched != false {
        wrong.push("dangerousDisableAssetCspModification is on".to_owned());
    }
    if security["csp"].is_null() {
        wrong.push("there is no Content-Security-Policy".to_owned());
    }
    for source in sources(&security["csp"]) {
        let scheme = source.ends_with(':') && source != "data:" && source != "blob:";
        let remote = (source.contains("://") || scheme) && !OWN.contains(&source.as_str());
        if remote || source.starts_with("'unsafe-") || source.contains('*') {
            wrong.push(format!("the Content-Security-Policy allows {source}"));
        }
    }
    for window in app["windows"].as_array().into_iter().flatten() {
        if let Some(url) = window["url"].as_str()
            && url.contains("://")
        {
            wrong.push(format!("a window opens {url}"));
        }
    }
    wrong
}

/// The words of a policy, which is one string, or a map from a directive to a string or a list.
fn sources(policy: &Value) -> Vec<String> {
    match policy {
        Value::String(text) => text
            .split([' ', ';', '\n'])
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect(),
        Value::Array(parts) => parts.iter().flat_map(sources).collect(),
        Value::Object(directives) => directives.values().flat_map(sources).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn wrong_permissions(capability: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    if !capability["remote"].is_null() {
        wrong.push("a remote page may call commands".to_owned());
    }
    for permission in capability["permissions"].as_array().into_iter().flatten() {
        let name = permission
            .as_str()
            .or_else(|| permission["identifier"].as_str())
            .unwrap_or_default();
        if FORBIDDEN.iter().any(|plugin| name.starts_with(plugin)) {
            wrong.push(format!("the window is granted {name}"));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_strict_policy_passes_in_either_form() {
        for policy in [
            json!(
                "default-src 'self'; img-src 'self' data:; connect-src ipc: http://ipc.localhost"
            ),
            json!({"default-src": "'self'", "connect-src": ["ipc:", "http://ipc.localhost"]}),
        ] {
            let config = json!({"app": {
                "withGlobalTauri": false,
                "security": {"csp": policy},
                "windows": [{"url": "index.html"}],
            }});
            assert_eq!(wrong_settings(&config), [""; 0]);
        }
    }

    #[test]
    fn a_loose_policy_is_found_by_its_word() {
        for (policy, word) in [
            (json!("style-src 'self' 'unsafe-inline'"), "'unsafe-inline'"),
            (
                json!({"script-src": ["'self'", "'unsafe-eval'"]}),
                "'unsafe-eval'",
            ),
            (
                json!({"img-src": "https://cdn.example"}),
                "https://cdn.example",
            ),
            (json!("connect-src https:"), "https:"),
            (json!("default-src *"), "*"),
        ] {
            let config = json!({"app": {"security": {"csp": policy}}});
            assert_eq!(
                wrong_settings(&config),
                [format!("the Content-Security-Policy allows {word}")]
            );
        }
    }

    #[test]
    fn each_other_loose_setting_is_found() {
        let csp = "default-src 'self'";
        for (app, fault) in [
            (
                json!({"withGlobalTauri": true, "security": {"csp": csp}}),
                "withGlobalTauri is on",
            ),
            (json!({}), "there is no Content-Security-Policy"),
            (
                json!({"security": {"csp": csp, "dangerousDisableAssetCspModification": ["style-src"]}}),
                "dangerousDisableAssetCspModification is on",
            ),
            (
                json!({"security": {"csp": csp}, "windows": [{"url": "https://example.com"}]}),
                "a window opens https://example.com",
            ),
        ] {
            assert_eq!(wrong_settings(&json!({"app": app})), [fault]);
        }
    }

    #[test]
    fn files_shells_and_remote_pages_are_found_in_a_capability() {
        let capability = json!({
            "remote": {"urls": ["https://*"]},
            "permissions": ["core:event:default", "fs:default", {"identifier": "shell:allow-open"}],
        });
        assert_eq!(
            wrong_permissions(&capability),
            [
                "a remote page may call commands",
                "the window is granted fs:default",
                "the window is granted shell:allow-open"
            ]
        );
    }
}
