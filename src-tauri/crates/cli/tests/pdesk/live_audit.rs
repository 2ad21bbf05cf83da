//! `pdesk audit --live`: TagoIO is asked, with every filter, and what came is printed.
#![allow(clippy::unwrap_used)] // helpers of tests

use serde_json::json;
use sim::{Fault, FaultKind};

use crate::bench::Bench;

const START: &str = "/profile/{id}/auditlog";

fn synced(bench: &Bench) -> String {
    assert_eq!(bench.run(&["sync"]).code, 0);
    let world = bench.sim.world();
    let account = &bench.sim.tokens()[0].account;
    world.owned_by(account).next().unwrap().id.clone()
}

fn day(bench: &Bench, back: i64) -> String {
    let now = bench.sim.clock().now();
    let at = now - jiff::SignedDuration::from_hours(24 * back);
    at.strftime("%Y-%m-%d").to_string()
}

#[test]
fn live_asks_week_by_week_prints_what_came_and_feeds_the_archive() {
    let bench = Bench::connected(8);
    let id = synced(&bench);
    assert_eq!(
        bench.json(&["audit", &id]).0,
        json!([]),
        "nothing is archived"
    );
    bench.sim.clear_requests();
    let from = day(&bench, 20);
    let (events, code) = bench.json(&["audit", &id, "--live", "--from", &from]);
    assert_eq!(code, 0, "{events}");
    let came = events.as_array().unwrap();
    assert!(came.len() > 5);
    let starts = bench.sim.requests().into_iter();
    let starts = starts.filter(|request| request.route == START).count();
    assert_eq!(starts, 3);
    let (archived, _) = bench.json(&["audit", &id]);
    // What is not settled yet is left to the archive.
    assert!(archived.as_array().unwrap().len() >= came.len() - 1);
    let text = bench.run(&["audit", &id, "--live", "--from", &from]);
    assert!(text.err.contains("in 3 of 3 queries"), "{text:?}");

    let csv = bench.session.folder().join("events.csv");
    let csv = csv.to_str().unwrap();
    let saved = bench.run(&["audit", &id, "--live", "--from", &from, "--csv", csv]);
    assert_eq!(saved.code, 0, "{saved:?}");
    let lines = std::fs::read_to_string(csv).unwrap().lines().count();
    assert_eq!(lines, came.len() + 1);
}

#[test]
fn live_sends_every_filter_and_says_where_the_plan_has_none() {
    let bench = Bench::connected(8);
    let id = synced(&bench);
    bench.sim.clear_requests();
    let from = day(&bench, 60);
    let how = ["--resource", "device", "--find", "edited", "--limit", "2"];
    let ask = ["audit", &id, "--live", "--from", &from];
    let (events, code) = bench.json(&[&ask[..], &how].concat());
    assert_eq!(code, 0, "{events}");
    let came = events.as_array().unwrap();
    assert_eq!(came.len(), 2, "{events}");
    for event in came {
        assert_eq!(event["resource"], json!("device"), "{event}");
        assert!(
            event["message"].as_str().unwrap().contains("edited"),
            "{event}"
        );
    }
    let path = &bench.sim.requests()[0].path;
    for part in ["resourceName=device", "find=edited", "limit=2"] {
        assert!(path.contains(part), "{part}: {path}");
    }
    bench
        .sim
        .change(|world| world.accounts[0].plan = sim::world::Plan::Free);
    let all = bench.run(&["sync", "--full"]);
    assert!(matches!(all.code, 0 | 5), "{all:?}");
    let (error, code) = bench.error(&["audit", &id, "--live", "--find", "x"], "");
    assert_eq!((code, error["code"].as_str()), (1, Some("not_permitted")));
    bench.sim.set_fault(Fault::new(FaultKind::Revoked));
    let (error, code) = bench.error(&["audit", &id, "--live"], "");
    assert_eq!((code, error["code"].as_str()), (3, Some("signed_out")));
}
