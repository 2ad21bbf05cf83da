//! The right to sync an account: one process has it at a time.

use std::time::Duration;

use store::{Account, AccountLock};
use tokio_util::sync::CancellationToken;

use crate::event::DeskEvent;
use crate::open::Inner;
use crate::problem::{Problem, ProblemCode};

/// How often a lock that is waited for is tried.
const TRY_EVERY: Duration = Duration::from_secs(1);

/// Takes an account's lock. If another process has it, waits for it if told to, for as long as the run is
/// not cancelled, and else is the problem that names the other. `None` if the run was cancelled.
///
/// Whoever waits may hold other accounts' locks: all take them in the order of the accounts' numbers, so
/// that no two can wait for each other.
pub(super) async fn lock(
    inner: &Inner,
    account: &Account,
    wait: bool,
    cancel: &CancellationToken,
) -> Result<Option<AccountLock>, Problem> {
    let mut told = false;
    loop {
        let (key, program) = (account.key, inner.program.clone());
        let taken = inner
            .with_store(move |store| store.lock_account(key, &program))
            .await?;
        let problem = match taken {
            Ok(lock) => return Ok(Some(lock)),
            Err(error) => Problem::from(error),
        };
        if !wait || problem.code != ProblemCode::Busy {
            return Err(problem);
        }
        if !told {
            told = true;
            let text = format!("Waiting for “{}”. {}", account.label, problem.message);
            // Nobody listens: nobody needs to know.
            drop(inner.events.send(DeskEvent::SyncWaiting(text)));
        }
        tokio::select! {
            () = cancel.cancelled() => return Ok(None),
            () = tokio::time::sleep(TRY_EVERY) => {}
        }
    }
}
