//! The file dialogs of Windows and of macOS, above our window.

use std::path::PathBuf;

use desk::Problem;
use futures::FutureExt;
use futures::channel::oneshot;
use tauri::{Runtime, WebviewWindow};

use super::{FileDialog, defect};

pub(super) async fn ask<R: Runtime>(
    window: WebviewWindow<R>,
    asked: FileDialog,
) -> Result<Option<PathBuf>, Problem> {
    let (made, making) = oneshot::channel();
    let parent = window.clone();
    // macOS wants a dialog made on the thread of its windows.
    window
        .run_on_main_thread(move || {
            let dialog = rfd::AsyncFileDialog::new()
                .set_parent(&parent)
                .add_filter(asked.kind, &asked.extensions);
            let dialog = match asked.name {
                Some(name) => dialog.set_file_name(name).save_file().boxed(),
                None => dialog.pick_file().boxed(),
            };
            // Nobody waits for it: the program is about to end.
            drop(made.send(dialog));
        })
        .map_err(|error| defect(&format!("the dialog could not be opened ({error})")))?;
    match making.await {
        Ok(dialog) => Ok(dialog.await.map(|file| file.path().to_owned())),
        Err(_) => Ok(None),
    }
}
