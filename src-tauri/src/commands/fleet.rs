//! The screen of all profiles.

use desk::read::{FleetPage, FleetQuery};
use tauri::State;

use super::Answer;
use crate::Opening;

#[tauri::command]
pub(crate) async fn fleet_page(desk: State<'_, Opening>, query: FleetQuery) -> Answer<FleetPage> {
    desk.ask(|desk| async move { desk.fleet(query).await })
        .await
}
