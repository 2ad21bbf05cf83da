//! The screen of tokens: their metadata, and whose one is.

use desk::read::{TokenDetail, TokenFigures, TokenFound, TokensPage, TokensQuery};
use secrecy::SecretString;
use tauri::State;

use super::Answer;
use crate::Opening;

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
