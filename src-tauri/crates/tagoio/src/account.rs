//! The account that a token belongs to.

use model::{AccountId, Timestamp};
use serde::Deserialize;

use crate::request::Request;
use crate::{ApiError, Session, lenient};

/// An account.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The person's name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(default, deserialize_with = "lenient::text")]
    pub email: Option<String>,
    /// The company.
    #[serde(default, deserialize_with = "lenient::text")]
    pub company: Option<String>,
    /// The plan's key: `free`, `starter`, `scale`, or another.
    #[serde(default, deserialize_with = "lenient::text")]
    pub plan: Option<String>,
    /// The account's time zone, an IANA name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub timezone: Option<String>,
    /// Whether it is active.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub active: Option<bool>,
    /// Whether TagoIO blocked it.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub blocked: Option<bool>,
    /// Its second factors.
    #[serde(default)]
    pub otp: Option<SecondFactors>,
    /// When it was made.
    #[serde(default, deserialize_with = "lenient::date")]
    pub created_at: Option<Timestamp>,
}

/// Which second factors an account has switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct SecondFactors {
    /// An authenticator app.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub authenticator: Option<bool>,
    /// SMS.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub sms: Option<bool>,
    /// E-mail.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub email: Option<bool>,
}

impl Session {
    /// The account that the token belongs to.
    pub async fn account(&self) -> Result<Account, ApiError> {
        self.fetch(Request::get("account", "/account")).await
    }
}
