//! Profiles that a CSV file asks to be made: a row each, with a column `name`, and a column `account` (an account's
//! label or TagoIO's id) for those that are not to be in the one account that is chosen for all.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;

use super::CreateProfile;
use crate::csv_file::CsvFile;
use crate::open::{Desk, blocking};
use crate::problem::Problem;

const COLUMNS: &str = "name and account";

/// A profile that a file names.
#[derive(Debug, PartialEq, Eq)]
struct Named {
    line: u64,
    name: String,
    /// Empty if the file does not say it.
    account: String,
}

impl Desk {
    /// The profiles that a file asks for, in its order; nothing is sent. `account` is the number of the one that
    /// rows are of that name none.
    ///
    /// # Errors
    /// Of code `invalid_input` if the file is not as it should be, `not_found` if a row's account is not connected:
    /// each begins with the file and the line. Then none of its profiles is to be made.
    pub async fn profiles_of_file(
        &self,
        path: PathBuf,
        account: Option<i64>,
        free_resources: bool,
    ) -> Result<Vec<CreateProfile>, Problem> {
        let file = path.clone();
        let rows = blocking(move || {
            let read = CsvFile::read(&file, COLUMNS)?;
            understood(&read).map_err(|problem| problem.in_file(&file))
        })
        .await??;
        let mut accounts: HashMap<String, i64> = HashMap::new();
        let mut profiles = Vec::with_capacity(rows.len());
        for row in rows {
            let of_row = match (row.account.is_empty(), account) {
                (true, Some(account)) => account,
                (true, None) => {
                    let message = format!("line {}: it names no account.", row.line);
                    return Err(Problem::invalid(message)
                        .with_hint("Fill its column account, or name one account for all.")
                        .in_file(&path));
                }
                (false, _) => match accounts.entry(row.account) {
                    Entry::Occupied(known) => *known.get(),
                    Entry::Vacant(unknown) => {
                        let found = self.find_account(unknown.key()).await;
                        let found = found.map_err(|mut problem| {
                            problem.message = format!("line {}: {}", row.line, problem.message);
                            problem.in_file(&path)
                        })?;
                        *unknown.insert(found.key)
                    }
                },
            };
            profiles.push(CreateProfile {
                account: of_row,
                name: row.name,
                free_resources,
            });
        }
        Ok(profiles)
    }
}

/// The rows of a file. It must be whole: one that is not as it should be makes no profile.
fn understood(file: &CsvFile) -> Result<Vec<Named>, Problem> {
    let (name, account) = (file.column("name")?, file.found("account")?);
    let rows = file.rows.iter().map(|(line, record)| {
        let cell = |place: usize| record.get(place).unwrap_or_default().to_owned();
        Named {
            line: *line,
            name: cell(name),
            account: account.map(cell).unwrap_or_default(),
        }
    });
    let rows: Vec<Named> = rows.collect();
    if rows.is_empty() {
        return Err(Problem::invalid("line 2: no profile is named.")
            .with_hint("Below the line with the columns comes a line a profile."));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemCode;

    fn parse(document: &[u8]) -> Result<Vec<Named>, Problem> {
        understood(&CsvFile::parse(document, COLUMNS)?)
    }

    #[test]
    fn a_file_of_profiles_names_each_and_its_account_if_it_has_that_column() {
        let row = |line, name: &str, account: &str| Named {
            line,
            name: name.to_owned(),
            account: account.to_owned(),
        };
        let both = [row(2, "Pier 4", "Acme"), row(3, "Pier 5", "")];
        assert_eq!(
            parse(b"name,account\nPier 4,Acme\n Pier 5 ,\n").unwrap(),
            both
        );
        // As a spreadsheet of some countries writes it.
        assert_eq!(
            parse(b"\xef\xbb\xbfName;Account\r\nPier 4;Acme\r\nPier 5;\r\n").unwrap(),
            both
        );
        assert_eq!(parse(b"name\nPier 4\n").unwrap(), [row(2, "Pier 4", "")]);
        for bad in [
            &b"account\nAcme\n"[..],
            b"name\n",
            b"name,account\nPier\n",
            b"name,name\nPier,Pier\n",
        ] {
            assert_eq!(parse(bad).unwrap_err().code, ProblemCode::InvalidInput);
        }
    }
}
