//! `pdesk sync`: fetch, with a bar, and say how it ended.

use std::fmt::Write as _;

use desk::read::{SyncError, SyncReport, SyncStatus};
use desk::{Desk, ProblemCode, SyncRequest};
use serde::Serialize;

use super::archive::{self, Archived};
use crate::args::SyncArgs;
use crate::defuse::for_terminal;
use crate::failure::{Exit, Failure, exit_of_both, exit_of_sync};
use crate::meanwhile;
use crate::output::{self, Output};
use crate::table::Fitted;

/// Errors that are listed for a person; JSON has them all.
const ERRORS_SHOWN: usize = 10;

pub(super) async fn run(desk: &Desk, wanted: SyncArgs, output: &Output) -> Result<Exit, Failure> {
    let request = request(desk, &wanted).await?;
    let named = request.accounts.first().copied();
    let report = meanwhile::syncing(desk, desk.sync(request)).await??;
    let archive = if wanted.archive {
        Some(archive::after(desk, &report, named, wanted.yes).await?)
    } else {
        None
    };
    let described = Described {
        report: &report,
        archive: archive.as_ref(),
    };
    output.result(&described, || {
        let archive = archive.as_ref().map_or_else(String::new, Archived::text);
        text(&report, output::width()) + &archive
    })?;
    let exit = exit_of_sync(&report);
    let archived = archive.as_ref().and_then(Archived::exit);
    Ok(archived.map_or(exit, |archived| exit_of_both(exit, archived)))
}

/// What the command line asks for.
pub(super) async fn request(desk: &Desk, wanted: &SyncArgs) -> Result<SyncRequest, Failure> {
    let account = match &wanted.account {
        Some(text) => Some(desk.find_account(text).await?.key),
        None => None,
    };
    let profile = match &wanted.profile {
        Some(text) => Some(desk.find_profile(text).await?.key),
        None => None,
    };
    refuse_without_accounts(desk).await?;
    Ok(SyncRequest {
        accounts: account.into_iter().collect(),
        profile,
        all: wanted.fresh,
        full: wanted.full,
        wait: wanted.wait,
        ..SyncRequest::default()
    })
}

/// How it ended, in JSON.
#[derive(Serialize)]
struct Described<'a> {
    #[serde(flatten)]
    report: &'a SyncReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    archive: Option<&'a Archived>,
}

/// Without an account a sync would succeed at nothing.
pub(super) async fn refuse_without_accounts(desk: &Desk) -> Result<(), Failure> {
    if desk.accounts().await?.is_empty() {
        return Err(Failure::failed(
            "not_found",
            "No account is connected, so there is nothing to sync.",
        )
        .with_hint("Connect one with: pdesk account add"));
    }
    Ok(())
}

pub(super) fn text(report: &SyncReport, width: Option<u16>) -> String {
    let mut table = Fitted::default()
        .words("Account", 0)
        .exact("Ended", 0)
        .numbers("Ok", 0)
        .numbers("Failed", 0)
        .numbers("Skipped", 1);
    for account in &report.accounts {
        table.row([
            account.label.clone(),
            account.status.label().to_owned(),
            account.profiles.ok.to_string(),
            account.profiles.failed.to_string(),
            account.profiles.skipped.to_string(),
        ]);
    }
    let mut text = table.print(width);
    let errors: Vec<String> = report
        .accounts
        .iter()
        .flat_map(|account| {
            account.errors.iter().map(|error| {
                let of = error
                    .profile
                    .as_ref()
                    .map_or(account.label.as_str(), |id| id.as_str());
                let dataset = error
                    .dataset
                    .map(|dataset| format!(" {dataset}"))
                    .unwrap_or_default();
                let again = error
                    .retry_at
                    .map(|at| format!(" Try again after {at:.0}."))
                    .unwrap_or_default();
                for_terminal(&format!("{of}{dataset}: {}{again}", error.message)).into_owned()
            })
        })
        .collect();
    if !errors.is_empty() {
        text.push('\n');
    }
    for error in errors.iter().take(ERRORS_SHOWN) {
        text.push_str(error);
        text.push('\n');
    }
    let busy = |error: &SyncError| error.code == ProblemCode::Busy;
    if report
        .accounts
        .iter()
        .any(|account| account.errors.iter().any(busy))
    {
        text.push_str("With --wait pdesk waits for its end and then syncs.\n");
    }
    let more = errors.len().saturating_sub(ERRORS_SHOWN);
    if more > 0 {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "… and {more} more; --json lists them all.");
    }
    if nothing_was_due(report) {
        text.push_str(
            "\nEverything is fresh, so nothing was asked. With --fresh it is all the same.\n",
        );
    }
    let _ = write!(
        text,
        "\n{}Requests: {}, repeats: {}, held back by the API's limit: {}, seconds: {:.1}\n",
        if report.cancelled {
            "Stopped early. "
        } else {
            ""
        },
        report.requests,
        report.retries,
        report.rate_limited,
        report.seconds,
    );
    text
}

/// Whether the sync asked nothing since all was known.
fn nothing_was_due(report: &SyncReport) -> bool {
    let is_ok = |status| status == SyncStatus::Ok;
    report.requests == 0
        && !report.cancelled
        && report.accounts.iter().all(|account| is_ok(account.status))
}

#[cfg(test)]
mod tests {
    use desk::read::{SyncAccountReport, SyncCounts};
    use model::{Dataset, Timestamp};

    use super::*;

    #[test]
    fn what_failed_says_of_what_why_and_when_to_try_again() {
        let error = SyncError {
            profile: None,
            dataset: Some(Dataset::Prices),
            code: ProblemCode::RateLimited,
            message: "Too many requests.".to_owned(),
            retry_at: Some("2026-11-24T14:06:00Z".parse().unwrap()),
        };
        let report = SyncReport {
            requests: 1,
            retries: 0,
            rate_limited: 1,
            seconds: 1.0,
            cancelled: false,
            ended_at: Timestamp::UNIX_EPOCH,
            accounts: vec![SyncAccountReport {
                label: "Acme".to_owned(),
                status: SyncStatus::Partial,
                profiles: SyncCounts::default(),
                errors: vec![error],
            }],
        };
        let said = text(&report, None);
        let line = "Acme prices: Too many requests. Try again after 2026-11-24T14:06:00Z.\n";
        assert!(said.contains(line), "{said}");
    }
}
