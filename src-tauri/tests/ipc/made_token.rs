//! A token's value on its way from TagoIO to a person, past the page.

use std::sync::{Arc, Mutex};

use desk::{Desk, Options};
use profile_desk::{Desktop, Opening};
use serde_json::{Value, json};

use super::{OUR_PAGE, Shell, call};

#[test]
fn a_new_tokens_value_goes_to_the_clipboard_or_a_new_file_and_never_to_the_page() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let simulator = sim::Simulator::start(sim::Options {
        profiles: 4,
        ..sim::Options::default()
    });
    let sim = runtime.block_on(simulator).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("value.txt");
    let (copied, cleared) = (
        Arc::<Mutex<Vec<String>>>::default(),
        Arc::<Mutex<Vec<String>>>::default(),
    );
    let (target, clipboard, taken_off) = (file.clone(), copied.clone(), cleared.clone());
    let desktop = Desktop::with(
        move |_, _| std::future::ready(Ok(Some(target.clone()))),
        move |text| {
            clipboard.lock().unwrap().push(text);
            Ok(())
        },
        move |text| {
            taken_off.lock().unwrap().push(text.to_owned());
            Ok(())
        },
    );
    let options = Options {
        // In place of a keychain.
        environment_token: Some(model::Token::parse(&sim.tokens()[0].token).unwrap()),
        ..Options::new(folder.path().join("data"))
    };
    let account = desk::NewAccount {
        label: "Acme".to_owned(),
        region: sim.base_url(),
        token: sim.tokens()[0].token.clone().into(),
        keychain: false,
    };
    let desk = Opening::new(async move {
        let desk = Desk::open(options).await?;
        desk.connect(account).await?;
        desk.sync(desk::SyncRequest::default()).await?;
        Ok(desk)
    });
    let shell = Shell::on(folder, desk, desktop.clone());
    let main = shell.window("main");
    let ask = |command: &str, arguments: Value| call(&main, OUR_PAGE, command, &arguments);
    let (own, password) = {
        let world = sim.world();
        let account = world.account(&sim.tokens()[0].account).unwrap();
        let mut own = world.owned_by(&account.id);
        (own.next().unwrap().id.clone(), account.password.clone())
    };
    let fleet =
        json!({"query": {"filter": "", "sort": [], "trend": null, "offset": 0, "limit": 50}});
    let fleet = ask("fleet_page", fleet).unwrap();
    let rows = fleet["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == own.as_str()).unwrap();
    let change = json!({
        "kind": "create_token", "profile": row["key"], "name": "CI", "permission": "read", "expires_at": null,
    });
    let outcome = ask(
        "changes_carry_out",
        json!({
            "request": {"ask": "changes", "changes": [change]},
            "confirmation": {"protected_too": false}, "password": password, "pin": null,
        }),
    );
    let outcome = outcome.unwrap();
    assert_eq!(outcome["rows"][0]["made"], 0, "{outcome}");
    let value = {
        let world = sim.world();
        let mut tokens = world.profile(&own).unwrap().tokens.iter();
        let made = tokens.find(|token| token.name == "CI");
        made.unwrap().token.clone()
    };
    let made_row = json!({"batch": outcome["batch"], "row": 0});
    let answers = [
        outcome.clone(),
        ask("tokens_copy_made", made_row.clone()).unwrap(),
        ask("tokens_save_made", made_row.clone()).unwrap(),
        // The file is there by now.
        ask("tokens_save_made", made_row.clone()).unwrap_err(),
        ask("tokens_forget_made", made_row.clone()).unwrap(),
        ask("tokens_copy_made", made_row).unwrap_err(),
    ];
    assert!(
        answers
            .iter()
            .all(|answer| !answer.to_string().contains(&value))
    );
    assert_eq!(*copied.lock().unwrap(), [value.as_str()]);
    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(written, format!("{value}\n"));
    assert_eq!(answers[3]["code"], "invalid_input");
    assert_eq!(answers[5]["code"], "not_found");
    // As the program does at its end.
    desktop.clear_secret();
    desktop.clear_secret();
    assert_eq!(*cleared.lock().unwrap(), [value]);
}
