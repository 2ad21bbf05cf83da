//! Higher limits bought, and what hangs over a subscription, on a terminal.
#![allow(clippy::unwrap_used)] // helpers of tests

use serde_json::{Value, json};
use sim::world::{PastDue, Service};

use crate::bench::Bench;

/// The account's limit of data input at TagoIO, and the next one that is sold.
fn input(bench: &Bench) -> (f64, f64) {
    let (offer, code) = bench.json(&["account", "buy", "Acme"]);
    assert_eq!(code, 0, "{offer}");
    let services = offer["services"].as_array().unwrap();
    let input = services
        .iter()
        .find(|one| one["service"] == "input")
        .unwrap();
    let world = bench.sim.world();
    let limit = world.accounts[0].limits[Service::Input as usize];
    (limit, input["tiers"][0]["amount"].as_f64().unwrap())
}

fn own(bench: &Bench) -> String {
    let account = bench.sim.tokens()[0].account.clone();
    let world = bench.sim.world();
    world.owned_by(&account).next().unwrap().id.clone()
}

#[test]
fn more_is_bought_once_it_is_switched_on_and_for_no_more_than_was_said() {
    let bench = Bench::connected(8);
    assert_eq!(bench.run(&["sync"]).code, 0);
    let (before, next) = input(&bench);
    let id = own(&bench);
    let held = |bench: &Bench| {
        let world = bench.sim.world();
        world.profile(&id).unwrap().limits[Service::Input as usize]
    };
    let had = held(&bench);
    let wanted = format!("input={next}");
    let buy = ["account", "buy", "Acme", &wanted];
    let yes = ["--yes", "--most", "5000"];
    let off = bench.run(&[&buy[..], &yes].concat());
    assert_eq!(off.code, 1, "{off:?}");
    assert!(off.err.contains("switched off"), "{off:?}");
    assert_eq!(bench.run(&["config", "set", "buying", "true"]).code, 0);
    let (quote, code) = bench.json(&[&buy[..], &["--dry-run"]].concat());
    assert_eq!(code, 0, "{quote}");
    assert!(quote["now"].as_i64().unwrap() > 0, "{quote}");
    assert_eq!(bench.run(&buy).code, 2, "nobody can say yes");
    assert_eq!(bench.run(&[&buy[..], &["--yes"]].concat()).code, 2);
    let cheap = bench.run(&[&buy[..], &["--yes", "--most", "0.01"]].concat());
    assert_eq!(cheap.code, 1, "{cheap:?}");
    assert!((input(&bench).0 - before).abs() < 1e-6);
    let give = ["--allocate-to", &id];
    let (bought, code) = bench.json(&[&buy[..], &give, &yes].concat());
    assert_eq!((code, &bought["step"]), (0, &json!("done")), "{bought}");
    assert!((bench.sim.world().accounts[0].limits[Service::Input as usize] - next).abs() < 1e-6);
    assert!((held(&bench) - (had + next - before)).abs() < 1e-6);
    let (open, _) = bench.json(&["account", "buy", "list"]);
    assert_eq!(open, json!([]));
}

#[test]
fn a_purchase_that_is_not_paid_is_listed_resumed_and_let_be() {
    let bench = Bench::connected(8);
    assert_eq!(bench.run(&["sync"]).code, 0);
    assert_eq!(bench.run(&["config", "set", "buying", "true"]).code, 0);
    let (_, next) = input(&bench);
    bench.sim.change(|world| world.accounts[0].declines = true);
    let wanted = format!("input={next}");
    let buy = ["account", "buy", "Acme", &wanted, "--yes", "--most", "5000"];
    let (bought, code) = bench.json(&buy);
    assert_eq!(
        (code, &bought["step"]),
        (1, &json!("processing")),
        "{bought}"
    );
    let (open, _) = bench.json(&["account", "buy", "list"]);
    let number = open[0]["key"].to_string();
    // Paid on TagoIO's site meanwhile.
    bench.sim.change(|world| {
        let account = &mut world.accounts[0];
        account.past_due = None;
        account.limits[Service::Input as usize] = next;
    });
    let (resumed, code) = bench.json(&["account", "buy", "resume", &number]);
    assert_eq!((code, &resumed["step"]), (0, &json!("done")), "{resumed}");
    assert_eq!(bench.run(&["account", "buy", "cancel", "99"]).code, 1);
    assert_eq!(bench.run(&["account", "buy", "cancel", &number]).code, 0);
    let kinds: Vec<Value> = bench.json(&["log"]).0.as_array().unwrap().clone();
    assert_eq!(kinds.len(), 1, "nothing was sent again");
}

#[test]
fn a_purchase_that_is_killed_before_its_answer_is_found_out_and_never_sent_again() {
    const SENT: &str = "POST /account/subscription";
    for (declines, step, code) in [(false, "done", 0), (true, "processing", 1)] {
        let bench = Bench::connected(8);
        assert_eq!(bench.run(&["sync"]).code, 0);
        assert_eq!(bench.run(&["config", "set", "buying", "true"]).code, 0);
        let (_, next) = input(&bench);
        bench
            .sim
            .change(|world| world.accounts[0].declines = declines);
        let wanted = format!("input={next}");
        let buy = ["account", "buy", "Acme", &wanted, "--yes", "--most", "5000"];
        bench.killed_at(SENT, &buy, "");
        let sent = || {
            let requests = bench.sim.requests();
            let bought = requests
                .iter()
                .filter(|one| format!("{} {}", one.method, one.route) == SENT);
            bought.count()
        };
        assert_eq!(sent(), 1);

        let (open, _) = bench.json(&["account", "buy", "list"]);
        assert_eq!(open.as_array().unwrap().len(), 1, "{open}");
        let another = bench.run(&buy);
        assert_eq!(another.code, 1, "{another:?}");
        let number = open[0]["key"].to_string();
        let (resumed, ended) = bench.json(&["account", "buy", "resume", &number]);
        assert_eq!((ended, &resumed["step"]), (code, &json!(step)), "{resumed}");
        assert_eq!(sent(), 1, "nothing is bought twice");
        let limit = bench.sim.world().accounts[0].limits[Service::Input as usize];
        assert_eq!((limit - next).abs() < 1e-6, !declines);
        let (log, _) = bench.json(&["log"]);
        assert_eq!(log.as_array().unwrap().len(), 1, "{log}");
        bench.assert_sound();
    }
}

#[test]
fn a_failed_payment_is_tried_again_and_a_downgrade_cancelled() {
    let bench = Bench::connected(8);
    bench.sim.change(|world| {
        let account = &mut world.accounts[0];
        account.past_due = Some(PastDue {
            amount_due: 4_900,
            attempts: 1,
        });
        account.schedule = Some(sim::world::Schedule {
            release_at: jiff::Timestamp::now() + jiff::SignedDuration::from_hours(240),
            plan: None,
            limits: vec![(Service::Sms, 10.0)],
        });
    });
    assert_eq!(bench.run(&["sync"]).code, 0);
    let cancel = ["account", "cancel-downgrade", "Acme", "--yes"];
    let (done, code) = bench.json(&cancel);
    assert_eq!((code, &done["counts"]["done"]), (0, &json!(1)), "{done}");
    let (done, code) = bench.json(&["account", "payment", "retry", "Acme", "--yes"]);
    assert_eq!((code, &done["counts"]["done"]), (0, &json!(1)), "{done}");
    let world = bench.sim.world();
    assert!(world.accounts[0].schedule.is_none() && world.accounts[0].past_due.is_none());
}
