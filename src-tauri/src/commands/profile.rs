//! The screen of one profile: overview, usage history, team and audit events.

use desk::read::{
    AuditArchive, AuditPage, AuditQuery, LiveAuditEnd, LiveAuditPage, LiveAuditQuery,
    ProfileOverview, TeamView, UsageChart, UsageQuery,
};
use desk::{Problem, ProblemCode};
use tauri::State;

use super::Answer;
use crate::Opening;

/// Opens TagoIO's admin site in the system's browser. The window names a profile; the address is made here.
#[tauri::command]
pub(crate) async fn profile_admin_site(desk: State<'_, Opening>, key: i64) -> Answer<()> {
    desk.ask(move |desk| async move {
        let address = desk.admin_site(key).await?;
        open::that_detached(address).map_err(|error| {
            tracing::warn!(%error, "no browser was opened");
            let message = format!("The browser could not be opened: {error}.");
            Problem::new(ProblemCode::Internal, message)
                .with_hint(format!("Open {address} in a browser."))
        })
    })
    .await
}

#[tauri::command]
pub(crate) async fn profile_overview(
    desk: State<'_, Opening>,
    key: i64,
) -> Answer<ProfileOverview> {
    desk.ask(move |desk| async move { desk.profile(key).await })
        .await
}

#[tauri::command]
pub(crate) async fn profile_usage(
    desk: State<'_, Opening>,
    query: UsageQuery,
) -> Answer<UsageChart> {
    desk.ask(|desk| async move { desk.usage_chart(query).await })
        .await
}

#[tauri::command]
pub(crate) async fn profile_team(desk: State<'_, Opening>, key: i64) -> Answer<TeamView> {
    desk.ask(move |desk| async move { desk.team(key).await })
        .await
}

#[tauri::command]
pub(crate) async fn profile_audit(
    desk: State<'_, Opening>,
    query: AuditQuery,
) -> Answer<AuditPage> {
    desk.ask(|desk| async move { desk.audit(query).await })
        .await
}

#[tauri::command]
pub(crate) async fn profile_audit_archive(
    desk: State<'_, Opening>,
    key: i64,
) -> Answer<AuditArchive> {
    desk.ask(move |desk| async move { desk.audit_archive(key).await })
        .await
}

/// Asks TagoIO; the event `asking-audit` tells how far it is, and the rows are had page by page.
#[tauri::command]
pub(crate) async fn profile_ask_audit(
    desk: State<'_, Opening>,
    query: LiveAuditQuery,
) -> Answer<LiveAuditEnd> {
    desk.ask(|desk| async move { desk.ask_audit(query).await })
        .await
}

/// A page of what TagoIO answered last.
#[tauri::command]
pub(crate) async fn profile_live_audit(
    desk: State<'_, Opening>,
    query: LiveAuditPage,
) -> Answer<AuditPage> {
    desk.ask(move |desk| async move { Ok(desk.live_audit(&query)) })
        .await
}

#[tauri::command]
pub(crate) async fn profile_cancel_audit(desk: State<'_, Opening>, key: i64) -> Answer<()> {
    desk.ask(move |desk| async move {
        desk.cancel_live_audit(key);
        Ok(())
    })
    .await
}
