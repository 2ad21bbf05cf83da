//! The settings on a terminal: shown, changed, reset, and lived by.

use serde_json::json;

use crate::bench::Bench;

#[test]
fn a_setting_is_shown_changed_and_reset_and_others_are_refused() {
    let bench = Bench::new(4);
    let (all, code) = bench.json(&["config", "get"]);
    assert_eq!(code, 0);
    let of = |key: &str| {
        let mut rows = all.as_array().unwrap().iter();
        rows.find(|row| row["key"] == key).cloned()
    };
    let interval = of("sync.interval").unwrap();
    assert_eq!(
        (&interval["value"], &interval["default"]),
        (&json!("15"), &json!("15"))
    );
    assert!(interval["about"].as_str().unwrap().contains("Minutes"));
    let table = bench.run(&["config", "get"]);
    assert!(table.out.contains("backup.age"), "{table:?}");

    let (set, code) = bench.json(&["config", "set", "sync.interval", "30"]);
    assert_eq!((code, &set["value"]), (0, &json!("30")));
    assert_eq!(bench.run(&["config", "get", "sync.interval"]).out, "30\n");
    let said = bench.run(&["config", "set", "backup.age", "OFF"]);
    assert_eq!(said.out, "backup.age is off, as at first.\n");
    let (reset, code) = bench.json(&["config", "reset", "sync.interval"]);
    assert_eq!((code, &reset), (0, &interval));

    for args in [
        &["config", "get", "colour"][..],
        &["config", "set", "colour", "red"],
        &["config", "reset", "colour"],
    ] {
        let (error, code) = bench.error(args, "");
        assert_eq!((code, error["code"].as_str()), (1, Some("not_found")));
        assert!(error["hint"].as_str().unwrap().contains("pdesk config get"));
    }
    for value in ["soon", "-1", "1441", ""] {
        let (error, code) = bench.error(&["config", "set", "sync.interval", value], "");
        assert_eq!(
            (code, error["code"].as_str()),
            (2, Some("invalid_input")),
            "{error}"
        );
        assert!(
            error["message"].as_str().unwrap().contains("0 to 1440"),
            "{error}"
        );
    }
    assert_eq!(bench.json(&["config", "get"]).0, all);
    assert_eq!(bench.sim.requests(), []);
}

#[test]
fn a_sync_lives_by_the_ages_that_are_set() {
    let bench = Bench::connected(4);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let ten_minutes = "UPDATE fetch_status SET attempted_at = attempted_at - 600000,
        succeeded_at = succeeded_at - 600000 WHERE dataset = 'summary'";
    let summaries = bench.db().execute(ten_minutes, []).unwrap();
    assert_eq!(bench.json(&["sync", "--plan"]).0["operations"], json!([]));
    assert_eq!(bench.run(&["config", "set", "age.summary", "5"]).code, 0);
    let (plan, _) = bench.json(&["sync", "--plan"]);
    let planned = plan["operations"].as_array().unwrap();
    assert_eq!(planned.len(), summaries);
    for operation in planned {
        assert_eq!(
            (&operation["dataset"], &operation["reason"]),
            (&json!("summary"), &json!("stale"))
        );
    }
    let (report, code) = bench.json(&["sync"]);
    assert_eq!((code, &report["requests"]), (0, &json!(summaries)));
}
