//! `pdesk account add --from`: connects the accounts that a CSV file names, each whatever becomes of the others.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use desk::read::AccountRow;
use desk::{CsvFile, Desk, NewAccount};
use serde::Serialize;

use super::account::Described;
use crate::failure::{Exit, Failure, exit_of_all};
use crate::output::{self, Output};
use crate::table::Fitted;
use crate::{ask, csv_file, defuse, meanwhile};

/// What the file has.
const COLUMNS: &str = "label and region";

/// An account that the file names.
#[derive(Debug, PartialEq, Eq)]
struct Named {
    /// The line of the file that it begins on.
    line: u64,
    label: String,
    region: String,
}

/// What became of an account that the file names.
struct Outcome {
    named: Named,
    connected: Result<AccountRow, Failure>,
}

pub(super) async fn add(
    desk: &Desk,
    file: &Path,
    token_stdin: bool,
    keychain: bool,
    output: &Output,
) -> Result<Exit, Failure> {
    let named = csv_file::read(file, COLUMNS, understood)?;
    let labels: Vec<&str> = named.iter().map(|one| one.label.as_str()).collect();
    let tokens = ask::tokens(&labels, token_stdin)?;
    let mut outcomes = Vec::with_capacity(named.len());
    for (named, token) in named.into_iter().zip(tokens) {
        let new = NewAccount {
            label: named.label.clone(),
            region: named.region.clone(),
            token,
            keychain,
        };
        let connected = meanwhile::waiting(desk, desk.connect(new)).await;
        outcomes.push(Outcome {
            named,
            connected: connected.map_err(Failure::from),
        });
    }
    let reported: Vec<Reported<'_>> = outcomes.iter().map(Reported::from).collect();
    output.result(&reported, || text(&outcomes, output::width()))?;
    Ok(exit(&outcomes))
}

/// The accounts of a file. It must be whole: one that is not as it should be connects none of them.
fn understood(file: &CsvFile) -> Result<Vec<Named>, Failure> {
    if file.titles.iter().any(|title| title == "token") {
        return Err(
            Failure::usage("line 1: there is a column of tokens.").with_hint(
                "A token does not belong in a file. Delete the column, and give the tokens when asked, or with \
                 --token-stdin.",
            ),
        );
    }
    let (label, region) = (file.column("label")?, file.column("region")?);
    let mut named: Vec<Named> = Vec::new();
    let mut seen: HashMap<String, u64> = HashMap::new();
    for (line, record) in &file.rows {
        let field = |place: usize| record.get(place).unwrap_or_default().to_owned();
        let one = Named {
            line: *line,
            label: field(label),
            region: field(region),
        };
        // As the store compares them.
        if let Some(first) = seen.insert(one.label.to_lowercase(), *line) {
            return Err(Failure::usage(format!(
                "line {line}: the label “{}” stands on line {first} already.",
                one.label
            ))
            .with_hint("Give each account a label of its own."));
        }
        named.push(one);
    }
    if named.is_empty() {
        return Err(Failure::usage("line 2: no account is named.")
            .with_hint("Below the line with the columns comes a line an account."));
    }
    Ok(named)
}

fn exit(outcomes: &[Outcome]) -> Exit {
    let failures: Vec<Exit> = outcomes
        .iter()
        .filter_map(|one| one.connected.as_ref().err())
        .map(|failure| failure.exit)
        .collect();
    match failures.len() {
        0 => Exit::Done,
        failed if failed < outcomes.len() => Exit::Partly,
        _ => exit_of_all(failures.into_iter()),
    }
}

fn text(outcomes: &[Outcome], width: Option<u16>) -> String {
    let mut table = Fitted::default()
        .numbers("Line", 0)
        .words("Label", 0)
        .exact("Ended", 0)
        .words("Region", 1);
    let mut told = String::new();
    for Outcome { named, connected } in outcomes {
        let ended = match connected {
            Ok(account) if account.label != named.label => {
                // Writing to a string cannot fail.
                let _ = writeln!(
                    told,
                    "Line {}: this account is connected as “{}”, which it is still called.",
                    named.line, account.label
                );
                "connected"
            }
            Ok(_) => "connected",
            Err(failure) => {
                let hint = failure.hint.as_deref().unwrap_or_default();
                let told_of = format!("Line {}: {} {hint}", named.line, failure.message);
                told.push_str(told_of.trim_end());
                told.push('\n');
                "failed"
            }
        };
        table.row([&named.line.to_string(), &named.label, ended, &named.region]);
    }
    let connected = outcomes.iter().filter(|one| one.connected.is_ok()).count();
    let next = if connected > 0 {
        " Fetch their profiles with: pdesk sync"
    } else {
        ""
    };
    let end = format!("Connected {connected} of {}.{next}\n", outcomes.len());
    format!(
        "{}\n{}{end}",
        table.print(width),
        defuse::lines_for_terminal(&told)
    )
}

/// What became of an account, in JSON.
#[derive(Serialize)]
struct Reported<'a> {
    line: u64,
    label: &'a str,
    region: &'a str,
    connected: bool,
    account: Option<Described<'a>>,
    error: Option<&'a Failure>,
}

impl<'a> From<&'a Outcome> for Reported<'a> {
    fn from(outcome: &'a Outcome) -> Self {
        Self {
            line: outcome.named.line,
            label: &outcome.named.label,
            region: &outcome.named.region,
            connected: outcome.connected.is_ok(),
            account: outcome.connected.as_ref().ok().map(Described::from),
            error: outcome.connected.as_ref().err(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(document: &[u8]) -> Result<Vec<Named>, Failure> {
        understood(&CsvFile::parse(document, COLUMNS)?)
    }

    #[test]
    fn columns_stand_in_any_order_beside_others_and_lines_are_counted_as_in_the_file() {
        let document =
            "\u{feff}Region, Label ,note\r\n\r\neu-w1, Acme ,\"two\nlines\"\nus-e1,\"A, B\",\n";
        let named = parse(document.as_bytes()).unwrap();
        let named: Vec<_> = named
            .iter()
            .map(|one| (one.line, one.label.as_str(), one.region.as_str()))
            .collect();
        assert_eq!(named, [(3, "Acme", "eu-w1"), (5, "A, B", "us-e1")]);
    }

    #[test]
    fn a_file_that_is_not_as_it_should_be_is_refused_with_its_line() {
        for (document, said) in [
            (&b""[..], "line 1: the column “label” is missing"),
            (b"label\nAcme\n", "line 1: the column “region” is missing"),
            (
                b"label,region,label\n",
                "line 1: the column “label” stands twice",
            ),
            (b"label,region\n", "line 2: no account is named"),
            (
                b"label,region,Token\nAcme,us-e1,p-1\n",
                "line 1: there is a column of tokens",
            ),
            (
                b"label,region\nAcme,us-e1\nB,eu-w1\nacme,eu-w1\n",
                "line 4: the label “acme” stands on line 2 already",
            ),
            (
                b"label,region\nAcme\n",
                "line 2: it has 1 fields where the first line has 2",
            ),
            (
                b"label,region\nA,us-e1\n\xff,us-e1\n",
                "line 3: it is not UTF-8",
            ),
        ] {
            let failure = parse(document).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            assert!(failure.message.starts_with(said), "{}", failure.message);
        }
    }
}
