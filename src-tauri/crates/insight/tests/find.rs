//! What holds of finding names, whatever is typed and whatever they are called.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use insight::{Fit, Found, Haystack, Needle, best};
use proptest::prelude::*;
use serde_json::Value;

fn find(query: &str, name: &str) -> Option<Found> {
    Needle::new(query).find(&Haystack::new(name), &Haystack::default(), &[])
}

#[test]
fn the_window_and_the_desk_find_alike() {
    let cases: Value = serde_json::from_str(include_str!("find.json")).unwrap();
    for case in cases.as_array().unwrap() {
        let (query, name) = (
            case["query"].as_str().unwrap(),
            case["name"].as_str().unwrap(),
        );
        let found = find(query, name);
        let fit = found.as_ref().map(|found| {
            let fit = format!("{:?}", found.rank.fit);
            Value::String(fit.to_lowercase())
        });
        assert_eq!(fit.unwrap_or_default(), case["fit"], "{query} in {name}");
        let marks: Value = found
            .map(|found| found.marks)
            .unwrap_or_default()
            .into_iter()
            .map(|(begin, end)| Value::from(vec![begin, end]))
            .collect::<Vec<_>>()
            .into();
        assert_eq!(marks, case["marks"], "{query} in {name}");
    }
}

const NAME: &str = "[A-Za-zÀ-žΑ-ω東京😀0-9<>&-]{1,9}( [A-Za-zÀ-ž0-9<>]{1,7}){0,3}";

proptest! {
    #[test]
    fn a_name_is_found_by_its_own_words_in_any_order(name in NAME, turn in 0usize..4) {
        let mut words: Vec<&str> = name.split(' ').collect();
        let turn = turn % words.len();
        words.rotate_left(turn);
        prop_assert!(find(&words.join(" "), &name).is_some());
        prop_assert_eq!(find(&name, &name).unwrap().rank.fit, Fit::Whole);
    }

    #[test]
    fn who_types_less_finds_at_least_as_much(name in NAME, query in "[a-z0-9]{1,5}") {
        if find(&query, &name).is_some() {
            for end in 1..query.len() {
                prop_assert!(find(&query[..end], &name).is_some(), "{}", &query[..end]);
            }
        }
    }

    #[test]
    fn marks_are_parts_of_the_name_in_order_and_apart(name in NAME, query in "[A-Za-z0-9 ü<]{0,6}") {
        let Some(found) = find(&query, &name) else { return Ok(()) };
        let units = u32::try_from(name.encode_utf16().count()).unwrap();
        let mut at = None;
        for (begin, end) in found.marks {
            prop_assert!(at.is_none_or(|at| at < begin) && begin < end && end <= units);
            at = Some(end);
        }
    }

    #[test]
    fn the_beginning_of_a_name_is_above_its_scattered_letters(name in "[a-z]{6,12}", skip in 1usize..3) {
        let start: String = name.chars().take(4).collect();
        let letters: String = name.chars().step_by(skip + 1).collect();
        let (start, letters) = (find(&start, &name).unwrap(), find(&letters, &name).unwrap());
        prop_assert!(start.rank.fit <= letters.rank.fit);
    }

    #[test]
    fn the_best_few_are_the_first_of_all_sorted(ends in prop::collection::vec("[a-c]{0,3}", 0..40), many in 1usize..9) {
        let names: Vec<String> = ends.iter().map(|end| format!("a{end}")).collect();
        let found = || names.iter().enumerate().filter_map(|(place, name)| Some((find("a", name)?.rank, place)));
        let mut all: Vec<_> = found().collect();
        all.sort_by_key(|(rank, _)| *rank);
        all.truncate(many);
        prop_assert_eq!(best(found(), many), all);
    }
}
