//! A file that the values of new tokens go to: made for them, for its owner's eyes alone.

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use model::Token;

use super::made::MadeToken;
use crate::export::{csv_record, for_spreadsheet};
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
    pub fn write(self, token: &Token) -> Result<PathBuf, Problem> {
        self.keep([(String::new(), token)])
    }

    /// Writes a CSV table with a line for each of several tokens, and keeps the file.
    pub(super) fn write_all(mut self, made: &[MadeToken]) -> Result<PathBuf, Problem> {
        let titles = csv_record(["profile", "profile_name", "token_name", "token"]) + "\n";
        if let Some(Err(error)) = self
            .file
            .as_mut()
            .map(|file| file.write_all(titles.as_bytes()))
        {
            return Err(not_made(&self.path, &error));
        }
        self.keep(made.iter().map(|made| {
            let id = made.profile.as_ref().map(ToString::to_string);
            let before = csv_record([
                Cow::from(id.unwrap_or_default()),
                for_spreadsheet(&made.profile_name),
                for_spreadsheet(&made.name),
            ]);
            // A value has no letter that would have to be in quotes.
            (before + ",", &made.value)
        }))
    }

    /// Writes lines that end with a token's value, and keeps the file.
    fn keep<'a>(
        mut self,
        lines: impl IntoIterator<Item = (String, &'a Token)>,
    ) -> Result<PathBuf, Problem> {
        let written = match self.file.as_mut() {
            Some(file) => lines
                .into_iter()
                .try_for_each(|(before, token)| {
                    file.write_all(before.as_bytes())?;
                    file.write_all(token.expose().as_bytes())?;
                    file.write_all(b"\n")
                })
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
    fn the_values_of_several_tokens_are_a_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.csv");
        let made = ["Acme, Ltd", "=1+1"].map(|profile_name| MadeToken {
            profile: Some("5bb0a0c9f1d2e3a4b5c6d7e8".parse().unwrap()),
            profile_name: profile_name.to_owned(),
            name: "Collector".to_owned(),
            value: token(),
        });
        SecretFile::create(&path).unwrap().write_all(&made).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "profile,profile_name,token_name,token\n\
             5bb0a0c9f1d2e3a4b5c6d7e8,\"Acme, Ltd\",Collector,p-0123456789abcdef\n\
             5bb0a0c9f1d2e3a4b5c6d7e8,'=1+1,Collector,p-0123456789abcdef\n"
        );
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
