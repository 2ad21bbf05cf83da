//! A profile's usage history by billing cycle, and what finds the profile itself.

use desk::export::{Cell, ExportQuery};
use desk::read::{UsageBy, UsageChart, UsageQuery};
use desk::{Desk, ProblemCode};
use model::{ProfileId, Service, ServiceKind};

use crate::Bench;

fn of_cycle(profile: i64, back: u16) -> UsageQuery {
    UsageQuery {
        profile,
        services: vec![Service::Input, Service::DataRecords],
        by: UsageBy::Day,
        cycle: Some(back),
        from: None,
        to: None,
        running: true,
        compare: true,
        timezone: String::new(),
    }
}

async fn chart(desk: &Desk, query: UsageQuery) -> UsageChart {
    desk.usage_chart(query).await.unwrap()
}

/// The last amount that is known.
fn last(amounts: &[Option<f64>]) -> Option<f64> {
    amounts.iter().rev().find_map(|amount| *amount)
}

#[tokio::test]
async fn the_running_total_of_this_cycle_comes_to_what_the_api_counted() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let mut compared = 0;
    for row in bench.fleet().await.rows {
        let chart = chart(&bench.desk, of_cycle(row.key, 0)).await;
        let input = &chart.series[0];
        assert_eq!(input.service, Service::Input);
        let (Some(used), Some(total)) = (row.usage[0].used, last(&input.amounts)) else {
            continue;
        };
        // The newest sample is up to an hour older than the summary.
        assert!(total <= used + 1e-6, "{}: {total} of {used}", row.name);
        if input.lower_bound.is_empty() && used > 0.0 {
            assert!(total >= used * 0.9, "{}: {total} of {used}", row.name);
            compared += 1;
        }
    }
    assert!(compared > 5, "only {compared} profiles were compared");
}

#[tokio::test]
async fn the_cycle_before_is_moved_onto_this_one_and_its_periods_add_up_to_it() {
    let bench = Bench::connected(6).await;
    bench.sync().await;
    let key = bench.fleet().await.rows[0].key;
    let this = chart(&bench.desk, of_cycle(key, 0)).await;
    let last_one = chart(&bench.desk, of_cycle(key, 1)).await;
    assert_eq!(
        last_one.to, this.from,
        "one cycle ends where the next begins"
    );
    for (now, then) in this.series.iter().zip(&last_one.series) {
        let before = now.before.as_ref().unwrap();
        assert_eq!(before.amounts, then.amounts, "{:?}", now.service);
        assert_eq!(before.sum, then.sum);
        let moved: Vec<i64> = then_starts(&last_one)
            .map(|start| start + this.from - last_one.from)
            .collect();
        assert_eq!(before.starts, moved);
        assert_eq!(before.starts.first(), Some(&this.from));
    }
    let amounts = chart(
        &bench.desk,
        UsageQuery {
            running: false,
            ..of_cycle(key, 1)
        },
    )
    .await;
    let input = &amounts.series[0];
    assert!(input.unknown == 0 && amounts.starts.len() >= 28);
    let together: f64 = input.amounts.iter().flatten().sum();
    assert!((together - input.sum.unwrap()).abs() < 1e-6);
    assert_eq!(
        last(&last_one.series[0].amounts),
        input.sum,
        "the running total ends with the sum"
    );
}

fn then_starts(chart: &UsageChart) -> impl Iterator<Item = i64> + '_ {
    chart.starts.iter().copied()
}

#[tokio::test]
async fn without_a_service_the_one_nearest_to_its_limit_is_shown_and_all_nine_share_their_periods()
{
    let bench = Bench::connected(6).await;
    bench.sync().await;
    let row = bench.fleet().await.rows.remove(0);
    let one = chart(
        &bench.desk,
        UsageQuery {
            services: Vec::new(),
            ..of_cycle(row.key, 0)
        },
    )
    .await;
    assert_eq!(one.series.len(), 1);
    assert_eq!(Some(one.series[0].service), row.worst);
    let all = chart(
        &bench.desk,
        UsageQuery {
            services: Service::ALL.to_vec(),
            cycle: None,
            by: UsageBy::Month,
            running: false,
            ..of_cycle(row.key, 0)
        },
    )
    .await;
    let services: Vec<Service> = all.series.iter().map(|series| series.service).collect();
    assert_eq!(services, Service::ALL);
    for series in &all.series {
        assert_eq!(series.amounts.len(), all.starts.len());
        assert_eq!(series.before, None, "no whole cycle was asked for");
        let counter = series.service.kind() == ServiceKind::Counter;
        assert!(counter || series.sum.is_none());
    }
}

#[tokio::test]
async fn a_range_of_too_many_hours_is_shown_by_day_and_says_so() {
    let bench = Bench::connected(6).await;
    bench.sync().await;
    let query = UsageQuery {
        by: UsageBy::Hour,
        cycle: None,
        from: Some("2025-11-01T00:00:00Z".parse().unwrap()),
        to: Some("2026-11-01T00:00:00Z".parse().unwrap()),
        ..of_cycle(bench.fleet().await.rows[0].key, 0)
    };
    let chart = chart(&bench.desk, query).await;
    assert_eq!((chart.by, chart.starts.len()), (UsageBy::Day, 365));
    assert!(chart.cycles.len() >= 11, "{:?}", chart.cycles);
}

#[tokio::test]
async fn a_chart_never_has_more_than_two_thousand_points_and_says_how_wide_they_are() {
    let bench = Bench::connected(6).await;
    bench.sync().await;
    let key = bench.fleet().await.rows[0].key;
    for (by, from, to, expected, points) in [
        (
            UsageBy::Hour,
            "2024-11-01T00:00:00Z",
            "2026-11-01T00:00:00Z",
            UsageBy::Day,
            Some(730),
        ),
        // An hour's and a day's part at either end counts too: 1,999.8 hours touch 2,001 of them.
        (
            UsageBy::Hour,
            "2026-08-01T00:35:00Z",
            "2026-10-23T08:25:00Z",
            UsageBy::Day,
            Some(84),
        ),
        (
            UsageBy::Hour,
            "2026-08-01T00:00:00Z",
            "2026-10-23T00:00:00Z",
            UsageBy::Hour,
            Some(1_992),
        ),
        (
            UsageBy::Day,
            "2021-01-01T12:00:00Z",
            "2026-06-24T11:00:00Z",
            UsageBy::Month,
            None,
        ),
    ] {
        let query = UsageQuery {
            by,
            cycle: None,
            from: Some(from.parse().unwrap()),
            to: Some(to.parse().unwrap()),
            ..of_cycle(key, 0)
        };
        let chart = chart(&bench.desk, query).await;
        let count = chart.starts.len();
        assert_eq!(chart.by, expected, "{from} to {to}: {count}");
        assert!(count > 0 && count <= 2_000, "{from} to {to}: {count}");
        assert_eq!(points.unwrap_or(count), count, "{from} to {to}");
        let amounts = chart.series.iter().map(|series| series.amounts.len());
        assert!(amounts.into_iter().all(|amounts| amounts == count));
    }
}

#[tokio::test]
async fn a_profile_is_found_by_its_id_and_only_a_known_one() {
    let bench = Bench::connected(6).await;
    bench.sync().await;
    let row = bench.fleet().await.rows.remove(0);
    assert_eq!(bench.desk.profile_with_id(&row.id).await.unwrap(), row.key);
    let other: ProfileId = "000000000000000000000000".parse().unwrap();
    let problem = bench.desk.profile_with_id(&other).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::NotFound);
    assert!(problem.message.contains(other.as_str()), "{problem}");
    // The simulator stands for a private deployment.
    let problem = bench.desk.admin_site(row.key).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::NotFound);
    assert!(!bench.desk.profile(row.key).await.unwrap().has_admin_site);
}

#[tokio::test]
async fn the_exported_history_has_the_charts_periods_and_amounts() {
    let bench = Bench::connected(6).await;
    bench.sync().await;
    let query = of_cycle(bench.fleet().await.rows[0].key, 1);
    let chart = chart(&bench.desk, query.clone()).await;
    let sheet = bench.desk.sheet(ExportQuery::Usage(query)).await.unwrap();
    assert_eq!(sheet.rows.len(), chart.starts.len());
    assert_eq!(
        sheet.columns[2].name,
        "Data input running total (variables)"
    );
    for (row, amount) in sheet.rows.iter().zip(&chart.series[0].amounts) {
        assert_eq!(row.len(), sheet.columns.len());
        assert_eq!(row[2], amount.map_or(Cell::Empty, Cell::Number));
    }
}
