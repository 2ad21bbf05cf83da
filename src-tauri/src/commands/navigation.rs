//! The way between the screens.

use desk::read::NavigationCounts;
use tauri::State;

use super::Answer;
use crate::Opening;

#[tauri::command]
pub(crate) async fn navigation_counts(desk: State<'_, Opening>) -> Answer<NavigationCounts> {
    desk.ask(|desk| async move { desk.navigation_counts().await })
        .await
}
