//! A profile's backups at TagoIO: its list, written as a sync writes it, and asked for when a person looks at it.

use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt;
use model::{Dataset, FetchOutcome};
use store::{Aspect, ProfileKey, StoreError, Subject, Writer};
use tagoio::BackupStatus;
use tokio_util::sync::CancellationToken;

use super::changelog::{Log, backups};
use super::{Ready, Unanswered, ask, note_signed_out};
use crate::change::not_sent;
use crate::event::StoreNews;
use crate::open::Desk;
use crate::pace::Priority;
use crate::problem::{Problem, outcome_of};

/// Writes a list, and notes where the newest one grew old.
pub(super) fn listed(
    store: &Writer<'_>,
    profile: ProfileKey,
    rows: Vec<tagoio::Backup>,
    age: Option<Duration>,
    log: &mut Log,
) -> Result<(), StoreError> {
    let subject = Subject::Profile(profile);
    let completed = rows
        .iter()
        .filter(|backup| backup.status == Some(BackupStatus::Completed));
    let newest = completed.filter_map(|backup| backup.created_at).max();
    let before = store.version(subject, Aspect::Backups)?;
    let before = before.and_then(|before| before.value);
    backups::aged(before, newest, age, log);
    store.put_version(subject, Aspect::Backups, &newest, log.at())?;
    let rows: Vec<_> = rows.into_iter().map(backup).collect();
    store.put_backups(profile, &rows, log.at())
}

fn backup(said: tagoio::Backup) -> store::Backup {
    store::Backup {
        id: said.id.as_str().to_owned(),
        created_at: said.created_at,
        status: said.status.map(|status| status.key().to_owned()),
        file_size: said.file_size,
        error: said.error_message,
    }
}

impl Desk {
    /// Asks TagoIO for a profile's backups, and writes what it says. That the plan has none is an answer, too.
    pub async fn fetch_backups(&self, profile: i64) -> Result<(), Problem> {
        let inner = Arc::clone(&self.inner);
        let (profile, account) = inner.owned(profile, "The list of backups").await?;
        let (key, subject) = (profile.key, Subject::Profile(profile.key));
        let age = inner.settings().await?.backup_age();
        let never = CancellationToken::new();
        inner.pace.try_again();
        let began_at = inner.clock.now();
        let ready = Ready::open(&inner, &account, None, true, &never).await?;
        let id = profile.id.clone();
        let answer = ask(&inner, &ready, Priority::LookedAt, |session| async move {
            session.backups(&id).try_collect::<Vec<_>>().await
        })
        .await;
        let now = inner.clock.now();
        let (outcome, problem) = match answer {
            Ok(rows) => {
                let mut log = Log::new(account.key, subject, now);
                inner
                    .write(move |store| {
                        if store.changed_since(subject, began_at)? {
                            return Ok(());
                        }
                        let before = store.status(subject, Dataset::Backups)?;
                        log.begin(before.and_then(|status| status.succeeded_at));
                        listed(store, key, rows, age, &mut log)?;
                        log.write(store)?;
                        store.put_status(subject, Dataset::Backups, &FetchOutcome::Ok, now)
                    })
                    .await?;
                (None, None)
            }
            Err(Unanswered::Failed(error)) => {
                let outcome = outcome_of(&error, now);
                let refused = matches!(outcome, FetchOutcome::NotPermitted { .. });
                let problem = Problem::from_api(&error, now);
                (Some(outcome), Some(problem).filter(|_| !refused))
            }
            Err(Unanswered::Stopped) => (None, Some(not_sent(&inner, &ready))),
        };
        if let Some(outcome) = outcome {
            inner
                .write(move |store| store.put_status(subject, Dataset::Backups, &outcome, now))
                .await?;
        }
        let mut news = StoreNews::profile(key.0);
        news.activity = true;
        inner.tell_changed(news);
        match problem {
            Some(problem) => {
                note_signed_out(&inner, account.key, &problem).await?;
                Err(problem)
            }
            None => Ok(()),
        }
    }
}
