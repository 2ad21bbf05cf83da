//! The developers' commands: `cargo xtask …`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what these commands do is told on the terminal"
)]

mod bench;
mod bindings;
mod check_platforms;
mod demo;
mod process;
mod screenshots;
mod setup;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

#[derive(Debug, Parser)]
#[command(
    bin_name = "cargo xtask",
    about = "Builds, checks and shows Profile Desk"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install what building, testing and the demo need
    Setup(setup::Options),
    /// Run all checks, or some
    Test(test::Options),
    /// Show the app with a simulated TagoIO
    Demo(demo::Options),
    /// Make the documentation's pictures of all screens anew
    Screenshots,
    /// Check Windows and macOS, as far as they can be had from here
    CheckPlatforms,
    /// Measure what a sync, the store and the window cost
    Bench(bench::Options),
    /// Write the window's TypeScript types anew from the Rust ones
    Bindings,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = Workspace::find().and_then(|workspace| match arguments.command {
        Command::Setup(options) => setup::run(&options),
        Command::Test(options) => test::run(&workspace, &options),
        Command::Demo(options) => demo::run(&workspace, &options),
        Command::Screenshots => screenshots::run(&workspace),
        Command::CheckPlatforms => check_platforms::run(&workspace),
        Command::Bench(options) => bench::run(&workspace, &options),
        Command::Bindings => bindings::run(&workspace),
    });
    done.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::FAILURE
    })
}
