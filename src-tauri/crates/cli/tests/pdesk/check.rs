//! `pdesk check`: exit codes, JSON, and a person's answers.
#![allow(clippy::unwrap_used)] // helpers of tests

use serde_json::Value;

use crate::bench::Bench;

fn lines(bench: &Bench, options: &[&str]) -> (Vec<Value>, i32) {
    let (lines, code) = bench.json(&[&["check"], options].concat());
    (lines.as_array().unwrap().clone(), code)
}

#[test]
fn it_ends_with_6_if_anything_needs_attention_and_with_0_if_nothing_does() {
    let bench = Bench::connected(20);
    // Nothing is known yet, which is not that all is well.
    let ended = bench.run(&["check"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        ended.out.starts_with("Nothing can be judged yet"),
        "{ended:?}"
    );
    assert_eq!(bench.run(&["sync"]).code, 0);
    let id = bench.fleet_first();
    let harmful = "\u{1b}[2JPorto\u{202e}<b>";
    assert!(bench.sim.rename_profile(&id, harmful));
    bench.sim.change(|world| {
        let profile = world.profile_mut(&id).unwrap();
        profile.limits[0] = 1.0;
    });
    assert!(bench.sim.use_service(&id, sim::world::Service::Input, 50.0));
    assert_eq!(bench.run(&["sync", "--fresh"]).code, 0);

    let (all, code) = lines(&bench, &[]);
    assert_eq!(code, 6);
    let line = all
        .iter()
        .find(|line| line["profile"] == id.as_str() && line["service"] == "input")
        .unwrap();
    for (field, value) in [
        ("kind", "service"),
        ("severity", "critical"),
        ("account", "Acme"),
        ("profile_name", harmful),
        ("stake", "Devices' requests are denied now"),
    ] {
        assert_eq!(line[field], value, "{field}");
    }
    assert!(line["measure"].as_f64().unwrap() > 1.0);
    assert!(line["since"].is_string() && line["next"].is_string());
    assert!(line["snoozed_until"].is_null());
    let told = bench.run(&["check"]);
    assert_eq!(told.code, 6);
    assert!(!told.out.contains(['\u{1b}', '\u{202e}']), "{told:?}");
    assert!(told.out.contains("Data input at"), "{told:?}");

    // The same list, narrowed; nothing that is looked for needs attention.
    let (none, code) = lines(&bench, &["--filter", "kind:backup"]);
    assert_eq!((none.len(), code), (0, 0));

    // Each line acknowledged: nothing is left, and all are still there.
    for line in &all {
        let id = line["id"].as_str().unwrap();
        let args = ["check", "acknowledge", id, "--note", "known"];
        assert_eq!(bench.run(&args).code, 0, "{id}");
    }
    let (none, code) = lines(&bench, &[]);
    assert_eq!((none.len(), code), (0, 0));
    let said = bench.run(&["check"]).out;
    assert!(said.starts_with("Nothing needs attention,"), "{said}");
    assert!(
        said.contains(&format!("{} acknowledged", all.len())),
        "{said}"
    );
    let (shown, code) = lines(&bench, &["--all"]);
    assert_eq!((shown.len(), code), (all.len(), 0));
    assert!(
        shown
            .iter()
            .all(|line| line["acknowledged"] == true && line["note"] == "known")
    );

    let first = all[0]["id"].as_str().unwrap();
    assert_eq!(bench.run(&["check", "undo", first]).code, 0);
    let (back, code) = lines(&bench, &[]);
    assert_eq!((back.len(), code), (1, 6));
    assert_eq!(back[0]["acknowledged"], false);
    assert_eq!(back[0]["note"], "known", "a note stays with what came back");
    assert!(bench.run(&["check"]).out.contains("came back: known"));
    let until = ["check", "acknowledge", first, "--until", "2999-01-01"];
    assert_eq!(bench.run(&until).code, 0);
    let (snoozed, _) = lines(&bench, &["--filter", "snoozed:yes"]);
    let line = snoozed.iter().find(|line| line["id"] == first).unwrap();
    assert_eq!(line["snoozed_until"], "2999-01-01T00:00:00Z");
}

#[test]
fn what_cannot_be_answered_says_so() {
    let bench = Bench::connected(4);
    for (args, exit) in [
        (&["check", "acknowledge", "service:p999:input"][..], 1),
        (&["check", "acknowledge", "x", "--until", "soon"], 2),
        (&["check", "acknowledge", "x", "--until", "2020-01-01"], 2),
        (&["check", "undo", "service:p999:input"], 1),
        (&["check", "--filter", "kind:weather"], 2),
    ] {
        assert_eq!(bench.error(args, "").1, exit, "{args:?}");
    }
}

#[test]
fn without_an_account_it_says_that_there_is_nothing_to_judge_by() {
    let bench = Bench::new(4);
    let ended = bench.run(&["check"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("No account is connected"), "{ended:?}");
}

impl Bench {
    /// A profile of the fleet, by its id.
    fn fleet_first(&self) -> String {
        let profiles = self.json(&["profile", "list"]).0;
        profiles[0]["id"].as_str().unwrap().to_owned()
    }
}
