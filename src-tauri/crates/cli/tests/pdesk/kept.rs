//! Whether a store still has all that another one had, row by row.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::Connection;
use sim::world::Service;

use crate::bench::{Bench, assert_whole};
use crate::kill::copy;

/// What only grows, and what of a row never changes: while the simulator's clock stands still, even what
/// is fetched again is the same.
const KEPT: [(&str, &str); 15] = [
    ("store", "*"),
    ("migration", "*"),
    ("setting", "*"),
    ("account", "key, api, id, label"),
    ("profile", "key, api, id, first_seen_at"),
    ("reach", "account, profile, first_seen_at"),
    ("person", "api, id, first_seen_at"),
    ("summary", "profile"),
    ("usage_hour", "*"),
    ("usage_day", "*"),
    ("version", "key, account, profile, aspect, value, seen_from"),
    (
        "token",
        "key, profile, fingerprint, last4, created_at, created_by",
    ),
    (
        "token_version",
        "key, token, name, permission, expires_at, seen_from",
    ),
    ("team_member", "key, profile, who, email, seen_from"),
    ("change", "*"),
];

#[test]
fn the_comparison_finds_a_row_that_is_missing_or_another_and_a_dataset_that_is_gone() {
    let bench = Bench::connected(4);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let (before, after) = (bench.folder(), bench.session.folder().join("after"));
    copy(&before, &after);
    assert!(assert_kept(&before, &after, "a copy") > 1_000);
    for loss in [
        "DELETE FROM usage_hour WHERE (profile, at) IN (SELECT profile, at FROM usage_hour LIMIT 1)",
        "UPDATE usage_day SET input = 0 WHERE (profile, at) IN
            (SELECT profile, at FROM usage_day WHERE input > 0 LIMIT 1)",
        "DELETE FROM version WHERE key = 1",
        "DELETE FROM token WHERE key = 1",
        "UPDATE fetch_status SET outcome = 'failed' WHERE dataset = 'summary' AND profile = 1",
    ] {
        copy(&before, &after);
        open(&after).execute(loss, []).unwrap();
        let found = std::panic::catch_unwind(|| assert_kept(&before, &after, loss));
        assert!(found.is_err(), "{loss}");
    }
}

/// The store in `after` is sound and has every row that the one in `before` has. Returns how many.
pub(crate) fn assert_kept(before: &Path, after: &Path, context: &str) -> i64 {
    let db = open(after);
    assert_whole(&db);
    let before = before.join("profile-desk.db");
    db.execute("ATTACH ?1 AS before", [before.to_str().unwrap()])
        .unwrap();
    let mut compared = 0;
    for table in tables(&db) {
        let rows = |of: &str| count(&db, &format!("SELECT count(*) FROM {of}.{table}"));
        let (had, has) = (rows("before"), rows("main"));
        assert!(
            has >= had,
            "{context}: {table} had {had} rows and has {has}"
        );
        compared += had;
    }
    for (table, columns) in KEPT {
        let lost = format!(
            "SELECT count(*) FROM (SELECT {columns} FROM before.{table}
             EXCEPT SELECT {columns} FROM main.{table})"
        );
        assert_eq!(count(&db, &lost), 0, "{context}: rows of {table} are lost");
    }
    // A dataset that had arrived has not un-arrived, and its rows are as many at least.
    let lost = "SELECT count(*) FROM before.fetch_status AS had
        LEFT JOIN main.fetch_status AS has ON has.dataset = had.dataset
            AND has.profile IS had.profile AND has.account IS had.account
        WHERE had.outcome = 'ok'
            AND (has.outcome IS NOT 'ok' OR has.succeeded_at < had.succeeded_at)";
    assert_eq!(count(&db, lost), 0, "{context}: datasets are lost");
    for table in ["usage_hour", "usage_day"] {
        for service in Service::NINE {
            let sum = |of: &str| {
                let sql = format!("SELECT total({}) FROM {of}.{table}", service.key());
                db.query_row::<f64, _, _>(&sql, [], |row| row.get(0))
                    .unwrap()
            };
            let (had, has) = (sum("before"), sum("main"));
            assert!(has >= had, "{context}: {table} {service:?} {had} {has}");
        }
    }
    compared
}

/// The history is the very one of a sync that nobody disturbed.
pub(crate) fn assert_same_history(reference: &Path, folder: &Path, context: &str) {
    let db = open(folder);
    let reference = reference.join("profile-desk.db");
    db.execute("ATTACH ?1 AS whole", [reference.to_str().unwrap()])
        .unwrap();
    let columns = "id, at, input, output, analysis, sms, email, push_notification, data_records,
        file_storage, run_users, other";
    for table in ["usage_hour", "usage_day"] {
        let of = |of: &str| {
            format!(
                "SELECT {columns} FROM {of}.{table} JOIN {of}.profile ON profile.key = {table}.profile"
            )
        };
        for (one, other) in [("main", "whole"), ("whole", "main")] {
            let differ = format!("SELECT count(*) FROM ({} EXCEPT {})", of(one), of(other));
            assert_eq!(count(&db, &differ), 0, "{context}: {table}");
        }
    }
}

fn tables(db: &Connection) -> Vec<String> {
    let sql =
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut query = db.prepare(sql).unwrap();
    let names = query.query_map([], |row| row.get(0)).unwrap();
    names.map(Result::unwrap).collect()
}

/// The datasets of profiles that are said to be there: the profile's id and the dataset.
pub(crate) fn arrived(db: &Connection) -> BTreeSet<(String, String)> {
    let sql =
        "SELECT id, dataset FROM fetch_status JOIN profile ON profile.key = fetch_status.profile
        WHERE outcome = 'ok'";
    let mut query = db.prepare(sql).unwrap();
    let rows = query
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    rows.map(Result::unwrap).collect()
}

pub(crate) fn rows_by_profile(db: &Connection, table: &str) -> BTreeMap<String, i64> {
    let sql = format!(
        "SELECT profile.id, count(*) FROM {table} JOIN profile ON profile.key = {table}.profile GROUP BY profile.id"
    );
    let mut query = db.prepare(&sql).unwrap();
    let rows = query
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    rows.map(Result::unwrap).collect()
}

pub(crate) fn count(db: &Connection, sql: &str) -> i64 {
    db.query_row(sql, [], |row| row.get(0)).unwrap()
}

pub(crate) fn open(folder: &Path) -> Connection {
    Connection::open(folder.join("profile-desk.db")).unwrap()
}
