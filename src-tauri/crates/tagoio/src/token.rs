//! Tokens: a profile's list, new ones, deletion, moving one, and what a token says of itself.

use std::fmt;

use futures::Stream;
use model::{AccountId, ProfileId, Timestamp, Token};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::login::{Credentials, Exposed, SecondFactorKind};
use crate::paging::{self, Paged};
use crate::request::Request;
use crate::scalar::Scalar;
use crate::{ApiError, Reply, Session, lenient};

/// What a token may do.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Everything.
    Full,
    /// Write.
    Write,
    /// Read.
    Read,
    /// Nothing: it is switched off.
    Deny,
    /// A word that this program does not know yet.
    Other(String),
}

/// Until when a token is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Expiry {
    /// For good.
    Never,
    /// Until this moment.
    At(Timestamp),
    /// The API did not say, or not readably.
    #[default]
    Unknown,
}

/// When a token was last used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum LastUse {
    /// The API said that it was not: the field is there and holds nothing.
    Never,
    /// Then.
    At(Timestamp),
    /// The API did not say, or not readably.
    #[default]
    Unknown,
}

/// How long a new token is to be valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expire {
    /// For good.
    Never,
    /// Until this moment.
    At(Timestamp),
    /// For a span in the API's words, as `3 month`.
    After(String),
}

/// A token in a profile's list. `Debug` does not show its value.
#[derive(Clone, Debug, Deserialize)]
pub struct TokenRow {
    /// The live value, where the reply holds it. Fingerprint it and drop it.
    #[serde(default, rename = "token", deserialize_with = "lenient::token_option")]
    pub value: Option<Token>,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// What kind of thing it signs in.
    #[serde(default, rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// What it may do.
    #[serde(default, deserialize_with = "lenient::from_text")]
    pub permission: Option<Permission>,
    /// Until when it is valid.
    #[serde(default, rename = "expire_time")]
    pub expiry: Expiry,
    /// When it was last used.
    #[serde(default)]
    pub last_authorization: LastUse,
    /// When it was made.
    #[serde(default, deserialize_with = "lenient::date")]
    pub created_at: Option<Timestamp>,
    /// Who made it: an account's id, where it is one.
    #[serde(default, deserialize_with = "lenient::text")]
    pub created_by: Option<String>,
    /// The id of the thing that it signs in.
    #[serde(default, deserialize_with = "lenient::text")]
    pub ref_id: Option<String>,
    /// A device's serial number.
    #[serde(default, rename = "serie_number", deserialize_with = "lenient::text")]
    pub serial: Option<String>,
}

/// Which of a profile's tokens to list; all, by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenFilter {
    /// Those with this name; `*` stands for anything.
    pub name: Option<String>,
}

/// What a new token is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// Its name.
    pub name: String,
    /// What it may do: full, write or read.
    pub permission: Permission,
    /// How long it is to be valid.
    pub expire: Expire,
}

/// A token that was just made. `Debug` does not show its value.
#[derive(Clone, Debug, Deserialize)]
pub struct TokenCreated {
    /// The token.
    #[serde(deserialize_with = "lenient::token")]
    pub token: Token,
    /// Until when it is valid.
    #[serde(default, rename = "expire_date")]
    pub expiry: Expiry,
    /// What it may do.
    #[serde(default, deserialize_with = "lenient::from_text")]
    pub permission: Option<Permission>,
}

/// What a token says of itself. What is there depends on the token's kind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TokenInfo {
    /// Its name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// What kind of thing it signs in, in the API's word.
    #[serde(default, rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// What it may do.
    #[serde(default, deserialize_with = "lenient::from_text")]
    pub permission: Option<Permission>,
    /// Until when it is valid.
    #[serde(default, rename = "expire_time")]
    pub expiry: Expiry,
    /// When it was last used.
    #[serde(default, deserialize_with = "lenient::date")]
    pub last_authorization: Option<Timestamp>,
    /// When it was made.
    #[serde(default, deserialize_with = "lenient::date")]
    pub created_at: Option<Timestamp>,
    /// Who made it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub created_by: Option<String>,
    /// The id of the thing that it signs in.
    #[serde(default, deserialize_with = "lenient::text")]
    pub ref_id: Option<String>,
    /// The profile that it belongs to, where the reply says so.
    #[serde(default, deserialize_with = "lenient::id")]
    pub profile: Option<ProfileId>,
    /// The account that it belongs to, where the reply says so.
    #[serde(default, deserialize_with = "lenient::id")]
    pub account: Option<AccountId>,
}

/// Every field of a row; by default the API sends three.
const FIELDS: [&str; 11] = [
    "token",
    "name",
    "type",
    "permission",
    "serie_number",
    "last_authorization",
    "verification_code",
    "expire_time",
    "ref_id",
    "created_at",
    "created_by",
];

#[derive(Serialize)]
struct NewTokenBody<'a> {
    name: &'a str,
    permission: &'a str,
    expire_time: &'a Expire,
    email: &'a str,
    password: Exposed<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_code: Option<Exposed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    otp_type: Option<SecondFactorKind>,
}

impl Session {
    /// A profile's tokens, page after page to the end, newest first.
    ///
    /// It ends at an empty page, at one that is shorter than the API's smallest page, or when a page
    /// only repeats what came before (a server that ignores the page's number). A token that moves to
    /// the next page while the list is read comes once. After an error the stream ends.
    pub fn tokens(
        &self,
        profile: &ProfileId,
        filter: TokenFilter,
    ) -> impl Stream<Item = Result<TokenRow, ApiError>> + Send + use<> {
        let path = format!("/profile/{profile}/token");
        paging::stream(self.clone(), move |page, amount| {
            let mut request =
                Request::get("tokens of a profile", path.clone()).query("page", page.to_string());
            for (place, field) in FIELDS.into_iter().enumerate() {
                request = request.query(format!("fields[{place}]"), field);
            }
            if let Some(name) = &filter.name {
                request = request.query("filter[name]", name);
            }
            request
                .query("amount", amount.to_string())
                .query("orderBy", "created_at,desc")
        })
    }

    /// Makes a token of a profile. It needs the password, so nothing can do so unattended.
    pub async fn create_token(
        &self,
        profile: &ProfileId,
        token: &NewToken,
        credentials: &Credentials,
    ) -> Result<TokenCreated, ApiError> {
        let Credentials { email, password } = credentials;
        let body = NewTokenBody {
            name: &token.name,
            permission: token.permission.key(),
            expire_time: &token.expire,
            email,
            password: password.exposed(),
            pin_code: password.exposed_pin(),
            otp_type: password.pin_kind(),
        };
        let request = Request::post(
            "new token of a profile",
            format!("/profile/{profile}/token"),
        )
        .json(&body)
        .password(password);
        self.fetch(request).await
    }

    /// Deletes a token of a profile, named by its value.
    pub async fn delete_token(
        &self,
        profile: &ProfileId,
        token: &Token,
    ) -> Result<Reply, ApiError> {
        let value = crate::percent::encoded(token.expose());
        let request = Request::delete(
            "deletion of a token",
            format!("/profile/{profile}/token/{value}"),
        )
        .token_secret(token);
        self.tell(request).await
    }

    /// Moves the session's own token to another profile; from then on it belongs to that one.
    pub async fn move_token(&self, target: &ProfileId) -> Result<Reply, ApiError> {
        let path = format!("/profile/switch/{target}");
        self.tell(Request::put("move of the token to another profile", path))
            .await
    }

    /// What the session's token says of itself.
    pub async fn token_info(&self) -> Result<TokenInfo, ApiError> {
        self.fetch(Request::get("information of the token", "/info"))
            .await
    }
}

impl Paged for TokenRow {
    fn identity(&self) -> impl std::hash::Hash {
        (
            self.value.as_ref().map(|value| value.expose().to_owned()),
            self.name.clone(),
            self.kind.clone(),
            self.created_at,
            self.ref_id.clone(),
            self.serial.clone(),
        )
    }

    fn is_unique(&self) -> bool {
        self.value.is_some()
    }
}

impl Permission {
    /// The API's word for it.
    pub fn key(&self) -> &str {
        match self {
            Self::Full => "full",
            Self::Write => "write",
            Self::Read => "read",
            Self::Deny => "deny",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for Permission {
    fn from(word: String) -> Self {
        match word.as_str() {
            "full" => Self::Full,
            "write" => Self::Write,
            "read" => Self::Read,
            "deny" => Self::Deny,
            _ => Self::Other(word),
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl Serialize for Expire {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Never => serializer.serialize_str("never"),
            Self::At(moment) => serializer.serialize_str(&crate::statistics::milliseconds(*moment)),
            Self::After(span) => serializer.serialize_str(span),
        }
    }
}

impl LastUse {
    /// The moment, if there is one.
    pub const fn moment(self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(at),
            Self::Never | Self::Unknown => None,
        }
    }
}

impl<'de> Deserialize<'de> for LastUse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Ok(match value.as_str() {
            None if value.is_null() => Self::Never,
            Some(word) if word.eq_ignore_ascii_case("never") => Self::Never,
            _ => Scalar::from(&value)
                .moment()
                .map_or(Self::Unknown, Self::At),
        })
    }
}

impl<'de> Deserialize<'de> for Expiry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Ok(match value.as_str() {
            Some(word) if word.eq_ignore_ascii_case("never") => Self::Never,
            _ => Scalar::from(&value)
                .moment()
                .map_or(Self::Unknown, Self::At),
        })
    }
}
