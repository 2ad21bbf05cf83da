//! Notifications; invitations to profiles arrive as such, with buttons to answer.

use model::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::percent::encoded;
use crate::request::{PathPartError, Request, path_part};
use crate::{ApiError, Reply, Session, lenient};

/// The id of a notification.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct NotificationId(String);

/// The id of a button of a notification.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct ButtonId(String);

/// A notification.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// Its title.
    #[serde(default, deserialize_with = "lenient::text")]
    pub title: Option<String>,
    /// Its text.
    #[serde(default, deserialize_with = "lenient::text")]
    pub message: Option<String>,
    /// Whether it was read.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub read: Option<bool>,
    /// When it was made.
    #[serde(default, deserialize_with = "lenient::date")]
    pub created_at: Option<Timestamp>,
    /// Its buttons.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub buttons: Vec<NotificationButton>,
    /// Whether its buttons can be pressed.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub buttons_enabled: Option<bool>,
}

/// A button of a notification.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct NotificationButton {
    /// Its id.
    pub id: ButtonId,
    /// What stands on it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub label: Option<String>,
    /// `accept` or `refuse`, if it answers an invitation to a profile.
    #[serde(default, rename = "triggers", deserialize_with = "share_profile")]
    pub share_profile: Option<String>,
}

fn share_profile<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let triggers = Value::deserialize(deserializer)?;
    Ok(triggers
        .as_array()
        .into_iter()
        .flatten()
        .find_map(|trigger| Some(trigger.get("share_profile")?.as_str()?.to_owned())))
}

impl Session {
    /// The account's newest notifications: so many as are of a week, for which an invitation is valid.
    pub async fn notifications(&self) -> Result<Vec<Notification>, ApiError> {
        let newest = Request::get("notifications", "/notification/").query("amount", "100");
        self.fetch(newest).await
    }

    /// Presses a button of a notification, as to accept an invitation.
    pub async fn press_button(
        &self,
        notification: &NotificationId,
        button: &ButtonId,
    ) -> Result<Reply, ApiError> {
        let path = format!(
            "/notification/{}/{}",
            encoded(notification.as_str()),
            encoded(button.as_str())
        );
        self.tell(Request::put("answer to a notification", path))
            .await
    }
}

impl NotificationId {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for NotificationId {
    type Error = PathPartError;

    fn try_from(text: String) -> Result<Self, PathPartError> {
        path_part(text).map(Self)
    }
}

impl ButtonId {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ButtonId {
    type Error = PathPartError;

    fn try_from(text: String) -> Result<Self, PathPartError> {
        path_part(text).map(Self)
    }
}
