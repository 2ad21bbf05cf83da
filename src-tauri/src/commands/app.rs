//! What every screen may want to know of the program itself.

use desk::{Problem, ProblemCode};
use serde::Serialize;
use tauri::{Runtime, State, WebviewWindow};

use super::Answer;
use crate::{Folders, Opening};

/// The program and what it has to say about itself.
#[derive(Debug, Serialize)]
pub(crate) struct About {
    /// The program's version.
    version: &'static str,
    /// Where the store is.
    data_folder: String,
    /// Where the log files are; `None` if there is no place for them.
    log_folder: Option<String>,
    /// Something that the user must know, such as that the store was damaged and restored.
    notice: Option<String>,
}

/// Shows everything in the window so large, in percent; no more than what browsers offer.
#[tauri::command]
pub(crate) async fn app_enlarge<R: Runtime>(
    window: WebviewWindow<R>,
    desk: State<'_, Opening>,
    percent: u16,
) -> Answer<()> {
    desk.ask(move |_| async move {
        let factor = f64::from(percent.clamp(50, 200)) / 100.0;
        window.set_zoom(factor).map_err(|error| {
            tracing::warn!(%error, "the window was not made larger");
            Problem::new(
                ProblemCode::Internal,
                "The window could not show everything in another size.",
            )
        })
    })
    .await
}

#[tauri::command]
pub(crate) async fn app_about(desk: State<'_, Opening>) -> Answer<About> {
    desk.ask(|desk| async move {
        Ok(About {
            version: env!("CARGO_PKG_VERSION"),
            data_folder: desk.folder().display().to_string(),
            log_folder: Folders::find()
                .ok()
                .map(|folders| folders.logs.display().to_string()),
            notice: desk.notice(),
        })
    })
    .await
}
