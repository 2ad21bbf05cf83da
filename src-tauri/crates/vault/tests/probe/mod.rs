//! The probe (`examples/vault-probe.rs`) as a child in a session, spoken to line by line.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use session::Session;

pub(crate) struct Probe {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Probe {
    /// It says after 300 ms that it waits, and gives up after 3 s.
    pub(crate) fn start(session: &Session, store_id: &str) -> io::Result<Self> {
        let tests = env::current_exe()?;
        let program = tests
            .parent()
            .and_then(|deps| deps.parent())
            .map(|folder| folder.join("examples/vault-probe"))
            .filter(|program| program.exists())
            .ok_or_else(|| io::Error::other("build it first: cargo build -p vault --examples"))?;
        let mut child = session
            .command(program)
            .args([store_id, "300", "3000"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let output = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Self {
            child,
            input,
            lines,
        })
    }

    pub(crate) fn tell(&mut self, command: &str) {
        // If it is gone, the next line never comes, and that says more.
        let _ = writeln!(self.input, "{command}");
    }

    /// The next line, or why there is none.
    pub(crate) fn hear(&mut self) -> String {
        self.lines
            .recv_timeout(Duration::from_secs(20))
            .unwrap_or_else(|error| format!("no answer: {error}"))
    }

    /// The answer, without what is said while waiting.
    pub(crate) fn ask(&mut self, command: &str) -> String {
        self.tell(command);
        loop {
            let line = self.hear();
            if !line.starts_with("waiting") {
                return line;
            }
        }
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
