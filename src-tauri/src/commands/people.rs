//! The screen of everybody with access to anything.

use desk::offboard::{Leaver, OffboardReport};
use desk::read::{AccessList, AccessQuery, PeoplePage, PeopleQuery};
use desk::{Problem, ProblemCode};
use tauri::{AppHandle, Manager, Runtime, State};

use super::Answer;
use crate::{Desktop, Opening};

/// Lines of a report that the window gets.
const MOST_LINES: usize = 500;

#[tauri::command]
pub(crate) async fn people_page(
    desk: State<'_, Opening>,
    query: PeopleQuery,
) -> Answer<PeoplePage> {
    desk.ask(|desk| async move { desk.people(query).await })
        .await
}

#[tauri::command]
pub(crate) async fn people_access(
    desk: State<'_, Opening>,
    query: AccessQuery,
) -> Answer<AccessList> {
    desk.ask(|desk| async move { desk.access(query).await })
        .await
}

/// What is known of somebody who is to lose all access.
#[tauri::command]
pub(crate) async fn people_leaver(desk: State<'_, Opening>, who: String) -> Answer<Leaver> {
    desk.ask(move |desk| async move { desk.leaver(&who).await })
        .await
}

/// What became of an off-boarding; it is noted in the action log.
#[tauri::command]
pub(crate) async fn people_offboarded(
    desk: State<'_, Opening>,
    who: String,
    batch: Option<i64>,
) -> Answer<OffboardReport> {
    desk.ask(move |desk| async move {
        let mut report = desk.end_offboarding(&who, batch).await?;
        // What is not known stands last, and can be every profile twice: the export has it all.
        report.lines.truncate(MOST_LINES);
        Ok(report)
    })
    .await
}

/// Copies the draft of a mail to an owner.
#[tauri::command]
pub(crate) async fn people_mail_copy<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Opening>,
    who: String,
    owner: String,
) -> Answer<()> {
    let desktop = app.state::<Desktop<R>>().inner().clone();
    desk.ask(move |desk| async move {
        let mail = desk.owner_mail(&who, &owner).await?;
        desktop.copy(mail.text()).await
    })
    .await
}

/// Opens a draft in the system's mail program. The window names an owner; the address is made here. Says whether the
/// text is in it: it is left out where it is too long.
#[tauri::command]
pub(crate) async fn people_mail_open(
    desk: State<'_, Opening>,
    who: String,
    owner: String,
) -> Answer<bool> {
    desk.ask(move |desk| async move {
        let (link, whole) = desk.owner_mail(&who, &owner).await?.link();
        open::that_detached(link).map_err(|error| {
            tracing::warn!(%error, "no mail program was opened");
            let message = format!("The mail program could not be opened: {error}.");
            Problem::new(ProblemCode::Internal, message)
                .with_hint("Copy the text, and paste it into a new mail.")
        })?;
        Ok(whole)
    })
    .await
}
