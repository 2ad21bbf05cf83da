//! The pictures of the documentation: each screen in both themes, the same on every day.

use std::fs;
use std::path::{Path, PathBuf};

use e2e::Theme;
use sim::world::Service;
use sim::{Clock, Running};

use crate::desk::{Desk, Filling};
use crate::table::SCREENS;
use crate::walk::visit;

/// Where the pictures go.
const FOLDER: &str = "PROFILE_DESK_PICTURES";
/// The library that gives the programs another time.
const CLOCK: &str = "PROFILE_DESK_PICTURES_CLOCK";

/// What time it is in all of them, UTC.
const NOW: &str = "2026-05-20 09:02:00";
/// Screens that are pictured with a row selected, and what stands beside it.
const WITH_PANEL: [&str; 5] = ["fleet", "allocation", "costs", "tokens", "people"];
/// Home, then down: the first row of the costs is their sum.
const SECOND_ROW: &str = "\u{e011}\u{e015}";
/// Stands on the screens, as the region of an account.
const PORT: u16 = 48_080;

/// Run by `cargo xtask screenshots`, which says where the pictures go and which clock is used.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "makes the pictures of the documentation"]
async fn each_screen_is_pictured_in_both_themes() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let clock = std::env::var(CLOCK).unwrap();
    let variables = [
        ("LD_PRELOAD", clock),
        ("FAKETIME", NOW.to_owned()),
        // Pauses and waits are to go on as ever.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("TZ", "UTC".to_owned()),
    ];
    let now = format!("{}Z", NOW.replace(' ', "T"));
    let data = DataFolder::new();
    let desk = Desk::fill(Filling {
        profiles: 240,
        clock: Clock::at(now.parse().unwrap()),
        port: PORT,
        data: Some(data.path()),
        rename: "Harbor & Daughters <North>",
        meanwhile: a_day_goes_by,
        variables: &variables,
    })
    .await
    .unwrap();
    for theme in [Theme::Light, Theme::Dark] {
        let mut start = desk.start().theme(theme);
        for (name, value) in &variables {
            start = start.variable(name, value);
        }
        let app = start.open().await.unwrap();
        // How far the archive of the audit log has come is another on every day.
        for screen in SCREENS
            .iter()
            .filter(|screen| screen.name != "profile-audit")
        {
            visit(&app, screen, &desk.shown).await.unwrap();
            if WITH_PANEL.contains(&screen.name) {
                app.keys("[role=grid]", SECOND_ROW).await.unwrap();
                app.wait_for(".body.open").await.unwrap();
                // The ring around the table is for who works with the keyboard.
                let leave = "document.activeElement.blur()";
                app.run::<()>(leave, vec![]).await.unwrap();
            }
            app.wait_until_still().await.unwrap();
            let file = folder.join(format!("{}-{}.png", screen.name, theme.name()));
            fs::write(file, app.drawn().await.unwrap()).unwrap();
        }
        app.close().await.unwrap();
    }
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
