//! What came of a file, beside it: `FILE.part`, and in `FILE.part.json` which file that is a part of.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::figures::hexadecimal;
use crate::problem::{Problem, ProblemCode};

/// Which file a part is of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct About {
    /// TagoIO's id of the backup.
    pub(super) backup: String,
    /// What its host tells it from another file by.
    pub(super) version: Option<String>,
    /// How long the whole is.
    pub(super) total: Option<u64>,
}

/// The part of a file that is here.
pub(super) struct Part {
    path: PathBuf,
    file: File,
    len: u64,
    hash: Sha256,
    pub(super) about: About,
}

impl Part {
    /// Takes up what is there of a backup, or begins. What is there of another one is thrown away.
    pub(super) fn open(path: &Path, backup: &str) -> Result<Self, Problem> {
        let part = beside(path, ".part");
        let file = private(&part).map_err(|error| not_kept(path, &error))?;
        // Two at once would write into each other.
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(busy(path)),
            Err(TryLockError::Error(error)) => return Err(not_kept(path, &error)),
        }
        let known = fs::read(beside(path, ".part.json")).ok();
        let known: Option<About> = known.and_then(|text| serde_json::from_slice(&text).ok());
        let known = known.filter(|about| about.backup == backup);
        let is_known = known.is_some();
        let mut part = Self {
            path: path.to_owned(),
            file,
            len: 0,
            hash: Sha256::new(),
            about: known.unwrap_or_else(|| About {
                backup: backup.to_owned(),
                ..About::default()
            }),
        };
        let taken = if is_known {
            part.take_up()
        } else {
            part.empty()
        };
        taken.map_err(|error| not_kept(path, &error))?;
        Ok(part)
    }

    /// How many bytes are here.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Whether all of it is here, as far as its host says how much that is.
    pub(super) fn is_whole(&self) -> bool {
        self.about.total == Some(self.len)
    }

    /// Throws away what is here, and begins with another file.
    pub(super) fn begin_anew(
        &mut self,
        version: Option<&str>,
        total: Option<u64>,
    ) -> Result<(), Problem> {
        self.about.version = version.map(str::to_owned);
        self.about.total = total;
        let begun = self.empty().and_then(|()| {
            let text = serde_json::to_vec(&self.about)?;
            let mut file = private(&beside(&self.path, ".part.json"))?;
            file.set_len(0)?;
            file.write_all(&text)?;
            file.sync_all()
        });
        begun.map_err(|error| not_kept(&self.path, &error))
    }

    /// Adds what came.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        let added = self.file.write_all(bytes);
        added.map_err(|error| not_kept(&self.path, &error))?;
        self.hash.update(bytes);
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Sees to it that what is here is on the disk. It is for the next run, so that no more than a line of the log is
    /// made of it if it fails.
    pub(super) fn keep(&self) {
        if let Err(error) = self.file.sync_all() {
            tracing::warn!(%error, "a part of a backup may not be on the disk");
        }
    }

    /// Gives the whole file its name, and says its SHA-256.
    pub(super) fn finish(self) -> Result<String, Problem> {
        let part = beside(&self.path, ".part");
        let finished = self
            .file
            .sync_all()
            .and_then(|()| fs::rename(&part, &self.path))
            .and_then(|()| sync_folder(&self.path));
        finished.map_err(|error| not_kept(&self.path, &error))?;
        if let Err(error) = fs::remove_file(beside(&self.path, ".part.json")) {
            tracing::warn!(%error, "what said which file a part was of was left behind");
        }
        Ok(hexadecimal(&self.hash.finalize()))
    }

    fn empty(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.len = 0;
        self.hash = Sha256::new();
        Ok(())
    }

    /// Reads what is here, for its SHA-256; its end is where more is added.
    fn take_up(&mut self) -> io::Result<()> {
        let mut piece = vec![0; 256 * 1024];
        loop {
            match self.file.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(read) => {
                    self.hash.update(&piece[..read]);
                    self.len += read as u64;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// A file for its owner's eyes alone, where there are modes: a backup holds all of a customer's settings.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

fn busy(path: &Path) -> Problem {
    let message = format!(
        "Something is being downloaded to {} already.",
        path.display()
    );
    Problem::new(ProblemCode::Busy, message).with_hint("Wait for it, or name another file.")
}

/// A file with a longer name beside another.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Where a file has its name, that is on the disk once its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    let _ = path;
    Ok(())
}

fn not_kept(path: &Path, error: &io::Error) -> Problem {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            let message = format!(
                "The disk is full: the rest of {} did not fit.",
                path.display()
            );
            Problem::new(ProblemCode::DiskFull, message)
                .with_hint("What came is kept. Free some space and download it again: it goes on where it stopped.")
        }
        _ => crate::export::not_written(path, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_taken_up_again_by_its_own_backup_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("harbour.backup");
        let mut part = Part::open(&path, "a").unwrap();
        part.begin_anew(Some("\"1\""), Some(6)).unwrap();
        part.add(b"abc").unwrap();
        drop(part);
        let again = Part::open(&path, "a").unwrap();
        assert_eq!((again.len(), again.is_whole()), (3, false));
        assert_eq!(again.about.version.as_deref(), Some("\"1\""));
        drop(again);
        let other = Part::open(&path, "b").unwrap();
        assert_eq!((other.len(), other.about.total), (0, None));
    }

    #[test]
    fn a_whole_file_has_its_name_its_sum_and_nothing_beside_it_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("harbour.backup");
        let mut part = Part::open(&path, "a").unwrap();
        part.begin_anew(None, Some(3)).unwrap();
        part.add(b"ab").unwrap();
        drop(part);
        let mut part = Part::open(&path, "a").unwrap();
        part.add(b"c").unwrap();
        assert!(part.is_whole());
        // The first example of FIPS 180.
        let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(part.finish().unwrap(), sum);
        assert_eq!(fs::read(&path).unwrap(), b"abc");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            let mode = fs::metadata(&path).unwrap().permissions();
            let mode = std::os::unix::fs::PermissionsExt::mode(&mode);
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
