//! The plan of a sync: what it would ask for, without asking for it.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::collections::BTreeSet;
use std::time::Instant;

use serde_json::{Value, json};
use sim::{Fault, FaultKind};

use crate::bench::{Bench, ended};

fn plan(bench: &Bench, options: &[&str]) -> Value {
    let (plan, code) = bench.json(&[&["sync", "--plan"], options].concat());
    assert_eq!(code, 0, "{plan}");
    plan
}

fn operations(plan: &Value) -> &Vec<Value> {
    plan["operations"].as_array().unwrap()
}

/// How many operations of a plan are about a usage history, and how many are not.
fn histories(plan: &Value) -> (usize, usize) {
    let all = operations(plan);
    let is_history = |one: &&Value| one["dataset"].as_str().unwrap().starts_with("usage_by_");
    let history = all.iter().filter(is_history).count();
    (history, all.len() - history)
}

fn reasons(plan: &Value) -> BTreeSet<&str> {
    operations(plan)
        .iter()
        .map(|operation| operation["reason"].as_str().unwrap())
        .collect()
}

#[test]
fn a_plan_needs_neither_keychain_nor_token_and_sends_nothing() {
    let bench = Bench::connected(6);
    bench.sim.clear_requests();
    bench.session.freeze_keyring().unwrap();
    let began = Instant::now();
    let first = plan(&bench, &[]);
    let mut command = bench.command(&["sync", "--plan"]);
    command.env("PROFILE_DESK_TOKEN", "two words");
    let said = ended(command, "");
    assert!(
        began.elapsed().as_secs() < 5,
        "it waited for the frozen keychain"
    );
    bench.session.thaw_keyring().unwrap();
    assert_eq!(bench.sim.requests(), []);

    let datasets: Vec<&Value> = operations(&first)
        .iter()
        .map(|one| &one["dataset"])
        .collect();
    assert_eq!((datasets.len(), datasets[0]), (8, &json!("profiles")));
    for operation in operations(&first) {
        assert_eq!(operation["account"], "Acme");
        assert_eq!(operation["reason"], "never");
        assert_eq!(
            (&operation["profile"], &operation["fetched_at"]),
            (&json!(null), &json!(null))
        );
    }
    assert!(first["at"].is_string());
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
    assert!(said.out.contains("Operations: 8."), "{said:?}");
    assert!(said.out.contains("not known yet"), "{said:?}");
}

#[test]
fn after_a_sync_nothing_is_due_and_what_is_asked_for_is_planned_all_the_same() {
    let bench = Bench::connected(6);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let profiles = bench.json(&["profile", "list"]).0;
    let (count, id) = (
        profiles.as_array().unwrap().len(),
        profiles[0]["id"].as_str().unwrap(),
    );
    bench.sim.clear_requests();
    let all = 8 + 6 * count;
    let fresh = plan(&bench, &[]);
    assert_eq!(
        (operations(&fresh).len(), &fresh["fresh"]),
        (0, &json!(all))
    );
    let said = bench.run(&["sync", "--plan"]);
    assert!(said.out.starts_with("Nothing is due."), "{said:?}");
    let full = plan(&bench, &["--full"]);
    assert_eq!((operations(&full).len(), &full["fresh"]), (all, &json!(0)));
    assert_eq!(reasons(&full), ["asked"].into());
    // Of a history that is known there is nothing to ask for until the next hour.
    for options in [&["--fresh"][..], &["--fresh", "--account", "acme"]] {
        let everything = plan(&bench, options);
        let (history, others) = histories(&everything);
        assert_eq!(others, all - 2 * count, "{options:?}");
        assert_eq!(everything["fresh"], 2 * count - history, "{options:?}");
        assert_eq!(reasons(&everything), ["asked"].into());
    }

    let one = plan(&bench, &["--profile", id]);
    let (history, others) = histories(&one);
    assert_eq!((others, &one["fresh"]), (1 + 4, &json!(2 - history)));
    for operation in &operations(&one)[1..] {
        assert_eq!(operation["profile"], id);
        // What was refused was never fetched.
        let fetched = operation["fetched_at"].is_string();
        assert!(fetched || operation["dataset"] == "team", "{operation}");
    }
    let said = bench.run(&["sync", "--plan", "--profile", id]);
    let lines = said.out.lines().filter(|line| line.contains(id)).count();
    assert!((4..=6).contains(&lines), "{}", said.out);
    assert_eq!(bench.sim.requests(), []);

    let (error, code) = bench.error(&["sync", "--plan", "--account", "Nobody"], "");
    assert_eq!((code, error["code"].as_str()), (1, Some("not_found")));
}

#[test]
fn what_failed_is_planned_with_the_reason_and_is_what_the_next_sync_asks_for() {
    let bench = Bench::connected(6);
    let fault = Fault::new(FaultKind::UnexpectedShape).on("/profile/{id}/summary");
    bench.sim.set_fault(fault);
    assert_eq!(bench.run(&["sync"]).code, 5);
    bench.sim.clear_faults();
    let failed = plan(&bench, &[]);
    assert_eq!(reasons(&failed), ["failed"].into());
    let planned: BTreeSet<&str> = operations(&failed)
        .iter()
        .map(|one| one["profile"].as_str().unwrap())
        .collect();
    assert!(!planned.is_empty());

    bench.sim.clear_requests();
    assert_eq!(bench.run(&["sync"]).code, 0);
    let requests = bench.sim.requests();
    let asked: BTreeSet<&str> = requests
        .iter()
        .map(|one| one.path.split('/').nth(2).unwrap())
        .collect();
    assert_eq!(asked, planned);
    assert!(requests.iter().all(|one| one.route.ends_with("/summary")));
}
