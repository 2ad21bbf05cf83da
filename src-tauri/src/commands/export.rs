//! What a screen shows, as a file or on the clipboard. Rust writes both: the window may do neither.

use desk::export::{ExportFormat, ExportQuery, ExportSaved};
use tauri::{AppHandle, Manager, Runtime, State, WebviewWindow};

use super::Answer;
use crate::{Desktop, FileDialog, Opening};

/// Asks where, and saves it there; `None` if the person changed their mind.
#[tauri::command]
pub(crate) async fn export_save<R: Runtime>(
    window: WebviewWindow<R>,
    desk: State<'_, Opening>,
    desktop: State<'_, Desktop<R>>,
    query: ExportQuery,
    format: ExportFormat,
) -> Answer<Option<ExportSaved>> {
    let desktop = desktop.inner().clone();
    desk.ask(move |desk| async move {
        let sheet = desk.sheet(query).await?;
        let dialog = FileDialog {
            name: Some(desk.export_name(&sheet, format)),
            kind: format.label(),
            extensions: vec![format.extension()],
        };
        match desktop.which_file(window, dialog).await? {
            Some(path) => desk.save_sheet(sheet, format, path).await.map(Some),
            None => Ok(None),
        }
    })
    .await
}

/// Copies it as text to paste into a spreadsheet; says how many rows there are.
#[tauri::command]
pub(crate) async fn export_copy<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Opening>,
    query: ExportQuery,
) -> Answer<u32> {
    let desktop = app.state::<Desktop<R>>().inner().clone();
    desk.ask(move |desk| async move {
        let sheet = desk.sheet(query).await?;
        let rows = sheet.row_count();
        desktop.copy(sheet.to_tsv()?).await?;
        Ok(rows)
    })
    .await
}
