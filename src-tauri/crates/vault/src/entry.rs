//! How entries are named: by the store that they belong to and the account that they sign in.

use std::fmt;
use std::str::FromStr;

/// The name of an entry within its store: what tells one account from another and never changes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryName(String);

/// An entry that is in the keychain, without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which one it is.
    pub name: EntryName,
    /// The label that it was stored with; `None` where the platform keeps none.
    pub label: Option<String>,
}

/// The text cannot name an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} cannot name a keychain entry: it has 1 to 100 characters, each a–z, 0–9 or one of -_.:"
)]
pub struct NameError(String);

impl EntryName {
    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EntryName {
    type Err = NameError;

    /// Lower case only, since Windows does not tell an entry `A` from an entry `a`.
    fn from_str(text: &str) -> Result<Self, NameError> {
        let allowed = |byte: u8| {
            byte.is_ascii_lowercase()
                || byte.is_ascii_digit()
                || matches!(byte, b'-' | b'_' | b'.' | b':')
        };
        if (1..=100).contains(&text.len()) && text.bytes().all(allowed) {
            return Ok(Self(text.to_owned()));
        }
        Err(NameError(text.to_owned()))
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the keychain calls the user of an entry.
pub(crate) fn key(store_id: &str, name: &EntryName) -> String {
    format!("{store_id}/{name}")
}

/// The entry's name, if the key belongs to that store. A name has no slash, so the last one divides.
pub(crate) fn of_store(key: &str, store_id: &str) -> Option<EntryName> {
    let (store, name) = key.rsplit_once('/')?;
    (store == store_id).then(|| name.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_belongs_to_its_own_store_only() {
        let name: EntryName = "us-e1:5bb0".parse().unwrap();
        let key = key("abc", &name);
        assert_eq!(of_store(&key, "abc"), Some(name));
        assert_eq!(of_store(&key, "ab"), None);
        assert_eq!(of_store("abc/d/e", "abc"), None);
        assert_eq!(of_store("abc", "abc"), None);
    }

    #[test]
    fn names_that_a_platform_could_confuse_are_refused() {
        for bad in ["", "Upper", "a/b", "a b", "ä", &"a".repeat(101)] {
            assert!(bad.parse::<EntryName>().is_err(), "{bad}");
        }
    }
}
