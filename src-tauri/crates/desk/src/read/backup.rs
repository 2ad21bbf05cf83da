//! A profile's backups at TagoIO, as its list told them last.

use model::Dataset;
use store::{ProfileKey, Subject};

use super::age::freshness;
use super::fleet::no_such_profile;
use super::{BackupRow, BackupsView};
use crate::change::backup_hindered;
use crate::open::Desk;
use crate::owner::owner_of;
use crate::problem::Problem;
use crate::settings::Settings;

impl Desk {
    /// A profile's backups, the newest first; nothing is asked of the API.
    pub async fn backups(&self, profile: i64) -> Result<BackupsView, Problem> {
        let now = self.inner.clock.now();
        let key = ProfileKey(profile);
        self.inner
            .read(move |store| {
                let Some(profile) = store.profile(key)? else {
                    return Ok(None);
                };
                let owner = owner_of(store, key)?;
                let blocked = match &owner {
                    Some(owner) => backup_hindered(store, owner, &profile, now)?,
                    None => None,
                };
                let settings = Settings::read(store)?;
                let status = store.status(Subject::Profile(key), Dataset::Backups)?;
                let rows = store.backups(key)?.into_iter().map(row).collect();
                Ok(Some(BackupsView {
                    rows,
                    owned: owner.is_some(),
                    blocked: blocked.map(|refusal| refusal.message),
                    freshness: freshness(Dataset::Backups, status.as_ref(), &settings, now),
                }))
            })
            .await?
            .ok_or_else(no_such_profile)
    }
}

fn row(backup: store::Backup) -> BackupRow {
    BackupRow {
        id: backup.id,
        created_at: backup.created_at,
        status: backup.status,
        file_size: backup.file_size,
        error: backup.error,
    }
}
