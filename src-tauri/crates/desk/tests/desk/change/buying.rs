//! Buying more for an account: never without the price, never twice, and gone on with after it was cut off.

use std::collections::BTreeMap;

use desk::buy::{BuyQuote, PurchaseRequest, PurchaseRow, PurchaseStep};
use desk::change::{Change, ChangeRequest, RefusalReason};
use desk::{Problem, ProblemCode};
use model::{ActionResult, Cents, Service};
use serde_json::json;
use sim::{Fault, FaultKind};
use store::Store;

use crate::{Bench, NOW};

const BUY: &str = "/account/subscription";
const PRORATED: &str = "GET /pricing/prorated";

impl Bench {
    /// A desk that may buy, and the number of its first account.
    async fn buying() -> (Self, i64) {
        let bench = Self::connected(10).await;
        bench.sync().await;
        bench
            .desk
            .put_setting("buying", Some("true"))
            .await
            .unwrap();
        let accounts = bench.desk.accounts().await.unwrap();
        let acme = accounts.iter().find(|one| one.label == "Acme").unwrap().key;
        (bench, acme)
    }

    /// The next tier of a service, and its price now.
    async fn quote(&self, account: i64, service: Service) -> BuyQuote {
        let offer = self.desk.buying_offer(account).await.unwrap();
        let offered = offer.services.iter().find(|one| one.service == service);
        let wanted = BTreeMap::from([(service, offered.unwrap().tiers[0].amount)]);
        let asked = self.desk.buying_quote(account, wanted);
        self.sim.run_through(asked).await.unwrap()
    }

    async fn buy(&self, quote: &BuyQuote, to: Option<i64>) -> Result<PurchaseRow, Problem> {
        let wanted = PurchaseRequest {
            buy: quote.buy.clone().unwrap(),
            allocate_to: to,
        };
        self.sim.run_through(self.desk.buy(wanted)).await
    }

    /// A purchase as an earlier process left it in the store, at a step.
    fn left(&self, quote: &BuyQuote, step: PurchaseStep) -> i64 {
        let state = json!({
            "buy": quote.buy,
            "to": null,
            "allocate": null,
            "step": step,
            "message": null,
        });
        let at = NOW.parse().unwrap();
        let store = Store::open(self.folder.path()).unwrap();
        let begun = store.write(|store| store.begin_errand("purchase", &state, at));
        begun.unwrap()
    }

    async fn resume(&self, key: i64) -> PurchaseRow {
        let work = self.desk.resume_purchase(key);
        self.sim.run_through(work).await.unwrap()
    }

    /// The account's limit of data input at TagoIO.
    fn bought_upstream(&self) -> f64 {
        let id = self.sim.tokens()[0].account.clone();
        let world = self.sim.world();
        world.account(&id).unwrap().limits[sim::world::Service::Input as usize]
    }
}

#[tokio::test]
async fn a_purchase_names_its_price_first_is_sent_once_awaited_and_given_to_a_profile() {
    let (bench, acme) = Bench::buying().await;
    let row = bench.owned().await.remove(0);
    let quote = bench.quote(acme, Service::Input).await;
    let (now, monthly) = (quote.now.unwrap(), quote.monthly.unwrap());
    assert!(now > Cents(0) && now < monthly, "{quote:?}");
    assert_eq!(quote.refusal, None);
    let buy = quote.buy.clone().unwrap();
    let (from, to) = (buy.from[&Service::Input], buy.services[&Service::Input]);
    let held = bench.limit_upstream(&row, sim::world::Service::Input);
    bench.sim.clear_requests();
    let bought = bench.buy(&quote, Some(row.key)).await.unwrap();
    assert_eq!(bought.step, PurchaseStep::Done, "{bought:?}");
    assert!(bought.ended_at.is_some());
    assert_eq!(bench.sent("POST", BUY), 1);
    assert!(
        bench.sent("GET", "/pricing/prorated") >= 1,
        "asked right before"
    );
    assert!((bench.bought_upstream() - to).abs() < 1e-6);
    let given = bench.limit_upstream(&row, sim::world::Service::Input);
    assert!((given - (held + to - from)).abs() < 1e-6);
    let kinds: Vec<_> = bench
        .log()
        .await
        .rows
        .into_iter()
        .map(|row| row.kind)
        .collect();
    assert_eq!(kinds, ["allocate", "buy"]);
    assert_eq!(bench.desk.purchases().await.unwrap(), []);
}

#[tokio::test]
async fn nothing_is_bought_while_that_is_switched_off_or_the_price_rose() {
    let (bench, acme) = Bench::buying().await;
    let quote = bench.quote(acme, Service::Input).await;
    bench.desk.put_setting("buying", None).await.unwrap();
    let off = bench.quote(acme, Service::Input).await.refusal.unwrap();
    assert_eq!(off.reason, RefusalReason::SwitchedOff);
    bench.sim.clear_requests();
    assert!(bench.buy(&quote, None).await.is_err());
    assert_eq!(bench.sim.requests().len(), 0);
    bench
        .desk
        .put_setting("buying", Some("true"))
        .await
        .unwrap();
    let mut cheap = quote.clone();
    cheap.buy.as_mut().unwrap().most = Cents(1);
    let bought = bench.buy(&cheap, None).await.unwrap();
    assert_eq!(bought.step, PurchaseStep::NotBought, "{bought:?}");
    let message = bought.message.unwrap();
    assert!(message.contains("$0.01 was agreed to"), "{message}");
    assert_eq!(bench.sent("POST", BUY), 0);
}

#[tokio::test]
async fn a_purchase_whose_answer_was_lost_is_read_back_and_never_sent_again() {
    let (bench, acme) = Bench::buying().await;
    let quote = bench.quote(acme, Service::Input).await;
    let to = quote.buy.as_ref().unwrap().services[&Service::Input];
    let post = format!("POST {BUY}");
    // It was carried out, and TagoIO is still at work on it.
    bench.sim.set_fault(Fault::new(FaultKind::Lost).on(&post));
    bench.sim.clear_requests();
    let bought = bench.buy(&quote, None).await.unwrap();
    assert_eq!(bought.step, PurchaseStep::Done, "{bought:?}");
    assert_eq!(bench.sent("POST", BUY), 1);
    assert!((bench.bought_upstream() - to).abs() < 1e-6);
    // It was not.
    bench.sim.clear_faults();
    let quote = bench.quote(acme, Service::Input).await;
    bench.sim.set_fault(Fault::new(FaultKind::Drop).on(&post));
    bench.sim.clear_requests();
    let bought = bench.buy(&quote, None).await.unwrap();
    assert_eq!(bought.step, PurchaseStep::NotBought, "{bought:?}");
    assert!((bench.bought_upstream() - to).abs() < 1e-6);
    assert_eq!(bench.sent("POST", BUY), 1);
}

#[tokio::test]
async fn what_is_bought_but_not_given_yet_is_gone_on_with_by_another_run_and_given_once() {
    let (mut bench, acme) = Bench::buying().await;
    let row = bench.owned().await.remove(0);
    let quote = bench.quote(acme, Service::Input).await;
    let held = bench.limit_upstream(&row, sim::world::Service::Input);
    let buy = quote.buy.clone().unwrap();
    let more = buy.services[&Service::Input] - buy.from[&Service::Input];
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Lost).on(&format!("POST {BUY}")));
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Lost).on("POST /profile/{id}/services"));
    let bought = bench.buy(&quote, Some(row.key)).await.unwrap();
    // The allocation is known by what stands.
    assert_eq!(bought.step, PurchaseStep::Done, "{bought:?}");
    bench.sim.clear_faults();

    let quote = bench.quote(acme, Service::Input).await;
    let again = quote.buy.clone().unwrap();
    let further = again.services[&Service::Input] - again.from[&Service::Input];
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Drop).on("POST /profile/{id}/services"));
    let bought = bench.buy(&quote, Some(row.key)).await.unwrap();
    assert_eq!(bought.step, PurchaseStep::Allocating, "{bought:?}");
    bench.sim.clear_faults();
    bench.reopen().await;
    let open = bench.desk.purchases().await.unwrap();
    assert_eq!(open.len(), 1);
    // What is new of the limits is known, so that nothing but the open purchase stands against another.
    bench.sync().await;
    let fresh = bench.quote(acme, Service::Input).await;
    assert_eq!(fresh.refusal, None);
    let problem = bench.buy(&fresh, None).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::Busy, "{problem:?}");
    bench.sim.clear_requests();
    let bought = bench.resume(open[0].key).await;
    assert_eq!(bought.step, PurchaseStep::Done, "{bought:?}");
    assert_eq!(bench.sent("POST", BUY), 0);
    let given = bench.limit_upstream(&row, sim::world::Service::Input);
    assert!((given - (held + more + further)).abs() < 1e-6);
    assert_eq!(bench.resume(open[0].key).await.step, PurchaseStep::Done);
    assert_eq!(bench.sent("POST", BUY), 0);
}

#[tokio::test]
async fn a_payment_that_fails_leaves_the_purchase_open_until_it_is_paid_or_let_be() {
    let (bench, acme) = Bench::buying().await;
    let quote = bench.quote(acme, Service::Input).await;
    let id = bench.sim.tokens()[0].account.clone();
    bench
        .sim
        .change(|world| world.account_mut(&id).unwrap().declines = true);
    let before = bench.bought_upstream();
    let bought = bench.buy(&quote, None).await.unwrap();
    assert_eq!(bought.step, PurchaseStep::Processing, "{bought:?}");
    let message = bought.message.unwrap();
    assert!(message.contains("Your card was declined"), "{message}");
    assert!((bench.bought_upstream() - before).abs() < 1e-6);
    assert_eq!(bench.desk.purchases().await.unwrap().len(), 1);
    bench.desk.end_purchase(bought.key).await.unwrap();
    assert_eq!(bench.desk.purchases().await.unwrap(), []);
}

#[tokio::test]
async fn a_price_that_cannot_be_asked_is_a_problem_and_what_is_no_tier_is_not_sold() {
    let (bench, acme) = Bench::buying().await;
    let odd = BTreeMap::from([(Service::Input, 1e15)]);
    let asked = bench.desk.buying_quote(acme, odd);
    let quote = bench.sim.run_through(asked).await.unwrap();
    assert_eq!((quote.buy, quote.now), (None, None));
    bench
        .sim
        .set_fault(Fault::new(FaultKind::Html).on(PRORATED));
    let asked = bench
        .desk
        .buying_quote(acme, BTreeMap::from([(Service::Input, 1e15)]));
    assert!(bench.sim.run_through(asked).await.is_err());
}

#[tokio::test]
async fn what_was_agreed_to_and_never_sent_is_not_bought_by_going_on() {
    let (bench, acme) = Bench::buying().await;
    let quote = bench.quote(acme, Service::Input).await;
    let before = bench.bought_upstream();
    let key = bench.left(&quote, PurchaseStep::Asked);
    let open = bench.desk.purchases().await.unwrap();
    assert_eq!((open.len(), open[0].step), (1, PurchaseStep::Asked));
    bench.sim.clear_requests();
    let ended = bench.resume(key).await;
    assert_eq!(ended.step, PurchaseStep::NotBought, "{ended:?}");
    assert!(ended.message.unwrap().contains("Buy it anew"));
    assert!(ended.ended_at.is_some());
    assert_eq!(bench.sim.requests(), []);
    assert!((bench.bought_upstream() - before).abs() < 1e-6);
    assert_eq!(bench.desk.purchases().await.unwrap(), []);
}

#[tokio::test]
async fn a_purchase_is_gone_on_with_once_at_a_time() {
    let (bench, acme) = Bench::buying().await;
    let quote = bench.quote(acme, Service::Input).await;
    let key = bench.left(&quote, PurchaseStep::Processing);
    let twice = async {
        tokio::join!(
            bench.desk.resume_purchase(key),
            bench.desk.resume_purchase(key)
        )
    };
    let (ended, refused) = match bench.sim.run_through(twice).await {
        (Ok(ended), Err(refused)) | (Err(refused), Ok(ended)) => (ended, refused),
        both => panic!("{both:?}"),
    };
    assert_eq!(ended.step, PurchaseStep::Processing, "{ended:?}");
    assert_eq!(refused.code, ProblemCode::Busy, "{refused}");
    // The right to go on is given back.
    assert_eq!(bench.resume(key).await.step, PurchaseStep::Processing);
}

#[tokio::test]
async fn what_became_of_a_purchase_is_found_out_also_after_buying_was_switched_off() {
    for (kind, ended) in [
        (FaultKind::Lost, ActionResult::Done),
        (FaultKind::Drop, ActionResult::Failed),
    ] {
        for retried in [false, true] {
            let (bench, acme) = Bench::buying().await;
            let quote = bench.quote(acme, Service::Input).await;
            let before = bench.sim.requests().len() as u64;
            bench
                .sim
                .set_fault(Fault::new(kind).on(&format!("POST {BUY}")));
            // What stands is asked before it is sent, then the price; after it, nothing more can be read.
            let away = Fault::new(FaultKind::Html).on(&format!("GET {BUY}"));
            bench.sim.set_fault(away.every(u64::MAX, before + 3));
            let bought = bench
                .carry_out(vec![Change::Buy(quote.buy.clone().unwrap())])
                .await;
            assert_eq!(bought.rows[0].result, ActionResult::Unknown, "{bought:?}");
            bench.sim.clear_faults();
            bench.desk.put_setting("buying", None).await.unwrap();
            // TagoIO is at work on it for two more looks.
            bench.sim.change(|world| {
                world.accounts.iter_mut().for_each(|one| one.processing = 0);
            });
            bench.sim.clear_requests();
            if retried {
                let batch = bought.batch;
                let again = bench.ask_for(ChangeRequest::Retry { batch }).await;
                assert_eq!(again.rows[0].result, ended, "{again:?}");
            } else {
                let found = bench.sim.run_through(bench.desk.unfinished());
                assert_eq!(found.await.unwrap()[0].result, ended);
            }
            assert_eq!(bench.sent("POST", BUY), 0, "nothing is bought by it");
            let log = bench.log().await;
            assert_eq!((log.total, log.rows[0].result), (1, ended), "{log:?}");
            assert!(bench.desk.unfinished().await.unwrap().is_empty());
        }
    }
}
