//! A token replaced by another one: made, watched over several runs, and the old one revoked, or the new one.
#![allow(clippy::unwrap_used)] // helpers of tests

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sim::{Fault, FaultKind};

use crate::bench::{Bench, Ended, ended};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

struct Rotation {
    bench: Bench,
    id: String,
}

impl Rotation {
    /// A profile with a token that is named “Old” and was used an hour ago.
    fn new() -> Self {
        let bench = Bench::connected(8);
        let account = bench.sim.tokens()[0].account.clone();
        let holder = {
            let world = bench.sim.world();
            world.token(&bench.token(0)).unwrap().0.id.clone()
        };
        let id = {
            let world = bench.sim.world();
            let mut own = world.owned_by(&account);
            let has_some =
                |profile: &&sim::world::Profile| profile.id != holder && !profile.tokens.is_empty();
            own.find(has_some).unwrap().id.clone()
        };
        bench.sim.change(|world| {
            let token = &mut world.profile_mut(&id).unwrap().tokens[0];
            "Old".clone_into(&mut token.name);
        });
        let rotation = Self { bench, id };
        rotation.use_token("Old", HOUR);
        assert_eq!(rotation.bench.run(&["sync"]).code, 0);
        rotation
    }

    /// Has a token be used so long ago.
    fn use_token(&self, name: &str, ago: SignedDuration) {
        let at = Timestamp::now() - ago;
        self.bench.sim.change(|world| {
            let tokens = &mut world.profile_mut(&self.id).unwrap().tokens;
            let token = tokens.iter_mut().find(|token| token.name == name).unwrap();
            token.last_authorization = Some(at);
        });
    }

    fn is_there(&self, name: &str) -> bool {
        let world = self.bench.sim.world();
        let tokens = &world.profile(&self.id).unwrap().tokens;
        tokens.iter().any(|token| token.name == name)
    }

    fn begin(&self) -> Ended {
        let password = self.bench.sim.world().accounts[0].password.clone();
        let args = [
            &["token", "rotate", "begin", &self.id, "Old"][..],
            &["--name", "New", "--permission", "read", "--expires", "90d"],
            &[
                "--place",
                "the gateway",
                "--print",
                "--password-stdin",
                "--yes",
            ],
        ];
        ended(self.bench.command(&args.concat()), &password)
    }

    fn listed(&self) -> Vec<Value> {
        let (rows, code) = self.bench.json(&["token", "rotate", "list"]);
        assert_eq!(code, 0, "{rows}");
        rows.as_array().unwrap().clone()
    }

    fn end(&self, how: &str, number: &str, more: &[&str]) -> Ended {
        let args = ["token", "rotate", how, number, "--yes"];
        self.bench.run(&[&args[..], more].concat())
    }
}

#[test]
fn the_old_token_is_revoked_once_the_new_one_is_used_and_it_is_quiet_and_not_before() {
    let rotation = Rotation::new();
    let begun = rotation.begin();
    assert_eq!(begun.code, 0, "{begun:?}");
    assert!(rotation.is_there("New") && begun.out.trim().len() > 20);
    let again = rotation.begin();
    assert_eq!(again.code, 2, "{again:?}");
    let rows = rotation.listed();
    assert_eq!(
        (&rows[0]["step"], &rows[0]["place"]),
        (&json!("place"), &json!("the gateway"))
    );
    let number = rows[0]["key"].to_string();
    let early = rotation.end("finish", &number, &[]);
    assert_eq!(early.code, 1, "{early:?}");
    assert!(early.err.contains("not used yet"), "{early:?}");

    rotation.use_token("New", HOUR);
    let early = rotation.end("finish", &number, &[]);
    assert_eq!(early.code, 1, "{early:?}");
    assert!(early.err.contains("within a day"), "{early:?}");
    assert_eq!(rotation.listed()[0]["step"], "watch");
    assert!(rotation.is_there("Old"));

    rotation.use_token("Old", HOUR * 30);
    let done = rotation.end("finish", &number, &[]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(!rotation.is_there("Old") && rotation.is_there("New"));
    assert_eq!(rotation.listed(), [json!(null); 0]);
}

#[test]
fn a_replacement_is_given_up_by_revoking_the_new_token() {
    let rotation = Rotation::new();
    assert_eq!(rotation.begin().code, 0);
    let number = rotation.listed()[0]["key"].to_string();
    let cancelled = rotation.end("cancel", &number, &[]);
    assert_eq!(cancelled.code, 0, "{cancelled:?}");
    assert!(rotation.is_there("Old") && !rotation.is_there("New"));
    assert_eq!(rotation.listed(), [json!(null); 0]);
    assert_eq!(rotation.end("cancel", &number, &[]).code, 1);
}

#[test]
fn a_new_token_whose_answer_was_lost_stays_known_and_is_revoked_and_one_that_was_not_made_leaves_nothing()
 {
    let rotation = Rotation::new();
    let sim = &rotation.bench.sim;
    sim.set_fault(Fault::new(FaultKind::Lost).on("POST /profile/{id}/token"));
    let lost = rotation.begin();
    sim.clear_faults();
    assert_eq!(lost.code, 1, "{lost:?}");
    assert!(rotation.is_there("New"));
    let rows = rotation.listed();
    assert_eq!(rows[0]["step"], "place");
    let number = rows[0]["key"].to_string();
    // As if this program had been killed before it could see it.
    let unseen =
        "DELETE FROM token WHERE key IN (SELECT token FROM token_version WHERE name = 'New')";
    assert_eq!(rotation.bench.db().execute(unseen, []).unwrap(), 1);
    assert_eq!(rotation.listed()[0]["step"], "not_made");
    assert_eq!(rotation.end("cancel", &number, &[]).code, 0);
    assert!(!rotation.is_there("New"));

    sim.set_fault(Fault::new(FaultKind::Drop).on("POST /profile/{id}/token"));
    let failed = rotation.begin();
    sim.clear_faults();
    assert_ne!(failed.code, 0, "{failed:?}");
    assert!(!rotation.is_there("New"));
    assert_eq!(rotation.listed(), [json!(null); 0]);
}
