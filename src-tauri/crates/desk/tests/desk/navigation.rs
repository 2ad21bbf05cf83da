//! What the way between the screens counts, held against what the screens list.

use std::time::Duration;

use desk::read::{PeopleQuery, TokensQuery};

use crate::Bench;

/// The counts, after they were compared with the lists.
async fn counts(bench: &Bench) -> (u32, u32) {
    let counts = bench.desk.navigation_counts().await.unwrap();
    let people = bench.desk.people(PeopleQuery::default()).await.unwrap();
    let tokens = bench.desk.tokens(TokensQuery::default()).await.unwrap();
    assert_eq!(counts.people, people.total);
    assert_eq!(counts.tokens, tokens.total);
    assert!(tokens.folded > 0, "tokens of signing in are among them");
    (counts.people, counts.tokens)
}

#[tokio::test]
async fn people_and_tokens_are_counted_as_their_screens_list_them_without_removed_profiles() {
    let bench = Bench::connected(60).await;
    let none = bench.desk.navigation_counts().await.unwrap();
    assert_eq!((none.people, none.tokens), (0, 0));
    bench.sync().await;
    let before = counts(&bench).await;
    let rows = bench.fleet().await.rows;
    for row in rows.iter().take(rows.len() / 2) {
        assert!(bench.sim.remove_profile(row.id.as_str()));
    }
    bench.sync_after(Duration::from_hours(24)).await;
    let after = counts(&bench).await;
    assert!(after.0 < before.0 && after.1 < before.1);
    assert!(after.0 > 0 && after.1 > 0);
}
