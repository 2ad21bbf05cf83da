//! The screen of accounts: connect, list, forget, and when their tokens end.

use desk::NewAccount;
use desk::read::{AccountRow, TokenEndRow};
use secrecy::SecretString;
use tauri::State;

use super::Answer;
use crate::Opening;

#[tauri::command]
pub(crate) async fn accounts_list(desk: State<'_, Opening>) -> Answer<Vec<AccountRow>> {
    desk.ask(|desk| async move { desk.accounts().await }).await
}

/// The token crosses here, once, and nothing gives it back.
#[tauri::command]
pub(crate) async fn accounts_connect(
    desk: State<'_, Opening>,
    label: String,
    region: String,
    token: SecretString,
) -> Answer<AccountRow> {
    let new = NewAccount {
        label,
        region,
        token,
        keychain: true,
    };
    desk.ask(|desk| async move { desk.connect(new).await })
        .await
}

#[tauri::command]
pub(crate) async fn accounts_forget(
    desk: State<'_, Opening>,
    key: i64,
    keep_history: bool,
) -> Answer<()> {
    desk.ask(move |desk| async move { desk.forget(key, keep_history).await })
        .await
}

/// When each account's token ends, the soonest first.
#[tauri::command]
pub(crate) async fn accounts_token_ends(desk: State<'_, Opening>) -> Answer<Vec<TokenEndRow>> {
    desk.ask(|desk| async move { desk.token_ends().await })
        .await
}
