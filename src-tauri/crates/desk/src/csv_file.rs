//! A CSV file that a person gives, to do something with each of its rows: its columns by their titles, its rows with
//! the lines that they stand on.

use std::io::Read;
use std::path::Path;

use csv::StringRecord;

use crate::problem::Problem;

/// Longer than any list that a person makes; such a file is something else.
const LARGEST: u64 = 4 << 20;

/// A file that was read whole.
#[derive(Debug)]
pub struct CsvFile {
    /// What the columns are called, in small letters.
    pub titles: Vec<String>,
    /// The rows, without white space around their fields, each with the line that it begins on.
    pub rows: Vec<(u64, StringRecord)>,
    /// The columns that it should have, for a person.
    columns: &'static str,
}

impl CsvFile {
    /// Reads a file; `columns` says what it should have, for a person.
    ///
    /// # Errors
    /// Of code `invalid_input`: the file cannot be read, or is no CSV file. It names the file.
    pub fn read(path: &Path, columns: &'static str) -> Result<Self, Problem> {
        let unreadable = |error: std::io::Error| {
            Problem::invalid(format!("{} could not be read: {error}.", path.display()))
                .with_hint(format!("Name a CSV file with the columns {columns}."))
        };
        let mut bytes = Vec::new();
        std::fs::File::open(path)
            .and_then(|opened| opened.take(LARGEST + 1).read_to_end(&mut bytes))
            .map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST {
            return Err(unreadable(std::io::ErrorKind::FileTooLarge.into()));
        }
        Self::parse(&bytes, columns).map_err(|problem| problem.in_file(path))
    }

    /// Reads the content of a file; `columns` says what it should have, for a person.
    ///
    /// # Errors
    /// Of code `invalid_input`, which begins with the line that it is about.
    pub fn parse(document: &[u8], columns: &'static str) -> Result<Self, Problem> {
        let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
        let malformed = |error: csv::Error| malformed(&error, document, columns);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(divider(document))
            .trim(csv::Trim::All)
            .from_reader(document);
        let titles = reader.headers().map_err(malformed)?;
        let titles = titles.iter().map(str::to_lowercase).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(malformed)?;
            rows.push((line_of(record.position(), document), record));
        }
        Ok(Self {
            titles,
            rows,
            columns,
        })
    }

    /// The place of a column that must be there, once.
    ///
    /// # Errors
    /// Of code `invalid_input` if it is not there, or stands twice.
    pub fn column(&self, title: &str) -> Result<usize, Problem> {
        self.found(title)?
            .ok_or_else(|| self.refused(format!("line 1: the column “{title}” is missing.")))
    }

    /// The place of a column that may be there, once.
    ///
    /// # Errors
    /// Of code `invalid_input` if it stands twice.
    pub fn found(&self, title: &str) -> Result<Option<usize>, Problem> {
        let mut places = (0..self.titles.len()).filter(|place| self.titles[*place] == title);
        match (places.next(), places.next()) {
            (_, Some(_)) => {
                Err(self.refused(format!("line 1: the column “{title}” stands twice.")))
            }
            (place, None) => Ok(place),
        }
    }

    fn refused(&self, message: String) -> Problem {
        Problem::invalid(message).with_hint(format!(
            "The first line names the columns: {}, in any order.",
            self.columns
        ))
    }
}

/// The line that a record begins on. The reader's own count lags behind where empty lines precede it.
fn line_of(position: Option<&csv::Position>, document: &[u8]) -> u64 {
    let place = position.and_then(|position| usize::try_from(position.byte()).ok());
    let place = place.unwrap_or(0).min(document.len());
    let breaks = document[place..]
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let begin = place + breaks.count();
    document[..begin]
        .iter()
        .map(|byte| u64::from(*byte == b'\n'))
        .sum::<u64>()
        + 1
}

/// What divides its columns: a spreadsheet of a country that writes decimals with a comma takes a semicolon.
pub(crate) fn divider(document: &[u8]) -> u8 {
    let first = document.split(|byte| *byte == b'\n').next();
    let first = first.unwrap_or_default();
    if first.contains(&b';') && !first.contains(&b',') {
        b';'
    } else {
        b','
    }
}

fn malformed(error: &csv::Error, document: &[u8], columns: &str) -> Problem {
    let line = line_of(error.position(), document);
    let reason = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "it is not UTF-8 text".to_owned(),
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("it has {len} fields where the first line has {expected_len}"),
        _ => error.to_string(),
    };
    Problem::invalid(format!("line {line}: {reason}."))
        .with_hint(format!("Give a CSV file with the columns {columns}."))
}
