//! What a person types into a filter box, taken apart: words, and tests such as `input:>80%`.

use std::ops::Range;

use store::Compare;

use crate::problem::Problem;

/// Terms in one filter, at most: more than a person types, and less than SQLite's expressions may grow to.
const MOST: usize = 32;

/// A part of a filter. All of them must hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Term {
    /// Whether it must not hold: a minus before it.
    pub(crate) negated: bool,
    /// What is tested; `None` for a bare word. In lower case.
    pub(crate) key: Option<String>,
    /// How it is compared: `:value` and `:=value` are, `:<`, `:<=`, `:>` and `:>=` compare.
    pub(crate) compare: Compare,
    /// To what, as it was typed, quotes taken off: any of these, divided by commas. Never empty, though
    /// a value may be the empty text.
    pub(crate) values: Vec<String>,
    /// Where it stands in the text, in bytes.
    pub(crate) at: Range<usize>,
}

/// Takes a filter apart. A value with white space, a comma or a colon stands in double quotes; a quote that
/// is not closed goes on to the end, so that a filter can be read while it is typed.
pub(crate) fn terms(text: &str) -> Result<Vec<Term>, Problem> {
    let mut terms = Vec::new();
    for at in spans(text) {
        if terms.len() == MOST {
            return Err(Problem::invalid(format!(
                "The filter has more than {MOST} parts."
            )));
        }
        terms.push(term(text, at));
    }
    Ok(terms)
}

/// Where the terms stand: divided by white space outside quotes.
fn spans(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let (mut begin, mut quoted) = (None, false);
    for (place, letter) in text.char_indices() {
        if letter.is_whitespace() && !quoted {
            spans.extend(begin.take().map(|begin| begin..place));
            continue;
        }
        quoted ^= letter == '"';
        begin.get_or_insert(place);
    }
    spans.extend(begin.map(|begin| begin..text.len()));
    spans
}

fn term(text: &str, at: Range<usize>) -> Term {
    let whole = &text[at.clone()];
    let (negated, rest) = match whole.strip_prefix('-') {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, whole),
    };
    let (key, rest) = match rest.split_once(':') {
        Some((key, rest)) if is_key(key) => (Some(key.to_lowercase()), rest),
        _ => (None, rest),
    };
    let (compare, rest) = if key.is_some() {
        compared(rest)
    } else {
        (Compare::Is, rest)
    };
    let values = if key.is_some() {
        divided(rest)
    } else {
        vec![unquoted(rest)]
    };
    Term {
        negated,
        key,
        compare,
        values,
        at,
    }
}

/// Whether this may stand before a colon as what is tested.
fn is_key(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-')
}

fn compared(text: &str) -> (Compare, &str) {
    for (sign, compare) in [
        ("<=", Compare::AtMost),
        (">=", Compare::AtLeast),
        ("<", Compare::Less),
        (">", Compare::More),
        ("=", Compare::Is),
    ] {
        if let Some(rest) = text.strip_prefix(sign) {
            return (compare, rest);
        }
    }
    (Compare::Is, text)
}

/// The values between commas outside quotes.
fn divided(text: &str) -> Vec<String> {
    let mut values = Vec::new();
    let (mut begin, mut quoted) = (0, false);
    for (place, letter) in text.char_indices() {
        quoted ^= letter == '"';
        if letter == ',' && !quoted {
            values.push(unquoted(&text[begin..place]));
            begin = place + 1;
        }
    }
    values.push(unquoted(&text[begin..]));
    // While a list is typed it ends with a comma.
    if values.len() > 1 {
        values.retain(|value| !value.is_empty());
    }
    if values.is_empty() {
        values.push(String::new());
    }
    values
}

fn unquoted(text: &str) -> String {
    text.replace('"', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<(bool, Option<String>, Compare, Vec<String>)> {
        let terms = terms(text).unwrap().into_iter();
        terms
            .map(|term| (term.negated, term.key, term.compare, term.values))
            .collect()
    }

    fn is(key: &str, values: &[&str]) -> (bool, Option<String>, Compare, Vec<String>) {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        (false, Some(key.to_owned()), Compare::Is, values)
    }

    fn word(text: &str) -> (bool, Option<String>, Compare, Vec<String>) {
        (false, None, Compare::Is, vec![text.to_owned()])
    }

    #[test]
    fn words_and_tests_stand_in_any_order() {
        assert_eq!(
            parsed("  Hafen account:acme input:>80% plan:free "),
            [
                word("Hafen"),
                is("account", &["acme"]),
                (
                    false,
                    Some("input".into()),
                    Compare::More,
                    vec!["80%".into()]
                ),
                is("plan", &["free"]),
            ]
        );
        assert_eq!(parsed(""), []);
    }

    #[test]
    fn quotes_keep_spaces_commas_and_colons_together() {
        assert_eq!(
            parsed("name:\"Ünï Ltd, Köln\" \"a:b c\" account:\"A, B\",c"),
            [
                is("name", &["Ünï Ltd, Köln"]),
                word("a:b c"),
                is("account", &["A, B", "c"]),
            ]
        );
        assert_eq!(
            parsed("name:\"not closed yet"),
            [is("name", &["not closed yet"])]
        );
    }

    #[test]
    fn a_minus_turns_a_term_around_and_alone_is_a_word() {
        let [negated] = &terms("-plan:free").unwrap()[..] else {
            panic!("one term");
        };
        assert!(negated.negated);
        assert_eq!(negated.key.as_deref(), Some("plan"));
        assert_eq!(parsed("-"), [word("-")]);
        assert!(terms("-acme").unwrap()[0].negated);
    }

    #[test]
    fn every_comparison_is_told_apart() {
        for (sign, compare) in [
            ("", Compare::Is),
            ("=", Compare::Is),
            ("<", Compare::Less),
            ("<=", Compare::AtMost),
            (">", Compare::More),
            (">=", Compare::AtLeast),
        ] {
            let [term] = &terms(&format!("INPUT:{sign}80%")).unwrap()[..] else {
                panic!("one term");
            };
            assert_eq!(term.compare, compare);
            assert_eq!(term.key.as_deref(), Some("input"));
            assert_eq!(term.values, ["80%"]);
        }
    }

    #[test]
    fn what_is_no_key_is_a_word_and_what_is_half_typed_is_read() {
        assert_eq!(parsed("12:30"), [word("12:30")]);
        assert_eq!(parsed("ø:x"), [word("ø:x")]);
        assert_eq!(parsed("account:"), [is("account", &[""])]);
        assert_eq!(parsed("account:a,"), [is("account", &["a"])]);
        assert_eq!(parsed("account:,"), [is("account", &[""])]);
    }

    #[test]
    fn a_term_knows_where_it_stands() {
        let text = "ü plan:free";
        let [_, plan] = &terms(text).unwrap()[..] else {
            panic!("two terms");
        };
        assert_eq!(&text[plan.at.clone()], "plan:free");
    }

    #[test]
    fn a_filter_without_end_is_refused() {
        assert!(terms(&"a ".repeat(32)).is_ok());
        assert!(terms(&"a ".repeat(33)).is_err());
    }
}
