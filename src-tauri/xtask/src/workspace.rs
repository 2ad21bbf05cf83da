//! Where things lie in the clone, and how its build tools are called.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde_json::Value;

/// The clone that these commands work on.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    /// Where cargo puts what it builds.
    target: PathBuf,
}

impl Workspace {
    /// Asks cargo, so that every way to move the target folder is honoured.
    pub(crate) fn find() -> anyhow::Result<Self> {
        // `cargo run` sets it; it is the folder of this package, whatever the current one is.
        let here =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
        let metadata = metadata(&here, &["--no-deps"])?;
        let folder = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .with_context(|| format!("cargo metadata names no {key}"))
        };
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
        })
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// A program that a debug build left.
    pub(crate) fn built(&self, program: &str) -> PathBuf {
        self.program("debug", program)
    }

    /// A program that a release build left.
    pub(crate) fn released(&self, program: &str) -> PathBuf {
        self.program("release", program)
    }

    fn program(&self, profile: &str, program: &str) -> PathBuf {
        self.target
            .join(profile)
            .join(format!("{program}{}", env::consts::EXE_SUFFIX))
    }

    /// `cargo …` at the root of the clone.
    pub(crate) fn cargo<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(cargo());
        forget_package(&mut command);
        command.current_dir(&self.root).args(arguments);
        command
    }

    /// `npm …` in the folder of the UI.
    pub(crate) fn npm<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        command.current_dir(self.path("ui")).args(arguments);
        command
    }

    /// What cargo knows about our packages and, without `--no-deps`, about all the others.
    pub(crate) fn metadata(&self, options: &[&str]) -> anyhow::Result<Value> {
        metadata(&self.root, options)
    }
}

fn metadata(folder: &Path, options: &[&str]) -> anyhow::Result<Value> {
    let mut command = Command::new(cargo());
    forget_package(&mut command);
    let output = command
        .current_dir(folder)
        .args(["metadata", "--format-version", "1"])
        .args(options)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .context("cargo could not be started")?;
    if !output.status.success() {
        bail!(
            "cargo metadata failed:\n{}",
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    serde_json::from_slice(&output.stdout).context("cargo metadata wrote something else than JSON")
}

fn cargo() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// Drops what `cargo run` told us about the package xtask: to the cargo we call, it would be another environment
/// than a person's own, and build scripts that watch it would run again.
fn forget_package(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let told = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if told {
            command.env_remove(name);
        }
    }
    for name in ["LD_LIBRARY_PATH", "OUT_DIR"] {
        command.env_remove(name);
    }
}
