//! The checks of this test find what they are for: each is shown a page with a fault in it.

use std::time::Duration;

use e2e::{App, Start};
use session::Session;

/// Puts an element into the screen, asks, and takes it away again.
async fn with(app: &App, make: &str, ask: impl AsyncFn(&App) -> Vec<String>) -> Vec<String> {
    let script = format!(
        "const element = document.createElement('div');
        element.id = 'fault';
        document.querySelector('main').append(element);
        {make}"
    );
    app.run::<()>(&script, vec![]).await.unwrap();
    let found = ask(app).await;
    let away = "document.getElementById('fault').remove()";
    app.run::<()>(away, vec![]).await.unwrap();
    found
}

fn tells(found: &[String], words: &[&str]) {
    let told = found
        .iter()
        .any(|line| words.iter().all(|word| line.contains(word)));
    assert!(told, "{words:?} is not in {found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cut_unnamed_or_wrong_on_a_screen_is_found() {
    let session = Session::builder()
        .display(Some((1440, 900)))
        .start()
        .unwrap();
    let app = Start::new(&session, session.folder().join("desk"))
        .open()
        .await
        .unwrap();
    app.watch().await.unwrap();

    let axe = async |app: &App| app.axe().await.unwrap();
    assert_eq!(axe(&app).await, [""; 0]);
    let unnamed = "element.append(document.createElement('button'))";
    tells(&with(&app, unnamed, axe).await, &["axe button-name"]);
    let faint = "element.textContent = 'faint'; element.style.color = '#bbb'";
    tells(&with(&app, faint, axe).await, &["axe color-contrast"]);
    let tiny = "for (const name of ['One', 'Two']) {
            const button = element.appendChild(document.createElement('button'));
            button.ariaLabel = name;
            button.style.cssText = 'width: 12px; height: 12px; padding: 0; border: 0; display: block';
        }";
    tells(&with(&app, tiny, axe).await, &["axe target-size"]);

    let cut = async |app: &App| app.cut().await.unwrap();
    assert_eq!(cut(&app).await, [""; 0]);
    let narrow = "element.textContent = 'Longer than its place';
        element.style.cssText = 'width: 4rem; overflow: hidden; white-space: nowrap; text-overflow: ellipsis'";
    tells(&with(&app, narrow, cut).await, &["Longer than", "across"]);
    let titled = format!("{narrow}; element.title = 'Longer than its place'");
    assert_eq!(with(&app, &titled, cut).await, [""; 0]);
    let scrolled = narrow.replace("overflow: hidden", "overflow: auto");
    assert_eq!(with(&app, &scrolled, cut).await, [""; 0]);
    let outside = "element.append(document.createElement('button'));
        element.firstChild.textContent = 'Below';
        element.style.cssText = 'position: fixed; top: 95vh; padding-top: 10vh'";
    tells(&with(&app, outside, cut).await, &["Below", "down"]);
    let wide = "element.textContent = 'Wide'; element.style.cssText = 'width: 200vw; height: 1rem'";
    tells(&with(&app, wide, cut).await, &["main is", "wider"]);

    assert_eq!(app.went_wrong().await.unwrap(), [""; 0]);
    let wrong = "element.innerHTML = '<img src=x onerror=alert(1)>';
        setTimeout(() => { throw new Error('thrown later'); });
        Promise.reject(new Error('nobody listens'));
        console.error('said aloud');
        alert('a dialog')";
    let later = async |app: &App| {
        // Errors come, and pictures do not, in their own time.
        tokio::time::sleep(Duration::from_millis(500)).await;
        app.went_wrong().await.unwrap()
    };
    let found = with(&app, wrong, later).await;
    for words in [
        "not loaded: <img",
        "against the policy: script-src",
        "thrown later",
        "nobody listens",
        "said aloud",
        "alert: a dialog",
    ] {
        tells(&found, &[words]);
    }
    app.close().await.unwrap();
}
