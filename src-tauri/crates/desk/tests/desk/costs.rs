//! What everything costs: to the cent of what the simulated TagoIO announces, and honest where it is not known.

mod export;
mod tiers;

use std::time::Duration;

use desk::export::{Cell, ExportQuery};
use desk::read::{
    AccountRow, CostAccount, CostLine, CostLineKind, CostPage, CostQuery, CostRow, CostSort,
    CostUnknown, SignIn,
};
use desk::{Desk, ProblemCode};
use model::{Cents, Dataset, Freshness, Service, Timestamp};
use sim::world::{Account, Plan};

use crate::{Bench, NOW};

const DAY: Duration = Duration::from_hours(24);

fn all() -> CostQuery {
    CostQuery {
        descending: true,
        limit: 500,
        ..CostQuery::default()
    }
}

fn of(filter: &str) -> CostQuery {
    CostQuery {
        filter: filter.to_owned(),
        ..all()
    }
}

impl Bench {
    async fn costs(&self) -> CostPage {
        self.desk.costs(all()).await.unwrap()
    }

    async fn cost_of(&self, label: &str) -> CostAccount {
        self.cost_at(label, None).await
    }

    async fn cost_at(&self, label: &str, at: Option<Timestamp>) -> CostAccount {
        let accounts = self.desk.cost_accounts("", at).await.unwrap();
        accounts.into_iter().find(|one| one.label == label).unwrap()
    }

    fn change_account(&self, number: usize, change: impl FnOnce(&mut Account)) {
        self.sim.change(|world| change(&mut world.accounts[number]));
    }

    /// What the simulator announces of an account's next invoice.
    fn announced(&self, number: usize) -> Cents {
        Cents(self.sim.world().accounts[number].monthly_total())
    }
}

fn line<'a>(account: &'a CostAccount, name: &str) -> &'a CostLine {
    let mut lines = account.lines.iter();
    lines
        .find(|line| line.name.as_deref() == Some(name))
        .unwrap()
}

/// Lines, parts and invoice of an account agree, whatever is unknown.
fn agrees(account: &CostAccount, rows: &[CostRow]) {
    let known: Cents = account.lines.iter().filter_map(|line| line.price).sum();
    assert_eq!(account.known, known);
    if let (Some(invoice), Some(difference)) = (account.invoice, account.difference) {
        assert_eq!(known + difference, invoice, "{account:?}");
    }
    let own: Vec<_> = rows
        .iter()
        .filter(|row| row.owner == Some(account.key))
        .collect();
    assert_eq!(own.len(), account.profiles as usize);
    for service in Service::ALL {
        let line = line(account, service.key());
        let of_rows: Cents = own
            .iter()
            .filter_map(|row| row.services[service.index()])
            .sum();
        let Some(price) = line.price else {
            assert!(
                own.iter()
                    .all(|row| row.services[service.index()].is_none())
            );
            continue;
        };
        assert_eq!(line.allocated, Some(of_rows), "{service}");
        let nobodys = line.unallocated.unwrap_or_default();
        assert_eq!(of_rows + nobodys + line.undivided, price, "{service}");
    }
    let allocated: Cents = own.iter().map(|row| row.known).sum();
    assert_eq!(account.allocated, allocated);
}

#[tokio::test]
async fn the_lines_of_each_account_are_its_invoice_to_the_cent_with_coupon_and_balance() {
    let bench = Bench::connected(40).await;
    bench.sync().await;
    let page = bench.costs().await;
    // The first account has a coupon of ten percent and add-ons, the second a balance.
    for (number, label) in ["Acme", "Nordwind"].into_iter().enumerate() {
        let account = bench.cost_of(label).await;
        assert_eq!(account.invoice, Some(bench.announced(number)), "{label}");
        assert_eq!(account.unknown, 0, "{label}: {:?}", account.lines);
        assert_eq!(account.difference, Some(Cents(0)), "{label}");
        agrees(&account, &page.rows);
        let (start, end) = account.cycle.unwrap();
        let now: Timestamp = NOW.parse().unwrap();
        assert!(start <= now && now < end && !account.no_tiers && account.seen);
        let ages = account.datasets.iter();
        assert!(
            ages.clone()
                .all(|one| matches!(one.freshness, Freshness::Fresh { .. }))
        );
        assert_eq!(ages.count(), 4);
    }
    let acme = bench.cost_of("Acme").await;
    let coupon = line(&acme, "PARTNER");
    assert_eq!(coupon.kind, CostLineKind::Coupon);
    assert_eq!(coupon.price, Some(Cents(-(acme.known.0 / 9))));
    assert_eq!(line(&acme, "custom_dns").amount, Some(2.0));
    assert_eq!(line(&acme, "custom_dns").price, Some(Cents(18_000)));
    let nordwind = bench.cost_of("Nordwind").await;
    assert_eq!(nordwind.balance, Some(Cents(12_500)));
    let kinds = |account: &CostAccount| {
        let coupons = account.lines.iter();
        coupons
            .filter(|line| line.kind == CostLineKind::Coupon)
            .count()
    };
    assert_eq!((kinds(&acme), kinds(&nordwind)), (1, 0));
    assert_ne!(acme.cycle, nordwind.cycle, "each account has its own");

    let figures = page.figures;
    let invoices = bench.announced(0) + bench.announced(1);
    assert_eq!((figures.invoices, figures.invoices_known), (invoices, 2));
    let known: Cents = page.rows.iter().map(|row| row.known).sum();
    assert_eq!((figures.allocated, page.sum.cost), (known, known));
    let unallocated = acme.unallocated.unwrap() + nordwind.unallocated.unwrap();
    assert_eq!(figures.unallocated, unallocated);
    assert!(unallocated.0 > 0);
    assert_eq!(bench.desk.cost_total().await.unwrap(), figures);
}

#[tokio::test]
async fn a_limit_that_fits_no_tier_is_unknown_and_spoils_nothing_else() {
    let bench = Bench::connected(12).await;
    bench.change_account(0, |account| {
        account.limits[Service::Input.index()] = 7_777_777.0;
    });
    bench.sync().await;
    let (page, acme) = (bench.costs().await, bench.cost_of("Acme").await);
    let input = line(&acme, "input");
    assert_eq!((input.price, input.why), (None, Some(CostUnknown::NoTier)));
    assert_eq!(input.amount, Some(7_777_777.0));
    agrees(&acme, &page.rows);
    assert_eq!(acme.unallocated, None);
    // A coupon of a tenth of what is unknown is unknown as well.
    assert_eq!((acme.unknown, line(&acme, "PARTNER").price), (2, None));
    let mine = page.rows.iter().filter(|row| row.owner == Some(acme.key));
    for row in mine {
        assert_eq!((row.unknown, row.services[0]), (1, None));
        assert!(row.services[1..].iter().all(Option::is_some) && row.addons.is_some());
    }
    let (figures, sum) = (page.figures, page.sum);
    assert_eq!(figures.unknown, acme.profiles);
    assert_eq!(sum.known, page.total - figures.unknown - figures.shared);
    assert_eq!((figures.unallocated_known, figures.accounts), (1, 2));
    let found = bench.desk.costs(of("cost:unknown")).await.unwrap();
    assert_eq!(found.total, acme.profiles);
    assert_eq!(found.sum.known, 0);
    assert_eq!(found.figures, figures, "the strip is over everything");
}

#[tokio::test]
async fn a_free_account_costs_nothing_and_its_cycle_is_the_calendar_month() {
    let bench = Bench::connected(6).await;
    bench.change_account(0, |account| {
        account.plan = Plan::Free;
        account.mobile.clear();
        account.custom_dns.clear();
        for (service, first) in [(0, 1.2e6), (1, 3.5e6), (2, 3_500.0), (3, 10.0), (4, 150.0)] {
            account.limits[service] = first;
        }
        for (service, first) in [(5, 150.0), (6, 9e5), (7, 250.0), (8, 10.0)] {
            account.limits[service] = first;
        }
    });
    bench.sync().await;
    let acme = bench.cost_of("Acme").await;
    assert_eq!(acme.plan.as_deref(), Some("free"));
    assert_eq!((acme.known, acme.unknown), (Cents(0), 0));
    assert_eq!(
        (acme.invoice, acme.difference),
        (Some(Cents(0)), Some(Cents(0)))
    );
    let month = ["2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"];
    let [start, end] = month.map(|at| at.parse::<Timestamp>().unwrap());
    assert_eq!(acme.cycle, Some((start, end)));
    let page = bench.costs().await;
    let mine = page.rows.iter().filter(|row| row.owner == Some(acme.key));
    assert!(
        mine.clone()
            .all(|row| (row.known, row.unknown) == (Cents(0), 0))
    );
    assert!(mine.count() > 0);
}

#[tokio::test]
async fn a_profile_that_is_shared_in_has_no_known_cost_and_is_counted() {
    let bench = Bench::new(40).await;
    let token = bench.sim.tokens()[0].token.clone();
    bench.connect("Acme", &token).await;
    bench.sync().await;
    let page = bench.costs().await;
    let shared: Vec<_> = page.rows.iter().filter(|row| row.owner.is_none()).collect();
    assert!(!shared.is_empty());
    assert_eq!(page.figures.shared as usize, shared.len());
    for row in &shared {
        assert_eq!(
            (row.known, row.unknown, row.account.as_str()),
            (Cents(0), 10, "Acme")
        );
        assert!(row.services.iter().all(Option::is_none) && row.addons.is_none());
    }
    let found = bench.desk.costs(of("cost:shared")).await.unwrap();
    assert_eq!((found.total as usize, found.sum.known), (shared.len(), 0));
    // They come last, whichever way the others are sorted.
    let first = page.rows.len() - shared.len();
    assert!(page.rows[first..].iter().all(|row| row.owner.is_none()));
    let ascending = CostQuery {
        descending: false,
        ..all()
    };
    let rows = bench.desk.costs(ascending).await.unwrap().rows;
    assert!(rows[first..].iter().all(|row| row.owner.is_none()));
    agrees(&bench.cost_of("Acme").await, &page.rows);
}

#[tokio::test]
async fn an_account_that_is_signed_out_keeps_its_last_known_costs_with_their_age() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    let before = bench.cost_of("Acme").await;
    bench.sim.revoke(&bench.sim.tokens()[0].token);
    bench.sim.clock().advance(2 * DAY);
    bench.sync().await;
    let after = bench.cost_of("Acme").await;
    assert_eq!(after.sign_in, SignIn::SignedOut);
    assert_eq!((after.lines, after.invoice), (before.lines, before.invoice));
    let of = |dataset| {
        let mut ages = after.datasets.iter();
        ages.find(|one| one.dataset == dataset)
            .unwrap()
            .freshness
            .clone()
    };
    let at: Timestamp = NOW.parse().unwrap();
    match of(Dataset::Subscription) {
        Freshness::Stale { fetched_at } => assert_eq!(fetched_at, at),
        Freshness::Failed { fetched_at, .. } => assert_eq!(fetched_at, Some(at)),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_coupon_that_was_never_seen_is_a_line_that_is_not_known_and_the_difference_holds_it() {
    let bench = Bench::connected(12).await;
    bench
        .sim
        .set_fault("5xx@/account/payment_method".parse().unwrap());
    bench.sync().await;
    let acme = bench.cost_of("Acme").await;
    assert!(!acme.payment_seen && acme.balance.is_none());
    let coupon = acme.lines.last().unwrap();
    assert_eq!((coupon.kind, coupon.price), (CostLineKind::Coupon, None));
    assert_eq!(acme.unknown, 1);
    assert_eq!(acme.difference, Some(bench.announced(0) - acme.known));
    assert!(
        acme.difference.unwrap().0 < 0,
        "the coupon takes something off"
    );
}

#[tokio::test]
async fn addons_of_which_nothing_is_said_are_not_known_and_the_difference_holds_them() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    let before = bench.cost_of("Acme").await;
    // As the store keeps it where an answer left them out.
    let db = rusqlite::Connection::open(bench.folder.path().join("profile-desk.db")).unwrap();
    let unsaid = "UPDATE version SET value = json_set(value, '$.addons', NULL)
                  WHERE aspect = 'subscription' AND account = ?1";
    assert_eq!(db.execute(unsaid, [before.key]).unwrap(), 1);
    let (page, acme) = (bench.costs().await, bench.cost_of("Acme").await);
    let addons: Vec<&CostLine> = acme
        .lines
        .iter()
        .filter(|line| line.kind == CostLineKind::Addon)
        .collect();
    let [unknown] = addons.as_slice() else {
        panic!("{addons:?}");
    };
    assert_eq!(
        (&unknown.name, unknown.price, unknown.why),
        (&None, None, Some(CostUnknown::NotKnown))
    );
    // The coupon takes a tenth of them too, so that it is not known either.
    assert_eq!((acme.unknown, line(&acme, "PARTNER").price), (2, None));
    assert_eq!(acme.difference, Some(bench.announced(0) - acme.known));
    agrees(&acme, &page.rows);
    let mine = page.rows.iter().filter(|row| row.owner == Some(acme.key));
    assert!(mine.clone().count() > 0);
    for row in mine {
        assert_eq!((row.addons, row.unknown), (None, 1), "{row:?}");
    }
    assert_eq!(bench.cost_of("Nordwind").await.unknown, 0);
    let query = ExportQuery::CostAccounts(of("acme"));
    let sheet = bench.desk.sheet(query).await.unwrap();
    let said = [
        "add-on",
        "Add-ons",
        "which there are is not known",
        "holds the 2 lines that are not known",
    ];
    for text in said.map(|text| Cell::Text(text.to_owned())) {
        assert!(sheet.rows.iter().flatten().any(|cell| *cell == text));
    }
}

#[tokio::test]
async fn a_past_moment_is_the_same_question_and_what_was_not_seen_then_is_not_known() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    let then: Timestamp = NOW.parse().unwrap();
    let (before, page) = (bench.cost_of("Acme").await, bench.costs().await);
    bench.change_account(0, |account| {
        account.limits[Service::Sms.index()] = 12_000.0;
        account.discount = None;
    });
    let removed = page.rows.iter().find(|row| row.owner == Some(before.key));
    let removed = removed.unwrap().clone();
    bench.sim.remove_profile(removed.id.as_str());
    bench.sim.clock().advance(40 * DAY);
    bench.sync().await;
    assert_ne!(bench.cost_of("Acme").await.lines, before.lines);
    let gone = bench.costs().await;
    assert!(gone.rows.iter().all(|row| row.key != removed.key));

    let past = bench.cost_at("Acme", Some(then)).await;
    assert_eq!(past.lines, before.lines);
    assert_eq!((past.cycle, past.invoice), (before.cycle, before.invoice));
    assert_eq!(past.datasets, []);
    let past_page = |at| CostQuery {
        at: Some(at),
        ..all()
    };
    let found = bench.desk.costs(past_page(then)).await.unwrap();
    assert_eq!((found.rows, found.sum), (page.rows, page.sum));

    // Before the first sync nobody knows, which is not the same as nothing.
    let earlier = then - DAY;
    let unseen = bench.cost_at("Acme", Some(earlier)).await;
    assert!(!unseen.seen && unseen.lines.is_empty() && unseen.invoice.is_none());
    assert!(!unseen.no_tiers && unseen.difference.is_none());
    assert_eq!(bench.desk.costs(past_page(earlier)).await.unwrap().total, 0);
    let later = bench.sim.clock().now() + DAY;
    let later = Timestamp::from_nanosecond(later.as_nanosecond()).unwrap();
    let problem = bench.desk.costs(past_page(later)).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::InvalidInput);
}

#[tokio::test]
async fn rows_are_filtered_sorted_and_cut_into_pages_here_and_exported_whole() {
    let bench = Bench::connected(40).await;
    let hostile = "<b onclick=boom()>Bold</b>";
    let id = bench
        .sim
        .world()
        .owned_by(&bench.sim.tokens()[0].account)
        .next()
        .unwrap()
        .id
        .clone();
    assert!(bench.sim.rename_profile(&id, hostile));
    bench.sync().await;
    let found = bench.desk.costs(of("BOOM()")).await.unwrap();
    assert_eq!((found.total, found.rows[0].name.as_str()), (1, hostile));
    let named = bench.desk.costs(of("NORDWIND")).await.unwrap();
    assert!(named.total > 0 && named.rows.iter().all(|row| row.account == "Nordwind"));
    assert_eq!(
        bench
            .desk
            .cost_accounts("nordwind", None)
            .await
            .unwrap()
            .len(),
        1
    );
    let sms = CostQuery {
        sort: CostSort::Service(Service::Sms),
        ..all()
    };
    let rows = bench.desk.costs(sms.clone()).await.unwrap().rows;
    let of_sms = |row: &CostRow| row.services[Service::Sms.index()];
    assert!(
        rows.windows(2)
            .all(|two| of_sms(&two[0]) >= of_sms(&two[1]))
    );
    let mut joined = Vec::new();
    for offset in (0..40).step_by(7) {
        let page = CostQuery {
            offset,
            limit: 7,
            ..sms.clone()
        };
        joined.extend(bench.desk.costs(page).await.unwrap().rows);
    }
    assert_eq!(joined, rows);
    for filter in ["", "nordwind"] {
        let (accounts, rows) = bench.desk.whole_costs(filter, None).await.unwrap();
        assert_eq!(
            accounts,
            bench.desk.cost_accounts(filter, None).await.unwrap()
        );
        assert_eq!(rows, bench.desk.costs(of(filter)).await.unwrap().rows);
    }
    let sheet = bench.desk.sheet(ExportQuery::Costs(sms)).await.unwrap();
    assert_eq!(sheet.rows.len(), rows.len());
    assert!(
        sheet
            .rows
            .iter()
            .all(|row| row.len() == sheet.columns.len())
    );
    let text = Cell::Text(hostile.to_owned());
    assert!(sheet.rows.iter().any(|row| row[0] == text));
    let problem = bench.desk.costs(of("cost:dear")).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::InvalidInput);
}

#[tokio::test]
async fn an_empty_store_costs_nothing_of_nothing() {
    let bench = Bench::new(4).await;
    let empty = async |desk: &Desk| {
        let page = desk.costs(all()).await.unwrap();
        (
            page.total,
            page.figures,
            desk.cost_accounts("", None).await.unwrap().len(),
        )
    };
    assert_eq!(
        empty(&bench.desk).await,
        (0, desk::read::CostFigures::default(), 0)
    );
    // Connected and not yet synced: an account, and nothing known of it.
    let AccountRow { key, .. } = bench
        .connect("Acme", &bench.sim.tokens()[0].token.clone())
        .await;
    let acme = bench.cost_of("Acme").await;
    assert_eq!((acme.key, acme.seen, acme.no_tiers), (key, false, false));
    let figures = bench.desk.cost_total().await.unwrap();
    assert_eq!((figures.accounts, figures.invoices_known), (1, 0));
}
