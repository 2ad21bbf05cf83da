//! Keeps text from being run by a spreadsheet.

use std::borrow::Cow;

/// What makes a spreadsheet read a formula, a command or an import where a cell begins with it; the wide forms
/// are taken for the narrow ones where Japanese or Chinese is written.
const BEGINNINGS: [char; 10] = ['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠'];

/// Where a spreadsheet may begin a cell within a text: it divides columns by semicolons where decimals are written
/// with a comma, or by tabs, and knows no quotes that stand behind a divider which is not its own.
const DIVIDERS: [char; 4] = [';', '\t', '\r', '\n'];

/// Text for a cell of CSV or TSV, where nothing else tells text from a formula: what a spreadsheet would run
/// gets an apostrophe before it, in the midst of the text as well where it may be divided there. So does what looks
/// as if it had got one, so that `original` gives back every text. Of numbers nothing is changed: they are no text.
pub fn for_spreadsheet(text: &str) -> Cow<'_, str> {
    if !parts(text).any(|part| part.runs) {
        return Cow::Borrowed(text);
    }
    let mut defused = String::with_capacity(text.len() + 1);
    for part in parts(text) {
        if part.runs {
            defused.push('\'');
        }
        defused.push_str(part.text);
    }
    Cow::Owned(defused)
}

/// What was written, before it was made to be [`for_spreadsheet`].
pub(crate) fn original(text: &str) -> String {
    parts(text)
        .map(|part| match part.text.strip_prefix('\'') {
            Some(rest) if part.runs => rest,
            _ => part.text,
        })
        .collect()
}

/// What may become a cell of its own, with the divider behind it.
struct Part<'a> {
    text: &'a str,
    /// Whether a spreadsheet would run it, whatever apostrophes stand before it.
    runs: bool,
}

fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    text.split_inclusive(DIVIDERS)
        .enumerate()
        .map(|(place, part)| Part {
            text: part,
            runs: runs(part.trim_start_matches('\''), place == 0),
        })
}

fn runs(part: &str, first: bool) -> bool {
    // Some spreadsheets take a divider at the start of a cell for nothing, and go on with what follows.
    (first && part.starts_with(['\t', '\r', '\n']))
        || part
            .trim_start_matches(|letter| is_blank(letter) && !DIVIDERS.contains(&letter))
            .starts_with(BEGINNINGS)
}

/// What is not seen before a text, and passed over by some spreadsheets.
fn is_blank(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_text_is_a_formula() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@sum",
            "\r=1",
            "|x",
            "%x",
            "＝1",
            " =1",
            "\u{a0}=1",
            "\u{3000}+1",
            "\u{feff}@x",
            "\u{200b} -1",
            "\tx",
            "'=1",
        ] {
            let defused = for_spreadsheet(text);
            assert!(
                defused.starts_with('\'') && defused.len() > text.len(),
                "{text:?}"
            );
        }
        for (text, defused) in [
            ("\t=1", "'\t'=1"),
            ("x;=HYPERLINK(1)", "x;'=HYPERLINK(1)"),
            ("x\t=1;\u{a0}+2", "x\t'=1;'\u{a0}+2"),
            ("two\r\n@lines", "two\r\n'@lines"),
        ] {
            assert_eq!(for_spreadsheet(text), defused);
        }
        for text in [
            "Acme = good",
            "north; south",
            "a-b; c+d",
            "O'Neil",
            "",
            ";",
            "'",
        ] {
            assert_eq!(for_spreadsheet(text), text);
        }
    }

    proptest! {
        #[test]
        fn wherever_a_text_is_divided_no_cell_of_it_begins_a_formula_and_it_can_be_had_back(
            text in "['=+@|%a;\t\n\r \u{a0}\u{feff}-]{0,9}.{0,3}"
        ) {
            let defused = for_spreadsheet(&text);
            prop_assert!(!defused.starts_with(['\t', '\r', '\n']));
            for cell in defused.split([';', '\t', '\r', '\n']) {
                let seen = cell.trim_start_matches(is_blank);
                prop_assert!(!seen.starts_with(BEGINNINGS), "{:?}", cell);
            }
            prop_assert_eq!(original(&defused), text);
        }
    }
}
