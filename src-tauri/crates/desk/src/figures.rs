//! Figures as text, alike wherever a person reads them.

use std::fmt::Write as _;

use model::Timestamp;

/// A number with its thousands apart and at most two decimals.
pub fn number(value: f64) -> String {
    // Beyond that it is not shown whole.
    if value.abs() >= 1e15 {
        return format!("{value:e}");
    }
    let rounded = format!("{value:.2}");
    let (whole, decimals) = rounded.split_once('.').unwrap_or((&rounded, ""));
    let (sign, digits) = whole
        .strip_prefix('-')
        .map_or(("", whole), |digits| ("-", digits));
    let mut apart = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    let decimals = decimals.trim_end_matches('0');
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{sign}{apart}{point}{decimals}")
}

/// A time to the minute, in UTC.
pub(crate) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Bytes in hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(digits, "{byte:02x}"); // a string takes everything
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_thousands_apart_and_no_needless_decimals() {
        for (value, shown) in [
            (0.0, "0"),
            (999.0, "999"),
            (1_000.0, "1,000"),
            (40_165.0, "40,165"),
            (1_234_567.0, "1,234,567"),
            (50.75, "50.75"),
            (50.7, "50.7"),
            (-1_234.5, "-1,234.5"),
        ] {
            assert_eq!(number(value), shown);
        }
    }
}
