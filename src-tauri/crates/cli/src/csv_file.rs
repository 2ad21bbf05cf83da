//! A CSV file that a person gives a command: its columns by their titles, its rows with the lines that they stand on.

use std::io::Read;
use std::path::Path;

use csv::StringRecord;

use crate::failure::Failure;

/// Longer than any list that a person makes; such a file is something else.
const LARGEST: u64 = 4 << 20;

/// A file that was read whole.
#[derive(Debug)]
pub(crate) struct CsvFile {
    /// What the columns are called, in small letters.
    pub(crate) titles: Vec<String>,
    /// The rows, without white space around their fields, each with the line that it begins on.
    pub(crate) rows: Vec<(u64, StringRecord)>,
    /// The columns that it should have, for a person.
    columns: &'static str,
}

/// Reads a file and makes something of it. A failure names the file, and begins then with the line that it is about.
pub(crate) fn read<T>(
    path: &Path,
    columns: &'static str,
    understood: impl FnOnce(&CsvFile) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::usage(format!("{} could not be read: {error}.", path.display()))
            .with_hint(format!("Name a CSV file with the columns {columns}."))
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|opened| opened.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(unreadable(std::io::ErrorKind::FileTooLarge.into()));
    }
    let found = CsvFile::parse(&bytes, columns).and_then(|file| understood(&file));
    found.map_err(|failure| Failure {
        message: format!("{}, {}", path.display(), failure.message),
        ..failure
    })
}

impl CsvFile {
    pub(crate) fn parse(document: &[u8], columns: &'static str) -> Result<Self, Failure> {
        let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
        let malformed = |error: csv::Error| malformed(&error, document, columns);
        let mut reader = csv::ReaderBuilder::new()
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
    pub(crate) fn column(&self, title: &str) -> Result<usize, Failure> {
        self.found(title)?
            .ok_or_else(|| self.refused(format!("line 1: the column “{title}” is missing.")))
    }

    /// The place of a column that may be there, once.
    pub(crate) fn found(&self, title: &str) -> Result<Option<usize>, Failure> {
        let mut places = (0..self.titles.len()).filter(|place| self.titles[*place] == title);
        match (places.next(), places.next()) {
            (_, Some(_)) => {
                Err(self.refused(format!("line 1: the column “{title}” stands twice.")))
            }
            (place, None) => Ok(place),
        }
    }

    fn refused(&self, message: String) -> Failure {
        Failure::usage(message).with_hint(format!(
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

fn malformed(error: &csv::Error, document: &[u8], columns: &str) -> Failure {
    let line = line_of(error.position(), document);
    let reason = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "it is not UTF-8 text".to_owned(),
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("it has {len} fields where the first line has {expected_len}"),
        _ => error.to_string(),
    };
    Failure::usage(format!("line {line}: {reason}."))
        .with_hint(format!("Give a CSV file with the columns {columns}."))
}
