//! Ids as TagoIO gives them: 24 hexadecimal characters.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id has 24 characters, each 0–9 or a–f; this has {0}")]
pub struct IdError(String);

fn checked(text: &str) -> Result<String, IdError> {
    let text = text.trim();
    if text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(IdError(
        match text.chars().find(|c| !c.is_ascii_hexdigit()) {
            Some(stranger) => format!("{stranger:?} in it"),
            None => format!("{} characters", text.len()),
        },
    ))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[serde(try_from = "String", into = "String")]
        #[ts(type = "string")]
        pub struct $name(String);

        impl $name {
            /// The 24 characters, in lower case.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                checked(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// A profile's id, unique within an API host.
    ProfileId
}

id! {
    /// The id of an account: an owner of profiles, or a member of a team.
    AccountId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_24_hex_characters_in_any_case_and_nothing_else() {
        let id: ProfileId = " 5BB0A0C9F1D2E3A4B5C6D7E8 ".parse().unwrap();
        assert_eq!(id.as_str(), "5bb0a0c9f1d2e3a4b5c6d7e8");
        for bad in [
            "",
            "5bb0",
            "5bb0a0c9f1d2e3a4b5c6d7eg",
            "../../../../../account/x",
        ] {
            assert!(bad.parse::<ProfileId>().is_err(), "{bad}");
        }
    }
}
