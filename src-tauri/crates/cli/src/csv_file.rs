//! A CSV file that a person gives a command, read whole before anything is done.

use std::path::Path;

use desk::CsvFile;

use crate::failure::Failure;

/// Reads a file and makes something of it. A failure names the file, and begins then with the line that it is about.
pub(crate) fn read<T>(
    path: &Path,
    columns: &'static str,
    understood: impl FnOnce(&CsvFile) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let file = CsvFile::read(path, columns)?;
    understood(&file).map_err(|failure| Failure {
        message: format!("{}, {}", path.display(), failure.message),
        ..failure
    })
}
