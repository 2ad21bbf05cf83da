//! Changes on a terminal: shown, agreed to, made, logged, taken back.
#![allow(clippy::unwrap_used)] // helpers of tests

use serde_json::{Value, json};

use crate::bench::Bench;

/// The ids of the profiles that the account owns.
fn owned(bench: &Bench) -> Vec<String> {
    let world = bench.sim.world();
    let accounts = bench.sim.tokens();
    let own = world.owned_by(&accounts[0].account);
    own.map(|profile| profile.id.clone()).collect()
}

fn name(bench: &Bench, id: &str) -> String {
    bench.sim.world().profile(id).unwrap().name.clone()
}

fn log(bench: &Bench, args: &[&str]) -> Vec<Value> {
    let (log, code) = bench.json(&[&["log"], args].concat());
    assert_eq!(code, 0, "{log}");
    log.as_array().unwrap().clone()
}

#[test]
fn a_profile_is_renamed_after_a_dry_run_and_a_yes_and_the_name_is_taken_back() {
    let bench = Bench::connected(8);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let id = owned(&bench).remove(0);
    let old = name(&bench, &id);
    let edit = ["profile", "edit", &id, "--name", "New name"];
    let (shown, code) = bench.json(&[&edit[..], &["--dry-run"]].concat());
    assert_eq!((code, &shown["ready"]), (0, &json!(1)));
    assert_eq!(shown["rows"][0]["before"]["name"], json!(old));
    // Without a terminal nobody can say yes.
    assert_eq!(bench.run(&edit).code, 2);
    assert_eq!(name(&bench, &id), old);
    let (done, code) = bench.json(&[&edit[..], &["--yes"]].concat());
    assert_eq!((code, &done["counts"]["done"]), (0, &json!(1)), "{done}");
    assert_eq!(name(&bench, &id), "New name");
    // Nothing to do is no failure.
    assert_eq!(bench.run(&[&edit[..], &["--yes"]].concat()).code, 0);
    let rows = log(&bench, &["--result", "done"]);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["after"]["name"], "New name");
    let batch = done["batch"].to_string();
    let undone = bench.run(&["undo", &batch, "--yes"]);
    assert_eq!(undone.code, 0, "{undone:?}");
    assert_eq!(name(&bench, &id), old);
    let csv = bench.run(&["log", "--csv", "-"]);
    assert_eq!(csv.out.lines().count(), 3, "{csv:?}");
}

#[test]
fn guard_rails_refuse_and_part_of_a_batch_is_partly_done() {
    let bench = Bench::connected(8);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let ids = owned(&bench);
    let (marked, code) = bench.json(&["profile", "protect", &ids[0]]);
    assert_eq!((code, &marked[0]["protected"]), (0, &json!(true)));
    let file = bench.session.folder().join("limits.csv");
    let csv = format!("profile,input\n{},0\n{},0\n", ids[0], ids[1]);
    std::fs::write(&file, csv).unwrap();
    let set = [
        "allocation",
        "set",
        "--from",
        file.to_str().unwrap(),
        "--yes",
    ];
    let (some, code) = bench.json(&set);
    assert_eq!(code, 5, "{some}");
    assert_eq!(some["rows"][0]["code"], "protected");
    assert_eq!(some["rows"][1]["result"], "done");
    let (all, code) = bench.json(&[&set[..], &["--protected-too"]].concat());
    assert_eq!((code, &all["counts"]["done"]), (0, &json!(1)), "{all}");
    let services = bench.run(&["services", &ids[1], "set", "input=1e15", "--yes"]);
    assert_eq!(services.code, 1, "{services:?}");
    assert_eq!(bench.run(&["account", "read-only", "Acme", "on"]).code, 0);
    let (refused, code) = bench.json(&["profile", "edit", &ids[1], "--name", "No", "--yes"]);
    assert_eq!(
        (code, &refused["rows"][0]["code"]),
        (1, &json!("read_only"))
    );
    let kinds: Vec<Value> = log(&bench, &[])
        .iter()
        .map(|row| row["kind"].clone())
        .collect();
    assert!(kinds.contains(&json!("protect")) && kinds.contains(&json!("read_only")));
}

#[test]
fn somebody_is_invited_to_a_team_and_removed_by_the_address() {
    let bench = Bench::connected(20);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let world = bench.sim.world();
    let ids = owned(&bench);
    let free = |id: &&String| world.profile(id).unwrap().team.is_empty();
    let id = ids.iter().find(free).unwrap().clone();
    drop(world);
    let team = |bench: &Bench| bench.sim.world().profile(&id).unwrap().team.len();
    let add = ["team", "add", &id, "ada@example.com"];
    let (shown, code) = bench.json(&[&add[..], &["--dry-run"]].concat());
    assert_eq!((code, &shown["ready"]), (0, &json!(1)), "{shown}");
    assert_eq!(bench.run(&add).code, 2, "nobody can say yes");
    assert_eq!(team(&bench), 0);
    let (done, code) = bench.json(&[&add[..], &["--yes"]].concat());
    assert_eq!((code, &done["counts"]["done"]), (0, &json!(1)), "{done}");
    assert_eq!(team(&bench), 1);
    let (rows, _) = bench.json(&["team", "list", &id]);
    assert_eq!(rows[0]["email"], "ada@example.com");
    let wrong = bench.run(&["team", "remove", &id, "bea@example.com", "--yes"]);
    assert_eq!(wrong.code, 1, "{wrong:?}");
    let gone = bench.run(&["team", "remove", &id, "ADA@example.com", "--yes"]);
    assert_eq!((gone.code, team(&bench)), (0, 0), "{gone:?}");
    assert_eq!(bench.run(&["team", "add", &id, "ada", "--yes"]).code, 2);
    let kinds: Vec<Value> = log(&bench, &["--result", "done"])
        .iter()
        .map(|row| row["kind"].clone())
        .collect();
    assert_eq!(kinds, ["remove_member", "invite"]);
}

#[test]
fn a_logo_is_uploaded_from_a_file_and_what_is_no_picture_is_refused() {
    let bench = Bench::connected(8);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let id = owned(&bench).remove(0);
    let file = bench.session.folder().join("logo.png");
    std::fs::write(&file, b"<svg/>").unwrap();
    let edit = [
        "profile",
        "edit",
        &id,
        "--logo-file",
        file.to_str().unwrap(),
    ];
    let refused = bench.run(&[&edit[..], &["--yes"]].concat());
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("no picture"), "{refused:?}");
    std::fs::write(&file, b"\x89PNG\r\n\x1a\n and more").unwrap();
    let (shown, code) = bench.json(&[&edit[..], &["--dry-run"]].concat());
    assert_eq!(code, 0, "{shown}");
    assert_eq!(
        shown["rows"][0]["after"]["logo_url"],
        "logo.png (PNG, 1 KB)"
    );
    assert!(bench.sim.world().files.is_empty());
    let (done, code) = bench.json(&[&edit[..], &["--yes"]].concat());
    assert_eq!((code, &done["counts"]["done"]), (0, &json!(1)), "{done}");
    let world = bench.sim.world();
    let logo = world.profile(&id).unwrap().logo_url.clone().unwrap();
    assert!(logo.ends_with(&world.files[0].filename), "{logo}");
}

#[test]
fn an_invitation_to_another_ones_profile_is_listed_and_accepted_after_a_yes() {
    let bench = Bench::connected(8);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let list = ["account", "invitation", "Acme"];
    let (open, code) = bench.json(&list);
    assert_eq!((code, open.as_array().unwrap().len()), (0, 1), "{open}");
    let id = open[0]["notification"].as_str().unwrap().to_owned();
    let printed = bench.run(&list);
    assert!(
        printed.out.contains(&id) && printed.out.contains("invited"),
        "{printed:?}"
    );
    let accept = [&list[..], &[&id, "accept"]].concat();
    assert_eq!(bench.run(&accept).code, 2, "nobody can say yes");
    let (done, code) = bench.json(&[&accept[..], &["--yes"]].concat());
    assert_eq!(
        (code, &done["rows"][0]["result"]),
        (0, &"done".into()),
        "{done}"
    );
    assert_eq!(bench.run(&["sync"]).code, 0);
    let (open, _) = bench.json(&list);
    assert_eq!(open, serde_json::json!([]));
    let again = bench.run(&[&accept[..], &["--yes"]].concat());
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.err.contains("has no invitation"), "{again:?}");
}
