//! The log of syncs: when each began, how it ended, and what failed in it.

use store::SyncRun;

use super::{
    SyncCounts, SyncReport, SyncRunEnd, SyncRunRow, SyncRunsPage, SyncRunsQuery, SyncStatus,
};
use crate::open::Desk;
use crate::problem::{Problem, ProblemCode};

impl Desk {
    /// A part of the log of syncs, newest first.
    pub async fn sync_runs(&self, query: SyncRunsQuery) -> Result<SyncRunsPage, Problem> {
        let (total, runs) = self
            .inner
            .read(move |store| {
                let runs = store.sync_runs(query.offset, query.limit)?;
                Ok((store.count_sync_runs()?, runs))
            })
            .await?;
        let rows = runs.into_iter().map(row).collect::<Result<_, _>>()?;
        Ok(SyncRunsPage { total, rows })
    }

    /// How one run ended, with all that failed in it; `None` if it did not end.
    pub async fn sync_run(&self, key: i64) -> Result<Option<SyncReport>, Problem> {
        let run = self.inner.read(move |store| store.sync_run(key)).await?;
        let run = run.ok_or_else(|| {
            let message = format!("There is no sync {key} in the store.");
            Problem::new(ProblemCode::NotFound, message)
                .with_hint("Only the newest 1,000 are kept.")
        })?;
        report(run)
    }
}

fn report(run: SyncRun) -> Result<Option<SyncReport>, Problem> {
    run.report
        .map(serde_json::from_value)
        .transpose()
        .map_err(|error| {
            let key = run.key;
            Problem::internal(format!("the report of sync {key} cannot be read: {error}"))
        })
}

fn row(run: SyncRun) -> Result<SyncRunRow, Problem> {
    let (key, started_at) = (run.key, run.started_at);
    let end = report(run)?.map(|report| end(&report));
    Ok(SyncRunRow {
        key,
        started_at,
        end,
    })
}

fn end(report: &SyncReport) -> SyncRunEnd {
    let accounts = &report.accounts;
    let mut profiles = SyncCounts::default();
    for account in accounts {
        profiles.ok += account.profiles.ok;
        profiles.failed += account.profiles.failed;
        profiles.skipped += account.profiles.skipped;
    }
    let errors: usize = accounts.iter().map(|account| account.errors.len()).sum();
    SyncRunEnd {
        at: report.ended_at,
        seconds: report.seconds,
        status: status(report),
        cancelled: report.cancelled,
        requests: report.requests,
        retries: report.retries,
        rate_limited: report.rate_limited,
        accounts: accounts
            .iter()
            .map(|account| account.label.clone())
            .collect(),
        profiles,
        errors: u32::try_from(errors).unwrap_or(u32::MAX),
    }
}

/// What all accounts have in common; where they differ, a part arrived, or all failed in different ways.
fn status(report: &SyncReport) -> SyncStatus {
    let mut all = report.accounts.iter().map(|account| account.status);
    let first = all.next().unwrap_or(SyncStatus::Ok);
    if all.all(|status| status == first) {
        return first;
    }
    let arrived = |status| matches!(status, SyncStatus::Ok | SyncStatus::Partial);
    if report
        .accounts
        .iter()
        .any(|account| arrived(account.status))
    {
        SyncStatus::Partial
    } else {
        SyncStatus::Failed
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::*;
    use crate::read::SyncAccountReport;

    fn status_of(statuses: &[SyncStatus]) -> SyncStatus {
        status(&SyncReport {
            requests: 0,
            retries: 0,
            rate_limited: 0,
            seconds: 0.0,
            cancelled: false,
            ended_at: Timestamp::UNIX_EPOCH,
            accounts: statuses
                .iter()
                .map(|status| SyncAccountReport {
                    label: "Acme".to_owned(),
                    status: *status,
                    profiles: SyncCounts::default(),
                    errors: Vec::new(),
                })
                .collect(),
        })
    }

    #[test]
    fn the_whole_is_what_all_accounts_have_in_common_or_a_part() {
        use SyncStatus::{Failed, Offline, Ok, Partial, SignedOut};
        for (accounts, whole) in [
            (&[][..], Ok),
            (&[Ok, Ok], Ok),
            (&[Offline, Offline], Offline),
            (&[SignedOut], SignedOut),
            (&[Ok, Offline], Partial),
            (&[Partial, Failed], Partial),
            (&[Offline, SignedOut], Failed),
        ] {
            assert_eq!(status_of(accounts), whole, "{accounts:?}");
        }
    }
}
