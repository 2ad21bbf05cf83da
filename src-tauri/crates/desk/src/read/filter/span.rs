//! Spans of time as a person types them into a filter: `30min`, `14d`, `3mo`, `1y`; and yes and no.

use jiff::SignedDuration;

use super::{Compare, Term};
use crate::problem::Problem;

/// A span of `min` minutes, `h` hours, `d` days, `w` weeks, `mo` months of 30 days or `y` years of 365. `None` if it is none.
pub(crate) fn span(text: &str) -> Option<SignedDuration> {
    let text = text.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let minutes: i64 = match unit.to_ascii_lowercase().as_str() {
        "min" => 1,
        "h" => 60,
        "d" => 60 * 24,
        "w" => 60 * 24 * 7,
        "mo" => 60 * 24 * 30,
        "y" => 60 * 24 * 365,
        _ => return None,
    };
    let minutes = number.parse::<i64>().ok()?.checked_mul(minutes)?;
    // Beyond a thousand years nothing differs, and times would overflow.
    (minutes <= 60 * 24 * 365 * 1_000).then(|| SignedDuration::from_mins(minutes))
}

/// The refusal of a value that a test does not know.
pub(crate) fn not_understood(term: &Term, value: &str, instead: &str) -> Problem {
    let key = term.key.as_deref().unwrap_or_default();
    let sign = match term.compare {
        Compare::Is => "",
        Compare::Less => "<",
        Compare::AtMost => "<=",
        Compare::More => ">",
        Compare::AtLeast => ">=",
    };
    Problem::invalid(format!("“{key}:{sign}{value}” is not understood."))
        .with_hint(format!("Try {instead}."))
}

/// Whether a term says yes or no; `None` while it is typed.
pub(crate) fn yes(term: &Term, value: &str) -> Result<Option<bool>, Problem> {
    match value.to_lowercase().as_str() {
        // What begins like one is being typed.
        "" | "ye" | "t" | "f" => Ok(None),
        "yes" | "y" | "true" => Ok(Some(true)),
        "no" | "n" | "false" => Ok(Some(false)),
        _ => {
            let key = term.key.as_deref().unwrap_or_default();
            Err(not_understood(
                term,
                value,
                &format!("{key}:yes or {key}:no"),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_a_number_and_a_unit() {
        for (text, hours) in [
            ("120min", 2),
            ("12h", 12),
            ("14d", 336),
            ("2w", 336),
            ("3mo", 2_160),
            ("1y", 8_760),
            (" 1Y ", 8_760),
        ] {
            assert_eq!(
                span(text),
                Some(SignedDuration::from_hours(hours)),
                "{text}"
            );
        }
        for text in [
            "",
            "14",
            "d",
            "-3d",
            "1.5d",
            "3m",
            "99999999999999999999d",
            "9999y",
        ] {
            assert_eq!(span(text), None, "{text}");
        }
    }
}
