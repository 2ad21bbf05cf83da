//! Errands outlive the program.

use serde_json::json;

use crate::world::{World, minute};

#[test]
fn an_errand_keeps_how_far_it_is_until_it_is_forgotten_and_ends_once() {
    let world = World::new();
    let begin = |kind: &'static str| {
        world
            .write(|tx| tx.begin_errand(kind, &json!({ "step": 1 }), minute(1)))
            .unwrap()
    };
    let key = begin("purchase");
    let other = begin("onboarding");
    assert!(
        world
            .write(|tx| tx.put_errand(key, &json!({ "step": "Ünï" })))
            .unwrap()
    );
    assert!(world.write(|tx| tx.end_errand(key, minute(3))).unwrap());
    assert!(world.write(|tx| tx.end_errand(key, minute(4))).unwrap());

    let found = world.read(|rows| rows.errands("purchase")).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].key, key);
    assert_eq!(found[0].state, json!({ "step": "Ünï" }));
    assert_eq!(
        (found[0].began_at, found[0].ended_at),
        (minute(1), Some(minute(3)))
    );
    assert_eq!(
        world
            .read(|rows| rows.errand(other))
            .unwrap()
            .unwrap()
            .ended_at,
        None
    );

    assert!(world.write(|tx| tx.forget_errand(key)).unwrap());
    assert!(!world.write(|tx| tx.forget_errand(key)).unwrap());
    assert!(!world.write(|tx| tx.put_errand(key, &json!(null))).unwrap());
    assert!(begin("purchase") > other, "a number is not given twice");
}
