//! A table as a workbook of Excel, with numbers that are numbers and dates that are dates.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::{Cell, Column, Sheet, Unit};
use crate::problem::Problem;

/// Characters that a cell holds, and a tab's name, by Excel's specifications.
const LONGEST_TEXT: usize = 32_767;
const LONGEST_NAME: usize = 31;
/// How wide a column grows with its content, in pixels.
const WIDEST: u32 = 360;

impl Sheet {
    /// As XLSX: the heading stays in sight and has filters; shares are percent, money is in dollars, moments are
    /// UTC and say so in their heading. Text is written as text, so that none of it is a formula.
    pub fn to_xlsx(&self) -> Result<Vec<u8>, Problem> {
        let mut book = Workbook::new();
        self.fill(book.add_worksheet())
            .and_then(|()| book.save_to_buffer())
            .map_err(|error| failed(&error))
    }

    fn fill(&self, page: &mut Worksheet) -> Result<(), XlsxError> {
        let heading = Format::new().set_bold().set_align(FormatAlign::Left);
        let number = Format::new().set_align(FormatAlign::Right);
        page.set_name(tab_name(&self.title))?;
        let last_row = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        for (column, at) in self.columns.iter().zip(0..) {
            let heading = if column.unit == Unit::Text {
                &heading
            } else {
                &heading.clone().merge(&number)
            };
            page.write_string_with_format(0, at, title(column), heading)?;
        }
        let formats: Vec<Format> = (0..self.columns.len()).map(|at| self.format(at)).collect();
        let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        let day = Format::new().set_num_format("yyyy-mm-dd");
        let money = Format::new().set_num_format(DOLLARS);
        for (row, y) in self.rows.iter().zip(1..) {
            for ((cell, format), x) in row.iter().zip(&formats).zip(0..) {
                match cell {
                    Cell::Text(text) => {
                        page.write_string(y, x, fitting(text))?;
                    }
                    Cell::Number(number) if number.is_finite() => {
                        page.write_number_with_format(y, x, *number, format)?;
                    }
                    Cell::Empty | Cell::Number(_) => {}
                    Cell::Money(cents) => {
                        page.write_number_with_format(y, x, dollars(cents.0), &money)?;
                    }
                    Cell::Moment(at) => {
                        let utc = TimeZone::UTC.to_datetime(*at);
                        page.write_datetime_with_format(y, x, utc, &moment)?;
                    }
                    Cell::Day(date) => {
                        page.write_datetime_with_format(y, x, *date, &day)?;
                    }
                    Cell::Bool(yes) => {
                        page.write_boolean(y, x, *yes)?;
                    }
                }
            }
        }
        if let Some(last) = u16::try_from(self.columns.len())
            .ok()
            .and_then(|columns| columns.checked_sub(1))
        {
            page.autofilter(0, 0, last_row, last)?;
        }
        page.set_freeze_panes(1, 1)?;
        page.set_autofit_max_width(WIDEST);
        page.autofit();
        Ok(())
    }

    /// How the numbers of a column are shown: with decimals only where one of them has some.
    fn format(&self, column: usize) -> Format {
        let whole = || {
            self.rows.iter().all(|row| match row.get(column) {
                Some(Cell::Number(number)) => number.fract() == 0.0,
                _ => true,
            })
        };
        match self.columns.get(column).map(|column| column.unit) {
            Some(Unit::Share) => Format::new().set_num_format("0.0%"),
            Some(Unit::Money) => Format::new().set_num_format(DOLLARS),
            Some(Unit::Number) if whole() => Format::new().set_num_format("#,##0"),
            Some(Unit::Number) => Format::new().set_num_format("#,##0.00"),
            _ => Format::new(),
        }
    }
}

/// US dollars whatever the country of the computer, since TagoIO bills in them.
const DOLLARS: &str = "[$$-409]#,##0.00;-[$$-409]#,##0.00";

/// A spreadsheet knows no zone, so the heading names it.
fn title(column: &Column) -> Cow<'_, str> {
    if column.unit == Unit::Moment && !column.name.contains("UTC") {
        Cow::Owned(format!("{} (UTC)", column.name))
    } else {
        Cow::Borrowed(&column.name)
    }
}

/// The nearest number to an amount, made where it leaves for a program that has no other numbers.
#[expect(
    clippy::cast_precision_loss,
    reason = "a spreadsheet's numbers have 53 bits: enough for 90,000,000,000,000 dollars"
)]
fn dollars(cents: i64) -> f64 {
    cents as f64 / 100.0
}

/// Text, cut where a cell ends, and marked as cut.
fn fitting(text: &str) -> Cow<'_, str> {
    // The limit counts UTF-16, of which no text has more than it has bytes.
    if text.len() <= LONGEST_TEXT {
        return Cow::Borrowed(text);
    }
    let mut units = 0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            units += c.len_utf16();
            units < LONGEST_TEXT
        })
        .collect();
    if kept.len() == text.len() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(kept + "…")
    }
}

/// A name that Excel takes for a tab.
fn tab_name(title: &str) -> String {
    let mut units = 0;
    let name: String = title
        .chars()
        .map(|c| {
            if c.is_control() || "[]:*?/\\".contains(c) {
                ' '
            } else {
                c
            }
        })
        .take_while(|letter| {
            // Spreadsheets count as UTF-16 does.
            units += letter.len_utf16();
            units <= LONGEST_NAME
        })
        .collect();
    let name = name.trim_matches(['\'', ' ']);
    if name.is_empty() { "Table" } else { name }.to_owned()
}

fn failed(error: &XlsxError) -> Problem {
    match error {
        XlsxError::RowColumnLimitError => Problem::invalid(
            "A spreadsheet has 1,048,576 rows and 16,384 columns at most, and this table has more.",
        )
        .with_hint("Narrow the filter, or save it as CSV."),
        error => Problem::internal(format!("the workbook could not be made: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};
    use model::Cents;

    use super::*;

    fn read(sheet: &Sheet) -> (String, Vec<Vec<Data>>, usize) {
        let bytes = sheet.to_xlsx().unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let name = book.sheet_names()[0].clone();
        let formulas = book.worksheet_formula(&name).unwrap();
        let formulas = formulas.used_cells().filter(|cell| !cell.2.is_empty());
        let formulas = formulas.count();
        let range = book.worksheet_range(&name).unwrap();
        (name, range.rows().map(<[Data]>::to_vec).collect(), formulas)
    }

    #[test]
    fn a_workbook_gives_back_numbers_dates_and_text_as_what_they_are() {
        let mut sheet = Sheet::new(
            "Costs: all",
            vec![
                Column::new("Profile", Unit::Text),
                Column::new("Used", Unit::Number),
                Column::new("Share", Unit::Share),
                Column::new("Cost", Unit::Money),
                Column::new("Seen", Unit::Moment),
                Column::new("Ends", Unit::Day),
                Column::new("Shared", Unit::Text),
            ],
        );
        sheet.rows.push(vec![
            Cell::Text("=cmd|' /C calc'!A0".into()),
            Cell::Number(-1_200.5),
            Cell::Number(1.32),
            Cell::Money(Cents(-431_805)),
            Cell::Moment("2026-11-24T14:02:03Z".parse().unwrap()),
            Cell::Day("2026-12-01".parse().unwrap()),
            Cell::Bool(true),
        ]);
        sheet.rows.push(vec![
            Cell::Text("Ünï \"東京\"\n<b>Bold</b>".into()),
            Cell::Number(f64::NAN),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Bool(false),
        ]);
        let (name, rows, formulas) = read(&sheet);
        assert_eq!(name, "Costs  all");
        assert_eq!(formulas, 0);
        assert_eq!(rows[0][4], Data::String("Seen (UTC)".into()));
        assert_eq!(rows[1][0], Data::String("=cmd|' /C calc'!A0".into()));
        assert_eq!(rows[1][1], Data::Float(-1_200.5));
        assert_eq!(rows[1][2], Data::Float(1.32));
        assert_eq!(rows[1][3], Data::Float(-4_318.05));
        let moment = |cell: &Data| match cell {
            Data::DateTime(at) => at.to_ymd_hms_milli(),
            other => panic!("{other:?} is no date"),
        };
        assert_eq!(moment(&rows[1][4]), (2026, 11, 24, 14, 2, 3, 0));
        assert_eq!(moment(&rows[1][5]), (2026, 12, 1, 0, 0, 0, 0));
        assert_eq!(rows[1][6], Data::Bool(true));
        assert_eq!(rows[2][0], Data::String("Ünï \"東京\"\n<b>Bold</b>".into()));
        assert_eq!(rows[2][1], Data::Empty);
    }

    #[test]
    fn a_table_without_rows_is_a_heading() {
        let sheet = Sheet::new("Fleet", vec![Column::new("Profile", Unit::Text)]);
        let (_, rows, _) = read(&sheet);
        assert_eq!(rows, [[Data::String("Profile".into())]]);
    }

    #[test]
    fn text_that_no_cell_holds_is_cut_and_says_so() {
        let long = "ä".repeat(40_000);
        let cut = fitting(&long);
        assert_eq!(cut.chars().count(), LONGEST_TEXT);
        assert!(cut.ends_with('…'));
        let fits = "ä".repeat(LONGEST_TEXT - 1);
        assert_eq!(fitting(&fits), fits);
    }

    #[test]
    fn any_title_is_a_tab() {
        assert_eq!(tab_name("Usage [2026/11]: all?"), "Usage  2026 11   all");
        assert_eq!(tab_name("'/'"), "Table");
        assert_eq!(tab_name(&"x".repeat(80)).len(), 31);
        // As spreadsheets count, which is not in letters.
        let name = tab_name(&"😀".repeat(40));
        assert_eq!(name.encode_utf16().count(), 30);
    }
}
