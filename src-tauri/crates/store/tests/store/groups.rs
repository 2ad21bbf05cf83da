//! Groups, notes, views and trends: what is kept beside what the API says.

use model::Service;
use store::{
    FleetQuery, FleetSort, GroupKey, GroupKind, ProfileFilter, Summary, TREND_DAYS, Trend,
};

use crate::world::{World, listed, minute};

#[test]
fn a_group_is_one_by_its_kind_and_name_and_goes_without_its_profiles() {
    let world = World::new();
    let key = world.profile();
    let (one, other) = world
        .write(|tx| {
            let one = tx.add_group("Straße", GroupKind::Group)?;
            assert_eq!(tx.add_group("STRASSE", GroupKind::Group)?, one);
            let other = tx.add_group("Straße", GroupKind::Customer)?;
            assert_ne!(one, other);
            tx.put_members(one, &[key], true)?;
            tx.put_members(other, &[key], true)?;
            Ok((one, other))
        })
        .unwrap();
    let names = |groups: &[store::Group]| -> Vec<(String, u32)> {
        let one = |group: &store::Group| (group.name.clone(), group.profiles);
        groups.iter().map(one).collect()
    };
    let groups = world.read(|rows| rows.groups()).unwrap();
    let all = [("Straße", 1), ("Favourites", 0), ("Straße", 1)];
    assert_eq!(
        names(&groups),
        all.map(|(name, count)| (name.to_owned(), count))
    );
    assert_eq!(world.read(|rows| rows.groups_of(key)).unwrap().len(), 2);
    world
        .write(|tx| {
            assert!(tx.put_group(one, "Weg", GroupKind::Customer)?);
            assert!(
                !tx.put_group(one, "straße", GroupKind::Customer)?,
                "the name is taken"
            );
            assert!(tx.delete_group(other)?);
            assert!(!tx.delete_group(other)?);
            assert!(!tx.put_group(GroupKey(999), "x", GroupKind::Group)?);
            Ok(())
        })
        .unwrap();
    let left = world.read(|rows| rows.groups_of(key)).unwrap();
    assert_eq!(names(&left), [("Weg".to_owned(), 1)]);
    assert!(world.read(|rows| rows.profile(key)).unwrap().is_some());
    assert_eq!(
        world.read(|rows| rows.groups_of_profiles()).unwrap()[&key],
        [one]
    );
}

#[test]
fn a_removed_profile_keeps_its_groups_and_counts_in_none() {
    let world = World::new();
    let account = world.account(1, "One");
    let keys = world
        .list(account, &[listed(1, "A"), listed(2, "B")], 1)
        .keys;
    let group = world
        .write(|tx| {
            let group = tx.add_group("North", GroupKind::Group)?;
            tx.put_members(group, &keys, true)?;
            Ok(group)
        })
        .unwrap();
    world.list(account, &[listed(1, "A")], 2);
    let group = world.read(|rows| rows.group(group)).unwrap().unwrap();
    assert_eq!(group.profiles, 1);
    assert_eq!(world.read(|rows| rows.groups_of(keys[1])).unwrap().len(), 1);
}

#[test]
fn a_view_is_replaced_by_one_of_its_name() {
    let world = World::new();
    let views = world
        .write(|tx| {
            let key = tx.put_view("Nördlich", "#/fleet?a")?;
            assert_eq!(tx.put_view("NÖRDLICH", "#/fleet?b")?, key);
            tx.put_view("Alle", "#/fleet")?;
            tx.views()
        })
        .unwrap();
    let shown: Vec<(&str, &str)> = views
        .iter()
        .map(|view| (view.name.as_str(), view.address.as_str()))
        .collect();
    assert_eq!(shown, [("Alle", "#/fleet"), ("NÖRDLICH", "#/fleet?b")]);
    assert!(world.write(|tx| tx.delete_view(views[0].key)).unwrap());
    assert!(!world.write(|tx| tx.delete_view(views[0].key)).unwrap());
}

#[test]
fn a_trend_gives_the_days_of_the_service_asked_for_and_what_grows_fastest_breaks_a_tie() {
    let world = World::new();
    let account = world.account(1, "One");
    let list = [
        listed(1, "A slow"),
        listed(2, "B fast"),
        listed(3, "C unknown"),
    ];
    let keys = world.list(account, &list, 1).keys;
    let mut summary = Summary::default();
    for service in [Service::Input, Service::Sms] {
        summary.used[service] = Some(50.0);
        summary.limit[service] = Some(100.0);
    }
    summary.limit[Service::Output] = Some(0.0);
    let trend = |rate: f64| {
        let mut trend = Trend {
            days: [[None; TREND_DAYS]; 9],
            rates: [None; 9],
        };
        trend.rates[Service::Input.index()] = Some(rate);
        trend.rates[Service::Output.index()] = Some(1e9);
        trend.days[Service::Sms.index()][29] = Some(7.5);
        trend
    };
    world
        .write(|tx| {
            // Whichever of the two comes first.
            tx.put_trend(keys[0], &trend(1.0))?;
            for key in &keys {
                tx.put_summary(*key, &summary, minute(2))?;
            }
            tx.put_trend(keys[1], &trend(3.0))
        })
        .unwrap();
    let query = |sort, trend| FleetQuery {
        filter: ProfileFilter::default(),
        sort,
        trend,
        offset: 0,
        limit: 10,
        stale_before: minute(0),
    };
    let page = |sort, trend| {
        world
            .read(|rows| rows.fleet(&query(sort, trend)))
            .unwrap()
            .rows
    };
    let rows = page(vec![], Some(Service::Sms));
    let shown: Vec<_> = rows
        .iter()
        .map(|row| (row.name.as_str(), row.growth))
        .collect();
    assert_eq!(
        shown,
        [
            ("B fast", Some(0.03)),
            ("A slow", Some(0.01)),
            ("C unknown", None)
        ]
    );
    assert_eq!(rows[0].trend.len(), TREND_DAYS);
    assert_eq!((rows[0].trend[28], rows[0].trend[29]), (None, Some(7.5)));
    assert!(rows[2].trend.is_empty());
    let rows = page(vec![(FleetSort::Growth, false)], Some(Service::Input));
    assert_eq!(rows[0].name, "A slow");
    assert!(rows[0].trend.iter().all(Option::is_none));
    assert!(page(vec![], None)[0].trend.is_empty());
}
