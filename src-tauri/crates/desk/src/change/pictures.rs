//! Giving a profile another logo or banner, by their addresses.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{ProfileInfo, ProfileKey, StoreError, Writer};
use tagoio::{ApiError, ProfileEdit, Session};
use ts_rs::TS;

use super::{Fields, Refusal, RefusalReason, Sides, Target, text};
use crate::sync::Log;

/// Letters of an address, at most.
const LONGEST_ADDRESS: usize = 2_000;

const LOGO: &str = "logo_url";
const BANNER: &str = "banner_url";

/// A profile's new pictures; `null` leaves one as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Pictures {
    /// The profile, by its number in the store.
    #[ts(type = "number")]
    pub profile: i64,
    /// The logo's address.
    #[serde(default)]
    pub logo_url: Option<String>,
    /// The banner's address.
    #[serde(default)]
    pub banner_url: Option<String>,
}

impl Pictures {
    pub(super) fn check(&self, target: &Target) -> Result<Sides, Refusal> {
        let after = self.fields(self.logo_url.as_deref(), self.banner_url.as_deref());
        if after.is_empty() {
            return Err(Refusal::invalid("Neither a logo nor a banner is named."));
        }
        for url in [&self.logo_url, &self.banner_url].into_iter().flatten() {
            let is_web = url.starts_with("https://") || url.starts_with("http://");
            let is_plain =
                !url.contains(|letter: char| letter.is_whitespace() || letter.is_control());
            if !is_web || !is_plain || url.len() > LONGEST_ADDRESS {
                return Err(Refusal::invalid(
                    "A picture's address must begin with https:// or http:// and be in one piece.",
                ));
            }
        }
        let profile = target.profile()?;
        let before = self.fields(profile.logo_url.as_deref(), profile.banner_url.as_deref());
        if before == after {
            let message = "It has these pictures already.";
            return Err(Refusal::new(RefusalReason::NothingToDo, message));
        }
        Ok(Sides {
            before,
            after,
            warnings: Vec::new(),
        })
    }

    pub(super) async fn send(&self, session: &Session, target: &Target) -> Result<(), ApiError> {
        let edit = ProfileEdit {
            name: None,
            logo_url: self.logo_url.clone(),
            banner_url: self.banner_url.clone(),
        };
        session.edit_profile(target.id()?, &edit).await?;
        Ok(())
    }

    pub(super) async fn read(
        &self,
        session: &Session,
        target: &Target,
    ) -> Result<Fields, ApiError> {
        let info = session.profile_info(target.id()?).await?;
        Ok(self.fields(info.logo_url.as_deref(), info.banner_url.as_deref()))
    }

    pub(super) fn record(
        store: &Writer<'_>,
        profile: ProfileKey,
        confirmed: &Fields,
        log: &Log,
    ) -> Result<(), StoreError> {
        let info = ProfileInfo {
            logo_url: text(confirmed, LOGO),
            banner_url: text(confirmed, BANNER),
            ..ProfileInfo::default()
        };
        store.put_info(profile, &info, log.at())
    }

    /// A picture cannot be taken away by the API, so one that was not there cannot come back.
    pub(super) fn undo(&self, before: &Fields) -> Option<Self> {
        let back = Self {
            profile: self.profile,
            logo_url: text(before, LOGO),
            banner_url: text(before, BANNER),
        };
        let whole = back.logo_url.is_some() == self.logo_url.is_some()
            && back.banner_url.is_some() == self.banner_url.is_some();
        whole.then_some(back)
    }

    /// The fields that this changes, with these values.
    fn fields(&self, logo: Option<&str>, banner: Option<&str>) -> Fields {
        [
            (LOGO, &self.logo_url, logo),
            (BANNER, &self.banner_url, banner),
        ]
        .into_iter()
        .filter(|(_, wanted, _)| wanted.is_some())
        .map(|(key, _, url)| (key.to_owned(), url.map_or(Value::Null, Value::from)))
        .collect()
    }
}
