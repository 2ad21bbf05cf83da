//! When each account's own token ends.

use std::time::Duration;

use desk::read::{TokenEnd, TokenEndRow};
use desk::{SignInRequest, SignInStep, TokenChoice};

use crate::{Bench, world_of};

fn told(rows: &[TokenEndRow]) -> Vec<(&str, TokenEnd, Option<i64>)> {
    rows.iter()
        .map(|row| (row.account.label.as_str(), row.end, row.days))
        .collect()
}

#[tokio::test]
async fn the_ends_of_tokens_are_listed_by_date_with_what_is_not_known_told_apart() {
    let bench = Bench::of(sim::Options {
        accounts: 4,
        ..world_of(12)
    })
    .await;
    let tokens = bench.sim.tokens();
    bench.connect("For good", &tokens[1].token).await;
    bench.connect("Revoked", &tokens[2].token).await;
    let (email, password) = {
        let world = bench.sim.world();
        let account = &world.accounts[0];
        (account.email.clone(), account.password.clone())
    };
    let request = SignInRequest::new(bench.sim.base_url(), email, password.into());
    let (mut going, step) = bench.desk.sign_in(request).await.unwrap();
    let SignInStep::Profile(wanted) = step else {
        panic!("no profile was asked for: {step:?}");
    };
    let choice = TokenChoice {
        label: "Ends".to_owned(),
        profile: wanted.profiles[0].id.clone(),
        name: wanted.token_name,
        days: Some(12),
    };
    going.choose(&bench.desk, choice).await.unwrap();
    // What no list of tokens showed yet is not known.
    let before = bench.desk.token_ends().await.unwrap();
    assert_eq!(
        told(&before),
        [
            ("Ends", TokenEnd::Ends, Some(12)),
            ("For good", TokenEnd::Unknown, None),
            ("Revoked", TokenEnd::Unknown, None)
        ]
    );

    let soon = |rows: &[TokenEndRow]| rows.iter().map(|row| row.soon).collect::<Vec<_>>();
    assert_eq!(soon(&before), [true, false, false]);
    assert!(before[0].account.token_ends_soon && !before[1].account.token_ends_soon);

    bench.sync().await;
    bench.sim.revoke(&tokens[2].token);
    bench.sync_again().await;
    let rows = bench.desk.token_ends().await.unwrap();
    let ends: Vec<TokenEnd> = rows.iter().map(|row| row.end).collect();
    assert_eq!(ends, [TokenEnd::Ended, TokenEnd::Ends, TokenEnd::Never]);
    assert_eq!(soon(&rows), [true, true, false]);
    assert_eq!(rows[0].account.label, "Revoked");
    assert!(rows[0].days.is_some_and(|days| days <= 0), "{rows:?}");
    let profile = &rows[1].account.token_profile;
    assert_eq!(profile.as_ref(), Some(&wanted.profiles[0].id));

    // Nobody told, and yet its time is over.
    bench.sim.clock().advance(Duration::from_hours(24 * 13));
    let rows = bench.desk.token_ends().await.unwrap();
    let ended = rows.iter().filter(|row| row.end == TokenEnd::Ended);
    assert_eq!(ended.count(), 2, "{rows:?}");
}
