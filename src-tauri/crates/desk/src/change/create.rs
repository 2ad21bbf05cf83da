//! Making a profile in an account.

use model::ProfileId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{AccountKey, ListedProfile, Reader, StoreError, Writer};
use tagoio::{ApiError, Session};
use ts_rs::TS;

use super::{Fields, Refusal, RefusalReason, Sent, Sides, Target, rename, text};
use crate::read::owned_profiles;
use crate::sync::{Log, appeared};

const PROFILE: &str = "profile";
const ID: &str = "id";
const FREE: &str = "free_resources";

/// A profile that is to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CreateProfile {
    /// The account that is to own it, by its number in the store.
    #[ts(type = "number")]
    pub account: i64,
    /// Its name, which no other profile of the account has: by it the profile is found if its answer is lost.
    /// White space around it is not a part of it.
    pub name: String,
    /// Whether it is given what TagoIO gives for free, as far as the account has that left.
    pub free_resources: bool,
}

impl CreateProfile {
    fn name(&self) -> &str {
        self.name.trim()
    }

    /// What it changes, beside the account.
    pub(super) fn thing(&self) -> String {
        self.name().to_owned()
    }

    /// What must stand at TagoIO for it to be sent: no profile of its name.
    pub(super) fn expects() -> Fields {
        fields(None)
    }

    pub(super) fn check(
        &self,
        store: &Reader<'_>,
        target: &Target,
    ) -> Result<Result<Sides, Refusal>, StoreError> {
        if let Some(refusal) = rename::refused(self.name()) {
            return Ok(Err(refusal));
        }
        let mut owned = owned_profiles(store, target.account.key)?.into_iter();
        if owned.any(|profile| profile.name == self.name()) {
            return Ok(Err(self.taken()));
        }
        let mut after = fields(Some(self.name()));
        after.insert(FREE.to_owned(), Value::from(self.free_resources));
        let mut warnings = Vec::new();
        if !self.free_resources {
            let message = "Nothing is allocated to it: until it is, devices cannot send to it.";
            warnings.push(message.to_owned());
        }
        Ok(Ok(Sides {
            before: Self::expects(),
            after,
            warnings,
        }))
    }

    /// That there is a profile of this name.
    pub(super) fn taken(&self) -> Refusal {
        let message = format!(
            "The account has a profile “{}” already: choose another name, so that the two can be told apart.",
            self.name()
        );
        Refusal::new(RefusalReason::Taken, message)
    }

    pub(super) async fn send(&self, session: &Session) -> Result<Sent, ApiError> {
        let made = session
            .create_profile(self.name(), self.free_resources)
            .await?;
        Ok(Sent {
            fields: self.made(&made.id),
            token: None,
        })
    }

    pub(super) async fn read(&self, session: &Session) -> Result<Fields, ApiError> {
        let listed = session.profiles().await?.into_iter();
        let mut own = listed.filter(|profile| !profile.from_share);
        let found = own.find(|profile| profile.name.as_deref() == Some(self.name()));
        Ok(found.map_or_else(Self::expects, |profile| self.made(&profile.id)))
    }

    fn made(&self, id: &ProfileId) -> Fields {
        let mut fields = fields(Some(self.name()));
        fields.insert(ID.to_owned(), Value::from(id.as_str()));
        fields
    }

    /// Whether what stands is the profile that was to be made: it has the name that none had.
    pub(super) fn is_made(&self, now: &Fields) -> bool {
        text(now, PROFILE).as_deref() == Some(self.name())
    }

    /// Without an id it is left to the next list.
    pub(super) fn record(
        &self,
        store: &Writer<'_>,
        confirmed: &Fields,
        log: &mut Log,
    ) -> Result<(), StoreError> {
        let Some(id) = text(confirmed, ID).and_then(|id| id.parse::<ProfileId>().ok()) else {
            return Ok(());
        };
        let made = ListedProfile {
            id,
            name: self.name().to_owned(),
            logo_url: None,
            shared: Some(false),
            owner: None,
        };
        let profile = store.put_one_more(AccountKey(self.account), &made, log.at())?;
        appeared(store, profile, log)
    }
}

fn fields(name: Option<&str>) -> Fields {
    Fields::from([(PROFILE.to_owned(), name.map_or(Value::Null, Value::from))])
}
