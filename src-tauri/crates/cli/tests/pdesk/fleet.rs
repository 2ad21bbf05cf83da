//! A fleet of 200 profiles: complete, right, not asked for twice, and a table that fits.
#![allow(clippy::unwrap_used)] // helpers of tests

use serde_json::{Value, json};
use sim::world::{Service, World};

use crate::bench::{Bench, ended};

#[test]
fn two_hundred_profiles_sync_completely_and_a_second_run_asks_for_no_closed_hour_or_day() {
    let bench = Bench::connected(200);
    assert_eq!(bench.add("Norte", &bench.token(1)).code, 0);
    let began = jiff::Timestamp::now();
    let (report, code) = bench.json(&["sync"]);
    assert_eq!(code, 0, "{report}");
    let mut ok = 0;
    for account in report["accounts"].as_array().unwrap() {
        assert_eq!(account["status"], "ok", "{account}");
        assert_eq!(account["errors"], json!([]));
        assert_eq!(account["profiles"]["failed"], 0);
        ok += account["profiles"]["ok"].as_u64().unwrap();
    }
    let (profiles, _) = bench.json(&["profile", "list"]);
    let profiles = profiles.as_array().unwrap();
    assert_eq!(profiles.len() as u64, ok);
    let world = bench.sim.world();
    let ids = bench.sim.tokens();
    let reached = world.profiles.values().filter(|profile| {
        ids.iter().any(|owner| {
            world
                .visible_to(&owner.account)
                .any(|one| one.id == profile.id)
        })
    });
    assert_eq!(reached.count(), profiles.len());

    let now = bench.sim.clock().now();
    for profile in profiles {
        assert_as_in_the_simulator(&world, now, profile);
    }
    let info = bench
        .json(&["profile", "info", profiles[0]["id"].as_str().unwrap()])
        .0;
    for (dataset, freshness) in info["datasets"].as_object().unwrap() {
        assert_eq!(freshness["state"], "fresh", "{dataset}");
    }

    bench.sim.clear_requests();
    let (again, code) = bench.json(&["sync"]);
    assert_eq!((code, &again["requests"]), (0, &json!(0)), "{again}");
    assert_eq!(bench.sim.requests(), [], "all of it is fresh");
    let (_, code) = bench.json(&["sync", "--fresh"]);
    assert_eq!(code, 0);
    let hour = |at: jiff::Timestamp| at.as_second().div_euclid(3_600);
    let history: Vec<_> = bench
        .sim
        .requests()
        .into_iter()
        .filter(|one| one.route.ends_with("/statistics"))
        .collect();
    // Where the hour ended since the first sync began, there is one more to ask for.
    if hour(began) == hour(jiff::Timestamp::now()) {
        let paths: Vec<_> = history.iter().map(|one| &one.path).collect();
        assert!(paths.is_empty(), "asked again: {paths:?}");
    }
    bench.assert_sound();
}

/// A profile of the list has the name, the limits and the use that the simulator's has.
pub(crate) fn assert_as_in_the_simulator(world: &World, now: jiff::Timestamp, profile: &Value) {
    let held = world.profile(profile["id"].as_str().unwrap()).unwrap();
    let used = held.limit_used(now);
    assert_eq!(profile["name"], held.name);
    for service in Service::NINE {
        let shown = &profile["services"][service.key()];
        let near = |value: &Value, held: f64| (value.as_f64().unwrap_or(0.0) - held).abs() < 0.01;
        assert!(
            near(&shown["limit"], held.limits[service as usize]),
            "{profile}"
        );
        assert!(
            near(&shown["used"], used[service as usize]),
            "{} {profile}",
            used[service as usize]
        );
    }
}

#[test]
fn no_line_of_a_table_is_wider_than_the_terminal_and_names_are_shown_as_text() {
    let bench = Bench::connected(30);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let id = bench.json(&["profile", "list"]).0[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    bench
        .sim
        .rename_profile(&id, "\u{1b}[2Jgone \u{202e}fdp.exe <b>Bold</b>");
    assert_eq!(bench.run(&["sync", "--fresh"]).code, 0);
    for columns in ["60", "80", "132"] {
        for args in [
            &["profile", "list"][..],
            &["account", "list"],
            &["usage", &id, "--by", "month"],
        ] {
            let mut command = bench.command(args);
            command.env("COLUMNS", columns);
            let ended = ended(command, "");
            assert_eq!(ended.code, 0);
            let rows = ended.out.lines().take_while(|line| !line.is_empty());
            for line in rows {
                let width = unicode_width::UnicodeWidthStr::width(line);
                assert!(width <= columns.parse().unwrap(), "{columns}: {line}");
            }
        }
    }
    let listed = bench.run(&["profile", "list"]);
    assert!(!listed.out.contains('\u{1b}') && !listed.out.contains('\u{202e}'));
    assert!(listed.out.contains("<b>Bold</b>"));
    let (json, _) = bench.json(&["profile", "info", &id]);
    assert_eq!(
        json["name"], "\u{1b}[2Jgone \u{202e}fdp.exe <b>Bold</b>",
        "JSON has the name as it is"
    );
}

#[test]
fn the_list_is_searched_and_sorted() {
    let bench = Bench::connected(30);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let names = |args: &[&str]| -> Vec<String> {
        let (list, code) = bench.json(&[&["profile", "list"], args].concat());
        assert_eq!(code, 0);
        list.as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = names(&["--sort", "name"]);
    let some = names(&["--search", &all[3]]);
    assert!(!some.is_empty() && some.len() < all.len());
    assert!(some.contains(&all[3]));
    assert_eq!(
        names(&["--search", "no such profile at all"]),
        Vec::<String>::new()
    );
    // The riskiest comes first.
    let (list, _) = bench.json(&["profile", "list"]);
    let risk = |one: &Value| -> f64 {
        let share = |service: &Value| {
            Some(
                service["used"].as_f64()?
                    / service["limit"].as_f64().filter(|limit| *limit > 0.0)?,
            )
        };
        one["services"]
            .as_object()
            .unwrap()
            .values()
            .filter_map(share)
            .fold(0.0, f64::max)
    };
    let risks: Vec<f64> = list.as_array().unwrap().iter().map(risk).collect();
    assert!(
        risks.windows(2).all(|pair| pair[0] >= pair[1] - 1e-9),
        "{risks:?}"
    );
    let (list, _) = bench.json(&["profile", "list", "--sort", "id"]);
    let of = |one: &Value| one["id"].as_str().unwrap().to_owned();
    let ids: Vec<String> = list.as_array().unwrap().iter().map(of).collect();
    assert!(ids.is_sorted() && ids.len() == all.len(), "{ids:?}");
    // Every order is one of the same profiles.
    for sort in [
        "growth", "trend", "account", "others", "region", "plan", "groups", "note", "age",
    ] {
        let mut sorted = names(&["--sort", sort]);
        sorted.sort();
        let mut all = all.clone();
        all.sort();
        assert_eq!(sorted, all, "{sort}");
    }
}

#[test]
fn the_newest_note_and_the_first_group_come_first() {
    let bench = Bench::connected(30);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let ids = |sort: &str| -> Vec<String> {
        let (list, _) = bench.json(&["profile", "list", "--sort", sort]);
        let of = |one: &Value| one["id"].as_str().unwrap().to_owned();
        list.as_array().unwrap().iter().map(of).collect()
    };
    let all = ids("risk");
    for place in [5, 7] {
        let done = bench.run(&["note", &all[place], "Call first."]);
        assert_eq!(done.code, 0, "{}", done.err);
    }
    assert_eq!(ids("note")[..2], [all[7].clone(), all[5].clone()]);
    for (name, place) in [("Zoo", 2), ("acme", 4)] {
        assert_eq!(bench.run(&["group", "create", name]).code, 0);
        assert_eq!(bench.run(&["group", "add", name, &all[place]]).code, 0);
    }
    assert_eq!(ids("groups")[..2], [all[4].clone(), all[2].clone()]);
}

#[test]
fn a_profile_that_is_gone_upstream_is_kept_and_marked() {
    let bench = Bench::connected(10);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let (list, _) = bench.json(&["profile", "list"]);
    let id = list[0]["id"].as_str().unwrap();
    assert!(bench.sim.remove_profile(id));
    assert_eq!(bench.run(&["sync", "--fresh"]).code, 0);
    let (info, code) = bench.json(&["profile", "info", id]);
    assert_eq!(code, 0);
    assert!(info["removed_at"].is_string(), "{info}");
    assert_eq!(
        bench.run(&["usage", id, "--by", "month"]).code,
        0,
        "its history is kept"
    );
}
