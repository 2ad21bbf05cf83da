//! The screen of tokens: their metadata, and whose one is.

use desk::change::SecretFile;
use desk::read::{TokenDetail, TokenFigures, TokenFound, TokensPage, TokensQuery};
use desk::{Rotate, RotationRow};
use secrecy::SecretString;
use tauri::{AppHandle, Manager, Runtime, State, WebviewWindow};

use super::Answer;
use crate::{Desktop, FileDialog, Opening};

#[tauri::command]
pub(crate) async fn tokens_page(
    desk: State<'_, Opening>,
    query: TokensQuery,
) -> Answer<TokensPage> {
    desk.ask(|desk| async move { desk.tokens(query).await })
        .await
}

#[tauri::command]
pub(crate) async fn tokens_figures(desk: State<'_, Opening>) -> Answer<TokenFigures> {
    desk.ask(|desk| async move { desk.token_figures().await })
        .await
}

#[tauri::command]
pub(crate) async fn tokens_detail(desk: State<'_, Opening>, key: i64) -> Answer<TokenDetail> {
    desk.ask(move |desk| async move { desk.token(key).await })
        .await
}

/// The value crosses here, once, and nothing gives it back.
#[tauri::command]
pub(crate) async fn tokens_find(
    desk: State<'_, Opening>,
    token: SecretString,
) -> Answer<TokenFound> {
    desk.ask(|desk| async move { desk.find_token(token).await })
        .await
}

/// Copies the value of a token that a row of a batch made. It goes to the clipboard by Rust, never to the page.
#[tauri::command]
pub(crate) async fn tokens_copy_made<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Opening>,
    batch: i64,
    row: u32,
) -> Answer<()> {
    let desktop = app.state::<Desktop<R>>().inner().clone();
    desk.ask(move |desk| async move { desktop.copy_secret(desk.made_token(batch, row)?).await })
        .await
}

/// Asks where, and writes the values of all tokens that a batch made to a new file there; `None` if the person
/// changed their mind.
#[tauri::command]
pub(crate) async fn tokens_save_all_made<R: Runtime>(
    window: WebviewWindow<R>,
    desk: State<'_, Opening>,
    desktop: State<'_, Desktop<R>>,
    batch: i64,
) -> Answer<Option<String>> {
    let desktop = desktop.inner().clone();
    desk.ask(move |desk| async move {
        let dialog = FileDialog {
            name: Some("TagoIO tokens.csv".to_owned()),
            kind: "CSV",
            extensions: vec!["csv"],
        };
        let Some(path) = desktop.which_file(window, dialog).await? else {
            return Ok(None);
        };
        let written = desk.save_made_tokens(batch, path).await?;
        Ok(Some(written.display().to_string()))
    })
    .await
}

/// Asks where, and writes the value to a new file there; `None` if the person changed their mind.
#[tauri::command]
pub(crate) async fn tokens_save_made<R: Runtime>(
    window: WebviewWindow<R>,
    desk: State<'_, Opening>,
    desktop: State<'_, Desktop<R>>,
    batch: i64,
    row: u32,
) -> Answer<Option<String>> {
    let desktop = desktop.inner().clone();
    desk.ask(move |desk| async move {
        let token = desk.made_token(batch, row)?;
        let dialog = FileDialog {
            name: Some("TagoIO token.txt".to_owned()),
            kind: "Text",
            extensions: vec!["txt"],
        };
        let Some(path) = desktop.which_file(window, dialog).await? else {
            return Ok(None);
        };
        let written = SecretFile::create(path)?.write(&token)?;
        Ok(Some(written.display().to_string()))
    })
    .await
}

/// Forgets the values of the tokens that a batch made.
#[tauri::command]
pub(crate) async fn tokens_forget_made(desk: State<'_, Opening>, batch: i64) -> Answer<()> {
    desk.ask(move |desk| async move {
        desk.forget_made_tokens(batch);
        Ok(())
    })
    .await
}

/// The tokens that are being replaced.
#[tauri::command]
pub(crate) async fn tokens_rotations(desk: State<'_, Opening>) -> Answer<Vec<RotationRow>> {
    desk.ask(|desk| async move { desk.rotations().await }).await
}

/// Notes that a token is to be replaced, before the new one is made; returns its number.
#[tauri::command]
pub(crate) async fn tokens_begin_rotation(desk: State<'_, Opening>, wanted: Rotate) -> Answer<i64> {
    desk.ask(|desk| async move { desk.begin_rotation(wanted).await })
        .await
}

/// Forgets a replacement: it is over, or given up. Nothing is sent.
#[tauri::command]
pub(crate) async fn tokens_end_rotation(desk: State<'_, Opening>, key: i64) -> Answer<bool> {
    desk.ask(move |desk| async move { desk.end_rotation(key).await })
        .await
}
