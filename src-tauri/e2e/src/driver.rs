//! WebKitGTK's driver as a process of ours, and with it the program that it starts.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

const PROGRAM: &str = "WebKitWebDriver";
/// Longer than the driver or the end of a window needs, on a busy machine too.
const LIMIT: Duration = Duration::from_secs(20);

/// A running driver. Dropping it ends it and all that it started, by their process group.
#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    address: SocketAddr,
}

impl Driver {
    /// Starts the driver with a command of the session; what it and the program say goes to `log`.
    pub(crate) fn start(mut command: Command, log: &Path) -> io::Result<Self> {
        let address = free_address()?;
        let log = fs::File::options().create(true).append(true).open(log)?;
        command
            .arg(format!("--port={}", address.port()))
            .arg("--host=127.0.0.1")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0);
        let child = command.spawn().map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                let message = format!(
                    "{PROGRAM} is not installed; on Debian and Ubuntu: apt install webkit2gtk-driver"
                );
                return io::Error::new(io::ErrorKind::NotFound, message);
            }
            error
        })?;
        let driver = Self { child, address };
        let listens = || TcpStream::connect(address).is_ok();
        wait_until(listens, "the driver did not listen")?;
        Ok(driver)
    }

    pub(crate) fn program() -> &'static str {
        PROGRAM
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The processes that it started and that still run: the program and its web processes.
    pub(crate) fn descendants(&self) -> io::Result<Vec<u32>> {
        let group = self.child.id();
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc")? {
            let name = entry?.file_name();
            let Some(id) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
                continue;
            };
            if id != group && group_of(id) == Some(group) {
                found.push(id);
            }
        }
        Ok(found)
    }

    /// Returns when nothing that it started runs any more.
    pub(crate) fn wait_for_the_end(&self) -> io::Result<()> {
        let gone = || self.descendants().is_ok_and(|left| left.is_empty());
        wait_until(gone, "the program is still there after its window closed")
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // A destructor can tell nobody of anything; what is gone already is as it should be.
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

fn wait_until(done: impl Fn() -> bool, otherwise: &str) -> io::Result<()> {
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        if done() {
            return Ok(());
        }
        sleep(Duration::from_millis(20));
    }
    Err(io::Error::new(io::ErrorKind::TimedOut, otherwise))
}

/// The process group of a running process; a zombie has none.
fn group_of(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name is in brackets and may hold spaces: what follows is state, parent, group.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    let group = fields.nth(1)?.parse().ok()?;
    (state != "Z").then_some(group)
}

/// An address that nobody listens on now. The driver does not tell which port it would take itself.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
