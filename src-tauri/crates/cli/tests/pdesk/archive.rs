//! Archiving the audit log after a sync: which accounts, and what is said of it.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::io::{Read, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sim::{Fault, FaultKind};

use crate::bench::{Bench, wait};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A few profiles in two accounts, of whose own all is archived but for the last two days: the API is
/// asked for a part of a log every few seconds, and six months would take too long.
fn nearly_archived() -> Bench {
    let bench = Bench::connected(3);
    assert_eq!(bench.add("Norte", &bench.token(1)).code, 0);
    assert_eq!(bench.run(&["sync"]).code, 0);
    archive_until(&bench, Timestamp::now() - DAY * 2);
    bench.sim.clear_requests();
    bench
}

fn archive_until(bench: &Bench, until: Timestamp) {
    let since = until - DAY * 300;
    let known = "INSERT OR REPLACE INTO audit_span (profile, start, stop)
        SELECT DISTINCT profile, ?1, ?2 FROM reach WHERE owner";
    let span = [since.as_millisecond(), until.as_millisecond()];
    bench.db().execute(known, span).unwrap();
}

/// How many profiles an account owns, by its label.
fn owned(bench: &Bench, label: &str) -> usize {
    let sql = "SELECT count(*) FROM reach JOIN account ON account.key = reach.account
        WHERE owner AND label = ?1";
    let count: i64 = bench
        .db()
        .query_row(sql, [label], |row| row.get(0))
        .unwrap();
    usize::try_from(count).unwrap()
}

/// Makes an account the owner of so many profiles that a person is asked first. Nothing of them is due.
fn make_it_large(bench: &Bench, label: &str) {
    let now = Timestamp::now().as_millisecond();
    bench
        .db()
        .execute_batch(&format!(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 600)
             INSERT INTO profile (api, id, name, name_folded, first_seen_at, last_seen_at)
             SELECT api, printf('%024x', x), 'Made up ' || x, 'made up ' || x, {now}, {now}
             FROM n, account WHERE label = '{label}';
             INSERT INTO reach (account, profile, owner, first_seen_at, last_seen_at)
             SELECT account.key, profile.key, 1, {now}, {now}
             FROM profile, account WHERE label = '{label}' AND profile.name LIKE 'Made up %';
             INSERT INTO fetch_status (profile, dataset, attempted_at, succeeded_at, outcome)
             SELECT profile.key, dataset, {now}, {now}, 'ok'
             FROM profile, (SELECT DISTINCT dataset FROM fetch_status WHERE profile IS NOT NULL)
             WHERE profile.name LIKE 'Made up %';"
        ))
        .unwrap();
}

/// How many logs were asked for.
fn queries(bench: &Bench) -> usize {
    let requests = bench.sim.requests().into_iter();
    requests
        .filter(|one| one.route == "/profile/{id}/auditlog")
        .count()
}

fn events(bench: &Bench) -> i64 {
    let count = bench
        .db()
        .query_row("SELECT count(*) FROM audit_event", [], |row| row.get(0));
    count.unwrap()
}

#[test]
fn the_logs_of_all_accounts_are_archived_after_the_sync_and_only_once() {
    let bench = nearly_archived();
    let (report, code) = bench.json(&["sync", "--archive"]);
    assert_eq!(code, 0, "{report}");
    let archive = &report["archive"];
    let logs = owned(&bench, "Acme") + owned(&bench, "Norte");
    assert_eq!(archive["windows"], logs, "{report}");
    assert_eq!(
        archive["profiles"],
        json!({"ok": logs, "failed": 0, "skipped": 0})
    );
    assert_eq!(
        (&archive["errors"], &archive["undecided"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(archive["events"], events(&bench));
    assert!(archive["requests"].as_u64().unwrap() > 0);
    assert_eq!(
        report["accounts"][0]["status"], "ok",
        "the sync's own report is there"
    );

    bench.sim.clear_requests();
    let (again, code) = bench.json(&["sync", "--archive"]);
    assert_eq!((code, &again["archive"]["windows"]), (0, &json!(0)));
    assert_eq!(bench.sim.requests(), [], "all of it is there");
    let said = bench.run(&["sync", "--archive"]);
    assert!(said.out.contains("Audit log: 0 new events"), "{said:?}");
    assert!(bench.json(&["sync"]).0.get("archive").is_none());
    bench.assert_sound();
}

#[test]
fn an_account_that_was_turned_off_is_archived_only_by_name() {
    let bench = nearly_archived();
    let off =
        "INSERT INTO setting (key, value) SELECT 'archive.account.' || key, 'off' FROM account";
    bench.db().execute(off, []).unwrap();
    let (report, code) = bench.json(&["sync", "--archive"]);
    assert_eq!(
        (code, &report["archive"]["windows"]),
        (0, &json!(0)),
        "{report}"
    );
    assert_eq!(queries(&bench), 0);
    let said = bench.run(&["sync", "--archive"]);
    assert!(said.out.contains("no account to archive"), "{said:?}");
    let (report, code) = bench.json(&["sync", "--archive", "--account", "norte"]);
    let logs = owned(&bench, "Norte");
    assert_eq!(
        (code, &report["archive"]["windows"]),
        (0, &json!(logs)),
        "{report}"
    );
}

#[test]
fn a_large_account_waits_for_a_yes_and_keeps_no_other_from_being_archived() {
    let bench = nearly_archived();
    make_it_large(&bench, "Acme");
    let ended = bench.run(&["sync", "--archive", "--json"]);
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    let logs = owned(&bench, "Norte");
    assert_eq!(
        (ended.code, &report["archive"]["windows"]),
        (5, &json!(logs)),
        "{ended:?}"
    );
    let undecided = &report["archive"]["undecided"][0];
    assert_eq!(
        (&undecided["label"], &undecided["profiles"]),
        (&json!("Acme"), &json!(owned(&bench, "Acme")))
    );
    assert!(
        undecided["requests"].as_u64().unwrap() > 10_000,
        "{undecided}"
    );
    for said in ["“Acme”", "601 profiles", "requests", "hours", "--yes"] {
        assert!(ended.err.contains(said), "{said}: {}", ended.err);
    }

    // Of the made-up profiles there is nothing to have: as good as archived.
    archive_until(&bench, Timestamp::now());
    let (report, code) = bench.json(&["sync", "--archive", "--yes"]);
    assert_eq!(
        (code, &report["archive"]["undecided"]),
        (0, &json!([])),
        "{report}"
    );
}

#[test]
fn on_a_terminal_a_large_account_is_asked_about() {
    let bench = nearly_archived();
    make_it_large(&bench, "Acme");
    archive_until(&bench, Timestamp::now());
    for (answer, code, said) in [
        ("n\r", 0, "no account to archive"),
        ("y\r", 0, "Audit log: 0 new events"),
        ("\u{3}", 130, "Archive them?"),
    ] {
        let (shown, ended) = typed(&bench, "sync --archive --account acme", "[y/N] ", answer);
        assert_eq!(ended, code, "{shown}");
        assert!(shown.contains(said), "{shown}");
        assert!(shown.contains("owns 60"), "{shown}");
    }
}

/// Runs pdesk on a terminal and answers one question. Returns what was shown and the exit code.
fn typed(bench: &Bench, args: &str, question: &str, answer: &str) -> (String, i32) {
    let line = format!(
        "'{}' --data-dir '{}' {args}",
        env!("CARGO_BIN_EXE_pdesk"),
        bench.folder().display()
    );
    let mut command = bench.session.command("script");
    command.args(["-qec", &line, "/dev/null"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut typist = child.stdin.take().unwrap();
    let mut screen = child.stdout.take().unwrap();
    let began = Instant::now();
    let mut shown = Vec::new();
    let mut bytes = [0; 512];
    while !String::from_utf8_lossy(&shown).contains(question) {
        assert!(began.elapsed() < Duration::from_mins(1));
        let count = screen.read(&mut bytes).unwrap();
        assert_ne!(count, 0, "{}", String::from_utf8_lossy(&shown));
        shown.extend_from_slice(&bytes[..count]);
    }
    typist.write_all(answer.as_bytes()).unwrap();
    screen.read_to_end(&mut shown).unwrap();
    child.stdout = Some(screen);
    let shown = String::from_utf8_lossy(&shown).into_owned();
    (shown, wait(child).code)
}

#[test]
fn a_log_that_fails_is_said_beside_the_syncs_own_report_and_the_rest_is_archived() {
    let bench = nearly_archived();
    bench.sim.revoke(&bench.token(1));
    let (report, code) = bench.json(&["sync", "--archive", "--fresh"]);
    assert_eq!(code, 5, "{report}");
    assert_eq!(report["accounts"][1]["status"], "signed_out");
    let logs = owned(&bench, "Acme");
    assert_eq!(report["archive"]["windows"], logs, "{report}");

    archive_until(&bench, Timestamp::now() - DAY * 2);
    let page = Fault::new(FaultKind::Html).on("/profile/{id}/auditlog");
    bench.sim.set_fault(page);
    let args = ["sync", "--archive", "--account", "acme", "--json"];
    let ended = bench.run(&args);
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(
        (ended.code, &report["archive"]["windows"]),
        (5, &json!(0)),
        "{report}"
    );
    let error = &report["archive"]["errors"][0];
    assert_eq!(
        (&error["account"], &error["dataset"], &error["code"]),
        (&json!("Acme"), &json!("audit"), &json!("not_the_api"))
    );
    assert_eq!(report["accounts"][0]["status"], "ok");
}
