//! A table as text: CSV for a file, TSV for the clipboard.

use csv::{QuoteStyle, WriterBuilder};
use model::Cents;

use super::{Cell, Sheet, csv_record, for_spreadsheet};
use crate::problem::Problem;

/// Without it Excel takes UTF-8 for the code page of its country and breaks every Ü. Other spreadsheets, and
/// the usual readers of CSV, pass over it.
const BYTE_ORDER_MARK: char = '\u{feff}';

impl Sheet {
    /// As CSV, by RFC 4180: CRLF, quotes doubled, UTF-8 with a byte order mark. What is unknown is an empty
    /// field; a moment is ISO 8601 in UTC, money dollars with two digits, a share a part of 1. No text is a
    /// formula, and none falls apart where columns are divided by semicolons or tabs.
    pub fn to_csv(&self) -> Vec<u8> {
        let mut document = BYTE_ORDER_MARK.to_string();
        for record in self.records(|text| for_spreadsheet(text).into_owned()) {
            document.push_str(&csv_record(record));
            document.push_str("\r\n");
        }
        document.into_bytes()
    }

    /// As text to paste into a spreadsheet. A break within a cell becomes a space, since not every program
    /// that is pasted into knows a quoted one.
    pub fn to_tsv(&self) -> Result<String, Problem> {
        let mut writer = WriterBuilder::new()
            .delimiter(b'\t')
            .quote_style(QuoteStyle::Necessary)
            .from_writer(Vec::new());
        let text = |text: &str| for_spreadsheet(text).replace(['\t', '\r', '\n'], " ");
        for record in self.records(text) {
            writer.write_record(record).map_err(failed)?;
        }
        String::from_utf8(writer.into_inner().map_err(failed)?).map_err(failed)
    }

    /// The headings, then the rows, each field as text.
    fn records(&self, text: impl Fn(&str) -> String) -> impl Iterator<Item = Vec<String>> {
        let headings = self.columns.iter().map(|column| text(&column.name));
        let headings: Vec<String> = headings.collect();
        std::iter::once(headings).chain(
            self.rows
                .iter()
                .map(move |row| row.iter().map(|cell| field(cell, &text)).collect()),
        )
    }
}

fn field(cell: &Cell, text: impl Fn(&str) -> String) -> String {
    match cell {
        Cell::Text(content) => text(content),
        Cell::Number(number) if number.is_finite() => number.to_string(),
        Cell::Empty | Cell::Number(_) => String::new(),
        Cell::Money(cents) => dollars(*cents),
        Cell::Moment(at) => at.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Bool(yes) => yes.to_string(),
    }
}

fn dollars(Cents(cents): Cents) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

fn failed(error: impl std::fmt::Display) -> Problem {
    Problem::internal(format!("the table could not be written as text: {error}"))
}

#[cfg(test)]
mod tests {
    use super::super::{Column, Unit};
    use super::*;

    fn sheet() -> Sheet {
        let columns = [
            ("Profile", Unit::Text),
            ("Used", Unit::Number),
            ("Cost", Unit::Money),
            ("=Share", Unit::Share),
            ("Seen", Unit::Moment),
            ("Ends", Unit::Day),
            ("Shared", Unit::Text),
        ];
        let mut sheet = Sheet::new(
            "Fleet",
            columns
                .into_iter()
                .map(|(name, unit)| Column::new(name, unit))
                .collect(),
        );
        let row = |name: &str, used: f64, cents: i64| {
            vec![
                Cell::Text(name.to_owned()),
                Cell::Number(used),
                Cell::Money(Cents(cents)),
                Cell::Number(0.875),
                Cell::Moment("2026-11-24T14:02:00Z".parse().unwrap()),
                Cell::Day("2026-12-01".parse().unwrap()),
                Cell::Bool(true),
            ]
        };
        sheet.rows = vec![
            row("Ünï \"quoted\", 東京", -5.5, -1_204),
            row("two\nlines\tand a tab", 1_200_000.0, 5),
            row("=HYPERLINK(\"https://example.com\")", f64::NAN, 0),
            vec![Cell::Empty; 7],
        ];
        sheet
    }

    #[test]
    fn csv_is_what_rfc_4180_says_and_a_strict_reader_gets_back_what_was_written() {
        let bytes = sheet().to_csv();
        let text = std::str::from_utf8(&bytes).unwrap();
        assert!(text.starts_with("\u{feff}Profile,Used,Cost,'=Share,Seen,Ends,Shared\r\n"));
        assert!(text.contains(
            "\"Ünï \"\"quoted\"\", 東京\",-5.5,-12.04,0.875,2026-11-24T14:02:00Z,2026-12-01,true\r\n"
        ));
        assert!(text.contains("\"two\nlines\tand a tab\",1200000,0.05,"));
        assert!(text.ends_with(",,,,,,\r\n"));

        let mut reader = csv::ReaderBuilder::new()
            .flexible(false)
            .from_reader(bytes.as_slice());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 4);
        assert_eq!(&rows[0][0], "Ünï \"quoted\", 東京");
        assert_eq!(&rows[1][0], "two\nlines\tand a tab");
        assert_eq!(&rows[2][0], "'=HYPERLINK(\"https://example.com\")");
        assert_eq!(&rows[2][1], "", "what is no number is unknown");
    }

    #[test]
    fn a_negative_number_stays_a_number_and_a_name_that_begins_with_a_dash_does_not_run() {
        let mut sheet = Sheet::new("T", vec![Column::new("A", Unit::Number)]);
        for cell in [
            Cell::Number(-1.0),
            Cell::Text("-1".into()),
            Cell::Money(Cents(-1)),
        ] {
            sheet.rows.push(vec![cell]);
        }
        let text = String::from_utf8(sheet.to_csv()).unwrap();
        assert_eq!(text, "\u{feff}A\r\n-1\r\n'-1\r\n-0.01\r\n");
    }

    #[test]
    fn tsv_has_a_line_a_row_whatever_a_name_holds() {
        let text = sheet().to_tsv().unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 5);
        assert!(lines.iter().all(|line| line.matches('\t').count() == 6));
        assert!(lines[1].starts_with("\"Ünï \"\"quoted\"\", 東京\"\t-5.5\t"));
        assert!(lines[2].starts_with("two lines and a tab\t"));
        assert!(lines[3].starts_with("\"'=HYPERLINK("));
    }

    #[test]
    fn a_break_at_the_start_of_a_text_hides_no_formula_from_tsv() {
        let mut sheet = Sheet::new("T", vec![Column::new("A", Unit::Text)]);
        sheet.rows = vec![vec![Cell::Text("\t=1".to_owned())]];
        assert_eq!(sheet.to_tsv().unwrap(), "A\n' '=1\n");
    }

    #[test]
    fn a_name_does_not_fall_apart_where_columns_are_divided_by_semicolons() {
        let mut sheet = Sheet::new("T", vec![Column::new("A", Unit::Text)]);
        sheet.rows = vec![vec![Cell::Text("x;=HYPERLINK(1)".to_owned())]];
        let text = String::from_utf8(sheet.to_csv()).unwrap();
        assert_eq!(text, "\u{feff}A\r\n\"x;'=HYPERLINK(1)\"\r\n");
    }
}
