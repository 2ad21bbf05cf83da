//! `--live`: what is shown is fetched first. What did not arrive is not shown as if it had.

use desk::read::SyncReport;
use desk::{Desk, SyncRequest};

use super::sync::refuse_without_accounts;
use crate::failure::{Failure, exit_of, exit_of_all};
use crate::meanwhile;

/// The way on where what is stored would do.
const STORED: &str = "The stored values are shown without --live, with their age.";

/// Fetches one profile, by its number in the store.
pub(super) async fn one(desk: &Desk, profile: i64) -> Result<(), Failure> {
    let request = SyncRequest {
        profile: Some(profile),
        ..SyncRequest::default()
    };
    let report = fetch(desk, request, STORED).await?;
    if report
        .accounts
        .iter()
        .all(|account| account.profiles.ok == 0)
    {
        return Err(
            Failure::failed("not_found", "The API does not list this profile any more.")
                .with_hint("What is stored of it is shown without --live."),
        );
    }
    Ok(())
}

/// Fetches all profiles of all accounts.
pub(super) async fn all(desk: &Desk) -> Result<(), Failure> {
    fetch(desk, everything(), STORED).await.map(drop)
}

/// Fetches who gets in: the teams and the tokens of all profiles. What is not permitted is no failure, and is told.
pub(super) async fn access(desk: &Desk) -> Result<(), Failure> {
    let stored = "Without --sync what is stored is used, with its age.";
    fetch(desk, SyncRequest::of_access(), stored)
        .await
        .map(drop)
}

/// What is fresh as well: it is the API that is asked, not the store.
fn everything() -> SyncRequest {
    SyncRequest {
        all: true,
        ..SyncRequest::default()
    }
}

async fn fetch(
    desk: &Desk,
    request: SyncRequest,
    hint: &'static str,
) -> Result<SyncReport, Failure> {
    refuse_without_accounts(desk).await?;
    let report = meanwhile::syncing(desk, desk.sync(request)).await??;
    match failure(&report, hint) {
        Some(failure) => Err(failure),
        None => Ok(report),
    }
}

/// Why the values are not live, if they are not: what failed first, and how much more.
fn failure(report: &SyncReport, hint: &'static str) -> Option<Failure> {
    let mut errors = report
        .accounts
        .iter()
        .flat_map(|account| account.errors.iter().map(move |error| (account, error)));
    let Some((account, first)) = errors.next() else {
        return report.cancelled.then(|| {
            Failure::failed("cancelled", "It was stopped before all had arrived.").with_hint(hint)
        });
    };
    let of = match (&first.profile, first.dataset) {
        (Some(profile), Some(dataset)) => format!("{profile} {dataset}"),
        (Some(profile), None) => profile.to_string(),
        (None, Some(dataset)) => format!("“{}” {dataset}", account.label),
        (None, None) => format!("“{}”", account.label),
    };
    let more = match errors.clone().count() {
        0 => String::new(),
        more => format!(" (And {more} more.)"),
    };
    let exits = errors.map(|(_, error)| exit_of(error.code));
    Some(Failure {
        exit: exit_of_all(std::iter::once(exit_of(first.code)).chain(exits)),
        ..Failure::failed(first.code.key(), format!("{of}: {}{more}", first.message))
            .with_hint(hint)
    })
}
