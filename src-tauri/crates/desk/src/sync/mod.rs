//! Fetching everything that the accounts reach into the store.
//!
//! A run has two stages: each account's own datasets, with its list of profiles; then each profile once,
//! by the account that [`assign`] chose. Each dataset is written in one transaction with the status
//! of its fetch, so a run that is killed loses what was in flight and nothing else.

mod account;
mod ask;
mod assign;
mod gate;
mod lock;
mod profile;
mod record;
mod run;
mod span;
mod tally;

pub(crate) use gate::Gate;
pub(crate) use record::Subscription;
pub(crate) use run::Run;

/// What to sync; everything by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncRequest {
    /// One account alone, by its number in the store.
    pub account: Option<i64>,
    /// One profile alone, by its number in the store.
    pub profile: Option<i64>,
    /// Ask for the whole history again, not only for what is new.
    pub full: bool,
    /// Where another process syncs an account, wait for its end instead of giving up on that account.
    pub wait: bool,
}
