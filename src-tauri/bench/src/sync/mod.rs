//! What a sync costs, measured on the simulator and set beside what it is to cost.

mod again;
pub(crate) mod desks;
mod disk;
mod first;
mod ingest;
mod limits;
mod scripts;
mod simulator;

use std::path::PathBuf;

use clap::Args;

use crate::report::{Part, Report};
use crate::table::Table;

/// The parts of the report, by their numbers.
const PARTS: std::ops::RangeInclusive<u8> = 1..=6;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    report: Report,
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
struct Size {
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

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let size = if arguments.report.quick { QUICK } else { FULL };
    let mut table = Table::new(arguments.report.quick);
    // The first sync comes first of all: the peak of memory is the whole process's.
    let mut first = None;
    for Part(part) in arguments.report.parts(PARTS)? {
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
    arguments.report.tell(&table)
}
