//! Groups, notes and views: kept here, found by filters, written to a file and read back.

use desk::read::{FleetQuery, FleetSelection, GroupKind};
use desk::{DeskEvent, ProblemCode};

use crate::Bench;

fn these(keys: &[i64]) -> FleetSelection {
    FleetSelection {
        keys: keys.to_vec(),
        all_of: None,
    }
}

fn filtered(filter: &str) -> FleetQuery {
    FleetQuery {
        filter: filter.to_owned(),
        limit: 500,
        ..FleetQuery::default()
    }
}

#[tokio::test]
async fn groups_and_notes_go_through_a_file_and_come_back_the_same() {
    let bench = Bench::connected(12).await;
    bench.sync().await;
    let keys: Vec<i64> = bench.fleet().await.rows.iter().map(|row| row.key).collect();
    let desk = &bench.desk;
    let group = async |name: &str, kind| desk.put_group(None, name, kind).await.unwrap().key;
    let north = group("=North, Sea", GroupKind::Group).await;
    let south = group("South", GroupKind::Group).await;
    let acme = group("Acme", GroupKind::Customer).await;
    desk.assign_group(north, these(&keys[..4]), true)
        .await
        .unwrap();
    desk.assign_group(south, these(&keys[3..6]), true)
        .await
        .unwrap();
    desk.assign_group(acme, these(&keys[..2]), true)
        .await
        .unwrap();
    let favourites = desk.groups().await.unwrap();
    let favourites = favourites
        .iter()
        .find(|group| group.kind == GroupKind::Favourites)
        .unwrap();
    desk.assign_group(favourites.key, these(&keys[1..2]), true)
        .await
        .unwrap();
    desk.put_note(keys[7], "@ask, \"them\"\nin March")
        .await
        .unwrap();
    let before = desk.groups().await.unwrap();
    let file = desk.groups_csv().await.unwrap();
    assert_eq!(String::from_utf8_lossy(&file).matches("\r\n").count(), 8);

    let again = desk.import_groups(file.clone()).await.unwrap();
    assert_eq!((again.changed, again.unchanged, again.created), (0, 7, 0));

    for group in &before {
        if group.kind != GroupKind::Favourites {
            desk.delete_group(group.key).await.unwrap();
        }
    }
    desk.put_note(keys[7], "").await.unwrap();
    desk.assign_group(favourites.key, these(&keys), false)
        .await
        .unwrap();
    assert_eq!(desk.fleet(filtered("group:North")).await.unwrap().total, 0);

    let report = desk.import_groups(file).await.unwrap();
    assert_eq!(
        (report.changed, report.unchanged, report.created),
        (7, 0, 3)
    );
    let after = desk.groups().await.unwrap();
    let shown = |groups: &[desk::read::GroupRow]| -> Vec<_> {
        let one = |group: &desk::read::GroupRow| (group.kind, group.name.clone(), group.profiles);
        groups.iter().map(one).collect()
    };
    assert_eq!(shown(&after), shown(&before));
    assert_eq!(
        desk.note(keys[7]).await.unwrap().as_deref(),
        Some("@ask, \"them\"\nin March")
    );
    assert_eq!(
        desk.fleet(filtered("group:\"=North, Sea\""))
            .await
            .unwrap()
            .total,
        4
    );
    assert_eq!(
        desk.fleet(filtered("customer:acme fav:yes"))
            .await
            .unwrap()
            .total,
        1
    );
    assert_eq!(desk.fleet(filtered("note:MARCH")).await.unwrap().total, 1);
    assert_eq!(
        desk.fleet(filtered("group:none")).await.unwrap().total,
        12 - 6
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_understood_changes_nothing_and_unknown_profiles_are_named() {
    let bench = Bench::connected(3).await;
    bench.sync().await;
    let row = bench.fleet().await.rows[0].clone();
    let desk = &bench.desk;
    let bad = format!(
        "id,groups,favourite\n{},North,yes\n{},South,perhaps\n",
        row.id, row.id
    );
    let problem = desk.import_groups(bad.into_bytes()).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::InvalidInput);
    assert_eq!(desk.groups().await.unwrap().len(), 1, "only the favourites");
    let some = format!(
        "id,groups\n{},North\nffffffffffffffffffffffff,North\n",
        row.id
    );
    let report = desk.import_groups(some.into_bytes()).await.unwrap();
    assert_eq!((report.changed, report.unknown_count), (1, 1));
    assert_eq!(report.unknown, ["ffffffffffffffffffffffff"]);
}

#[tokio::test]
async fn names_that_would_confuse_are_refused_and_the_favourites_stay() {
    let bench = Bench::connected(2).await;
    let desk = &bench.desk;
    for name in [
        "",
        "  ",
        "a;b",
        "none",
        "NONE",
        "a\nb",
        "a\"b",
        &"x".repeat(101),
    ] {
        let put = desk.put_group(None, name, GroupKind::Group).await;
        assert_eq!(put.unwrap_err().code, ProblemCode::InvalidInput, "{name:?}");
    }
    let north = desk
        .put_group(None, " North ", GroupKind::Group)
        .await
        .unwrap();
    assert_eq!(north.name, "North");
    assert!(
        desk.put_group(None, "NORTH", GroupKind::Group)
            .await
            .is_err()
    );
    desk.put_group(None, "North", GroupKind::Customer)
        .await
        .unwrap();
    let taken = desk
        .put_group(Some(north.key), "North", GroupKind::Customer)
        .await;
    assert_eq!(taken.unwrap_err().code, ProblemCode::InvalidInput);
    let same = desk
        .put_group(Some(north.key), "NoRtH", GroupKind::Group)
        .await
        .unwrap();
    assert_eq!(same.name, "NoRtH");
    let favourites = desk.groups().await.unwrap();
    let favourites = favourites
        .iter()
        .find(|group| group.kind == GroupKind::Favourites)
        .unwrap();
    assert!(desk.delete_group(favourites.key).await.is_err());
    assert!(
        desk.put_group(Some(favourites.key), "x", GroupKind::Group)
            .await
            .is_err()
    );
    assert!(
        desk.put_group(None, "x", GroupKind::Favourites)
            .await
            .is_err()
    );
    assert_eq!(
        desk.delete_group(999).await.unwrap_err().code,
        ProblemCode::NotFound
    );
    assert!(desk.put_view("Mine", "https://example.com").await.is_err());
    assert_eq!(desk.put_view("Mine", "#/fleet").await.unwrap().name, "Mine");
    assert_eq!(
        desk.put_note(999, "x").await.unwrap_err().code,
        ProblemCode::NotFound
    );
}

#[tokio::test]
async fn a_note_is_told_to_who_shows_the_profile() {
    let bench = Bench::connected(2).await;
    bench.sync().await;
    let row = bench.fleet().await.rows[0].clone();
    let mut events = bench.desk.events();
    bench.desk.put_note(row.key, "call them").await.unwrap();
    let DeskEvent::StoreChanged(news) = events.recv().await.unwrap() else {
        panic!("another event");
    };
    assert!(news.groups && news.profiles.contains(&row.key) && !news.everything);
    bench.desk.put_note(row.key, "call them").await.unwrap();
    assert!(events.try_recv().is_err(), "the same note is no news");
    let rows = bench.fleet().await.rows;
    assert!(rows.iter().any(|other| other.key == row.key && other.noted));
}

#[tokio::test]
async fn the_fleet_bears_the_last_thirty_days_and_how_fast_each_profile_grows() {
    let bench = Bench::connected(8).await;
    bench.sync().await;
    let query = FleetQuery {
        trend: Some(model::Service::Input),
        limit: 500,
        ..FleetQuery::default()
    };
    let rows = bench.desk.fleet(query).await.unwrap().rows;
    assert!(rows.iter().all(|row| row.trend.len() == 30));
    let known = |row: &desk::read::FleetRow| row.trend.iter().flatten().count();
    assert!(rows.iter().any(|row| known(row) > 20));
    for row in rows {
        let table = bench
            .desk
            .usage_table(row.key, desk::read::UsageBy::Day, None, None, "UTC")
            .await
            .unwrap();
        let days: Vec<Option<f64>> = table
            .rows
            .iter()
            .filter(|day| day.complete)
            .map(|day| day.amounts[model::Service::Input])
            .collect();
        let last = days.last().copied().flatten();
        let drawn = row.trend.last().copied().flatten();
        match (last, drawn) {
            (Some(last), Some(drawn)) => {
                assert!((last - drawn).abs() <= last * 1e-6, "{last} {drawn}");
            }
            (last, drawn) => assert_eq!(last, drawn),
        }
    }
}
