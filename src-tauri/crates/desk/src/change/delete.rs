//! Deleting a profile with everything in it. It cannot be taken back.

use model::ChangeKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{ProfileKey, StoreError, Writer};
use tagoio::{ApiError, Password, Session};
use ts_rs::TS;

use super::{Fields, Refusal, Sides, Target, proven};
use crate::sync::Log;

/// Its word in the action log.
pub(crate) const DELETE: &str = "delete";

const NAME: &str = "name";

/// A profile that is to be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Delete {
    /// The profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
}

impl Delete {
    pub(super) fn check(target: &Target) -> Result<Sides, Refusal> {
        let name = &target.profile()?.name;
        Ok(Sides {
            before: fields(Some(name)),
            after: fields(None),
            warnings: vec![format!(
                "{name} is deleted with everything in it, for good."
            )],
        })
    }

    pub(super) async fn send(
        session: &Session,
        target: &Target,
        proof: Option<&Password>,
    ) -> Result<(), ApiError> {
        let password = proven("deletion of a profile", proof)?;
        session.delete_profile(target.id()?, password).await?;
        Ok(())
    }

    /// By the list: what is asked about a profile that is gone is denied, as for any that is not one's own.
    pub(super) async fn read(session: &Session, target: &Target) -> Result<Fields, ApiError> {
        let id = target.id()?;
        let listed = session.profiles().await?;
        let there = listed.iter().any(|profile| profile.id == *id);
        let name = target.profile.as_ref().map(|profile| profile.name.as_str());
        Ok(fields(name.filter(|_| there)))
    }

    pub(super) fn record(
        store: &Writer<'_>,
        profile: ProfileKey,
        log: &mut Log,
    ) -> Result<(), StoreError> {
        if let Some(before) = store.profile(profile)? {
            let kind = ChangeKind::ProfileRemoved;
            log.note_of(Some(profile), kind, None, before.name, Value::Null);
        }
        store.put_removed(profile, log.at())
    }
}

fn fields(name: Option<&str>) -> Fields {
    Fields::from([(NAME.to_owned(), name.map_or(Value::Null, Value::from))])
}
