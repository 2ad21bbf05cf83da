//! Profiles made and deleted from a terminal.
#![allow(clippy::unwrap_used)] // helpers of tests

use serde_json::json;
use sim::{Fault, FaultKind};

use crate::bench::{Bench, ended};

/// The ids and names of the profiles that the account owns.
fn owned(bench: &Bench) -> Vec<(String, String)> {
    let account = bench.sim.tokens()[0].account.clone();
    let world = bench.sim.world();
    let own = world.owned_by(&account);
    own.map(|profile| (profile.id.clone(), profile.name.clone()))
        .collect()
}

fn named(bench: &Bench, name: &str) -> usize {
    let own = owned(bench);
    own.iter().filter(|(_, own)| own == name).count()
}

#[test]
fn a_profile_is_deleted_only_where_its_name_is_typed_and_the_password_is_right() {
    let bench = Bench::connected(8);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let (id, name) = owned(&bench).remove(0);
    let delete = ["profile", "delete", &id, "--yes", "--password-stdin"];
    let with = |confirm: &[&str], password: &str| {
        let args = [&delete[..], confirm].concat();
        ended(bench.command(&args), password)
    };
    let password = bench.sim.world().accounts[0].password.clone();
    let (shown, code) = bench.json(&["profile", "delete", &id, "--dry-run"]);
    assert_eq!((code, &shown["needs_proof"]), (0, &json!(true)), "{shown}");
    let untyped = with(&[], &password);
    assert_eq!(untyped.code, 2, "--yes is no name: {untyped:?}");
    assert!(untyped.err.contains("--confirm"), "{untyped:?}");
    let other = with(&["--confirm", "Another"], &password);
    assert_eq!(other.code, 2, "{other:?}");
    let wrong = with(&["--confirm", &name], "wrong\n");
    assert_eq!(wrong.code, 1, "{wrong:?}");
    let is_there = || bench.sim.world().profile(&id).is_some();
    assert!(is_there());
    let gone = with(&["--confirm", &name], &password);
    assert_eq!(gone.code, 0, "{gone:?}");
    assert!(!is_there());
    let (rows, _) = bench.json(&["profile", "list"]);
    let row = rows
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["id"] == id.as_str());
    assert!(
        row.is_none_or(|row| !row["removed_at"].is_null()),
        "{row:?}"
    );
}

#[test]
fn profiles_are_made_by_name_or_by_file_each_row_shown_before_and_told_after() {
    let bench = Bench::connected(8);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let taken = owned(&bench).remove(0).1;
    let bearing_it = named(&bench, &taken);
    let one = ["profile", "create", "Pier 4", "--account", "Acme"];
    assert_eq!(bench.run(&one).code, 2, "nobody can say yes");
    let made = bench.run(&[&one[..], &["--free-resources", "--yes"]].concat());
    assert_eq!((made.code, named(&bench, "Pier 4")), (0, 1), "{made:?}");
    let again = bench.run(&[&one[..], &["--yes"]].concat());
    assert_eq!((again.code, named(&bench, "Pier 4")), (1, 1), "{again:?}");

    let file = bench.session.folder().join("profiles.csv");
    std::fs::write(
        &file,
        format!("name,account\nPier 5,Acme\n{taken},\nPier 6,\n"),
    )
    .unwrap();
    let from = ["profile", "create", "--from", file.to_str().unwrap()];
    let unnamed = bench.run(&[&from[..], &["--yes"]].concat());
    assert_eq!(unnamed.code, 2, "{unnamed:?}");
    assert!(
        unnamed
            .err
            .contains("profiles.csv, line 3: it names no account"),
        "{unnamed:?}"
    );
    let all = [&from[..], &["--account", "Acme"]].concat();
    let (shown, code) = bench.json(&[&all[..], &["--dry-run"]].concat());
    assert_eq!(
        (code, shown["rows"].as_array().unwrap().len()),
        (5, 3),
        "{shown}"
    );
    assert_eq!(named(&bench, "Pier 5"), 0, "a dry run makes none");
    // The answer to the first is lost.
    let lost = Fault::new(FaultKind::Lost).on("POST /profile/");
    bench.sim.set_fault(lost);
    let (some, code) = bench.json(&[&all[..], &["--yes"]].concat());
    bench.sim.clear_faults();
    assert_eq!(code, 5, "{some}");
    let results: Vec<&str> = some["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["result"].as_str().unwrap())
        .collect();
    assert_eq!(results, ["done", "refused", "done"]);
    let batch = some["batch"].to_string();
    assert_eq!(bench.run(&["retry", &batch, "--yes"]).code, 0);
    assert_eq!((named(&bench, "Pier 5"), named(&bench, "Pier 6")), (1, 1));
    assert_eq!(named(&bench, &taken), bearing_it);
}
