//! Onboarding a customer, and the page that is handed over.

use desk::change::Proof;
use desk::onboard::{Onboard, OnboardPreview, OnboardWent, Onboarding, PageFormat};
use secrecy::SecretString;
use tauri::{AppHandle, Manager, Runtime, State, WebviewWindow};

use super::Answer;
use crate::{Desktop, FileDialog, Opening};

#[tauri::command]
pub(crate) async fn onboard_preview(
    desk: State<'_, Opening>,
    wanted: Onboard,
) -> Answer<OnboardPreview> {
    desk.ask(move |desk| async move { desk.preview_onboarding(wanted).await })
        .await
}

/// Notes what is wanted, so that it goes on whatever happens; nothing is sent.
#[tauri::command]
pub(crate) async fn onboard_begin(desk: State<'_, Opening>, wanted: Onboard) -> Answer<Onboarding> {
    desk.ask(move |desk| async move {
        let key = desk.begin_onboarding(wanted).await?;
        desk.onboarding(key).await
    })
    .await
}

#[tauri::command]
pub(crate) async fn onboard_list(desk: State<'_, Opening>) -> Answer<Vec<Onboarding>> {
    desk.ask(|desk| async move { desk.onboardings().await })
        .await
}

/// Does what is left; answers once all is tried, or a proof is needed.
#[tauri::command]
pub(crate) async fn onboard_go_on(
    desk: State<'_, Opening>,
    key: i64,
    password: Option<SecretString>,
    pin: Option<SecretString>,
) -> Answer<OnboardWent> {
    let proof = password.map(|password| Proof { password, pin });
    desk.ask(move |desk| async move { desk.go_on_onboarding(key, proof).await })
        .await
}

/// Goes on with the batch of an onboarding that waits for a proof.
#[tauri::command]
pub(crate) async fn onboard_go_on_with(
    desk: State<'_, Opening>,
    key: i64,
    batch: i64,
    password: SecretString,
    pin: Option<SecretString>,
) -> Answer<OnboardWent> {
    let proof = Proof { password, pin };
    desk.ask(move |desk| async move { desk.go_on_onboarding_with(key, batch, proof).await })
        .await
}

#[tauri::command]
pub(crate) async fn onboard_skip(
    desk: State<'_, Opening>,
    key: i64,
    step: String,
    skipped: bool,
) -> Answer<Onboarding> {
    desk.ask(move |desk| async move { desk.skip_onboarding_step(key, &step, skipped).await })
        .await
}

/// Notes that the token's value was copied or saved.
#[tauri::command]
pub(crate) async fn onboard_handed_out(desk: State<'_, Opening>, key: i64) -> Answer<Onboarding> {
    desk.ask(move |desk| async move { desk.onboarding_handed_out(key).await })
        .await
}

#[tauri::command]
pub(crate) async fn onboard_forget(desk: State<'_, Opening>, key: i64) -> Answer<()> {
    desk.ask(move |desk| async move { desk.forget_onboarding(key).await })
        .await
}

#[tauri::command]
pub(crate) async fn onboard_page(desk: State<'_, Opening>, key: i64) -> Answer<String> {
    desk.ask(move |desk| async move { desk.hand_over_text(key).await })
        .await
}

/// Copies the page as text. It goes to the clipboard by Rust.
#[tauri::command]
pub(crate) async fn onboard_page_copy<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Opening>,
    key: i64,
) -> Answer<()> {
    let desktop = app.state::<Desktop<R>>().inner().clone();
    desk.ask(move |desk| async move { desktop.copy(desk.hand_over_text(key).await?).await })
        .await
}

/// Asks where, and saves the page there; `None` if the person changed their mind.
#[tauri::command]
pub(crate) async fn onboard_page_save<R: Runtime>(
    window: WebviewWindow<R>,
    desk: State<'_, Opening>,
    desktop: State<'_, Desktop<R>>,
    key: i64,
    format: PageFormat,
) -> Answer<Option<String>> {
    let desktop = desktop.inner().clone();
    desk.ask(move |desk| async move {
        let dialog = FileDialog {
            name: Some(desk.hand_over_name(key, format).await?),
            kind: format.label(),
            extensions: vec![format.extension()],
        };
        let Some(path) = desktop.which_file(window, dialog).await? else {
            return Ok(None);
        };
        let saved = desk.save_hand_over(key, Some(format), path).await?;
        Ok(Some(saved.display().to_string()))
    })
    .await
}
