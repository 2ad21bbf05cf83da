//! Keeps text from being run by a spreadsheet.

use std::borrow::Cow;

/// What makes a spreadsheet read a formula, a command or an import where text begins with it; the wide forms
/// are taken for the narrow ones where Japanese or Chinese is written.
const BEGINNINGS: [char; 13] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '＝', '＋', '－', '＠',
];

/// Text for a cell of CSV or TSV, where nothing else tells text from a formula: what a spreadsheet would run
/// gets an apostrophe before it. Of numbers nothing is changed: they are no text.
pub fn for_spreadsheet(text: &str) -> Cow<'_, str> {
    if text.starts_with(BEGINNINGS) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_a_formula() {
        for text in [
            "=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "|x", "%x", "＝1",
        ] {
            assert_eq!(for_spreadsheet(text), format!("'{text}"));
        }
        assert_eq!(for_spreadsheet("Acme = good"), "Acme = good");
        assert_eq!(for_spreadsheet(""), "");
    }
}
