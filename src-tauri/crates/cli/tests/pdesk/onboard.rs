//! Customers onboarded: whole, from a file, and killed in the middle of it.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use serde_json::Value;
use session::Keyring;
use sim::{Fault, FaultKind, Options};

use crate::bench::{Bench, Ended, ended, files_with};

const NAME: &str = "Pier 4";
/// What the customer is to have of messages.
const SMS: f64 = 40.0;

/// A customer with some of everything, in a file.
const WRITTEN: &str = "
name = 'Pier 4'
logo = 'https://pier.example/logo.png'
invite = ['ada@pier.example', 'bo@pier.example']
customer = 'Pier'
note = 'Calls on Mondays.'
protect = true
[limits]
sms = 40
run_users = 0
[token]
name = 'Gateway'
permission = 'write'
expires = '90d'
";

impl Bench {
    /// Sees to it that the account has enough for the customer that is allocated to nobody.
    fn make_room(&self) {
        self.sim.change(|world| {
            world.accounts[0].limits[sim::world::Service::Sms as usize] += SMS;
        });
    }

    /// The customer's limit of messages at TagoIO.
    fn sms_upstream(&self) -> f64 {
        let world = self.sim.world();
        let mut profiles = world.profiles.values();
        let made = profiles.find(|profile| profile.name == NAME).unwrap();
        made.limits[sim::world::Service::Sms as usize]
    }

    /// A file with the customer, and where its token's value is to go.
    fn customer(&self) -> (String, String) {
        let file = self.session.folder().join("customer.toml");
        fs::write(&file, WRITTEN).unwrap();
        let value = self.session.folder().join("token");
        (file.display().to_string(), value.display().to_string())
    }

    fn password(&self) -> String {
        self.sim.world().accounts[0].password.clone()
    }

    /// What stands at TagoIO of the customer: profiles, invitations and tokens of its names.
    fn upstream(&self) -> (usize, usize, usize) {
        let account = self.sim.tokens()[0].account.clone();
        let world = self.sim.world();
        let own: Vec<_> = world
            .owned_by(&account)
            .filter(|profile| profile.name == NAME)
            .collect();
        let team = own.iter().map(|profile| profile.team.len()).sum();
        let tokens = own.iter().flat_map(|profile| &profile.tokens);
        let tokens = tokens.filter(|token| token.name == "Gateway").count();
        (own.len(), team, tokens)
    }

    /// The value of the customer's token at TagoIO.
    fn token_upstream(&self) -> Option<String> {
        let world = self.sim.world();
        let profiles = world.profiles.values();
        let mut tokens = profiles.flat_map(|profile| &profile.tokens);
        let made = tokens.find(|token| token.name == "Gateway");
        made.map(|token| token.token.clone())
    }

    /// How many tokens were revoked.
    fn revoked(&self) -> usize {
        let requests = self.sim.requests();
        let sent = |request: &&sim::Request| {
            request.method == "DELETE" && request.route.contains("/token")
        };
        requests.iter().filter(sent).count()
    }

    fn resume(&self, number: &str, to: &str) -> Ended {
        let args = ["onboard", "resume", number, "--to", to];
        let more = ["--password-stdin", "--yes", "--json"];
        ended(self.command(&[&args[..], &more].concat()), &self.password())
    }
}

#[test]
fn a_customer_in_a_file_is_onboarded_and_handed_over_without_the_tokens_value() {
    let bench = Bench::connected(8);
    bench.make_room();
    assert_eq!(bench.run(&["sync"]).code, 0);
    let (file, value) = bench.customer();
    let from = ["onboard", "--from", &file, "--account", "Acme"];
    bench.sim.clear_requests();
    let (preview, code) = bench.json(&[&from[..], &["--dry-run"]].concat());
    assert_eq!((code, &preview["refused"]), (0, &0.into()), "{preview}");
    assert_eq!(preview["steps"].as_array().unwrap().len(), 9);
    assert_eq!(bench.sim.requests().len(), 0, "a dry run sends nothing");
    let nowhere = bench.run(&[&from[..], &["--yes", "--password-stdin"]].concat());
    assert_eq!(nowhere.code, 2, "{nowhere:?}");
    assert!(nowhere.err.contains("no place"), "{nowhere:?}");

    let out = ["--to", &value, "--password-stdin", "--yes", "--json"];
    let done = ended(
        bench.command(&[&from[..], &out].concat()),
        &bench.password(),
    );
    assert_eq!(done.code, 0, "{done:?}");
    let result: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(result["over"], true, "{result}");
    assert_eq!(bench.upstream(), (1, 2, 1));
    assert!((bench.sms_upstream() - SMS).abs() < 1e-6);
    let secret = fs::read_to_string(&value).unwrap();
    assert_eq!(
        fs::metadata(&value).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let page = result["page"].as_str().unwrap();
    for part in [
        NAME,
        "ada@pier.example (invited)",
        "Gateway",
        &secret.trim()[secret.trim().len() - 4..],
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!done.out.contains(secret.trim()) && !done.err.contains(secret.trim()));
    assert!(files_with(&bench.folder(), secret.trim().as_bytes()).is_empty());

    let (list, _) = bench.json(&["onboard", "list"]);
    let number = list[0]["key"].to_string();
    let html = bench
        .session
        .folder()
        .join("page.html")
        .display()
        .to_string();
    assert_eq!(
        bench
            .run(&["onboard", "page", &number, "--save", &html])
            .code,
        0
    );
    assert!(
        fs::read_to_string(&html)
            .unwrap()
            .contains("<h1>Pier 4</h1>")
    );
    let again = ended(
        bench.command(&[&from[..], &["--print", "--password-stdin", "--yes"]].concat()),
        &bench.password(),
    );
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.err.contains("already"), "{again:?}");
    assert_eq!(bench.upstream(), (1, 2, 1));
    bench.assert_sound();
}

#[test]
fn an_onboarding_that_is_killed_at_any_step_goes_on_and_makes_nothing_twice() {
    let options = Options {
        profiles: 8,
        latency: Duration::from_millis(20),
        ..Options::default()
    };
    let bench = Bench::of(options, Keyring::Unlocked);
    assert_eq!(bench.add("Acme", &bench.token(0)).code, 0);
    bench.make_room();
    assert_eq!(bench.run(&["sync"]).code, 0);
    let (file, value) = bench.customer();
    let fresh = bench.session.folder().join("fresh");
    crate::kill::copy(&bench.folder(), &fresh);
    // Killed as soon as TagoIO carried this request out, whose answer takes its time.
    for route in [
        "POST /profile/",
        "PUT /profile/{id}",
        "POST /profile/{id}/team",
        "POST /profile/{id}/token",
    ] {
        crate::kill::copy(&fresh, &bench.folder());
        let args = [
            "onboard",
            "--from",
            &file,
            "--account",
            "Acme",
            "--to",
            &value,
        ];
        let more = ["--password-stdin", "--yes"];
        let password = bench.password();
        bench.killed_at(route, &[&args[..], &more].concat(), &password);
        // What it made for the value is there and empty.
        drop(fs::remove_file(&value));

        let (list, code) = bench.json(&["onboard", "list"]);
        assert_eq!(
            (code, list.as_array().unwrap().len()),
            (0, 1),
            "{route}: {list}"
        );
        assert_eq!(list[0]["over"], false, "{route}: {list}");
        let made = bench.token_upstream();
        assert_eq!(made.is_some(), route == "POST /profile/{id}/token");
        let number = list[0]["key"].to_string();
        let mut resumed = bench.resume(&number, &value);
        if let Some(made) = made {
            // Nobody has the value of the token that was made: it is named, and the next run makes another.
            assert_eq!(resumed.code, 5, "{resumed:?}");
            let named = format!("····{} stands", &made[made.len() - 4..]);
            assert!(resumed.out.contains(&named), "{named}: {resumed:?}");
            assert_eq!(bench.revoked(), 0);
            resumed = bench.resume(&number, &value);
            assert_eq!(bench.revoked(), 1);
            assert!(bench.sim.world().token(&made).is_none(), "it is revoked");
        }
        assert_eq!(resumed.code, 0, "{route}: {resumed:?}");
        assert_eq!(bench.upstream(), (1, 2, 1), "{route}");
        assert!((bench.sms_upstream() - SMS).abs() < 1e-6, "{route}");
        let kept = fs::read_to_string(&value).unwrap();
        let stands = bench.sim.world().token(kept.trim()).is_some();
        assert!(
            stands,
            "{route}: the token whose value was handed out is the one that stands"
        );
        bench.assert_sound();
        fs::remove_file(&value).unwrap();
        let id = serde_json::from_str::<Value>(&resumed.out).unwrap();
        assert!(bench.sim.remove_profile(id["profile"].as_str().unwrap()));
    }
}

#[test]
fn a_step_that_fails_leaves_the_others_done_and_is_skipped() {
    let bench = Bench::connected(8);
    assert_eq!(bench.run(&["sync"]).code, 0);
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Drop).on("PUT /profile/{id}"));
    let args = ["onboard", "--name", NAME, "--account", "Acme"];
    let more = [
        "--logo",
        "https://a.b/c.png",
        "--note",
        "Hello",
        "--invite",
        "ada@pier.example",
        "--yes",
    ];
    let (result, code) = bench.json(&[&args[..], &more].concat());
    assert_eq!(code, 5, "{result}");
    assert_eq!(bench.upstream(), (1, 1, 0));
    let number = result["key"].to_string();
    let again = bench.run(&["onboard", "resume", &number, "--yes"]);
    assert_eq!(again.code, 5, "{again:?}");
    let wrong = bench.run(&["onboard", "skip", &number, "nothing"]);
    assert_eq!(wrong.code, 1, "{wrong:?}");
    let (skipped, code) = bench.json(&["onboard", "skip", &number, "logo"]);
    assert_eq!((code, &skipped["over"]), (0, &true.into()), "{skipped}");
    assert_eq!(bench.run(&["onboard", "forget", &number]).code, 0);
    assert_eq!(bench.run(&["onboard", "resume", &number, "--yes"]).code, 1);
}

#[test]
fn an_onboarding_of_which_nothing_is_done_ends_with_the_cause_as_other_commands_do() {
    let bench = Bench::connected(8);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let onboard = ["onboard", "--name", NAME, "--account", "Acme"];
    let with = |more: &[&'static str]| bench.json(&[&onboard[..], more].concat());
    let code_of = |result: &Value| result["steps"][0]["code"].as_str().map(str::to_owned);

    let (dry, exit) = with(&["--logo", "nowhere", "--dry-run"]);
    assert_eq!((exit, &dry["steps"][1]["code"]), (2, &"invalid".into()));
    assert_eq!(code_of(&dry), None, "{dry}");
    bench.sim.set_fault(Fault::new(FaultKind::Drop));
    let (away, exit) = with(&["--note", "Hello", "--yes"]);
    assert_eq!(
        (exit, code_of(&away)),
        (4, Some("offline".to_owned())),
        "{away}"
    );
    bench.sim.clear_faults();
    let number = away["key"].to_string();
    bench.sim.set_fault(Fault::new(FaultKind::Revoked));
    let (out, exit) = bench.json(&["onboard", "resume", &number, "--yes"]);
    assert_eq!(
        (exit, code_of(&out)),
        (3, Some("signed_out".to_owned())),
        "{out}"
    );
    assert_eq!(bench.run(&["onboard", "forget", &number]).code, 0);
    let (dry, exit) = with(&["--dry-run"]);
    assert_eq!(
        (exit, code_of(&dry)),
        (3, Some("signed_out".to_owned())),
        "{dry}"
    );
    let refused = bench.run(&[&onboard[..], &["--yes"]].concat());
    assert_eq!(refused.code, 3, "{refused:?}");
    assert_eq!(bench.upstream(), (0, 0, 0));
}
