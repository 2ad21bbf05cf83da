//! The same first sync by scripts that are written with TagoIO's own SDKs. They fetch and forget; what our
//! program does besides, it does in the same time or less.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use serde::Deserialize;
use tokio::process::Command;
use tokio::time::timeout;

use super::Size;
use super::desks::count;
use super::first::First;
use super::simulator::Simulator;
use crate::table::{Table, Target};

/// A script that takes longer hangs.
const LIMIT: Duration = Duration::from_mins(10);

/// Where things are.
pub(crate) struct Scripts<'a> {
    /// The simulator's program.
    pub(crate) simulator: &'a Path,
    /// Where the SDK for JavaScript is installed.
    pub(crate) javascript: Option<&'a Path>,
    /// Where the SDK for Python is installed.
    pub(crate) python: Option<&'a Path>,
}

/// What a script prints of itself.
#[derive(Debug, Deserialize)]
struct Told {
    requests: u32,
    seconds: f64,
    failed: u32,
    profiles: u32,
    #[serde(default)]
    of_profiles: u32,
    #[serde(default)]
    account_seconds: f64,
}

impl Scripts<'_> {
    pub(crate) async fn measure(
        &self,
        size: Size,
        ours: &First,
        table: &mut Table,
    ) -> anyhow::Result<()> {
        let javascript = self.javascript(size).await?;
        let python = self.python(size).await?;
        let ours = ours.wall.as_secs_f64();
        let mut part = table.part(6);
        part.figure(
            "a script with the SDK for JavaScript",
            javascript.seconds,
            "s",
            format!(
                "{} requests for {} profiles, as many in flight as ours",
                javascript.requests, javascript.profiles
            ),
        );
        part.target(
            "our first sync over it",
            ours / javascript.seconds,
            "",
            Target::AtMost(1.0),
            format!("{ours:.2} s, with all of it in the store"),
        );
        let each = (python.seconds - python.account_seconds) / f64::from(python.profiles);
        let whole = python.account_seconds + each * f64::from(python.of_profiles);
        part.figure(
            "a script with the SDK for Python",
            whole,
            "s",
            format!(
                "one request after the other; extrapolated from {} of {} profiles, which took {:.2} s",
                python.profiles, python.of_profiles, python.seconds
            ),
        );
        part.figure("our first sync over that", ours / whole, "", "");
        Ok(())
    }

    async fn javascript(&self, size: Size) -> anyhow::Result<Told> {
        let sdk = self
            .javascript
            .context("where the SDK for JavaScript is was not said")?;
        let mut node = Command::new("node");
        node.arg(script("first_sync.mjs")).env("TAGOIO_SDK", sdk);
        let told = self.told(size, node).await?;
        if count(size.profiles) > f64::from(told.profiles) {
            bail!(
                "the script did {} profiles, not {}",
                told.profiles,
                size.profiles
            );
        }
        Ok(told)
    }

    async fn python(&self, size: Size) -> anyhow::Result<Told> {
        let sdk = self
            .python
            .context("where the SDK for Python is was not said")?;
        let own = sdk.join("venv/bin/python3");
        let mut python = if own.exists() {
            Command::new(own)
        } else {
            let mut python = Command::new("python3");
            python.env("PYTHONPATH", sdk.join("plain"));
            python
        };
        python
            .arg(script("first_sync.py"))
            .args(["--profiles", &size.in_sequence.to_string()])
            .env("PYTHONDONTWRITEBYTECODE", "1");
        self.told(size, python).await
    }

    /// Runs a script against a simulator of its own.
    async fn told(&self, size: Size, mut script: Command) -> anyhow::Result<Told> {
        let simulator = Simulator::start(self.simulator, size.profiles).await?;
        for name in ["http_proxy", "https_proxy", "all_proxy"] {
            script.env_remove(name).env_remove(name.to_uppercase());
        }
        let script = script
            .env("TAGOIO_URL", &simulator.url)
            .env("TAGOIO_TOKENS", simulator.tokens.join("\n"))
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .kill_on_drop(true);
        let shown = script.as_std().get_program().display().to_string();
        let output = timeout(LIMIT, script.output())
            .await
            .with_context(|| format!("{shown} took too long"))?
            .with_context(|| format!("{shown} could not be started"))?;
        if !output.status.success() {
            bail!("{shown} ended with {}", output.status);
        }
        let told: Told = serde_json::from_slice(&output.stdout)
            .with_context(|| format!("{shown} printed something else than its figures"))?;
        if told.failed > 0 {
            bail!(
                "{} of {} requests of {shown} failed",
                told.failed,
                told.requests
            );
        }
        Ok(told)
    }
}

fn script(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sdk").join(name)
}
