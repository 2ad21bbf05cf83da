//! Tables that fit the terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::defuse::for_terminal;

/// A table whose columns give way one by one where the terminal is narrow.
#[derive(Debug, Default)]
pub(crate) struct Fitted {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

#[derive(Clone, Copy, Debug)]
struct Column {
    title: &'static str,
    kind: Kind,
    /// The column with the highest goes first; 0 stays.
    gives_way: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Cut where it does not fit.
    Words,
    /// Never cut.
    Exact,
    /// Right-aligned and never cut.
    Number,
}

/// Spaces between two columns.
const GAP: usize = 2;

/// What a column of words keeps before another has to go.
const NARROWEST: usize = 20;

impl Fitted {
    /// A column of words. Of those that give way, the one with the highest number goes first.
    pub(crate) fn words(self, title: &'static str, gives_way: u8) -> Self {
        self.column(title, Kind::Words, gives_way)
    }

    /// A column of words that mean nothing if they are cut.
    pub(crate) fn exact(self, title: &'static str, gives_way: u8) -> Self {
        self.column(title, Kind::Exact, gives_way)
    }

    /// A column of numbers.
    pub(crate) fn numbers(self, title: &'static str, gives_way: u8) -> Self {
        self.column(title, Kind::Number, gives_way)
    }

    fn column(mut self, title: &'static str, kind: Kind, gives_way: u8) -> Self {
        self.columns.push(Column {
            title,
            kind,
            gives_way,
        });
        self
    }

    /// A row with a cell a column. Whatever would disturb a terminal is taken out.
    pub(crate) fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let clean = |cell: T| for_terminal(cell.as_ref()).into_owned();
        self.rows.push(cells.into_iter().map(clean).collect());
    }

    /// The table in `width` columns of the terminal: table columns that give way are left out, and words are cut.
    /// What can neither go nor be cut may still be wider. Without a width everything is shown, and without
    /// rows nothing.
    pub(crate) fn print(&self, width: Option<u16>) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let layout = self.layout(width.map(usize::from));
        let titles: Vec<String> = self
            .columns
            .iter()
            .map(|one| one.title.to_uppercase())
            .collect();
        [&titles]
            .into_iter()
            .chain(&self.rows)
            .map(|cells| self.line(cells, &layout))
            .collect()
    }

    fn line(&self, cells: &[String], layout: &[(usize, usize)]) -> String {
        let mut line = String::new();
        for (place, width) in layout {
            let cell = cut(cells.get(*place).map_or("", String::as_str), *width);
            let space = " ".repeat(width - cell.width());
            if self.columns[*place].kind == Kind::Number {
                line.push_str(&space);
                line.push_str(&cell);
            } else {
                line.push_str(&cell);
                line.push_str(&space);
            }
            line.push_str(&" ".repeat(GAP));
        }
        line.truncate(line.trim_end().len());
        line.push('\n');
        line
    }

    /// The columns that are shown and how wide each is.
    fn layout(&self, width: Option<usize>) -> Vec<(usize, usize)> {
        let mut layout: Vec<(usize, usize)> = (0..self.columns.len())
            .map(|place| (place, self.widest(place)))
            .collect();
        let Some(width) = width else { return layout };
        while self.least(&layout) > width {
            let first = layout
                .iter()
                .map(|(place, _)| *place)
                .filter(|place| self.columns[*place].gives_way > 0)
                .max_by_key(|place| self.columns[*place].gives_way);
            let Some(first) = first else { break };
            layout.retain(|(place, _)| *place != first);
        }
        // The widest words are cut, a little at a time, until all fit.
        while total(&layout) > width {
            let widest = layout
                .iter_mut()
                .filter(|(place, width)| self.columns[*place].kind == Kind::Words && *width > 1)
                .max_by_key(|(_, width)| *width);
            let Some((_, widest)) = widest else { break };
            *widest -= 1;
        }
        layout
    }

    /// How wide the columns are if words are cut as far as they may be.
    fn least(&self, layout: &[(usize, usize)]) -> usize {
        let cut: Vec<(usize, usize)> = layout
            .iter()
            .map(|(place, width)| match self.columns[*place].kind {
                Kind::Words => (*place, *width.min(&NARROWEST)),
                Kind::Exact | Kind::Number => (*place, *width),
            })
            .collect();
        total(&cut)
    }

    fn widest(&self, place: usize) -> usize {
        let cells = self.rows.iter().filter_map(|cells| cells.get(place));
        cells
            .map(|cell| cell.width())
            .chain([self.columns[place].title.width()])
            .max()
            .unwrap_or(0)
    }
}

fn total(layout: &[(usize, usize)]) -> usize {
    let gaps = GAP * layout.len().saturating_sub(1);
    layout.iter().map(|(_, width)| width).sum::<usize>() + gaps
}

/// The text, or as much of its beginning as fits with an ellipsis.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut room = width.saturating_sub(1);
    for c in text.chars() {
        match room.checked_sub(c.width().unwrap_or(0)) {
            Some(left) => room = left,
            None => break,
        }
        kept.push(c);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// Names and values, one a line, the values in one column.
pub(crate) fn facts(facts: &[(&str, String)]) -> String {
    let width = facts
        .iter()
        .map(|(name, _)| name.width())
        .max()
        .unwrap_or(0);
    let line = |(name, value): &(&str, String)| {
        let gap = width + GAP - name.width();
        format!("{name}{}{}\n", " ".repeat(gap), for_terminal(value))
    };
    facts.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fleet() -> Fitted {
        let mut table = Fitted::default()
            .words("Name", 0)
            .words("Account", 2)
            .numbers("Input", 1)
            .words("Id", 3);
        table.row([
            "Cold chain Lisbon, the northern warehouse",
            "Northwind",
            "104 %",
            "5bb0a0c9f1d2e3a4b5c6d7e8",
        ]);
        table.row([
            "東京倉庫のセンサー一覧と温度管理システム",
            "Acme",
            "3 %",
            "5bb0a0c9f1d2e3a4b5c6d7e9",
        ]);
        table
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_whatever_the_script() {
        for width in [20_u16, 30, 40, 60, 80, 120, 200] {
            for line in fleet().print(Some(width)).lines() {
                assert!(
                    line.width() <= usize::from(width),
                    "{width}: {line:?} has {}",
                    line.width()
                );
            }
        }
    }

    #[test]
    fn columns_give_way_in_turn_and_numbers_are_never_cut() {
        let wide = fleet().print(Some(120));
        assert!(
            wide.contains("ID") && wide.contains("5bb0a0c9f1d2e3a4b5c6d7e9"),
            "{wide}"
        );
        let narrow = fleet().print(Some(40));
        assert!(
            !narrow.contains("ID") && narrow.contains("ACCOUNT") && narrow.contains("104 %"),
            "{narrow}"
        );
        let narrower = fleet().print(Some(30));
        assert!(
            !narrower.contains("ACCOUNT") && narrower.contains("104 %"),
            "{narrower}"
        );
        assert!(narrower.contains('…'), "{narrower}");
    }

    #[test]
    fn without_a_terminal_nothing_is_cut_and_each_row_is_one_line() {
        let text = fleet().print(None);
        assert_eq!(text.lines().count(), 3);
        assert!(text.contains("the northern warehouse") && text.contains("温度管理システム"));
        assert!(!text.contains('…') && !text.lines().any(|line| line.ends_with(' ')));
    }

    #[test]
    fn a_table_without_rows_is_no_text() {
        assert_eq!(Fitted::default().words("Name", 0).print(Some(80)), "");
    }

    #[test]
    fn facts_stand_in_two_columns() {
        let text = facts(&[
            ("Name", "Acme".to_owned()),
            ("Owner", "a\u{1b}b".to_owned()),
        ]);
        assert_eq!(text, "Name   Acme\nOwner  a\u{fffd}b\n");
    }
}
