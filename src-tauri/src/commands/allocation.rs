//! The screen of what the accounts' limits are divided into.

use desk::read::{
    AllocationOverview, AllocationProfiles, AllocationProfilesQuery, AllocationQuery,
};
use tauri::State;

use super::Answer;
use crate::Opening;

#[tauri::command]
pub(crate) async fn allocation_overview(
    desk: State<'_, Opening>,
    query: AllocationQuery,
) -> Answer<AllocationOverview> {
    desk.ask(|desk| async move { desk.allocation(query).await })
        .await
}

#[tauri::command]
pub(crate) async fn allocation_profiles(
    desk: State<'_, Opening>,
    query: AllocationProfilesQuery,
) -> Answer<AllocationProfiles> {
    desk.ask(|desk| async move { desk.allocation_profiles(query).await })
        .await
}
