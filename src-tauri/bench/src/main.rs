//! What a sync costs, measured on the simulator and set beside what it is to cost. `cargo xtask bench sync`
//! builds and runs this in release. It is a report: whatever the figures are, it succeeds, and it fails only
//! where something could not be run.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the report is told on the terminal"
)]

mod again;
mod desks;
mod disk;
mod first;
mod ingest;
mod limits;
mod process;
mod scripts;
mod simulator;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use crate::table::Table;

/// The parts of the report, by their numbers.
const PARTS: std::ops::RangeInclusive<u8> = 1..=6;

#[derive(Debug, Parser)]
#[command(name = "bench", about = "Measures what a sync costs")]
struct Arguments {
    /// With fewer profiles, for a quick look; the targets are for the full run
    #[arg(long)]
    quick: bool,
    /// Write the table here too, as JSON
    #[arg(long, value_name = "FILE")]
    json: PathBuf,
    /// These parts alone
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = clap::value_parser!(u8).range(1..=6))]
    only: Vec<u8>,
    /// The simulator's program
    #[arg(long, value_name = "FILE")]
    simulator: PathBuf,
    /// Where TagoIO's SDK for JavaScript is installed
    #[arg(long, value_name = "FOLDER")]
    sdk_js: Option<PathBuf>,
    /// Where TagoIO's SDK for Python is installed
    #[arg(long, value_name = "FOLDER")]
    sdk_python: Option<PathBuf>,
}

/// How much of everything is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Profiles of a first sync, and of the one after it.
    profiles: usize,
    /// Profiles of the sync that meets limits.
    limited: usize,
    /// Profiles whose month of hours goes into the store.
    ingested: u32,
    /// Profiles that the script for Python does.
    in_sequence: usize,
}

const FULL: Size = Size {
    profiles: 1_000,
    limited: 2_000,
    ingested: 300,
    in_sequence: 20,
};

const QUICK: Size = Size {
    profiles: 100,
    limited: 200,
    ingested: 60,
    in_sequence: 5,
};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(&arguments)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let size = if arguments.quick { QUICK } else { FULL };
    let wanted = |part| arguments.only.is_empty() || arguments.only.contains(&part);
    let mut table = Table::new(arguments.quick);
    // The first sync comes first of all: the peak of memory is the whole process's.
    let mut first = None;
    for part in PARTS.filter(|part| wanted(*part)) {
        eprintln!("part {part} of {} …", PARTS.end());
        match part {
            1 => {
                first = Some(
                    first::measure(&arguments.simulator, size)
                        .await?
                        .told(&mut table),
                );
            }
            2 => again::measure(size, &mut table).await?,
            3 => limits::measure(size, &mut table).await?,
            4 => ingest::measure(size, &mut table)?,
            5 => disk::measure(size, &mut table).await?,
            _ => {
                let ours = match first.take() {
                    Some(first) => first,
                    None => first::measure(&arguments.simulator, size).await?,
                };
                let scripts = scripts::Scripts {
                    simulator: &arguments.simulator,
                    javascript: arguments.sdk_js.as_deref(),
                    python: arguments.sdk_python.as_deref(),
                };
                scripts.measure(size, &ours, &mut table).await?;
            }
        }
    }
    print!("{table}");
    table.write(&arguments.json)?;
    println!("\nThe same as JSON: {}", arguments.json.display());
    Ok(())
}
