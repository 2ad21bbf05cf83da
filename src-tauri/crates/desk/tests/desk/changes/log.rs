//! How the log is read: searched, narrowed, in pages; and names that want to be more than text.

use desk::read::{ActivityQuery, ChangeTopic};
use model::ChangeKind;
use serde_json::Value;
use sim::world::Service;

use super::{QUARTER, everything, told};
use crate::Bench;

/// Markup, a name that runs backwards, one that ends a query, line breaks, nothing that shows.
const HOSTILE: [&str; 6] = [
    "<b>Bold</b><img src=x onerror=alert(1)>",
    "\u{202e}gnp.exe",
    "'); DROP TABLE change; --",
    "a\tb\r\nc\0d",
    "\u{200b}\u{2066}",
    "100%_of ÄÖÜ ﬁ 🚜",
];

#[tokio::test]
async fn a_hostile_name_comes_back_as_it_is_and_is_found() {
    let bench = Bench::connected(12).await;
    let profile = bench.quiet();
    bench.sim.rename_profile(&profile, "Harmless");
    bench.sync().await;
    let rows = bench.fleet().await.rows;
    let other = rows.iter().find(|row| row.id.as_str() != profile).unwrap();
    bench.sim.rename_profile(other.id.as_str(), "Neighbour");
    let mut before = "Harmless";
    let mut expected = Vec::new();
    for name in HOSTILE {
        bench.sim.rename_profile(&profile, name);
        bench.sync_after(QUARTER).await;
        expected.push(told(ChangeKind::ProfileRenamed, None, before, name));
        assert_eq!(
            bench.told_of(&profile, ChangeTopic::Profiles).await,
            expected
        );
        before = name;
    }
    for row in bench.changes(everything()).await {
        if row.profile.is_some_and(|id| id.as_str() == profile) {
            assert_eq!(row.profile_name.as_deref(), Some(before), "as it is now");
        }
    }
    for (word, name) in [
        ("onerror=ALERT(1)", HOSTILE[0]),
        ("\u{202e}GNP", HOSTILE[1]),
        ("drop table", HOSTILE[2]),
        ("harmless", HOSTILE[0]),
    ] {
        let query = ActivityQuery {
            search: word.to_owned(),
            topics: vec![ChangeTopic::Profiles],
            ..everything()
        };
        let rows = bench.changes(query).await;
        assert!(rows.iter().any(|row| row.new == name), "{word}: {rows:?}");
    }
    // A wildcard of the database is a letter as any other.
    for wildcard in ["%", "_", "*", "?", "[a-z]"] {
        let query = ActivityQuery {
            search: wildcard.to_owned(),
            ..everything()
        };
        let rows = bench.changes(query).await;
        assert!(
            rows.iter().all(|row| row.profile_key != Some(other.key)),
            "{wildcard}"
        );
    }
}

/// A bench of which both accounts have changes of several topics, of two syncs.
async fn eventful() -> (Bench, String) {
    let bench = Bench::connected(30).await;
    let profile = bench.quiet();
    bench.sync().await;
    for round in 1..=2_u32 {
        let fleet = bench.fleet().await;
        for (place, row) in fleet.rows.iter().enumerate() {
            let name = format!("{} {round}", row.name);
            bench.sim.rename_profile(row.id.as_str(), &name);
            if place % 3 == 0 {
                let limit = f64::from(round) * 7e9;
                bench.sim.set_limit(row.id.as_str(), Service::Input, limit);
            }
        }
        bench.sync_after(QUARTER).await;
    }
    (bench, profile)
}

#[tokio::test]
async fn the_log_comes_newest_first_and_its_pages_join_without_a_gap() {
    let (bench, _) = eventful().await;
    let all = bench.desk.activity(everything()).await.unwrap();
    assert!(all.total > 60, "{}", all.total);
    assert!(
        all.rows
            .windows(2)
            .all(|pair| { (pair[0].at, pair[0].key) > (pair[1].at, pair[1].key) })
    );
    for limit in [1, 7, 64] {
        let mut joined = Vec::new();
        for offset in (0..all.total).step_by(limit as usize) {
            let query = ActivityQuery {
                offset,
                limit,
                ..ActivityQuery::default()
            };
            let page = bench.desk.activity(query).await.unwrap();
            assert_eq!(page.total, all.total);
            joined.extend(page.rows);
        }
        assert_eq!(joined, all.rows);
    }
    for (offset, limit) in [(0, 0), (all.total, 10), (u32::MAX, u32::MAX)] {
        let query = ActivityQuery {
            offset,
            limit,
            ..ActivityQuery::default()
        };
        let page = bench.desk.activity(query).await.unwrap();
        assert_eq!((page.total, page.rows.len()), (all.total, 0));
    }
}

#[tokio::test]
async fn each_condition_leaves_exactly_what_it_says() {
    let (bench, profile) = eventful().await;
    let all = bench.changes(everything()).await;
    let newest = all[0].at;
    let acme = bench.desk.account_by_label("Acme").await.unwrap();
    let quiet = bench.desk.find_profile(&profile).await.unwrap().key;
    let leaves = async |query: ActivityQuery, holds: &dyn Fn(&desk::read::ChangeRow) -> bool| {
        let expected: Vec<_> = all.iter().filter(|row| holds(row)).cloned().collect();
        assert!(
            !expected.is_empty() && expected.len() < all.len(),
            "{query:?}"
        );
        let told = format!("{query:?}");
        assert_eq!(bench.changes(query).await, expected, "{told}");
    };
    let since = |at| ActivityQuery {
        since: Some(at),
        ..everything()
    };
    leaves(since(newest), &|row| row.at == newest).await;
    let later = newest + jiff::SignedDuration::from_millis(1);
    assert_eq!(bench.changes(since(later)).await, []);
    let of_account = ActivityQuery {
        account: Some(acme.key),
        ..everything()
    };
    leaves(of_account, &|row| row.account.as_deref() == Some("Acme")).await;
    let of_profile = ActivityQuery {
        profile: Some(quiet),
        ..everything()
    };
    leaves(of_profile, &|row| row.profile_key == Some(quiet)).await;
    for topic in [ChangeTopic::Profiles, ChangeTopic::Limits] {
        let of_topic = ActivityQuery {
            topics: vec![topic],
            ..everything()
        };
        leaves(of_topic, &|row| topic.kinds().contains(&row.kind)).await;
    }
    let two = ActivityQuery {
        topics: vec![ChangeTopic::Limits, ChangeTopic::Billing],
        since: Some(newest),
        account: Some(acme.key),
        search: " iNPut  14000000000 ".to_owned(),
        ..everything()
    };
    let limit = |row: &desk::read::ChangeRow| {
        let of_limits = row.kind == ChangeKind::LimitChanged && row.new == 14e9;
        of_limits && row.at == newest && row.account.as_deref() == Some("Acme")
    };
    leaves(two, &limit).await;
    let nothing = ActivityQuery {
        search: "no such word".to_owned(),
        ..everything()
    };
    assert_eq!(bench.changes(nothing).await, []);
    assert!(
        all.iter()
            .all(|row| row.old != Value::Null || row.new != Value::Null)
    );
}

#[tokio::test]
async fn the_log_is_narrowed_by_what_profiles_are_and_by_words_that_are_not_there() {
    let bench = Bench::connected(12).await;
    let profile = bench.quiet();
    bench.sync().await;
    let rows = bench.fleet().await.rows;
    let other = rows.iter().find(|row| row.id.as_str() != profile).unwrap();
    bench.sim.rename_profile(&profile, "Alpha");
    bench.sim.rename_profile(other.id.as_str(), "Beta");
    bench.sync_after(QUARTER).await;
    let found = async |search: &str| {
        let query = ActivityQuery {
            search: search.to_owned(),
            topics: vec![ChangeTopic::Profiles],
            ..everything()
        };
        bench.changes(query).await.len()
    };
    assert_eq!(found("").await, 2);
    assert_eq!(found("name:alpha").await, 1);
    assert_eq!(found("-name:alpha").await, 1);
    assert_eq!(found("-alpha").await, 1);
    assert_eq!(found("group:none").await, 2);
    assert_eq!(found("removed:yes").await, 0);
    let query = ActivityQuery {
        search: "colour:red".to_owned(),
        ..everything()
    };
    assert!(bench.desk.activity(query).await.is_err());
}
