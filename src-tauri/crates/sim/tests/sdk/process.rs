//! An SDK in a process of its own, installed outside the source tree.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use sim::{Clock, Options, Running, Simulator};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};

/// Which SDK.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    JavaScript,
    Python,
}

/// A running SDK that is asked for one call after another.
pub(crate) struct Sdk {
    pub(crate) language: Language,
    _child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

fn here() -> PathBuf {
    // The tests of pdesk start the same SDK.
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../sim/tests/sdk")
}

/// Runs an installer; the error says what it said.
fn run(command: &mut Command) -> Result<(), String> {
    let told = format!("{command:?}");
    let output = command
        .output()
        .map_err(|error| format!("{told}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{told}: {said}"))
    }
}

/// The folder in which an SDK is installed for exactly these pins; made once and kept for later runs.
fn installed(name: &str, pins: &str, install: impl FnOnce(&Path) -> Result<(), String>) -> PathBuf {
    let print = pins.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sdk-{name}-{print:016x}"));
    // Tests run side by side: the first one installs, the others wait.
    let lock = std::fs::File::create(folder.with_extension("lock")).expect("a lock");
    lock.lock().expect("the lock");
    if folder.join("complete").exists() {
        return folder;
    }
    // What an interrupted run left is not trusted.
    let _absent = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the SDK");
    install(&folder).unwrap_or_else(|why| {
        panic!("cannot install TagoIO's SDK; `cargo xtask setup` installs what is missing.\n{why}")
    });
    std::fs::write(folder.join("complete"), "").expect("writes");
    folder
}

fn read(name: &str) -> String {
    std::fs::read_to_string(here().join(name)).expect("reads")
}

fn javascript() -> tokio::process::Command {
    let folder = installed("js", &read("package-lock.json"), |folder| {
        for name in ["package.json", "package-lock.json"] {
            std::fs::copy(here().join(name), folder.join(name))
                .map_err(|error| error.to_string())?;
        }
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        run(Command::new(npm)
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(folder))
        .map_err(|why| {
            format!("Node.js 20 or newer with npm is needed (Debian: nodejs npm). {why}")
        })
    });
    let mut command = tokio::process::Command::new("node");
    command.arg(here().join("calls.mjs")).arg(folder);
    command
}

fn python() -> tokio::process::Command {
    let folder = installed("python", &read("requirements.txt"), |folder| {
        let pins = here().join("requirements.txt");
        let (venv, plain) = (folder.join("venv"), folder.join("plain"));
        let with_venv =
            run(Command::new("python3").args(["-m", "venv"]).arg(&venv)).and_then(|()| {
                run(Command::new(venv.join("bin/python3"))
                    .args(["-m", "pip", "install", "--quiet", "-r"])
                    .arg(&pins))
            });
        // Debian's python3 comes without ensurepip; a pip of its own is enough.
        with_venv.or_else(|why| {
            let _absent = std::fs::remove_dir_all(&venv);
            run(Command::new("python3").args(["-m", "pip", "install", "--quiet", "--target"]).arg(&plain).arg("-r").arg(&pins))
                .map_err(|also| format!("Python 3.11 or newer with venv or pip is needed (Debian: python3-venv python3-pip). {why}\n{also}"))
        })
    });
    let venv = folder.join("venv/bin/python3");
    let mut command = tokio::process::Command::new(if venv.exists() {
        venv
    } else {
        PathBuf::from("python3")
    });
    command
        .arg(here().join("calls.py"))
        .env("PYTHONPATH", folder.join("plain"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

impl Sdk {
    pub(crate) fn start(language: Language) -> Self {
        let mut command = match language {
            Language::JavaScript => javascript(),
            Language::Python => python(),
        };
        for name in [
            "http_proxy",
            "https_proxy",
            "all_proxy",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
        ] {
            command.env_remove(name);
        }
        command
            .env("TAGOIO_REQUEST_ATTEMPTS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command
            .spawn()
            .expect("node and python3 are installed: `cargo xtask setup` does it");
        let input = child.stdin.take().expect("its input");
        let output = BufReader::new(child.stdout.take().expect("its output")).lines();
        Self {
            language,
            _child: child,
            input,
            output,
        }
    }

    pub(crate) fn is_javascript(&self) -> bool {
        self.language == Language::JavaScript
    }

    /// Makes a call. `Err` is what the SDK threw.
    pub(crate) async fn try_call(
        &mut self,
        at: &Running,
        token: &str,
        call: &str,
        args: Value,
    ) -> Result<Value, String> {
        self.call_at(&at.base_url(), token, call, args).await
    }

    /// Makes a call at an API that has this base URL.
    pub(crate) async fn call_at(
        &mut self,
        url: &str,
        token: &str,
        call: &str,
        args: Value,
    ) -> Result<Value, String> {
        let asked = json!({"url": url, "token": token, "call": call, "args": args});
        self.input
            .write_all(format!("{asked}\n").as_bytes())
            .await
            .expect("asks the SDK");
        let line = tokio::time::timeout(Duration::from_mins(1), self.output.next_line()).await;
        let line = line
            .expect("the SDK answers in time")
            .expect("reads")
            .unwrap_or_else(|| panic!("the SDK ended at {call}"));
        let mut answer: Value = serde_json::from_str(&line).expect("JSON");
        match answer["thrown"].take() {
            Value::Null => Ok(answer["returned"].take()),
            thrown => Err(thrown.as_str().unwrap_or_default().to_owned()),
        }
    }

    /// Makes a call that must succeed, by the first account's token.
    pub(crate) async fn call(&mut self, at: &Running, call: &str, args: Value) -> Value {
        let token = at.tokens()[0].token.clone();
        self.try_call(at, &token, call, args)
            .await
            .unwrap_or_else(|thrown| panic!("{call} threw {thrown}"))
    }

    /// Makes a call that answers with a message for a person.
    pub(crate) async fn told(&mut self, at: &Running, call: &str, args: Value) {
        let message = self.call(at, call, args).await;
        assert!(
            message.as_str().is_some_and(|text| !text.is_empty()),
            "{call} returned {message}"
        );
    }
}

/// A simulator at a fixed time, with a second factor for all accounts but the first.
pub(crate) async fn tagoio() -> Running {
    let clock = Clock::at("2026-05-20T12:34:56Z".parse().expect("a time"));
    Simulator::start(Options {
        profiles: 40,
        accounts: 4,
        clock,
        ..Options::default()
    })
    .await
    .expect("starts")
}

/// A date that the SDK turned into its language's own.
pub(crate) fn date(time: jiff::Timestamp) -> Value {
    json!({"$date": format!("{time:.3}")})
}

/// The first account's profiles by the simulator's own book, the one that holds its token first.
pub(crate) fn own(at: &Running) -> Vec<String> {
    let world = at.world();
    let token = &at.tokens()[0];
    let holder = world.token(&token.token).expect("the token").0.id.clone();
    let mut ids: Vec<String> = world
        .owned_by(&token.account)
        .map(|profile| profile.id.clone())
        .collect();
    ids.sort_by_key(|id| *id != holder);
    ids
}
