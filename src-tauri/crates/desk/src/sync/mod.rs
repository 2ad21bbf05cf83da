//! Fetching what the accounts reach into the store: a plan of what is due, then its execution.
//!
//! A plan is made of what is stored and when it was fetched ([`plan`]), first for the accounts' own
//! datasets, then for the profiles that their lists hold. Operations are carried out many at once
//! ([`work`]), each request in its turn ([`crate::pace`]). Each answer is written in one transaction with
//! the status of its fetch and what it shows to have changed ([`job`], [`changelog`]), so a run that is
//! killed loses what was in flight and nothing else, and the next plan goes on where it stopped.

mod account;
mod assign;
mod backups;
mod changelog;
mod control;
mod job;
mod lock;
mod plan;
mod planned;
mod profile;
mod pulse;
mod queue;
mod ready;
mod record;
mod run;
mod span;
mod tally;
mod trend;
mod work;

use model::Dataset;
use store::ProfileKey;

pub(crate) use changelog::Log;
pub(crate) use changelog::billing::{health as health_changed, schedule as schedule_changed};
pub(crate) use changelog::limits::{changed as limits_changed, crossed as limits_crossed};
pub(crate) use changelog::people::listed as team_listed;
pub(crate) use changelog::profiles::{appeared, renamed};
pub(crate) use changelog::tokens::{called as token_called, is_sign_in, listed as tokens_listed};
pub(crate) use control::Run;
pub(crate) use job::{Unanswered, ask};
pub(crate) use ready::{Ready, is_able, note_signed_out};
pub(crate) use record::{
    Health, Payment, Prices, Schedule, Subscription, expiry as token_expiry, token as token_meta,
};
pub(crate) use span::due_at;

/// What to sync; what is due of everything by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncRequest {
    /// These accounts alone, by their numbers in the store; all if empty.
    pub accounts: Vec<i64>,
    /// All of one profile, by its number in the store, however fresh it is, and nothing else but the list
    /// that says whether it is still there.
    pub profile: Option<i64>,
    /// These datasets also where they are fresh.
    pub datasets: Vec<Dataset>,
    /// Everything, also where it is fresh.
    pub all: bool,
    /// Everything, and the whole history again, not only what is new of it.
    pub full: bool,
    /// Where another process syncs an account, wait for its end instead of giving up on that account.
    pub wait: bool,
}

impl SyncRequest {
    /// Who gets in: the teams and tokens of all profiles, however fresh they are, and what is due anyway.
    pub fn of_access() -> Self {
        Self {
            datasets: vec![Dataset::Profiles, Dataset::Team, Dataset::Tokens],
            ..Self::default()
        }
    }

    fn wish(&self) -> plan::Wish {
        plan::Wish {
            all: self.all || self.full,
            profile: self.profile.map(ProfileKey),
            datasets: self.datasets.clone(),
        }
    }
}
