//! What an account may be called.

use crate::problem::Problem;

/// Characters in a label, at most: what a table's column can show.
const LONGEST: usize = 60;

/// Takes a label as it was typed and returns it without the white space around it.
///
/// It must have 1 to 60 characters, none of them a control character or one that turns the direction
/// of the text after it.
pub(super) fn check_label(typed: &str) -> Result<String, Problem> {
    let label = typed.trim();
    if label.is_empty() {
        return Err(Problem::invalid("The label is empty.")
            .with_hint("Give the account a short name of your own, such as “Acme EU”."));
    }
    let length = label.chars().count();
    if length > LONGEST {
        return Err(Problem::invalid(format!(
            "The label has {length} characters; {LONGEST} are the most."
        )));
    }
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if label.chars().any(|c| c.is_control() || turns(c)) {
        return Err(
            Problem::invalid("The label has an invisible character in it.")
                .with_hint("Type it instead of pasting it."),
        );
    }
    Ok(label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemCode;

    #[test]
    fn a_label_is_trimmed_and_may_be_in_any_script() {
        assert_eq!(check_label("  Acme EU \n").unwrap(), "Acme EU");
        assert_eq!(check_label("東京").unwrap(), "東京");
        assert_eq!(check_label(&"ü".repeat(60)).unwrap().chars().count(), 60);
    }

    #[test]
    fn empty_over_long_and_invisible_labels_are_refused_with_the_reason() {
        for (typed, reason) in [
            ("", "empty"),
            (" \t\n", "empty"),
            (&*"a".repeat(61), "61 characters"),
            ("Acme\u{0}EU", "invisible"),
            ("Acme\u{202e}EU", "invisible"),
        ] {
            let problem = check_label(typed).unwrap_err();
            assert_eq!(problem.code, ProblemCode::InvalidInput);
            assert!(problem.message.contains(reason), "{}", problem.message);
        }
    }
}
