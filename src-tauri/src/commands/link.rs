//! Links that the program was opened with.

use tauri::{AppHandle, Manager, Runtime, State};

use super::Answer;
use crate::Opening;
use crate::link::{Arrived, Link, Target};

/// Where the link leads that came last, if one did since this was asked before.
#[tauri::command]
pub(crate) async fn link_take<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Opening>,
) -> Answer<Option<Target>> {
    // Only the program itself is started with arguments, and keeps what came.
    let link = app
        .try_state::<Arrived>()
        .and_then(|arrived| arrived.take());
    desk.ask(|desk| async move {
        Ok(match link.transpose()? {
            Some(Link::Profile { id, tab }) => {
                let key = desk.profile_with_id(&id).await?;
                Some(Target::Profile { key, tab })
            }
            Some(Link::Screen(screen)) => Some(Target::Screen { screen }),
            None => None,
        })
    })
    .await
}
