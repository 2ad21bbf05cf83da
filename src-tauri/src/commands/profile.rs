//! The screen of one profile: overview and usage history.

use desk::read::{ProfileOverview, UsageChart, UsageQuery};
use tauri::State;

use super::Answer;
use crate::Opening;

#[tauri::command]
pub(crate) async fn profile_overview(
    desk: State<'_, Opening>,
    key: i64,
) -> Answer<ProfileOverview> {
    desk.ask(move |desk| async move { desk.profile(key).await })
        .await
}

#[tauri::command]
pub(crate) async fn profile_usage(
    desk: State<'_, Opening>,
    query: UsageQuery,
) -> Answer<UsageChart> {
    desk.ask(|desk| async move { desk.usage_chart(query).await })
        .await
}
