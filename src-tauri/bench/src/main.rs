//! What our work costs: a sync, the store's queries, the window. `cargo xtask bench …` builds and runs this
//! in release. Each is a report: whatever the figures are, it succeeds, and it fails only where something
//! could not be run.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the report is told on the terminal"
)]

mod fleet_store;
mod process;
mod queries;
mod report;
mod runs;
mod sync;
mod table;
#[cfg(target_os = "linux")]
mod window;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "bench", about = "Measures what our work costs")]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What a sync costs
    Sync(sync::Arguments),
    /// What the store's queries cost, without a window
    Store(queries::Arguments),
    /// What the window costs
    #[cfg(target_os = "linux")]
    Ui(window::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(&arguments.what)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(what: &What) -> anyhow::Result<()> {
    match what {
        What::Sync(arguments) => sync::run(arguments).await,
        What::Store(arguments) => queries::run(arguments).await,
        #[cfg(target_os = "linux")]
        What::Ui(arguments) => window::run(arguments).await,
    }
}

/// Says what goes on.
fn progress(text: &str) {
    eprintln!("{text}");
}

/// Says what came out.
fn told(text: &str) {
    println!("{text}");
}
