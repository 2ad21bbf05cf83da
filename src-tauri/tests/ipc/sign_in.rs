//! Signing in by e-mail and password, as the page asks for it step by step.

use desk::{Desk, Options};
use profile_desk::Opening;
use serde_json::{Value, json};

use super::{OUR_PAGE, Shell, call};

const PASSWORD: &str = "hunter2 is long";

/// There is no keychain here, so the last step, which keeps a token, is left to the tests of the real window.
#[test]
fn the_steps_of_a_sign_in_go_on_by_its_number_until_it_is_let_go_of() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let simulator = sim::Simulator::start(sim::Options {
        profiles: 8,
        accounts: 2,
        ..sim::Options::default()
    });
    let sim = runtime.block_on(simulator).unwrap();
    let (email, pin) = sim.change(|world| {
        // The second one's second factor is the authenticator app.
        let account = &mut world.accounts[1];
        PASSWORD.clone_into(&mut account.password);
        (account.email.clone(), account.pin.clone())
    });
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new(folder.path().join("data"));
    let shell = Shell::with(folder, Opening::new(Desk::open(options)));
    let main = shell.window("main");
    let ask = |command: &str, arguments: Value| call(&main, OUR_PAGE, command, &arguments);
    let begin = |password: &str| {
        let arguments = json!({
            "region": sim.base_url(), "email": email, "password": password, "renews": null,
        });
        ask("sign_in_begin", arguments)
    };

    let refused = begin("a guess").unwrap_err();
    assert_eq!(refused["code"], "rejected", "{refused}");
    assert!(!refused.to_string().contains("a guess"));
    let first = begin(PASSWORD).unwrap();
    assert_eq!(first[1]["step"], "pin", "{first}");
    assert!(!first.to_string().contains(PASSWORD));
    let step = ask("sign_in_pin", json!({"number": first[0], "pin": "000"})).unwrap();
    assert_eq!(step["step"], "pin", "{step}");
    assert!(step["problem"]["message"].is_string(), "{step}");

    // Another one takes its place, with its password.
    let second = begin(PASSWORD).unwrap();
    assert_ne!(first[0], second[0]);
    let late = ask("sign_in_pin", json!({"number": first[0], "pin": pin})).unwrap_err();
    assert_eq!(late["code"], "cancelled", "{late}");
    let step = ask("sign_in_pin", json!({"number": second[0], "pin": pin})).unwrap();
    assert_eq!(step["step"], "profile", "{step}");
    assert!(!step["profiles"].as_array().unwrap().is_empty());

    ask("sign_in_end", json!({})).unwrap();
    let choice = json!({
        "label": "Acme", "profile": step["profiles"][0]["id"], "name": "Desk", "days": 90,
    });
    let over = ask(
        "sign_in_choose",
        json!({"number": second[0], "choice": choice}),
    )
    .unwrap_err();
    assert_eq!(over["code"], "cancelled", "{over}");
    let accounts = ask("accounts_list", json!({})).unwrap();
    assert_eq!(accounts, json!([]), "nothing was made of it");
}
