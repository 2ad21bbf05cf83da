//! What holds for every history, not only for the examples.
#![allow(clippy::unwrap_used)] // helpers of tests

use insight::{By, Cycle, History, Period, periods, zone};
use jiff::{SignedDuration, Timestamp};
use model::Sample;
use proptest::prelude::*;

const START: i64 = 1_740_787_200; // 1 March 2025, 00:00 UTC
const KEYS: [&str; 3] = ["input", "email", "tcore"];

/// What a counter does between two samples.
#[derive(Clone, Debug)]
enum Move {
    Grows(u16),
    Resets(u16),
    Absent,
    Nonsense,
}

fn moves(with_holes: bool) -> BoxedStrategy<Move> {
    if with_holes {
        prop_oneof![
            5 => (0..500_u16).prop_map(Move::Grows),
            1 => (0..500_u16).prop_map(Move::Resets),
            2 => Just(Move::Absent),
            1 => Just(Move::Nonsense),
        ]
        .boxed()
    } else {
        prop_oneof![
            8 => (0..500_u16).prop_map(Move::Grows),
            1 => (0..500_u16).prop_map(Move::Resets),
        ]
        .boxed()
    }
}

/// Samples of three counters and a level, some minutes to days apart.
fn samples(with_holes: bool) -> impl Strategy<Value = Vec<Sample>> {
    let gap = prop_oneof![8 => Just(60_i64), 2 => 1..200_i64, 1 => 200..4_000_i64];
    let one = (
        gap,
        prop::array::uniform3(moves(with_holes)),
        prop::option::of(0..9_000_u16),
    );
    prop::collection::vec(one, 2..120).prop_map(|steps| {
        let mut at = START + 65;
        let mut totals = [0_u32; 3];
        steps
            .into_iter()
            .map(|(minutes, moves, level)| {
                at += minutes * 60;
                let mut sample = Sample {
                    at: Timestamp::from_second(at).unwrap(),
                    totals: model::Amounts::new(),
                };
                for ((key, total), one) in KEYS.iter().zip(&mut totals).zip(moves) {
                    let seen = match one {
                        Move::Grows(by) => Some(*total + u32::from(by)),
                        Move::Resets(to) => Some(u32::from(to)),
                        Move::Absent => None,
                        Move::Nonsense => {
                            sample.totals.set_by_key(key, f64::NAN);
                            None
                        }
                    };
                    if let Some(seen) = seen {
                        *total = seen;
                        sample.totals.set_by_key(key, f64::from(seen));
                    }
                }
                if let Some(level) = level {
                    sample.totals.set_by_key("run_users", f64::from(level));
                }
                sample
            })
            .collect()
    })
}

fn cycles() -> impl Strategy<Value = Cycle> {
    prop_oneof![
        Just(Cycle::calendar_month()),
        (-90..90_i64, 0..1_440_i64).prop_map(|(day, minute)| {
            let start = START + day * 86_400 + minute * 60;
            Cycle::of([(Timestamp::from_second(start).unwrap(), None)])
        }),
    ]
}

fn zones() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "UTC",
        "Europe/Berlin",
        "America/Los_Angeles",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Pacific/Kiritimati",
    ])
}

fn split(samples: &[Sample], picks: &[prop::sample::Index]) -> Vec<Period> {
    let mut places: Vec<usize> = picks.iter().map(|pick| pick.index(samples.len())).collect();
    places.extend([0, samples.len() - 1]);
    places.sort_unstable();
    places.dedup();
    let period = |pair: &[usize]| Period {
        start: samples[pair[0]].at,
        end: samples[pair[1]].at,
        utc: false,
    };
    places.windows(2).map(period).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn amounts_over_any_split_at_sample_times_sum_to_the_amount_over_the_range(
        samples in samples(false),
        cycle in cycles(),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let history = History::new(&samples, &[], &cycle);
        let pieces = split(&samples, &picks);
        let (from, to) = (samples[0].at, samples[samples.len() - 1].at);
        for key in KEYS {
            let sum = history.sum(key, from, to);
            let found = history.usage(key, &pieces);
            let together: f64 = found.iter().map(|one| one.amount.unwrap()).sum();
            prop_assert_eq!(sum.amount, Some(together), "{}", key);
            prop_assert_eq!(sum.lower_bound, found.iter().any(|one| one.lower_bound));
            prop_assert!(sum.complete && found.iter().all(|one| one.complete));
        }
    }

    #[test]
    fn no_amount_is_negative_and_known_periods_never_exceed_the_sum(
        hourly in samples(true),
        daily in samples(true),
        cycle in cycles(),
        zone_name in zones(),
        by in prop::sample::select(vec![By::Hour, By::Day, By::Month]),
    ) {
        let history = History::new(&hourly, &daily, &cycle);
        let (first, last) = history.span().unwrap();
        let (from, to) = (first - SignedDuration::from_hours(40), last + SignedDuration::from_hours(40));
        let zone = zone(zone_name).unwrap();
        let periods = history.periods(from, to, by, &zone).unwrap();
        for pair in periods.windows(2) {
            prop_assert_eq!(pair[0].end, pair[1].start);
        }
        for key in KEYS {
            let found = history.usage(key, &periods);
            prop_assert!(found.iter().all(|one| one.amount.is_none_or(|amount| amount >= 0.0)));
            let known: f64 = found.iter().filter_map(|one| one.amount).sum();
            let sum = history.sum(key, periods[0].start, periods[periods.len() - 1].end);
            prop_assert!(known <= sum.amount.unwrap_or(0.0) + 1e-6, "{} {:?}", known, sum);
        }
    }

    #[test]
    fn a_level_is_always_a_value_that_was_read_and_never_a_difference(
        samples in samples(true),
        cycle in cycles(),
        zone_name in zones(),
    ) {
        let history = History::new(&samples, &[], &cycle);
        let zone = zone(zone_name).unwrap();
        let (first, last) = history.span().unwrap();
        for period in history.periods(first, last, By::Day, &zone).unwrap() {
            let found = history.usage("run_users", &[period])[0];
            let until = period.end + insight::JITTER;
            let expected = samples
                .iter()
                .rfind(|sample| sample.at <= until && sample.totals.by_key("run_users").is_some())
                .and_then(|sample| sample.totals.by_key("run_users"));
            prop_assert_eq!(found.amount, expected);
            prop_assert!(!found.lower_bound);
        }
    }

    #[test]
    fn the_order_of_samples_and_their_duplicates_change_nothing(
        (hourly, shuffled) in samples(true).prop_flat_map(|samples| {
            let mut twice = samples.clone();
            twice.extend(samples.iter().step_by(3).cloned());
            (Just(samples), Just(twice).prop_shuffle())
        }),
        daily in samples(true),
        cycle in cycles(),
    ) {
        let mut reversed = daily.clone();
        reversed.reverse();
        let (one, other) = (History::new(&hourly, &daily, &cycle), History::new(&shuffled, &reversed, &cycle));
        let (first, last) = one.span().unwrap();
        let utc = zone("UTC").unwrap();
        let periods = one.periods(first, last, By::Hour, &utc).unwrap();
        prop_assert_eq!(&periods, &other.periods(first, last, By::Hour, &utc).unwrap());
        prop_assert_eq!(one.rows(&periods), other.rows(&periods));
    }

    #[test]
    fn a_densely_sampled_cycle_sums_to_its_last_total_before_the_reset(
        growth in prop::collection::vec(1..100_u32, 24 * 40),
        start_hour in 1..24 * 5_usize,
        minute in 0..3_i64,
        late in any::<bool>(),
    ) {
        // A reset at the start, one a month later, seen by that hour's own sample or (late) by the next.
        let start = Timestamp::from_second(START + i64::try_from(start_hour).unwrap() * 3600).unwrap();
        let cycle = Cycle::of([(start, None)]);
        let (start, end) = cycle.containing(start).unwrap();
        let hours = usize::try_from(end.duration_since(start).as_hours()).unwrap();
        let mut total = 5_000_u32;
        let mut last = 0;
        let samples: Vec<Sample> = growth.iter().enumerate().map(|(hour, grown)| {
            let reset = [start_hour, start_hour + hours].contains(&if late { hour.wrapping_sub(1) } else { hour });
            if reset {
                last = total;
                total = 0;
            }
            total += grown;
            Sample {
                at: Timestamp::from_second(START + i64::try_from(hour).unwrap() * 3600 + minute * 60 + 20).unwrap(),
                totals: [("input", f64::from(total))].into_iter().collect(),
            }
        }).collect();
        let sum = History::new(&samples, &[], &cycle).sum("input", start, end);
        prop_assert_eq!(sum.amount, Some(f64::from(last)));
        prop_assert!(sum.complete);
        prop_assert_eq!(sum.lower_bound, !late, "seen late, the reset hides nothing");
    }

    #[test]
    fn periods_of_any_zone_cover_the_range_without_hole_or_overlap(
        from in START - 40_000_000..START + 40_000_000,
        minutes in 1..60_000_i64,
        zone_name in zones(),
        by in prop::sample::select(vec![By::Hour, By::Day, By::Month]),
    ) {
        let (from, to) = (Timestamp::from_second(from).unwrap(), Timestamp::from_second(from + minutes * 60).unwrap());
        let found = periods(from, to, by, &zone(zone_name).unwrap()).unwrap();
        prop_assert!(found[0].start <= from && from < found[0].end);
        let last = found[found.len() - 1];
        prop_assert!(last.start < to && to <= last.end);
        for pair in found.windows(2) {
            prop_assert_eq!(pair[0].end, pair[1].start);
        }
    }
}
