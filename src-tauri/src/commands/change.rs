//! Changing things at TagoIO, and the log of it.

use desk::change::{
    ActionPage, ActionQuery, ActionRow, ChangeOutcome, ChangePreview, ChangeRequest, ChosenPicture,
    Confirmation, CreateProfile, InvitationRow, Proof,
};
use desk::read::FleetSelection;
use secrecy::SecretString;
use tauri::{Runtime, State, WebviewWindow};

use super::Answer;
use crate::{Desktop, FileDialog, Opening};

#[tauri::command]
pub(crate) async fn changes_preview(
    desk: State<'_, Opening>,
    request: ChangeRequest,
) -> Answer<ChangePreview> {
    desk.ask(move |desk| async move { desk.preview(request).await })
        .await
}

/// Answers once all is done, or a proof is needed; the event `changing` tells how far it is.
#[tauri::command]
pub(crate) async fn changes_carry_out(
    desk: State<'_, Opening>,
    request: ChangeRequest,
    confirmation: Confirmation,
    password: Option<SecretString>,
    pin: Option<SecretString>,
) -> Answer<ChangeOutcome> {
    let proof = password.map(|password| Proof { password, pin });
    desk.ask(move |desk| async move { desk.carry_out(request, confirmation, proof).await })
        .await
}

/// Goes on with a batch that waits for a proof.
#[tauri::command]
pub(crate) async fn changes_carry_out_rest(
    desk: State<'_, Opening>,
    batch: i64,
    password: SecretString,
    pin: Option<SecretString>,
) -> Answer<ChangeOutcome> {
    let proof = Proof { password, pin };
    desk.ask(move |desk| async move { desk.carry_out_rest(batch, proof).await })
        .await
}

#[tauri::command]
pub(crate) async fn changes_cancel(desk: State<'_, Opening>, batch: i64) -> Answer<()> {
    desk.ask(move |desk| async move {
        desk.cancel_changes(batch);
        Ok(())
    })
    .await
}

/// What an earlier run did not live to see the end of, with what is known now. Asks TagoIO.
#[tauri::command]
pub(crate) async fn changes_unfinished(desk: State<'_, Opening>) -> Answer<Vec<ActionRow>> {
    desk.ask(|desk| async move { desk.unfinished().await })
        .await
}

#[tauri::command]
pub(crate) async fn changes_log(
    desk: State<'_, Opening>,
    query: ActionQuery,
) -> Answer<ActionPage> {
    desk.ask(move |desk| async move { desk.action_log(query).await })
        .await
}

#[tauri::command]
pub(crate) async fn changes_protect(
    desk: State<'_, Opening>,
    selection: FleetSelection,
    protected: bool,
) -> Answer<u32> {
    desk.ask(move |desk| async move { desk.put_protected(selection, protected).await })
        .await
}

/// The invitations of an account to others' profiles that are not answered. Asks TagoIO.
#[tauri::command]
pub(crate) async fn changes_invitations(
    desk: State<'_, Opening>,
    account: i64,
) -> Answer<Vec<InvitationRow>> {
    desk.ask(move |desk| async move { desk.invitations(account).await })
        .await
}

/// Asks which CSV file, and reads the profiles that it names; `None` if the person changed their mind. Nothing is sent.
#[tauri::command]
pub(crate) async fn changes_profiles_of_file<R: Runtime>(
    window: WebviewWindow<R>,
    desk: State<'_, Opening>,
    desktop: State<'_, Desktop<R>>,
    account: i64,
    free_resources: bool,
) -> Answer<Option<Vec<CreateProfile>>> {
    let desktop = desktop.inner().clone();
    desk.ask(move |desk| async move {
        let dialog = FileDialog {
            name: None,
            kind: "CSV",
            extensions: vec!["csv"],
        };
        match desktop.which_file(window, dialog).await? {
            Some(path) => {
                let profiles = desk.profiles_of_file(path, Some(account), free_resources);
                profiles.await.map(Some)
            }
            None => Ok(None),
        }
    })
    .await
}

#[tauri::command]
pub(crate) async fn changes_read_only(
    desk: State<'_, Opening>,
    account: i64,
    read_only: bool,
) -> Answer<bool> {
    desk.ask(move |desk| async move { desk.put_read_only(account, read_only).await })
        .await
}

/// Asks which picture file, and looks at it; `None` if the person changed their mind. What is in it stays with Rust.
#[tauri::command]
pub(crate) async fn changes_choose_picture<R: Runtime>(
    window: WebviewWindow<R>,
    desk: State<'_, Opening>,
    desktop: State<'_, Desktop<R>>,
) -> Answer<Option<ChosenPicture>> {
    let desktop = desktop.inner().clone();
    desk.ask(move |desk| async move {
        let dialog = FileDialog {
            name: None,
            kind: "Pictures",
            extensions: vec!["png", "jpg", "jpeg", "gif", "webp"],
        };
        match desktop.which_file(window, dialog).await? {
            Some(path) => desk.choose_picture(path).await.map(Some),
            None => Ok(None),
        }
    })
    .await
}
