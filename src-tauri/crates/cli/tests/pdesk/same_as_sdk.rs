//! What pdesk sends for an operation, beside what TagoIO's SDK for JavaScript sends for it: method, path, query and body.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use session::Keyring;
use sim::world::{PastDue, Schedule, Service};
use sim::{Options, Running, Simulator};
use tokio::runtime::Runtime;

use crate::bench::{Bench, ended};
use crate::process::{Language, Sdk};
use crate::recorder::{Recorder, Sent};

/// pdesk and the SDK, each with a world of its own that is made of the same seed.
struct Both {
    bench: Bench,
    ours: Recorder,
    theirs: Recorder,
    runtime: Runtime,
    sdk: Sdk,
    compared: BTreeSet<&'static str>,
    /// Answers to the SDK.
    sim: Running,
}

impl Both {
    fn new() -> Self {
        let options = Options {
            profiles: 20,
            ..Options::default()
        };
        let bench = Bench::of(options.clone(), Keyring::Unlocked);
        let runtime = Runtime::new().unwrap();
        let same = Options {
            clock: sim::Clock::at(bench.sim.clock().now()),
            ..options
        };
        let sim = runtime.block_on(Simulator::start(same)).unwrap();
        let (ours, theirs) = (Recorder::before(&bench.sim), Recorder::before(&sim));
        let add = ["account", "add", "--label", "Acme", "--region", &ours.url];
        let command = bench.command(&[&add[..], &["--token-stdin"]].concat());
        let added = ended(command, &bench.token(0));
        assert_eq!(added.code, 0, "{added:?}");
        let started = runtime.block_on(async { Sdk::start(Language::JavaScript) });
        Self {
            bench,
            ours,
            theirs,
            runtime,
            sdk: started,
            compared: BTreeSet::new(),
            sim,
        }
    }

    /// What pdesk sends for a command.
    fn pdesk(&self, args: &[&str], input: &str) -> Vec<Sent> {
        self.ours.take();
        let ended = ended(self.bench.command(args), input);
        assert_eq!(ended.code, 0, "{args:?}: {ended:?}");
        self.ours.take()
    }

    /// Compares a request of pdesk's with the one that the SDK makes of a call.
    fn same(&mut self, call: &'static str, args: Value, ours: &Sent) {
        let token = self.bench.token(0);
        self.theirs.take();
        let call_at = self.sdk.call_at(&self.theirs.url, &token, call, args);
        let answer = self.runtime.block_on(call_at);
        let theirs = self.theirs.take();
        assert_eq!(theirs.len(), 1, "{call}: {answer:?}");
        assert_eq!(*ours, theirs[0], "{call}");
        assert!(answer.is_ok(), "{call}: {answer:?}");
        assert!(self.compared.insert(call), "{call} was compared already");
    }

    /// The profiles that the account owns.
    fn own(&self) -> Vec<String> {
        let account = self.bench.sim.tokens()[0].account.clone();
        let world = self.bench.sim.world();
        let own = world.owned_by(&account);
        own.map(|profile| profile.id.clone()).collect()
    }
}

/// The one request to this path.
fn to<'a>(all: &'a [Sent], method: &str, path: &str) -> &'a Sent {
    let mut found = all
        .iter()
        .filter(|sent| sent.method == method && sent.path == path);
    let first = found.next();
    first.unwrap_or_else(|| panic!("nothing was sent to {method} {path}: {all:#?}"))
}

#[test]
fn pdesk_sends_what_the_official_javascript_sdk_sends_for_the_same_operations() {
    let mut both = Both::new();
    reading(&mut both);
    audit_log(&mut both);
    changing(&mut both);
    billing(&mut both);
    tokens(&mut both);
    profiles(&mut both);
    signing_in(&mut both);
    let compared: Vec<&str> = both.compared.iter().copied().collect();
    assert_eq!(
        compared,
        [
            "Account.login",
            "Account.requestLoginPINCode",
            "Account.tokenCreate",
            "billing.cancelDowngrade",
            "billing.cancelLastOperation",
            "billing.editAllocation",
            "billing.editSubscription",
            "billing.getAllocation",
            "billing.getPaymentMethod",
            "billing.getPrices",
            "billing.getProratedPrices",
            "billing.getSubscription",
            "billing.getSubscriptionSchedule",
            "billing.getSubscriptionSummary",
            "billing.retryLastPayment",
            "files.uploadBase64",
            "profile.addTeamMember",
            "profile.auditLog",
            "profile.auditLogQuery",
            "profile.create",
            "profile.delete",
            "profile.deleteTeamMember",
            "profile.edit",
            "profile.info",
            "profile.list",
            "profile.serviceEdit",
            "profile.summary",
            "profile.teamList",
            "profile.tokenCreate",
            "profile.tokenDelete",
            "profile.tokenList",
            "profile.transferTokenToAnotherProfile",
            "profile.usageStatisticList",
        ]
    );
    // This SDK has no call for backups, so that pdesk's are held against the documentation alone.
}

fn reading(both: &mut Both) {
    let id = both.own().remove(0);
    let sent = both.pdesk(&["sync"], "");
    both.same("profile.list", json!([]), to(&sent, "GET", "/profile"));
    let info = to(&sent, "GET", &format!("/profile/{id}"));
    both.same("profile.info", json!([id]), info);
    let summary = to(&sent, "GET", &format!("/profile/{id}/summary"));
    both.same("profile.summary", json!([id]), summary);
    let team = to(&sent, "GET", &format!("/profile/{id}/team"));
    both.same("profile.teamList", json!([id]), team);
    let allocation = to(&sent, "GET", "/account/allocation");
    both.same("billing.getAllocation", json!([]), allocation);
    for (call, path) in [
        ("billing.getSubscription", "/account/subscription"),
        (
            "billing.getSubscriptionSchedule",
            "/account/subscription/schedule",
        ),
        (
            "billing.getSubscriptionSummary",
            "/account/subscription/summary",
        ),
        ("billing.getPaymentMethod", "/account/payment_method"),
        ("billing.getPrices", "/pricing"),
    ] {
        both.same(call, json!([]), to(&sent, "GET", path));
    }
    let list = to(&sent, "GET", &format!("/profile/{id}/token"));
    let fields = [
        "token",
        "name",
        "type",
        "permission",
        "serie_number",
        "last_authorization",
        "verification_code",
        "expire_time",
        "ref_id",
        "created_at",
        "created_by",
    ];
    let amount: u32 = list.query["amount"].parse().unwrap();
    let asked =
        json!({"page": 1, "fields": fields, "amount": amount, "orderBy": ["created_at", "desc"]});
    both.same("profile.tokenList", json!([id, asked]), list);
    let usage = to(&sent, "GET", &format!("/profile/{id}/statistics"));
    // What is asked about is the caller's choice; how it is said is what is compared.
    let asked = json!(usage.query);
    both.same("profile.usageStatisticList", json!([id, asked]), usage);
}

fn audit_log(both: &mut Both) {
    let id = both.own().remove(0);
    let now = both.bench.sim.clock().now();
    let from = (now - SignedDuration::from_hours(72)).to_string();
    let live = ["audit", &id, "--live", "--from", &from];
    let narrowed = ["--resource", "device", "--find", "Device edited"];
    let more = ["--resource-id", "5bb0a0c9f1d2e3a4b5c6d7e8", "--limit", "5"];
    let sent = both.pdesk(&[&live[..], &narrowed, &more].concat(), "");
    let start = to(&sent, "GET", &format!("/profile/{id}/auditlog"));
    assert_eq!(start.query.len(), 6, "with every filter: {start:?}");
    both.same("profile.auditLog", json!([id, start.query]), start);
    let is_poll = |sent: &&Sent| sent.path.starts_with(&format!("{}/", start.path));
    let poll = sent.iter().find(is_poll).unwrap();
    let query = poll.path.rsplit('/').next().unwrap();
    both.same("profile.auditLogQuery", json!([id, query]), poll);
}

fn changing(both: &mut Both) {
    let own = both.own();
    let (one, other) = (own[0].as_str(), own[1].as_str());
    let path = format!("/profile/{one}");
    let edit = ["profile", "edit", one, "--name", "Pier 4", "--yes"];
    let sent = both.pdesk(&edit, "");
    let edited = json!([one, {"name": "Pier 4"}]);
    both.same("profile.edit", edited, to(&sent, "PUT", &path));

    let command = ["services", one, "set", "input=1000", "sms=1", "--yes"];
    let sent = both.pdesk(&command, "");
    let services = json!([one, {"input": 1000, "sms": 1}]);
    let limited = to(&sent, "POST", &format!("{path}/services"));
    both.same("profile.serviceEdit", services, limited);

    let file = both.bench.session.folder().join("limits.csv");
    std::fs::write(&file, format!("profile,input\n{one},900\n{other},800\n")).unwrap();
    let file = file.to_str().unwrap();
    let sent = both.pdesk(&["allocation", "set", "--from", file, "--yes"], "");
    let rows = json!([[{"profile": one, "input": 900}, {"profile": other, "input": 800}]]);
    let allocated = to(&sent, "POST", "/account/allocation");
    both.same("billing.editAllocation", rows, allocated);

    let address = "ada.new@example.com";
    let free = {
        let world = both.bench.sim.world();
        let is_free = |id: &&String| world.profile(id).unwrap().team.is_empty();
        own.iter().find(is_free).unwrap().clone()
    };
    let sent = both.pdesk(&["team", "add", &free, address, "--yes"], "");
    let team = format!("/profile/{free}/team");
    let added = to(&sent, "POST", &team);
    both.same("profile.addTeamMember", json!([free, address]), added);
    let sent = both.pdesk(&["team", "remove", &free, address, "--yes"], "");
    let is_removal = |sent: &&Sent| sent.method == "DELETE";
    let removed = sent.iter().find(is_removal).unwrap();
    let member = removed.path.rsplit('/').next().unwrap();
    both.same("profile.deleteTeamMember", json!([free, member]), removed);
}

fn billing(both: &mut Both) {
    let id = both.own().remove(0);
    let file = both.bench.session.folder().join("logo.png");
    std::fs::write(&file, b"\x89PNG\r\n\x1a\n").unwrap();
    let file = file.to_str().unwrap();
    let sent = both.pdesk(&["profile", "edit", &id, "--logo-file", file, "--yes"], "");
    let uploaded = to(&sent, "POST", "/files");
    let files = json!([uploaded.body]);
    both.same("files.uploadBase64", files, uploaded);

    let fails = |world: &mut sim::world::World| {
        let account = &mut world.accounts[0];
        account.past_due = Some(PastDue {
            amount_due: 4_900,
            attempts: 1,
        });
        account.schedule = Some(Schedule {
            release_at: Timestamp::now() + SignedDuration::from_hours(240),
            plan: None,
            limits: vec![(Service::Sms, 10.0)],
        });
    };
    let all_fresh = |both: &Both| {
        both.bench.sim.change(fails);
        both.sim.change(fails);
        both.pdesk(&["sync", "--fresh", "--account", "Acme"], "");
    };
    all_fresh(both);
    let sent = both.pdesk(&["account", "cancel-downgrade", "Acme", "--yes"], "");
    let cancelled = to(&sent, "DELETE", "/account/subscription/schedule");
    both.same("billing.cancelDowngrade", json!([]), cancelled);
    let sent = both.pdesk(&["account", "payment", "retry", "Acme", "--yes"], "");
    let retried = to(&sent, "POST", "/account/subscription/pending/retry");
    both.same("billing.retryLastPayment", json!([]), retried);
    all_fresh(both);
    let sent = both.pdesk(&["account", "payment", "cancel", "Acme", "--yes"], "");
    let given_up = to(&sent, "POST", "/account/subscription/pending/cancel");
    both.same("billing.cancelLastOperation", json!([]), given_up);

    both.pdesk(&["config", "set", "buying", "true"], "");
    let (offer, _) = both.bench.json(&["account", "buy", "Acme"]);
    let next = offer["services"][0]["tiers"][0]["amount"].to_string();
    let limit = format!(
        "{}={next}",
        offer["services"][0]["service"].as_str().unwrap()
    );
    let buy = ["account", "buy", "Acme", &limit, "--yes", "--most", "9999"];
    let sent = both.pdesk(&buy, "");
    let prorated = to(&sent, "GET", "/pricing/prorated");
    both.same("billing.getProratedPrices", json!([]), prorated);
    let bought = to(&sent, "POST", "/account/subscription");
    let subscription = json!([bought.body]);
    both.same("billing.editSubscription", subscription, bought);
}

fn tokens(both: &mut Both) {
    let id = both.own().remove(0);
    let (email, password) = {
        let world = both.bench.sim.world();
        let account = &world.accounts[0];
        (account.email.clone(), account.password.clone())
    };
    let create = [
        "token",
        "create",
        &id,
        "--name",
        "CI",
        "--permission",
        "read",
    ];
    let how = ["--expires", "90d", "--print", "--password-stdin", "--yes"];
    let sent = both.pdesk(&[&create[..], &how].concat(), &password);
    let path = format!("/profile/{id}/token");
    let made = to(&sent, "POST", &path);
    let expires = &made.body["expire_time"];
    let asked = json!({
        "name": "CI", "permission": "read", "expire_time": expires, "email": email, "password": password,
    });
    both.same("profile.tokenCreate", json!([id, asked]), made);
    let sent = both.pdesk(&["token", "revoke", &id, "CI", "--yes"], "");
    let is_removal = |sent: &&Sent| sent.method == "DELETE";
    let removed = sent.iter().find(is_removal).unwrap();
    let value = removed.path.rsplit('/').next().unwrap();
    both.same("profile.tokenDelete", json!([id, value]), removed);

    let to_other = both.own().pop().unwrap();
    let sent = both.pdesk(&["token", "move", &to_other, "--yes"], "");
    let path = format!("/profile/switch/{to_other}");
    let moved = to(&sent, "PUT", &path);
    both.same(
        "profile.transferTokenToAnotherProfile",
        json!([to_other]),
        moved,
    );
}

fn profiles(both: &mut Both) {
    let create = ["profile", "create", "Pier 9", "--account", "Acme"];
    let sent = both.pdesk(&[&create[..], &["--free-resources", "--yes"]].concat(), "");
    let free = json!([{"name": "Pier 9"}, {"allocate_free_resources": true}]);
    both.same("profile.create", free, to(&sent, "POST", "/profile/"));
    let id = both.own().remove(0);
    let (name, password) = {
        let world = both.bench.sim.world();
        let profile = world.profile(&id).unwrap();
        (profile.name.clone(), world.accounts[0].password.clone())
    };
    let delete = ["profile", "delete", &id, "--confirm", &name];
    let how = ["--password-stdin", "--yes"];
    let sent = both.pdesk(&[&delete[..], &how].concat(), &password);
    let deleted = to(&sent, "DELETE", &format!("/profile/{id}"));
    both.same(
        "profile.delete",
        json!([id, {"password": password}]),
        deleted,
    );
}

fn signing_in(both: &mut Both) {
    let id = both.own().remove(0);
    let [(email, password, _), (other, other_password, pin)] = {
        let world = both.bench.sim.world();
        let of = |number: usize| {
            let account = &world.accounts[number];
            (
                account.email.clone(),
                account.password.clone(),
                account.pin.clone(),
            )
        };
        [of(0), of(2)]
    };
    let renew = ["account", "renew", "Acme", "--profile", &id];
    let sent = both.pdesk(&[&renew[..], &["--password-stdin"]].concat(), &password);
    let login = to(&sent, "POST", "/account/login");
    let credentials = json!([{"email": email, "password": password}]);
    both.same("Account.login", credentials, login);
    let made = to(&sent, "POST", "/account/profile/token");
    let asked = json!([made.body.clone()]);
    both.same("Account.tokenCreate", asked, made);

    let url = both.ours.url.clone();
    let add = ["account", "add", "--label", "Pier", "--region", &url];
    let of_other = {
        let world = both.bench.sim.world();
        let mut own = world.owned_by(&world.accounts[2].id);
        own.next().unwrap().id.clone()
    };
    let how = [
        "--email",
        &other,
        "--pin-by",
        "sms",
        "--profile",
        &of_other,
        "--password-stdin",
    ];
    let input = format!("{other_password}\n{pin}\n{pin}\n");
    let sent = both.pdesk(&[&add[..], &how].concat(), &input);
    let is_asked = |sent: &&Sent| sent.body["otp_type"] == "sms" && sent.body["pin_code"].is_null();
    let asked = sent.iter().find(is_asked);
    let asked = asked.unwrap_or_else(|| panic!("no PIN was asked for: {sent:#?}"));
    let credentials = json!({"email": other, "password": other_password});
    both.same(
        "Account.requestLoginPINCode",
        json!([credentials, "sms"]),
        asked,
    );
}
