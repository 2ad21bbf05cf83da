//! The strip at the foot of every screen: start a sync, stop it, ask how far it is; and what it is to
//! fetch first.

use desk::SyncRequest;
use desk::read::SyncState;
use model::Dataset;
use tauri::State;

use super::Answer;
use crate::Opening;

/// Without an account and a profile, all accounts: what the fleet shows, however fresh it is, since a person
/// asks for it, and what else is due. A profile is all fetched again, also while a sync goes on.
#[tauri::command]
pub(crate) async fn sync_start(
    desk: State<'_, Opening>,
    account: Option<i64>,
    profile: Option<i64>,
) -> Answer<()> {
    let request = SyncRequest {
        accounts: account.into_iter().collect(),
        profile,
        datasets: vec![Dataset::Profiles, Dataset::Summary],
        ..SyncRequest::default()
    };
    desk.ask(|desk| async move { desk.start_sync(request) })
        .await
}

/// Who gets in: the teams and tokens of all profiles, however fresh they are.
#[tauri::command]
pub(crate) async fn sync_access(desk: State<'_, Opening>) -> Answer<()> {
    desk.ask(|desk| async move { desk.start_sync(SyncRequest::of_access()) })
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

/// Which profile is on screen: it is fetched before others.
#[tauri::command]
pub(crate) async fn sync_look(desk: State<'_, Opening>, profile: Option<i64>) -> Answer<()> {
    desk.ask(move |desk| async move {
        desk.look_at(profile);
        Ok(())
    })
    .await
}
