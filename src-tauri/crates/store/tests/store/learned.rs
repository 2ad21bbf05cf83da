//! What a sync learns on its way: thresholds that were reached, limits that were met.

use std::collections::BTreeMap;

use model::Service;
use rusqlite::Connection;
use store::{AccountKey, RateLimit, RateScope, StoreError};

use crate::world::{API, World, listed, minute};

#[test]
fn a_service_is_at_one_threshold_until_it_is_forgotten() {
    let world = World::new();
    let account = world.account(1, "One");
    let keys = world
        .list(account, &[listed(1, "A"), listed(2, "B")], 0)
        .keys;
    let thresholds = |place: usize| world.read(|rows| rows.thresholds(keys[place])).unwrap();
    let put = |service, percent| {
        world
            .write(|tx| tx.put_threshold(keys[0], service, percent))
            .unwrap();
    };
    assert!(thresholds(0).is_empty());
    put(Service::Input, Some(80));
    put(Service::RunUsers, Some(90));
    put(Service::Input, Some(100));
    put(Service::Sms, None);
    let both = [(Service::Input, 100), (Service::RunUsers, 90)];
    assert_eq!(thresholds(0), BTreeMap::from(both));
    assert!(thresholds(1).is_empty());
    put(Service::Input, None);
    assert_eq!(thresholds(0), BTreeMap::from([(Service::RunUsers, 90)]));
    let refused = world.write(|tx| tx.put_threshold(keys[0], Service::Input, Some(85)));
    assert!(refused.is_err(), "85 is no threshold");
}

#[test]
fn a_rate_limit_is_replaced_by_what_is_learned_later_and_can_be_forgotten() {
    let world = World::new();
    let [one, two] = [world.account(1, "One"), world.account(2, "Two")];
    let limit = |account: AccountKey, route: &str, per_minute, at| RateLimit {
        account,
        route: route.to_owned(),
        per_minute,
        learned_at: minute(at),
    };
    let put = |limit: &RateLimit| world.write(|tx| tx.put_rate_limit(limit)).unwrap();
    put(&limit(one, "summary", 60, 1));
    put(&limit(one, "info", 30, 1));
    put(&limit(two, "summary", 10, 1));
    put(&limit(one, "summary", 45, 2));
    let limits = |account| world.read(|rows| rows.rate_limits(account)).unwrap();
    let [info, summary] = [limit(one, "info", 30, 1), limit(one, "summary", 45, 2)];
    assert_eq!(limits(one), [info, summary.clone()]);
    world
        .write(|tx| {
            tx.forget_rate_limit(one, "info")?;
            tx.forget_rate_limit(one, "never learned")
        })
        .unwrap();
    assert_eq!(limits(one), [summary]);
    assert_eq!(limits(two), [limit(two, "summary", 10, 1)]);

    let nobody = limit(AccountKey(99), "info", 30, 1);
    let refused = world.write(|tx| tx.put_rate_limit(&nobody)).unwrap_err();
    assert!(matches!(refused, StoreError::NotFound { .. }), "{refused}");
}

#[test]
fn for_whom_a_host_counts_is_known_by_host_with_or_without_a_slash() {
    let world = World::new();
    let scope = |api: &str| world.read(|rows| rows.rate_scope(api)).unwrap();
    assert_eq!(scope(API), None);
    let put = |api: &str, scope, at| {
        world
            .write(|tx| tx.put_rate_scope(api, scope, minute(at)))
            .unwrap();
    };
    put(&format!("{API}/"), RateScope::Token, 1);
    put("https://api.eu-w1.tago.io", RateScope::Asked, 2);
    assert_eq!(scope(API), Some((RateScope::Token, minute(1))));
    put(API, RateScope::Asked, 3);
    assert_eq!(
        scope(&format!("{API}/")),
        Some((RateScope::Asked, minute(3)))
    );
}

#[test]
fn what_was_learned_goes_with_its_account_and_its_profile() {
    let world = World::new();
    let account = world.account(1, "One");
    let profile = world.list(account, &[listed(1, "P")], 0).keys[0];
    world
        .write(|tx| {
            tx.put_threshold(profile, Service::Input, Some(80))?;
            tx.put_rate_limit(&RateLimit {
                account,
                route: "info".to_owned(),
                per_minute: 30,
                learned_at: minute(1),
            })?;
            tx.remove_account(account, false, minute(2))
        })
        .unwrap();
    let db = Connection::open(world.folder.path().join("profile-desk.db")).unwrap();
    let sql = "SELECT (SELECT count(*) FROM threshold) + (SELECT count(*) FROM rate_limit)";
    let left: u32 = db.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}
