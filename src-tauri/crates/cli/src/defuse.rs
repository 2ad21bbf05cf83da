//! Makes text from the API harmless for a terminal; for a spreadsheet the desk does.

use std::borrow::Cow;

/// Text for a terminal: what moves the cursor, changes colours or turns the direction of writing is
/// shown as U+FFFD, and a line break as a space.
pub(crate) fn for_terminal(text: &str) -> Cow<'_, str> {
    let harmful = |c: char| c.is_control() || turns_direction(c);
    if !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    let harmless = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        c if harmful(c) => '\u{fffd}',
        c => c,
    };
    Cow::Owned(text.chars().map(harmless).collect())
}

/// The same for text of several lines, whose breaks stay.
pub(crate) fn lines_for_terminal(text: &str) -> String {
    let line = |line: &str| format!("{}\n", for_terminal(line));
    text.lines().map(line).collect()
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_direction_marks_do_not_reach_the_terminal() {
        assert_eq!(
            for_terminal("\u{1b}[31mred\u{7}"),
            "\u{fffd}[31mred\u{fffd}"
        );
        assert_eq!(for_terminal("two\nlines"), "two lines");
        assert_eq!(lines_for_terminal("a\u{1b}\nb"), "a\u{fffd}\nb\n");
        assert_eq!(for_terminal("a\u{202e}b"), "a\u{fffd}b");
        assert_eq!(for_terminal("東京 <b>Bold</b> 😀"), "東京 <b>Bold</b> 😀");
    }
}
