//! What the program asks of the desktop for a person: which file to save or to open, and to keep a text on
//! the clipboard. The window itself may do neither.

mod clipboard;
#[cfg_attr(target_os = "linux", path = "file_gtk.rs")]
mod file;
mod secret;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use desk::{Problem, ProblemCode};
use futures::FutureExt;
use futures::future::BoxFuture;
use tauri::{Runtime, WebviewWindow};

use clipboard::Clipboard;
use secret::Secret;

/// A file that a person is asked the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDialog {
    /// The name that is proposed for a file to save; `None` asks for a file to open.
    pub name: Option<String>,
    /// What its kind is called: `CSV`.
    pub kind: &'static str,
    /// How files of its kind end, without the dot.
    pub extensions: Vec<&'static str>,
}

type Ask<R> = dyn Fn(WebviewWindow<R>, FileDialog) -> BoxFuture<'static, Answer> + Send + Sync;
type Copy = dyn Fn(String) -> Result<(), Problem> + Send + Sync;
type Clear = dyn Fn(&str) -> Result<(), Problem> + Send + Sync;
type Answer = Result<Option<PathBuf>, Problem>;

/// The desktop, or what a test has in place of it. Cheap to clone.
pub struct Desktop<R: Runtime> {
    ask: Arc<Ask<R>>,
    copy: Arc<Copy>,
    clear: Arc<Clear>,
    secret: Arc<Secret>,
}

impl<R: Runtime> Clone for Desktop<R> {
    fn clone(&self) -> Self {
        Self {
            ask: Arc::clone(&self.ask),
            copy: Arc::clone(&self.copy),
            clear: Arc::clone(&self.clear),
            secret: Arc::clone(&self.secret),
        }
    }
}

impl<R: Runtime> Default for Desktop<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Runtime> Desktop<R> {
    /// The desktop's own dialog and clipboard.
    pub fn new() -> Self {
        let clipboard = Arc::new(Clipboard::default());
        let same = Arc::clone(&clipboard);
        Self::with(
            file::ask,
            move |text| clipboard.put(text),
            move |text| same.clear(text),
        )
    }

    /// Others in place of the desktop's: its dialog, copying a text, and taking a text off the clipboard if that
    /// still holds it.
    pub fn with<F>(
        ask: impl Fn(WebviewWindow<R>, FileDialog) -> F + Send + Sync + 'static,
        copy: impl Fn(String) -> Result<(), Problem> + Send + Sync + 'static,
        clear: impl Fn(&str) -> Result<(), Problem> + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        Self {
            ask: Arc::new(move |window, dialog| ask(window, dialog).boxed()),
            copy: Arc::new(copy),
            clear: Arc::new(clear),
            secret: Arc::default(),
        }
    }

    /// Where a file is or is to be, asked above this window; `None` if the person changed their mind.
    pub(crate) async fn which_file(&self, window: WebviewWindow<R>, dialog: FileDialog) -> Answer {
        (self.ask)(window, dialog).await
    }

    /// Puts a text on the clipboard, in place of what it held.
    pub(crate) async fn copy(&self, text: String) -> Result<(), Problem> {
        let copy = Arc::clone(&self.copy);
        // The program that holds the clipboard may be slow to give it up.
        tauri::async_runtime::spawn_blocking(move || copy(text))
            .await
            .unwrap_or_else(|_| Err(defect("the clipboard's thread ended")))
    }
}

fn defect(what: &str) -> Problem {
    Problem::new(
        ProblemCode::Internal,
        format!("A defect of Profile Desk: {what}."),
    )
    .with_hint("Nothing was lost. The log says where it happened.")
}
