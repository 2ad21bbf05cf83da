//! A program with a window, started as a person does it: nobody drives it. Its processes are those of its
//! group, which it is the first of; the web view's are among them.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process_group};

use crate::process;

/// A running program, ended with all that it started when it is dropped.
pub(super) struct Program {
    child: Child,
    pub(super) began: Instant,
}

impl Program {
    pub(super) fn start(mut command: Command) -> anyhow::Result<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let shown = command.get_program().display().to_string();
        let began = Instant::now();
        let child = command
            .spawn()
            .with_context(|| format!("{shown} could not be started"))?;
        Ok(Self { child, began })
    }

    fn processes(&self) -> anyhow::Result<Vec<u32>> {
        of_group(self.child.id())
    }

    /// The memory of all its processes, in bytes; what several share is divided among them.
    pub(super) fn memory(&self) -> anyhow::Result<f64> {
        memory(&self.processes()?)
    }

    /// The processor time that all its processes have used.
    pub(super) fn cpu(&self) -> anyhow::Result<Duration> {
        let used = self.processes()?.into_iter();
        used.map(|id| process::cpu(Some(id)).context("a process of the program went away"))
            .sum()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A destructor can tell nobody of anything; what is gone already is as it should be.
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

/// The memory of some processes, in bytes: proportional set size (`proc_pid_smaps_rollup(5)`).
pub(super) fn memory(processes: &[u32]) -> anyhow::Result<f64> {
    let each = processes
        .iter()
        .map(|id| process::proportional_memory(*id).context("a process of the program went away"));
    each.sum()
}

/// The running processes of a group.
fn of_group(group: u32) -> anyhow::Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        if process::group(id) == Some(group) {
            found.push(id);
        }
    }
    Ok(found)
}
