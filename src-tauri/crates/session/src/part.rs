//! One process of the session: started, watched while it comes up, and ended by its id.

use std::io::{self, BufRead, BufReader};
use std::process::{Child, ChildStdout, Command};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Longer than any part needs to come up, on a busy machine too.
const LIMIT: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(crate) struct Part {
    child: Child,
    name: &'static str,
}

impl Part {
    /// Starts a program; `package` is what to install when it is missing.
    pub(crate) fn start(
        command: &mut Command,
        name: &'static str,
        package: &str,
    ) -> io::Result<Self> {
        let child = command
            .spawn()
            .map_err(|error| missing(error, name, package))?;
        Ok(Self { child, name })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// The first line that the process writes; both dbus-daemon and Xvfb say with it that they are ready.
    pub(crate) fn first_line(&mut self) -> io::Result<String> {
        let output = self.child.stdout.take().ok_or_else(|| {
            io::Error::other(format!("{} has no standard output to read", self.name))
        })?;
        let line = line_within(output)
            .ok_or_else(|| self.silent())??
            .trim()
            .to_owned();
        if line.is_empty() {
            return Err(io::Error::other(format!(
                "{} ended before it was ready",
                self.name
            )));
        }
        Ok(line)
    }

    /// Asks until the answer is yes, the process ends, or the time is up.
    pub(crate) fn wait_until(&mut self, ready: impl Fn() -> io::Result<bool>) -> io::Result<()> {
        let start = Instant::now();
        while start.elapsed() < LIMIT {
            if ready()? {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(io::Error::other(format!(
                    "{} ended before it was ready: {status}",
                    self.name
                )));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Err(self.silent())
    }

    fn silent(&self) -> io::Error {
        let message = format!("{} was not ready within {} s", self.name, LIMIT.as_secs());
        io::Error::new(io::ErrorKind::TimedOut, message)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // It may have ended by itself, and a destructor can tell nobody of anything else.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to one process of the session.
pub(crate) fn signal(id: u32, signal: Signal) -> io::Result<()> {
    let id = i32::try_from(id).ok().and_then(Pid::from_raw);
    let id = id.ok_or_else(|| io::Error::other("the process id is out of range"))?;
    Ok(kill_process(id, signal)?)
}

/// Says which package brings a program that is not there.
pub(crate) fn missing(error: io::Error, program: &str, package: &str) -> io::Error {
    if error.kind() == io::ErrorKind::NotFound {
        let message =
            format!("{program} is not installed; on Debian and Ubuntu: apt install {package}");
        return io::Error::new(io::ErrorKind::NotFound, message);
    }
    error
}

fn line_within(output: ChildStdout) -> Option<io::Result<String>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(output).read_line(&mut line).map(|_| line);
        // Nobody listens any more when the time was up.
        let _ = sender.send(read);
    });
    receiver.recv_timeout(LIMIT).ok()
}
