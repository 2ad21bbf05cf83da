//! What the screens read: searched, sorted, and the amounts of a history.

use desk::ProblemCode;
use desk::export::{Cell, ExportQuery, FleetExport};
use desk::read::{
    FleetOrder, FleetQuery, FleetRow, FleetSelection, FleetSort, GroupKind, UsageBy, UsageQuery,
};
use model::{Service, ServiceKind, UsageState};

use crate::Bench;

fn query(sort: FleetSort) -> FleetQuery {
    FleetQuery {
        sort: vec![FleetOrder {
            by: sort,
            descending: true,
        }],
        limit: 500,
        ..FleetQuery::default()
    }
}

#[tokio::test]
async fn the_worst_comes_first_and_pages_join_without_a_gap() {
    let bench = Bench::connected(40).await;
    bench.sync().await;
    let all = bench.desk.fleet(query(FleetSort::Risk)).await.unwrap();
    let worst = |row: &desk::read::FleetRow| {
        row.usage
            .iter()
            .filter_map(|cell| cell.share)
            .fold(f64::NEG_INFINITY, f64::max)
    };
    assert!(
        all.rows
            .windows(2)
            .all(|pair| worst(&pair[0]) >= worst(&pair[1]))
    );
    assert!(
        all.rows[0]
            .usage
            .iter()
            .any(|cell| cell.state == UsageState::Over)
    );
    assert!(all.figures.over > 0 && all.figures.profiles == all.total);

    let mut joined = Vec::new();
    for offset in (0..all.total).step_by(7) {
        let page = FleetQuery {
            offset,
            limit: 7,
            ..query(FleetSort::Risk)
        };
        joined.extend(bench.desk.fleet(page).await.unwrap().rows);
    }
    assert_eq!(joined, all.rows);
}

/// Both ways: rows that have what they are sorted by stand as it does, and before those that have it not.
async fn is_sorted_by<T: PartialOrd>(
    bench: &Bench,
    query: &FleetQuery,
    by: impl Fn(&FleetRow) -> Option<T>,
) {
    for descending in [false, true] {
        let mut query = query.clone();
        query.sort[0].descending = descending;
        let rows = bench.desk.fleet(query.clone()).await.unwrap().rows;
        let known: Vec<T> = rows.iter().map_while(&by).collect();
        let stands = |pair: &[T]| {
            if descending {
                pair[0] >= pair[1]
            } else {
                pair[0] <= pair[1]
            }
        };
        assert!(known.windows(2).all(stands), "{query:?}");
        assert!(!known.is_empty(), "{query:?}");
        let rest = &rows[known.len()..];
        assert!(rest.iter().all(|row| by(row).is_none()), "{query:?}");
        // The file has the same order.
        let export = ExportQuery::Fleet(FleetExport {
            query,
            ..FleetExport::default()
        });
        let sheet = bench.desk.sheet(export).await.unwrap();
        let ids: Vec<&Cell> = sheet.rows.iter().map(|cells| &cells[1]).collect();
        let expected: Vec<Cell> = rows
            .iter()
            .map(|row| Cell::text(Some(row.id.as_str())))
            .collect();
        assert_eq!(ids, expected.iter().collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn the_fleet_is_sorted_by_every_column_that_its_rows_have() {
    let bench = Bench::connected(60).await;
    bench.sync().await;
    let rows = bench.fleet().await.rows;
    for (place, name) in ["North", "Acme", "Zoo"].into_iter().enumerate() {
        let kind = [GroupKind::Group, GroupKind::Customer][place % 2];
        let group = bench.desk.put_group(None, name, kind).await.unwrap();
        let selection = FleetSelection {
            keys: rows
                .iter()
                .skip(place)
                .step_by(7)
                .map(|row| row.key)
                .collect(),
            all_of: None,
        };
        bench
            .desk
            .assign_group(group.key, selection, true)
            .await
            .unwrap();
    }
    for row in rows.iter().step_by(9) {
        bench.desk.put_note(row.key, "Call first.").await.unwrap();
        bench.sim.clock().advance(std::time::Duration::from_mins(1));
    }
    let names: std::collections::HashMap<i64, String> = bench
        .desk
        .groups()
        .await
        .unwrap()
        .into_iter()
        .map(|group| (group.key, group.name.to_lowercase()))
        .collect();
    is_sorted_by(&bench, &query(FleetSort::Groups), |row| {
        let of: Vec<&String> = row.groups.iter().map(|key| &names[key]).collect();
        (!of.is_empty()).then_some(of)
    })
    .await;
    // They were written in the order of the names.
    let place = |row: &FleetRow| rows.iter().position(|one| one.key == row.key);
    is_sorted_by(&bench, &query(FleetSort::Noted), |row| {
        place(row).filter(|_| row.noted)
    })
    .await;
    is_sorted_by(&bench, &query(FleetSort::Id), |row| {
        Some(row.id.to_string())
    })
    .await;
    is_sorted_by(&bench, &query(FleetSort::Others), |row| {
        let others = row.accounts.iter().filter(|label| **label != row.account);
        let others: Vec<String> = others.map(|label| label.to_lowercase()).collect();
        (!others.is_empty()).then_some(others)
    })
    .await;
    for service in [Service::Output, Service::DataRecords] {
        let query = FleetQuery {
            trend: Some(service),
            ..query(FleetSort::Trend)
        };
        is_sorted_by(&bench, &query, |row| {
            let known: Vec<f64> = row.trend.iter().copied().flatten().collect();
            match service.kind() {
                ServiceKind::Counter => (!known.is_empty()).then(|| known.iter().sum::<f64>()),
                ServiceKind::Level => (known.len() > 1).then(|| known[known.len() - 1] - known[0]),
            }
        })
        .await;
    }
}

#[tokio::test]
async fn the_order_by_a_trend_of_no_service_is_the_usual_one() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let usual = FleetQuery {
        limit: 500,
        ..FleetQuery::default()
    };
    assert_eq!(
        bench.desk.fleet(query(FleetSort::Trend)).await.unwrap(),
        bench.desk.fleet(usual).await.unwrap()
    );
}

#[tokio::test]
async fn a_profile_is_found_by_id_or_by_a_name_that_it_bears_alone() {
    let bench = Bench::connected(40).await;
    bench.sync().await;
    let rows = bench.fleet().await.rows;
    let one = rows.iter().find(|row| !row.name_is_shared).unwrap();
    assert_eq!(
        bench.desk.find_profile(one.id.as_str()).await.unwrap().key,
        one.key
    );
    assert_eq!(
        bench.desk.find_profile(&one.name).await.unwrap().key,
        one.key
    );
    let twin = rows.iter().find(|row| row.name_is_shared).unwrap();
    let problem = bench.desk.find_profile(&twin.name).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::InvalidInput);
    assert!(problem.hint.unwrap().contains(twin.id.as_str()));
    let problem = bench
        .desk
        .find_profile("no such customer")
        .await
        .unwrap_err();
    assert_eq!(problem.code, ProblemCode::NotFound);
}

#[tokio::test]
async fn the_hours_of_yesterday_add_up_to_its_day_and_to_what_the_api_counted() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let (from, to) = ("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z");
    let mut compared = 0;
    for row in bench.fleet().await.rows {
        let ask = |by| UsageQuery {
            profile: row.key,
            services: vec![Service::Input],
            by,
            cycle: None,
            from: Some(from.parse().unwrap()),
            to: Some(to.parse().unwrap()),
            running: false,
            compare: false,
            timezone: String::new(),
        };
        let hours = bench.desk.usage_chart(ask(UsageBy::Hour)).await.unwrap();
        let days = bench.desk.usage_chart(ask(UsageBy::Day)).await.unwrap();
        assert_eq!(
            (hours.starts.len(), days.starts.len()),
            (24, 1),
            "{}",
            row.name
        );
        if let (Some(sum), Some(day)) = (hours.series[0].sum, days.series[0].amounts[0]) {
            assert!(
                (sum - day).abs() < 1e-6,
                "{}: {sum} in hours, {day} in the day",
                row.name
            );
            compared += i32::from(day > 0.0);
        }
    }
    assert!(compared > 10, "only {compared} profiles used anything");
}

#[tokio::test]
async fn bad_ranges_and_zones_are_refused_with_the_reason() {
    let bench = Bench::connected(6).await;
    bench.sync().await;
    let key = bench.fleet().await.rows[0].key;
    let good = UsageQuery {
        profile: key,
        services: vec![Service::Input],
        by: UsageBy::Hour,
        cycle: None,
        from: None,
        to: None,
        running: false,
        compare: false,
        timezone: "Europe/Berlin".to_owned(),
    };
    assert_eq!(
        bench.desk.usage_chart(good.clone()).await.unwrap().timezone,
        "Europe/Berlin"
    );
    let bad = [
        UsageQuery {
            timezone: "Mars/Olympus".to_owned(),
            ..good.clone()
        },
        UsageQuery {
            from: Some("2026-11-02T00:00:00Z".parse().unwrap()),
            to: Some("2026-11-01T00:00:00Z".parse().unwrap()),
            ..good.clone()
        },
    ];
    for query in bad {
        let problem = bench.desk.usage_chart(query).await.unwrap_err();
        assert_eq!(problem.code, ProblemCode::InvalidInput, "{problem}");
    }
    let gone = UsageQuery {
        profile: 999,
        ..good
    };
    assert_eq!(
        bench.desk.usage_chart(gone).await.unwrap_err().code,
        ProblemCode::NotFound
    );
}
