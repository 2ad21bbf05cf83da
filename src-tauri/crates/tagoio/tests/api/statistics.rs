//! Usage history: the three ways to ask, and samples as they come.

use crate::common::{Api, call, profile};
use model::Service;
use serde_json::{Value, json};
use tagoio::{ApiError, Periodicity, StatisticsQuery, StatisticsSpan};

const PATH: &str = "/profile/5bb0a0c9f1d2e3a4b5c6d7e8/statistics";

#[tokio::test]
async fn a_day_or_a_range_is_asked_for_as_the_api_wants_it() {
    let day = "2026-03-29".parse().unwrap();
    let start = "2026-03-01T00:00:00Z".parse().unwrap();
    let end = "2026-03-31T23:59:59.5Z".parse().unwrap();
    let table = [
        (StatisticsQuery::hours_of(day), "date=2026-03-29"),
        (
            StatisticsQuery::range(start, end, Periodicity::Hour),
            "start_date=2026-03-01T00%3A00%3A00.000Z&end_date=2026-03-31T23%3A59%3A59.500Z&periodicity=hour",
        ),
        (
            StatisticsQuery {
                span: StatisticsSpan::Days {
                    start: day,
                    end: day,
                    periodicity: Periodicity::Month,
                },
                timezone: Some("America/Sao_Paulo".to_owned()),
            },
            "start_date=2026-03-29&end_date=2026-03-29&periodicity=month&timezone=America%2FSao_Paulo",
        ),
    ];
    for (query, expected) in table {
        let api = Api::with_result(json!([])).await;
        assert_eq!(
            api.session.usage_history(&profile(), &query).await.unwrap(),
            []
        );
        let target = format!("{PATH}?{expected}");
        assert_eq!(api.request().await, call("GET", &target, Value::Null));
    }
}

#[tokio::test]
async fn samples_come_in_their_order_with_whole_decimal_null_and_unknown_numbers() {
    let api = Api::with_result(json!([
        {"time": "2026-03-29T02:01:12.345Z", "input": 40165, "file_storage": 50.75, "tcore": 2},
        {"time": "2026-03-29T01:01:00+00:00", "input": "39933", "sms": null, "new": {"a": 1}},
        {"input": 1.5, "time": "2026-03-29T01:01:00.000Z"},
        {"time": "2026-03-29"},
        {"time": 1_774_742_400_000_i64},
    ]))
    .await;
    let query = StatisticsQuery::hours_of("2026-03-29".parse().unwrap());
    let samples = api.session.usage_history(&profile(), &query).await.unwrap();
    let times: Vec<_> = samples.iter().map(|sample| sample.at.to_string()).collect();
    assert_eq!(
        times,
        [
            "2026-03-29T02:01:12.345Z",
            "2026-03-29T01:01:00Z",
            "2026-03-29T01:01:00Z",
            "2026-03-29T00:00:00Z",
            "2026-03-29T00:00:00Z",
        ]
    );
    assert_eq!(samples[0].totals[Service::Input], Some(40165.0));
    assert_eq!(samples[0].totals[Service::FileStorage], Some(50.75));
    assert_eq!(samples[0].totals.by_key("tcore"), Some(2.0));
    assert_eq!(samples[1].totals[Service::Input], Some(39933.0));
    assert_eq!(samples[1].totals[Service::Sms], None);
    assert_eq!(samples[2].totals[Service::Input], Some(1.5));
    assert!(samples[3].totals.is_empty());
}

#[tokio::test]
async fn a_sample_without_a_readable_time_fails_the_history_and_is_named() {
    for time in [json!(null), json!("soon"), json!({})] {
        let api = Api::with_result(json!([
            {"time": "2026-03-29T02:01:12.345Z"}, {"time": time, "input": 7},
        ]))
        .await;
        let query = StatisticsQuery::hours_of("2026-03-29".parse().unwrap());
        let error = api
            .session
            .usage_history(&profile(), &query)
            .await
            .unwrap_err();
        let ApiError::UnexpectedShape { call, path, what } = error else {
            panic!("{error}");
        };
        assert_eq!(call, "usage history of a profile");
        assert!(path.starts_with("$.result[1]"), "{path}");
        assert_eq!(what, "an ISO 8601 date was expected");
    }
}
