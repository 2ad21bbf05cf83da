//! A secret on the clipboard: for half a minute, and not beyond the program's end.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use desk::Problem;
use model::Token;
use tauri::Runtime;

use super::Desktop;

/// How long a secret stays on the clipboard.
const KEPT: Duration = Duration::from_secs(30);

/// The secret that was copied last, as long as it may be on the clipboard.
#[derive(Default)]
pub(super) struct Secret(Mutex<Option<Token>>);

impl Secret {
    fn put(&self, token: Option<Token>) -> Option<Token> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *held, token)
    }
}

impl<R: Runtime> Desktop<R> {
    /// Puts a token's value on the clipboard, and takes it off again after half a minute, if it is still there.
    pub(crate) async fn copy_secret(&self, token: Token) -> Result<(), Problem> {
        self.copy(token.expose().to_owned()).await?;
        self.secret.put(Some(token.clone()));
        let desktop = self.clone();
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(KEPT).await;
            // The clipboard may be slow to answer.
            let clearing = move || desktop.clear(&token);
            drop(tauri::async_runtime::spawn_blocking(clearing).await);
        });
        Ok(())
    }

    /// Takes a secret off the clipboard, if one is still there: the program ends.
    pub fn clear_secret(&self) {
        if let Some(token) = self.secret.put(None) {
            self.clear(&token);
        }
    }

    fn clear(&self, token: &Token) {
        if let Err(problem) = (self.clear)(token.expose()) {
            tracing::warn!(message = problem.message, "a token may be on the clipboard");
        }
    }
}
