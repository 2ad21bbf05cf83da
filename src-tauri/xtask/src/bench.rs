//! `cargo xtask bench …`: what our work costs, measured in release on the simulator.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use crate::process;
use crate::workspace::Workspace;

/// The release profile takes its time, and the first build makes everything.
const BUILD: Duration = Duration::from_mins(25);

/// The test that installs TagoIO's SDKs is built too.
const INSTALL: Duration = Duration::from_mins(25);

const MEASURE: Duration = Duration::from_mins(30);

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
    Sync(SyncOptions),
}

#[derive(Debug, Args)]
struct SyncOptions {
    /// With fewer profiles, for a quick look; the targets are for the full run
    #[arg(long)]
    quick: bool,
    /// Where to write the table as JSON [default: bench/sync.json in the target folder]
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// These parts of the report alone, 1 to 6
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = clap::value_parser!(u8).range(1..=6))]
    only: Vec<u8>,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<ExitCode> {
    process::stop_on_interrupt()?;
    let What::Sync(options) = &options.what;
    sync(workspace, options)?;
    Ok(ExitCode::SUCCESS)
}

fn sync(workspace: &Workspace, options: &SyncOptions) -> anyhow::Result<()> {
    let build = ["build", "--release", "--locked", "--bins"];
    process::run(
        workspace
            .cargo(build)
            .args(["--package", "bench", "--package", "sim"]),
        BUILD,
    )?;
    let mut bench = std::process::Command::new(workspace.released("bench"));
    bench
        .arg("--simulator")
        .arg(workspace.released("tagoio-sim"));
    let default = || workspace.target().join("bench").join("sync.json");
    bench
        .arg("--json")
        .arg(options.json.clone().unwrap_or_else(default));
    if options.quick {
        bench.arg("--quick");
    }
    for part in &options.only {
        bench.args(["--only", &part.to_string()]);
    }
    if options.only.is_empty() || options.only.contains(&WITH_SDKS) {
        let sdks = installed(workspace)?;
        bench.arg("--sdk-js").arg(&sdks.javascript);
        bench.arg("--sdk-python").arg(&sdks.python);
    }
    process::run(&mut bench, MEASURE)
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
