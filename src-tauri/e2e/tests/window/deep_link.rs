//! A link to a profile or a screen, given as an argument, opens the window there; one that leads nowhere says so.

use std::process::Stdio;

use e2e::{App, Start};

use crate::begin;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_its_profile_at_the_start_and_in_a_window_that_is_open() {
    let session = begin::desktop();
    let data = session.folder().join("desk");
    let tagoio = begin::tagoio(6, 1).await;
    let ids: Vec<String> = tagoio.world().profiles.keys().cloned().collect();
    let of = |id: &str| format!("profile-desk://profile/{id}");

    let app = Start::new(&session, &data).open().await.unwrap();
    app.connect("Harbour", &tagoio.base_url(), &tagoio.tokens()[0].token)
        .await
        .unwrap();
    app.sync_ends().await.unwrap();
    app.close().await.unwrap();

    let start = Start::new(&session, &data);
    let app = start
        .clone()
        .argument("profile-desk://costs")
        .open()
        .await
        .unwrap();
    app.wait_for_text("main h1", "Costs").await.unwrap();
    app.close().await.unwrap();

    let app = start
        .clone()
        .argument(&format!("{}?tab=usage", of(&ids[0])))
        .open()
        .await
        .unwrap();
    app.wait_for_text("main header", &ids[0]).await.unwrap();
    app.wait_for("[data-chart] canvas").await.unwrap();
    app.picture("profile-usage").await.unwrap();

    // A second start hands its link to the window that is there, and ends.
    second(&start, &of(&ids[1]));
    app.wait_for_text("main header", &ids[1]).await.unwrap();
    app.press("Copy the profile id").await.unwrap();
    app.wait_for_text("main header", "copied").await.unwrap();

    second(&start, "profile-desk://fleet");
    app.wait_for("[role=grid] [role=row][id]").await.unwrap();
    second(&start, &of(&ids[1]));
    app.wait_for_text("main header", &ids[1]).await.unwrap();

    // What leads nowhere is said, and the window stays where it is.
    second(&start, &of("000000000000000000000000"));
    app.wait_for_text("[data-code=not_found]", "000000000000000000000000")
        .await
        .unwrap();
    stays_at(&app, &ids[1]).await;
    for bad in ["https://example.com/", "profile-desk://profile/../accounts"] {
        second(&start, bad);
        app.wait_for_text("[data-code=invalid_input]", "no link to a profile")
            .await
            .unwrap();
        stays_at(&app, &ids[1]).await;
    }
    app.close().await.unwrap();
}

fn second(start: &Start<'_>, link: &str) {
    let mut command = start.clone().argument(link).command().unwrap();
    let status = command.stdout(Stdio::null()).status().unwrap();
    assert!(status.success(), "{link}: {status}");
}

async fn stays_at(app: &App, id: &str) {
    let header = app.text("main header").await.unwrap().unwrap_or_default();
    assert!(header.contains(id), "{header}");
}
