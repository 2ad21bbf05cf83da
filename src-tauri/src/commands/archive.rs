//! The archive of the audit logs, on the screen of accounts: what it takes, and which accounts it is of.

use desk::read::ArchiveAccount;
use tauri::State;

use super::Answer;
use crate::Opening;

#[tauri::command]
pub(crate) async fn archive_accounts(desk: State<'_, Opening>) -> Answer<Vec<ArchiveAccount>> {
    desk.ask(|desk| async move { desk.archive_accounts().await })
        .await
}

#[tauri::command]
pub(crate) async fn archive_choose(
    desk: State<'_, Opening>,
    account: i64,
    archive: bool,
) -> Answer<ArchiveAccount> {
    desk.ask(move |desk| async move { desk.choose_archive(account, archive).await })
        .await
}
