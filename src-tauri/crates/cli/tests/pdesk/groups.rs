//! Groups and notes on a terminal: made, filled, filtered by, written to a file and read back.
#![allow(clippy::unwrap_used)] // helpers of tests

use serde_json::{Value, json};

use crate::bench::Bench;

fn listed(bench: &Bench, filter: &str) -> Vec<Value> {
    let (list, code) = bench.json(&["profile", "list", "--filter", filter]);
    assert_eq!(code, 0, "{list}");
    list.as_array().unwrap().clone()
}

#[test]
fn groups_narrow_lists_and_usage_and_go_through_a_file() {
    let bench = Bench::connected(8);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let all = listed(&bench, "");
    let id = |place: usize| all[place]["id"].as_str().unwrap();
    assert_eq!(bench.run(&["group", "create", "North"]).code, 0);
    let (made, _) = bench.json(&["group", "create", "Acme", "--kind", "customer"]);
    assert_eq!(made["kind"], "customer");
    let (added, code) = bench.json(&["group", "add", "north", id(0), id(1)]);
    assert_eq!((code, &added["changed"]), (0, &json!(2)));
    let filter = format!("-id:{}", id(0));
    let (added, _) = bench.json(&["group", "add", "Acme", "--filter", &filter]);
    assert_eq!(added["changed"], json!(all.len() - 1));
    assert_eq!(bench.run(&["note", id(0), "Call in March"]).code, 0);
    let (note, _) = bench.json(&["note", id(0)]);
    assert_eq!(note["note"], "Call in March");

    assert_eq!(listed(&bench, "group:north").len(), 2);
    assert_eq!(listed(&bench, "group:north customer:acme").len(), 1);
    assert_eq!(listed(&bench, "note:march")[0]["id"], id(0));
    let (usage, code) = bench.json(&["usage", "--all", "--group", "North", "--by", "month"]);
    assert_eq!((code, usage.as_array().unwrap().len()), (0, 2));

    let file = bench.folder().join("groups.csv");
    let file = file.to_str().unwrap();
    assert_eq!(bench.run(&["group", "export", file]).code, 0);
    assert_eq!(bench.run(&["group", "delete", "North", "--yes"]).code, 0);
    assert_eq!(listed(&bench, "group:north").len(), 0);
    let (report, code) = bench.json(&["group", "import", file]);
    assert_eq!(
        (code, &report["created"], &report["changed"]),
        (0, &json!(1), &json!(2))
    );
    assert_eq!(listed(&bench, "group:north").len(), 2);
    let (groups, _) = bench.json(&["group", "list"]);
    assert_eq!(groups.as_array().unwrap().len(), 3, "with the favourites");
}

#[test]
fn what_cannot_be_is_refused_with_words_and_changes_nothing() {
    let bench = Bench::connected(2);
    assert_eq!(bench.run(&["sync"]).code, 0);
    for (line, says) in [
        (
            &["profile", "list", "--filter", "colour:red"][..],
            "colour:",
        ),
        (&["group", "create", "a;b"], "semicolon"),
        (&["group", "add", "nowhere", "--filter", ""], "nowhere"),
        (&["group", "delete", "favourites", "--yes"], "favourites"),
        (&["group", "import", "/nonexistent.csv"], "/nonexistent.csv"),
        (&["note", "nobody"], "nobody"),
    ] {
        let ran = bench.run(line);
        assert_ne!(ran.code, 0, "{line:?}");
        assert!(ran.err.contains(says), "{line:?}: {}", ran.err);
    }
    // A deletion asks, and there is nobody to ask.
    assert_eq!(bench.run(&["group", "create", "North"]).code, 0);
    assert_eq!(bench.run(&["group", "delete", "North"]).code, 2);
    let (groups, _) = bench.json(&["group", "list"]);
    assert_eq!(groups.as_array().unwrap().len(), 2);
}
