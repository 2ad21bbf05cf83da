//! Usage history only grows.

use model::{Amounts, Sample, Timestamp};
use rusqlite::Connection;
use store::By;

use crate::world::{World, minute};

fn sample(at: i64, totals: &[(&str, f64)]) -> Sample {
    Sample {
        at: minute(at),
        totals: totals.iter().copied().collect(),
    }
}

#[test]
fn samples_come_back_as_they_were_in_order_and_within_the_range() {
    let world = World::new();
    let profile = world.profile();
    let first = sample(0, &[("input", 40_165.0), ("file_storage", 50.75)]);
    let second = sample(60, &[("input", 40_397.0), ("tcore", 3.0)]);
    let empty = sample(120, &[]);
    let put = |samples: &[Sample]| {
        world
            .write(|tx| tx.put_usage(profile, By::Hour, samples))
            .unwrap()
    };
    assert_eq!(put(&[second.clone(), first.clone(), empty.clone()]), 3);
    assert_eq!(put(&[first.clone(), second.clone()]), 0);
    world
        .read(|rows| {
            let usage = |from, to| rows.usage(profile, By::Hour, minute(from), minute(to));
            assert_eq!(
                usage(0, 121)?,
                [first.clone(), second.clone(), empty.clone()]
            );
            assert_eq!(usage(0, 60)?, std::slice::from_ref(&first));
            assert_eq!(usage(60, 120)?, std::slice::from_ref(&second));
            assert_eq!(rows.first_at(profile, By::Hour)?, Some(minute(0)));
            assert_eq!(rows.last_at(profile, By::Hour)?, Some(minute(120)));
            assert_eq!(rows.last_at(profile, By::Day)?, None);
            assert!(
                rows.usage(profile, By::Day, Timestamp::MIN, Timestamp::MAX)?
                    .is_empty()
            );
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_later_shorter_answer_erases_nothing_and_a_corrected_total_is_taken() {
    let world = World::new();
    let profile = world.profile();
    let put = |samples: &[Sample]| {
        world
            .write(|tx| tx.put_usage(profile, By::Day, samples))
            .unwrap()
    };
    put(&[
        sample(0, &[("input", 5.0), ("sms", 1.0), ("tcore", 7.0)]),
        sample(1, &[("input", 6.0)]),
    ]);
    assert_eq!(put(&[]), 0);
    let changed = put(&[sample(0, &[("input", 8.0), ("output", 2.0), ("new", 4.0)])]);
    assert_eq!(changed, 1);
    let mut odd = Amounts::new();
    odd.other.insert("tcore".to_owned(), f64::NAN);
    odd[model::Service::Sms] = Some(f64::INFINITY);
    assert_eq!(
        put(&[Sample {
            at: minute(0),
            totals: odd
        }]),
        0
    );
    let stored = world
        .read(|rows| rows.usage(profile, By::Day, minute(0), minute(9)))
        .unwrap();
    let merged = [
        ("input", 8.0),
        ("output", 2.0),
        ("sms", 1.0),
        ("new", 4.0),
        ("tcore", 7.0),
    ];
    assert_eq!(stored, [sample(0, &merged), sample(1, &[("input", 6.0)])]);
}

#[test]
fn a_part_of_a_second_is_dropped_on_either_side_of_1970() {
    let world = World::new();
    let profile = world.profile();
    for (millis, second) in [(1_500, 1), (-1_500, -2), (-2_000, -2)] {
        let sample = Sample {
            at: Timestamp::from_millisecond(millis).unwrap(),
            totals: [("input", 1.0)].into_iter().collect(),
        };
        world
            .write(|tx| tx.put_usage(profile, By::Hour, &[sample]))
            .unwrap();
        let to = Timestamp::from_millisecond(millis + 1).unwrap();
        let from = Timestamp::from_second(second).unwrap();
        let found = world
            .read(|rows| rows.usage(profile, By::Hour, from, to))
            .unwrap();
        assert_eq!(found.len(), 1, "{millis}");
        assert_eq!(found[0].at, from);
    }
}

#[test]
fn old_hours_are_folded_so_that_no_days_amount_changes() {
    let world = World::new();
    let profile = world.profile();
    let day = 86_400;
    let at = |second: i64, totals: &[(&str, f64)]| Sample {
        at: Timestamp::from_second(20_000 * day + second).unwrap(),
        totals: totals.iter().copied().collect(),
    };
    let hour = |n: i64| n * 3_600 + 60;
    let hours = [
        at(hour(0), &[("input", 100.0)]),
        at(hour(1), &[("input", 150.0)]),
        // A reset follows: this total is known only here.
        at(hour(2), &[("input", 180.0)]),
        at(hour(3), &[("input", 5.0), ("sms", 1.0)]),
        at(hour(4), &[("input", 9.0)]),
        at(hour(22), &[("output", 3.0)]),
        at(hour(23), &[("input", 20.0)]),
        at(day + hour(0), &[("input", 21.0)]),
        at(day + hour(5), &[("input", 30.0)]),
        at(2 * day + hour(1), &[("input", 31.0)]),
    ];
    world
        .write(|tx| tx.put_usage(profile, By::Hour, &hours))
        .unwrap();
    let before = Timestamp::from_second(20_002 * day + 7_200).unwrap();
    let dropped = world.write(|tx| tx.fold_hours(before)).unwrap();
    assert_eq!(dropped, 9);
    let all = |by| {
        world
            .read(|rows| rows.usage(profile, by, Timestamp::MIN, Timestamp::MAX))
            .unwrap()
    };
    assert_eq!(all(By::Hour), hours[9..]);
    let kept = [2, 3, 5, 6, 8].map(|place| hours[place].clone());
    assert_eq!(all(By::Day), kept);
    assert_eq!(world.write(|tx| tx.fold_hours(before)).unwrap(), 0);
}

#[test]
fn a_year_of_hours_takes_at_most_60_bytes_an_hour() {
    let world = World::new();
    let profile = world.profile();
    let mut samples = Vec::new();
    let mut total = 0.0;
    for hour in 0..8_760_i64 {
        total += 1_234.0;
        samples.push(sample(
            hour * 60,
            &[
                ("input", total),
                ("output", total / 2.0),
                (
                    "analysis",
                    17.0 + f64::from(u32::try_from(hour / 24).unwrap()),
                ),
                ("data_records", total * 3.0),
                ("run_users", 40.0),
            ],
        ));
    }
    world
        .write(|tx| tx.put_usage(profile, By::Hour, &samples))
        .unwrap();
    let file = world.folder.path().join("profile-desk.db");
    let db = Connection::open(file).unwrap();
    db.execute_batch("CREATE VIRTUAL TABLE temp.pages USING dbstat(main)")
        .unwrap();
    let bytes: i64 = db
        .query_row(
            "SELECT sum(pgsize) FROM temp.pages WHERE name = 'usage_hour'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let each = bytes / 8_760;
    assert!(each <= 60, "{each} bytes");
}
