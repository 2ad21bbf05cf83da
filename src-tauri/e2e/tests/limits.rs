//! A limit is typed in the real window beside what its account has, reviewed, and stands at TagoIO; a picture file is
//! chosen in the system's dialog and uploaded by Rust.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in a test, a panic is the report"
)]

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use e2e::{App, Start};
use session::{Keyring, Session};
use sim::world::Service;
use sim::{Options, Running, Simulator};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and what makes a logo";

/// A program that stands for a person's hands, in the session of the window.
fn by_hand(session: &Session, arguments: &[&str]) -> String {
    let made = session
        .command("xdotool")
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}

/// The dialog that asks for a file to open, if it is there.
fn open_dialog(session: &Session) -> Option<String> {
    let found = by_hand(session, &["search", "--onlyvisible", "--name", "^Open"]);
    found.lines().last().map(str::to_owned)
}

/// Waits for something of the dialog for a while; `None` if it does not come.
fn within<T>(limit: Duration, look: impl Fn() -> Option<T>) -> Option<T> {
    let begun = Instant::now();
    loop {
        let found = look();
        if found.is_some() || begun.elapsed() > limit {
            return found;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Chooses a file in the dialog, until that has closed with it: the field for a path, which the first letter of one
/// opens, may come too late for those that follow.
fn choose(session: &Session, file: &Path) {
    let dialog = within(Duration::from_secs(30), || open_dialog(session));
    let dialog = dialog.expect("the dialog");
    for _ in 0..5 {
        by_hand(session, &["windowfocus", "--sync", &dialog]);
        by_hand(session, &["key", "ctrl+a"]);
        by_hand(session, &["type", file.to_str().unwrap()]);
        by_hand(session, &["key", "Return"]);
        let is_gone = || open_dialog(session).is_none().then_some(());
        if within(Duration::from_secs(3), is_gone).is_some() {
            return;
        }
    }
    panic!("the dialog did not take the file");
}

fn limit(tagoio: &Running, id: &str) -> f64 {
    tagoio.world().profile(id).unwrap().limits[Service::Input as usize]
}

/// Types a limit, once the form is there.
async fn type_limit(app: &App, text: &str) {
    let field = "dialog[open] input[aria-label=\"Limit of Data input\"]";
    app.wait_for(field).await.unwrap();
    let select = "document.querySelector(arguments[0]).select()";
    app.run::<()>(select, vec![field.into()]).await.unwrap();
    app.keys(field, text).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_typed_reviewed_and_stands_at_tagoio_and_a_logo_is_uploaded() {
    let session = Session::builder()
        .keyring(Keyring::Unlocked)
        .display(Some((1440, 900)))
        .start()
        .unwrap();
    let tagoio = Simulator::start(Options {
        profiles: 24,
        accounts: 1,
        ..Options::default()
    })
    .await
    .unwrap();
    let id = {
        let world = tagoio.world();
        let account = tagoio.tokens()[0].account.clone();
        let mut own = world.owned_by(&account);
        let has_some =
            |profile: &&sim::world::Profile| profile.limits[Service::Input as usize] > 1_000.0;
        own.find(has_some).unwrap().id.clone()
    };
    let before = limit(&tagoio, &id);
    let app = Start::new(&session, session.folder().join("desk"))
        .open()
        .await
        .unwrap();
    app.arrives("Harbour", &tagoio.base_url(), &tagoio.tokens()[0].token)
        .await
        .unwrap();
    app.search(&id, 1).await.unwrap();
    app.open_first().await.unwrap();
    app.wait_for("main h1 bdi").await.unwrap();

    app.press_within("main", "Change limits…").await.unwrap();
    type_limit(&app, "999999999999999").await;
    app.wait_for_text("dialog[open] [role=status]", "in all")
        .await
        .unwrap();
    app.picture("limits-too-much").await.unwrap();
    type_limit(&app, "1,000").await;
    app.wait_for("dialog[open] .actions button.primary:enabled")
        .await
        .unwrap();
    app.picture("limits").await.unwrap();
    assert!((limit(&tagoio, &id) - before).abs() < 1e-6);
    app.press_within("main", "Review…").await.unwrap();
    app.press_within("main", "Change the limits of 1 profile")
        .await
        .unwrap();
    app.wait_for_text("dialog[open] ~ dialog[open] p[role=status]", "1 done")
        .await
        .unwrap();
    assert!((limit(&tagoio, &id) - 1_000.0).abs() < 1e-6);
    app.press_within("main", "Close").await.unwrap();

    let file = session.folder().join("harbour.png");
    std::fs::write(&file, PNG).unwrap();
    app.press_within("main", "Pictures…").await.unwrap();
    app.wait_for("[role=dialog] form").await.unwrap();
    app.keys("[role=dialog] fieldset button", "\u{e007}")
        .await
        .unwrap();
    choose(&session, &file);
    app.wait_for_text("[role=dialog] fieldset", "harbour.png")
        .await
        .unwrap();
    app.press_within("main", "Review…").await.unwrap();
    app.press_within("main", "Change the pictures of 1 profile")
        .await
        .unwrap();
    app.wait_for_text("dialog[open] p[role=status]", "1 done")
        .await
        .unwrap();
    assert_eq!(tagoio.world().files[0].bytes, PNG);
    app.close().await.unwrap();
}
