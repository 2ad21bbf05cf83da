//! The simulated TagoIO, started for the demo on a port that was free.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::process::{self, Running};

/// A debug build takes a while to make two years of history.
const START: Duration = Duration::from_mins(2);

/// Ends when it is dropped.
pub(crate) struct Simulator {
    _running: Running,
    url: String,
    tokens: Vec<String>,
}

impl Simulator {
    /// Returns when it listens.
    pub(crate) fn start(program: &Path, profiles: u32, accounts: usize) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command
            .args(["--listen", "127.0.0.1:0"])
            .args(["--profiles", &profiles.to_string()])
            .args(["--accounts", &accounts.to_string()])
            // The same fleet every time.
            .args(["--seed", "1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut running = Running::start(&mut command)?;
        let output = running
            .child()
            .stdout
            .take()
            .context("tagoio-sim has no output")?;
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            // Reads on to the end, so that the simulator never waits for a reader.
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // Nobody listens after the first lines.
                let _ = sender.send(line);
            }
        });
        let began = Instant::now();
        let mut lines = Vec::new();
        while lines.len() < 1 + accounts {
            match receiver.recv_timeout(Duration::from_millis(100)) {
                Ok(line) => lines.push(line),
                Err(RecvTimeoutError::Disconnected) => bail!("tagoio-sim ended before it listened"),
                Err(RecvTimeoutError::Timeout) if process::interrupted() => bail!("interrupted"),
                Err(RecvTimeoutError::Timeout) if began.elapsed() > START => {
                    bail!("tagoio-sim did not listen within {} s", START.as_secs())
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        let tokens = lines.split_off(1);
        Ok(Self {
            _running: running,
            url: lines.remove(0),
            tokens,
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A token an account, in their order.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().map(String::as_str)
    }
}
