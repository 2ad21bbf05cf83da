//! The tests of the filter box that are of costs: `cost:>10`, `cost:unknown`, `cost:shared`.

use model::Cents;

use crate::problem::Problem;
use crate::read::CostRow;
use crate::read::filter::{Compare, Filter, Term};

/// The key of these tests.
pub(super) const KEY: &str = "cost";

/// One test.
#[derive(Clone, Debug)]
pub(super) struct Test {
    negated: bool,
    any: Vec<Want>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Want {
    /// A part of its cost is not known, though its owner is connected.
    Unknown,
    /// Its owner is not connected.
    Shared,
    Amount(Compare, Cents),
}

/// The tests of a filter. One that is no amount is refused, with words.
pub(super) fn tests(filter: &Filter) -> Result<Vec<Test>, Problem> {
    filter.own().iter().map(test).collect()
}

fn test(term: &Term) -> Result<Test, Problem> {
    let wants = term.values.iter().map(|value| {
        match (term.compare, value.to_lowercase().as_str()) {
            (Compare::Is, "unknown") => Some(Want::Unknown),
            (Compare::Is, "shared") => Some(Want::Shared),
            (compare, amount) => dollars(amount).map(|cents| Want::Amount(compare, cents)),
        }
        .ok_or_else(|| {
            Problem::invalid(format!("“{KEY}:{value}” is no test of a cost.")).with_hint(
                "Give dollars a month, such as cost:>10 or cost:<=2.50, or cost:unknown or cost:shared.",
            )
        })
    });
    Ok(Test {
        negated: term.negated,
        any: wants.collect::<Result<_, _>>()?,
    })
}

/// Dollars as a person types them: `10`, `$10`, `2.50`.
fn dollars(text: &str) -> Option<Cents> {
    let text = text.trim().trim_start_matches('$');
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.chars().all(|letter| letter.is_ascii_digit());
    if whole.is_empty() || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let cents: i64 = format!("{part:0<2}").parse().ok()?;
    let whole: i64 = whole.parse().ok()?;
    Some(Cents(whole.checked_mul(100)?.checked_add(cents)?))
}

impl Test {
    pub(super) fn holds(&self, row: &CostRow) -> bool {
        self.any.iter().any(|want| want.holds(row)) != self.negated
    }
}

impl Want {
    /// What is known of a cost is the least that it can be.
    fn holds(self, row: &CostRow) -> bool {
        let exact = row.unknown == 0;
        match self {
            Self::Unknown => row.owner.is_some() && !exact,
            Self::Shared => row.owner.is_none(),
            Self::Amount(Compare::More, cents) => row.known > cents,
            Self::Amount(Compare::AtLeast, cents) => row.known >= cents && row.owner.is_some(),
            Self::Amount(Compare::Less, cents) => exact && row.known < cents,
            Self::Amount(Compare::AtMost, cents) => exact && row.known <= cents,
            Self::Amount(Compare::Is, cents) => exact && row.known == cents,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(known: i64, unknown: u32, owner: Option<i64>) -> CostRow {
        CostRow {
            key: 1,
            id: "5bb0a0c9f1d2e3a4b5c6d7e8".parse().unwrap(),
            name: "Porto".to_owned(),
            name_is_shared: false,
            account: "Acme".to_owned(),
            owner,
            services: vec![Some(Cents(0)); 9],
            addons: Some(Cents(0)),
            known: Cents(known),
            unknown,
        }
    }

    fn holds(text: &str, row: &CostRow) -> bool {
        let filter = Filter::parse(text, &[KEY]).unwrap();
        tests(&filter).unwrap().iter().all(|test| test.holds(row))
    }

    #[test]
    fn amounts_are_dollars() {
        let ten = row(1_000, 0, Some(1));
        for text in [
            "cost:10",
            "cost:>=10.00",
            "cost:<=$10",
            "cost:>9.99",
            "-cost:>10",
        ] {
            assert!(holds(text, &ten), "{text}");
        }
        for text in ["cost:>10", "cost:<10", "cost:9.5", "-cost:10"] {
            assert!(!holds(text, &ten), "{text}");
        }
    }

    #[test]
    fn what_is_known_in_part_is_at_least_that_much_and_never_at_most() {
        let part = row(1_000, 2, Some(1));
        assert!(holds("cost:>5", &part) && holds("cost:unknown", &part));
        assert!(!holds("cost:<50", &part) && !holds("cost:10", &part));
        let shared = row(0, 10, None);
        assert!(holds("cost:shared", &shared) && !holds("cost:unknown", &shared));
        assert!(!holds("cost:>=0", &shared));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "cost:dear",
            "cost:>",
            "cost:>unknown",
            "cost:1.234",
            "cost:-5",
        ] {
            let filter = Filter::parse(text, &[KEY]).unwrap();
            assert!(tests(&filter).is_err(), "{text}");
        }
    }
}
