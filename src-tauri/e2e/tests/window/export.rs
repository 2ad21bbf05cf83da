//! A table and a backup leave the window through the system's save dialog and the system's clipboard, and the window
//! comes back as large as it was left.

use e2e::{App, Hands, Start};
use session::{Keyring, Session};

use crate::begin;

const CONTROL_K: &str = "\u{e009}k\u{e000}";

async fn choose(app: &App, format: &str) {
    app.press_within("main", "Export").await.unwrap();
    app.wait_for("[role=menu]").await.unwrap();
    app.press_within("main", format).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fleet_is_saved_where_a_person_says_copied_and_found_by_letters() {
    let session = begin::desktop();
    let tagoio = begin::tagoio(24, 1).await;
    let app = begin::synced(&session, &tagoio).await;
    app.go_to("Fleet").await.unwrap();
    app.wait_for("[role=row][id]").await.unwrap();

    // Who closes the dialog is told nothing.
    let hands = Hands::in_session(&session);
    choose(&app, "Save as CSV …").await;
    hands.dismiss("Save as").unwrap();
    app.wait_for(".export > button[aria-disabled=false]")
        .await
        .unwrap();

    let file = session.folder().join("all of the fleet.csv");
    choose(&app, "Save as CSV …").await;
    hands.name_file("Save as", &file).unwrap();
    let told = app
        .wait_for_text(".export [role=status]", "Saved")
        .await
        .unwrap();
    assert!(told.contains("Saved 24 rows to"), "{told}");
    assert!(told.contains(file.to_str().unwrap()), "{told}");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("\u{feff}Profile,ID,"), "{text}");
    assert!(text.contains("\r\n"));

    choose(&app, "Copy to paste into a spreadsheet").await;
    app.wait_for_text(".export [role=status]", "Copied 24 rows")
        .await
        .unwrap();

    let name: String = app
        .run(
            "return document.querySelector('[role=row][id] [role=rowheader] bdi').textContent",
            vec![],
        )
        .await
        .unwrap();
    app.keys("[role=grid]", CONTROL_K).await.unwrap();
    app.keys("dialog [role=combobox]", &name).await.unwrap();
    app.wait_for_text("dialog [role=option][aria-selected=true] .name", &name)
        .await
        .unwrap();
    app.picture("palette").await.unwrap();
    app.keys("dialog [role=combobox]", "\u{e007}")
        .await
        .unwrap();
    app.wait_for_text("main h1", &name).await.unwrap();
    app.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_made_and_downloaded_to_the_file_that_a_person_names() {
    let session = begin::desktop();
    let tagoio = begin::tagoio(12, 1).await;
    let (id, password) = {
        let world = tagoio.world();
        let account = &tagoio.tokens()[0].account;
        let id = world.owned_by(account).next().unwrap().id.clone();
        (id, world.account(account).unwrap().password.clone())
    };
    tagoio.change(|world| world.profile_mut(&id).unwrap().backups.clear());
    let app = begin::synced(&session, &tagoio).await;
    app.go_to("Fleet").await.unwrap();
    app.search(&id, 1).await.unwrap();
    app.keys("[role=grid]", "\u{e011}\u{e007}").await.unwrap();
    app.keys("main a[href$=\"/backups\"]", "\u{e007}")
        .await
        .unwrap();
    app.wait_for_text("main", "TagoIO has no backup of this profile")
        .await
        .unwrap();

    app.press_within("main", "Back up now…").await.unwrap();
    app.wait_for("dialog[open] tbody tr, dialog[open] [role=row] + [role=row]")
        .await
        .unwrap();
    app.press_within("main", "Start the backup").await.unwrap();
    app.wait_for_text("dialog[open]", "1 done").await.unwrap();
    app.press_within("main", "Close").await.unwrap();
    app.wait_for("tr[data-backup=queued]").await.unwrap();
    // It takes TagoIO a minute and a half.
    tagoio.change(|world| {
        let backup = world.profile_mut(&id).unwrap().backups.last_mut().unwrap();
        backup.state = sim::world::BackupState::Completed;
    });
    app.press_within("main", "Ask TagoIO").await.unwrap();
    app.wait_for("tr[data-backup=completed]").await.unwrap();

    let file = session.folder().join("of today.backup");
    app.press_within("main", "Download…").await.unwrap();
    Hands::in_session(&session)
        .name_file("Save as", &file)
        .unwrap();
    app.wait_for_text("dialog[open]", file.to_str().unwrap())
        .await
        .unwrap();
    app.picture("download-backup").await.unwrap();
    app.keys(
        "dialog[open] input[type=password]",
        &format!("{password}\u{e007}"),
    )
    .await
    .unwrap();
    let told = app.wait_for_text("tr.told", "SHA-256").await.unwrap();
    assert!(
        told.contains("Its size is the one that TagoIO names"),
        "{told}"
    );
    app.picture("backup-saved").await.unwrap();
    let world = tagoio.world();
    let backup = world.profile(&id).unwrap().backups.last().unwrap();
    let whole = std::fs::read(&file).unwrap();
    assert!(whole == backup.bytes(0, backup.file_size), "it came whole");
    let headers = world.storage.requests[0].headers.join("\n");
    assert!(!headers.contains("token"), "{headers}");
    app.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_comes_back_as_large_as_it_was_left() {
    let session = Session::builder()
        .keyring(Keyring::Unlocked)
        .display(Some((1600, 1000)))
        .start()
        .unwrap();
    let data = session.folder().join("desk");
    let size = async |app: &App| -> (u32, u32) {
        app.run("return [innerWidth, innerHeight]", vec![])
            .await
            .unwrap()
    };
    let app = Start::new(&session, &data).open().await.unwrap();
    Hands::in_session(&session)
        .resize("Profile Desk", 1210, 790)
        .unwrap();
    app.until("the page to be as large as the window", async || {
        Ok((size(&app).await == (1210, 790)).then_some(()))
    })
    .await
    .unwrap();
    let kept = data.join("window/place.json");
    app.until("its place to be kept", async || {
        let text = std::fs::read_to_string(&kept).unwrap_or_default();
        Ok(text.contains("[1210,790]").then_some(()))
    })
    .await
    .unwrap();
    app.close().await.unwrap();

    let app = Start::new(&session, &data).open().await.unwrap();
    app.until("the window to come back as it was", async || {
        Ok((size(&app).await == (1210, 790)).then_some(()))
    })
    .await
    .unwrap();
    app.close().await.unwrap();
}
