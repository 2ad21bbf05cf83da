//! Tokens that were made, are gone, or expire soon. Those of signing in are told apart.

use std::collections::HashMap;

use model::{ChangeKind, Fingerprint, Timestamp};
use serde_json::Value;
use store::{Expiry, TokenMeta, TokenVersion};

use super::{Log, moment};

/// A profile's tokens before and now.
pub(crate) fn listed(before: &[TokenVersion], now: &[TokenMeta], log: &mut Log) {
    let known: HashMap<&Fingerprint, &TokenMeta> = before
        .iter()
        .map(|version| (&version.token.fingerprint, &version.token))
        .collect();
    let listed: HashMap<&Fingerprint, &TokenMeta> = now
        .iter()
        .map(|token| (&token.fingerprint, token))
        .collect();
    for token in now {
        let is_new = !known.contains_key(&token.fingerprint);
        if is_new {
            let kind = if is_sign_in(token) {
                ChangeKind::SignInStarted
            } else {
                ChangeKind::TokenCreated
            };
            let may = token.permission.clone();
            log.note(kind, Some(called(token)), Value::Null, may);
        }
        expires(token, is_new, log);
    }
    for version in before {
        let token = &version.token;
        if !listed.contains_key(&token.fingerprint) {
            let kind = if is_sign_in(token) {
                ChangeKind::SignInEnded
            } else {
                ChangeKind::TokenGone
            };
            let may = token.permission.clone();
            log.note(kind, Some(called(token)), may, Value::Null);
        }
    }
}

/// Notes a token that has come within 14 days of its end since the fetch before, or came so with it.
/// Whether it is new is not for its date to say: that is of the API's clock.
fn expires(token: &TokenMeta, is_new: bool, log: &mut Log) {
    let (Expiry::At(end), Some(before)) = (token.expires, log.before()) else {
        return;
    };
    let soon = |at: Timestamp| end.duration_since(at) <= insight::EXPIRES_SOON;
    if is_sign_in(token) || end <= log.at() || !soon(log.at()) || (soon(before) && !is_new) {
        return;
    }
    log.note(
        ChangeKind::TokenExpiring,
        Some(called(token)),
        Value::Null,
        moment(Some(end)),
    );
}

/// What a person knows a token by: its name and the end of its value.
pub(crate) fn called(token: &TokenMeta) -> String {
    match token.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} ····{}", token.last4),
        None => format!("····{}", token.last4),
    }
}

/// Whether signing in on TagoIO's site probably made a token: see [`insight::is_sign_in`].
pub(crate) fn is_sign_in(token: &TokenMeta) -> bool {
    let end = match token.expires {
        Expiry::At(end) => Some(end),
        Expiry::Never | Expiry::Unknown => None,
    };
    insight::is_sign_in(token.permission.as_deref(), token.created_at, end)
}

#[cfg(test)]
mod tests {
    use super::super::log;
    use super::*;

    fn token(number: u8, name: &str, made: &str, end: Option<&str>) -> TokenMeta {
        TokenMeta {
            fingerprint: format!("{number:064}").into(),
            last4: format!("{number:04}"),
            name: Some(name.to_owned()),
            permission: Some("full".to_owned()),
            kind: None,
            ref_id: None,
            expires: end.map_or(Expiry::Never, |end| Expiry::At(end.parse().unwrap())),
            created_at: Some(made.parse().unwrap()),
            created_by: Some("somebody".to_owned()),
            last_authorization_at: None,
            never_used: false,
        }
    }

    fn known(token: &TokenMeta) -> TokenVersion {
        TokenVersion {
            token: token.clone(),
            seen_from: "2026-01-01T00:00:00Z".parse().unwrap(),
            seen_until: None,
        }
    }

    const BEFORE: &str = "2026-11-24T12:00:00Z";
    const NOW: &str = "2026-11-25T12:00:00Z";

    fn told(before: &[&TokenMeta], now: &[&TokenMeta]) -> Vec<(ChangeKind, String)> {
        let mut log = log(Some(BEFORE), NOW);
        let before: Vec<_> = before.iter().map(|token| known(token)).collect();
        let now: Vec<_> = now.iter().map(|token| (*token).clone()).collect();
        listed(&before, &now, &mut log);
        log.told()
            .into_iter()
            .map(|(kind, subject, ..)| (kind, subject.unwrap().to_owned()))
            .collect()
    }

    #[test]
    fn a_token_that_is_new_or_gone_is_told_and_one_that_stays_is_not() {
        let kept = token(1, "Gateway", "2026-01-01T00:00:00Z", None);
        let gone = token(2, "Old", "2026-01-01T00:00:00Z", None);
        let made = token(3, "New", "2026-11-25T08:00:00Z", None);
        assert_eq!(
            told(&[&kept, &gone], &[&kept, &made]),
            [
                (ChangeKind::TokenCreated, "New ····0003".to_owned()),
                (ChangeKind::TokenGone, "Old ····0002".to_owned()),
            ]
        );
    }

    #[test]
    fn signing_in_is_told_apart_from_tokens_that_somebody_made() {
        let made = "2026-11-25T08:00:00Z";
        let sign_in = token(1, "Chrome", made, Some("2027-02-25T08:00:00Z"));
        let kinds = |before: &[&TokenMeta], now: &[&TokenMeta]| {
            let told = told(before, now);
            told.into_iter().map(|(kind, _)| kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&[], &[&sign_in]), [ChangeKind::SignInStarted]);
        assert_eq!(kinds(&[&sign_in], &[]), [ChangeKind::SignInEnded]);
        let lasting = token(2, "Chrome", made, None);
        let yearly = token(3, "Chrome", made, Some("2027-11-25T08:00:00Z"));
        let reading = TokenMeta {
            permission: Some("read".to_owned()),
            ..sign_in.clone()
        };
        for made_by_hand in [&lasting, &yearly, &reading] {
            assert_eq!(kinds(&[], &[made_by_hand]), [ChangeKind::TokenCreated]);
        }
    }

    #[test]
    fn a_token_is_told_once_when_its_last_fourteen_days_begin() {
        let expiring = |end: &str| token(1, "Gateway", "2026-01-01T00:00:00Z", Some(end));
        let kinds = |end: &str| told(&[&expiring(end)], &[&expiring(end)]);
        assert_eq!(kinds("2026-12-09T11:00:00Z").len(), 1);
        assert_eq!(kinds("2026-12-09T13:00:00Z"), [], "not within 14 days yet");
        assert_eq!(kinds("2026-12-08T11:00:00Z"), [], "it was told a day ago");
        let short = TokenMeta {
            permission: Some("read".to_owned()),
            ..token(
                2,
                "New",
                "2026-11-25T08:00:00Z",
                Some("2026-11-30T08:00:00Z"),
            )
        };
        let told: Vec<_> = told(&[], &[&short])
            .into_iter()
            .map(|(kind, _)| kind)
            .collect();
        assert_eq!(told, [ChangeKind::TokenCreated, ChangeKind::TokenExpiring]);
    }

    #[test]
    fn the_first_list_is_what_later_ones_are_compared_with() {
        let mut log = log(None, NOW);
        let first = token(
            1,
            "Gateway",
            "2026-01-01T00:00:00Z",
            Some("2026-11-30T00:00:00Z"),
        );
        listed(&[], &[first], &mut log);
        assert!(log.told().is_empty());
    }
}
