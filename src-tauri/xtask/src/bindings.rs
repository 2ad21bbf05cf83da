//! `cargo xtask bindings`: the window's TypeScript types, written anew from the Rust ones.

use std::process::ExitCode;
use std::time::Duration;

use crate::process;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<ExitCode> {
    process::stop_on_interrupt()?;
    process::run(
        workspace
            .cargo(["test", "--package", "desk", "--test", "bindings"])
            .env("UPDATE_BINDINGS", "1"),
        Duration::from_mins(20),
    )?;
    Ok(ExitCode::SUCCESS)
}
