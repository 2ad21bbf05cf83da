//! `pdesk sync --archive`: after the sync, the audit logs.

use std::fmt::Write as _;

use desk::read::{
    ArchiveAccount, ArchiveChoice, ArchiveError, ArchiveReport, SyncError, SyncReport, SyncStatus,
};
use desk::{Desk, Problem};
use model::Dataset;
use serde::Serialize;

use crate::defuse::for_terminal;
use crate::failure::{Exit, Failure, exit_of, exit_of_all};
use crate::{ask, meanwhile, output, wording};

/// Errors that are listed for a person; JSON has them all.
const ERRORS_SHOWN: usize = 10;

/// What became of the archive.
#[derive(Debug, Default, Serialize)]
pub(super) struct Archived {
    #[serde(flatten)]
    report: ArchiveReport,
    /// Accounts that are not archived because nobody said whether they are to be.
    undecided: Vec<ArchiveAccount>,
    /// Whether there was an account to archive.
    #[serde(skip)]
    tried: bool,
}

/// Archives the accounts that are to be: of all of them, or the one that was named.
pub(super) async fn after(
    desk: &Desk,
    sync: &SyncReport,
    named: Option<i64>,
    yes: bool,
) -> Result<Archived, Failure> {
    if sync.cancelled {
        return Ok(cancelled());
    }
    let accounts = match desk.archive_accounts().await {
        Ok(accounts) => accounts,
        Err(problem) => return Ok(failed(problem)),
    };
    let (mut chosen, mut undecided) = (Vec::new(), Vec::new());
    for account in accounts {
        if named.is_some_and(|named| named != account.account) || was_in_vain(sync, &account) {
            continue;
        }
        match decision(&account, named.is_some(), yes) {
            Decision::Archive => chosen.push(account.account),
            Decision::PassOver => {}
            Decision::Ask if ask::is_possible() => {
                let question = for_terminal(&question(&account)).into_owned();
                if meanwhile::asking(question, "--yes").await? {
                    chosen.push(account.account);
                }
            }
            Decision::Ask => {
                output::notice(&for_terminal(&not_archived(&account)));
                undecided.push(account);
            }
        }
    }
    // Nothing chosen would mean all to the desk.
    if chosen.is_empty() {
        return Ok(Archived {
            undecided,
            ..Archived::default()
        });
    }
    let archived = match meanwhile::archiving(desk, desk.archive(chosen)).await? {
        Ok(report) => Archived {
            report,
            tried: true,
            ..Archived::default()
        },
        Err(problem) => failed(problem),
    };
    Ok(Archived {
        undecided,
        ..archived
    })
}

/// Somebody stopped it before it began.
fn cancelled() -> Archived {
    Archived {
        report: ArchiveReport {
            cancelled: true,
            ..ArchiveReport::default()
        },
        ..Archived::default()
    }
}

/// What stopped all of it must not take the sync's own report with it.
fn failed(problem: Problem) -> Archived {
    Archived {
        report: ArchiveReport {
            errors: vec![ArchiveError {
                account: None,
                error: SyncError {
                    profile: None,
                    dataset: Some(Dataset::Audit),
                    code: problem.code,
                    message: problem.message,
                    retry_at: problem.retry_at,
                },
            }],
            ..ArchiveReport::default()
        },
        tried: true,
        ..Archived::default()
    }
}

/// Whether the sync found that this account cannot be asked; that has been said.
fn was_in_vain(sync: &SyncReport, account: &ArchiveAccount) -> bool {
    sync.accounts.iter().any(|synced| {
        synced.label == account.label
            && matches!(synced.status, SyncStatus::SignedOut | SyncStatus::Offline)
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    Archive,
    Ask,
    PassOver,
}

fn decision(account: &ArchiveAccount, named: bool, yes: bool) -> Decision {
    match account.choice {
        ArchiveChoice::On => Decision::Archive,
        // Naming it is a decision.
        ArchiveChoice::Off if named => Decision::Archive,
        ArchiveChoice::Off => Decision::PassOver,
        ArchiveChoice::Ask if yes => Decision::Archive,
        ArchiveChoice::Ask => Decision::Ask,
    }
}

fn question(account: &ArchiveAccount) -> String {
    format!(
        "“{}” owns {} profiles. To archive their audit logs takes {}; it can be stopped, and goes on where \
         it stopped. Archive them?",
        account.label,
        account.profiles,
        effort(account)
    )
}

fn not_archived(account: &ArchiveAccount) -> String {
    format!(
        "“{}” owns {} profiles. To archive their audit logs takes {}, so it is asked first, and there is no \
         terminal to ask on: they are not archived. Add --yes to archive them.",
        account.label,
        account.profiles,
        effort(account)
    )
}

/// About how much is to be done.
fn effort(account: &ArchiveAccount) -> String {
    let requests = wording::number(account.requests.into());
    format!("about {requests} requests and {}", lasting(account.days))
}

/// A time in days, in the unit that a person would choose.
fn lasting(days: f64) -> String {
    let (count, unit) = if days >= 1.5 {
        (days, "days")
    } else if days * 24.0 >= 1.5 {
        (days * 24.0, "hours")
    } else {
        (days * 24.0 * 60.0, "minutes")
    };
    format!("{} {unit}", wording::number(count.ceil()))
}

impl Archived {
    /// How it ended; `None` if there was nothing to do and nothing to decide.
    pub(super) fn exit(&self) -> Option<Exit> {
        let report = &self.report;
        if !self.tried && !report.cancelled {
            return (!self.undecided.is_empty()).then_some(Exit::Partly);
        }
        if report.errors.is_empty() && !report.cancelled {
            return Some(if self.undecided.is_empty() {
                Exit::Done
            } else {
                Exit::Partly
            });
        }
        if report.windows > 0 || report.profiles.ok > 0 {
            return Some(Exit::Partly);
        }
        Some(exit_of_all(
            report.errors.iter().map(|one| exit_of(one.error.code)),
        ))
    }

    pub(super) fn text(&self) -> String {
        let report = &self.report;
        if !self.tried {
            return if self.undecided.is_empty() && !report.cancelled {
                "\nAudit log: no account to archive.\n".to_owned()
            } else {
                "\nAudit log: not archived.\n".to_owned()
            };
        }
        let mut text = "\n".to_owned();
        for ArchiveError { account, error } in report.errors.iter().take(ERRORS_SHOWN) {
            let profile = error.profile.as_ref().map(ToString::to_string);
            let of = profile
                .or_else(|| account.clone())
                .map_or_else(String::new, |of| format!("{of} "));
            let line = format!("{of}audit: {}", error.message);
            text.push_str(&for_terminal(&line));
            text.push('\n');
        }
        let more = report.errors.len().saturating_sub(ERRORS_SHOWN);
        if more > 0 {
            // A string takes everything.
            let _ = writeln!(text, "… and {more} more; --json lists them all.");
        }
        let _ = writeln!(
            text,
            "{}Audit log: {} new events in {} parts; profiles complete: {}, failed: {}, not complete yet: {}; \
             requests: {}, seconds: {:.1}",
            if report.cancelled {
                "Stopped early. "
            } else {
                ""
            },
            wording::number(to_float(report.events)),
            report.windows,
            report.profiles.ok,
            report.profiles.failed,
            report.profiles.skipped,
            report.requests,
            report.seconds,
        );
        text
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a number of events is far below 2^53"
)]
fn to_float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use desk::ProblemCode;
    use desk::read::{SyncAccountReport, SyncCounts};

    use super::*;

    fn account(choice: ArchiveChoice) -> ArchiveAccount {
        ArchiveAccount {
            account: 1,
            label: "Acme".to_owned(),
            profiles: 812,
            done: 0,
            choice,
            requests: 65_772,
            days: 2.03,
        }
    }

    fn archived(windows: u32, code: Option<ProblemCode>, cancelled: bool) -> Archived {
        let error = |code| ArchiveError {
            account: Some("Acme".to_owned()),
            error: SyncError {
                profile: None,
                dataset: Some(Dataset::Audit),
                code,
                message: "No.".to_owned(),
                retry_at: None,
            },
        };
        Archived {
            report: ArchiveReport {
                windows,
                cancelled,
                errors: code.map(error).into_iter().collect(),
                ..ArchiveReport::default()
            },
            undecided: Vec::new(),
            tried: true,
        }
    }

    #[test]
    fn what_was_turned_off_is_archived_only_by_name_and_many_profiles_only_with_a_yes() {
        use ArchiveChoice::{Ask, Off, On};
        for (choice, named, yes, decided) in [
            (On, false, false, Decision::Archive),
            (Off, false, true, Decision::PassOver),
            (Off, true, false, Decision::Archive),
            (Ask, false, false, Decision::Ask),
            (Ask, true, false, Decision::Ask),
            (Ask, false, true, Decision::Archive),
        ] {
            assert_eq!(decision(&account(choice), named, yes), decided);
        }
    }

    #[test]
    fn the_question_says_how_many_requests_and_how_long() {
        let said = question(&account(ArchiveChoice::Ask));
        assert!(
            said.contains("812 profiles") && said.contains("about 65,772 requests and 3 days"),
            "{said}"
        );
        let said = not_archived(&account(ArchiveChoice::Ask));
        assert!(said.contains("--yes"), "{said}");
        assert_eq!(lasting(0.25), "6 hours");
        assert_eq!(lasting(0.01), "15 minutes");
    }

    #[test]
    fn what_failed_of_a_whole_account_names_it() {
        let said = archived(0, Some(ProblemCode::Busy), false).text();
        assert!(said.starts_with("\nAcme audit: No.\n"), "{said}");
    }

    #[test]
    fn an_archive_ends_as_it_went() {
        for (archived, exit) in [
            (archived(3, None, false), Some(Exit::Done)),
            (archived(0, None, false), Some(Exit::Done)),
            (archived(3, None, true), Some(Exit::Partly)),
            (
                archived(3, Some(ProblemCode::Rejected), false),
                Some(Exit::Partly),
            ),
            (
                archived(0, Some(ProblemCode::Offline), false),
                Some(Exit::Offline),
            ),
            (
                archived(0, Some(ProblemCode::Busy), false),
                Some(Exit::Failed),
            ),
            (Archived::default(), None),
            (cancelled(), Some(Exit::Failed)),
        ] {
            assert_eq!(archived.exit(), exit, "{archived:?}");
        }
        let undecided = vec![account(ArchiveChoice::Ask)];
        for archived in [archived(3, None, false), Archived::default()] {
            let undecided = undecided.clone();
            let archived = Archived {
                undecided,
                ..archived
            };
            assert_eq!(archived.exit(), Some(Exit::Partly), "{archived:?}");
        }
    }

    #[test]
    fn an_account_that_the_sync_could_not_reach_is_not_tried_again() {
        let report = |status| SyncReport {
            requests: 1,
            retries: 0,
            rate_limited: 0,
            seconds: 1.0,
            cancelled: false,
            ended_at: model::Timestamp::UNIX_EPOCH,
            accounts: vec![SyncAccountReport {
                label: "Acme".to_owned(),
                status,
                profiles: SyncCounts::default(),
                errors: Vec::new(),
            }],
        };
        let one = account(ArchiveChoice::On);
        assert!(was_in_vain(&report(SyncStatus::Offline), &one));
        assert!(was_in_vain(&report(SyncStatus::SignedOut), &one));
        assert!(!was_in_vain(&report(SyncStatus::Partial), &one));
        assert!(
            !was_in_vain(&report(SyncStatus::Failed), &one),
            "another process may sync it"
        );
    }
}
