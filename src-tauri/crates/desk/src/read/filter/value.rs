//! The numbers that tests compare with, and shares of a limit.

use super::Term;
use super::profile::bad;
use crate::problem::Problem;

/// `1000`, `1.5`, `200k`, `4M`, `1G`.
pub(crate) fn number(term: &Term, value: &str) -> Result<f64, Problem> {
    let (digits, unit) = match value.chars().next_back() {
        Some('k' | 'K') => (&value[..value.len() - 1], 1e3),
        Some('m' | 'M') => (&value[..value.len() - 1], 1e6),
        Some('g' | 'G') => (&value[..value.len() - 1], 1e9),
        _ => (value, 1.0),
    };
    let number: Option<f64> = digits.parse().ok();
    number
        .map(|number| number * unit)
        .filter(|number| number.is_finite())
        .ok_or_else(|| {
            bad(
                term,
                "takes a number, such as >1000 or >4M, or a share, such as >80%",
            )
        })
}

/// `80%`; 1.0 is the whole. Without the sign it is a share as well: `80`.
pub(crate) fn share(term: &Term, value: &str) -> Result<f64, Problem> {
    let percent: Option<f64> = value.strip_suffix('%').unwrap_or(value).parse().ok();
    percent
        .filter(|percent| percent.is_finite())
        .map(|percent| percent / 100.0)
        .ok_or_else(|| bad(term, "takes a share, such as >80%"))
}
