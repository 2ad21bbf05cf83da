//! The simulator as a process of its own, so that its work is not counted as the client's.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::process;

/// How long each answer is held back.
pub(crate) const LATENCY: Duration = Duration::from_millis(20);

/// Accounts that share the profiles.
pub(crate) const ACCOUNTS: usize = 2;

/// Making the world takes a second or two.
const START: Duration = Duration::from_mins(1);

/// A running simulator, ended when it is dropped.
pub(crate) struct Simulator {
    child: Child,
    pub(crate) url: String,
    /// A token an account.
    pub(crate) tokens: Vec<String>,
}

impl Simulator {
    /// The one that first syncs are made against, by whatever client.
    pub(crate) async fn start(program: &Path, profiles: usize) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .args(["--profiles", &profiles.to_string()])
            .args(["--accounts", &ACCOUNTS.to_string()])
            .args(["--latency-ms", &LATENCY.as_millis().to_string()])
            .args(["--seed", "1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} could not be started", program.display()))?;
        let output = child.stdout.take().context("the simulator has no output")?;
        let mut lines = BufReader::new(output).lines();
        let mut told = Vec::new();
        while told.len() < 1 + ACCOUNTS {
            match timeout(START, lines.next_line()).await?? {
                Some(line) => told.push(line),
                None => bail!("the simulator ended before it listened"),
            }
        }
        let tokens = told.split_off(1);
        Ok(Self {
            child,
            url: told.remove(0),
            tokens,
        })
    }

    /// The processor time that it has used.
    pub(crate) fn cpu(&self) -> Option<Duration> {
        process::cpu(Some(self.child.id()?))
    }
}
