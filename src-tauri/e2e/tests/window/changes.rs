//! What is changed of a profile in the real window: its name, its tokens, its team, a new one, a deletion, and where
//! the account's own token belongs. Each is reviewed, and TagoIO's own state is looked at after it.

use e2e::{App, Start};
use sim::Running;

use crate::begin;

const NAME: &str = "Pier <i>West</i>";
const NEW: &str = "Pier 9";
const TOKEN: &str = "Crane gateway";
const PERSON: &str = "eve@pier.example";
const FIELD: &str = "main form [data-focus-on-open]";

/// Leads a form that is filled in through its review, and waits until what was agreed to is done.
async fn carry_out(app: &App, agree: &str) {
    app.press_within("main", agree).await.unwrap();
    app.wait_for_text("dialog[open] p[role=status]", "1 done")
        .await
        .unwrap();
}

async fn close(app: &App) {
    app.press_within("dialog[@open]", "Close").await.unwrap();
    app.until("the review to be gone", async || {
        let open = "return document.querySelector('dialog[open]') === null";
        Ok(app.run::<bool>(open, vec![]).await?.then_some(()))
    })
    .await
    .unwrap();
}

async fn open(app: &App, words: &str) {
    app.search(words, 1).await.unwrap();
    app.open_first().await.unwrap();
    app.wait_for("main h1 bdi").await.unwrap();
}

fn name_upstream(tagoio: &Running, id: &str) -> Option<String> {
    Some(tagoio.world().profile(id)?.name.clone())
}

/// The profile that a token belongs to.
fn belongs_to(tagoio: &Running, token: &str) -> String {
    let world = tagoio.world();
    let account = tagoio.tokens()[0].account.clone();
    let has = |profile: &&sim::world::Profile| profile.tokens.iter().any(|one| one.token == token);
    world.owned_by(&account).find(has).unwrap().id.clone()
}

/// Invites somebody to the team of the profile that is open, and takes the invitation back.
async fn invite_and_take_back(app: &App, tagoio: &Running, id: &str) {
    let team = || tagoio.world().profile(id).unwrap().team.len();
    let before = team();
    app.press_within("main", "Team").await.unwrap();
    app.press_within("main", "Invite…").await.unwrap();
    app.keys(FIELD, PERSON).await.unwrap();
    app.press_within("main", "Review…").await.unwrap();
    carry_out(app, "Invite to the team of 1 profile").await;
    assert_eq!(team(), before + 1);
    close(app).await;
    let take_back =
        format!("//tr[contains(., '{PERSON}')]//button[normalize-space()='Take back…']");
    app.click_path(&take_back).await.unwrap();
    carry_out(app, "Remove from the team of 1 profile").await;
    assert_eq!(team(), before);
    close(app).await;
}

/// Makes a profile in the account, and deletes it.
async fn make_and_delete(app: &App, tagoio: &Running, account: &str, password: &str) {
    app.go_to("Accounts").await.unwrap();
    app.press_within("main", "New profile…").await.unwrap();
    app.keys(FIELD, NEW).await.unwrap();
    app.press_within("main", "Review…").await.unwrap();
    carry_out(app, "Make the profile").await;
    let new = {
        let world = tagoio.world();
        let mut owned = world.owned_by(account);
        owned.find(|one| one.name == NEW).unwrap().id.clone()
    };
    close(app).await;

    open(app, &new).await;
    app.press_within("main", "Delete…").await.unwrap();
    app.keys("dialog[open] .names input", NEW).await.unwrap();
    app.type_into("password", password).await.unwrap();
    carry_out(app, "Delete the profile").await;
    assert_eq!(name_upstream(tagoio, &new), None);
    close(app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_its_tokens_and_its_team_are_changed_in_the_window_and_stand_so_at_tagoio() {
    let session = begin::desktop();
    let tagoio = begin::tagoio(24, 1).await;
    let own = tagoio.tokens()[0].clone();
    let password = tagoio.world().accounts[0].password.clone();
    let home = belongs_to(&tagoio, &own.token);
    let id = {
        let world = tagoio.world();
        let mut others = world.owned_by(&own.account);
        others.find(|one| one.id != home).unwrap().id.clone()
    };
    let app = Start::new(&session, session.folder().join("desk"))
        .open()
        .await
        .unwrap();
    app.arrives("Harbour", &tagoio.base_url(), &own.token)
        .await
        .unwrap();

    open(&app, &id).await;
    app.press_within("main", "Rename").await.unwrap();
    app.keys("[aria-label=\"New name\"]", NAME).await.unwrap();
    app.press_within("main", "Review…").await.unwrap();
    carry_out(&app, "Rename 1 profile").await;
    assert_eq!(name_upstream(&tagoio, &id).as_deref(), Some(NAME));
    close(&app).await;
    app.wait_for_text("main h1", NAME).await.unwrap();

    app.press_within("main", "Tokens").await.unwrap();
    app.press_within("main", "New token…").await.unwrap();
    app.keys(FIELD, TOKEN).await.unwrap();
    app.press_within("main", "Review…").await.unwrap();
    app.type_into("password", &password).await.unwrap();
    carry_out(&app, "Make the token").await;
    app.press_within("main", "Copy the value").await.unwrap();
    app.wait_for_text("dialog[open] section", "Copied.")
        .await
        .unwrap();
    let made = || {
        let world = tagoio.world();
        let mut tokens = world.profile(&id).unwrap().tokens.iter();
        let made = tokens.find(|one| one.name == TOKEN);
        made.map(|one| one.token.clone())
    };
    let value = made().unwrap();
    let page = "return document.documentElement.outerHTML";
    let page: String = app.run(page, vec![]).await.unwrap();
    assert!(!page.contains(&value), "the page has the token's value");
    close(&app).await;

    let row = "[aria-label=\"Tokens of the profile\"] [role=row][id^=token-]";
    let filter = "[aria-label=\"Filter the profile's tokens\"]";
    app.keys(filter, "Crane").await.unwrap();
    app.wait_for_text(row, TOKEN).await.unwrap();
    app.click(row).await.unwrap();
    app.press_within("main", "Revoke…").await.unwrap();
    carry_out(&app, "Revoke the token").await;
    assert_eq!(made(), None);
    close(&app).await;

    invite_and_take_back(&app, &tagoio, &id).await;
    make_and_delete(&app, &tagoio, &own.account, &password).await;

    app.go_to("Accounts").await.unwrap();
    app.press_within("main", "Move token…").await.unwrap();
    app.keys(FIELD, "Pier").await.unwrap();
    app.click(&format!("main form option[value=\"{id}\"]"))
        .await
        .unwrap();
    app.press_within("main", "Review…").await.unwrap();
    carry_out(&app, "Move the token").await;
    assert_eq!(belongs_to(&tagoio, &own.token), id);
    close(&app).await;
    app.close().await.unwrap();
}
