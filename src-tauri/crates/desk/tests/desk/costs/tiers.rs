//! An installation of one's own, which may have prices or none.

use desk::read::{CostAccount, CostLineKind, CostUnknown};
use model::{Cents, Freshness};
use sim::world::Pricing;

use super::agrees;
use crate::Bench;

/// No price of a service is claimed, and each says why.
fn unpriced(account: &CostAccount, why: CostUnknown) {
    let mut lines = account.lines.iter();
    assert!(lines.any(|line| line.why == Some(why)));
    let services = account
        .lines
        .iter()
        .filter(|line| line.kind == CostLineKind::Service);
    for line in services {
        // What is limited to nothing costs nothing anywhere.
        let nothing = line.amount == Some(0.0);
        assert_eq!(line.price.is_some(), nothing);
        assert_eq!(line.why, (!nothing).then_some(why));
    }
}

#[tokio::test]
async fn an_installation_without_tiers_says_so_and_guesses_nothing() {
    for pricing in [Pricing::Missing, Pricing::Empty] {
        let bench = Bench::connected(6).await;
        bench.sim.change(|world| world.pricing = pricing);
        bench.sync().await;
        let (page, acme) = (bench.costs().await, bench.cost_of("Acme").await);
        assert!(acme.no_tiers && acme.seen, "{pricing:?}");
        unpriced(&acme, CostUnknown::NoTiers);
        assert_eq!(acme.difference, Some(bench.announced(0)));
        agrees(&acme, &page.rows);
        assert_eq!(page.sum.known, 0);

        // It still says so where it is not asked again.
        bench.sim.set_fault("5xx@/pricing".parse().unwrap());
        bench.sync_again().await;
        assert!(bench.cost_of("Acme").await.no_tiers, "{pricing:?}");
    }
}

#[tokio::test]
async fn prices_that_did_not_arrive_are_not_known_and_no_word_of_an_installation_without_tiers() {
    let bench = Bench::connected(6).await;
    bench.sim.set_fault("5xx@/pricing".parse().unwrap());
    bench.sync().await;
    let (page, acme) = (bench.costs().await, bench.cost_of("Acme").await);
    assert!(acme.seen && !acme.no_tiers);
    unpriced(&acme, CostUnknown::NotKnown);
    assert!(acme.unknown > 0);
    let prices = acme
        .datasets
        .iter()
        .find(|one| one.dataset == model::Dataset::Prices)
        .unwrap();
    assert!(
        matches!(prices.freshness, Freshness::Failed { .. }),
        "{prices:?}"
    );
    agrees(&acme, &page.rows);
    assert_eq!(page.sum.known, 0);
    assert_eq!(acme.allocated, Cents(0));
}

#[tokio::test]
async fn an_installation_that_had_prices_keeps_them_where_the_question_leads_nowhere() {
    let bench = Bench::connected(6).await;
    bench.sync().await;
    let before = bench.cost_of("Acme").await;
    bench.sim.change(|world| world.pricing = Pricing::Missing);
    bench.sync_again().await;
    let after = bench.cost_of("Acme").await;
    assert!(!after.no_tiers);
    assert_eq!(after.lines, before.lines);
}
