//! The screen of what needs attention.

use desk::read::{TodayPage, TodayQuery};
use model::Timestamp;
use tauri::State;

use super::Answer;
use crate::Opening;

#[tauri::command]
pub(crate) async fn today_page(desk: State<'_, Opening>, query: TodayQuery) -> Answer<TodayPage> {
    desk.ask(|desk| async move { desk.today(query).await })
        .await
}

/// Without a day it stays away until it is worse; without a note it keeps the one that it has.
#[tauri::command]
pub(crate) async fn today_answer(
    desk: State<'_, Opening>,
    id: String,
    until: Option<Timestamp>,
    note: Option<String>,
) -> Answer<()> {
    desk.ask(move |desk| async move { desk.answer_attention(&id, until, note.as_deref()).await })
        .await
}

#[tauri::command]
pub(crate) async fn today_unanswer(desk: State<'_, Opening>, id: String) -> Answer<()> {
    desk.ask(|desk| async move { desk.unanswer_attention(&id).await })
        .await
}
