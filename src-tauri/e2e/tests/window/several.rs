//! Several profiles in the real window, by what hands out or takes away: they are made from a file, get a token each,
//! are protected, and are deleted. TagoIO's own state is looked at after each.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use e2e::{App, Hands};
use sim::Running;

use crate::begin;

const NAMES: [&str; 2] = ["<b>Quay</b> 1", "Quay 2"];
const TOKEN: &str = "Quay gateway";
/// Ticks all that the filter leaves.
const TICK_ALL: &str = "\u{e009}a\u{e009}";

/// Agrees to what is reviewed, and waits until both are done.
async fn both(app: &App, agree: &str) {
    app.press_within("main", agree).await.unwrap();
    app.wait_for_text("dialog[open] p[role=status]", "2 done")
        .await
        .unwrap();
}

/// The ids of the new profiles at TagoIO.
fn upstream(tagoio: &Running) -> Vec<String> {
    let world = tagoio.world();
    let new = world.profiles.values();
    let new = new.filter(|one| NAMES.contains(&one.name.as_str()));
    new.map(|one| one.id.clone()).collect()
}

/// Makes both from a CSV file.
async fn make(app: &App, hands: Hands<'_>, folder: &std::path::Path) {
    let file = folder.join("new.csv");
    fs::write(&file, format!("name\n{}\n", NAMES.join("\n"))).unwrap();
    app.go_to("Accounts").await.unwrap();
    app.press_within("main", "New profiles…").await.unwrap();
    app.press_within("main", "Choose a file…").await.unwrap();
    hands.name_file("Open", &file).unwrap();
    both(app, "Make 2 profiles").await;
    app.press_within("dialog[@open]", "Close").await.unwrap();
}

/// Deletes both: the name of each is typed.
async fn delete(app: &App, password: &str) {
    app.press_within("main", "Delete…").await.unwrap();
    app.wait_for("dialog[open] .names label").await.unwrap();
    let shown = "return [...document.querySelectorAll('dialog[open] .names bdi')].map((one) => one.textContent)";
    let shown: Vec<String> = app.run(shown, vec![]).await.unwrap();
    assert_eq!(
        shown.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        BTreeSet::from(NAMES)
    );
    for (place, name) in shown.iter().enumerate() {
        let field = format!("dialog[open] .names label:nth-child({}) input", place + 1);
        app.keys(&field, name).await.unwrap();
    }
    app.type_into("password", password).await.unwrap();
    // They are protected.
    app.click("dialog[open] input[type=checkbox]")
        .await
        .unwrap();
    app.picture("delete-two").await.unwrap();
    both(app, "Delete 2 profiles").await;
    app.press_within("dialog[@open]", "Close").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn profiles_of_a_file_get_a_token_each_are_protected_and_deleted_and_stand_so_at_tagoio() {
    let session = begin::desktop();
    let tagoio = begin::tagoio(12, 1).await;
    let password = tagoio.world().accounts[0].password.clone();
    let app = begin::synced(&session, &tagoio).await;
    let hands = Hands::in_session(&session);
    make(&app, hands, session.folder()).await;
    let ids = upstream(&tagoio);
    assert_eq!(ids.len(), 2);

    app.search("Quay", 2).await.unwrap();
    app.keys("[role=grid]", TICK_ALL).await.unwrap();
    app.wait_for_text("section[aria-label=Selection]", "2 profiles selected")
        .await
        .unwrap();
    app.wait_until_still().await.unwrap();
    app.press_within("main", "New token…").await.unwrap();
    app.keys("main form [data-focus-on-open]", TOKEN)
        .await
        .unwrap();
    app.press_within("main", "Review…").await.unwrap();
    app.type_into("password", &password).await.unwrap();
    both(&app, "Make 2 tokens").await;
    let file = session.folder().join("tokens.csv");
    app.press_within("dialog[@open]", "Save them to a file…")
        .await
        .unwrap();
    hands.name_file("Save as", &file).unwrap();
    app.wait_for_text("dialog[open] section", "Saved as")
        .await
        .unwrap();
    app.picture("tokens-of-two").await.unwrap();
    let values: Vec<String> = {
        let world = tagoio.world();
        let tokens = ids
            .iter()
            .flat_map(|id| &world.profile(id).unwrap().tokens)
            .filter(|one| one.name == TOKEN);
        tokens.map(|one| one.token.clone()).collect()
    };
    assert_eq!(values.len(), 2);
    let written = fs::read_to_string(&file).unwrap();
    let page = "return document.documentElement.outerHTML";
    let page: String = app.run(page, vec![]).await.unwrap();
    for (id, value) in ids.iter().zip(&values) {
        assert!(written.contains(value) && written.contains(id), "{id}");
        assert!(!page.contains(value), "the page has a token's value");
    }
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    app.press_within("dialog[@open]", "Close").await.unwrap();

    app.press_within("main", "Protection…").await.unwrap();
    app.press_within("main", "Protect").await.unwrap();
    app.wait_for_text(
        "section[aria-label=Selection]",
        "2 profiles marked as protected",
    )
    .await
    .unwrap();
    delete(&app, &password).await;
    assert_eq!(upstream(&tagoio), Vec::<String>::new());
    accept(&app, &tagoio).await;
    app.close().await.unwrap();
}

/// Accepts the invitation to a stranger's profile, which then is in the fleet.
async fn accept(app: &App, tagoio: &Running) {
    let account = tagoio.tokens()[0].account.clone();
    let (name, id) = {
        let world = tagoio.world();
        let mut strange = world.profiles.values().filter(|one| {
            let mut team = one.team.iter();
            team.any(|member| member.id == account && !member.active)
        });
        let one = strange.next().unwrap();
        (one.name.clone(), one.id.clone())
    };
    app.go_to("Accounts").await.unwrap();
    app.press_within("main", "Invitations…").await.unwrap();
    app.wait_for_text("dialog[open] li", &name).await.unwrap();
    app.picture("invitations").await.unwrap();
    app.press_within("dialog[@open]", "Accept…").await.unwrap();
    app.press_within("main", "Accept the invitation")
        .await
        .unwrap();
    // The review stands above the list.
    app.wait_for_text("dialog[open] ~ dialog[open] p[role=status]", "1 done")
        .await
        .unwrap();
    let takes_part = {
        let world = tagoio.world();
        let mut team = world.profile(&id).unwrap().team.iter();
        team.any(|member| member.id == account && member.active)
    };
    assert!(takes_part);
    app.press_within("dialog[@open][2]", "Close").await.unwrap();
    app.wait_for_text("dialog[open] p[role=status]", "No invitation")
        .await
        .unwrap();
    app.press_within("dialog[@open]", "Close").await.unwrap();
    app.search(&id, 1).await.unwrap();
}
