//! A person loses all access in the real window, and TagoIO has it so.

use e2e::{App, Start};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sim::Running;
use sim::world::{Member, Permission, Token};

use crate::begin;

const ADA: &str = "000000000000000000000ada";
const ENTER: &str = "\u{e007}";

/// Presses the button with this name in the dialog that is above all.
async fn press(app: &App, name: &str) {
    let focus = "
        const dialog = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document;
        const found = [...dialog.querySelectorAll('button')]
            .find((button) => button.innerText.trim().startsWith(arguments[0]) && !button.disabled);
        found?.focus();
        return found ? true : null";
    app.until(&format!("the button {name}"), async || {
        app.run::<Option<bool>>(focus, vec![json!(name)]).await
    })
    .await
    .unwrap();
    app.keys(":focus", ENTER).await.unwrap();
}

/// Ada is in two teams, and made a token that is in use and one that is not. Gives the two profiles.
fn let_in(tagoio: &Running) -> [String; 2] {
    let account = tagoio.tokens()[0].account.clone();
    let ago = |days: i64| Timestamp::now() - SignedDuration::from_hours(24 * days);
    let token = |name: &str, used: i64| Token {
        token: format!("p-0000000-{name}"),
        name: name.to_owned(),
        permission: Permission::Read,
        expires_at: None,
        last_authorization: Some(ago(used)),
        created_at: ago(200),
        created_by: ADA.to_owned(),
        ref_id: String::new(),
        serie_number: None,
    };
    tagoio.change(|world| {
        let own = world.owned_by(&account).map(|profile| profile.id.clone());
        let profiles: Vec<String> = own.take(2).collect();
        for (id, active) in profiles.iter().zip([true, false]) {
            let profile = world.profile_mut(id).unwrap();
            profile.created_at = ago(0);
            profile.team = vec![Member {
                id: ADA.to_owned(),
                name: "Ada Kern".to_owned(),
                email: "ada@example.com".to_owned(),
                active,
                created_at: ago(2),
            }];
        }
        world.add_token(&profiles[0], token("Gateway", 1));
        world.add_token(&profiles[0], token("Archive", 90));
        profiles.try_into().unwrap()
    })
}

/// Whether Ada is in a team, and her tokens of the profile.
fn upstream(tagoio: &Running, profile: &str) -> (bool, Vec<String>) {
    let world = tagoio.world();
    let profile = world.profile(profile).unwrap();
    let made = profile.tokens.iter();
    let made = made.filter(|token| token.created_by == ADA);
    let in_team = profile.team.iter().any(|member| member.id == ADA);
    (in_team, made.map(|token| token.name.clone()).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_off_boarded_and_is_gone_at_tagoio_but_for_a_token_that_is_in_use() {
    let session = begin::desktop();
    let tagoio = begin::tagoio(8, 1).await;
    let [one, other] = let_in(&tagoio);
    let app = Start::new(&session, session.folder().join("desk"))
        .open()
        .await
        .unwrap();
    let token = tagoio.tokens()[0].token.clone();
    app.arrives("Acme", &tagoio.base_url(), &token)
        .await
        .unwrap();
    app.sync().await.unwrap();
    app.go_to("People").await.unwrap();
    app.keys("[aria-label=\"Filter the persons\"]", "ada@example.com")
        .await
        .unwrap();
    app.wait_for_text(".table [role=status]", "1 found")
        .await
        .unwrap();
    app.keys("[role=grid]", "\u{e011}\u{e015}").await.unwrap();
    press(&app, "Off-board").await;
    app.wait_for_text("dialog[open] h2", "Ada Kern")
        .await
        .unwrap();
    press(&app, "Review 3 changes").await;
    press(&app, "Make 3 changes").await;
    app.wait_for_text("dialog[open]:last-of-type [role=status]", "3 done")
        .await
        .unwrap();
    press(&app, "Close").await;
    let report = app
        .wait_for_text("[aria-label=Report]", "replace it")
        .await
        .unwrap();
    assert!(report.contains("Gateway"), "{report}");
    assert_eq!(upstream(&tagoio, &one), (false, vec!["Gateway".to_owned()]));
    assert_eq!(upstream(&tagoio, &other), (false, Vec::new()));
    app.picture("offboarded").await.unwrap();
    app.close().await.unwrap();
}
