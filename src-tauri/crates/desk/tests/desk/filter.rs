//! The language of the filter boxes, on a fleet that was synced.

use desk::ProblemCode;
use desk::read::{
    CostQuery, FleetQuery, FleetRow, FleetSelection, GroupKind, PeopleQuery, TodayQuery,
    TokensQuery,
};
use model::{Service, UsageState};

use crate::Bench;

async fn rows(bench: &Bench, filter: &str) -> Vec<FleetRow> {
    let query = FleetQuery {
        filter: filter.to_owned(),
        limit: 500,
        ..FleetQuery::default()
    };
    bench.desk.fleet(query).await.unwrap().rows
}

/// Whether a filter leaves just the profiles of which something is so, and some but not all of them.
async fn leaves(bench: &Bench, filter: &str, so: impl Fn(&FleetRow) -> bool) {
    let all = rows(bench, "").await;
    let expected: Vec<i64> = all
        .iter()
        .filter(|row| so(row))
        .map(|row| row.key)
        .collect();
    let left: Vec<i64> = rows(bench, filter)
        .await
        .iter()
        .map(|row| row.key)
        .collect();
    assert_eq!(left, expected, "{filter}");
    assert!(
        !left.is_empty() && left.len() < all.len(),
        "{filter} divides nothing"
    );
}

#[tokio::test]
async fn a_filter_leaves_what_its_tests_say_of_the_rows_themselves() {
    let bench = Bench::connected(60).await;
    bench.sync().await;
    let share = |row: &FleetRow, service: Service| row.usage[service.index()].share;
    leaves(&bench, "input:>50%", |row| {
        share(row, Service::Input).is_some_and(|share| share > 0.5)
    })
    .await;
    leaves(&bench, "-input:>50%", |row| {
        share(row, Service::Input).is_none_or(|share| share <= 0.5)
    })
    .await;
    leaves(&bench, "input:>50% output:<=50%", |row| {
        share(row, Service::Input).is_some_and(|share| share > 0.5)
            && share(row, Service::Output).is_some_and(|share| share <= 0.5)
    })
    .await;
    leaves(&bench, "records:>1k", |row| {
        row.usage[Service::DataRecords.index()]
            .used
            .is_some_and(|used| used > 1_000.0)
    })
    .await;
    let worst = |row: &FleetRow| row.usage.iter().map(|cell| cell.state).max();
    leaves(&bench, "state:over,high", |row| {
        matches!(worst(row), Some(UsageState::Over | UsageState::High))
    })
    .await;
    leaves(&bench, "sms:none", |row| {
        row.usage[Service::Sms.index()].state == UsageState::NotAllocated
    })
    .await;
    let one = rows(&bench, "").await[3].clone();
    leaves(&bench, &format!("id:{}", one.id), |row| row.key == one.key).await;
    leaves(&bench, &format!("name:\"{}\"", one.name), |row| {
        row.name.to_lowercase().contains(&one.name.to_lowercase())
    })
    .await;
    let everything = rows(&bench, "").await.len();
    for all in [
        "stale:<1d",
        "-stale:yes",
        "never:no",
        "failed:no",
        "signed-out:no",
        "removed:all",
        "account:",
        "-group:nowhere",
        "group:none",
        "note:no",
        "fav:no",
        "risk:>=0%,unknown-is-not-a-share",
    ] {
        let left = FleetQuery {
            filter: all.to_owned(),
            limit: 500,
            ..FleetQuery::default()
        };
        match bench.desk.fleet(left).await {
            Ok(page) => assert_eq!(page.rows.len(), everything, "{all}"),
            Err(problem) => assert!(all.contains("unknown"), "{all}: {problem}"),
        }
    }
    for none in [
        "stale:>1d",
        "never:yes",
        "failed:yes",
        "removed:yes",
        "account:nobody",
        "group:x",
    ] {
        assert_eq!(rows(&bench, none).await.len(), 0, "{none}");
    }
}

#[tokio::test]
async fn a_filter_that_says_nothing_is_refused_with_what_there_is() {
    let bench = Bench::connected(2).await;
    for (filter, says) in [
        ("colour:red", "no filter “colour:”"),
        ("input:>much", "takes a number"),
        ("risk:>x%", "takes a share"),
        ("stale:>yesterday", "is not understood"),
        ("shared:maybe", "is not understood"),
        ("state:terrible", "takes over, high"),
        ("account:>5", "cannot be more or less"),
    ] {
        let query = FleetQuery {
            filter: filter.to_owned(),
            limit: 1,
            ..FleetQuery::default()
        };
        let problem = bench.desk.fleet(query).await.unwrap_err();
        assert_eq!(problem.code, ProblemCode::InvalidInput);
        assert!(problem.message.contains(says), "{filter}: {problem}");
    }
}

#[tokio::test]
async fn what_may_be_typed_next_is_offered_and_each_offer_is_a_filter() {
    let bench = Bench::connected(20).await;
    bench.sync().await;
    let group = bench
        .desk
        .put_group(None, "North: Sea", GroupKind::Group)
        .await
        .unwrap();
    let all = FleetSelection {
        keys: Vec::new(),
        all_of: Some(String::new()),
    };
    let offers = async |text: &str| {
        let cursor = u32::try_from(text.encode_utf16().count()).unwrap();
        bench
            .desk
            .complete_filter("fleet", text.to_owned(), cursor)
            .await
            .unwrap()
    };
    assert_eq!(
        bench.desk.assign_group(group.key, all, true).await.unwrap(),
        20
    );
    let words = offers("ü 😀 grou").await;
    assert_eq!((words.from, words.to), (5, 9));
    assert_eq!(words.choices[0].insert, "group:");
    let values = offers("group:sea").await;
    assert_eq!(values.choices[0].insert, "\"North: Sea\" ");
    assert_eq!(values.choices[0].detail, "20 profiles");
    assert_eq!((values.from, values.to), (6, 9));
    for text in [
        "", "account:", "region:", "plan:", "state:", "input:", "failed:", "-shared:",
    ] {
        for choice in offers(text).await.choices {
            let filter = format!("{text}{}", choice.insert);
            let query = FleetQuery {
                filter: filter.clone(),
                limit: 1,
                ..FleetQuery::default()
            };
            assert!(bench.desk.fleet(query).await.is_ok(), "{filter}");
        }
    }
    let accounts = bench.desk.accounts().await.unwrap().len();
    assert_eq!(offers("account:").await.choices.len(), accounts);
    assert!(offers("name:x").await.choices.is_empty());
}

#[tokio::test]
async fn values_that_are_left_out_are_counted_and_typing_on_reaches_them() {
    let bench = Bench::connected(4).await;
    for number in 0..70 {
        let name = format!("Site {number:02}");
        let group = bench.desk.put_group(None, &name, GroupKind::Group).await;
        assert!(group.is_ok(), "{name}");
    }
    let offers = async |text: &str| {
        let cursor = u32::try_from(text.len()).unwrap();
        let offered = bench
            .desk
            .complete_filter("fleet", text.to_owned(), cursor)
            .await
            .unwrap();
        (offered.choices.len(), offered.left_out)
    };
    // The groups, and that there is none.
    assert_eq!(offers("group:").await, (50, 21));
    assert_eq!(offers("group:6").await, (16, 0));
    let (words, left_out) = offers("").await;
    assert!(words > 20 && left_out == 0);
}

/// Whether a screen takes a filter.
async fn takes(bench: &Bench, screen: &str, filter: String) -> Result<(), desk::Problem> {
    let desk = &bench.desk;
    match screen {
        "today" => desk
            .today(TodayQuery {
                filter,
                ..TodayQuery::default()
            })
            .await
            .map(drop),
        "costs" => desk
            .costs(CostQuery {
                filter,
                ..CostQuery::default()
            })
            .await
            .map(drop),
        "tokens" => desk
            .tokens(TokensQuery {
                filter,
                ..TokensQuery::default()
            })
            .await
            .map(drop),
        _ => desk
            .people(PeopleQuery {
                filter,
                ..PeopleQuery::default()
            })
            .await
            .map(drop),
    }
}

#[tokio::test]
async fn what_another_screen_offers_it_also_takes() {
    let bench = Bench::connected(4).await;
    bench.sync().await;
    for (screen, own) in [
        ("today", "severity:"),
        ("costs", "cost:"),
        ("tokens", "flag:"),
        ("people", "role:"),
    ] {
        let offers = async |text: &str| {
            let cursor = u32::try_from(text.len()).unwrap();
            let offered = bench
                .desk
                .complete_filter(screen, text.to_owned(), cursor)
                .await;
            offered.unwrap().choices
        };
        let words = offers("").await;
        assert!(
            words.iter().any(|word| word.insert == own),
            "{screen}: {words:?}"
        );
        assert!(!offers(own).await.is_empty(), "{screen} {own}");
        for word in words {
            for value in offers(&word.insert).await {
                let filter = format!("{}{}", word.insert, value.insert);
                let taken = takes(&bench, screen, filter.clone()).await;
                assert!(taken.is_ok(), "{screen} {filter}: {taken:?}");
            }
        }
    }
}
