//! The screen of everybody with access to anything.

use desk::read::{AccessList, AccessQuery, PeoplePage, PeopleQuery};
use tauri::State;

use super::Answer;
use crate::Opening;

#[tauri::command]
pub(crate) async fn people_page(
    desk: State<'_, Opening>,
    query: PeopleQuery,
) -> Answer<PeoplePage> {
    desk.ask(|desk| async move { desk.people(query).await })
        .await
}

#[tauri::command]
pub(crate) async fn people_access(
    desk: State<'_, Opening>,
    query: AccessQuery,
) -> Answer<AccessList> {
    desk.ask(|desk| async move { desk.access(query).await })
        .await
}
