//! `pdesk profile create` and `profile delete`.

use desk::Desk;
use desk::change::{Change, ChangeRequest, CreateProfile, Delete};
use secrecy::ExposeSecret;

use super::{account, batch};
use crate::args::{ProfileCreateArgs, ProfileDeleteArgs};
use crate::ask;
use crate::csv_file::{self, CsvFile};
use crate::defuse::for_terminal;
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};

/// What a file of profiles has.
const COLUMNS: &str = "name and account";

/// `pdesk profile create`.
pub(super) async fn create(
    desk: &Desk,
    wanted: ProfileCreateArgs,
    output: &Output,
) -> Result<Exit, Failure> {
    let lines = match (&wanted.from, wanted.name) {
        (Some(file), _) => csv_file::read(file, COLUMNS, understood)?,
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
fn understood(file: &CsvFile) -> Result<Vec<Named>, Failure> {
    let (name, account) = (file.column("name")?, file.found("account")?);
    let lines: Vec<Named> = file
        .rows
        .iter()
        .map(|(line, record)| {
            let cell = |place: usize| record.get(place).unwrap_or_default().to_owned();
            Named {
                line: *line,
                name: cell(name),
                account: account.map(cell).unwrap_or_default(),
            }
        })
        .collect();
    if lines.is_empty() {
        return Err(Failure::usage("line 2: no profile is named.")
            .with_hint("Below the line with the columns comes a line a profile."));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(document: &[u8]) -> Result<Vec<Named>, Failure> {
        understood(&CsvFile::parse(document, COLUMNS)?)
    }

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
