//! What every screen may want to know of the program itself.

use serde::Serialize;
use tauri::State;

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
