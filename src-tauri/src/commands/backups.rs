//! A profile's backups: the list of them, and one as a file. They are started and deleted as all changes are.

use desk::change::Proof;
use desk::download::{BackupToFile, DownloadEnd};
use desk::read::BackupsView;
use desk::{Problem, ProblemCode};
use secrecy::SecretString;
use tauri::{Runtime, State, WebviewWindow};

use super::Answer;
use crate::{Desktop, FileDialog, Opening};

#[tauri::command]
pub(crate) async fn backups_list(desk: State<'_, Opening>, profile: i64) -> Answer<BackupsView> {
    desk.ask(move |desk| async move { desk.backups(profile).await })
        .await
}

/// Asks TagoIO for the list first.
#[tauri::command]
pub(crate) async fn backups_fetch(desk: State<'_, Opening>, profile: i64) -> Answer<()> {
    desk.ask(move |desk| async move { desk.fetch_backups(profile).await })
        .await
}

/// Asks which file a backup is to be; the file, or `None` if the person changed their mind. It is remembered here: the
/// page names a backup, and never a file.
#[tauri::command]
pub(crate) async fn backups_place<R: Runtime>(
    window: WebviewWindow<R>,
    desk: State<'_, Opening>,
    desktop: State<'_, Desktop<R>>,
    profile: i64,
    backup: String,
) -> Answer<Option<String>> {
    let desktop = desktop.inner().clone();
    desk.ask(move |desk| async move {
        let dialog = FileDialog {
            name: Some(desk.backup_name(profile, &backup).await?),
            kind: "Backup",
            extensions: vec!["backup"],
        };
        let Some(path) = desktop.which_file(window, dialog).await? else {
            return Ok(None);
        };
        let shown = path.display().to_string();
        desk.put_backup_place(&backup, path);
        Ok(Some(shown))
    })
    .await
}

/// Downloads a backup to the file that was chosen for it; the event `downloading` tells how far it is.
#[tauri::command]
pub(crate) async fn backups_download(
    desk: State<'_, Opening>,
    profile: i64,
    backup: String,
    password: SecretString,
    pin: Option<SecretString>,
) -> Answer<DownloadEnd> {
    desk.ask(move |desk| async move {
        let path = desk.backup_place(&backup).ok_or_else(|| {
            Problem::new(
                ProblemCode::InvalidInput,
                "No file was chosen for this backup.",
            )
        })?;
        let file = BackupToFile {
            profile,
            backup,
            path,
        };
        desk.download_backup(file, Proof { password, pin }).await
    })
    .await
}

/// Stops a download; what came is kept.
#[tauri::command]
pub(crate) async fn backups_cancel(desk: State<'_, Opening>, backup: String) -> Answer<()> {
    desk.ask(move |desk| async move {
        desk.cancel_download(&backup);
        Ok(())
    })
    .await
}
