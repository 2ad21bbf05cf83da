//! A Wine of our own: its folder, its registry and its credentials live as long as this value.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use tempfile::TempDir;

use crate::process::{self, Running};

const COMPILER: &str = "x86_64-w64-mingw32-gcc";
const RANDOM: &str = "bcryptprimitives.dll";

/// Making a new prefix copies a whole Windows.
const BOOT: Duration = Duration::from_mins(5);
const PROGRAM: Duration = Duration::from_mins(3);
const QUICK: Duration = Duration::from_mins(1);

pub(super) struct Wine {
    folder: TempDir,
}

/// What a program left behind.
pub(super) struct Output {
    pub(super) status: ExitStatus,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Wine {
    /// The folder is made inside `near`: a Wine prefix is too big for a temporary file system.
    pub(super) fn start(near: &Path) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("wine-")
            .tempdir_in(near)
            .with_context(|| format!("no folder for Wine in {}", near.display()))?;
        for name in ["home", "programs", "data"] {
            fs::create_dir(folder.path().join(name)).context("no folder for Wine")?;
        }
        let wine = Self { folder };
        let source = wine.folder.path().join("bcryptprimitives.c");
        fs::write(&source, include_str!("bcryptprimitives.c")).context("no folder for Wine")?;
        process::run(
            Command::new(COMPILER)
                .args(["-shared", "-o"])
                .arg(wine.programs().join(RANDOM))
                .arg(&source)
                .arg("-ladvapi32"),
            QUICK,
        )?;
        println!("Making a Windows for the tests…");
        process::run(wine.command("wineboot").arg("--init"), BOOT)?;
        Ok(wine)
    }

    /// Runs a program that was built for Windows, with this on its standard input, to its end.
    pub(super) fn run(
        &self,
        program: &Path,
        arguments: &[&str],
        input: &str,
    ) -> anyhow::Result<Output> {
        let name = program.file_name().context("a program has a name")?;
        let copy = self.programs().join(name);
        // Beside the library that it needs.
        fs::copy(program, &copy).with_context(|| format!("{} is not built", program.display()))?;
        let file = || tempfile::tempfile_in(self.folder.path()).context("no temporary file");
        // Files, not pipes: what Wine starts in the background holds them open after the program's end.
        let (mut stdout, mut stderr) = (file()?, file()?);
        let mut command = self.command("wine");
        command
            .arg(copy)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(stdout.try_clone()?)
            .stderr(stderr.try_clone()?);
        let mut running = Running::start(&mut command)?;
        if let Some(mut pipe) = running.child().stdin.take() {
            pipe.write_all(input.as_bytes())
                .context("the program did not read its input")?;
        }
        let status = running.wait(PROGRAM)?;
        Ok(Output {
            status,
            stdout: text(&mut stdout)?,
            stderr: text(&mut stderr)?,
        })
    }

    /// An empty folder for the program's data.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn programs(&self) -> PathBuf {
        self.folder.path().join("programs")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.programs())
            .env("HOME", self.folder.path().join("home"))
            .env("WINEPREFIX", self.folder.path().join("prefix"))
            .env("WINEDEBUG", "-all")
            // Else it offers to download them.
            .env("WINEDLLOVERRIDES", "mscoree,mshtml=");
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "PROFILE_DESK_TOKEN"] {
            command.env_remove(name);
        }
        command
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        // Ends what runs in this prefix and nothing else; that it already ended is no matter.
        let _ = process::run_at_the_end(self.command("wineserver").arg("--kill"), QUICK);
        let _ = process::run_at_the_end(self.command("wineserver").arg("--wait"), QUICK);
    }
}

impl Output {
    /// What was printed, if the program succeeded.
    pub(super) fn success(self, what: &str) -> anyhow::Result<String> {
        if !self.status.success() {
            bail!(
                "under Wine, {what} ended with {}: {}{}",
                self.status,
                self.stderr.trim(),
                self.stdout.trim()
            );
        }
        Ok(self.stdout)
    }
}

fn text(file: &mut File) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))
}
