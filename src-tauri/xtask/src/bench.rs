//! `cargo xtask bench …`: what our work costs, measured in release.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use crate::process;
use crate::setup::{self, Purpose};
use crate::test;
use crate::workspace::Workspace;

/// The release profile takes its time, and the first build makes everything.
const BUILD: Duration = Duration::from_mins(25);

/// The test that installs TagoIO's SDKs is built too.
const INSTALL: Duration = Duration::from_mins(25);

/// Twenty minutes of it the window is watched while nothing happens.
const MEASURE: Duration = Duration::from_hours(1);

/// Where the pins of the SDKs are.
const PINS: &str = "src-tauri/crates/sim/tests/sdk";

/// The part of the report that needs the SDKs.
const WITH_SDKS: u8 = 6;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Measure syncs: time, processor, memory, requests, disk, beside scripts with TagoIO's own SDKs
    Sync(Choice),
    /// Measure the store's queries on 10,000 profiles with two years of history, without a window
    Store(Choice),
    /// Measure the window on the same store: its start, keystrokes, charts, memory, idling (Linux)
    Ui(Choice),
}

#[derive(Debug, Args)]
struct Choice {
    /// With less of everything, for a quick look; the targets are for the full run
    #[arg(long)]
    quick: bool,
    /// Where to write the table as JSON [default: in the folder bench of the target folder]
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// These parts of the report alone, by their numbers
    #[arg(long, value_name = "N", value_delimiter = ',')]
    only: Vec<u8>,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<ExitCode> {
    process::stop_on_interrupt()?;
    match &options.what {
        What::Sync(choice) => sync(workspace, choice)?,
        What::Store(choice) => store(workspace, choice)?,
        What::Ui(choice) => ui(workspace, choice)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn sync(workspace: &Workspace, choice: &Choice) -> anyhow::Result<()> {
    build(workspace, &["bench", "sim"])?;
    let mut bench = bench(workspace, "sync", choice);
    bench
        .arg("--simulator")
        .arg(workspace.released("tagoio-sim"));
    if choice.only.is_empty() || choice.only.contains(&WITH_SDKS) {
        let sdks = installed(workspace)?;
        bench.arg("--sdk-js").arg(&sdks.javascript);
        bench.arg("--sdk-python").arg(&sdks.python);
    }
    process::run(&mut bench, MEASURE)
}

fn store(workspace: &Workspace, choice: &Choice) -> anyhow::Result<()> {
    build(workspace, &["bench"])?;
    let mut bench = bench(workspace, "store", choice);
    bench.arg("--stores").arg(stores(workspace));
    process::run(&mut bench, MEASURE)
}

fn ui(workspace: &Workspace, choice: &Choice) -> anyhow::Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("the window is driven on Linux alone");
    }
    setup::ensure(&[
        Purpose::Build,
        Purpose::Display,
        Purpose::Keychain,
        Purpose::Checks,
    ])?;
    for step in [test::ui::install, test::ui::build] {
        step(workspace)?;
    }
    // The window is built as it ships, without the features that the bench asks of the crates that both use.
    build(workspace, &["profile-desk", "empty-window"])?;
    build(workspace, &["bench"])?;
    let mut bench = bench(workspace, "ui", choice);
    bench.arg("--stores").arg(stores(workspace));
    bench.arg("--app").arg(workspace.released("profile-desk"));
    bench.arg("--empty").arg(workspace.released("empty-window"));
    process::run(&mut bench, MEASURE)
}

fn build(workspace: &Workspace, packages: &[&str]) -> anyhow::Result<()> {
    let mut cargo = workspace.cargo(["build", "--release", "--locked", "--bins"]);
    for package in packages {
        cargo.args(["--package", package]);
    }
    process::run(&mut cargo, BUILD)
}

/// The released bench, told what a person chose.
fn bench(workspace: &Workspace, what: &str, choice: &Choice) -> Command {
    let mut bench = Command::new(workspace.released("bench"));
    let json = choice.json.clone().unwrap_or_else(|| {
        workspace
            .target()
            .join("bench")
            .join(format!("{what}.json"))
    });
    bench.arg(what).arg("--json").arg(json);
    if choice.quick {
        bench.arg("--quick");
    }
    for part in &choice.only {
        bench.args(["--only", &part.to_string()]);
    }
    bench
}

/// Where the large stores lie that are made once.
fn stores(workspace: &Workspace) -> PathBuf {
    workspace.target().join("bench")
}

/// Where TagoIO's SDKs are installed.
struct Sdks {
    javascript: PathBuf,
    python: PathBuf,
}

/// The simulator's tests install the SDKs for exactly the pins that they have; they are run if that was not
/// done yet, so that there is one way to install them.
fn installed(workspace: &Workspace) -> anyhow::Result<Sdks> {
    let sdks = Sdks {
        javascript: folder(workspace, "js", "package-lock.json")?,
        python: folder(workspace, "python", "requirements.txt")?,
    };
    let complete = |folder: &Path| folder.join("complete").exists();
    let all = || complete(&sdks.javascript) && complete(&sdks.python);
    if !all() {
        let test = ["test", "--locked", "--package", "sim", "--test", "sdk"];
        process::run(&mut workspace.cargo(test), INSTALL)?;
    }
    if !all() {
        bail!(
            "the simulator's test `sdk` has not installed TagoIO's SDKs where they are looked for"
        );
    }
    Ok(sdks)
}

fn folder(workspace: &Workspace, name: &str, pins: &str) -> anyhow::Result<PathBuf> {
    let file = workspace.path(PINS).join(pins);
    let pins = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let folder = format!("sdk-{name}-{:016x}", print(&pins));
    Ok(workspace.target().join("tmp").join(folder))
}

/// 64-bit FNV-1a, by which that test names its folders.
fn print(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_print_is_that_of_the_published_test_vectors() {
        assert_eq!(print(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(print(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(print(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
