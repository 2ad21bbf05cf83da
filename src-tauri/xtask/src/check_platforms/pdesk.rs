//! `pdesk.exe` under Wine against the simulator, which runs here: connect, sync, list.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use serde_json::Value;

use super::wine::Wine;
use crate::demo::simulator::Simulator;

const PROFILES: u32 = 6;
const LABEL: &str = "Under Wine";

pub(super) fn check(wine: &Wine, built: &Path, simulator: &Path) -> anyhow::Result<()> {
    let simulator = Simulator::start(simulator, PROFILES, 1)?;
    let token = simulator
        .tokens()
        .next()
        .context("tagoio-sim names no token")?;
    let program = built.join("pdesk.exe");
    // Wine's drive Z: is the root folder.
    let data = wine.data();
    let folder = format!("Z:{}", data.display().to_string().replace('/', "\\"));
    let pdesk = |arguments: &[&str], input: &str| {
        let mut all = arguments.to_vec();
        all.extend(["--data-dir", folder.as_str()]);
        let what = format!("pdesk {}", arguments.join(" "));
        wine.run(&program, &all, input)?.success(&what)
    };
    let json = |arguments: &[&str]| -> anyhow::Result<Value> {
        let output = pdesk(arguments, "")?;
        serde_json::from_str(&output)
            .with_context(|| format!("under Wine, pdesk {arguments:?} printed {output:?}"))
    };

    pdesk(
        &[
            "account",
            "add",
            "--label",
            LABEL,
            "--region",
            simulator.url(),
            "--token-stdin",
        ],
        &format!("{token}\n"),
    )?;
    let synced = json(&["sync", "--json"])?;
    let accounts = json(&["account", "list", "--json"])?;
    let profiles = json(&["profile", "list", "--json"])?;
    compare(&synced, &accounts, &profiles)?;
    if holds(&data, token.as_bytes())? {
        bail!("under Wine, the token is in a file of the data folder");
    }
    Ok(())
}

/// All three speak of the same one account, which is signed in, and of the same profiles, each of them synced.
fn compare(synced: &Value, accounts: &Value, profiles: &Value) -> anyhow::Result<()> {
    let count = profiles.as_array().map_or(0, Vec::len);
    let of_our_account = profiles
        .as_array()
        .is_some_and(|all| all.iter().all(|profile| profile["account"] == LABEL));
    let account = &synced["accounts"][0];
    let right = count > 0
        && of_our_account
        && account["label"] == LABEL
        && account["status"] == "ok"
        && account["profiles"]["ok"] == count
        && account["profiles"]["failed"] == 0
        && accounts.as_array().map(Vec::len) == Some(1)
        && accounts[0]["label"] == LABEL
        && accounts[0]["signed_in"] == true
        && accounts[0]["profiles"] == count;
    if !right {
        bail!(
            "under Wine, the outcomes do not fit together:\nsync {synced}\naccount list {accounts}\nprofile list {profiles}"
        );
    }
    Ok(())
}

fn holds(folder: &Path, value: &[u8]) -> anyhow::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if holds(&path, value)? {
                return Ok(true);
            }
        } else if fs::read(&path)?
            .windows(value.len())
            .any(|window| window == value)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outcomes() -> (Value, Value, Value) {
        let profiles = json!([{"account": LABEL}, {"account": LABEL}]);
        let accounts = json!([{"label": LABEL, "signed_in": true, "profiles": 2}]);
        let synced = json!({"accounts": [
            {"label": LABEL, "status": "ok", "profiles": {"ok": 2, "failed": 0, "skipped": 0}}
        ]});
        (synced, accounts, profiles)
    }

    #[test]
    fn outcomes_that_fit_together_pass() {
        let (synced, accounts, profiles) = outcomes();
        compare(&synced, &accounts, &profiles).unwrap();
    }

    #[test]
    fn a_profile_that_is_missing_failed_or_of_another_account_is_found() {
        let (synced, accounts, profiles) = outcomes();
        assert!(compare(&synced, &accounts, &json!([{"account": LABEL}])).is_err());
        assert!(compare(&synced, &accounts, &json!([])).is_err());
        assert!(compare(&synced, &json!([]), &profiles).is_err());
        let other = json!([{"account": LABEL}, {"account": "Other"}]);
        assert!(compare(&synced, &accounts, &other).is_err());
        let mut partial = synced;
        partial["accounts"][0]["profiles"]["failed"] = json!(1);
        assert!(compare(&partial, &accounts, &profiles).is_err());
    }

    #[test]
    fn a_value_in_a_file_of_a_folder_below_is_found() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("logs")).unwrap();
        fs::write(folder.path().join("logs/a.log"), "before VALUE after").unwrap();
        assert!(holds(folder.path(), b"VALUE").unwrap());
        assert!(!holds(folder.path(), b"OTHER").unwrap());
    }
}
