//! A TagoIO token in memory: wiped when dropped, and impossible to print or write by accident.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ts_rs::TS;

/// A token's value. It has no `Serialize` and no `Display`; its `Debug` says nothing.
#[derive(Clone)]
pub struct Token(SecretString);

/// What kind of thing a token signs in, told by its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// `p-`, a profile's: the kind that this program connects with.
    Profile,
    /// `a-`, of one analysis.
    Analysis,
    /// `u-`, of an end user.
    User,
    /// `n-`, of a network.
    Network,
    /// `at-`, of an authorization.
    Authorization,
    /// None: a device's, or one from before there were prefixes.
    Unmarked,
}

/// Why a text cannot be a token. Never holds the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Nothing, or white space alone.
    #[error("the token is empty")]
    Empty,
    /// Something that no token contains; most often two things were copied at once.
    #[error(
        "the token has a space or another character in it that no token has; copy it once more"
    )]
    Character,
    /// Longer than any token.
    #[error("the text is too long for a token; copy the token alone")]
    TooLong,
}

/// A store's own random bytes; they make its fingerprints useless elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

/// SHA-256 over a store's salt and a token's value without its prefix. Tokens are random, so no key is needed.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Token {
    /// Takes what a person pasted: white space around it is dropped, the rest must be visible ASCII,
    /// which is all that an HTTP header and a path segment can carry unchanged. The length is not
    /// judged below 512 characters, since TagoIO does not promise one.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TokenError::Empty);
        }
        if text.len() > 512 {
            return Err(TokenError::TooLong);
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if !text.bytes().all(allowed) {
            return Err(TokenError::Character);
        }
        Ok(Self(text.into()))
    }

    /// The value, for the request header, the keychain and the one path that needs it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What its prefix says that it is.
    pub fn kind(&self) -> TokenKind {
        split(self.expose()).0
    }

    /// The last four characters, to tell tokens apart on a screen; fewer of a short one.
    pub fn last4(&self) -> String {
        let value = split(self.expose()).1;
        let shown = value.len().min(4).min(value.len() / 2);
        value[value.len() - shown..].to_owned()
    }

    /// The same for the value with and without its prefix, since the API takes both.
    pub fn fingerprint(&self, salt: &Salt) -> Fingerprint {
        let mut hash = Sha256::new();
        hash.update(salt.0);
        hash.update(split(self.expose()).1.as_bytes());
        let mut text = String::with_capacity(64);
        for byte in hash.finalize() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        Fingerprint(text)
    }
}

fn split(value: &str) -> (TokenKind, &str) {
    const PREFIXES: [(&str, TokenKind); 5] = [
        ("p-", TokenKind::Profile),
        ("a-", TokenKind::Analysis),
        ("u-", TokenKind::User),
        ("n-", TokenKind::Network),
        ("at-", TokenKind::Authorization),
    ];
    PREFIXES
        .iter()
        .find_map(|(prefix, kind)| Some((*kind, value.strip_prefix(prefix)?)))
        .unwrap_or((TokenKind::Unmarked, value))
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl TokenKind {
    /// What a person calls a token of this kind.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Profile => "profile token",
            Self::Analysis => "analysis token",
            Self::User => "end user's token",
            Self::Network => "network token",
            Self::Authorization => "authorization token",
            Self::Unmarked => "token without a prefix",
        }
    }
}

impl Fingerprint {
    /// 64 hexadecimal characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Fingerprint {
    /// Takes back what [`Fingerprint::as_str`] gave, from the store.
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({}…)", self.0.get(..8).unwrap_or(&self.0))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "0b5e7a0c-1111-4222-8333-94f1c0ffee00";

    #[test]
    fn a_prefix_names_the_kind_and_does_not_change_the_fingerprint() {
        let salt = Salt([7; 32]);
        let bare = Token::parse(VALUE).unwrap();
        let marked = Token::parse(&format!("p-{VALUE}")).unwrap();
        assert_eq!(bare.kind(), TokenKind::Unmarked);
        assert_eq!(marked.kind(), TokenKind::Profile);
        assert_eq!(bare.fingerprint(&salt), marked.fingerprint(&salt));
        assert_ne!(bare.fingerprint(&salt), bare.fingerprint(&Salt([8; 32])));
        assert_eq!(marked.last4(), "ee00");
        assert_eq!(
            Token::parse("at-abc-123456").unwrap().kind(),
            TokenKind::Authorization
        );
    }

    #[test]
    fn what_no_token_contains_is_refused_without_being_repeated() {
        assert_eq!(Token::parse(" \n").unwrap_err(), TokenError::Empty);
        for bad in ["two words", "line\nbreak", "a/../b", "é", "a\u{0}b"] {
            let error = Token::parse(bad).unwrap_err();
            assert_eq!(error, TokenError::Character);
            assert!(!error.to_string().contains(bad));
        }
        assert_eq!(
            Token::parse(&"a".repeat(513)).unwrap_err(),
            TokenError::TooLong
        );
        assert_eq!(
            Token::parse(&format!("  {VALUE}\n")).unwrap().expose(),
            VALUE
        );
    }

    #[test]
    fn debug_says_nothing_of_the_value() {
        let shown = format!("{:?}", Token::parse(VALUE).unwrap());
        assert!(
            !shown.contains("0b5e") && !shown.contains("ee00"),
            "{shown}"
        );
    }

    #[test]
    fn a_short_token_does_not_show_most_of_itself() {
        assert_eq!(Token::parse("abcd").unwrap().last4(), "cd");
    }
}
