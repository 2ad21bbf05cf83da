//! The settings, on the screen of accounts.

use desk::read::SettingRow;
use tauri::State;

use super::Answer;
use crate::Opening;

#[tauri::command]
pub(crate) async fn settings_list(desk: State<'_, Opening>) -> Answer<Vec<SettingRow>> {
    desk.ask(|desk| async move { desk.settings().await }).await
}

/// Without a value it is what it was at first.
#[tauri::command]
pub(crate) async fn settings_put(
    desk: State<'_, Opening>,
    key: String,
    value: Option<String>,
) -> Answer<SettingRow> {
    desk.ask(|desk| async move { desk.put_setting(&key, value.as_deref()).await })
        .await
}
