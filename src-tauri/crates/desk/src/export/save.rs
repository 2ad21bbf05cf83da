//! A table as a file: whole, or not at all.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Sheet;
use crate::open::{Desk, blocking};
use crate::problem::{Problem, ProblemCode};

/// What a table is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Comma-separated text.
    Csv,
    /// A workbook of Excel.
    Xlsx,
}

/// A table that was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ExportSaved {
    /// The file.
    pub path: String,
    /// Its rows, without the heading.
    pub rows: u32,
}

impl ExportFormat {
    /// How its files' names end.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// What a person calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Xlsx => "Excel workbook",
        }
    }
}

impl Desk {
    /// The name to propose for a table's file, with the day that it is here: `Profile Desk Fleet 2026-11-24.csv`.
    pub fn export_name(&self, sheet: &Sheet, format: ExportFormat) -> String {
        let today = TimeZone::system()
            .to_datetime(self.inner.clock.now())
            .date();
        file_name(&sheet.title, today, format)
    }

    /// Writes a table to a file, in place of what it held, off the async threads. Where that fails, the file is
    /// as it was before.
    pub async fn save_sheet(
        &self,
        sheet: Sheet,
        format: ExportFormat,
        path: PathBuf,
    ) -> Result<ExportSaved, Problem> {
        blocking(move || {
            let bytes = match format {
                ExportFormat::Csv => sheet.to_csv(),
                ExportFormat::Xlsx => sheet.to_xlsx()?,
            };
            let path = named(path, format);
            write_whole(&path, &bytes).map_err(|error| not_written(&path, &error))?;
            Ok(ExportSaved {
                path: path.display().to_string(),
                rows: sheet.row_count(),
            })
        })
        .await?
    }
}

impl Sheet {
    /// Its rows, without the heading.
    pub fn row_count(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }
}

pub(crate) fn file_name(title: &str, day: Date, format: ExportFormat) -> String {
    let title = for_file_name(title);
    format!("Profile Desk {title} {day}.{}", format.extension())
}

/// A text as a part of a file's name on every system.
pub(crate) fn for_file_name(text: &str) -> String {
    let plain = text.chars().map(|c| {
        if c.is_control() || "/\\:*?\"<>|".contains(c) {
            ' '
        } else {
            c
        }
    });
    plain.collect::<String>().trim().to_owned()
}

/// A name without an extension gets the format's, unless that is another file's name: of that one the dialog
/// did not ask whether to replace it.
fn named(path: PathBuf, format: ExportFormat) -> PathBuf {
    if path.extension().is_some() {
        return path;
    }
    let longer = path.with_extension(format.extension());
    if longer.exists() { path } else { longer }
}

/// Written beside the file and then given its name, so that a half one never bears it.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".profile-desk-").suffix(".part");
    // As a file that a person makes: who may read it is the folder's and the umask's matter.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

pub(crate) fn not_written(path: &Path, error: &io::Error) -> Problem {
    let folder = path.parent().unwrap_or(path).display();
    let file = path.display();
    let chosen = ProblemCode::InvalidInput;
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Problem::new(
            ProblemCode::DiskFull,
            format!("{file} was not written: the disk is full."),
        )
        .with_hint("Free some space, or choose a folder on another disk. Nothing half was left."),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Problem::new(
            chosen,
            format!("{file} was not written: {folder} cannot be written to."),
        )
        .with_hint("Choose a folder of your own."),
        ErrorKind::NotFound | ErrorKind::NotADirectory => Problem::new(
            chosen,
            format!("{file} was not written: there is no folder {folder}."),
        )
        .with_hint("Choose another folder."),
        ErrorKind::IsADirectory => Problem::new(
            chosen,
            format!("{file} was not written: a folder has this name."),
        )
        .with_hint("Choose another name."),
        _ => Problem::new(chosen, format!("{file} was not written: {error}."))
            .with_hint("Choose another folder or name."),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn files(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fleet.csv");
        fs::write(&path, "a longer text that stood here before").unwrap();
        write_whole(&path, b"short").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"short");
        assert_eq!(files(folder.path()), ["fleet.csv"]);
    }

    #[test]
    fn what_cannot_be_written_leaves_what_was_there_and_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("fleet.csv");
        fs::create_dir(&taken).unwrap();
        fs::write(taken.join("inside"), "kept").unwrap();
        let error = write_whole(&taken, b"short").unwrap_err();
        assert!(
            not_written(&taken, &error)
                .message
                .contains("was not written")
        );
        assert_eq!(files(folder.path()), ["fleet.csv"]);
        assert_eq!(fs::read(taken.join("inside")).unwrap(), b"kept");

        let nowhere = folder.path().join("none/fleet.csv");
        let error = write_whole(&nowhere, b"short").unwrap_err();
        let problem = not_written(&nowhere, &error);
        assert!(problem.message.contains("there is no folder"), "{problem}");

        let full = not_written(&taken, &io::Error::from(ErrorKind::StorageFull));
        assert_eq!(full.code, ProblemCode::DiskFull);
        let locked = not_written(&taken, &io::Error::from(ErrorKind::PermissionDenied));
        assert!(locked.message.contains("cannot be written to"), "{locked}");
    }

    #[test]
    fn the_proposed_name_says_what_and_when_and_any_system_takes_it() {
        let day = "2026-11-24".parse().unwrap();
        assert_eq!(
            file_name("Fleet", day, ExportFormat::Csv),
            "Profile Desk Fleet 2026-11-24.csv"
        );
        assert_eq!(
            file_name("Usage of A/B:C", day, ExportFormat::Xlsx),
            "Profile Desk Usage of A B C 2026-11-24.xlsx"
        );
    }

    #[test]
    fn a_name_without_an_extension_gets_one_unless_it_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let typed = folder.path().join("fleet");
        let longer = folder.path().join("fleet.csv");
        assert_eq!(named(typed.clone(), ExportFormat::Csv), longer);
        fs::write(&longer, "").unwrap();
        assert_eq!(named(typed.clone(), ExportFormat::Csv), typed);
        assert_eq!(named(longer.clone(), ExportFormat::Xlsx), longer);
    }
}
