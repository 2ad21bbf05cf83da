//! Everything in the real window is shown larger by a key, and as large again when it is opened anew.

use e2e::{App, Start};

use crate::begin;

const LARGER: &str = "\u{e009}+\u{e009}";
const USUAL: &str = "\u{e009}0\u{e009}";

/// Waits until the window is so many of the page's own pixels wide.
async fn is_wide(app: &App, pixels: std::ops::RangeInclusive<i64>) {
    app.until("the page to have another size", async || {
        let width: i64 = app.run("return window.innerWidth", vec![]).await?;
        Ok(pixels.contains(&width).then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_shows_everything_larger_and_keeps_that() {
    let session = begin::desktop();
    let start = Start::new(&session, session.folder().join("desk"));
    let app = start.clone().open().await.unwrap();
    is_wide(&app, 1430..=1440).await;
    app.keys("body", LARGER).await.unwrap();
    app.keys("body", LARGER).await.unwrap();
    is_wide(&app, 1140..=1160).await;
    app.picture("larger").await.unwrap();
    app.close().await.unwrap();

    let app = start.open().await.unwrap();
    is_wide(&app, 1140..=1160).await;
    app.keys("body", USUAL).await.unwrap();
    is_wide(&app, 1430..=1440).await;
    app.close().await.unwrap();
}
