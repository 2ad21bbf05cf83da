//! Starting a backup of a profile at TagoIO, and deleting one.
//!
//! TagoIO makes one a day, in the account's time zone: so a backup of the day is the one that was to be started, and
//! is looked for before anything is sent and where an answer is lost.

use futures::TryStreamExt;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Account, ProfileKey, Reader, StoreError, Writer};
use tagoio::{ApiError, BackupId, BackupStatus, Password, Session};
use ts_rs::TS;

use super::{Fields, Refusal, RefusalReason, Sent, Sides, Target, proven, text};
use crate::sync::Log;

const BACKUP: &str = "backup";
const ID: &str = "id";
const MADE_AT: &str = "made_at";

/// As TagoIO calls a backup that it has not begun yet, and one that went wrong.
const QUEUED: &str = "queued";
const FAILED: &str = "failed";

/// A backup that is to be started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CreateBackup {
    /// The profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
}

/// A backup that is to be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeleteBackup {
    /// The profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
    /// TagoIO's id of the backup.
    pub backup: String,
}

/// Why no backup of a profile can be started now, as far as the store knows.
pub(crate) fn hindered(
    store: &Reader<'_>,
    account: &Account,
    profile: &store::Profile,
    now: Timestamp,
) -> Result<Option<Refusal>, StoreError> {
    let plan = account.plan.as_ref().or(profile.plan.as_ref());
    if plan.is_some_and(|plan| plan.eq_ignore_ascii_case("free")) {
        let message = "TagoIO makes no backups on the free plan.";
        let refusal = Refusal::new(RefusalReason::NotPermitted, message);
        return Ok(Some(refusal));
    }
    let today = day(account, now);
    let mut known = store.backups(profile.key)?.into_iter();
    let made = known.find(|backup| {
        let of_today = backup
            .created_at
            .is_some_and(|at| day(account, at) == today);
        of_today && backup.status.as_deref() != Some(FAILED)
    });
    Ok(made.map(|_| today_already(account)))
}

fn today_already(account: &Account) -> Refusal {
    let zone = account.timezone.as_deref().unwrap_or("UTC");
    let message = format!(
        "There is a backup of today: TagoIO makes one a day, by the days of the account's time zone, {zone}."
    );
    Refusal::new(RefusalReason::NothingToDo, message)
}

/// The day that TagoIO counts a moment to.
fn day(account: &Account, at: Timestamp) -> Date {
    let zone = account.timezone.as_deref();
    let zone = zone.and_then(|name| TimeZone::get(name).ok());
    zone.unwrap_or(TimeZone::UTC).to_datetime(at).date()
}

impl CreateBackup {
    /// What must stand at TagoIO for it to be sent: no backup of the day.
    pub(super) fn expects() -> Fields {
        nothing()
    }

    pub(super) fn check(
        store: &Reader<'_>,
        target: &Target,
    ) -> Result<Result<Sides, Refusal>, StoreError> {
        let profile = match target.profile() {
            Ok(profile) => profile,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Some(refusal) = hindered(store, &target.account, profile, target.now)? {
            return Ok(Err(refusal));
        }
        let today = day(&target.account, target.now);
        Ok(Ok(Sides {
            before: nothing(),
            after: of_day(today),
            warnings: vec![
                "It does not hold the data of devices, and it is the one that TagoIO makes today."
                    .to_owned(),
            ],
        }))
    }

    /// That there is a backup of the day.
    pub(super) fn taken() -> Refusal {
        let message = "There is a backup of today at TagoIO, which makes one a day.";
        Refusal::new(RefusalReason::NothingToDo, message)
    }

    pub(super) async fn send(
        session: &Session,
        target: &Target,
        after: &Fields,
    ) -> Result<Sent, ApiError> {
        let today = of_day(day(&target.account, target.now));
        if *after != today {
            // What was to be found out is found out; a backup of another day is another change.
            return Err(ApiError::Unsendable {
                call: "new backup of a profile",
                why: "the day that it was to be of is over. Start one anew.".to_owned(),
            });
        }
        let id = session.create_backup(target.id()?).await?;
        let mut fields = today;
        if let Some(id) = id {
            fields.insert(ID.to_owned(), Value::from(id.as_str()));
            let made_at = target.now.to_string();
            fields.insert(MADE_AT.to_owned(), Value::from(made_at));
        }
        Ok(Sent {
            fields,
            token: None,
        })
    }

    /// The backup of the day that it is about.
    pub(super) async fn read(
        session: &Session,
        target: &Target,
        after: &Fields,
    ) -> Result<Fields, ApiError> {
        let wanted = text(after, BACKUP);
        let listed: Vec<_> = session.backups(target.id()?).try_collect().await?;
        let found = listed.into_iter().find_map(|backup| {
            let at = backup.created_at?;
            let of = day(&target.account, at);
            let fits =
                Some(of.to_string()) == wanted && backup.status != Some(BackupStatus::Failed);
            fits.then_some((backup.id, at, of))
        });
        let Some((id, at, of)) = found else {
            return Ok(nothing());
        };
        let mut fields = of_day(of);
        fields.insert(ID.to_owned(), Value::from(id.as_str()));
        fields.insert(MADE_AT.to_owned(), Value::from(at.to_string()));
        Ok(fields)
    }

    /// Whether what stands is a backup of the day.
    pub(super) fn is_made(after: &Fields, now: &Fields) -> bool {
        let made = text(now, BACKUP);
        made.is_some() && made == text(after, BACKUP)
    }

    /// Without an id it is left to the next list.
    pub(super) fn record(
        store: &Writer<'_>,
        profile: ProfileKey,
        confirmed: &Fields,
        log: &Log,
    ) -> Result<(), StoreError> {
        let Some(id) = text(confirmed, ID) else {
            return Ok(());
        };
        let made_at = text(confirmed, MADE_AT).and_then(|at| at.parse().ok());
        let begun = store::Backup {
            id,
            created_at: made_at.or(Some(log.at())),
            status: Some(QUEUED.to_owned()),
            file_size: None,
            error: None,
        };
        store.put_backup(profile, &begun, log.at())
    }
}

impl DeleteBackup {
    pub(super) fn check(
        &self,
        store: &Reader<'_>,
        target: &Target,
    ) -> Result<Result<Sides, Refusal>, StoreError> {
        let profile = match target.profile() {
            Ok(profile) => profile.key,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut there = store.backups(profile)?.into_iter();
        let Some(backup) = there.find(|backup| backup.id == self.backup) else {
            let message = "There is no such backup any more.";
            return Ok(Err(Refusal::new(RefusalReason::NothingToDo, message)));
        };
        Ok(Ok(Sides {
            before: of(&backup.id, backup.created_at),
            after: nothing(),
            warnings: vec!["What it holds is gone at TagoIO, for good.".to_owned()],
        }))
    }

    fn id(&self) -> Result<BackupId, ApiError> {
        BackupId::try_from(self.backup.clone()).map_err(|error| ApiError::Unsendable {
            call: "deletion of a backup",
            why: format!("{error}."),
        })
    }

    pub(super) async fn send(
        &self,
        session: &Session,
        target: &Target,
        proof: Option<&Password>,
    ) -> Result<(), ApiError> {
        let password = proven("deletion of a backup", proof)?;
        session
            .delete_backup(target.id()?, &self.id()?, password)
            .await?;
        Ok(())
    }

    pub(super) async fn read(
        &self,
        session: &Session,
        target: &Target,
    ) -> Result<Fields, ApiError> {
        let listed: Vec<_> = session.backups(target.id()?).try_collect().await?;
        let found = listed.iter().find(|one| one.id.as_str() == self.backup);
        Ok(found.map_or_else(nothing, |one| of(one.id.as_str(), one.created_at)))
    }

    pub(super) fn record(
        &self,
        store: &Writer<'_>,
        profile: ProfileKey,
        log: &Log,
    ) -> Result<(), StoreError> {
        store.put_backup_gone(profile, &self.backup, log.at())
    }
}

fn nothing() -> Fields {
    Fields::from([(BACKUP.to_owned(), Value::Null)])
}

fn of_day(day: Date) -> Fields {
    Fields::from([(BACKUP.to_owned(), Value::from(day.to_string()))])
}

/// A backup, named by when it was made.
fn of(id: &str, made_at: Option<Timestamp>) -> Fields {
    let name = made_at.map_or_else(|| id.to_owned(), |at| at.to_string());
    Fields::from([(BACKUP.to_owned(), Value::from(name))])
}
