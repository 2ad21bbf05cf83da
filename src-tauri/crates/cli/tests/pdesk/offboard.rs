//! Somebody loses all access from a terminal, with a report.
#![allow(clippy::unwrap_used)] // helpers of tests

use jiff::SignedDuration;
use serde_json::json;
use sim::world::{Member, Permission, Token};

use crate::bench::Bench;

const ADA: &str = "000000000000000000000ada";

/// Ada is in the team of a profile of the first account, made one token that is in use and one that is not, and is
/// invited to another profile.
fn with_ada() -> (Bench, String, String) {
    let bench = Bench::connected(8);
    let account = bench.sim.tokens()[0].account.clone();
    let now = bench.sim.clock().now();
    let ago = |days: i64| now - SignedDuration::from_hours(24 * days);
    let ada = |active| Member {
        id: ADA.to_owned(),
        name: "Ada Kern".to_owned(),
        email: "ada@example.com".to_owned(),
        active,
        created_at: ago(2),
    };
    let token = |name: &str, used: i64| Token {
        token: format!("p-0000000-{name}"),
        name: name.to_owned(),
        permission: Permission::Read,
        expires_at: None,
        last_authorization: Some(ago(used)),
        created_at: ago(100),
        created_by: ADA.to_owned(),
        ref_id: String::new(),
        serie_number: None,
    };
    let (one, other) = bench.sim.change(|world| {
        let mut own = world.owned_by(&account).map(|profile| profile.id.clone());
        let (one, other) = (own.next().unwrap(), own.next().unwrap());
        drop(own);
        let profile = world.profile_mut(&one).unwrap();
        profile.team = vec![ada(true)];
        profile.created_at = now;
        world.add_token(&one, token("Gateway", 1));
        world.add_token(&one, token("Archive", 90));
        world.profile_mut(&other).unwrap().team = vec![ada(false)];
        (one, other)
    });
    assert_eq!(bench.run(&["sync"]).code, 0);
    (bench, one, other)
}

fn upstream(bench: &Bench, profile: &str) -> (bool, Vec<String>) {
    let world = bench.sim.world();
    let profile = world.profile(profile).unwrap();
    let by_ada = profile
        .tokens
        .iter()
        .filter(|token| token.created_by == ADA);
    let in_team = profile.team.iter().any(|member| member.id == ADA);
    (in_team, by_ada.map(|token| token.name.clone()).collect())
}

#[test]
fn a_dry_run_sends_nothing_and_says_what_would_be_taken_what_is_left_and_how_old_that_is() {
    let (bench, one, _) = with_ada();
    let said = bench.run(&["team", "offboard", "Ada Kern", "--dry-run"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("3 to be changed"), "{said:?}");
    assert!(
        said.out.contains("Gateway") && said.out.contains("in use"),
        "{said:?}"
    );
    assert!(said.err.contains("--sync"), "{said:?}");
    let (meant, code) = bench.json(&["team", "offboard", "ada@example.com", "--dry-run"]);
    assert_eq!(code, 0);
    assert_eq!(meant["preview"]["ready"], 3);
    assert_eq!(meant["person"]["ways"].as_array().unwrap().len(), 4);
    assert!(upstream(&bench, &one).0);
    assert_eq!(bench.run(&["team", "offboard", "Bea", "--dry-run"]).code, 1);
}

#[test]
fn everything_careful_is_taken_with_a_report_in_a_file_and_tokens_in_use_only_when_told() {
    let (bench, one, other) = with_ada();
    let file = bench.folder().join("ada.csv");
    let path = file.to_str().unwrap();
    let (done, code) = bench.json(&[
        "team",
        "offboard",
        "ADA@example.com",
        "--sync",
        "--yes",
        "--report",
        path,
    ]);
    assert_eq!(code, 0, "{done}");
    assert_eq!(done["report"]["counts"]["removed"], 3, "{done}");
    assert_eq!(done["report"]["counts"]["left"], 1, "{done}");
    assert_eq!(upstream(&bench, &one), (false, vec!["Gateway".to_owned()]));
    assert_eq!(upstream(&bench, &other), (false, Vec::new()));
    let written = std::fs::read_to_string(&file).unwrap();
    assert_eq!(written.matches("removed").count(), 3, "{written}");
    assert!(
        written.contains("left as it is") && written.contains("replace it"),
        "{written}"
    );
    let (log, _) = bench.json(&["log"]);
    assert_eq!(log[0]["kind"], "offboard");
    assert_eq!(log[0]["after"]["removed"], json!(3));

    let rest = bench.run(&["team", "offboard", ADA, "--tokens", "all", "--yes"]);
    assert_eq!(rest.code, 0, "{rest:?}");
    assert_eq!(upstream(&bench, &one), (false, Vec::new()));
    let gone = bench.run(&["team", "offboard", ADA, "--yes"]);
    assert_eq!(gone.code, 1, "nothing is left: {gone:?}");
}
