//! A draft to somebody who owns profiles that only they can change. It is never sent from here.

use std::fmt::Write as _;

use super::{LeaverProfile, OwnerMail};

/// Longer addresses are cut off by some systems' mail programs.
const LONGEST_LINK: usize = 2_000;

/// What one owner is asked.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    /// Ways in that are known, and what each is.
    pub(super) known: Vec<(LeaverProfile, String)>,
    /// Profiles whose team cannot be seen.
    pub(super) unseen: Vec<LeaverProfile>,
}

/// Who is to lose access.
pub(super) struct Named<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) email: Option<&'a str>,
    pub(super) who: &'a str,
}

impl Named<'_> {
    /// What the person is called in a sentence.
    pub(super) fn called(&self) -> String {
        match (self.name, self.email) {
            (Some(name), Some(email)) => format!("{name} ({email})"),
            (Some(name), None) => name.to_owned(),
            (None, Some(email)) => email.to_owned(),
            (None, None) => self.who.to_owned(),
        }
    }
}

pub(super) fn draft(owner: String, asked: Asked, person: &Named<'_>) -> OwnerMail {
    let called = person.called();
    let short = person.name.or(person.email).unwrap_or(person.who);
    let mut body = match &asked.name {
        Some(name) => format!("Hello {name},\n\n"),
        None => "Hello,\n\n".to_owned(),
    };
    let _ = writeln!(
        body,
        "{called} is to lose access to the TagoIO profiles that we share. In profiles of yours only you can take it \
         away."
    );
    if !asked.known.is_empty() {
        let _ = writeln!(body, "\nPlease remove:");
        for (profile, what) in &asked.known {
            let _ = writeln!(body, "- {what} in {} ({})", profile.name, profile.id);
        }
    }
    if !asked.unseen.is_empty() {
        let _ = writeln!(
            body,
            "\nThe team of these profiles cannot be seen by us. Please look whether {short} is in it, is invited, or \
             made tokens, and remove what you find:"
        );
        for profile in &asked.unseen {
            let _ = writeln!(body, "- {} ({})", profile.name, profile.id);
        }
    }
    body.push_str("\nThank you\n");
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    OwnerMail {
        owner,
        known: count(asked.known.len()),
        unseen: count(asked.unseen.len()),
        all: asked.known,
        name: asked.name,
        email: asked.email,
        subject: format!("Access of {} to your TagoIO profiles", one_line(short)),
        body,
    }
}

impl OwnerMail {
    /// An address that opens the person's mail program with the draft, and whether the text is in it: it is left out
    /// where it is too long for such an address.
    pub fn link(&self) -> (String, bool) {
        let to = self.email.as_deref().unwrap_or_default();
        let head = format!("mailto:{}?subject={}", encoded(to), encoded(&self.subject));
        let whole = format!("{head}&body={}", encoded(&self.body.replace('\n', "\r\n")));
        if whole.len() <= LONGEST_LINK {
            (whole, true)
        } else {
            (head, false)
        }
    }

    /// The draft as text to copy.
    pub fn text(&self) -> String {
        let to = self.email.as_deref().unwrap_or("(address not known)");
        format!("To: {to}\nSubject: {}\n\n{}", self.subject, self.body)
    }
}

fn one_line(text: &str) -> String {
    text.replace(|letter: char| letter.is_control(), " ")
}

/// As RFC 6068 wants it: of an address only its `@` stands as it is, so that no address adds a field.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}"); // a string takes everything
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(profiles: usize) -> Asked {
        let profile = |number: usize| LeaverProfile {
            key: 1,
            id: format!("{number:024x}").parse().unwrap(),
            name: format!("Profile {number}"),
            account: None,
        };
        Asked {
            name: Some("Bea".to_owned()),
            email: Some("bea@example.com?bcc=eve@example.com".to_owned()),
            known: vec![(profile(0), "member".to_owned())],
            unseen: (1..profiles).map(profile).collect(),
        }
    }

    const ADA: Named<'_> = Named {
        name: Some("Ada\r\nBcc: eve@example.com"),
        email: Some("ada@example.com"),
        who: "ada@example.com",
    };

    #[test]
    fn a_name_or_an_address_adds_no_field_to_a_mail() {
        let mail = draft("owner".to_owned(), asked(2), &ADA);
        let (link, whole) = mail.link();
        assert!(whole, "{link}");
        assert!(link.starts_with("mailto:bea@example.com%3Fbcc%3Deve@example.com?subject="));
        assert_eq!(link.matches('?').count(), 1);
        assert_eq!(link.matches('&').count(), 1);
        assert!(!mail.subject.contains(['\r', '\n']));
        assert!(
            mail.body
                .contains("- member in Profile 0 (000000000000000000000000)\n")
        );
        assert!(
            mail.body
                .contains("- Profile 1 (000000000000000000000001)\n")
        );
    }

    #[test]
    fn a_text_that_is_too_long_for_an_address_is_left_out_of_it() {
        let mail = draft("owner".to_owned(), asked(200), &ADA);
        let (link, whole) = mail.link();
        assert!(!whole && !link.contains("body="), "{link}");
        assert!(mail.text().contains("Profile 199"));
    }
}
