//! Asking the API first: what is printed has just arrived, or nothing is printed.
#![allow(clippy::unwrap_used)] // helpers of tests

use serde_json::json;
use sim::{Fault, FaultKind};

use crate::bench::{Bench, ended};

fn first_profile(bench: &Bench) -> String {
    let (profiles, _) = bench.json(&["profile", "list"]);
    profiles[0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn live_shows_what_changed_upstream_and_without_it_nothing_is_asked() {
    let bench = Bench::connected(6);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let id = first_profile(&bench);
    bench.sim.rename_profile(&id, "Renamed");
    bench.sim.clear_requests();
    for args in [
        &["profile", "list"][..],
        &["profile", "info", &id],
        &["profile", "summary", &id],
    ] {
        assert_eq!(bench.run(args).code, 0);
    }
    assert_eq!(bench.sim.requests(), []);
    assert_ne!(bench.json(&["profile", "info", &id]).0["name"], "Renamed");

    let (info, code) = bench.json(&["profile", "info", &id, "--live"]);
    assert_eq!((code, &info["name"]), (0, &json!("Renamed")));
    let others = bench.sim.requests().into_iter();
    let others: Vec<_> = others
        .filter(|one| one.route.starts_with("/profile/{id}/") && !one.path.contains(&id))
        .collect();
    assert_eq!(others, [], "one profile is asked for, not the fleet");

    bench.sim.rename_profile(&id, "Once more");
    let (summary, code) = bench.json(&["profile", "summary", "Renamed", "--live"]);
    assert_eq!((code, &summary["name"]), (0, &json!("Once more")));
    bench.sim.rename_profile(&id, "In the list");
    let (list, code) = bench.json(&["profile", "list", "--live", "--search", "In the list"]);
    assert_eq!((code, &list[0]["id"]), (0, &json!(id)));
    assert_eq!(list.as_array().unwrap().len(), 1);
}

#[test]
fn what_cannot_be_fetched_is_said_with_its_code_and_no_stored_value_is_shown() {
    let bench = Bench::new(4);
    let (error, code) = bench.error(&["profile", "info", "nobody", "--live"], "");
    assert_eq!((code, error["code"].as_str()), (1, Some("not_found")));
    let shape = Fault::new(FaultKind::UnexpectedShape).on("/profile/{id}/summary");
    // Each has a bench of its own, since most of the time is pauses before repeats.
    std::thread::scope(|scope| {
        for (fault, exit, cause) in [
            (Fault::new(FaultKind::Drop), 4, "offline"),
            (Fault::new(FaultKind::Html), 4, "not_the_api"),
            (shape, 1, "rejected"),
            (Fault::new(FaultKind::Revoked), 3, "signed_out"),
        ] {
            scope.spawn(move || nothing_is_shown_under(fault, exit, cause));
        }
    });
}

fn nothing_is_shown_under(fault: Fault, exit: i32, cause: &str) {
    let bench = Bench::connected(6);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let id = first_profile(&bench);
    bench.sim.set_fault(fault);
    for args in [
        &["profile", "list", "--live"][..],
        &["profile", "info", &id, "--live"],
        &["profile", "summary", &id, "--live"],
    ] {
        let (error, code) = bench.error(args, "");
        assert_eq!(
            (code, error["code"].as_str()),
            (exit, Some(cause)),
            "{error}"
        );
        assert!(error["hint"].as_str().unwrap().contains("without --live"));
    }
    bench.sim.clear_faults();
    assert_eq!(bench.run(&["profile", "summary", &id]).code, 0);
}

#[test]
fn a_profile_that_is_gone_or_an_account_that_is_not_there_is_not_live() {
    let bench = Bench::new(6);
    let (error, code) = bench.error(&["profile", "list", "--live"], "");
    assert_eq!((code, error["code"].as_str()), (1, Some("not_found")));
    assert_eq!(bench.add("Acme", &bench.token(0)).code, 0);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let id = first_profile(&bench);
    assert!(bench.sim.remove_profile(&id));
    let (error, code) = bench.error(&["profile", "summary", &id, "--live"], "");
    assert_eq!((code, error["code"].as_str()), (1, Some("not_found")));
    assert_eq!(bench.run(&["profile", "summary", &id]).code, 0);
}

#[test]
fn an_account_without_a_stored_token_is_asked_with_the_environments() {
    let bench = Bench::new(4);
    let url = bench.sim.base_url();
    let with_token = |args: &[&str]| {
        let mut command = bench.command(args);
        command.env("PROFILE_DESK_TOKEN", bench.token(0));
        ended(command, "")
    };
    let add = ["account", "add", "--label", "Acme", "--region", &url];
    assert_eq!(with_token(&[&add[..], &["--no-keychain"]].concat()).code, 0);
    assert_eq!(with_token(&["profile", "list", "--live"]).code, 0);
    let (error, code) = bench.error(&["profile", "list", "--live"], "");
    assert_eq!((code, error["code"].as_str()), (3, Some("signed_out")));
}
