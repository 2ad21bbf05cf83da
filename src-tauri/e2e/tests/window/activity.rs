//! What changes at TagoIO is seen by the next sync and told on the screen of what changed; the program
//! syncs by itself, and its settings and the archive are where a person looks for them.

use e2e::{App, Start, Theme};
use sim::Running;
use sim::world::Service;

use crate::begin;

const RENAMED: &str = "<i>Renamed</i> & Sons";

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_is_told_and_a_sync_begins_by_itself() {
    let session = begin::desktop();
    let data = session.folder().join("desk");
    let tagoio = begin::tagoio(24, 1).await;

    let app = Start::new(&session, &data).open().await.unwrap();
    app.is_empty().await.unwrap();
    app.connect("Harbour", &tagoio.base_url(), &tagoio.tokens()[0].token)
        .await
        .unwrap();
    app.is_connected("Harbour").await.unwrap();
    // Nobody presses anything: an account that was just connected is synced.
    let said = app.sync_ends().await.unwrap();
    assert!(
        said.contains("synced") && said.contains("next at"),
        "{said}"
    );
    app.go_to("Activity").await.unwrap();
    app.wait_for_text("main", "first sync").await.unwrap();

    let id = change_three_things(&tagoio);
    app.sync().await.unwrap();
    app.go_to("Activity").await.unwrap();
    let rows = app
        .until("three changes", async || {
            let rows = log(&app).await?;
            Ok((rows.len() >= 3).then_some(rows))
        })
        .await
        .unwrap();
    let told = rows.join("\n");
    for words in ["Renamed", RENAMED, "Limit raised", "Reached the limit"] {
        assert!(told.contains(words), "{words} is not in:\n{told}");
    }
    let markup = "return document.querySelectorAll('main bdi *').length";
    assert_eq!(app.run::<usize>(markup, vec![]).await.unwrap(), 0);
    app.close().await.unwrap();

    for theme in [Theme::Light, Theme::Dark] {
        let app = Start::new(&session, &data)
            .theme(theme)
            .open()
            .await
            .unwrap();
        app.go_to("Activity").await.unwrap();
        app.wait_for("[role=grid] [role=row][id]").await.unwrap();
        picture(&app, "activity", theme).await;
        app.go_to("Accounts").await.unwrap();
        app.wait_for_text("main", "Audit log").await.unwrap();
        app.wait_for_text("main", "Syncing").await.unwrap();
        picture(&app, "accounts-syncing", theme).await;
        app.search(&id, 1).await.unwrap();
        app.open_first().await.unwrap();
        app.press("Refresh").await.unwrap();
        picture(&app, "profile-refresh", theme).await;
        app.close().await.unwrap();
    }
}

/// The rows of the log that are on screen, as text.
async fn log(app: &App) -> Result<Vec<String>, e2e::DriveError> {
    let script = "return [...document.querySelectorAll('[role=grid] [role=row][id]')]
        .map((row) => row.innerText.replace(/\\s+/g, ' '))";
    app.run(script, vec![]).await
}

/// Renames a profile, raises a limit of it and lets it use up another. Gives its id.
fn change_three_things(tagoio: &Running) -> String {
    let world = tagoio.world();
    let owner = &tagoio.tokens()[0].account;
    let now = tagoio.clock().now();
    let calm = world.profiles.values().find(|profile| {
        let used = profile.limit_used(now);
        &profile.owner == owner
            && used
                .iter()
                .zip(&profile.limits)
                .all(|(used, limit)| *limit == 0.0 || used / limit < 0.7)
            && profile.limits[Service::Input as usize] > 0.0
    });
    let profile = calm.unwrap();
    let id = profile.id.clone();
    assert!(tagoio.rename_profile(&id, RENAMED));
    let limit = profile.limits[Service::DataRecords as usize];
    assert!(tagoio.set_limit(&id, Service::DataRecords, limit + 1_000_000.0));
    let input = profile.limits[Service::Input as usize];
    assert!(tagoio.use_service(&id, Service::Input, input));
    id
}

async fn picture(app: &App, screen: &str, theme: Theme) {
    let name = format!("{screen}-{}", theme.name());
    app.picture(&name).await.unwrap();
}
