//! Calls that carry an e-mail address and a password in place of a token.

use model::{AccountId, ProfileId, Token};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use crate::client::Signed;
use crate::lenient;
use crate::profile::ProfileListed;
use crate::request::Request;
use crate::token::{Expire, Permission};
use crate::{ApiError, Client, Reply};

/// How a second factor's PIN reaches its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactorKind {
    /// An authenticator app.
    Authenticator,
    /// An SMS.
    Sms,
    /// An e-mail.
    Email,
}

/// A PIN and how it was had.
#[derive(Clone, Debug)]
pub struct Pin {
    /// How it reached its owner. Not every call sends it.
    pub kind: SecondFactorKind,
    /// The PIN itself.
    pub code: SecretString,
}

/// A password, with the PIN that goes with it when the account has a second factor.
/// Used for one call and dropped; `Debug` shows neither.
#[derive(Clone, Debug)]
pub struct Password {
    /// The account's password.
    pub password: SecretString,
    /// The PIN, if the account has a second factor.
    pub pin: Option<Pin>,
}

/// Who signs in.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The account's e-mail address.
    pub email: String,
    /// Its password.
    pub password: Password,
}

/// An account, after its password was accepted. It holds no token: [`Client::first_token`] makes one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct SignedIn {
    /// The account.
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
    /// The profiles that the account reaches.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub profiles: Vec<ProfileListed>,
}

/// The first token of a profile, made with a password.
#[derive(Clone, Debug, Deserialize)]
pub struct FirstToken {
    /// The token.
    #[serde(deserialize_with = "lenient::token")]
    pub token: Token,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// What it may do.
    #[serde(default, deserialize_with = "lenient::from_text")]
    pub permission: Option<Permission>,
    /// The profile that it belongs to.
    #[serde(default, deserialize_with = "lenient::id")]
    pub profile: Option<ProfileId>,
}

/// A secret as it is written into a request's body, the one place where it may stand.
#[derive(Clone, Copy)]
pub(crate) struct Exposed<'a>(&'a SecretString);

#[derive(Serialize)]
struct LoginBody<'a> {
    email: &'a str,
    password: Exposed<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    otp_type: Option<SecondFactorKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_code: Option<Exposed<'a>>,
}

#[derive(Serialize)]
struct FirstTokenBody<'a> {
    profile_id: &'a ProfileId,
    email: &'a str,
    password: Exposed<'a>,
    name: &'a str,
    expire_time: &'a Expire,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_code: Option<Exposed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    otp_type: Option<SecondFactorKind>,
}

impl SecondFactorKind {
    /// The API's word for it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Authenticator => "authenticator",
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }

    /// The kind with this word.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Authenticator, Self::Sms, Self::Email]
            .into_iter()
            .find(|kind| kind.key() == key)
    }
}

impl Password {
    pub(crate) fn exposed(&self) -> Exposed<'_> {
        Exposed(&self.password)
    }

    pub(crate) fn exposed_pin(&self) -> Option<Exposed<'_>> {
        self.pin.as_ref().map(|pin| Exposed(&pin.code))
    }

    pub(crate) fn pin_kind(&self) -> Option<SecondFactorKind> {
        self.pin.as_ref().map(|pin| pin.kind)
    }
}

impl Client {
    /// Checks an e-mail address and a password, and says what the account reaches.
    /// [`ApiError::SecondFactor`] asks for a PIN.
    pub async fn login(&self, credentials: &Credentials) -> Result<SignedIn, ApiError> {
        let request = Request::post("sign-in", "/account/login")
            .json(&LoginBody::of(credentials))
            .password(&credentials.password);
        self.fetch(Signed::default(), request).await
    }

    /// Has a PIN sent by SMS or e-mail.
    pub async fn request_pin(
        &self,
        email: &str,
        password: &SecretString,
        kind: SecondFactorKind,
    ) -> Result<Reply, ApiError> {
        let body = LoginBody {
            email,
            password: Exposed(password),
            otp_type: Some(kind),
            pin_code: None,
        };
        let request = Request::post("request for a PIN", "/account/login/otp")
            .json(&body)
            .secret(password.expose_secret())
            .with_password();
        self.tell(Signed::default(), request).await
    }

    /// Makes a token of a profile from an e-mail address and a password.
    pub async fn first_token(
        &self,
        profile: &ProfileId,
        credentials: &Credentials,
        name: &str,
        expire: &Expire,
    ) -> Result<FirstToken, ApiError> {
        let Credentials { email, password } = credentials;
        let body = FirstTokenBody {
            profile_id: profile,
            email,
            password: password.exposed(),
            name,
            expire_time: expire,
            pin_code: password.exposed_pin(),
            otp_type: password.pin_kind(),
        };
        let request = Request::post("first token of a profile", "/account/profile/token")
            .json(&body)
            .password(&credentials.password);
        self.fetch(Signed::default(), request).await
    }
}

impl<'a> LoginBody<'a> {
    fn of(credentials: &'a Credentials) -> Self {
        let Credentials { email, password } = credentials;
        Self {
            email,
            password: password.exposed(),
            otp_type: password.pin_kind(),
            pin_code: password.exposed_pin(),
        }
    }
}

impl Serialize for Exposed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}
