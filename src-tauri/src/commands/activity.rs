//! The screen of what changed.

use desk::read::{ActivityPage, ActivityQuery};
use tauri::State;

use super::Answer;
use crate::Opening;

#[tauri::command]
pub(crate) async fn activity_page(
    desk: State<'_, Opening>,
    query: ActivityQuery,
) -> Answer<ActivityPage> {
    desk.ask(|desk| async move { desk.activity(query).await })
        .await
}
