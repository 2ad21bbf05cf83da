//! Child processes: started in a group of their own, bounded in time, ended by id.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// How often a wait looks up.
const TICK: Duration = Duration::from_millis(50);
/// How long a child has to end by itself when asked to.
const GRACE: Duration = Duration::from_secs(5);

/// From here on Ctrl-C, SIGTERM and SIGHUP do not end this process: they are seen by [`interrupted`], and
/// each wait of this module ends its child and returns.
pub(crate) fn stop_on_interrupt() -> anyhow::Result<()> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::SeqCst))
        .context("no signal handler could be set")
}

pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Waits, unless interrupted.
pub(crate) fn pause(time: Duration) {
    let end = Instant::now() + time;
    while Instant::now() < end && !interrupted() {
        thread::sleep(TICK);
    }
}

/// A running child, ended at the latest when it is dropped, with all that it started.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    name: String,
    ended: bool,
}

impl Running {
    /// Starts a program without standard input, unless the command says otherwise before.
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let name = program(command);
        // A group of its own: Ctrl-C on the terminal reaches us alone, and we choose who ends when.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command
            .spawn()
            .with_context(|| format!("{name} could not be started"))?;
        Ok(Self {
            child,
            name,
            ended: false,
        })
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        let status = self
            .child
            .try_wait()
            .with_context(|| format!("{} could not be waited for", self.name))?;
        self.ended |= status.is_some();
        Ok(status)
    }

    /// Waits until it ends. After `limit`, and on an interrupt, ends it and fails.
    pub(crate) fn wait(&mut self, limit: Duration) -> anyhow::Result<ExitStatus> {
        self.wait_unless(interrupted, limit)
    }

    fn wait_unless(&mut self, stop: fn() -> bool, limit: Duration) -> anyhow::Result<ExitStatus> {
        let end = Instant::now() + limit;
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            if stop() {
                self.end();
                bail!("{} was interrupted", self.name);
            }
            if Instant::now() >= end {
                self.end();
                bail!(
                    "{} was ended: it took more than {} s",
                    self.name,
                    limit.as_secs()
                );
            }
            thread::sleep(TICK);
        }
    }

    /// Asks it to end, with all that it started; then makes it.
    pub(crate) fn end(&mut self) {
        if self.ended {
            return;
        }
        self.signal(Signal::Ask);
        let end = Instant::now() + GRACE;
        while Instant::now() < end && matches!(self.child.try_wait(), Ok(None)) {
            thread::sleep(TICK);
        }
        // Its group may have more processes than itself.
        self.signal(Signal::Force);
        // An error means that it is gone already, which is what was wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.ended = true;
    }

    #[cfg(unix)]
    fn signal(&self, signal: Signal) {
        use rustix::process::{Pid, kill_process_group};

        let signal = match signal {
            Signal::Ask => rustix::process::Signal::TERM,
            Signal::Force => rustix::process::Signal::KILL,
        };
        // The group bears the child's id. An error means that nobody of it is left.
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, signal);
        }
    }

    #[cfg(not(unix))]
    #[expect(
        clippy::unused_self,
        reason = "there are no groups and no signals to send"
    )]
    fn signal(&self, _: Signal) {}
}

#[derive(Clone, Copy, Debug)]
enum Signal {
    Ask,
    Force,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Runs a program to its end, with its output on our own; fails when it fails.
pub(crate) fn run(command: &mut Command, limit: Duration) -> anyhow::Result<()> {
    let shown = show(command);
    let status = Running::start(command.stdin(Stdio::null()))?.wait(limit)?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// As [`run`], but even after an interrupt: for what has to be put in order at the end.
pub(crate) fn run_at_the_end(command: &mut Command, limit: Duration) -> anyhow::Result<()> {
    let shown = show(command);
    let status = Running::start(command.stdin(Stdio::null()))?.wait_unless(|| false, limit)?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// What a program printed, if it can be started and succeeds.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A command as a person would type it.
pub(crate) fn show(command: &Command) -> String {
    let mut line = program(command);
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        let plain = !argument.is_empty()
            && !argument.contains(|c: char| c.is_whitespace() || "'\"*$".contains(c));
        // Writing to a String cannot fail.
        let _ = if plain {
            write!(line, " {argument}")
        } else {
            write!(line, " '{argument}'")
        };
    }
    line
}

fn program(command: &Command) -> String {
    Path::new(command.get_program())
        .file_name()
        .unwrap_or_else(|| OsStr::new("?"))
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_would_be_typed() {
        let mut command = Command::new("/usr/bin/cargo");
        command.args(["test", "--", "a b"]);
        assert_eq!(show(&command), "cargo test -- 'a b'");
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_fails_is_named_with_its_exit_code() {
        let error = run(
            Command::new("sh").args(["-c", "exit 3"]),
            Duration::from_secs(10),
        )
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "`sh -c 'exit 3'` ended with exit status: 3"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_takes_too_long_is_ended_with_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let late = folder.path().join("late");
        let script = format!("(sleep 2; touch '{}') & wait", late.display());
        let began = Instant::now();
        let error = run(
            Command::new("sh").args(["-c", &script]),
            Duration::from_millis(100),
        )
        .unwrap_err();
        assert!(error.to_string().contains("was ended"), "{error}");
        assert!(began.elapsed() < Duration::from_secs(2));
        thread::sleep(Duration::from_millis(2500));
        assert!(!late.exists());
    }
}
