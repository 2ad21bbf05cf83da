//! The world that a seed makes.

use std::collections::HashMap;

use sim::world::{Permission, Plan, Service};
use sim::{Options, SimError, Simulator};

use crate::http::{Client, may, start, with};

#[tokio::test]
async fn equal_seeds_make_equal_worlds_and_others_differ() {
    let make = async |seed| {
        with(Options {
            profiles: 60,
            accounts: 3,
            seed,
            ..Options::default()
        })
        .await
    };
    let (one, same, other) = (make(5).await, make(5).await, make(6).await);
    assert_eq!(format!("{:?}", one.world()), format!("{:?}", same.world()));
    assert_ne!(format!("{:?}", one.world()), format!("{:?}", other.world()));
    let path = |running: &sim::Running| {
        let id = running
            .world()
            .profiles
            .keys()
            .next()
            .expect("a profile")
            .clone();
        format!(
            "/profile/{id}/statistics?start_date=2026-03-01&end_date=2026-05-20&periodicity=hour"
        )
    };
    let answer = async |running: &sim::Running| {
        let mut bodies = Vec::new();
        for number in 0..3 {
            bodies.push(Client::of(running, number).get(&path(running)).await.body);
        }
        bodies
    };
    assert_eq!(answer(&one).await, answer(&same).await);
    assert_ne!(answer(&one).await, answer(&other).await);
}

#[tokio::test]
async fn history_does_not_change_when_a_later_day_starts_the_same_seed() {
    let early = start(20, 2).await;
    let id = crate::http::own(&early, 0)[0].clone();
    let path = format!(
        "/profile/{id}/statistics?start_date=2026-04-01&end_date=2026-05-19&periodicity=day"
    );
    let before = Client::of(&early, 0).get(&path).await.result();
    early.clock().advance(std::time::Duration::from_hours(960));
    assert_eq!(Client::of(&early, 0).get(&path).await.result(), before);
}

#[tokio::test]
async fn every_peculiarity_of_use_is_there() {
    let running = start(40, 3).await;
    let world = running.world();
    let now = running.clock().now();
    let shares = |service: Service| {
        world.profiles.values().map(move |profile| {
            profile.limit_used(now)[service as usize] / profile.limits[service as usize]
        })
    };
    let some = |low: f64, high: f64| {
        Service::NINE
            .into_iter()
            .flat_map(shares)
            .any(|share| (low..=high).contains(&share))
    };
    assert!(some(0.8, 0.801) && some(0.95, 0.951) && some(1.0, 1.0) && some(1.3, 1.31));
    let mut limits = world
        .profiles
        .values()
        .flat_map(|profile| Service::NINE.map(|service| profile.limits[service as usize]));
    assert!(limits.any(|limit| limit == 0.0), "a limit of 0");
    let unused =
        |profile: &&sim::world::Profile| profile.limit_used(now).iter().all(|used| *used == 0.0);
    assert!(
        world.profiles.values().any(|profile| unused(&profile)),
        "a profile that was never used"
    );
    assert!(
        world
            .profiles
            .values()
            .any(|profile| profile.meter.idle_from.is_some()),
        "an idle profile"
    );
    assert!(
        world
            .profiles
            .values()
            .any(|profile| !profile.meter.outages.is_empty()),
        "an outage"
    );
}

#[tokio::test]
async fn some_names_are_equal_and_some_are_tricky() {
    let running = start(40, 3).await;
    let world = running.world();
    let mut names: HashMap<&str, usize> = HashMap::new();
    for profile in world.profiles.values() {
        *names.entry(&profile.name).or_default() += 1;
    }
    assert!(names.values().any(|count| *count > 1), "equal names");
    assert!(
        names.contains_key("<b>Bold</b> Ltd") && names.contains_key("<img src=x onerror=alert(1)>")
    );
    for (script, letters) in [
        ("Chinese", '\u{4e00}'..='\u{9fff}'),
        ("Arabic", '\u{600}'..='\u{6ff}'),
        ("Cyrillic", '\u{400}'..='\u{4ff}'),
        ("emoji", '\u{1f300}'..='\u{1ffff}'),
    ] {
        assert!(
            names
                .keys()
                .any(|name| name.chars().any(|letter| letters.contains(&letter))),
            "no name in {script}"
        );
    }
}

#[tokio::test]
async fn tokens_of_every_permission_and_age_are_there() {
    let running = start(40, 3).await;
    let world = running.world();
    let now = running.clock().now();
    let tokens: Vec<_> = world
        .profiles
        .values()
        .flat_map(|profile| profile.listed_tokens(now))
        .collect();
    for permission in [
        Permission::Full,
        Permission::Write,
        Permission::Read,
        Permission::Deny,
    ] {
        assert!(tokens.iter().any(|token| token.permission == permission));
    }
    let in_days = |token: &sim::world::Token| {
        token
            .expires_at
            .map(|end| (end.as_second() - now.as_second()) / 86_400)
    };
    assert!(
        tokens.iter().any(|token| in_days(token).is_none()),
        "never expiring"
    );
    assert!(
        tokens
            .iter()
            .any(|token| in_days(token).is_some_and(|days| days < 0)),
        "expired"
    );
    assert!(
        tokens
            .iter()
            .any(|token| in_days(token).is_some_and(|days| (0..7).contains(&days))),
        "expiring soon"
    );
    assert!(
        tokens.iter().any(|token| token.token.starts_with("p-"))
            && tokens.iter().any(|token| !token.token.starts_with("p-"))
    );
}

#[tokio::test]
async fn invitations_are_open_and_expired() {
    let running = start(40, 3).await;
    let world = running.world();
    let now = running.clock().now();
    let members: Vec<_> = world
        .profiles
        .values()
        .flat_map(|profile| &profile.team)
        .collect();
    let age =
        |member: &sim::world::Member| (now.as_second() - member.created_at.as_second()) / 86_400;
    assert!(members.iter().any(|member| member.active));
    assert!(
        members
            .iter()
            .any(|member| !member.active && age(member) < 7),
        "an open invitation"
    );
    assert!(
        members
            .iter()
            .any(|member| !member.active && age(member) > 7),
        "an expired invitation"
    );
}

#[tokio::test]
async fn plans_are_mixed_one_account_shrinks_and_one_did_not_pay() {
    let running = start(40, 3).await;
    let world = running.world();
    let plans: Vec<Plan> = world
        .accounts
        .iter()
        .filter(|account| account.token.is_some())
        .map(|account| account.plan)
        .collect();
    assert_eq!(
        plans,
        [Plan::Scale, Plan::Starter, Plan::Starter],
        "the last one pays, late"
    );
    assert!(world.accounts[2].past_due.is_some());
    assert!(world.accounts[1].schedule.is_some());
    assert!(
        world
            .profiles
            .values()
            .all(|profile| world.account(&profile.owner).is_some())
    );
}

#[tokio::test]
async fn profiles_stand_at_their_limits_on_any_day_and_with_any_seed() {
    for (seed, now) in [
        (1, "2026-01-01T00:00:00Z"),
        (2, "2026-03-31T23:59:59Z"),
        (3, "2028-02-29T12:00:00Z"),
        (4, "2026-11-01T00:00:30Z"),
        (5, "2026-07-15T05:01:00Z"),
        (6, "2026-08-08T17:30:00Z"),
    ] {
        let clock = sim::Clock::at(now.parse().expect("a time"));
        let options = Options {
            profiles: 40,
            seed,
            clock: clock.clone(),
            ..Options::default()
        };
        let running = Simulator::start(options).await.expect("starts");
        // Right after a reset as well: the clock stands where the first account's cycle begins.
        let cycle = running.world().accounts[0].cycle.around(clock.now()).1;
        for at in [clock.now(), cycle] {
            let options = Options {
                profiles: 40,
                seed,
                clock: sim::Clock::at(at),
                ..Options::default()
            };
            let world = Simulator::start(options).await.expect("starts").world();
            let shares: Vec<f64> = world
                .profiles
                .values()
                .flat_map(|profile| {
                    let used = profile.limit_used(at);
                    Service::NINE
                        .map(|service| used[service as usize] / profile.limits[service as usize])
                })
                .collect();
            for (low, high) in [(0.8, 0.801), (0.95, 0.951), (1.0, 1.0), (1.3, 1.31)] {
                assert!(
                    shares.iter().any(|share| (low..=high).contains(share)),
                    "no profile at {low} with seed {seed} at {at}"
                );
            }
        }
    }
}

#[tokio::test]
async fn two_accounts_see_every_profile_and_one_of_them_twice() {
    let running = start(200, 2).await;
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut strangers = 0;
    let desk: Vec<String> = running
        .tokens()
        .into_iter()
        .map(|token| token.account)
        .collect();
    for number in 0..2 {
        let list = Client::of(&running, number).get("/profile").await.result();
        for row in list.as_array().expect("a list") {
            *seen
                .entry(row["id"].as_str().expect("an id").to_owned())
                .or_default() += 1;
            let shared = row.get("from_share").is_some();
            assert_eq!(shared, row.get("account").is_some());
            if shared && !desk.contains(&row["account"].as_str().expect("an owner").to_owned()) {
                strangers += 1;
            }
        }
    }
    assert_eq!(seen.len(), 200);
    assert_eq!(seen.values().filter(|count| **count == 2).count(), 1);
    assert_eq!(strangers, 8);
}

#[tokio::test]
async fn allocations_sum_to_less_than_the_account_may_use() {
    let running = start(200, 2).await;
    let world = running.world();
    for account in running.tokens() {
        let left = world.unallocated(&account.account);
        assert!(
            Service::NINE
                .iter()
                .all(|service| left[*service as usize] > 0.0),
            "{left:?}"
        );
    }
}

#[tokio::test]
async fn worlds_of_any_size_start_and_impossible_ones_are_refused() {
    for (profiles, accounts) in [(1, 1), (2, 2), (3, 1), (5, 4), (12, 12), (300, 60)] {
        let running = start(profiles, accounts).await;
        let mut visible: Vec<String> = Vec::new();
        let world = running.world();
        for token in running.tokens() {
            let rows: Vec<_> = world
                .visible_to(&token.account)
                .map(|profile| profile.id.clone())
                .collect();
            assert!(!rows.is_empty());
            visible.extend(rows);
        }
        visible.sort();
        visible.dedup();
        assert_eq!(
            visible.len(),
            profiles,
            "{profiles} profiles in {accounts} accounts"
        );
        running.stop().await;
    }
    let refused = Simulator::start(Options {
        profiles: 2,
        accounts: 3,
        ..Options::default()
    })
    .await;
    assert!(matches!(
        refused,
        Err(SimError::TooFewProfiles {
            profiles: 2,
            accounts: 3
        })
    ));
    let public = Options {
        listen: "0.0.0.0:0".parse().expect("an address"),
        ..Options::default()
    };
    assert!(matches!(
        Simulator::start(public).await,
        Err(SimError::NotLoopback(_))
    ));
}

#[tokio::test]
async fn stopping_frees_the_port_and_ends_open_connections() {
    let running = start(2, 1).await;
    let client = Client::of(&running, 0);
    let listen = running.address();
    let mut idle = tokio::net::TcpStream::connect(listen)
        .await
        .expect("connects");
    client.get("/profile").await.result();
    running.stop().await;
    let mut byte = [0];
    let ended = tokio::time::timeout(
        std::time::Duration::from_secs(2),
        tokio::io::AsyncReadExt::read(&mut idle, &mut byte),
    )
    .await;
    assert!(matches!(ended, Ok(Ok(0) | Err(_))), "{ended:?}");
    let again = Simulator::start(Options {
        listen,
        profiles: 2,
        accounts: 1,
        clock: may(),
        ..Options::default()
    })
    .await
    .expect("starts on the same port");
    client.get("/profile").await.result();
    assert_eq!(again.requests().len(), 1);
    assert_eq!(again.requests()[0].route, "/profile");
}
