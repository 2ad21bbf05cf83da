//! Transfers of profiles to other accounts, which TagoIO's support does: what they depend on, and how far they are.

use desk::transfer::{TransferLook, TransferRow};
use tauri::{AppHandle, Manager, Runtime, State};

use super::Answer;
use crate::{Desktop, Opening};

#[tauri::command]
pub(crate) async fn transfer_look(
    desk: State<'_, Opening>,
    profile: i64,
    destination: String,
) -> Answer<TransferLook> {
    desk.ask(move |desk| async move { desk.look_at_transfer(profile, &destination).await })
        .await
}

/// Copies the profile's limits and resources as text for the ticket.
#[tauri::command]
pub(crate) async fn transfer_copy<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Opening>,
    profile: i64,
    destination: String,
) -> Answer<()> {
    let desktop = app.state::<Desktop<R>>().inner().clone();
    desk.ask(move |desk| async move {
        let look = desk.look_at_transfer(profile, &destination).await?;
        desktop.copy(look.text).await
    })
    .await
}

#[tauri::command]
pub(crate) async fn transfer_begin(
    desk: State<'_, Opening>,
    profile: i64,
    destination: String,
    ticket: String,
) -> Answer<TransferRow> {
    desk.ask(move |desk| async move { desk.begin_transfer(profile, &destination, &ticket).await })
        .await
}

#[tauri::command]
pub(crate) async fn transfer_of(
    desk: State<'_, Opening>,
    profile: i64,
) -> Answer<Option<TransferRow>> {
    desk.ask(move |desk| async move { desk.transfer_of(profile).await })
        .await
}

#[tauri::command]
pub(crate) async fn transfer_note(
    desk: State<'_, Opening>,
    key: i64,
    ticket: String,
) -> Answer<TransferRow> {
    desk.ask(move |desk| async move { desk.note_transfer(key, &ticket).await })
        .await
}

#[tauri::command]
pub(crate) async fn transfer_give_up(desk: State<'_, Opening>, key: i64) -> Answer<TransferRow> {
    desk.ask(move |desk| async move { desk.give_up_transfer(key).await })
        .await
}
