//! Tokens made and revoked from a terminal: where a value goes, and what is left if an answer is lost.
#![allow(clippy::unwrap_used)] // helpers of tests

use serde_json::{Value, json};
use sim::{Fault, FaultKind};

use crate::bench::{Bench, Ended, ended, files_with};

/// A profile that the account owns, synced.
fn owned(bench: &Bench) -> String {
    assert_eq!(bench.run(&["sync"]).code, 0);
    let world = bench.sim.world();
    let account = &bench.sim.tokens()[0].account;
    world.owned_by(account).next().unwrap().id.clone()
}

/// The values of a profile's tokens of a name, at TagoIO.
fn values(bench: &Bench, id: &str, name: &str) -> Vec<String> {
    let world = bench.sim.world();
    let tokens = world.profile(id).unwrap().tokens.iter();
    let named = tokens.filter(|token| token.name == name);
    named.map(|token| token.token.clone()).collect()
}

/// Runs with the account's password on standard input, and a PIN after it if there is one.
fn with_password(bench: &Bench, args: &[&str], pin: &str) -> Ended {
    let password = bench.sim.world().accounts[0].password.clone();
    let args = [args, &["--password-stdin", "--yes"]].concat();
    ended(bench.command(&args), &format!("{password}\n{pin}"))
}

fn create<'a>(id: &'a str, name: &'a str) -> [&'a str; 9] {
    [
        "token",
        "create",
        id,
        "--name",
        name,
        "--permission",
        "read",
        "--expires",
        "90d",
    ]
}

#[test]
fn a_new_tokens_value_goes_to_a_file_of_ones_own_that_was_not_there_and_nowhere_else() {
    let bench = Bench::connected(8);
    let id = owned(&bench);
    let file = bench.session.folder().join("ci.token");
    let path = file.to_str().unwrap();
    let args = [&create(&id, "CI")[..], &["--to", path]].concat();
    let (shown, code) = bench.json(&[&create(&id, "CI")[..], &["--dry-run"]].concat());
    assert_eq!((code, &shown["needs_proof"]), (0, &json!(true)), "{shown}");
    assert_eq!(
        bench.run(&create(&id, "CI")).code,
        2,
        "no place for a value"
    );
    let nobody = bench.run(&[&args[..], &["--yes"]].concat());
    assert_eq!(nobody.code, 2, "nobody to ask for the password: {nobody:?}");
    assert!(!file.exists(), "a file without a value is taken away");

    let made = with_password(&bench, &args, "");
    assert_eq!(made.code, 0, "{made:?}");
    let value = values(&bench, &id, "CI").remove(0);
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        format!("{value}\n")
    );
    let bits =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(bits & 0o777, 0o600);
    assert!(!format!("{made:?}").contains(&value));
    let again = with_password(
        &bench,
        &[&create(&id, "CI2")[..], &["--to", path]].concat(),
        "",
    );
    assert_eq!(again.code, 2, "{again:?}");
    assert!(again.err.contains("there already"), "{again:?}");
    assert_eq!(values(&bench, &id, "CI2"), [""; 0], "nothing was made");

    let printed = with_password(
        &bench,
        &[&create(&id, "CI3")[..], &["--print"]].concat(),
        "",
    );
    let value = values(&bench, &id, "CI3").remove(0);
    assert_eq!(printed.out, format!("{value}\n"), "{printed:?}");
    assert!(!printed.err.contains(&value));
    let password = bench.sim.world().accounts[0].password.clone();
    for secret in [value, password] {
        let found = files_with(bench.session.folder(), secret.as_bytes());
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn a_token_whose_answer_was_lost_is_found_and_revoked_by_an_undo() {
    let bench = Bench::connected(8);
    let id = owned(&bench);
    let file = bench.session.folder().join("ci.token");
    let args = [
        &create(&id, "CI")[..],
        &["--to", file.to_str().unwrap(), "--json"],
    ]
    .concat();
    let lost = Fault::new(FaultKind::Lost).on("POST /profile/{id}/token");
    bench.sim.set_fault(lost);
    let made = with_password(&bench, &args, "");
    bench.sim.clear_faults();
    assert_eq!(made.code, 1, "nobody has the value: {made:?}");
    let outcome: Value = serde_json::from_str(&made.out).unwrap();
    let row = &outcome["rows"][0];
    assert_eq!(
        (&row["result"], &outcome["token"]),
        (&json!("done"), &Value::Null)
    );
    assert!(row["message"].as_str().unwrap().contains("value was lost"));
    assert!(!file.exists());
    assert_eq!(values(&bench, &id, "CI").len(), 1);
    let batch = outcome["batch"].to_string();
    let retried = bench.run(&["retry", &batch, "--yes"]);
    assert_eq!(retried.code, 0, "{retried:?}");
    assert_eq!(values(&bench, &id, "CI").len(), 1, "it is not made twice");
    let undone = bench.run(&["undo", &batch, "--yes"]);
    assert_eq!(undone.code, 0, "{undone:?}");
    assert_eq!(values(&bench, &id, "CI"), [""; 0]);
}

#[test]
fn a_wrong_password_makes_nothing_and_a_second_factor_takes_a_pin() {
    let bench = Bench::connected(8);
    let id = owned(&bench);
    let args = [&create(&id, "CI")[..], &["--print"]].concat();
    let wrong = ended(
        bench.command(&[&args[..], &["--password-stdin", "--yes"]].concat()),
        "not-the-password\n",
    );
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(
        wrong.err.contains("password or the PIN is wrong"),
        "{wrong:?}"
    );
    assert!(!format!("{wrong:?}").contains("not-the-password"));
    let pin = bench.sim.change(|world| {
        world.accounts[0].otp = sim::world::Otp {
            email: true,
            ..sim::world::Otp::default()
        };
        world.accounts[0].pin.clone()
    });
    let without = with_password(&bench, &args, "");
    assert_eq!(without.code, 1, "{without:?}");
    assert_eq!(values(&bench, &id, "CI"), [""; 0]);
    let with = with_password(&bench, &args, &pin);
    assert_eq!(with.code, 0, "{with:?}");
    assert_eq!(with.out.trim_end(), values(&bench, &id, "CI")[0]);
}

#[test]
fn a_token_is_revoked_by_its_name_and_one_that_several_bear_is_not_guessed() {
    let bench = Bench::connected(8);
    let id = owned(&bench);
    for name in ["CI", "Other"] {
        let made = with_password(&bench, &[&create(&id, name)[..], &["--print"]].concat(), "");
        assert_eq!(made.code, 0, "{made:?}");
    }
    let revoke = ["token", "revoke", &id, "CI"];
    assert_eq!(bench.run(&revoke).code, 2, "nobody can say yes");
    let (shown, code) = bench.json(&[&revoke[..], &["--dry-run"]].concat());
    assert_eq!((code, &shown["undoable"]), (0, &json!(0)), "{shown}");
    let gone = bench.run(&[&revoke[..], &["--yes"]].concat());
    assert_eq!(gone.code, 0, "{gone:?}");
    assert_eq!(values(&bench, &id, "CI"), [""; 0]);
    assert_eq!(bench.run(&[&revoke[..], &["--yes"]].concat()).code, 1);
    bench.sim.change(|world| {
        let profile = world.profile_mut(&id).unwrap();
        for token in &mut profile.tokens {
            "Same".clone_into(&mut token.name);
        }
    });
    assert_eq!(bench.run(&["sync", "--fresh"]).code, 0);
    let many = bench.run(&["token", "revoke", &id, "Same", "--yes"]);
    assert_eq!(many.code, 2, "{many:?}");
    assert!(many.err.contains("fingerprint"), "{many:?}");
}

#[test]
fn an_accounts_own_token_is_moved_with_a_word_of_what_that_means_and_back_by_an_undo() {
    let bench = Bench::connected(8);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let account = bench.sim.tokens()[0].account.clone();
    let value = bench.token(0);
    let home = || {
        let world = bench.sim.world();
        let mut own = world.owned_by(&account);
        let home = own.find(|one| one.tokens.iter().any(|token| token.token == value));
        home.unwrap().id.clone()
    };
    let before = home();
    let target = {
        let world = bench.sim.world();
        let mut own = world.owned_by(&account);
        own.find(|one| one.id != before).unwrap().id.clone()
    };
    let shown = bench.run(&["token", "move", &target, "--dry-run"]);
    assert!(shown.out.contains("data of both profiles"), "{shown:?}");
    assert_eq!(home(), before);
    let (moved, code) = bench.json(&["token", "move", &target, "--yes"]);
    assert_eq!((code, &moved["counts"]["done"]), (0, &json!(1)), "{moved}");
    assert_eq!(home(), target);
    let (ends, _) = bench.json(&["account", "expiries"]);
    assert_eq!(ends[0]["profile"], target.as_str(), "{ends}");
    assert_eq!(bench.run(&["sync", "--fresh"]).code, 0);
    let batch = moved["batch"].to_string();
    assert_eq!(bench.run(&["undo", &batch, "--yes"]).code, 0);
    assert_eq!(home(), before);
}
