//! Takes the secrets of a request out of what the API says about it.

use std::fmt;
use std::ops::Range;

use model::{Token, TokenKind};
use secrecy::{ExposeSecret, SecretString};

/// What stands where a secret stood.
const GONE: &str = "•••";

/// Longer words are not read at all: cut before the secrets are taken out, half of one could stay.
const LONGEST_READ: usize = 64 * 1024;

/// How many characters of the API's words are kept.
const LONGEST: usize = 600;

/// The secrets that a request carried, in every form in which a reply may repeat them.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<SecretString>);

impl Secrets {
    /// A password, a PIN.
    pub(crate) fn add(&mut self, secret: &str) {
        for secret in [secret, secret.trim()] {
            let once = json_escaped(secret);
            let twice = json_escaped(&once);
            let slashes = once.replace('/', "\\/");
            let pluses = secret.replace(' ', "+");
            for form in [secret.to_owned(), once, twice, slashes, pluses] {
                if !form.is_empty() && !self.0.iter().any(|known| known.expose_secret() == form) {
                    self.0.push(form.into());
                }
            }
        }
        // A longer form may hold a shorter one: it goes first, so that nothing of it is left.
        self.0
            .sort_by_key(|form| std::cmp::Reverse(form.expose_secret().len()));
    }

    /// A token, with and without the prefix of its kind.
    pub(crate) fn add_token(&mut self, token: &Token) {
        let value = token.expose();
        self.add(value);
        if token.kind() != TokenKind::Unmarked
            && let Some((_, bare)) = value.split_once('-')
        {
            self.add(bare);
        }
    }

    /// The API's words without the secrets, on one line, without control characters, and not endless.
    pub(crate) fn scrub(&self, words: &str) -> String {
        if words.len() > LONGEST_READ {
            return "a message too long to be shown".to_owned();
        }
        let mut words = words.to_owned();
        for secret in &self.0 {
            // Each way on its own as well: a secret may itself look like an encoded one.
            for encoding in [
                Encoding::NONE,
                Encoding::PERCENT,
                Encoding::HTML,
                Encoding::BOTH,
            ] {
                words = without(&words, &encoding.read(&words), secret.expose_secret());
            }
        }
        let mut words = words
            .split(|c: char| c.is_control() || c.is_whitespace())
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        if let Some((end, _)) = words.char_indices().nth(LONGEST) {
            words.truncate(end);
            words.push('…');
        }
        words
    }
}

/// A byte that words stand for, and where they do so.
type Unit = (u8, Range<usize>);

/// How words may be encoded.
#[derive(Clone, Copy)]
struct Encoding {
    percent: bool,
    html: bool,
}

impl Encoding {
    const NONE: Self = Self::new(false, false);
    const PERCENT: Self = Self::new(true, false);
    const HTML: Self = Self::new(false, true);
    const BOTH: Self = Self::new(true, true);

    const fn new(percent: bool, html: bool) -> Self {
        Self { percent, html }
    }

    /// What words stand for: `%41` and `&lt;` are one byte each, whichever of a text's bytes are
    /// written so.
    fn read(self, words: &str) -> Vec<Unit> {
        let bytes = words.as_bytes();
        let mut units = Vec::with_capacity(bytes.len());
        let mut at = 0;
        while let Some((first, _)) = bytes[at..].split_first() {
            let (byte, length) = match first {
                b'%' if self.percent => percent(&bytes[at..]),
                b'&' if self.html => entity(&bytes[at..]),
                _ => None,
            }
            .unwrap_or((*first, 1));
            units.push((byte, at..at + length));
            at += length;
        }
        units
    }
}

/// The byte that `%41` at the start stands for, and its length.
fn percent(bytes: &[u8]) -> Option<(u8, usize)> {
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    let byte = u8::try_from(digit(1)? * 16 + digit(2)?).ok()?;
    Some((byte, 3))
}

/// The byte that `&lt;` at the start stands for, and its length.
fn entity(bytes: &[u8]) -> Option<(u8, usize)> {
    const ENTITIES: [(&[u8], u8); 6] = [
        (b"&amp;", b'&'),
        (b"&lt;", b'<'),
        (b"&gt;", b'>'),
        (b"&quot;", b'"'),
        (b"&#39;", b'\''),
        (b"&apos;", b'\''),
    ];
    let (entity, byte) = ENTITIES
        .iter()
        .find(|(entity, _)| bytes.starts_with(entity))?;
    Some((*byte, entity.len()))
}

/// The words without a secret, whatever the case of its ASCII letters.
fn without(words: &str, units: &[Unit], secret: &str) -> String {
    let secret = secret.as_bytes();
    let is_here = |here: &[Unit]| {
        here.iter()
            .zip(secret)
            .all(|((byte, _), sought)| byte.eq_ignore_ascii_case(sought))
    };
    let mut out = String::with_capacity(words.len());
    let (mut kept, mut at) = (0, 0);
    while let Some(here) = units.get(at..at + secret.len()) {
        let ends = (here.first(), here.last());
        if let (Some((_, first)), Some((_, last))) = ends
            && is_here(here)
            // A secret is whole characters, and so is what it is found in.
            && let Some(before) = words.get(kept..first.start)
        {
            out.push_str(before);
            out.push_str(GONE);
            kept = last.end;
            at += secret.len();
        } else {
            at += 1;
        }
    }
    out.push_str(words.get(kept..).unwrap_or_default());
    out
}

fn json_escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} forms)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(all: &[&str]) -> Secrets {
        let mut secrets = Secrets::default();
        for secret in all {
            secrets.add(secret);
        }
        secrets
    }

    #[test]
    fn a_secret_that_holds_another_goes_whole() {
        let secrets = secrets(&["horse", "correct horse battery"]);
        assert_eq!(
            secrets.scrub("was correct horse battery, is horse"),
            "was •••, is •••"
        );
    }

    #[test]
    fn a_secret_is_found_however_much_of_it_is_percent_encoded() {
        let secrets = secrets(&["p%41 ß/x"]);
        for echo in ["p%41 ß/x", "p%2541%20%C3%9F%2Fx", "%70%2541%20%c3%9f/x"] {
            assert_eq!(secrets.scrub(&format!("<{echo}>")), "<•••>", "{echo}");
        }
        assert_eq!(secrets.scrub("100 % of p%4"), "100 % of p%4");
    }

    #[test]
    fn a_secret_is_found_however_much_of_it_is_escaped_as_html() {
        let secrets = secrets(&["<a&\"'>"]);
        for echo in ["<a&\"'>", "&lt;a&amp;\"'>", "&lt;a&amp;&quot;&#39;&gt;"] {
            assert_eq!(secrets.scrub(&format!("({echo})")), "(•••)", "{echo}");
        }
    }

    #[test]
    fn a_secret_that_looks_encoded_itself_is_found() {
        let secrets = secrets(&["%Aa& a &lt;"]);
        for echo in ["%Aa& a &lt;", "%Aa&amp; a &amp;lt;", "%25Aa& a &lt;"] {
            assert_eq!(secrets.scrub(&format!("({echo})")), "(•••)", "{echo}");
        }
    }

    #[test]
    fn an_empty_secret_and_an_endless_message_do_no_harm() {
        assert_eq!(secrets(&["", " "]).scrub("a b"), "a•••b");
        let long = "x".repeat(LONGEST_READ + 1);
        assert_eq!(
            secrets(&["x"]).scrub(&long),
            "a message too long to be shown"
        );
    }
}
