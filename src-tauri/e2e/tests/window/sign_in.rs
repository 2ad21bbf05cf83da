//! Signing in by e-mail and password in the window: an account is connected, and one that ended is renewed.

use std::collections::BTreeSet;

use e2e::{App, Start, Theme, find_traces};
use session::Session;
use sim::Running;

use crate::begin;

async fn begin() -> (Session, Running) {
    let session = begin::desktop();
    let tagoio = begin::tagoio(12, 3).await;
    (session, tagoio)
}

/// The e-mail address, password and PIN of an account.
fn secrets(tagoio: &Running, number: usize) -> (String, String, String) {
    let world = tagoio.world();
    let account = &world.accounts[number];
    (
        account.email.clone(),
        account.password.clone(),
        account.pin.clone(),
    )
}

async fn is_not_on_the_page(app: &App, secret: &str) {
    let script = "return document.documentElement.outerHTML.includes(arguments[0])
        || [...document.querySelectorAll('input')].some(({ value }) => value.includes(arguments[0]))";
    let found = app.run::<bool>(script, vec![secret.into()]).await.unwrap();
    assert!(!found, "a secret is on the page");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_and_a_pin_connect_an_account_whose_profiles_then_arrive() {
    let (session, tagoio) = begin().await;
    // Its PINs come by SMS, and each is good for one call.
    let (email, password, pin) = secrets(&tagoio, 2);
    let data = session.folder().join("desk");
    let app = Start::new(&session, &data)
        .theme(Theme::Dark)
        .open()
        .await
        .unwrap();
    app.go_to("Accounts").await.unwrap();
    app.type_into("label", "Harbour").await.unwrap();
    app.choose("region", "private").await.unwrap();
    app.type_into("url", &tagoio.base_url()).await.unwrap();
    app.press("E-mail and password").await.unwrap();
    app.type_into("email", &email).await.unwrap();
    app.type_into("password", "a guess").await.unwrap();
    app.press("Sign in").await.unwrap();
    let (_, text) = app.refusal().await.unwrap();
    assert!(text.to_lowercase().contains("password"), "{text}");
    assert_eq!(app.value_of("email").await.unwrap(), email);
    app.picture("sign-in-refused").await.unwrap();

    app.type_into("password", &password).await.unwrap();
    app.press("Sign in").await.unwrap();
    app.type_into("pin", "000").await.unwrap();
    is_not_on_the_page(&app, &password).await;
    app.press("Go on").await.unwrap();
    let (_, text) = app.refusal().await.unwrap();
    assert!(text.contains("PIN"), "{text}");
    app.picture("sign-in-pin").await.unwrap();
    app.press("Send again").await.unwrap();
    app.until("the refusal to go", async || {
        Ok(app.text("form [role=alert]").await?.is_none().then_some(()))
    })
    .await
    .unwrap();
    app.type_into("pin", &pin).await.unwrap();
    app.press("Go on").await.unwrap();
    app.wait_for("select[name=profile]").await.unwrap();
    app.picture("sign-in-profile").await.unwrap();
    app.press("Connect").await.unwrap();
    // The PIN was for the sign-in alone, and another one was sent for the token.
    app.type_into("pin", &pin).await.unwrap();
    app.press("Go on").await.unwrap();
    app.is_connected("Harbour").await.unwrap();
    is_not_on_the_page(&app, &password).await;
    is_not_on_the_page(&app, &pin).await;

    app.sync_ends().await.unwrap();
    let rows = app.fleet().await.unwrap();
    let shown: BTreeSet<String> = rows.iter().map(|row| row.name.trim().to_owned()).collect();
    let reached: BTreeSet<String> = {
        let world = tagoio.world();
        let account = &world.accounts[2].id;
        let visible = world.visible_to(account);
        visible
            .map(|profile| profile.name.trim().to_owned())
            .collect()
    };
    assert!(!reached.is_empty());
    assert_eq!(shown, reached);
    app.close().await.unwrap();
    let (found, searched) = find_traces(&password, &[session.folder()], &[]).unwrap();
    assert_eq!(found, []);
    assert!(searched > 20, "{searched} places");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_token_ended_is_renewed_and_keeps_what_it_had() {
    let (session, tagoio) = begin().await;
    let (_, password, _) = secrets(&tagoio, 0);
    let token = tagoio.tokens()[0].token.clone();
    let app = Start::new(&session, session.folder().join("desk"))
        .open()
        .await
        .unwrap();
    app.arrives("Acme", &tagoio.base_url(), &token)
        .await
        .unwrap();
    app.sync().await.unwrap();
    let before = app.fleet().await.unwrap().len();
    assert!(tagoio.revoke(&token));
    app.sync().await.unwrap();

    app.go_to("Accounts").await.unwrap();
    app.wait_for("[data-sign-in=signed_out]").await.unwrap();
    app.press("When tokens end").await.unwrap();
    app.wait_for("[data-end=ended] input").await.unwrap();
    app.picture("token-ended").await.unwrap();
    app.click("[data-end=ended] input").await.unwrap();
    app.press("Renew 1 token…").await.unwrap();
    app.wait_for("dialog[open]").await.unwrap();
    app.type_into("password", &password).await.unwrap();
    app.press("Sign in").await.unwrap();
    app.wait_for("dialog select[name=profile]").await.unwrap();
    app.picture("renew-profile").await.unwrap();
    is_not_on_the_page(&app, &password).await;
    app.press("Renew").await.unwrap();
    app.wait_for_text("dialog h2", "1 token renewed")
        .await
        .unwrap();
    app.picture("renewed").await.unwrap();
    app.press_within("dialog", "Close").await.unwrap();
    app.wait_for("[data-end=ends]").await.unwrap();

    app.press("Accounts").await.unwrap();
    app.wait_for("[data-sign-in=signed_in]").await.unwrap();
    let said = app.sync().await.unwrap();
    assert!(!said.contains("failed"), "{said}");
    assert_eq!(app.fleet().await.unwrap().len(), before);
    app.close().await.unwrap();
}
