//! A file that a new token's value goes to: made for it, for its owner's eyes alone.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use model::Token;

use crate::problem::{Problem, ProblemCode};

/// A file that was made for one secret. It is made before the secret is, so that none is made that has no place
/// to go to; unless a secret is written, it is taken away again.
#[derive(Debug)]
pub struct SecretFile {
    path: PathBuf,
    file: Option<File>,
}

impl SecretFile {
    /// Makes the file, of mode 0600 where there are modes. One that is there already is left alone.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, Problem> {
        let path = path.into();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(file) => Ok(Self {
                path,
                file: Some(file),
            }),
            Err(error) => Err(not_made(&path, &error)),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a token's value and the end of a line, and keeps the file.
    pub fn write(mut self, token: &Token) -> Result<PathBuf, Problem> {
        let written = match self.file.as_mut() {
            Some(file) => file
                .write_all(token.expose().as_bytes())
                .and_then(|()| file.write_all(b"\n"))
                .and_then(|()| file.sync_all()),
            None => Ok(()),
        };
        match written {
            Ok(()) => {
                self.file = None;
                Ok(std::mem::take(&mut self.path))
            }
            // It is taken away with what of the secret is in it.
            Err(error) => Err(not_made(&self.path, &error)),
        }
    }
}

impl Drop for SecretFile {
    fn drop(&mut self) {
        if self.file.take().is_some()
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            tracing::warn!(%error, "a file for a token was left behind empty");
        }
    }
}

fn not_made(path: &Path, error: &io::Error) -> Problem {
    if error.kind() == ErrorKind::AlreadyExists {
        let message = format!("{} is there already, and is left as it is.", path.display());
        return Problem::new(ProblemCode::InvalidInput, message)
            .with_hint("Name a file that is not there yet for the token's value.");
    }
    crate::export::not_written(path, error)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn token() -> Token {
        Token::parse("p-0123456789abcdef").unwrap()
    }

    #[test]
    fn a_value_is_written_for_its_owner_alone_and_never_over_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let written = SecretFile::create(&path).unwrap().write(&token()).unwrap();
        assert_eq!(written, path);
        assert_eq!(fs::read_to_string(&path).unwrap(), "p-0123456789abcdef\n");
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(
                &fs::metadata(&path).unwrap().permissions(),
            );
            assert_eq!(mode & 0o777, 0o600);
        }
        let refused = SecretFile::create(&path).unwrap_err();
        assert!(refused.message.contains("there already"), "{refused}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "p-0123456789abcdef\n");
    }

    #[test]
    fn a_file_that_got_no_value_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        drop(SecretFile::create(&path).unwrap());
        assert!(!path.exists());
        let nowhere = SecretFile::create(folder.path().join("none/token")).unwrap_err();
        assert!(nowhere.message.contains("there is no folder"), "{nowhere}");
    }
}
