//! Connecting accounts, listing them, forgetting them.

use serde_json::json;
use session::Keyring;

use crate::bench::{Bench, ended, files_with};

#[test]
fn an_account_is_added_listed_synced_and_forgotten() {
    let bench = Bench::new(8);
    let added = bench.add("Acme", &bench.token(0));
    assert_eq!(added.code, 0, "{added:?}");
    assert!(
        added.out.contains("Acme") && added.out.contains("pdesk sync"),
        "{added:?}"
    );

    let (accounts, _) = bench.json(&["account", "list"]);
    let owner = bench.sim.tokens()[0].clone();
    assert_eq!(accounts.as_array().unwrap().len(), 1);
    assert_eq!(accounts[0]["id"], owner.account);
    assert_eq!(accounts[0]["label"], "Acme");
    assert_eq!(accounts[0]["api"], bench.sim.base_url());
    assert_eq!(accounts[0]["signed_in"], true);
    assert_eq!(accounts[0]["last_sync_at"], json!(null));

    assert_eq!(bench.run(&["sync"]).code, 0);
    let (accounts, _) = bench.json(&["account", "list"]);
    assert!(accounts[0]["profiles"].as_u64().unwrap() > 0);
    assert!(accounts[0]["last_sync_at"].is_string());

    // Without a terminal there is nobody to ask.
    let (error, code) = bench.error(&["account", "remove", "acme"], "y\n");
    assert_eq!((code, error["code"].as_str()), (2, Some("usage")));
    assert!(error["hint"].as_str().unwrap().contains("--yes"), "{error}");
    let (forgotten, code) = bench.json(&["account", "remove", "acme", "--yes"]);
    assert_eq!((code, &forgotten["label"]), (0, &json!("Acme")));
    assert_eq!(bench.json(&["account", "list"]).0, json!([]));
    assert_eq!(bench.json(&["profile", "list"]).0, json!([]));
    bench.assert_sound();
}

#[test]
fn the_token_is_in_the_keychain_and_in_no_file_and_no_output() {
    let bench = Bench::connected(6);
    let token = bench.token(0);
    let bare = token.trim_start_matches("p-");
    let synced = bench.run(&["sync"]);
    let listed = bench.run(&["account", "list", "--json"]);
    for ended in [&synced, &listed] {
        assert!(!ended.out.contains(bare) && !ended.err.contains(bare));
    }
    assert_eq!(
        files_with(bench.session.folder(), bare.as_bytes()),
        Vec::<std::path::PathBuf>::new()
    );
    // It searched a log that says something.
    let log = std::fs::read_dir(bench.folder().join("logs"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    assert!(
        std::fs::read_to_string(log.path())
            .unwrap()
            .contains("started")
    );
    // The search itself finds what is there.
    std::fs::write(bench.folder().join("planted"), format!("x{bare}x")).unwrap();
    assert_eq!(files_with(bench.session.folder(), bare.as_bytes()).len(), 1);
}

#[test]
fn adding_an_account_again_replaces_its_token_and_keeps_the_rest() {
    let bench = Bench::connected(6);
    assert_eq!(bench.run(&["sync"]).code, 0);
    bench.sim.revoke(&bench.token(0));
    let (report, code) = bench.json(&["sync", "--fresh"]);
    assert_eq!(
        (code, &report["accounts"][0]["status"]),
        (3, &json!("signed_out"))
    );
    let (accounts, _) = bench.json(&["account", "list"]);
    assert_eq!(accounts[0]["signed_in"], false);
    let profiles = bench.json(&["profile", "list"]).0.as_array().unwrap().len();
    assert!(profiles > 0, "the store is read without a valid token");

    let token = bench.sim.change(|world| {
        let owner = world.accounts[0].id.clone();
        let profile = world.owned_by(&owner).next().unwrap();
        let now = world.started_at;
        profile
            .listed_tokens(now)
            .iter()
            .find(|one| one.permission == sim::world::Permission::Full && !one.is_expired(now))
            .map(|one| one.token.clone())
    });
    let Some(token) = token else {
        panic!("the simulator has no other token")
    };
    let added = bench.add("Acme", &token);
    assert_eq!(added.code, 0, "{added:?}");
    let (accounts, _) = bench.json(&["account", "list"]);
    assert_eq!(accounts.as_array().unwrap().len(), 1);
    assert_eq!(accounts[0]["signed_in"], true);
    assert_eq!(bench.run(&["sync", "--fresh"]).code, 0);
}

#[test]
fn a_label_that_another_account_has_is_refused_whatever_its_case() {
    let bench = Bench::connected(6);
    let url = bench.sim.base_url();
    let args = [
        "account",
        "add",
        "--label",
        "ACME",
        "--region",
        &url,
        "--token-stdin",
    ];
    let (error, code) = bench.error(&args, &bench.token(1));
    assert_eq!((code, error["code"].as_str()), (1, Some("label_taken")));
    assert_eq!(
        bench.json(&["account", "list"]).0.as_array().unwrap().len(),
        1
    );
}

#[test]
fn one_account_is_synced_alone_by_its_label_or_its_id() {
    let bench = Bench::connected(8);
    assert_eq!(bench.add("Norte", &bench.token(1)).code, 0);
    let id = bench.sim.tokens()[1].account.clone();
    for name in ["norte", &id] {
        let (report, code) = bench.json(&["sync", "--account", name]);
        let labels: Vec<_> = report["accounts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["label"])
            .collect();
        assert_eq!((code, labels), (0, vec![&json!("Norte")]));
    }
    let (error, code) = bench.error(&["sync", "--account", "Nobody"], "");
    assert_eq!((code, error["code"].as_str()), (1, Some("not_found")));
}

#[test]
fn without_a_keychain_the_error_says_what_to_start_and_no_keychain_works_from_the_environment() {
    let bench = Bench::with(6, Keyring::None);
    let url = bench.sim.base_url();
    let add = ["account", "add", "--label", "Acme", "--region", &url];
    let (error, code) = bench.error(&[&add[..], &["--token-stdin"]].concat(), &bench.token(0));
    assert_eq!((code, error["code"].as_str()), (1, Some("vault_missing")));
    assert!(error["hint"].is_string(), "{error}");
    assert_eq!(
        bench.json(&["account", "list"]).0,
        json!([]),
        "nothing is half connected"
    );

    let with_token = |args: &[&str], token: &str| {
        let mut command = bench.command(args);
        command.env("PROFILE_DESK_TOKEN", token);
        ended(command, "")
    };
    let added = with_token(&[&add[..], &["--no-keychain"]].concat(), &bench.token(0));
    assert_eq!(added.code, 0, "{added:?}");
    assert_eq!(bench.run(&["sync"]).code, 3, "no token is kept");
    assert_eq!(with_token(&["sync"], &bench.token(0)).code, 0);

    // Another account's token is noticed before anything is written.
    let before = bench.json(&["profile", "list"]).0;
    let refused = with_token(&["sync", "--fresh", "--json"], &bench.token(1));
    assert_ne!(refused.code, 0);
    assert!(refused.out.contains("PROFILE_DESK_TOKEN"), "{refused:?}");
    assert_eq!(bench.json(&["profile", "list"]).0, before);
    let refused = with_token(&["sync"], "two words");
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.contains("PROFILE_DESK_TOKEN") && !refused.err.contains("two words"),
        "{refused:?}"
    );
}

#[test]
fn a_locked_keychain_is_said_and_nothing_is_half_connected() {
    let bench = Bench::with(6, Keyring::Locked);
    let url = bench.sim.base_url();
    let args = [
        "account",
        "add",
        "--label",
        "Acme",
        "--region",
        &url,
        "--token-stdin",
    ];
    let (error, code) = bench.error(&args, &bench.token(0));
    assert_eq!((code, error["code"].as_str()), (1, Some("vault_locked")));
    assert_eq!(bench.json(&["account", "list"]).0, json!([]));
}

/// The e-mail address, and what standard input holds: the password and, with `pins`, so many times the PIN.
fn sign_in(bench: &Bench, number: usize, pins: usize) -> (String, String) {
    let world = bench.sim.world();
    let account = &world.accounts[number];
    let pins = format!("{}\n", account.pin).repeat(pins);
    (
        account.email.clone(),
        format!("{}\n{pins}", account.password),
    )
}

fn owned(bench: &Bench, number: usize) -> String {
    let world = bench.sim.world();
    let mut owned = world.owned_by(&world.accounts[number].id);
    owned
        .next()
        .map(|profile| profile.id.clone())
        .unwrap_or_default()
}

#[test]
fn accounts_are_connected_by_password_and_renewed_in_a_row_with_a_pin_where_one_is_wanted() {
    let bench = Bench::new(8);
    let url = bench.sim.base_url();
    for (number, label) in [(0, "Acme"), (1, "Norte")] {
        let (email, input) = sign_in(&bench, number, number);
        let profile = owned(&bench, number);
        let args = [
            "account",
            "add",
            "--label",
            label,
            "--region",
            &url,
            "--email",
            &email,
            "--profile",
            &profile,
            "--days",
            "10",
            "--password-stdin",
        ];
        let added = ended(bench.command(&args), &input);
        assert_eq!(added.code, 0, "{added:?}");
        let password = input.lines().next().unwrap();
        assert!(!added.out.contains(password) && !added.err.contains(password));
        assert_eq!(
            files_with(bench.session.folder(), password.as_bytes()),
            Vec::<std::path::PathBuf>::new()
        );
    }
    let (before, _) = bench.json(&["account", "list"]);
    let (ends, _) = bench.json(&["account", "expiries"]);
    assert_eq!(
        (&ends[0]["end"], &ends[1]["end"]),
        (&json!("ends"), &json!("ends"))
    );
    assert!(ends[0]["days"].as_i64() >= Some(9), "{ends}");
    let shown = bench.run(&["account", "expiries"]);
    assert!(shown.out.contains("ends in "), "{shown:?}");

    // Of two, the second's password is wrong: the first is renewed all the same.
    let args = [
        "account",
        "renew",
        "--all-expiring",
        "--password-stdin",
        "--json",
        "--profile",
    ];
    let profile = owned(&bench, 0);
    let (_, first) = sign_in(&bench, 0, 0);
    let partly = ended(
        bench.command(&[&args[..], &[&profile]].concat()),
        &format!("{first}wrong\n"),
    );
    assert_eq!(partly.code, 5, "{partly:?}");
    let (after, _) = bench.json(&["account", "list"]);
    assert_eq!(before[0]["id"], after[0]["id"]);
    assert!(before[0]["token_expires_at"].as_str() < after[0]["token_expires_at"].as_str());
    assert_eq!(before[1]["token_expires_at"], after[1]["token_expires_at"]);

    let (_, input) = sign_in(&bench, 1, 1);
    let profile = owned(&bench, 1);
    let args = [
        "account",
        "renew",
        "norte",
        "--password-stdin",
        "--profile",
        &profile,
    ];
    let renewed = ended(bench.command(&args), &input);
    assert_eq!(renewed.code, 0, "{renewed:?}");
    assert!(renewed.out.contains("Renewed “Norte”"), "{renewed:?}");
    let none = bench.run(&["account", "renew", "--all-expiring"]);
    assert!(none.out.contains("No account"), "{none:?}");
}

#[test]
fn a_wrong_password_is_refused_without_being_repeated_and_connects_nothing() {
    let bench = Bench::new(6);
    let (email, _) = sign_in(&bench, 0, 0);
    let url = bench.sim.base_url();
    let args = [
        "account",
        "add",
        "--label",
        "Acme",
        "--region",
        &url,
        "--email",
        &email,
        "--password-stdin",
    ];
    let (error, code) = bench.error(&args, "a-wrong-guess\n");
    assert_eq!(code, 1, "{error}");
    assert!(error["message"].as_str().unwrap().contains("password"));
    assert!(!error.to_string().contains("a-wrong-guess"), "{error}");
    assert_eq!(bench.json(&["account", "list"]).0, json!([]));
}
