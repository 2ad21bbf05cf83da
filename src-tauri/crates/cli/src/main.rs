//! pdesk: the desk without a window, for cron, servers and terminals.

mod args;
mod ask;
mod commands;
mod csv_file;
mod defuse;
mod failure;
mod meanwhile;
mod output;
mod proof;
mod table;
mod time;
mod wording;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use output::Output;

fn main() -> ExitCode {
    let args = match args::read(std::env::args_os()) {
        Ok(args) => args,
        Err(refusal) => return refusal.print(),
    };
    let output = Output::new(args.json);
    output.keep_panics_silent();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return output.fail(&error.into()),
    };
    let run = || runtime.block_on(commands::run(args, &output));
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(failure)) => output.fail(&failure),
        // The hook has said where.
        Err(_) => failure::Exit::Failed.into(),
    }
}
