//! Tokens, invitations and backups: what of a profile is to be put in order. One line of a kind a profile.

use jiff::SignedDuration;
use model::{AttentionFacts, AttentionSeverity, Timestamp};

use super::{Finding, Since, counted, hours};
use crate::EXPIRES_SOON;

/// One that is used and expires within this time is urgent.
const SHORTLY: SignedDuration = SignedDuration::from_hours(3 * 24);

/// A token that is as new as this may not have come to use yet.
const NEW: SignedDuration = SignedDuration::from_hours(7 * 24);

/// An invitation ends after this time; TagoIO goes on listing it.
const INVITED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A token, no sign-in's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptToken {
    /// Tells it from every other.
    pub fingerprint: String,
    /// What a person knows it by.
    pub called: String,
    /// Whether it may do everything.
    pub full: bool,
    /// When it expires; `None` is never or not known.
    pub expires_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last used; `None` is never or not known.
    pub used_at: Option<Timestamp>,
    /// Whether TagoIO says that it was never used.
    pub never_used: bool,
}

/// Tokens that expire within [`EXPIRES_SOON`] and have not yet. One that is known to be used stops something.
pub fn expiring(tokens: &[KeptToken], now: Timestamp) -> Option<Finding> {
    let mut ending: Vec<(&KeptToken, Timestamp)> = tokens
        .iter()
        .filter_map(|token| Some((token, token.expires_at?)))
        .filter(|(_, end)| *end > now && end.duration_since(now) <= EXPIRES_SOON)
        .collect();
    ending.sort_by(|one, other| (one.1, &one.0.fingerprint).cmp(&(other.1, &other.0.fingerprint)));
    let (first, at) = *ending.first()?;
    let used: Vec<Timestamp> = ending
        .iter()
        .filter(|(token, _)| token.used_at.is_some())
        .map(|(_, end)| *end)
        .collect();
    let (severity, step) = match used.first() {
        Some(end) if end.duration_since(now) <= SHORTLY => (AttentionSeverity::Urgent, 3),
        Some(_) => (AttentionSeverity::Warning, 2),
        None => (AttentionSeverity::Notice, 1),
    };
    let began = |(token, end): &(&KeptToken, Timestamp)| {
        let soon = end.saturating_sub(EXPIRES_SOON).unwrap_or(Timestamp::MIN);
        token.created_at.map_or(soon, |made| made.max(soon))
    };
    Some(Finding {
        severity,
        step,
        measure: Some((hours(now, at) / -24.0) + 14.0),
        since: ending.iter().map(began).min().map(|at| Since {
            at,
            or_earlier: false,
        }),
        detail: None,
        members: named(ending.iter().map(|(token, _)| *token)),
        facts: AttentionFacts::TokenExpiring {
            tokens: counted(ending.len()),
            first: first.called.clone(),
            at,
            used: !ending.iter().all(|(token, _)| token.never_used),
        },
    })
}

/// Tokens with full permission that nobody ever used, a week after they were made.
pub fn unused(tokens: &[KeptToken], now: Timestamp) -> Option<Finding> {
    let mut idle: Vec<&KeptToken> = tokens
        .iter()
        .filter(|token| {
            token.full
                && token.never_used
                && token.expires_at.is_none_or(|end| end > now)
                && token
                    .created_at
                    .is_none_or(|made| now.duration_since(made) >= NEW)
        })
        .collect();
    idle.sort_by_key(|token| (token.created_at, &token.fingerprint));
    let first = *idle.first()?;
    Some(Finding {
        severity: AttentionSeverity::Notice,
        step: 1,
        measure: Some(counted(idle.len()).into()),
        since: idle
            .iter()
            .filter_map(|token| token.created_at)
            .min()
            .map(|at| Since {
                at,
                or_earlier: false,
            }),
        detail: None,
        members: named(idle.iter().copied()),
        facts: AttentionFacts::TokenUnused {
            tokens: counted(idle.len()),
            first: first.called.clone(),
        },
    })
}

fn named<'a>(tokens: impl Iterator<Item = &'a KeptToken>) -> Vec<String> {
    tokens.map(|token| token.fingerprint.clone()).collect()
}

/// Somebody who is invited to a team and has not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Tells them from every other.
    pub who: String,
    /// What a person knows them by.
    pub called: String,
    /// When the invitation was made.
    pub at: Option<Timestamp>,
    /// When it was first seen.
    pub seen_at: Timestamp,
}

/// Open invitations of a profile. Nothing stops; but somebody waits for access, or may come who should not.
pub fn invitations(invited: &[Invited], now: Timestamp) -> Option<Finding> {
    let made = |one: &Invited| one.at.unwrap_or(one.seen_at);
    let first = invited.iter().min_by_key(|one| (made(one), &one.who))?;
    let has_ended = |one: &Invited| one.at.is_some_and(|at| now.duration_since(at) >= INVITED);
    let ended = invited.iter().all(has_ended);
    Some(Finding {
        severity: AttentionSeverity::Notice,
        // That it ended is said, and no reason to hear of it again.
        step: 1,
        measure: Some(hours(made(first), now) / 24.0),
        since: Some(Since {
            at: made(first),
            or_earlier: first.at.is_none(),
        }),
        detail: None,
        members: invited.iter().map(|one| one.who.clone()).collect(),
        facts: AttentionFacts::Invitation {
            invitations: counted(invited.len()),
            who: first.called.clone(),
            at: first.at,
            ended,
        },
    })
}

/// A newest backup that is older than was chosen, or none at all. `looked_at` is when it was first seen so. It is worse
/// at twice the age, and once there is none.
pub fn backup(
    newest: Option<Timestamp>,
    allowed: SignedDuration,
    looked_at: Timestamp,
    now: Timestamp,
) -> Option<Finding> {
    let age = newest.map(|made| now.duration_since(made));
    if age.is_some_and(|age| age <= allowed) {
        return None;
    }
    Some(Finding {
        severity: AttentionSeverity::Warning,
        step: match age {
            None => 3,
            Some(age) if age > allowed.saturating_mul(2) => 2,
            Some(_) => 1,
        },
        measure: newest.map(|made| hours(made, now) / 24.0),
        since: Some(
            match newest.and_then(|made| made.checked_add(allowed).ok()) {
                Some(at) => Since {
                    at,
                    or_earlier: false,
                },
                None => Since {
                    at: looked_at,
                    or_earlier: true,
                },
            },
        ),
        detail: None,
        members: Vec::new(),
        facts: AttentionFacts::Backup {
            newest,
            allowed_days: u32::try_from(allowed.as_hours() / 24).unwrap_or(u32::MAX),
        },
    })
}
