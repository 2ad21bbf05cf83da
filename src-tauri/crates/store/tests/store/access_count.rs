//! Who has access to anything now, each account once.

use std::collections::BTreeSet;

use store::Member;

use crate::world::{API, World, account_id, listed, minute, shared};

fn member(id: Option<u32>, email: Option<&str>, name: &str) -> Member {
    Member {
        id: id.map(account_id),
        name: Some(name.to_owned()),
        email: email.map(str::to_owned),
        active: Some(true),
        created_at: None,
    }
}

#[test]
fn each_account_is_seen_once_for_each_address_in_what_stands_of_present_profiles() {
    let world = World::new();
    let account = world.account(1, "One");
    let list = [
        shared(1, "A", 9),
        shared(2, "B", 9),
        shared(3, "Gone", 8),
        listed(4, "Empty"),
    ];
    let keys = world.list(account, &list, 1).keys;
    let ada = member(Some(2), Some("ada@example.com"), "Ada");
    let moved = member(Some(2), Some("ada@example.org"), "Ada");
    let unaddressed = member(Some(3), None, "Bea");
    let invited = member(None, Some("cem@example.com"), "");
    let named = member(None, None, "Dilan");
    let stranger = member(Some(4), Some("eve@example.com"), "Eve");
    let blank = member(Some(5), Some("  "), "Blank");
    world
        .write(|tx| {
            let team = [ada.clone(), unaddressed.clone(), stranger.clone()];
            tx.put_team(keys[0], &team, minute(2))?;
            tx.put_team(keys[0], &[ada, unaddressed.clone(), named], minute(3))?;
            tx.put_team(keys[1], &[moved, unaddressed, invited, blank], minute(3))?;
            tx.put_team(keys[2], &[stranger], minute(3))
        })
        .unwrap();
    world.list(
        account,
        &[list[0].clone(), list[1].clone(), list[3].clone()],
        4,
    );
    let seen = world.read(|rows| rows.accounts_with_access()).unwrap();
    assert!(seen.iter().all(|account| account.api == API));
    let told: Vec<_> = seen
        .iter()
        .map(|account| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            (text(&account.id), text(&account.email), text(&account.name))
        })
        .collect();
    let one = |id: Option<u32>, email: &str, name: &str| {
        let id = id.map(|id| account_id(id).to_string()).unwrap_or_default();
        (id, email.to_owned(), name.to_owned())
    };
    let expected = BTreeSet::from([
        one(Some(1), "1@example.com", ""),
        one(Some(2), "ada@example.com", ""),
        one(Some(2), "ada@example.org", ""),
        one(Some(3), "", ""),
        one(Some(5), "", ""),
        one(Some(9), "", ""),
        one(None, "cem@example.com", ""),
        one(None, "", "Dilan"),
    ]);
    assert_eq!(told.len(), expected.len(), "{told:?}");
    assert_eq!(BTreeSet::from_iter(told), expected);
}
