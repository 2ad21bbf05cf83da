//! The screen of what everything costs.

use desk::read::{CostAccount, CostPage, CostQuery};
use model::Timestamp;
use tauri::State;

use super::Answer;
use crate::Opening;

#[tauri::command]
pub(crate) async fn costs_page(desk: State<'_, Opening>, query: CostQuery) -> Answer<CostPage> {
    desk.ask(|desk| async move { desk.costs(query).await })
        .await
}

#[tauri::command]
pub(crate) async fn costs_accounts(
    desk: State<'_, Opening>,
    filter: String,
    at: Option<Timestamp>,
) -> Answer<Vec<CostAccount>> {
    desk.ask(move |desk| async move { desk.cost_accounts(&filter, at).await })
        .await
}
