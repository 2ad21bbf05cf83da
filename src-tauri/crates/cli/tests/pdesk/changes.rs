//! The change log on a terminal: what was seen to change, in words and in JSON.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use sim::world::Service;

use crate::bench::{Bench, ended};

fn changes(bench: &Bench, options: &[&str]) -> Vec<Value> {
    let (changes, code) = bench.json(&[&["changes"], options].concat());
    assert_eq!(code, 0, "{changes}");
    changes.as_array().unwrap().clone()
}

fn kinds(changes: &[Value]) -> Vec<&str> {
    changes
        .iter()
        .map(|change| change["kind"].as_str().unwrap())
        .collect()
}

/// What a profile is called whose name could do harm.
const HARMFUL: &str = "\u{1b}[2JPorto\u{202e}";

/// Syncs, has a profile renamed, then another limit and more use of it, and sees each. Returns the
/// profile as it was before.
fn changed(bench: &Bench) -> Value {
    assert_eq!(bench.run(&["sync"]).code, 0);
    let profiles = bench.json(&["profile", "list"]).0;
    // One whose inputs are far from their limit.
    let calm = profiles.as_array().unwrap().iter().find(|one| {
        let input = &one["services"]["input"];
        input["used"].as_f64().unwrap_or(1.0) < input["limit"].as_f64().unwrap_or(0.0) * 0.5
    });
    let profile = calm.unwrap().clone();
    let id = profile["id"].as_str().unwrap();
    let of = |what: &str| profile["services"]["input"][what].as_f64().unwrap();
    bench.sim.rename_profile(id, HARMFUL);
    assert_eq!(bench.run(&["sync", "--profile", id]).code, 0);
    // More than any profile of this world has, on whatever day it is made.
    bench.sim.set_limit(id, Service::Sms, 4_321.0);
    let more = of("limit") * 0.95 - of("used");
    bench.sim.use_service(id, Service::Input, more);
    assert_eq!(bench.run(&["sync", "--profile", id]).code, 0);
    profile
}

#[test]
fn a_first_fetch_changes_nothing() {
    let bench = Bench::connected(4);
    assert_eq!(bench.run(&["sync"]).code, 0);
    assert_eq!(changes(&bench, &[]), [] as [Value; 0]);
    let said = bench.run(&["changes"]).out;
    assert_eq!(said, "Nothing was seen to change.\n");
}

#[test]
fn changes_are_told_newest_first_with_what_was_and_what_is() {
    let bench = Bench::connected(6);
    let before = Timestamp::now();
    let profile = changed(&bench);

    let all = changes(&bench, &[]);
    assert_eq!(all.len(), 3, "{all:?}");
    assert_eq!(all[2]["kind"], "profile_renamed");
    let of = |kind: &str| all.iter().find(|one| one["kind"] == kind).unwrap();
    let renamed = of("profile_renamed");
    assert_eq!(
        (&renamed["old"], &renamed["new"], &renamed["subject"]),
        (&profile["name"], &json!(HARMFUL), &json!(null))
    );
    let sms = of("limit_changed");
    assert_eq!(
        (&sms["subject"], &sms["new"]),
        (&json!("sms"), &json!(4_321.0))
    );
    let rose = of("threshold_reached");
    assert_eq!(
        (&rose["subject"], &rose["old"], &rose["new"]),
        (&json!("input"), &json!(null), &json!(90))
    );
    for change in &all {
        assert_eq!(
            (&change["account"], &change["profile"]),
            (&json!("Acme"), &profile["id"])
        );
        assert_eq!(change["profile_name"], HARMFUL);
        let at: Timestamp = change["at"].as_str().unwrap().parse().unwrap();
        assert!(at >= before, "{change}");
        assert_eq!(change.as_object().unwrap().len(), 8, "{change}");
    }

    let said = bench.run(&["changes"]).out;
    for words in [
        "limit raised",
        "→ 4,321 messages",
        "SMS",
        "reached 90 %",
        "Data input",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(
        !said.contains('\u{1b}') && !said.contains('\u{202e}'),
        "{said}"
    );

    let mut narrow = bench.command(&["changes"]);
    narrow.env("COLUMNS", "60");
    for line in ended(narrow, "").out.lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 60, "{line}");
    }
}

#[test]
fn a_time_a_topic_an_account_a_profile_and_a_number_choose_what_is_told() {
    let bench = Bench::connected(6);
    let before = Timestamp::now();
    let profile = changed(&bench);
    let id = profile["id"].as_str().unwrap();
    let all = changes(&bench, &[]);
    assert_eq!(
        kinds(&changes(&bench, &["--topic", "profiles"])),
        ["profile_renamed"]
    );
    let two = changes(
        &bench,
        &["--topic", "profiles,limits", "--since", &before.to_string()],
    );
    assert_eq!(two, all);
    let later = (Timestamp::now() + Duration::from_mins(1)).to_string();
    assert_eq!(changes(&bench, &["--since", &later]), [] as [Value; 0]);
    assert_eq!(changes(&bench, &["--limit", "2"]), all[..2]);
    assert!(
        bench
            .run(&["changes", "--limit", "2"])
            .out
            .contains("The newest 2 of 3 changes.")
    );
    assert_eq!(
        changes(&bench, &["--account", "acme", "--profile", id]),
        all
    );
    let profiles = bench.json(&["profile", "list"]).0;
    let other = profiles
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] != id);
    let other = other.unwrap()["id"].as_str().unwrap();
    assert_eq!(changes(&bench, &["--profile", other]), [] as [Value; 0]);
    for (args, exit) in [
        (&["changes", "--since", "lately"][..], 2),
        (&["changes", "--topic", "weather"], 2),
        (&["changes", "--account", "Nobody"], 1),
        (&["changes", "--profile", "nobody"], 1),
    ] {
        assert_eq!(bench.error(args, "").1, exit, "{args:?}");
    }
}

#[test]
fn sign_ins_are_left_out_and_counted_unless_they_are_asked_for() {
    let bench = Bench::connected(20);
    assert_eq!(bench.run(&["sync"]).code, 0);
    // They come and go by the day.
    bench.sim.clock().advance(Duration::from_hours(24 * 3));
    assert_eq!(bench.run(&["sync", "--fresh"]).code, 0);
    let asked = changes(&bench, &["--topic", "sign_ins", "--limit", "100000"]);
    assert!(!asked.is_empty());
    assert!(
        kinds(&asked)
            .iter()
            .all(|kind| kind.starts_with("sign_in_"))
    );
    let rest = changes(&bench, &["--limit", "100000"]);
    assert!(!kinds(&rest).iter().any(|kind| kind.starts_with("sign_in_")));
    let count = format!("{} changes of sign-ins left out.", asked.len());
    let said = bench.run(&["changes", "--since", "2020-01-01"]).out;
    assert!(said.contains(&count), "{count}: {said}");
    let said = bench.run(&["changes", "--topic", "sign_ins"]).out;
    assert!(!said.contains("left out"), "{said}");
}

#[test]
fn more_changes_than_a_page_are_all_told_once_and_in_order() {
    let bench = Bench::connected(4);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let many = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 12345)
        INSERT INTO change (at, account, profile, kind, subject, old, new, search)
        SELECT 1700000000000 + x, 1, NULL, 'plan_changed', 'number ' || x, '\"a\"', '\"b\"', '' FROM n";
    bench.db().execute(many, []).unwrap();
    let all = changes(&bench, &["--since", "2023-01-01"]);
    assert_eq!(all.len(), 12_345);
    for (change, number) in all.iter().zip((1..=12_345).rev()) {
        assert_eq!(change["subject"], format!("number {number}"));
    }
    assert_eq!(changes(&bench, &[]).len(), 100);
    assert_eq!(changes(&bench, &["--limit", "7000"]), all[..7_000]);
}

#[test]
fn syncs_are_told_newest_first_and_one_of_them_as_when_it_ended() {
    let bench = Bench::connected(4);
    assert_eq!(bench.run(&["syncs"]).out, "There was no sync yet.\n");
    let (good, _) = bench.json(&["sync"]);
    bench.sim.set_fault("revoked".parse().unwrap());
    let (bad, _) = bench.json(&["sync", "--fresh"]);

    let (syncs, code) = bench.json(&["syncs"]);
    assert_eq!(code, 0, "{syncs}");
    let of = |place: usize, field: &str| syncs[place]["end"][field].clone();
    assert_eq!(syncs.as_array().unwrap().len(), 2);
    assert_eq!(
        (of(0, "status"), of(1, "status")),
        (json!("signed_out"), json!("ok"))
    );
    assert_eq!(of(1, "requests"), good["requests"]);
    assert_eq!(of(1, "accounts"), json!(["Acme"]));
    let key = syncs[0]["key"].to_string();
    assert_eq!(bench.json(&["syncs", &key]).0["accounts"], bad["accounts"]);

    let said = bench.run(&["syncs", "--limit", "1"]).out;
    assert!(said.contains("sign in again"), "{said}");
    assert!(said.contains("The newest 1 of 2 syncs."), "{said}");
    let message = bad["accounts"][0]["errors"][0]["message"].as_str().unwrap();
    let said = bench.run(&["syncs", &key]).out;
    assert!(said.contains(message), "{said}");
    assert_eq!(bench.run(&["syncs", "99"]).code, 1);
}
