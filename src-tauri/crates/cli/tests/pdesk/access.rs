//! Tokens, teams, access and the audit log on a terminal and in JSON.
#![allow(clippy::unwrap_used)] // helpers of tests

use serde_json::{Value, json};

use crate::bench::{Bench, ended, files_with};

const HARMFUL: &str = "\u{1b}[2J<b>Ada</b>";

/// The first account's own profile, with a team in which somebody has a harmful name; all synced.
fn synced() -> (Bench, String) {
    let bench = Bench::connected(8);
    let owner = bench.sim.tokens()[0].account.clone();
    let now = bench.sim.clock().now();
    let profile = bench.sim.change(|world| {
        let profile = world
            .profiles
            .values_mut()
            .find(|profile| profile.owner == owner && profile.tokens.len() > 1)
            .unwrap();
        let member = |number: u32, name: &str, active| sim::world::Member {
            id: format!("{number:024x}"),
            name: name.to_owned(),
            email: format!("{number:x}@example.com"),
            active,
            created_at: now - jiff::SignedDuration::from_hours(24),
        };
        profile.team = vec![member(0xada, HARMFUL, true), member(0xbea, "Bea", false)];
        profile.id.clone()
    });
    assert_eq!(bench.run(&["sync"]).code, 0);
    (bench, profile)
}

fn rows(bench: &Bench, args: &[&str]) -> Vec<Value> {
    let (rows, code) = bench.json(args);
    assert_eq!(code, 0, "{rows}");
    rows.as_array().unwrap().clone()
}

fn has_fields(row: &Value, fields: &[&str]) {
    for field in fields {
        assert!(row.get(field).is_some(), "{field} is missing: {row}");
    }
}

#[test]
fn tokens_are_listed_of_one_profile_or_all_with_sign_ins_when_asked_for() {
    let (bench, profile) = synced();
    let all = rows(&bench, &["token", "list"]);
    for row in &all {
        has_fields(
            row,
            &[
                "fingerprint",
                "last4",
                "name",
                "permission",
                "expires_at",
                "last_authorization_at",
                "created_at",
                "created_by",
                "profile",
                "flags",
            ],
        );
        assert_eq!(row["sign_in"], false);
    }
    let one = rows(&bench, &["token", "list", &profile]);
    assert!(!one.is_empty() && one.len() < all.len());
    assert!(one.iter().all(|row| row["profile"] == *profile));
    let full = rows(&bench, &["token", "list", "--filter", "permission:full"]);
    assert!(!full.is_empty());
    assert!(full.iter().all(|row| row["permission"] == "full"));
    let with_sign_ins = rows(&bench, &["token", "list", "--sign-ins"]);
    assert!(with_sign_ins.len() > all.len());
    let said = bench.run(&["token", "list"]).out;
    assert!(said.contains("of signing in left out."), "{said}");
    assert!(
        said.contains("TOKEN") && said.contains("LAST USED"),
        "{said}"
    );
    let bad = bench.error(&["token", "list", "--filter", "flag:bad"], "");
    assert_eq!((bad.0["code"].as_str(), bad.1), (Some("invalid_input"), 2));
}

#[test]
fn lists_are_whole_and_in_order_however_long_they_are() {
    let (bench, profile) = synced();
    let names: Vec<String> = (0..600).map(|number| format!("many {number:03}")).collect();
    bench.sim.change(|world| {
        let tokens = &mut world.profiles.get_mut(&profile).unwrap().tokens;
        let one = tokens[0].clone();
        tokens.extend(
            names
                .iter()
                .zip(0..)
                .map(|(name, number): (_, u32)| sim::world::Token {
                    token: format!("p-00000000-0000-4000-8000-{number:012x}"),
                    name: name.clone(),
                    expires_at: None,
                    ..one.clone()
                }),
        );
    });
    let sync = ["sync", "--profile", &profile, "--fresh"];
    assert_eq!(bench.run(&sync).code, 0);
    let many_of = |rows: Vec<Value>, field: &str| -> Vec<String> {
        let names = rows.iter().filter_map(|row| row[field].as_str());
        let many = names.filter(|name| name.starts_with("many"));
        many.map(str::to_owned).collect()
    };
    let listed = rows(&bench, &["token", "list", "--filter", "many"]);
    assert_eq!(many_of(listed, "name"), names);
    let access = rows(&bench, &["access", "--profile", &profile]);
    assert_eq!(many_of(access, "token"), names);
}

#[test]
fn whose_a_token_is_comes_from_standard_input_alone_and_nothing_is_sent() {
    let (bench, profile) = synced();
    let value = bench.sim.world().profiles[&profile].tokens[0].token.clone();
    bench.sim.clear_requests();
    let find = |value: &str| {
        ended(
            bench.command(&["token", "find", "--stdin", "--json"]),
            value,
        )
    };
    let found = find(&value);
    assert_eq!(found.code, 0, "{found:?}");
    let answer: Value = serde_json::from_str(&found.out).unwrap();
    assert_eq!(answer["tokens"][0]["profile"], *profile);
    assert_eq!(answer["tokens"][0]["gone_at"], json!(null));
    has_fields(
        &answer["tokens"][0],
        &["created_by", "permission", "last_authorization_at", "name"],
    );
    let said = ended(bench.command(&["token", "find", "--stdin"]), &value).out;
    for word in ["Profile", "Creator", "Permission", "Last used"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains(&value) && !found.out.contains(&value));
    assert!(bench.sim.requests().is_empty());
    let bare = value.strip_prefix("p-").unwrap_or(&value);
    assert_eq!(
        files_with(&bench.folder(), bare.as_bytes()),
        [] as [std::path::PathBuf; 0]
    );

    let (error, code) = bench.error(
        &["token", "find", "--stdin"],
        "n-00000000-1111-4222-8333-444444444444",
    );
    assert_eq!((error["code"].as_str(), code), (Some("not_found"), 1));
    assert!(error["message"].as_str().unwrap().contains("network token"));
    assert!(
        error["hint"].as_str().unwrap().contains("profiles"),
        "{error}"
    );
    // Never as an argument, and not without a word where it comes from.
    assert_eq!(bench.run(&["token", "find", &value]).code, 2);
    assert_eq!(bench.error(&["token", "find"], "").1, 2);
}

#[test]
fn a_team_is_listed_without_its_owner_and_its_names_are_harmless() {
    let (bench, profile) = synced();
    let team = rows(&bench, &["team", "list", &profile]);
    assert_eq!(team.len(), 2);
    let of = |name: &str| team.iter().find(|row| row["name"] == name).unwrap();
    has_fields(of("Bea"), &["id", "name", "email", "active", "created_at"]);
    assert_eq!(of("Bea")["active"], false);
    assert_eq!(of(HARMFUL)["active"], true);
    let said = bench.run(&["team", "list", &profile]).out;
    assert!(
        said.contains("invited") && !said.contains('\u{1b}'),
        "{said}"
    );
    let all = rows(&bench, &["team", "list"]);
    assert!(all.iter().any(|row| row["profile"] == *profile));
}

#[test]
fn access_says_of_each_line_how_it_is_known() {
    let (bench, profile) = synced();
    let now = rows(&bench, &["access", "--profile", &profile]);
    let kinds: Vec<&str> = now.iter().filter_map(|row| row["kind"].as_str()).collect();
    for kind in ["owner", "member", "invitation", "token"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
    for row in &now {
        has_fields(
            row,
            &[
                "profile", "kind", "known", "how", "since", "until", "source", "at",
            ],
        );
        assert_eq!(row["known"], "seen");
    }
    let then = rows(
        &bench,
        &["access", "--profile", &profile, "--at", "2026-01-31"],
    );
    assert!(then.iter().all(|row| row["known"] != "seen"), "{then:?}");
    let person = rows(&bench, &["access", "--person", "ADA@example.com"]);
    assert_eq!(person.len(), 1);
    assert_eq!(person[0]["kind"], "member");
    let found = rows(
        &bench,
        &["access", "--filter", "ada@example.com role:member"],
    );
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["id"], person[0]["id"]);
    let said = bench.run(&["access", "--profile", &profile]).out;
    assert!(said.contains("KNOWN") && said.contains("seen"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
    for (args, code) in [
        (&["access", "--person", "nobody@example.com"][..], 1),
        (&["access", "--at", "some day"], 2),
        (&["access", "--filter", "role:captain"], 2),
        (&["access", "--at", "2999-01-01"], 2),
    ] {
        assert_eq!(bench.error(args, "").1, code, "{args:?}");
    }
}

#[test]
fn audit_events_come_from_the_archive_and_it_says_which_times_are_not_there_yet() {
    let (bench, profile) = synced();
    let key = "SELECT key FROM profile WHERE id = ?1";
    let key: i64 = bench
        .db()
        .query_row(key, [&profile], |row| row.get(0))
        .unwrap();
    bench
        .db()
        .execute_batch(&format!(
            "INSERT INTO audit_span VALUES ({key}, 1780272000000, 1780876800000);
             INSERT INTO audit_event VALUES
                 ({key}, 1780300000000, 'device', 'd1', '{:024x}', 'Device edited'),
                 ({key}, 1780400000000, 'profile', 'p1', 'somebody', 'Token generated');",
            0xada
        ))
        .unwrap();
    bench.sim.clear_requests();
    let all = rows(&bench, &["audit", &profile]);
    assert_eq!(all.len(), 2);
    has_fields(
        &all[0],
        &["at", "resource", "resource_id", "who", "message"],
    );
    assert_eq!(all[0]["message"], "Token generated");
    let early = rows(&bench, &["audit", &profile, "--to", "2026-06-02"]);
    assert_eq!(early.len(), 1);
    assert_eq!(early[0]["who_name"], HARMFUL);
    let said = bench.run(&["audit", &profile]).out;
    assert!(
        said.contains("Archived: 2026-06-01 00:00 to 2026-06-08 00:00 UTC."),
        "{said}"
    );
    assert!(
        said.contains("Not yet: ") && !said.contains('\u{1b}'),
        "{said}"
    );
    assert!(bench.sim.requests().is_empty());
}
