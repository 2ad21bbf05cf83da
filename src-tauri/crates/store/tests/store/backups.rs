//! A profile's backups at TagoIO, as its list told them last.

use store::Backup;

use crate::world::{World, minute};

fn backup(id: &str, made: i64, status: &str) -> Backup {
    Backup {
        id: id.to_owned(),
        created_at: Some(minute(made)),
        status: Some(status.to_owned()),
        file_size: (status == "completed").then_some(3_482_112.5),
        error: None,
    }
}

#[test]
fn a_list_replaces_the_one_before_and_what_is_gone_is_known_and_not_listed() {
    let world = World::new();
    let profile = world.profile();
    let put = |list: Vec<Backup>, at| {
        world
            .write(|tx| tx.put_backups(profile, &list, minute(at)))
            .unwrap();
    };
    let ids = || -> Vec<String> {
        let there = world.read(|rows| rows.backups(profile)).unwrap();
        there.into_iter().map(|backup| backup.id).collect()
    };
    put(
        vec![backup("a", 1, "completed"), backup("b", 2, "queued")],
        3,
    );
    assert_eq!(ids(), ["b", "a"], "the newest first");
    put(vec![backup("b", 2, "completed")], 4);
    assert_eq!(ids(), ["b"]);
    let gone = world.read(|rows| rows.backup(profile, "a")).unwrap();
    assert_eq!(gone, Some(backup("a", 1, "completed")));
    let done = world.read(|rows| rows.backup(profile, "b")).unwrap();
    assert_eq!(done, Some(backup("b", 2, "completed")));
    // A list that did not know it yet, and one that does again.
    put(vec![], 5);
    world
        .write(|tx| tx.put_backup(profile, &backup("b", 2, "completed"), minute(6)))
        .unwrap();
    assert_eq!(ids(), ["b"]);
    world
        .write(|tx| tx.put_backup_gone(profile, "b", minute(7)))
        .unwrap();
    assert_eq!(ids(), [""; 0]);
}
