//! The one place that prints: results on standard output, errors and notices on standard error.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;

use crate::failure::{Exit, Failure};

/// Where and how to print.
#[derive(Debug)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints a result: `text` for a person, or `value` as one JSON document.
    pub(crate) fn result(
        &self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        if !self.json {
            return print(&text());
        }
        let mut document = serde_json::to_string_pretty(value)
            .map_err(|error| Failure::failed("internal", error.to_string()))?;
        document.push('\n');
        print(&document)
    }

    /// Makes a panic tell its place alone: its message can quote any value.
    pub(crate) fn keep_panics_silent(&self) {
        let json = self.json;
        std::panic::set_hook(Box::new(move |panic| {
            let place = panic
                .location()
                .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
            let failure = Failure::failed(
                "internal",
                format!("pdesk met a defect of its own at {place}."),
            )
            .with_hint("What was stored is safe. Please report it.");
            complain(&described(&failure, json));
        }));
    }

    /// Prints an error and gives its exit code.
    pub(crate) fn fail(&self, failure: &Failure) -> ExitCode {
        complain(&described(failure, self.json));
        failure.exit.into()
    }
}

/// How many columns a table on standard output may take: the terminal's, else what `COLUMNS` says;
/// `None` if neither is known.
pub(crate) fn width() -> Option<u16> {
    let stdout = io::stdout();
    let terminal = || terminal_size::terminal_size_of(&stdout).map(|(width, _)| width.0);
    let said = || std::env::var("COLUMNS").ok()?.parse().ok();
    let width = if stdout.is_terminal() {
        terminal()
    } else {
        None
    };
    width.or_else(said).filter(|width| *width > 0)
}

/// Prints text as it is. A reader that closed the pipe has read enough.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    put(text.as_bytes())
}

/// A reader that has read enough is no failure.
fn put(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::failed(
            "output",
            format!("The result could not be printed: {error}."),
        )),
        _ => Ok(()),
    }
}

/// Writes a document to a file, in place of what it held, or to standard output for `-`.
pub(crate) fn document(file: &Path, document: &[u8]) -> Result<(), Failure> {
    if file == Path::new("-") {
        return put(document);
    }
    std::fs::write(file, document).map_err(|error| {
        let message = format!("{} could not be written: {error}.", file.display());
        Failure::failed("output", message).with_hint("Choose another file.")
    })
}

/// Tells something beside the result, on standard error.
pub(crate) fn notice(text: &str) {
    complain(&format!("{text}\n"));
}

/// A command line that is not run: help, the version, or a mistake.
#[derive(Debug)]
pub(crate) struct Refusal {
    error: clap::Error,
    pub(crate) json: bool,
}

impl Refusal {
    pub(crate) fn new(error: clap::Error, json: bool) -> Self {
        Self { error, json }
    }

    /// Prints it where it belongs.
    pub(crate) fn print(&self) -> ExitCode {
        if !self.error.use_stderr() {
            // Nobody reads it: nothing is lost.
            drop(self.error.print());
            return Exit::Done.into();
        }
        if self.json {
            let text = self.error.render().to_string();
            let (message, hint) = text.split_once("\n\n").unwrap_or((&text, ""));
            let message = message.trim().trim_start_matches("error: ");
            let failure = Failure::usage(message).with_hint(hint.trim());
            complain(&described(&failure, true));
        } else {
            drop(self.error.print());
        }
        Exit::Usage.into()
    }
}

fn described(failure: &Failure, json: bool) -> String {
    #[derive(Serialize)]
    struct Described<'a> {
        error: &'a Failure,
    }
    if json && let Ok(mut line) = serde_json::to_string(&Described { error: failure }) {
        line.push('\n');
        return line;
    }
    let mut text = format!("error: {}\n", failure.message);
    if let Some(hint) = &failure.hint {
        text.push_str(hint);
        text.push('\n');
    }
    if let Some(at) = failure.retry_at {
        let _ = writeln!(text, "Try again after {at:.0}."); // a string takes everything
    }
    text
}

/// Nobody can be told that standard error is closed.
fn complain(text: &str) {
    drop(io::stderr().lock().write_all(text.as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_json_object_or_plain_sentences() {
        let failure = Failure::failed("offline", "The API could not be reached.");
        assert_eq!(
            described(&failure, true),
            "{\"error\":{\"code\":\"offline\",\"message\":\"The API could not be reached.\",\"hint\":null}}\n"
        );
        let failure = failure.with_hint("Check the network.");
        assert_eq!(
            described(&failure, false),
            "error: The API could not be reached.\nCheck the network.\n"
        );
    }
}
