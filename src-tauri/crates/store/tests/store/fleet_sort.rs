//! The orders of the fleet that look further than its narrow rows, held against the rows themselves.

use std::collections::HashMap;

use model::Service;
use store::{
    FleetQuery, FleetRow, FleetSort, GroupKey, GroupKind, ProfileFilter, ProfileKey, TREND_DAYS,
    Trend,
};

use crate::world::{World, listed, minute, shared};

/// Nine profiles, of which places 0 and 1 bear one name, and 7 and 8 have nothing to sort by.
fn fleet(world: &World) -> Vec<ProfileKey> {
    let [one, two, three] = [
        world.account(1, "Mine"),
        world.account(2, "zeta"),
        world.account(3, "Alpha"),
    ];
    let list = [
        (9, "Same P"),
        (2, "Same P"),
        (7, "Ünï P"),
        (4, "beta P"),
        (5, "Alpha P"),
        (1, "<b>P</b>"),
        (8, "P 8"),
        (3, "P 3"),
        (6, "p 6"),
    ];
    let keys = world
        .list(one, &list.map(|(n, name)| listed(n, name)), 1)
        .keys;
    let also = |places: &[usize]| -> Vec<_> {
        let of = |place: &usize| shared(list[*place].0, list[*place].1, 1);
        places.iter().map(of).collect()
    };
    world.list(two, &also(&[0, 1, 4, 6]), 1);
    world.list(three, &also(&[1, 2, 6]), 1);
    // Once reached by the third as well.
    world.list(three, &also(&[1, 2, 7]), 2);
    world.list(three, &also(&[1, 2]), 3);
    keys
}

fn page(
    world: &World,
    words: &str,
    sort: &[(FleetSort, bool)],
    trend: Option<Service>,
    (offset, limit): (u32, u32),
) -> Vec<FleetRow> {
    let query = FleetQuery {
        filter: ProfileFilter::words(words),
        sort: sort.to_vec(),
        trend,
        offset,
        limit,
        stale_before: minute(0),
    };
    let page = world.read(|rows| rows.fleet(&query)).unwrap();
    assert_eq!(page.total, 9);
    page.rows
}

/// Both ways, with a filter and without, in one page and in several: the rows stand as what they are sorted by
/// does, those without it last, and equal ones by name.
fn is_sorted_by<T: PartialOrd>(
    world: &World,
    sort: FleetSort,
    trend: Option<Service>,
    by: impl Fn(&FleetRow) -> Option<T>,
) {
    let by_name = page(world, "", &[(FleetSort::Name, false)], trend, (0, 100));
    let known: Vec<_> = by_name.iter().filter_map(&by).collect();
    assert!(known.iter().any(|one| *one != known[0]), "{sort:?}");
    for (descending, words) in [(false, ""), (true, ""), (false, "p"), (true, "p")] {
        let mut expected = by_name.clone();
        expected.sort_by(|one, other| match (by(one), by(other)) {
            (Some(one), Some(other)) if descending => other.partial_cmp(&one).unwrap(),
            (Some(one), Some(other)) => one.partial_cmp(&other).unwrap(),
            (one, other) => one.is_none().cmp(&other.is_none()),
        });
        let sort = [(sort, descending)];
        let whole = page(world, words, &sort, trend, (0, 100));
        assert_eq!(keys(&whole), keys(&expected), "{sort:?} {words:?}");
        let pages = [0, 4, 8].map(|offset| page(world, words, &sort, trend, (offset, 4)));
        assert_eq!(pages.concat(), whole, "{sort:?} {words:?}");
    }
}

fn keys(rows: &[FleetRow]) -> Vec<ProfileKey> {
    rows.iter().map(|row| row.key).collect()
}

#[test]
fn groups_sort_by_the_names_that_a_row_bears_and_none_come_last() {
    let world = World::new();
    let keys = fleet(&world);
    let names = world
        .write(|tx| {
            let mut names: HashMap<GroupKey, String> = HashMap::new();
            for (name, kind, members) in [
                ("Straße", GroupKind::Group, &[0, 1, 5][..]),
                ("Ärzte", GroupKind::Group, &[2]),
                ("Zoo", GroupKind::Customer, &[2, 3, 5]),
                ("Zoo West", GroupKind::Customer, &[4]),
                ("acme", GroupKind::Customer, &[6]),
            ] {
                let group = tx.add_group(name, kind)?;
                let members: Vec<_> = members.iter().map(|place| keys[*place]).collect();
                tx.put_members(group, &members, true)?;
                names.insert(group, store::folded(name));
            }
            Ok(names)
        })
        .unwrap();
    is_sorted_by(&world, FleetSort::Groups, None, |row| {
        let of: Vec<&str> = row.groups.iter().map(|key| names[key].as_str()).collect();
        (!of.is_empty()).then_some(of)
    });
    let sort = [(FleetSort::Groups, false)];
    let first = page(&world, "", &sort, None, (1, 5));
    assert_eq!(
        first.iter().map(|row| &*row.name).collect::<Vec<_>>(),
        ["Same P", "Same P", "beta P", "<b>P</b>", "Ünï P"],
        "after acme: Straße, Straße, Zoo, Zoo and Straße, Zoo and Ärzte"
    );
}

#[test]
fn notes_sort_by_when_they_were_written_and_none_come_last() {
    let world = World::new();
    let keys = fleet(&world);
    let written: HashMap<ProfileKey, i64> = [(4, 30), (0, 10), (1, 10), (6, 20)]
        .map(|(place, at)| (keys[place], at))
        .into();
    world
        .write(|tx| {
            for (key, at) in &written {
                tx.put_note(*key, "Call first.", minute(*at))?;
            }
            tx.put_note(keys[2], "Gone", minute(40))?;
            tx.put_note(keys[2], "", minute(50))
        })
        .unwrap();
    is_sorted_by(&world, FleetSort::Noted, None, |row| {
        assert_eq!(row.noted, written.contains_key(&row.key));
        written.get(&row.key)
    });
}

#[test]
fn ids_sort_as_text_and_other_accounts_by_the_labels_that_a_row_bears() {
    let world = World::new();
    fleet(&world);
    is_sorted_by(&world, FleetSort::Id, None, |row| Some(row.id.to_string()));
    is_sorted_by(&world, FleetSort::Others, None, |row| {
        let own = row.account.as_ref().unwrap().key;
        let others = row.accounts.iter().filter(|account| account.key != own);
        let labels: Vec<_> = others
            .map(|account| store::folded(&account.label))
            .collect();
        (!labels.is_empty()).then_some(labels)
    });
}

#[test]
fn a_trend_sorts_by_what_a_counter_used_and_by_how_far_a_level_rose_or_fell() {
    let world = World::new();
    let keys = fleet(&world);
    let days = |known: &[(usize, f32)]| {
        let mut days = [None; TREND_DAYS];
        for (day, amount) in known {
            days[*day] = Some(*amount);
        }
        days
    };
    let put = |place: usize, input: &[(usize, f32)], files: &[(usize, f32)]| {
        let mut trend = Trend {
            days: [[None; TREND_DAYS]; 9],
            rates: [None; 9],
        };
        trend.days[Service::Input.index()] = days(input);
        trend.days[Service::FileStorage.index()] = days(files);
        world.write(|tx| tx.put_trend(keys[place], &trend)).unwrap();
    };
    put(0, &[(0, 5.0), (29, 5.0)], &[(0, 100.0), (29, 90.0)]);
    put(1, &[(3, 10.0)], &[(0, 90.0), (15, 200.0), (29, 80.0)]);
    put(2, &[(0, 0.0)], &[(0, 7.0), (29, 7.0)]);
    put(3, &[(0, 1e6), (1, 1e6), (2, 1.0)], &[(4, 1.0), (9, 400.0)]);
    put(4, &[(0, 300.0), (29, 1.0)], &[(12, 1e9)]);
    put(5, &[], &[]);
    let known = |row: &FleetRow| row.trend.iter().copied().flatten().collect::<Vec<f64>>();
    let input = Some(Service::Input);
    is_sorted_by(&world, FleetSort::Trend(Service::Input), input, |row| {
        let known = known(row);
        (!known.is_empty()).then(|| known.iter().sum::<f64>())
    });
    let files = Service::FileStorage;
    is_sorted_by(&world, FleetSort::Trend(files), Some(files), |row| {
        let known = known(row);
        // One day alone says nothing of how it went.
        (known.len() > 1).then(|| known[known.len() - 1] - known[0])
    });
}

#[test]
fn several_orders_break_each_others_ties() {
    let world = World::new();
    let keys = fleet(&world);
    world
        .write(|tx| tx.put_note(keys[4], "First", minute(9)))
        .unwrap();
    for words in ["", "p"] {
        let sort = [
            (FleetSort::Noted, true),
            (FleetSort::Account, false),
            (FleetSort::Others, true),
            (FleetSort::Id, true),
            (FleetSort::Noted, false),
        ];
        let ids: Vec<String> = page(&world, words, &sort, None, (0, 100))
            .iter()
            .map(|row| row.id.as_str()[23..].to_owned())
            .collect();
        // The one with a note; Zeta and Alpha, Zeta alone, Alpha alone, none.
        assert_eq!(
            ids,
            ["5", "2", "9", "8", "7", "6", "4", "3", "1"],
            "{words:?}"
        );
    }
}
