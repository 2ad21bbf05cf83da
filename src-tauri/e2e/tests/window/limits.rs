//! A limit is typed in the real window beside what its account has, reviewed, and stands at TagoIO; a picture file is
//! chosen in the system's dialog and uploaded by Rust.

use e2e::{App, Hands};
use sim::Running;
use sim::world::Service;

use crate::begin;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and what makes a logo";

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
    let session = begin::desktop();
    let tagoio = begin::tagoio(24, 1).await;
    let id = {
        let world = tagoio.world();
        let account = tagoio.tokens()[0].account.clone();
        let mut own = world.owned_by(&account);
        let has_some =
            |profile: &&sim::world::Profile| profile.limits[Service::Input as usize] > 1_000.0;
        own.find(has_some).unwrap().id.clone()
    };
    let before = limit(&tagoio, &id);
    let app = begin::synced(&session, &tagoio).await;
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
    Hands::in_session(&session)
        .name_file("Open", &file)
        .unwrap();
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
