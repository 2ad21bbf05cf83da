//! Backups of a profile (on paid plans): list, make, delete, and a link to one.

use futures::Stream;
use model::{ProfileId, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::login::{Exposed, Password, SecondFactorKind};
use crate::paging::{self, Paged};
use crate::percent::encoded;
use crate::request::{PathPartError, Request, path_part};
use crate::{ApiError, Reply, Session, lenient};

/// The id of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct BackupId(String);

/// A backup. It does not hold the data of devices.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Backup {
    /// Its id.
    pub id: BackupId,
    /// The profile that it is of.
    #[serde(default, deserialize_with = "lenient::id")]
    pub profile: Option<ProfileId>,
    /// Its size as the API gives it; the unit is not documented.
    #[serde(default, deserialize_with = "lenient::number")]
    pub file_size: Option<f64>,
    /// How far it is.
    #[serde(default, deserialize_with = "lenient::from_text")]
    pub status: Option<BackupStatus>,
    /// Why it failed, in the API's words.
    #[serde(default, deserialize_with = "lenient::text")]
    pub error_message: Option<String>,
    /// When it was asked for.
    #[serde(default, deserialize_with = "lenient::date")]
    pub created_at: Option<Timestamp>,
}

/// How far a backup is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BackupStatus {
    /// Waiting.
    Queued,
    /// Being made.
    Processing,
    /// Done.
    Completed,
    /// It failed.
    Failed,
    /// A word that this program does not know yet.
    Other(String),
}

/// Where a backup can be had for 2 hours. The address is on another host and lets anybody in: fetch it
/// without the token. `Debug` does not show it.
#[derive(Clone, Debug, Deserialize)]
pub struct BackupDownload {
    /// The address.
    #[serde(deserialize_with = "lenient::secret")]
    pub url: SecretString,
    /// The size in MB.
    #[serde(default, deserialize_with = "lenient::number")]
    pub file_size_mb: Option<f64>,
    /// Until when the address works.
    #[serde(default, deserialize_with = "lenient::date")]
    pub expire_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct DeleteBody<'a> {
    password: Exposed<'a>,
}

#[derive(Serialize)]
struct DownloadBody<'a> {
    password: Exposed<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    otp_type: Option<SecondFactorKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_code: Option<Exposed<'a>>,
}

impl Session {
    /// A profile's backups, page after page to the end; see [`Session::tokens`] for how it ends.
    pub fn backups(
        &self,
        profile: &ProfileId,
    ) -> impl Stream<Item = Result<Backup, ApiError>> + Send + use<> {
        let path = format!("/profile/{profile}/backup");
        paging::stream(self.clone(), move |page, _| {
            Request::get("backups of a profile", path.clone()).query("page", page.to_string())
        })
    }

    /// Asks for a backup. One a day, in the account's time zone. `None` if the answer names none.
    pub async fn create_backup(&self, profile: &ProfileId) -> Result<Option<BackupId>, ApiError> {
        let path = format!("/profile/{profile}/backup");
        let request = Request::post("new backup of a profile", path);
        let begun: serde_json::Value = self.fetch(request).await?;
        let id = begun.get("id").and_then(serde_json::Value::as_str);
        Ok(id.and_then(|id| BackupId::try_from(id.to_owned()).ok()))
    }

    /// Deletes a backup.
    pub async fn delete_backup(
        &self,
        profile: &ProfileId,
        backup: &BackupId,
        password: &Password,
    ) -> Result<Reply, ApiError> {
        let backup = encoded(backup.as_str());
        let path = format!("/profile/{profile}/backup/{backup}");
        let body = DeleteBody {
            password: password.exposed(),
        };
        let request = Request::delete("deletion of a backup", path)
            .json(&body)
            .password(password);
        self.tell(request).await
    }

    /// Asks where a backup can be had.
    pub async fn backup_download(
        &self,
        profile: &ProfileId,
        backup: &BackupId,
        password: &Password,
    ) -> Result<BackupDownload, ApiError> {
        let backup = encoded(backup.as_str());
        let path = format!("/profile/{profile}/backup/{backup}/download");
        let body = DownloadBody {
            password: password.exposed(),
            otp_type: password.pin_kind(),
            pin_code: password.exposed_pin(),
        };
        let request = Request::post("download of a backup", path)
            .json(&body)
            .password(password);
        self.fetch(request).await
    }
}

impl Paged for Backup {
    fn identity(&self) -> impl std::hash::Hash {
        self.id.clone()
    }

    fn is_unique(&self) -> bool {
        true
    }
}

impl BackupId {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for BackupId {
    type Error = PathPartError;

    fn try_from(text: String) -> Result<Self, PathPartError> {
        path_part(text).map(Self)
    }
}

impl BackupStatus {
    /// The API's word.
    pub fn key(&self) -> &str {
        match self {
            Self::Queued => "queued",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for BackupStatus {
    fn from(word: String) -> Self {
        match word.as_str() {
            "queued" => Self::Queued,
            "processing" => Self::Processing,
            "completed" => Self::Completed,
            "failed" => Self::Failed,
            _ => Self::Other(word),
        }
    }
}
