//! What the window says when something is wrong: each message names what happened and what to do,
//! and nothing is stored.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use e2e::{Start, stored_secrets};
use session::{Keyring, Session};
use sim::{Fault, FaultKind, Options, Simulator};

use crate::begin;

const CLOSED: &str = "http://127.0.0.1:1";

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_connected_is_refused_with_its_reason_and_leaves_nothing() {
    let session = Session::builder()
        .keyring(Keyring::Unlocked)
        .display(Some((1280, 800)))
        .start()
        .unwrap();
    let tagoio = Simulator::start(Options::default()).await.unwrap();
    let url = tagoio.base_url();
    let token = tagoio.tokens()[0].token.clone();
    let app = Start::new(&session, session.folder().join("desk"))
        .open()
        .await
        .unwrap();

    let with_password = url.replace("http://", "http://user:password@");
    let long = "x".repeat(200);
    let wrong = "00000000-1111-4222-8333-444444444444";
    let spaced = format!("{token} {token}");
    let cases = [
        ("Acme", url.as_str(), wrong, "signed_out", "token"),
        (
            "Acme",
            CLOSED,
            token.as_str(),
            "offline",
            "cannot be reached",
        ),
        ("Acme", &url, &spaced, "invalid_input", "token"),
        ("Acme", &with_password, &token, "invalid_input", "region"),
        (
            "Acme",
            "http://example.com",
            &token,
            "invalid_input",
            "https",
        ),
        (&long, &url, &token, "invalid_input", "label"),
    ];
    for (label, url, token, code, word) in cases {
        app.connect(label, url, token).await.unwrap();
        let (said, text) = app.refusal().await.unwrap();
        assert_eq!(said, code, "{text}");
        assert!(text.to_lowercase().contains(word), "{text}");
        assert!(!text.contains(token), "{text}");
        assert_eq!(app.value_of("token").await.unwrap(), "");
        // Away and back, so that the next message is not taken for this one.
        app.go_to("Fleet").await.unwrap();
        app.is_empty().await.unwrap();
    }

    tagoio.set_fault(Fault::new(FaultKind::Html));
    app.connect("Acme", &url, &token).await.unwrap();
    let (code, text) = app.refusal().await.unwrap();
    assert_eq!(code, "not_the_api", "{text}");
    app.picture("refused").await.unwrap();
    tagoio.clear_faults();

    assert_eq!(
        app.text("section[aria-label=\"Connected accounts\"] .empty")
            .await
            .unwrap()
            .as_deref(),
        Some(
            "No account is connected yet. Paste a token or sign in, and the profiles that it reaches appear in the fleet."
        )
    );
    let stored = tokio::task::block_in_place(|| stored_secrets(&session)).unwrap();
    assert!(stored.is_empty());

    // And then it works.
    app.connect("Acme", &url, &token).await.unwrap();
    app.is_connected("Acme").await.unwrap();
    app.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_sign_in_again_and_never_offline() {
    let session = Session::builder()
        .keyring(Keyring::Unlocked)
        .display(Some((1280, 800)))
        .start()
        .unwrap();
    let tagoio = begin::tagoio(3, 1).await;
    let token = tagoio.tokens()[0].token.clone();
    let app = Start::new(&session, session.folder().join("desk"))
        .open()
        .await
        .unwrap();
    app.connect("Acme", &tagoio.base_url(), &token)
        .await
        .unwrap();
    app.is_connected("Acme").await.unwrap();
    app.sync().await.unwrap();
    let before = app.fleet().await.unwrap();
    assert_eq!(before.len(), 3);

    assert!(tagoio.revoke(&token));
    app.sync().await.unwrap();
    app.go_to("Accounts").await.unwrap();
    app.wait_for("[data-sign-in=signed_out]").await.unwrap();
    assert_eq!(app.text("[data-notice=offline]").await.unwrap(), None);
    app.picture("sign-in-again").await.unwrap();
    let after = app.fleet().await.unwrap();
    assert_eq!(
        after.iter().map(|row| &row.figures).collect::<Vec<_>>(),
        before.iter().map(|row| &row.figures).collect::<Vec<_>>()
    );
    app.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_the_window_says_what_to_start() {
    let session = Session::builder()
        .display(Some((1280, 800)))
        .start()
        .unwrap();
    let tagoio = Simulator::start(Options::default()).await.unwrap();
    let app = Start::new(&session, session.folder().join("desk"))
        .open()
        .await
        .unwrap();
    app.connect("Acme", &tagoio.base_url(), &tagoio.tokens()[0].token)
        .await
        .unwrap();
    let (code, text) = app.refusal().await.unwrap();
    assert_eq!(code, "vault_missing", "{text}");
    assert!(text.to_lowercase().contains("keyring"), "{text}");
    app.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_used_is_said_in_the_window() {
    let session = Session::builder()
        .display(Some((1280, 800)))
        .start()
        .unwrap();
    let in_the_way = session.folder().join("not a folder");
    fs::write(&in_the_way, "").unwrap();
    let app = Start::new(&session, in_the_way.join("desk"))
        .open()
        .await
        .unwrap();
    let text = app
        .wait_for_text("[data-code=store_failed]", "not a folder")
        .await
        .unwrap();
    assert!(text.contains("PROFILE_DESK_DATA_DIR"), "{text}");
    app.picture("store-failed").await.unwrap();
    app.close().await.unwrap();

    let data = session.folder().join("strange");
    fs::create_dir(&data).unwrap();
    let strange = data.join("profile-desk.db");
    fs::write(&strange, "no database at all".repeat(999)).unwrap();
    let app = Start::new(&session, &data).open().await.unwrap();
    app.wait_for_text(
        "[data-code=store_failed]",
        "profile-desk.db is not a database",
    )
    .await
    .unwrap();
    app.close().await.unwrap();
    let kept = fs::read_to_string(&strange).unwrap();
    assert!(
        kept.starts_with("no database at all"),
        "it was not ours to touch"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_on_the_same_folder_ends_at_once_and_another_folder_has_its_own() {
    let session = Session::builder()
        .display(Some((1280, 800)))
        .start()
        .unwrap();
    let first = Start::new(&session, session.folder().join("desk"));
    let mut again = first.command().unwrap();
    let app = first.open().await.unwrap();
    let mut again = again.stdout(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = again.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > Duration::from_secs(30) {
            again.kill().unwrap();
            panic!("the second start went on");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(status.success(), "{status}");
    app.is_empty().await.unwrap();

    let other = Start::new(&session, session.folder().join("other"))
        .open()
        .await
        .unwrap();
    other.is_empty().await.unwrap();
    other.close().await.unwrap();
    app.is_empty().await.unwrap();
    app.close().await.unwrap();
}
