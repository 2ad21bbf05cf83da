//! The pictures of the documentation: each screen in both themes, the same on every day.

use std::fs;
use std::path::{Path, PathBuf};

use e2e::{App, Theme};
use sim::world::Service;
use sim::{Clock, Running};

use crate::screens::desk::{AUDIT_WAITS, Desk, Filling};
use crate::screens::opened::{OPENED, SECOND_ROW};
use crate::screens::table::SCREENS;
use crate::screens::walk::visit;

/// Where the pictures go.
const FOLDER: &str = "PROFILE_DESK_PICTURES";
/// The library that gives the programs another time.
const CLOCK: &str = "PROFILE_DESK_PICTURES_CLOCK";

/// What time it is in all of them, UTC.
const NOW: &str = "2026-05-20 09:02:00";
/// When the desk is filled: nothing that is pictured may come from the future.
const BEFORE: &str = "2026-05-20 09:01:00";
/// Screens that are pictured with a row selected, and what stands beside it.
const WITH_PANEL: [&str; 6] = [
    "fleet",
    "allocation",
    "costs",
    "tokens",
    "people",
    "activity-syncs",
];
/// What opens on a screen and is pictured, too.
const OPEN: [&str; 16] = [
    "limits",
    "limits-of-many",
    "limits-of-account",
    "buy",
    "review-rename",
    "new-profile",
    "sign-in",
    "renew-token",
    "move-token",
    "review-move-token",
    "new-token",
    "review-new-token",
    "onboarding",
    "review-onboarding",
    "transfer",
    "review-delete",
];
/// Lets go of the row that another face of the screen left selected.
const SHUT: &str = "document.querySelector('main aside button[aria-label=Close]')?.click()";
/// Stands on the screens, as the region of an account.
const PORT: u16 = 48_080;

/// Run by `cargo xtask screenshots`, which says where the pictures go and which clock is used.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "makes the pictures of the documentation"]
async fn each_screen_is_pictured_in_both_themes() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let clock = std::env::var(CLOCK).unwrap();
    let variables = |time: String| {
        [
            ("LD_PRELOAD", clock.clone()),
            ("FAKETIME", time),
            // Pauses and waits are to go on as ever.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("TZ", "UTC".to_owned()),
        ]
    };
    // The archive of the audit log waits for answers by the clock, and so for ever if that stands.
    let running = variables(format!("@{BEFORE}"));
    let filling = variables(BEFORE.to_owned());
    let variables = variables(NOW.to_owned());
    let before = format!("{}Z", BEFORE.replace(' ', "T"));
    let data = DataFolder::new();
    let desk = Desk::fill(Filling {
        profiles: 240,
        clock: Clock::at(before.parse().unwrap()),
        port: PORT,
        data: Some(data.path()),
        rename: "Harbor & Daughters <North>",
        meanwhile: a_day_goes_by,
        variables: &filling,
        running: &running,
    })
    .await
    .unwrap();
    desk.tagoio.set_fault(AUDIT_WAITS.parse().unwrap());
    for theme in [Theme::Light, Theme::Dark] {
        let mut start = desk.start().theme(theme);
        for (name, value) in &variables {
            start = start.variable(name, value);
        }
        let app = start.open().await.unwrap();
        for screen in &SCREENS {
            visit(&app, screen, &desk.shown).await.unwrap();
            if WITH_PANEL.contains(&screen.name) {
                app.keys("[role=grid]", SECOND_ROW).await.unwrap();
                app.wait_for(".body.open").await.unwrap();
            } else {
                app.run::<()>(SHUT, vec![]).await.unwrap();
            }
            picture(&app, &folder, screen.name, theme).await;
        }
        for opened in OPENED.iter().filter(|opened| OPEN.contains(&opened.name)) {
            opened.open(&app).await.unwrap();
            picture(&app, &folder, opened.name, theme).await;
        }
        app.close().await.unwrap();
    }
}

async fn picture(app: &App, folder: &Path, name: &str, theme: Theme) {
    // The ring around what has the focus is for who works with the keyboard.
    let leave = "document.activeElement.blur()";
    app.run::<()>(leave, vec![]).await.unwrap();
    app.wait_until_still().await.unwrap();
    let file = folder.join(format!("{name}-{}.png", theme.name()));
    fs::write(file, app.drawn().await.unwrap()).unwrap();
}

/// A data folder of the same name on every machine, since a screen says it.
struct DataFolder(PathBuf);

impl DataFolder {
    /// Fails if it is there: what is in it may be somebody's.
    fn new() -> Self {
        let path = std::env::temp_dir().join("profile-desk-pictures");
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        // A destructor can tell nobody of anything; the next run says that it is still there.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A little of everything that is told of as a change.
fn a_day_goes_by(tagoio: &Running) {
    let world = tagoio.world();
    let owner = &tagoio.tokens()[0].account;
    let mut others = world.owned_by(owner).skip(1);
    for profile in others.by_ref().take(3) {
        let more = profile.limits[Service::Output as usize] * 1.5;
        assert!(tagoio.set_limit(&profile.id, Service::Output, more.round()));
    }
    for profile in others.by_ref().take(2) {
        let used = profile.limits[Service::DataRecords as usize] * 0.4;
        assert!(tagoio.use_service(&profile.id, Service::DataRecords, used.round()));
    }
    let ids: Vec<String> = others.take(6).map(|profile| profile.id.clone()).collect();
    tagoio.change(|world| {
        for (index, id) in ids.iter().enumerate() {
            let profile = world.profile_mut(id).unwrap();
            match index {
                0 | 1 => drop(profile.team.pop()),
                2 | 3 => drop(profile.tokens.pop()),
                4 => profile.name.push_str(" (moving)"),
                _ => profile.limits[Service::Input as usize] *= 0.8,
            }
        }
    });
}
