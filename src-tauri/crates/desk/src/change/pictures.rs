//! Giving a profile another logo or banner, by their addresses or by files that are uploaded for it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{ProfileInfo, ProfileKey, StoreError, Writer};
use tagoio::{ApiError, ProfileEdit, Session};
use ts_rs::TS;

use super::{ChosenPicture, Fields, Refusal, RefusalReason, Sent, Sides, Target, text};
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
    /// A file that becomes the logo, in place of an address.
    #[serde(default)]
    pub logo_file: Option<ChosenPicture>,
    /// A file that becomes the banner, in place of an address.
    #[serde(default)]
    pub banner_file: Option<ChosenPicture>,
}

impl Pictures {
    /// Whether any picture is named.
    pub fn is_some(&self) -> bool {
        let (urls, files) = (
            [&self.logo_url, &self.banner_url],
            [&self.logo_file, &self.banner_file],
        );
        urls.iter().any(|url| url.is_some()) || files.iter().any(|file| file.is_some())
    }

    pub(super) fn check(&self, target: &Target) -> Result<Sides, Refusal> {
        let described = |file: &Option<ChosenPicture>| file.as_ref().map(ChosenPicture::described);
        let (logo, banner) = (described(&self.logo_file), described(&self.banner_file));
        let after = self.fields(
            logo.as_deref().or(self.logo_url.as_deref()),
            banner.as_deref().or(self.banner_url.as_deref()),
        );
        if after.is_empty() {
            return Err(Refusal::invalid("Neither a logo nor a banner is named."));
        }
        let twice = self.logo_file.is_some() && self.logo_url.is_some()
            || self.banner_file.is_some() && self.banner_url.is_some();
        if twice {
            return Err(Refusal::invalid(
                "A picture is either a file or an address, and not both.",
            ));
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
        if self.is_done(&after, &before) {
            let message = "It has these pictures already.";
            return Err(Refusal::new(RefusalReason::NothingToDo, message));
        }
        let mut warnings = Vec::new();
        if self.logo_file.is_some() || self.banner_file.is_some() {
            let message = "The file is uploaded to the files of the profile that the account's token \
                           belongs to, where everybody who has its address can read it.";
            warnings.push(message.to_owned());
        }
        Ok(Sides {
            before,
            after,
            warnings,
        })
    }

    /// Uploads what is a file first. If that alone is done, nothing refers to it yet.
    pub(super) async fn send(&self, session: &Session, target: &Target) -> Result<Sent, ApiError> {
        let mut urls = [self.logo_url.clone(), self.banner_url.clone()];
        let files = [&self.logo_file, &self.banner_file];
        for (url, file) in urls.iter_mut().zip(files) {
            if let Some(file) = file {
                *url = Some(file.upload(session, &target.pictured).await?);
            }
        }
        let [logo_url, banner_url] = urls;
        let fields = self.fields(logo_url.as_deref(), banner_url.as_deref());
        let edit = ProfileEdit {
            name: None,
            logo_url,
            banner_url,
        };
        session.edit_profile(target.id()?, &edit).await?;
        Ok(Sent {
            fields,
            token: None,
        })
    }

    /// Whether what stands is what was to stand. The address of a file is known by what is in it.
    pub(super) fn is_done(&self, after: &Fields, now: &Fields) -> bool {
        let files = [(LOGO, &self.logo_file), (BANNER, &self.banner_file)];
        after.keys().all(|key| {
            let file = files.iter().find(|(name, _)| name == key);
            match file.and_then(|(_, file)| file.as_ref()) {
                Some(file) => text(now, key).is_some_and(|url| file.is_at(&url)),
                None => now.get(key) == after.get(key),
            }
        })
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
            ..Self::default()
        };
        let known = |key: &str| before.get(key).is_none_or(Value::is_string);
        (known(LOGO) && known(BANNER)).then_some(back)
    }

    /// The fields that this changes, with these values.
    fn fields(&self, logo: Option<&str>, banner: Option<&str>) -> Fields {
        let is_logo = self.logo_url.is_some() || self.logo_file.is_some();
        let is_banner = self.banner_url.is_some() || self.banner_file.is_some();
        [(LOGO, is_logo, logo), (BANNER, is_banner, banner)]
            .into_iter()
            .filter(|(_, wanted, _)| *wanted)
            .map(|(key, _, url)| (key.to_owned(), url.map_or(Value::Null, Value::from)))
            .collect()
    }
}
