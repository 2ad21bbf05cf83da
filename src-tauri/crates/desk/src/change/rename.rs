//! Giving a profile another name.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{ProfileInfo, ProfileKey, StoreError, Writer};
use tagoio::{ApiError, ProfileEdit, Session};
use ts_rs::TS;

use super::{Fields, Refusal, RefusalReason, Sides, Target, text};
use crate::sync::{Log, renamed};

/// Letters of a name, at most.
const LONGEST_NAME: usize = 200;

const NAME: &str = "name";

/// A profile's new name. Two profiles may bear the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Rename {
    /// The profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
    /// Its name from now on; white space around it is not a part of it.
    pub name: String,
}

impl Rename {
    pub(super) fn check(&self, target: &Target) -> Result<Sides, Refusal> {
        let name = self.name.trim();
        if let Some(refusal) = refused(name) {
            return Err(refusal);
        }
        let profile = target.profile()?;
        if name == profile.name {
            let message = format!("It is called “{name}” already.");
            return Err(Refusal::new(RefusalReason::NothingToDo, message));
        }
        Ok(Sides {
            before: fields(Some(&profile.name)),
            after: fields(Some(name)),
            warnings: Vec::new(),
        })
    }

    pub(super) async fn send(&self, session: &Session, target: &Target) -> Result<(), ApiError> {
        let edit = ProfileEdit {
            name: Some(self.name.trim().to_owned()),
            ..ProfileEdit::default()
        };
        session.edit_profile(target.id()?, &edit).await?;
        Ok(())
    }

    pub(super) async fn read(session: &Session, target: &Target) -> Result<Fields, ApiError> {
        let info = session.profile_info(target.id()?).await?;
        Ok(fields(info.name.as_deref()))
    }

    pub(super) fn record(
        store: &Writer<'_>,
        profile: ProfileKey,
        confirmed: &Fields,
        log: &mut Log,
    ) -> Result<(), StoreError> {
        let Some(name) = text(confirmed, NAME) else {
            return Ok(());
        };
        if let Some(before) = store.profile(profile)? {
            renamed(&before.name, &name, profile, log);
        }
        let info = ProfileInfo {
            name: Some(name),
            ..ProfileInfo::default()
        };
        store.put_info(profile, &info, log.at())
    }

    pub(super) fn undo(&self, before: &Fields) -> Option<Self> {
        Some(Self {
            profile: self.profile,
            name: text(before, NAME)?,
        })
    }
}

/// Why a profile cannot bear a name.
pub(super) fn refused(name: &str) -> Option<Refusal> {
    if name.is_empty() {
        return Some(Refusal::invalid("The new name is empty."));
    }
    if name.chars().count() > LONGEST_NAME {
        let message = format!("The new name is longer than {LONGEST_NAME} letters.");
        return Some(Refusal::invalid(message));
    }
    let message = "The new name must be one line of text.";
    name.contains(char::is_control)
        .then(|| Refusal::invalid(message))
}

fn fields(name: Option<&str>) -> Fields {
    Fields::from([(NAME.to_owned(), name.map_or(Value::Null, Value::from))])
}
