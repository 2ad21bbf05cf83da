//! The system's clipboard.

use std::sync::{Mutex, PoisonError};

use desk::{Problem, ProblemCode};

/// Kept open: under X11 a text is on the clipboard for as long as the program that put it there serves it.
#[derive(Default)]
pub(super) struct Clipboard(Mutex<Option<arboard::Clipboard>>);

impl Clipboard {
    pub(super) fn put(&self, text: String) -> Result<(), Problem> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let put = match open.as_mut() {
            Some(clipboard) => clipboard.set_text(text),
            None => arboard::Clipboard::new()
                .and_then(|clipboard| open.insert(clipboard).set_text(text)),
        };
        put.map_err(|error| {
            // A connection that broke is made anew the next time.
            *open = None;
            Problem::new(
                ProblemCode::Rejected,
                format!("Nothing was copied: the clipboard said “{error}”."),
            )
            .with_hint("Try again, or save it as a file.")
        })
    }

    /// Takes a text off the clipboard, if that still holds it.
    pub(super) fn clear(&self, text: &str) -> Result<(), Problem> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Under X11, what was put there by a connection that broke is gone with it.
        let Some(clipboard) = open.as_mut() else {
            return Ok(());
        };
        // What cannot be read as text is another's.
        if clipboard.get_text().is_ok_and(|held| held == text) {
            clipboard.clear().map_err(|error| {
                Problem::new(
                    ProblemCode::Rejected,
                    format!("The clipboard was not cleared: it said “{error}”."),
                )
            })?;
        }
        Ok(())
    }
}
