//! Which tokens want a person's attention, and why. What is not known raises no flag.

use jiff::{SignedDuration, Timestamp};

/// A token that expires within this time is worth a word.
pub const EXPIRES_SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The longest life of a token that signing in makes: three months, of 31 days at most.
pub const SIGN_IN_LIFE: SignedDuration = SignedDuration::from_hours(93 * 24);

/// How long an invitation to a team stays open (TagoIO's documentation).
pub const INVITATION_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Why a token wants attention, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenFlag {
    /// Who made it is neither the profile's owner nor in its team any more.
    CreatorGone,
    /// It expires within 14 days.
    ExpiresSoon,
    /// It expired, and the API still lists it.
    Expired,
    /// It was never used, as the API says.
    NeverUsed,
    /// It may do everything.
    FullPermission,
    /// It never expires.
    NeverExpires,
}

/// What is known of a token. `None` is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenFacts<'a> {
    /// The API's word: `full`, `write`, `read`, `deny`.
    pub permission: Option<&'a str>,
    /// When it expires, if it does.
    pub expires_at: Option<Timestamp>,
    /// That the API says that it never expires.
    pub never_expires: bool,
    /// That the API says that it was never used.
    pub never_used: bool,
    /// Whether who made it is neither the owner nor in the team.
    pub creator_gone: Option<bool>,
}

/// The flags of a token at a moment, the gravest first.
pub fn token_flags(token: &TokenFacts<'_>, now: Timestamp) -> Vec<TokenFlag> {
    let left = token.expires_at.map(|end| end.duration_since(now));
    let mut flags = Vec::new();
    for (flag, holds) in [
        (TokenFlag::CreatorGone, token.creator_gone == Some(true)),
        (
            TokenFlag::ExpiresSoon,
            left.is_some_and(|left| left.is_positive() && left <= EXPIRES_SOON),
        ),
        (
            TokenFlag::Expired,
            left.is_some_and(|left| !left.is_positive()),
        ),
        (TokenFlag::NeverUsed, token.never_used),
        (TokenFlag::FullPermission, token.permission == Some("full")),
        (TokenFlag::NeverExpires, token.never_expires),
    ] {
        if holds {
            flags.push(flag);
        }
    }
    flags
}

/// Whether signing in on TagoIO's site probably made a token. TagoIO documents no mark for it, only that
/// such a token lives from hours to three months by itself and may do everything. One that a person made
/// for so short a time looks the same.
pub fn is_sign_in(
    permission: Option<&str>,
    created_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
) -> bool {
    let (Some(made), Some(end)) = (created_at, expires_at) else {
        return false;
    };
    permission == Some("full") && end.duration_since(made) <= SIGN_IN_LIFE
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const NOW: &str = "2026-11-24T12:00:00Z";

    #[test]
    fn a_token_of_which_nothing_is_known_has_no_flag() {
        assert_eq!(token_flags(&TokenFacts::default(), at(NOW)), []);
    }

    #[test]
    fn each_flag_is_raised_by_its_own_fact() {
        let flags = |token: TokenFacts<'_>| token_flags(&token, at(NOW));
        let none = TokenFacts::default();
        assert_eq!(
            flags(TokenFacts {
                permission: Some("full"),
                ..none
            }),
            [TokenFlag::FullPermission]
        );
        assert_eq!(
            flags(TokenFacts {
                permission: Some("write"),
                creator_gone: Some(false),
                ..none
            }),
            []
        );
        assert_eq!(
            flags(TokenFacts {
                never_used: true,
                never_expires: true,
                creator_gone: Some(true),
                ..none
            }),
            [
                TokenFlag::CreatorGone,
                TokenFlag::NeverUsed,
                TokenFlag::NeverExpires
            ]
        );
    }

    #[test]
    fn the_last_fourteen_days_begin_to_the_second_and_end_with_the_token() {
        let flags = |end: &str| {
            let token = TokenFacts {
                expires_at: Some(at(end)),
                ..TokenFacts::default()
            };
            token_flags(&token, at(NOW))
        };
        assert_eq!(flags("2026-12-08T12:00:00Z"), [TokenFlag::ExpiresSoon]);
        assert_eq!(flags("2026-12-08T12:00:01Z"), []);
        assert_eq!(flags("2026-11-24T12:00:01Z"), [TokenFlag::ExpiresSoon]);
        assert_eq!(flags(NOW), [TokenFlag::Expired]);
    }

    #[test]
    fn signing_in_is_told_by_full_permission_and_a_short_life() {
        let made = Some(at("2026-11-25T08:00:00Z"));
        let end = Some(at("2027-02-25T08:00:00Z"));
        assert!(is_sign_in(Some("full"), made, end));
        assert!(!is_sign_in(Some("read"), made, end));
        assert!(!is_sign_in(Some("full"), made, None));
        assert!(!is_sign_in(Some("full"), None, end));
        let year = Some(at("2027-11-25T08:00:00Z"));
        assert!(!is_sign_in(Some("full"), made, year));
    }

    proptest! {
        #[test]
        fn a_token_is_never_both_expired_and_about_to(seconds in -10_000_000_i64..10_000_000) {
            let now = at(NOW);
            let token = TokenFacts {
                expires_at: Timestamp::from_second(now.as_second() + seconds).ok(),
                ..TokenFacts::default()
            };
            let flags = token_flags(&token, now);
            prop_assert!(flags.len() <= 1);
            prop_assert_eq!(flags.contains(&TokenFlag::Expired), seconds <= 0);
        }
    }
}
