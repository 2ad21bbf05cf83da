//! A customer is onboarded in the real window: typed once, reviewed, confirmed once, and handed over.

use e2e::{App, Start, Theme};

use crate::begin;

const NAME: &str = "Pier 4 <b>Nord</b>";
const CONTROL_V: &str = "\u{e009}v\u{e000}";
const PEOPLE: &str = "ada@pier.example, bo@pier.example";

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_onboarded_in_the_window_and_its_token_is_seen_by_nobody() {
    let session = begin::desktop();
    let data = session.folder().join("desk");
    let tagoio = begin::tagoio(24, 1).await;
    let account = tagoio.tokens()[0].clone();
    let password = tagoio.world().accounts[0].password.clone();

    let app = Start::new(&session, &data).open().await.unwrap();
    app.arrives("Harbour", &tagoio.base_url(), &account.token)
        .await
        .unwrap();
    app.go_to("Fleet").await.unwrap();
    type_customer(&app).await;
    app.picture("onboarding-form-light").await.unwrap();
    app.press("Review…").await.unwrap();
    app.wait_for_text("dialog[open]", "Make the token “Gateway”")
        .await
        .unwrap();
    app.type_into("password", &password).await.unwrap();
    app.picture("onboarding-review-light").await.unwrap();
    app.press("Onboard the customer").await.unwrap();
    app.wait_for_text("dialog[open]", "Page to hand over")
        .await
        .unwrap();
    app.press("Copy the value").await.unwrap();
    app.wait_for_text("dialog[open]", "7 of 7 steps done")
        .await
        .unwrap();
    app.picture("onboarding-done-light").await.unwrap();

    let value = {
        let world = tagoio.world();
        let made = world
            .owned_by(&account.account)
            .find(|profile| profile.name == NAME)
            .unwrap();
        assert_eq!(made.team.len(), 2);
        assert_eq!(made.tokens.len(), 1);
        made.tokens[0].token.clone()
    };
    let page = app.text("dialog[open]").await.unwrap().unwrap();
    assert!(page.contains(&value[value.len() - 4..]), "{page}");
    let seen = "return document.documentElement.outerHTML";
    let seen: String = app.run(seen, vec![]).await.unwrap();
    assert!(!seen.contains(&value), "the page has the token's value");
    let markup = "return document.querySelectorAll('dialog bdi *').length";
    assert_eq!(app.run::<usize>(markup, vec![]).await.unwrap(), 0);
    app.press("Close").await.unwrap();
    // What was copied is the value, as whoever pastes it gets it.
    let search = "[aria-label=\"Filter the fleet\"]";
    app.keys(search, CONTROL_V).await.unwrap();
    app.until("the value to be pasted", async || {
        let held = "return document.querySelector(arguments[0]).value";
        let held: String = app.run(held, vec![search.into()]).await?;
        Ok((held == value).then_some(()))
    })
    .await
    .unwrap();
    app.wait_for(search).await.unwrap().clear().await.unwrap();
    let row = |rows: Vec<e2e::Row>| rows.into_iter().find(|row| row.name == NAME);
    app.until("the new profile in the fleet", async || {
        Ok(row(app.fleet().await?))
    })
    .await
    .unwrap();
    app.close().await.unwrap();

    let app = Start::new(&session, &data)
        .theme(Theme::Dark)
        .open()
        .await
        .unwrap();
    app.go_to("Fleet").await.unwrap();
    type_customer(&app).await;
    app.picture("onboarding-form-dark").await.unwrap();
    app.press("Review…").await.unwrap();
    // The account has such a profile by now.
    app.wait_for_text("dialog[open]", "1 step would be refused")
        .await
        .unwrap();
    app.picture("onboarding-refused-dark").await.unwrap();
    app.close().await.unwrap();
}

async fn type_customer(app: &App) {
    app.press("Onboard…").await.unwrap();
    app.wait_for("dialog[open] option:nth-of-type(2)")
        .await
        .unwrap();
    app.type_into("profile-name", NAME).await.unwrap();
    app.type_into("logo", "https://pier.example/logo.png")
        .await
        .unwrap();
    app.type_into("people", PEOPLE).await.unwrap();
    app.click("dialog[open] input[name=token]").await.unwrap();
    app.type_into("token-name", "Gateway").await.unwrap();
    app.type_into("customer", "Pier").await.unwrap();
    app.type_into("note", "Calls on Mondays.").await.unwrap();
}
