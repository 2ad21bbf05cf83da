//! `cargo xtask test`: all checks, each a step with a name.

mod arrows;
mod lockfiles;
mod runner;
mod rust;
pub(crate) mod ui;
mod window_policy;

use std::process::ExitCode;

use clap::Args;

pub(crate) use self::runner::{Outcome, Step};
use crate::check_platforms;
use crate::process;
use crate::setup::{self, Purpose};
use crate::workspace::Workspace;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only these steps, and those that they need
    #[arg(long, value_name = "STEP", num_args = 1..)]
    only: Vec<String>,
    /// Show the steps and run none
    #[arg(long)]
    list: bool,
}

/// In the order in which they run: quick ones first, then what others need.
fn steps() -> Vec<Step> {
    let step = |name, proves, needs, check| Step {
        name,
        proves,
        needs,
        check,
    };
    vec![
        step("format", "Rust is formatted", &[], rust::format),
        step(
            "lockfiles",
            "lock files are current and name no mirror",
            &[],
            lockfiles::check,
        ),
        step(
            "arrows",
            "crates know only those that they may know",
            &[],
            arrows::check,
        ),
        step(
            "window-policy",
            "the window is given our commands and nothing more",
            &[],
            window_policy::check,
        ),
        step(
            "ui-install",
            "the UI's packages are those of the lock file",
            &[],
            ui::install,
        ),
        step(
            "ui-format",
            "the UI is formatted",
            &["ui-install"],
            ui::format,
        ),
        step("ui-types", "the UI's types fit", &["ui-install"], ui::types),
        step(
            "ui-tests",
            "the UI's unit tests pass",
            &["ui-install"],
            ui::tests,
        ),
        step("ui-build", "the UI builds", &["ui-install"], ui::build),
        step("clippy", "Rust has no warning", &["ui-build"], rust::clippy),
        step(
            "build",
            "programs and tests build",
            &["ui-build"],
            rust::build,
        ),
        step(
            "tests",
            "unit and integration tests pass; generated types are fresh",
            &["build"],
            rust::tests,
        ),
        step(
            "doc-tests",
            "the examples of the documentation run",
            &["build"],
            rust::doc_tests,
        ),
        step(
            "docs",
            "the documentation has no broken link",
            &["ui-build"],
            rust::docs,
        ),
        step(
            "e2e",
            "the built app works in its real window",
            &["build"],
            rust::end_to_end,
        ),
        step(
            check_platforms::STEPS[0],
            "everything builds for Windows, and pdesk runs under Wine",
            &["build"],
            check_platforms::windows,
        ),
        step(
            check_platforms::STEPS[1],
            "everything type-checks for macOS",
            &["ui-build"],
            check_platforms::macos,
        ),
    ]
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<ExitCode> {
    let steps = steps();
    if options.list {
        for step in &steps {
            println!("{:<16} {}", step.name, step.proves);
        }
        return Ok(ExitCode::SUCCESS);
    }
    run_steps(workspace, &options.only)
}

/// Runs the named steps and what they need, or all if none is named.
pub(crate) fn run_steps(workspace: &Workspace, only: &[String]) -> anyhow::Result<ExitCode> {
    let steps = steps();
    let selected = runner::select(&steps, only)?;
    process::stop_on_interrupt()?;
    setup::ensure(&[
        Purpose::Build,
        Purpose::Display,
        Purpose::Keychain,
        Purpose::Checks,
    ])?;
    let report = runner::run(workspace, &selected);
    println!("\n{report}");
    Ok(report.exit_code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_has_a_name_of_its_own_and_needs_only_earlier_ones() {
        let steps = steps();
        for (index, step) in steps.iter().enumerate() {
            let earlier: Vec<_> = steps[..index].iter().map(|step| step.name).collect();
            assert!(!earlier.contains(&step.name), "{} twice", step.name);
            for need in step.needs {
                assert!(
                    earlier.contains(need),
                    "{} needs {need}, which does not stand before it",
                    step.name
                );
            }
        }
    }
}
