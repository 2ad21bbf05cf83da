//! Transfers to another account, from a terminal.
#![allow(clippy::unwrap_used)] // helpers of tests

use serde_json::json;

use crate::bench::Bench;

#[test]
fn a_transfer_is_checked_asked_for_and_listed_until_the_profile_is_gone() {
    let bench = Bench::connected(8);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let account = bench.sim.tokens()[0].account.clone();
    let id = {
        let world = bench.sim.world();
        world.owned_by(&account).next().unwrap().id.clone()
    };
    let transfer = |args: &[&str]| bench.json(&[&["profile", "transfer"][..], args].concat());
    let (look, code) = transfer(&["check", &id, "--destination", "new@owner.example"]);
    assert_eq!(code, 0, "{look}");
    let checks = look["checks"].as_array().unwrap().iter();
    let verdicts: Vec<_> = checks.map(|check| check["verdict"].clone()).collect();
    let expected = ["yes", "yes", "yes", "yes", "unknown", "unknown"];
    assert_eq!(verdicts, expected.map(|word| json!(word)));
    assert!(look["text"].as_str().unwrap().contains(&id));
    let (_, code) = transfer(&["check", &id, "--destination", "nobody"]);
    assert_eq!(code, 1, "something stands in the way");

    let (row, code) = transfer(&["asked", &id, "--destination", "new@owner.example"]);
    assert_eq!((code, &row["state"]), (0, &json!("waits")), "{row}");
    let number = row["key"].to_string();
    let (row, _) = transfer(&["ticket", &number, "T-1042"]);
    assert_eq!(row["ticket"], "T-1042");
    assert!(bench.sim.remove_profile(&id));
    assert_eq!(bench.run(&["sync", "--fresh"]).code, 0);
    let (rows, _) = transfer(&["list"]);
    assert_eq!(rows[0]["state"], "gone", "{rows}");
    let over = bench.run(&["profile", "transfer", "give-up", &number]);
    assert_eq!(over.code, 2, "{over:?}");
}
