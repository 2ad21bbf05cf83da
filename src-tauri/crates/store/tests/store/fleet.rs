//! The fleet: searched, sorted, counted.

use model::{Dataset, FetchOutcome, Service, UsageState};
use store::{
    FleetPage, FleetQuery, FleetSort, ListedProfile, ProfileFilter, ProfileKey, ProfileTest,
    Subject, Summary,
};

use crate::world::{World, listed, minute, profile_id, shared};

fn query(search: &str, sort: FleetSort, descending: bool) -> FleetQuery {
    FleetQuery {
        filter: ProfileFilter::words(search),
        sort: vec![(sort, descending)],
        trend: None,
        offset: 0,
        limit: 100,
        stale_before: minute(0),
    }
}

fn names(page: &FleetPage) -> Vec<&str> {
    page.rows.iter().map(|row| row.name.as_str()).collect()
}

fn put(world: &World, profile: ProfileKey, input: Option<(f64, f64)>, at: i64) {
    let mut summary = Summary::default();
    if let Some((used, limit)) = input {
        summary.used[Service::Input] = Some(used);
        summary.limit[Service::Input] = Some(limit);
    }
    world
        .write(|tx| {
            tx.put_summary(profile, &summary, minute(at))?;
            tx.put_status(
                Subject::Profile(profile),
                Dataset::Summary,
                &FetchOutcome::Ok,
                minute(at),
            )
        })
        .unwrap();
}

#[test]
fn unknown_and_not_allocated_come_last_either_way_and_equal_rows_by_name() {
    let world = World::new();
    let account = world.account(1, "One");
    let list = [
        listed(1, "half"),
        listed(2, "full"),
        listed(3, "Beta"),
        listed(4, "alpha"),
        listed(5, "nothing allocated"),
        listed(6, "never fetched"),
    ];
    let keys = world.list(account, &list, 1).keys;
    for (key, input) in keys.iter().zip([
        Some((50.0, 100.0)),
        Some((100.0, 100.0)),
        Some((70.0, 100.0)),
        Some((7.0, 10.0)),
        Some((3.0, 0.0)),
    ]) {
        put(&world, *key, input, 1);
    }
    let unknown = ["never fetched", "nothing allocated"];
    for sort in [FleetSort::Risk, FleetSort::Service(Service::Input)] {
        let page = |descending| {
            world
                .read(|rows| rows.fleet(&query("", sort, descending)))
                .unwrap()
        };
        let known = ["full", "alpha", "Beta", "half"];
        assert_eq!(names(&page(true)), [&known[..], &unknown].concat());
        let known = ["half", "alpha", "Beta", "full"];
        assert_eq!(names(&page(false)), [&known[..], &unknown].concat());
    }
    let page = world
        .read(|rows| rows.fleet(&query("", FleetSort::Risk, true)))
        .unwrap();
    assert_eq!(page.rows[0].worst, Some((Service::Input, 1.0)));
    assert_eq!(page.rows[0].state, UsageState::Over);
    assert_eq!(page.rows[5].state, UsageState::NotAllocated);
    assert!(page.rows[4].status.is_none() && page.rows[4].summary.is_none());
}

#[test]
fn pages_of_equal_rows_neither_repeat_nor_leave_out_a_profile() {
    let world = World::new();
    let account = world.account(1, "One");
    let list: Vec<_> = (0..25).map(|n| listed(n, "Same")).collect();
    world.list(account, &list, 1);
    for sort in [
        FleetSort::Name,
        FleetSort::Risk,
        FleetSort::Account,
        FleetSort::AsOf,
    ] {
        // The first of the small pages are found along an index, the later ones by a scan.
        for (descending, search, limit) in [
            (false, "", 10),
            (true, "", 10),
            (false, "same", 10),
            (true, "same", 10),
            (false, "same", 1),
            (true, "same", 1),
        ] {
            let mut seen = Vec::new();
            for offset in (0..30).step_by(limit as usize) {
                let query = FleetQuery {
                    offset,
                    limit,
                    ..query(search, sort, descending)
                };
                let page = world.read(|rows| rows.fleet(&query)).unwrap();
                assert_eq!(page.total, 25);
                seen.extend(page.rows.into_iter().map(|row| row.key));
            }
            assert_eq!(seen.len(), 25, "{sort:?}");
            assert!(seen.is_sorted() && seen.windows(2).all(|two| two[0] != two[1]));
        }
    }
}

#[test]
fn names_are_sorted_and_found_whatever_their_case_in_every_script() {
    let world = World::new();
    let account = world.account(1, "Größe & Co");
    let list = [
        listed(1, "Ünï Corp"),
        listed(2, "東京 工場"),
        listed(3, "100 % done"),
        listed(4, "under_score"),
        listed(5, "<b>Bold</b>"),
        listed(6, "ЗАВОД"),
        listed(7, "ΟΔΟΣ"),
    ];
    world.list(account, &list, 1);
    let found = |search: &str| {
        let page = world
            .read(|rows| rows.fleet(&query(search, FleetSort::Name, false)))
            .unwrap();
        assert_eq!(page.total as usize, page.rows.len());
        assert_eq!(page.figures.profiles, 7, "figures are over the whole fleet");
        names(&page)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(found("ünÏ"), ["Ünï Corp"]);
    assert_eq!(found("corp ÜNÏ"), ["Ünï Corp"]);
    assert_eq!(found("corp tokyo"), [""; 0]);
    assert_eq!(found("東京"), ["東京 工場"]);
    assert_eq!(found("%"), ["100 % done"]);
    assert_eq!(found("_"), ["under_score"]);
    assert_eq!(found("<B>"), ["<b>Bold</b>"]);
    assert_eq!(found("завод"), ["ЗАВОД"]);
    assert_eq!(found("οδος"), ["ΟΔΟΣ"]);
    assert_eq!(found("' OR 1=1 --"), [""; 0]);
    assert_eq!(found(profile_id(3).as_str()), ["100 % done"]);
    assert_eq!(found("GRÖSSE").len(), 7);
    assert_eq!(found("größe %"), ["100 % done"]);
    assert_eq!(found("  "), found(""));
    let beyond = FleetQuery {
        offset: 50,
        ..query("größe", FleetSort::Risk, true)
    };
    let beyond = world.read(|rows| rows.fleet(&beyond)).unwrap();
    assert_eq!((beyond.total, beyond.rows.len()), (7, 0));
    assert_eq!(found(&"a ".repeat(5_000)).len(), found("a").len());
    assert_eq!(
        found(""),
        [
            "100 % done",
            "<b>Bold</b>",
            "under_score",
            "Ünï Corp",
            "ΟΔΟΣ",
            "ЗАВОД",
            "東京 工場"
        ]
    );
}

#[test]
fn a_shared_profile_is_one_row_with_all_its_accounts() {
    let world = World::new();
    let [a, b] = [world.account(1, "Zeta"), world.account(2, "Alpha")];
    world.list(a, &[shared(1, "Twin", 2), listed(2, "twin")], 1);
    world.list(b, &[listed(1, "Twin"), listed(3, "Single")], 1);
    let page = world
        .read(|rows| rows.fleet(&query("", FleetSort::Account, false)))
        .unwrap();
    assert_eq!(names(&page), ["Single", "Twin", "twin"]);
    let twin = &page.rows[1];
    let labels: Vec<_> = twin.accounts.iter().map(|account| &account.label).collect();
    assert_eq!(labels, ["Alpha", "Zeta"]);
    assert_eq!(twin.account.as_ref().unwrap().label, "Alpha");
    assert!(!twin.shared);
    let shared_names: Vec<_> = page.rows.iter().map(|row| row.name_is_shared).collect();
    assert_eq!(shared_names, [false, true, true]);
    world.write(|tx| tx.rename_account(a, "Omega")).unwrap();
    let gone = world
        .read(|rows| rows.fleet(&query("zeta", FleetSort::Name, false)))
        .unwrap();
    assert_eq!(gone.total, 0);
    let of_omega = world
        .read(|rows| rows.fleet(&query("OMEGA", FleetSort::Name, false)))
        .unwrap();
    assert_eq!(names(&of_omega), ["Twin", "twin"]);
}

#[test]
fn figures_count_each_profile_in_its_worst_state_and_leave_removed_ones_out() {
    let world = World::new();
    let account = world.account(1, "One");
    let list: Vec<ListedProfile> = (0..6).map(|n| listed(n, &format!("P{n}"))).collect();
    let keys = world.list(account, &list, 1).keys;
    for (key, input) in keys.iter().zip([
        Some((100.0, 100.0)),
        Some((95.0, 100.0)),
        Some((85.0, 100.0)),
        Some((10.0, 100.0)),
        None,
        Some((200.0, 100.0)),
    ]) {
        put(&world, *key, input, 5);
    }
    let failed = FetchOutcome::Failed {
        code: "unreachable".to_owned(),
        message: "…".to_owned(),
    };
    world
        .write(|tx| {
            for dataset in [Dataset::Team, Dataset::Info] {
                tx.put_status(Subject::Profile(keys[0]), dataset, &failed, minute(5))?;
            }
            tx.put_status(Subject::Profile(keys[5]), Dataset::Info, &failed, minute(5))?;
            tx.put_summary(keys[3], &Summary::default(), minute(2))?;
            tx.put_signed_out(account, "Invalid token", minute(5))
        })
        .unwrap();
    world.list(account, &list[..5], 6);
    let query = FleetQuery {
        stale_before: minute(3),
        ..query("", FleetSort::Name, true)
    };
    let page = world.read(|rows| rows.fleet(&query)).unwrap();
    assert_eq!(
        page.figures,
        store::FleetFigures {
            profiles: 5,
            accounts: 1,
            over: 1,
            high: 1,
            warn: 1,
            stale: 1,
            failed: 1,
            signed_out: 1,
        }
    );
    assert_eq!(names(&page), ["P4", "P3", "P2", "P1", "P0"]);
    let removed = FleetQuery {
        filter: ProfileFilter(vec![ProfileTest::Any.into()]),
        ..query
    };
    let page = world.read(|rows| rows.fleet(&removed)).unwrap();
    assert_eq!(page.total, 6);
    assert_eq!(page.figures.profiles, 5);
}
