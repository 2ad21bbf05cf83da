//! `cargo xtask demo`: the app with a simulated TagoIO, in a throw-away data folder.

mod desktop;
mod picture;
pub(crate) mod simulator;
mod window;

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;

use self::desktop::Desktop;
use self::simulator::Simulator;
use crate::process::{self, Running};
use crate::setup::{self, Purpose};
use crate::test::ui;
use crate::workspace::Workspace;

/// The accounts' labels, one an account.
const ACCOUNTS: [&str; 2] = ["Northwind Sensors", "Alpine Water"];

const BUILD: Duration = Duration::from_mins(25);
const SYNC: Duration = Duration::from_mins(5);
const QUICK: Duration = Duration::from_mins(1);

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How many profiles the simulated TagoIO has
    #[arg(long, default_value_t = 200, value_name = "N")]
    profiles: u32,
    /// Leave the data folder, and say where it is
    #[arg(long)]
    keep: bool,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<ExitCode> {
    process::stop_on_interrupt()?;
    let display = desktop::has_display();
    let keychain = display && desktop::has_keychain();
    let mut purposes = vec![Purpose::Build];
    if !display {
        purposes.push(Purpose::Display);
    }
    if !keychain {
        purposes.push(Purpose::Keychain);
    }
    setup::ensure(&purposes)?;
    build(workspace)?;

    let desktop = Desktop::prepare(display, keychain)?;
    let folder = tempfile::Builder::new()
        .prefix("profile-desk-demo-")
        .tempdir()?;
    let simulator = Simulator::start(
        &workspace.built("tagoio-sim"),
        options.profiles,
        ACCOUNTS.len(),
    )?;
    let mut desk = Desk {
        pdesk: workspace.built("pdesk"),
        desktop: &desktop,
        folder: folder.path(),
        connected: Vec::new(),
        keep: options.keep,
    };
    let shown = desk
        .fill(&simulator)
        .and_then(|()| window::show(workspace, &desk, display));
    // Whatever happened, and after Ctrl-C too: no entry stays in a keychain.
    let forgotten = desk.forget();
    drop(simulator);
    if options.keep {
        println!("The data folder is {}", folder.keep().display());
    }
    shown.and(forgotten)?;
    Ok(ExitCode::SUCCESS)
}

fn build(workspace: &Workspace) -> anyhow::Result<()> {
    println!("Building the window …");
    ui::install(workspace)?;
    ui::build(workspace)?;
    println!("Building the programs (about four minutes the first time) …");
    let arguments = [
        "build",
        "--locked",
        "--bins",
        "--package",
        "profile-desk",
        "--package",
        "cli",
        "--package",
        "sim",
    ];
    process::run(&mut workspace.cargo(arguments), BUILD)
}

/// A desk of the demo's own: its data folder, and the keychain entries that were made for it.
#[derive(Debug)]
struct Desk<'a> {
    pdesk: PathBuf,
    desktop: &'a Desktop,
    folder: &'a Path,
    /// The labels for which there may be an entry in the keychain.
    connected: Vec<&'static str>,
    keep: bool,
}

impl Desk<'_> {
    /// Connects both accounts and syncs them.
    fn fill(&mut self, simulator: &Simulator) -> anyhow::Result<()> {
        println!("The simulated TagoIO listens on {}", simulator.url());
        for (label, token) in ACCOUNTS.into_iter().zip(simulator.tokens()) {
            println!("Connecting {label} …");
            self.connect(label, simulator.url(), token)?;
        }
        println!("Syncing …");
        process::run(&mut self.pdesk(&["sync"]), SYNC)
    }

    /// The token goes by standard input: a command line is for all to read.
    fn connect(&mut self, label: &'static str, url: &str, token: &str) -> anyhow::Result<()> {
        let mut command = self.pdesk(&[
            "account",
            "add",
            "--label",
            label,
            "--region",
            url,
            "--token-stdin",
        ]);
        self.connected.push(label);
        let mut running = Running::start(command.stdin(Stdio::piped()))?;
        let mut input = running
            .child()
            .stdin
            .take()
            .context("pdesk has no standard input")?;
        input
            .write_all(token.as_bytes())
            .context("pdesk did not read the token")?;
        drop(input);
        let status = running.wait(QUICK)?;
        if !status.success() {
            bail!("`{}` ended with {status}", process::show(&command));
        }
        Ok(())
    }

    /// Removes the accounts, and with them their keychain entries.
    fn forget(&mut self) -> anyhow::Result<()> {
        let mut outcome = Ok(());
        for label in std::mem::take(&mut self.connected) {
            let mut arguments = vec!["account", "remove", label, "--yes"];
            if self.keep {
                arguments.push("--keep-history");
            }
            let removed = process::run_at_the_end(&mut self.pdesk(&arguments), QUICK)
                .with_context(|| format!("the keychain entry of {label} may still be there"));
            outcome = outcome.and(removed);
        }
        outcome
    }

    fn pdesk(&self, arguments: &[&str]) -> Command {
        let mut command = self.desktop.command(&self.pdesk);
        command.args(arguments).arg("--data-dir").arg(self.folder);
        // Would be taken in place of the keychain.
        command.env_remove("PROFILE_DESK_TOKEN");
        command
    }

    /// The window's program, on this data folder.
    fn window(&self, workspace: &Workspace) -> Command {
        let mut command = self.desktop.command(workspace.built("profile-desk"));
        command.env("PROFILE_DESK_DATA_DIR", self.folder);
        command
    }
}

/// A variable that is set and not empty.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
