//! Windows: everything is built with MinGW, and the command line runs under Wine. The window needs a web view that
//! Wine does not have.

use super::wine::Wine;
use super::{BUILD, cargo, pdesk, probe};
use crate::process;
use crate::setup::{self, Purpose};
use crate::test::Outcome;
use crate::workspace::Workspace;

const TARGET: &str = "x86_64-pc-windows-gnu";

/// Wine 8 lists credentials at odd addresses. The processor reads them all the same; a check that debug builds
/// of this one crate make does not.
const UNCHECKED: &str = "profile.dev.package.windows-native-keyring-store.debug-assertions=false";

pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<Outcome> {
    if !cfg!(target_os = "linux") {
        return Ok(Outcome::Skipped("Wine is used on Linux alone".to_owned()));
    }
    if let Err(error) = setup::ensure(&[Purpose::Platforms]) {
        return Ok(Outcome::Skipped(format!("{error:#}")));
    }
    let mut command = cargo(workspace, TARGET, &["build", "--lib", "--bins"]);
    command
        .args(["--example", probe::PROGRAM])
        .args(["--config", UNCHECKED]);
    process::run(&mut command, BUILD)?;

    let built = workspace.target().join(TARGET).join("debug");
    let wine = Wine::start(workspace.target())?;
    probe::check(&wine, &built)?;
    println!("Windows: the keychain stores, gives back, lists and forgets under Wine.");
    pdesk::check(&wine, &built, &workspace.built("tagoio-sim"))?;
    println!(
        "Windows: pdesk connects, syncs and lists under Wine. The window was built and not run."
    );
    Ok(Outcome::Passed)
}
