//! The strip at the foot of every screen: start a sync, stop it, ask how far it is.

use desk::SyncRequest;
use desk::read::SyncState;
use tauri::State;

use super::Answer;
use crate::Opening;

/// Without an account and a profile, all of them.
#[tauri::command]
pub(crate) async fn sync_start(
    desk: State<'_, Opening>,
    account: Option<i64>,
    profile: Option<i64>,
) -> Answer<()> {
    let request = SyncRequest {
        account,
        profile,
        ..SyncRequest::default()
    };
    desk.ask(|desk| async move { desk.start_sync(request) })
        .await
}

#[tauri::command]
pub(crate) async fn sync_cancel(desk: State<'_, Opening>) -> Answer<()> {
    desk.ask(|desk| async move {
        desk.cancel_sync();
        Ok(())
    })
    .await
}

#[tauri::command]
pub(crate) async fn sync_state(desk: State<'_, Opening>) -> Answer<SyncState> {
    desk.ask(|desk| async move { Ok(desk.sync_state()) }).await
}
