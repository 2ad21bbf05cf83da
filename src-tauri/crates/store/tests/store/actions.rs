//! The action log and the guard rails.

use model::{ActionResult, Timestamp};
use serde_json::json;
use store::{
    AccountKey, ActionEnd, ActionQuery, BatchKind, NewAction, ProfileFilter, ProfileKey,
    ProfileTest, Subject,
};

use crate::world::{World, listed, minute};

fn action(account: AccountKey, profile: ProfileKey, name: &str, at: Timestamp) -> NewAction {
    NewAction {
        at,
        batch: None,
        account: Some(account),
        profile: Some(profile),
        kind: "rename".to_owned(),
        what: json!({ "kind": "rename", "name": name }),
        before: json!({ "name": "First" }),
        after: json!({ "name": name }),
    }
}

fn end(result: ActionResult, message: &str, at: Timestamp) -> ActionEnd {
    ActionEnd {
        at,
        result,
        code: None,
        message: Some(message.to_owned()),
        confirmed: None,
    }
}

fn all() -> ActionQuery {
    ActionQuery {
        limit: 100,
        ..ActionQuery::default()
    }
}

#[test]
fn an_action_is_begun_until_its_end_is_noted_and_the_last_end_holds() {
    let world = World::new();
    let profile = world.profile();
    let account = AccountKey(1);
    let key = world
        .write(|tx| tx.begin_action(&action(account, profile, "New", minute(1))))
        .unwrap();
    let begun = world.read(|rows| rows.actions(&all())).unwrap().remove(0);
    assert_eq!((begun.key, begun.end), (key, None));
    assert_eq!(begun.account_label.as_deref(), Some("One"));
    assert_eq!(begun.profile_name.as_deref(), Some("First"));
    let unfinished = || world.read(|rows| rows.unfinished_actions()).unwrap().len();
    assert_eq!(unfinished(), 1);
    world
        .write(|tx| tx.end_action(key, &end(ActionResult::Unknown, "lost", minute(2))))
        .unwrap();
    assert_eq!(unfinished(), 1);
    let before = world.read(|rows| rows.changed_since(Subject::Profile(profile), minute(2)));
    assert!(!before.unwrap());
    world
        .write(|tx| tx.end_action(key, &end(ActionResult::Done, "read back", minute(3))))
        .unwrap();
    assert_eq!(unfinished(), 0);
    let found = world.read(|rows| rows.actions(&all())).unwrap().remove(0);
    assert_eq!(found.end.unwrap().result, ActionResult::Done);
    for subject in [Subject::Profile(profile), Subject::Account(account)] {
        let since = |at| world.read(|rows| rows.changed_since(subject, at)).unwrap();
        assert!(since(minute(2)) && !since(minute(3)));
    }
}

#[test]
fn the_log_is_found_by_account_profile_text_time_and_result() {
    let world = World::new();
    let account = world.account(1, "Größe");
    let keys = world
        .list(account, &[listed(1, "First"), listed(2, "Second")], 0)
        .keys;
    let batch = world
        .write(|tx| {
            let batch = tx.add_batch(BatchKind::Changes, None, minute(1))?;
            let first = NewAction {
                batch: Some(batch),
                ..action(account, keys[0], "Straße", minute(1))
            };
            let first = tx.begin_action(&first)?;
            tx.end_action(first, &end(ActionResult::Failed, "Too late", minute(1)))?;
            tx.begin_action(&action(account, keys[1], "Weg", minute(5)))?;
            Ok(batch)
        })
        .unwrap();
    let found = |query: ActionQuery| {
        let count = world.read(|rows| rows.count_actions(&query)).unwrap();
        let rows = world.read(|rows| rows.actions(&query)).unwrap();
        assert_eq!(rows.len(), count as usize);
        rows.into_iter()
            .map(|row| row.profile.unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(found(all()), [keys[1], keys[0]], "the newest first");
    let text = |text: &str| ActionQuery {
        words: vec![(text.to_owned(), false)],
        ..all()
    };
    let without = ActionQuery {
        words: vec![("strasse".to_owned(), true)],
        ..all()
    };
    assert_eq!(found(without), [keys[1]]);
    let of = |profiles: &[ProfileKey]| ActionQuery {
        profiles: Some(profiles.to_vec()),
        ..all()
    };
    assert_eq!(found(of(&[keys[0]])), [keys[0]]);
    assert_eq!(found(of(&[])), []);
    assert_eq!(found(text("STRASSE")), [keys[0]]);
    assert_eq!(found(text("too late")), [keys[0]]);
    assert_eq!(found(text("no such")), []);
    assert_eq!(found(text("größe")).len(), 2);
    assert_eq!(
        found(ActionQuery {
            profile: Some(keys[1]),
            ..all()
        }),
        [keys[1]]
    );
    assert_eq!(
        found(ActionQuery {
            account: Some(AccountKey(99)),
            ..all()
        }),
        []
    );
    assert_eq!(
        found(ActionQuery {
            since: Some(minute(5)),
            ..all()
        }),
        [keys[1]]
    );
    assert_eq!(
        found(ActionQuery {
            until: Some(minute(5)),
            ..all()
        }),
        [keys[0]]
    );
    assert_eq!(
        found(ActionQuery {
            batch: Some(batch),
            ..all()
        }),
        [keys[0]]
    );
    let results = vec![ActionResult::Begun];
    assert_eq!(found(ActionQuery { results, ..all() }), [keys[1]]);
}

#[test]
fn the_log_cannot_be_changed_and_outlives_what_it_tells_of() {
    let world = World::new();
    let profile = world.profile();
    let key = world
        .write(|tx| {
            let key = tx.begin_action(&action(AccountKey(1), profile, "New", minute(1)))?;
            tx.end_action(key, &end(ActionResult::Done, "", minute(1)))?;
            tx.add_batch(BatchKind::Changes, None, minute(1))?;
            Ok(key)
        })
        .unwrap();
    let db = rusqlite::Connection::open(world.folder.path().join("profile-desk.db")).unwrap();
    for table in ["action", "action_end", "action_batch"] {
        for sql in [
            format!("DELETE FROM {table}"),
            format!("UPDATE {table} SET at = 0"),
        ] {
            let refused = db.execute(&sql, []).unwrap_err().to_string();
            assert!(refused.contains("only added to"), "{sql}: {refused}");
        }
    }
    world
        .write(|tx| tx.remove_account(AccountKey(1), false, minute(2)))
        .unwrap();
    let left = world.read(|rows| rows.actions(&all())).unwrap();
    assert_eq!(
        (left[0].key, left[0].profile_name.as_deref()),
        (key, Some("First"))
    );
}

#[test]
fn a_retry_is_a_part_of_the_batch_that_it_retries() {
    let world = World::new();
    let profile = world.profile();
    let (first, undo) = world
        .write(|tx| {
            let first = tx.add_batch(BatchKind::Changes, None, minute(1))?;
            let retry = tx.add_batch(BatchKind::Retry, Some(first), minute(2))?;
            let undo = tx.add_batch(BatchKind::Undo, Some(first), minute(3))?;
            for (batch, name) in [(first, "a"), (retry, "b"), (undo, "c")] {
                tx.begin_action(&NewAction {
                    batch: Some(batch),
                    ..action(AccountKey(1), profile, name, minute(1))
                })?;
            }
            Ok((first, undo))
        })
        .unwrap();
    let of = |batch| {
        world
            .read(|rows| rows.actions_of_batch(batch))
            .unwrap()
            .len()
    };
    assert_eq!((of(first), of(undo)), (2, 1));
}

#[test]
fn marks_survive_a_sync_and_are_found_by_the_filter() {
    let world = World::new();
    let account = world.account(1, "One");
    let list = [listed(1, "A"), listed(2, "B")];
    let keys = world.list(account, &list, 0).keys;
    world
        .write(|tx| {
            assert!(tx.put_protected(keys[0], true)?);
            assert!(!tx.put_protected(keys[0], true)?);
            assert!(tx.put_read_only(account, true)?);
            Ok(())
        })
        .unwrap();
    world.list(account, &list[1..], 1);
    world.list(account, &list, 2);
    let filter = ProfileFilter(vec![ProfileTest::Protected.into()]);
    let found = world.read(|rows| rows.matching(&filter)).unwrap();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [keys[0]]);
    let row = world.read(|rows| rows.account(account)).unwrap().unwrap();
    assert!(row.read_only);
    world.write(|tx| tx.put_read_only(account, false)).unwrap();
    let row = world.read(|rows| rows.account(account)).unwrap().unwrap();
    assert!(!row.read_only);
}
