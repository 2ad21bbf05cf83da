//! The screen of all profiles.

use desk::read::{FilterCompletion, FleetPage, FleetQuery, FleetSelection, FleetSum};
use tauri::State;

use super::Answer;
use crate::Opening;

#[tauri::command]
pub(crate) async fn fleet_page(desk: State<'_, Opening>, query: FleetQuery) -> Answer<FleetPage> {
    desk.ask(|desk| async move { desk.fleet(query).await })
        .await
}

/// What selected profiles use and may use, together.
#[tauri::command]
pub(crate) async fn fleet_sum(
    desk: State<'_, Opening>,
    selection: FleetSelection,
) -> Answer<FleetSum> {
    desk.ask(|desk| async move { desk.fleet_sum(selection).await })
        .await
}

/// What may be typed next into the filter box of a screen.
#[tauri::command]
pub(crate) async fn filter_complete(
    desk: State<'_, Opening>,
    screen: String,
    text: String,
    cursor: u32,
) -> Answer<FilterCompletion> {
    desk.ask(move |desk| async move { desk.complete_filter(&screen, text, cursor).await })
        .await
}
