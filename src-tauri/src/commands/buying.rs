//! Buying more for an account.

use std::collections::BTreeMap;

use desk::buy::{BuyOffer, BuyQuote, PurchaseRequest, PurchaseRow};
use model::Service;
use tauri::State;

use super::Answer;
use crate::Opening;

#[tauri::command]
pub(crate) async fn buying_offer(desk: State<'_, Opening>, account: i64) -> Answer<BuyOffer> {
    desk.ask(move |desk| async move { desk.buying_offer(account).await })
        .await
}

/// Asks TagoIO what it costs now.
#[tauri::command]
pub(crate) async fn buying_quote(
    desk: State<'_, Opening>,
    account: i64,
    services: BTreeMap<Service, f64>,
) -> Answer<BuyQuote> {
    desk.ask(move |desk| async move { desk.buying_quote(account, services).await })
        .await
}

/// Answers once it is through, or cannot go on by itself.
#[tauri::command]
pub(crate) async fn buying_buy(
    desk: State<'_, Opening>,
    request: PurchaseRequest,
) -> Answer<PurchaseRow> {
    desk.ask(move |desk| async move { desk.buy(request).await })
        .await
}

#[tauri::command]
pub(crate) async fn buying_purchases(desk: State<'_, Opening>) -> Answer<Vec<PurchaseRow>> {
    desk.ask(|desk| async move { desk.purchases().await }).await
}

#[tauri::command]
pub(crate) async fn buying_resume(desk: State<'_, Opening>, key: i64) -> Answer<PurchaseRow> {
    desk.ask(move |desk| async move { desk.resume_purchase(key).await })
        .await
}

#[tauri::command]
pub(crate) async fn buying_end(desk: State<'_, Opening>, key: i64) -> Answer<()> {
    desk.ask(move |desk| async move { desk.end_purchase(key).await })
        .await
}
