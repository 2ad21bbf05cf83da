//! What the accounts' limits are divided into, and what is left.

use desk::ProblemCode;
use desk::export::ExportQuery;
use desk::read::{
    AllocationAccount, AllocationOverview, AllocationProfilesQuery, AllocationQuery, AllocationSort,
};
use model::{Freshness, Service};

use crate::Bench;

impl Bench {
    async fn allocation(&self, filter: &str) -> AllocationOverview {
        let filter = filter.to_owned();
        self.desk
            .allocation(AllocationQuery { filter })
            .await
            .unwrap()
    }

    async fn allocation_of(&self, label: &str) -> AllocationAccount {
        let accounts = self.allocation("").await.accounts;
        accounts.into_iter().find(|one| one.label == label).unwrap()
    }
}

fn of(account: &AllocationAccount, service: Service) -> AllocationProfilesQuery {
    AllocationProfilesQuery {
        account: account.key,
        service,
        filter: String::new(),
        sort: AllocationSort::Allocated,
        descending: true,
        offset: 0,
        limit: 500,
    }
}

#[tokio::test]
async fn bought_allocated_and_free_are_those_of_tagoio_and_of_the_profiles() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let world = bench.sim.world();
    for (number, label) in ["Acme", "Nordwind"].into_iter().enumerate() {
        let account = bench.allocation_of(label).await;
        let tago = &world.accounts[number];
        let left = world.unallocated(&tago.id);
        assert_eq!(
            account.slots.profiles as usize,
            world.owned_by(&tago.id).count()
        );
        for service in Service::ALL {
            let cell = account.services[service.index()];
            assert_eq!(cell.bought, Some(tago.limits[service.index()]));
            assert!(
                (cell.free.unwrap() - left[service.index()]).abs() < 1e-3,
                "{service}"
            );
            assert_eq!(cell.allocated_known, account.slots.profiles);
            let rows = bench
                .desk
                .allocation_profiles(of(&account, service))
                .await
                .unwrap()
                .rows;
            let sum = |number: fn(&desk::read::AllocationRow) -> Option<f64>| -> f64 {
                rows.iter().filter_map(number).sum()
            };
            assert!((sum(|row| row.allocated) - cell.allocated).abs() < 1e-3);
            assert!((sum(|row| row.used) - cell.used).abs() < 1e-3);
            let headroom = sum(|row| row.headroom.map(|left| left.max(0.0)));
            assert!((headroom - cell.headroom).abs() < 1e-3);
            let share = sum(|row| row.share);
            assert!((share - cell.allocated / cell.bought.unwrap()).abs() < 1e-9);
            assert!(
                rows.windows(2)
                    .all(|two| two[0].allocated >= two[1].allocated)
            );
        }
    }
}

#[tokio::test]
async fn what_is_free_in_another_account_is_told_apart() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let [acme, nordwind] = [
        bench.allocation_of("Acme").await,
        bench.allocation_of("Nordwind").await,
    ];
    for index in 0..9 {
        let (one, other) = (acme.services[index], nordwind.services[index]);
        assert!((one.elsewhere - other.free.unwrap().max(0.0)).abs() < 1e-3);
        assert_eq!(one.elsewhere_accounts, u32::from(other.free.unwrap() > 0.0));
    }
}

#[tokio::test]
async fn more_than_was_bought_shows_as_free_below_zero() {
    let bench = Bench::connected(12).await;
    let sms = Service::Sms.index();
    bench
        .sim
        .change(|world| world.accounts[0].limits[sms] = 1.0);
    bench.sync().await;
    let acme = bench.allocation_of("Acme").await;
    assert!(acme.services[sms].free.unwrap() < 0.0);
    assert!(bench.allocation("").await.over >= 1);
    // It is nothing that another account could count on.
    assert_eq!(
        bench.allocation_of("Nordwind").await.services[sms].elsewhere_accounts,
        0
    );
}

#[tokio::test]
async fn an_account_with_one_profile_says_it_by_the_profile_itself() {
    let bench = Bench::connected(6).await;
    let owner = bench.sim.tokens()[1].account.clone();
    let profiles: Vec<String> = bench
        .sim
        .world()
        .owned_by(&owner)
        .map(|one| one.id.clone())
        .collect();
    for id in profiles.iter().skip(1) {
        assert!(bench.sim.remove_profile(id));
    }
    bench.sync().await;
    let nordwind = bench.allocation_of("Nordwind").await;
    assert!(
        matches!(nordwind.allocated, Freshness::NotThere { .. }),
        "{:?}",
        nordwind.allocated
    );
    assert_eq!(nordwind.slots.profiles, 1);
    let left = bench.sim.world().unallocated(&owner);
    for service in Service::ALL {
        let cell = nordwind.services[service.index()];
        assert_eq!(cell.allocated_known, 1);
        assert!((cell.free.unwrap() - left[service.index()]).abs() < 1e-3);
    }
}

#[tokio::test]
async fn what_is_not_known_is_counted_and_never_free() {
    let bench = Bench::connected(12).await;
    for route in ["/account/allocation", "GET /profile/{id}"] {
        bench.sim.set_fault(format!("5xx@{route}").parse().unwrap());
    }
    bench.sync().await;
    let acme = bench.allocation_of("Acme").await;
    for cell in &acme.services {
        assert_eq!(
            (cell.allocated_known, cell.free, cell.headroom_known),
            (0, None, 0)
        );
        assert!(cell.bought.is_some());
    }
    assert!(matches!(acme.allocated, Freshness::Failed { .. }));
    let rows = bench
        .desk
        .allocation_profiles(of(&acme, Service::Input))
        .await
        .unwrap()
        .rows;
    assert!(
        rows.iter()
            .all(|row| row.allocated.is_none() && row.headroom.is_none())
    );
    assert_eq!(rows.len(), acme.slots.profiles as usize);
}

#[tokio::test]
async fn slots_are_the_plans_and_more_than_it_has_is_never_free_below_zero() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let acme = bench.allocation_of("Acme").await.slots;
    assert_eq!(
        (acme.profiles_in_plan, acme.members_in_plan),
        (Some(5), Some(5))
    );
    assert!(acme.profiles > 5);
    assert_eq!(acme.profiles_free, Some(0));
    let world = bench.sim.world();
    let owner = &bench.sim.tokens()[0].account;
    let teams: Vec<u32> = world
        .owned_by(owner)
        .map(|one| u32::try_from(one.team.len()).unwrap())
        .collect();
    assert_eq!(acme.members, teams.iter().sum::<u32>());
    assert_eq!(acme.members_known, acme.profiles);
    let free: u32 = teams.iter().map(|size| 5_u32.saturating_sub(*size)).sum();
    assert_eq!(acme.members_free, Some(free));
}

#[tokio::test]
async fn a_filter_leaves_accounts_and_their_profiles_and_an_empty_store_has_none() {
    let bench = Bench::new(12).await;
    assert_eq!(bench.allocation("").await.accounts, []);
    for (label, account) in ["Acme", "Nordwind"].into_iter().zip(bench.sim.tokens()) {
        bench.connect(label, &account.token).await;
    }
    bench.sync().await;
    let found = bench.allocation("nordw").await;
    assert_eq!((found.accounts.len(), found.all), (1, 2));
    let account = &found.accounts[0];
    let by = |filter: &str| AllocationProfilesQuery {
        filter: filter.to_owned(),
        limit: 3,
        ..of(account, Service::Input)
    };
    let page = bench
        .desk
        .allocation_profiles(by("nordwind"))
        .await
        .unwrap();
    assert_eq!((page.total, page.rows.len()), (account.slots.profiles, 3));
    let one = &page.rows[0];
    assert_eq!(
        bench
            .desk
            .allocation_profiles(by(one.id.as_str()))
            .await
            .unwrap()
            .total,
        1
    );
    let gone = AllocationProfilesQuery {
        account: 999,
        ..by("")
    };
    let problem = bench.desk.allocation_profiles(gone).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::NotFound);
    let query = AllocationQuery::default();
    let sheet = bench
        .desk
        .sheet(ExportQuery::Allocation(query))
        .await
        .unwrap();
    assert_eq!(sheet.rows.len(), 2 * 9);
    assert!(
        sheet
            .rows
            .iter()
            .all(|row| row.len() == sheet.columns.len())
    );
}

#[tokio::test]
async fn what_is_read_whole_is_what_the_pages_say() {
    let bench = Bench::connected(40).await;
    bench.sync().await;
    for filter in ["", "acme"] {
        let query = AllocationQuery {
            filter: filter.to_owned(),
        };
        let (overview, held) = bench
            .desk
            .whole_allocation(query, Service::ALL.to_vec())
            .await
            .unwrap();
        assert_eq!(overview, bench.allocation(filter).await);
        assert_eq!(held.len(), overview.accounts.len());
        for account in &overview.accounts {
            for service in Service::ALL {
                let query = AllocationProfilesQuery {
                    filter: filter.to_owned(),
                    descending: true,
                    ..of(account, service)
                };
                let page = bench.desk.allocation_profiles(query).await.unwrap();
                assert!(!page.rows.is_empty());
                assert_eq!(held[&account.key][&service], page.rows, "{service}");
            }
        }
    }
}
