//! The window of the demo: open until a person closes it, or pictured where nobody sees it.

use std::fs;

use anyhow::{Context, bail};

use super::{Desk, QUICK, picture};
use crate::process::{self, Running};
use crate::workspace::Workspace;

/// The themes that are pictured, and what makes GTK take them.
const THEMES: [(&str, &str); 2] = [("light", "Adwaita"), ("dark", "Adwaita:dark")];

pub(super) fn show(workspace: &Workspace, desk: &Desk<'_>, display: bool) -> anyhow::Result<()> {
    if display {
        open(workspace, desk)
    } else {
        table(desk)?;
        pictures(workspace, desk)
    }
}

fn open(workspace: &Workspace, desk: &Desk<'_>) -> anyhow::Result<()> {
    println!("The window is open. Close it, or press Ctrl-C here, to end the demo.");
    let mut window = Running::start(&mut desk.window(workspace))?;
    loop {
        if let Some(status) = window.ended()? {
            if !status.success() {
                bail!("profile-desk ended with {status}");
            }
            return Ok(());
        }
        if process::interrupted() {
            return Ok(());
        }
        process::pause(std::time::Duration::from_millis(200));
    }
}

fn table(desk: &Desk<'_>) -> anyhow::Result<()> {
    process::run(&mut desk.pdesk(&["profile", "list"]), QUICK)
}

fn pictures(workspace: &Workspace, desk: &Desk<'_>) -> anyhow::Result<()> {
    let folder = workspace.target().join("demo");
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for (name, theme) in THEMES {
        let log = folder.join(format!("fleet-{name}.log"));
        let output = fs::File::create(&log)
            .with_context(|| format!("{} cannot be written", log.display()))?;
        let mut command = desk.window(workspace);
        command
            .env("GTK_THEME", theme)
            .stdout(output.try_clone().context("the log cannot be shared")?)
            .stderr(output);
        let mut window = Running::start(&mut command)?;
        let picture = folder.join(format!("fleet-{name}.png"));
        picture::take(desk.desktop, &mut window, &picture)
            .with_context(|| format!("the window wrote {}", log.display()))?;
        println!("A picture of the window: {}", picture.display());
    }
    Ok(())
}
