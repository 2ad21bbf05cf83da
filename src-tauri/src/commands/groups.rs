//! What a person keeps about profiles on this computer: groups, notes, views.

use desk::read::{FleetSelection, GroupImport, GroupKind, GroupRow, ViewRow};
use tauri::{Runtime, State, WebviewWindow};

use super::Answer;
use crate::{Desktop, FileDialog, Opening};

#[tauri::command]
pub(crate) async fn groups_list(desk: State<'_, Opening>) -> Answer<Vec<GroupRow>> {
    desk.ask(|desk| async move { desk.groups().await }).await
}

/// Without a key a group is made.
#[tauri::command]
pub(crate) async fn groups_put(
    desk: State<'_, Opening>,
    key: Option<i64>,
    name: String,
    kind: GroupKind,
) -> Answer<GroupRow> {
    desk.ask(move |desk| async move { desk.put_group(key, &name, kind).await })
        .await
}

#[tauri::command]
pub(crate) async fn groups_delete(desk: State<'_, Opening>, key: i64) -> Answer<()> {
    desk.ask(move |desk| async move { desk.delete_group(key).await })
        .await
}

#[tauri::command]
pub(crate) async fn groups_assign(
    desk: State<'_, Opening>,
    key: i64,
    selection: FleetSelection,
    member: bool,
) -> Answer<u32> {
    desk.ask(move |desk| async move { desk.assign_group(key, selection, member).await })
        .await
}

/// Asks where, and writes groups and notes there; `None` if the person changed their mind.
#[tauri::command]
pub(crate) async fn groups_export<R: Runtime>(
    window: WebviewWindow<R>,
    desk: State<'_, Opening>,
    desktop: State<'_, Desktop<R>>,
) -> Answer<Option<String>> {
    let desktop = desktop.inner().clone();
    desk.ask(move |desk| async move {
        let dialog = csv(Some(desk.groups_file_name()));
        match desktop.which_file(window, dialog).await? {
            Some(path) => desk.save_groups(path).await.map(Some),
            None => Ok(None),
        }
    })
    .await
}

/// Asks which file, and takes groups and notes over from it.
#[tauri::command]
pub(crate) async fn groups_import<R: Runtime>(
    window: WebviewWindow<R>,
    desk: State<'_, Opening>,
    desktop: State<'_, Desktop<R>>,
) -> Answer<GroupImport> {
    let desktop = desktop.inner().clone();
    desk.ask(move |desk| async move {
        match desktop.which_file(window, csv(None)).await? {
            Some(path) => desk.read_groups(path).await,
            None => Ok(GroupImport::default()),
        }
    })
    .await
}

fn csv(name: Option<String>) -> FileDialog {
    FileDialog {
        name,
        kind: "CSV",
        extensions: vec!["csv"],
    }
}

#[tauri::command]
pub(crate) async fn notes_put(desk: State<'_, Opening>, profile: i64, text: String) -> Answer<()> {
    desk.ask(move |desk| async move { desk.put_note(profile, &text).await })
        .await
}

#[tauri::command]
pub(crate) async fn views_list(desk: State<'_, Opening>) -> Answer<Vec<ViewRow>> {
    desk.ask(|desk| async move { desk.views().await }).await
}

#[tauri::command]
pub(crate) async fn views_put(
    desk: State<'_, Opening>,
    name: String,
    address: String,
) -> Answer<ViewRow> {
    desk.ask(move |desk| async move { desk.put_view(&name, &address).await })
        .await
}

#[tauri::command]
pub(crate) async fn views_delete(desk: State<'_, Opening>, key: i64) -> Answer<()> {
    desk.ask(move |desk| async move { desk.delete_view(key).await })
        .await
}
