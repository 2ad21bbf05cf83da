//! Each fault of the API: a clear message, the right exit code, a whole store, and the next run completes.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sim::{Fault, FaultKind};

use crate::bench::{Bench, ended, wait};

/// Syncs under a fault, then without it. Returns the report under the fault.
#[track_caller]
fn sync_under(fault: Fault, exit: i32, status: &str, codes: &[&str]) -> Value {
    sync_of_under(6, fault, exit, status, codes)
}

#[track_caller]
fn sync_of_under(profiles: usize, fault: Fault, exit: i32, status: &str, codes: &[&str]) -> Value {
    let bench = Bench::connected(profiles);
    bench.sim.set_fault(fault);
    let (report, code) = bench.json(&["sync"]);
    assert_eq!(code, exit, "{report}");
    let account = &report["accounts"][0];
    assert_eq!(account["status"], status, "{report}");
    let errors = account["errors"].as_array().unwrap();
    assert!(!errors.is_empty(), "{report}");
    for error in errors {
        assert!(codes.contains(&error["code"].as_str().unwrap()), "{error}");
        assert!(error["message"].as_str().unwrap().len() > 20, "{error}");
        assert!(
            !error
                .to_string()
                .contains(bench.token(0).trim_start_matches("p-"))
        );
    }
    bench.assert_sound();

    bench.sim.clear_faults();
    let (again, code) = bench.json(&["sync"]);
    assert_eq!(code, 0, "{again}");
    assert_eq!(again["accounts"][0]["status"], "ok");
    assert_eq!(again["accounts"][0]["errors"], json!([]));
    let (profiles, _) = bench.json(&["profile", "list"]);
    for profile in profiles.as_array().unwrap() {
        assert_eq!(profile["freshness"]["state"], "fresh", "{profile}");
    }
    bench.assert_sound();
    report
}

#[test]
fn a_dropped_connection_is_offline() {
    sync_under(Fault::new(FaultKind::Drop), 4, "offline", &["offline"]);
}

#[test]
fn a_page_of_html_is_no_api_here_and_never_an_empty_fleet() {
    sync_under(Fault::new(FaultKind::Html), 4, "failed", &["not_the_api"]);
}

#[test]
fn a_revoked_token_means_sign_in_again() {
    sync_under(
        Fault::new(FaultKind::Revoked),
        3,
        "signed_out",
        &["signed_out"],
    );
}

#[test]
fn a_server_that_fails_is_named_as_such() {
    sync_under(
        Fault::new(FaultKind::ServerError),
        1,
        "failed",
        &["rejected", "not_the_api"],
    );
}

#[test]
fn an_answer_of_another_shape_fails_that_part_alone() {
    let fault = Fault::new(FaultKind::UnexpectedShape).on("/profile/{id}/summary");
    let report = sync_under(fault, 5, "partial", &["rejected"]);
    for error in report["accounts"][0]["errors"].as_array().unwrap() {
        assert_eq!(error["dataset"], "summary", "{error}");
    }
}

#[test]
fn a_body_that_ends_halfway_fails_that_part_alone() {
    let fault = Fault::new(FaultKind::Truncated).on("/profile/{id}/statistics");
    // So few that the repeats do not add up to a host that is away.
    let report = sync_of_under(2, fault, 5, "partial", &["offline"]);
    for error in report["accounts"][0]["errors"].as_array().unwrap() {
        let dataset = error["dataset"].as_str().unwrap();
        assert!(dataset.starts_with("usage_by_"), "{error}");
    }
}

#[test]
fn latency_alone_fails_nothing() {
    let bench = Bench::connected(4);
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Latency(Duration::from_millis(300))).share(0.3));
    let (report, code) = bench.json(&["sync"]);
    assert_eq!(code, 0, "{report}");
}

#[test]
fn one_account_signed_out_beside_a_good_one_is_partly_done() {
    let bench = Bench::connected(8);
    assert_eq!(bench.add("Norte", &bench.token(1)).code, 0);
    bench.sim.revoke(&bench.token(1));
    let (report, code) = bench.json(&["sync"]);
    assert_eq!(code, 5, "{report}");
    let statuses: Vec<_> = report["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["status"])
        .collect();
    assert_eq!(statuses, [&json!("ok"), &json!("signed_out")]);
    let said = bench.run(&["sync"]);
    assert!(said.out.contains("sign in again"), "{said:?}");
}

#[test]
fn an_api_that_is_gone_is_offline_and_the_fleet_still_reads() {
    let bench = Bench::connected(6);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let before = bench.json(&["profile", "list"]).0;
    bench.sim.set_fault(Fault::new(FaultKind::Drop));
    assert_eq!(bench.run(&["sync", "--fresh"]).code, 4);
    let after = bench.json(&["profile", "list"]).0;
    let strip = |list: &Value| -> Vec<Value> {
        let services = |one: &Value| one["services"].clone();
        list.as_array().unwrap().iter().map(services).collect()
    };
    assert_eq!(strip(&before), strip(&after));
    assert!(after[0]["fetched_at"].is_string());
}

/// Starts a sync whose output is kept.
fn started(bench: &Bench) -> Child {
    bench
        .command(&["sync", "--json"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args([name, &id]).status().unwrap();
    assert!(sent.success());
}

/// Waits until the sync has come to the profiles' summaries.
fn wait_for_summaries(bench: &Bench) {
    let began = Instant::now();
    while !bench
        .sim
        .requests()
        .iter()
        .any(|one| one.route.ends_with("/summary"))
    {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "the sync never came to the summaries"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_stalled_sync_is_stopped_by_ctrl_c_and_the_next_run_completes() {
    let bench = Bench::connected(6);
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Stall).on("/profile/{id}/summary"));
    let child = started(&bench);
    wait_for_summaries(&bench);
    let began = Instant::now();
    signal(&child, "-INT");
    let ended = wait(child);
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "it waited for the stalled answer"
    );
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(
        (ended.code, &report["cancelled"]),
        (1, &json!(true)),
        "{ended:?}"
    );
    assert!(ended.err.contains("Stopping"), "{ended:?}");
    bench.assert_sound();
    bench.sim.clear_faults();
    let (report, code) = bench.json(&["sync"]);
    assert_eq!(code, 0, "{report}");
}

#[test]
fn a_frozen_keychain_is_said_and_a_second_ctrl_c_ends_the_program() {
    let bench = Bench::connected(6);
    bench.session.freeze_keyring().unwrap();
    let child = started(&bench);
    std::thread::sleep(Duration::from_millis(6_500));
    signal(&child, "-INT");
    std::thread::sleep(Duration::from_millis(500));
    signal(&child, "-INT");
    let ended = wait(child);
    bench.session.thaw_keyring().unwrap();
    assert_eq!(ended.code, 130, "{ended:?}");
    assert!(ended.err.contains("Waiting for the keychain"), "{ended:?}");
    bench.assert_sound();
    let (report, code) = bench.json(&["sync"]);
    assert_eq!(code, 0, "{report}");
}

#[test]
fn one_signal_stops_a_sync_after_what_is_in_flight() {
    let bench = Bench::connected(60);
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Latency(Duration::from_millis(400))));
    let child = started(&bench);
    wait_for_summaries(&bench);
    signal(&child, "-TERM");
    let ended = wait(child);
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(report["cancelled"], true);
    assert!(
        report["accounts"][0]["profiles"]["skipped"]
            .as_u64()
            .unwrap()
            > 0,
        "{report}"
    );
    assert!(matches!(ended.code, 1 | 5), "{ended:?}");
    bench.assert_sound();
    bench.sim.clear_faults();
    assert_eq!(bench.run(&["sync"]).code, 0);
}

#[test]
fn an_account_that_another_process_syncs_is_busy_and_wait_syncs_after_it() {
    let bench = Bench::connected(16);
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Latency(Duration::from_millis(700))));
    let first = started(&bench);
    wait_for_summaries(&bench);
    let (report, code) = bench.json(&["sync"]);
    let error = &report["accounts"][0]["errors"][0];
    assert_eq!((code, &error["code"]), (1, &json!("busy")), "{report}");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains(&format!("pdesk (process {})", first.id())),
        "{message}"
    );
    assert_eq!(report["requests"], 0);
    assert!(bench.run(&["sync"]).out.contains("--wait"));

    // One that waits can be stopped, and says whom it waits for.
    let waiting = bench
        .command(&["sync", "--wait", "--json"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(500));
    signal(&waiting, "-INT");
    let stopped = wait(waiting);
    assert_eq!(stopped.code, 1, "{stopped:?}");
    assert!(
        stopped.err.contains(&format!("process {}", first.id())),
        "{stopped:?}"
    );

    let wait_for_it = ended(bench.command(&["sync", "--wait", "--fresh", "--json"]), "");
    let first = wait(first);
    assert_eq!((first.code, wait_for_it.code), (0, 0), "{wait_for_it:?}");
    assert!(
        wait_for_it.err.contains("Waiting for “Acme”"),
        "{wait_for_it:?}"
    );
    let report: Value = serde_json::from_str(&wait_for_it.out).unwrap();
    assert_eq!(report["accounts"][0]["status"], "ok", "{report}");
    assert!(report["requests"].as_u64().unwrap() > 0);
    bench.assert_sound();
}
