//! `pdesk profile create` and `profile delete`.

use std::path::Path;

use desk::Desk;
use desk::change::{Change, ChangeRequest, CreateProfile, Delete};
use secrecy::ExposeSecret;

use super::{account, batch};
use crate::args::{ProfileCreateArgs, ProfileDeleteArgs};
use crate::ask;
use crate::defuse::for_terminal;
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};

/// `pdesk profile create`.
pub(super) async fn create(
    desk: &Desk,
    wanted: ProfileCreateArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let lines = match (&wanted.from, wanted.name) {
        (Some(file), _) => read(file)?,
        (None, name) => vec![Named {
            line: 0,
            name: name.unwrap_or_default(),
            account: String::new(),
        }],
    };
    let mut changes = Vec::with_capacity(lines.len());
    for line in lines {
        let named = Some(line.account).filter(|account| !account.is_empty());
        let of = named.or_else(|| wanted.account.clone()).ok_or_else(|| {
            Failure::usage(format!("Line {} names no account.", line.line))
                .with_hint("Fill its column account, or name one for all with --account.")
        })?;
        let found = account::find(desk, &of).await.map_err(|failure| Failure {
            message: match line.line {
                0 => failure.message,
                line => format!("Line {line}: {}", failure.message),
            },
            ..failure
        })?;
        changes.push(Change::CreateProfile(CreateProfile {
            account: found.key,
            name: line.name,
            free_resources: wanted.free_resources,
        }));
    }
    batch::changes(desk, changes, wanted.agree, output).await
}

/// `pdesk profile delete`.
pub(super) async fn delete(
    desk: &Desk,
    wanted: ProfileDeleteArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let profile = desk.find_profile(&wanted.profile).await?;
    if !wanted.agree.dry_run {
        let typed = match wanted.confirm {
            Some(name) => name,
            None if ask::is_possible() => {
                output::notice(&for_terminal(&format!(
                    "{} ({}) is deleted with everything in it, for good.",
                    profile.name, profile.id
                )));
                let line = ask::line("Type its name to delete it: ", "the profile's name")?;
                line.expose_secret().to_owned()
            }
            None => {
                return Err(Failure::usage(
                    "This asks for the profile's name, and there is no terminal to ask on.",
                )
                .with_hint("Give it once more with --confirm NAME; --yes does not stand for it."));
            }
        };
        if typed.trim() != profile.name.trim() {
            return Err(Failure::usage(
                "This is not the profile's name, so nothing was deleted.",
            ));
        }
    }
    let request = ChangeRequest::Changes {
        changes: vec![Change::Delete(Delete {
            profile: profile.key,
        })],
    };
    batch::carry_out(desk, request, wanted.agree, wanted.password_stdin, output).await
}

/// A profile that a file names.
#[derive(Debug, PartialEq, Eq)]
struct Named {
    line: u64,
    name: String,
    /// Empty if the file does not say it.
    account: String,
}

/// The rows of a file of profiles. It must be whole: one that is not as it should be makes none.
fn read(file: &Path) -> Result<Vec<Named>, Failure> {
    let bytes = std::fs::read(file).map_err(|error| {
        Failure::usage(format!("{} could not be read: {error}.", file.display()))
            .with_hint("Name a CSV file with the columns name and account.")
    })?;
    parse(&bytes).map_err(|failure| Failure {
        message: format!("{}: {}", file.display(), failure.message),
        ..failure
    })
}

fn parse(document: &[u8]) -> Result<Vec<Named>, Failure> {
    let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
    let malformed = |error: csv::Error| Failure::usage(format!("this is no CSV: {error}."));
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(document);
    let titles = reader.headers().map_err(malformed)?.clone();
    let column = |title: &str| titles.iter().position(|one| one == title);
    let name = column("name").ok_or_else(|| {
        Failure::usage("there is no column name.")
            .with_hint("Its first line names the columns: name, account.")
    })?;
    let account = column("account");
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(malformed)?;
        let cell = |place: Option<usize>| place.and_then(|place| record.get(place));
        lines.push(Named {
            line: record.position().map_or(0, csv::Position::line),
            name: cell(Some(name)).unwrap_or_default().to_owned(),
            account: cell(account).unwrap_or_default().to_owned(),
        });
    }
    if lines.is_empty() {
        return Err(Failure::usage("there is no profile in it."));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_profiles_names_each_and_its_account_if_it_has_that_column() {
        let line = |line, name: &str, account: &str| Named {
            line,
            name: name.to_owned(),
            account: account.to_owned(),
        };
        let both = parse(b"name,account\nPier 4,Acme\n Pier 5 ,\n").unwrap();
        assert_eq!(both, [line(2, "Pier 4", "Acme"), line(3, "Pier 5", "")]);
        assert_eq!(parse(b"name\nPier 4\n").unwrap(), [line(2, "Pier 4", "")]);
        for bad in [&b"account\nAcme\n"[..], b"name\n", b"name,account\nPier\n"] {
            assert_eq!(parse(bad).unwrap_err().exit, Exit::Usage);
        }
    }
}
