//! What is done to several things at once in the real window: ticked profiles get a logo, ticked tokens are revoked.

use std::collections::BTreeSet;

use sim::Running;

use crate::begin;

const GRID: &str = "[role=grid]";
const ROW: &str = "[role=grid] [role=row][id]";
/// Ticks the first row and the second: Home, X, down, X.
const TICK_TWO: &str = "\u{e011}x\u{e015}x";
const LOGO: &str = "https://pier.example/logo.png";
/// Not the one that the account is reached with, which is in use right now.
const UNUSED: &str = "used:>1d";

fn tokens(tagoio: &Running) -> BTreeSet<String> {
    let world = tagoio.world();
    let all = world.profiles.values().flat_map(|one| &one.tokens);
    all.map(|one| one.token.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ticked_profiles_and_ticked_tokens_are_changed_together_and_stand_so_at_tagoio() {
    let session = begin::desktop();
    let tagoio = begin::tagoio(12, 1).await;
    let app = begin::synced(&session, &tagoio).await;
    app.go_to("Fleet").await.unwrap();
    app.wait_for(ROW).await.unwrap();
    app.keys(GRID, TICK_TWO).await.unwrap();
    // The bar grows by what they use together, and its buttons go up with it.
    app.wait_for("section[aria-label=Selection] dl")
        .await
        .unwrap();
    app.press_within("main", "Pictures…").await.unwrap();
    app.keys("main form [data-focus-on-open]", LOGO)
        .await
        .unwrap();
    app.picture("pictures-of-two").await.unwrap();
    app.press_within("main", "Review…").await.unwrap();
    app.press_within("main", "Change the pictures of 2 profiles")
        .await
        .unwrap();
    app.wait_for_text("dialog[open] p[role=status]", "2 done")
        .await
        .unwrap();
    let given = {
        let world = tagoio.world();
        let profiles = world.profiles.values();
        let given = profiles.filter(|one| one.logo_url.as_deref() == Some(LOGO));
        given.count()
    };
    assert_eq!(given, 2);
    app.press_within("dialog[@open]", "Close").await.unwrap();

    app.go_to("Tokens").await.unwrap();
    app.keys("[aria-label=\"Filter the tokens\"]", UNUSED)
        .await
        .unwrap();
    app.wait_for_text(".table [role=status]", "found")
        .await
        .unwrap();
    let before = tokens(&tagoio);
    app.keys(GRID, TICK_TWO).await.unwrap();
    let selected = "section[aria-label=Selection]";
    app.wait_for_text(selected, "2 tokens selected")
        .await
        .unwrap();
    app.picture("tokens-ticked").await.unwrap();
    app.press_within("section[@aria-label='Selection']", "Revoke…")
        .await
        .unwrap();
    app.press_within("main", "Revoke 2 tokens").await.unwrap();
    app.wait_for_text("dialog[open] p[role=status]", "2 done")
        .await
        .unwrap();
    let after = tokens(&tagoio);
    assert!(after.is_subset(&before));
    assert_eq!(before.len() - after.len(), 2);
    app.close().await.unwrap();
}
