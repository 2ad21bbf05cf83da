//! The palette, which finds profiles while a person types.

use desk::read::{PaletteHit, PaletteQuery};
use tauri::State;

use super::Answer;
use crate::Opening;

#[tauri::command]
pub(crate) async fn palette_find(
    desk: State<'_, Opening>,
    query: PaletteQuery,
) -> Answer<Vec<PaletteHit>> {
    desk.ask(|desk| async move { desk.palette(query).await })
        .await
}
