//! The screen of what changed, and of the syncs that saw it.

use desk::read::{ActivityPage, ActivityQuery, SyncReport, SyncRunsPage, SyncRunsQuery};
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

#[tauri::command]
pub(crate) async fn activity_syncs(
    desk: State<'_, Opening>,
    query: SyncRunsQuery,
) -> Answer<SyncRunsPage> {
    desk.ask(|desk| async move { desk.sync_runs(query).await })
        .await
}

#[tauri::command]
pub(crate) async fn activity_sync(
    desk: State<'_, Opening>,
    key: i64,
) -> Answer<Option<SyncReport>> {
    desk.ask(move |desk| async move { desk.sync_run(key).await })
        .await
}
