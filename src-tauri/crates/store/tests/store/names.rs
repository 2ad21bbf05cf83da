//! What every profile is called.

use crate::world::{World, listed, shared};

#[test]
fn every_profile_that_is_there_is_named_once_with_the_accounts_that_reach_it() {
    let world = World::new();
    let one = world.account(1, "One");
    let two = world.account(2, "Two");
    world.list(one, &[listed(1, "same"), listed(2, "Gone")], 1);
    world.list(
        two,
        &[shared(1, "same", 1), listed(3, "SAME"), listed(4, "alone")],
        2,
    );
    world.list(one, &[listed(1, "same")], 3);
    let names = world.read(|store| store.profile_names()).unwrap();
    let told: Vec<_> = names
        .iter()
        .map(|name| {
            let mut accounts: Vec<&str> = name.accounts.lines().collect();
            accounts.sort_unstable();
            let account = name.account.as_deref().unwrap_or_default();
            (name.name.as_str(), name.name_is_shared, account, accounts)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("alone", false, "Two", vec!["Two"]),
            ("same", true, "One", vec!["One", "Two"]),
            ("SAME", true, "Two", vec!["Two"]),
        ]
    );
}
