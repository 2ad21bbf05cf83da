//! The window in the languages that a desktop, a terminal and a bare server set.

use e2e::{Start, Theme};
use session::Session;

#[tokio::test(flavor = "multi_thread")]
async fn the_window_renders_in_every_language_that_webkit_reports() {
    let session = Session::builder()
        .display(Some((1280, 800)))
        .start()
        .unwrap();
    for (language, theme) in [
        ("C", Theme::Light),
        ("C.UTF-8", Theme::Dark),
        ("en_US.UTF-8", Theme::Light),
    ] {
        let data = session.folder().join(format!("desk-{language}"));
        let app = Start::new(&session, &data)
            .theme(theme)
            .variable("LANG", language)
            .variable("LC_ALL", language)
            .open()
            .await
            .unwrap();
        app.is_empty().await.unwrap();
        let welcome = format!("welcome-{}-{language}", theme.name());
        app.picture(&welcome).await.unwrap();
        app.press("Connect an account").await.unwrap();
        app.wait_for_text("main h1", "Accounts").await.unwrap();
        app.wait_for_text("main footer", &data.display().to_string())
            .await
            .unwrap();
        app.close().await.unwrap();
    }
}
