//! A simulator, a desktop session and a data folder, all thrown away at the end.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use session::{Keyring, Session};
use sim::{Fault, FaultKind, Options, Running, Simulator};

/// No command of these tests may take longer.
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) struct Bench {
    // Dropped in this order: the simulator needs its runtime.
    pub(crate) sim: Running,
    _runtime: tokio::runtime::Runtime,
    pub(crate) session: Session,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code; -1 if a signal ended it.
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Bench {
    /// A simulator with so many profiles in two accounts, and a keychain that is open.
    pub(crate) fn new(profiles: usize) -> Self {
        Self::with(profiles, Keyring::Unlocked)
    }

    pub(crate) fn with(profiles: usize, keyring: Keyring) -> Self {
        let options = Options {
            profiles,
            ..Options::default()
        };
        Self::of(options, keyring)
    }

    pub(crate) fn of(options: Options, keyring: Keyring) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let options = Options {
            // It stands still: an hourly sample that is taken in the middle of a test would change
            // what the simulator holds after pdesk read it.
            clock: sim::Clock::at(jiff::Timestamp::now()),
            ..options
        };
        Self {
            sim: runtime.block_on(Simulator::start(options)).unwrap(),
            _runtime: runtime,
            session: Session::builder().keyring(keyring).start().unwrap(),
        }
    }

    /// A bench with the first account connected as “Acme”.
    pub(crate) fn connected(profiles: usize) -> Self {
        let bench = Self::new(profiles);
        let added = bench.add("Acme", &bench.token(0));
        assert_eq!(added.code, 0, "{added:?}");
        bench
    }

    pub(crate) fn token(&self, account: usize) -> String {
        self.sim.tokens()[account].token.clone()
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.session.folder().join("desk")
    }

    /// pdesk with arguments, not yet started.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.session.command(env!("CARGO_BIN_EXE_pdesk"));
        command.arg("--data-dir").arg(self.folder()).args(args);
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ended {
        ended(self.command(args), "")
    }

    /// Runs with `--json` and reads what was printed.
    pub(crate) fn json(&self, args: &[&str]) -> (Value, i32) {
        let ended = self.run(&[args, &["--json"]].concat());
        (parsed(&ended.out, &ended), ended.code)
    }

    /// Runs with `--json` and reads the error that was printed: its object and the exit code.
    pub(crate) fn error(&self, args: &[&str], input: &str) -> (Value, i32) {
        let ended = ended(self.command(&[args, &["--json"]].concat()), input);
        assert_eq!(ended.out, "", "{ended:?}");
        let mut error = parsed(&ended.err, &ended);
        (error["error"].take(), ended.code)
    }

    /// Runs a command and kills it as soon as TagoIO carried out its first request of a route, whose answer never comes.
    pub(crate) fn killed_at(&self, route: &str, args: &[&str], input: &str) {
        self.sim.clear_requests();
        self.sim.set_fault(Fault::new(FaultKind::Stall).on(route));
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        let began = Instant::now();
        let is_done = || {
            let requests = self.sim.requests();
            requests.iter().any(|request| {
                format!("{} {}", request.method, request.route) == route && request.status.is_some()
            })
        };
        while !is_done() {
            assert!(
                began.elapsed() < Duration::from_mins(1),
                "{route} was not carried out"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9), "{route}");
        self.sim.clear_faults();
    }

    pub(crate) fn add(&self, label: &str, token: &str) -> Ended {
        let url = self.sim.base_url();
        let args = [
            "account",
            "add",
            "--label",
            label,
            "--region",
            &url,
            "--token-stdin",
        ];
        ended(self.command(&args), token)
    }

    /// The database, for a look at it or a change behind pdesk's back.
    pub(crate) fn db(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder().join("profile-desk.db")).unwrap()
    }

    /// The database is whole. Nothing has it open.
    pub(crate) fn assert_sound(&self) {
        assert_whole(&self.db());
    }
}

/// A database is whole, and no row of it points nowhere.
pub(crate) fn assert_whole(db: &rusqlite::Connection) {
    let verdict: String = db
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok");
    let mut broken = db.prepare("PRAGMA foreign_key_check").unwrap();
    assert!(!broken.exists([]).unwrap());
}

fn parsed(text: &str, ended: &Ended) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

/// Runs to the end, giving `input` on standard input.
pub(crate) fn ended(mut command: Command, input: &str) -> Ended {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A child that does not read it closes the pipe.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    wait(child)
}

/// Waits for the end; a child that takes too long is killed and the test fails.
pub(crate) fn wait(mut child: Child) -> Ended {
    fn reader(mut from: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
        std::thread::spawn(move || {
            let mut text = String::new();
            from.read_to_string(&mut text).unwrap();
            text
        })
    }
    let out = reader(child.stdout.take().unwrap());
    let err = reader(child.stderr.take().unwrap());
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("took longer than {PATIENCE:?}: {:?}", err.join());
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    Ended {
        code: status.code().unwrap_or(-1),
        out: out.join().unwrap(),
        err: err.join().unwrap(),
    }
}

/// Every file below a folder that contains the bytes.
pub(crate) fn files_with(folder: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_symlink() {
            // What it leads to is found where it is, or is not ours.
        } else if path.is_dir() {
            found.extend(files_with(&path, bytes));
        } else if path.is_file()
            && std::fs::read(&path)
                .unwrap()
                .windows(bytes.len())
                .any(|window| window == bytes)
        {
            found.push(path);
        }
    }
    found
}
