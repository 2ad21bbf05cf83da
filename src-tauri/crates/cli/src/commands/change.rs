//! One change, in a person's words.

use desk::read::ChangeRow;
use jiff::tz::TimeZone;
use model::{ChangeKind, Service, Timestamp};
use serde_json::Value;

use crate::{time, wording};

/// What happened, in a few words.
pub(super) fn what(change: &ChangeRow) -> &'static str {
    match (change.kind, change.old.as_f64(), change.new.as_f64()) {
        (ChangeKind::LimitChanged, Some(old), Some(new)) if new > old => "limit raised",
        (ChangeKind::LimitChanged, Some(old), Some(new)) if new < old => "limit lowered",
        (kind, ..) => happened(kind),
    }
}

const fn happened(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::ProfileAppeared => "profile appeared",
        ChangeKind::ProfileReturned => "profile is back",
        ChangeKind::ProfileRemoved => "profile gone",
        ChangeKind::ProfileRenamed => "profile renamed",
        ChangeKind::LimitChanged => "limit changed",
        ChangeKind::ThresholdReached => "use rose",
        ChangeKind::ThresholdLeft => "use fell",
        ChangeKind::TokenCreated => "token created",
        ChangeKind::TokenGone => "token gone",
        ChangeKind::TokenExpiring => "token expires soon",
        ChangeKind::SignInStarted => "signed in",
        ChangeKind::SignInEnded => "sign-in ended",
        ChangeKind::MemberInvited => "invited to the team",
        ChangeKind::MemberJoined => "joined the team",
        ChangeKind::MemberLeft => "left the team",
        ChangeKind::PlanChanged => "plan changed",
        ChangeKind::PaymentFailed => "payment failed",
        ChangeKind::PaymentOverdue => "payment overdue",
        ChangeKind::PaymentRecovered => "payments in order",
        ChangeKind::DowngradeScheduled => "downgrade scheduled",
        ChangeKind::DowngradeGone => "no downgrade pending",
        ChangeKind::BackupOld => "backup is old",
    }
}

/// To what: a service by the name that a person knows, all else as it was stored.
pub(super) fn subject(change: &ChangeRow) -> String {
    let subject = change.subject.as_deref().unwrap_or_default();
    match change.kind {
        ChangeKind::LimitChanged | ChangeKind::ThresholdReached | ChangeKind::ThresholdLeft => {
            let service = Service::from_key(subject);
            service
                .map_or(subject, |service| service.label())
                .to_owned()
        }
        _ => subject.to_owned(),
    }
}

/// From what to what. Nothing, where the kind alone says it.
pub(super) fn difference(change: &ChangeRow) -> String {
    let (old, new) = (&change.old, &change.new);
    match change.kind {
        ChangeKind::ProfileRenamed | ChangeKind::PlanChanged => {
            format!("{} → {}", told(old), told(new))
        }
        // The profile's own column has its name as it is now.
        ChangeKind::ProfileAppeared | ChangeKind::ProfileReturned => {
            known(unless(new, change.profile_name.as_deref()))
        }
        ChangeKind::ProfileRemoved => before("was ", unless(old, change.profile_name.as_deref())),
        ChangeKind::MemberInvited | ChangeKind::MemberJoined => {
            known(unless(new, change.subject.as_deref()))
        }
        ChangeKind::MemberLeft => before("was ", unless(old, change.subject.as_deref())),
        ChangeKind::PaymentFailed => known(new),
        ChangeKind::LimitChanged => {
            let service = change.subject.as_deref().and_then(Service::from_key);
            let unit = service.map_or_else(String::new, |service| format!(" {}", service.unit()));
            // The unit stands after the last number.
            match new.as_f64() {
                Some(0.0) => format!("{}{unit} → none", limit(old)),
                _ => format!("{} → {}{unit}", limit(old), told(new)),
            }
        }
        ChangeKind::ThresholdReached => match percent(old) {
            Some(old) => format!("reached {}, was at {old}", percent_of(new)),
            None => format!("reached {}", percent_of(new)),
        },
        ChangeKind::ThresholdLeft => match percent(new) {
            Some(new) => format!("left {}, now at {new}", percent_of(old)),
            None => format!("left {}, now below 80 %", percent_of(old)),
        },
        ChangeKind::TokenCreated | ChangeKind::SignInStarted => before("with permission ", new),
        ChangeKind::TokenGone | ChangeKind::SignInEnded => before("had permission ", old),
        ChangeKind::TokenExpiring => at("on ", new),
        ChangeKind::PaymentOverdue => String::new(),
        ChangeKind::PaymentRecovered => before("was: ", old),
        ChangeKind::DowngradeScheduled => match (old, new) {
            (Value::Null, new) => at("for ", new),
            (old, new) => format!("{} → {}", moment(old), moment(new)),
        },
        ChangeKind::DowngradeGone => at("was for ", old),
        ChangeKind::BackupOld if new.is_null() => "there is none".to_owned(),
        ChangeKind::BackupOld => format!("the newest is of {}", moment(new)),
    }
}

/// A value, or that it is not known.
fn told(value: &Value) -> String {
    match value {
        Value::Null => wording::UNKNOWN.to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => wording::known(number.as_f64()),
        other => other.to_string(),
    }
}

fn limit(value: &Value) -> String {
    if value.as_f64() == Some(0.0) {
        "none".to_owned()
    } else {
        told(value)
    }
}

/// A value, unless it says no more than what stands beside it.
fn unless<'a>(value: &'a Value, beside: Option<&str>) -> &'a Value {
    if value.as_str().is_some_and(|text| Some(text) == beside) {
        &Value::Null
    } else {
        value
    }
}

/// A value, or nothing.
fn known(value: &Value) -> String {
    before("", value)
}

/// A value after some words, or nothing.
fn before(words: &str, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        value => format!("{words}{}", told(value)),
    }
}

/// A time after some words, or nothing.
fn at(words: &str, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        value => format!("{words}{}", moment(value)),
    }
}

fn percent(value: &Value) -> Option<String> {
    value.as_f64().map(|percent| format!("{percent} %"))
}

fn percent_of(value: &Value) -> String {
    percent(value).unwrap_or_else(|| wording::UNKNOWN.to_owned())
}

/// A time on the clock of UTC; what is none stays as it is.
fn moment(value: &Value) -> String {
    let at = value
        .as_str()
        .and_then(|text| text.parse::<Timestamp>().ok());
    at.map_or_else(|| told(value), |at| time::clock(at, &TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;

    use super::*;

    fn change(kind: ChangeKind, subject: Option<&str>, old: Value, new: Value) -> ChangeRow {
        ChangeRow {
            key: 1,
            at: Timestamp::UNIX_EPOCH,
            account: None,
            profile: None,
            profile_key: None,
            profile_name: None,
            kind,
            subject: subject.map(str::to_owned),
            old,
            new,
        }
    }

    #[test]
    fn every_kind_has_words_of_its_own() {
        let words: HashSet<&str> = ChangeKind::ALL.into_iter().map(happened).collect();
        assert_eq!(words.len(), ChangeKind::ALL.len());
        assert!(!words.contains(""));
    }

    #[test]
    fn a_limit_has_the_services_name_and_unit() {
        let one = change(
            ChangeKind::LimitChanged,
            Some("data_records"),
            json!(1_000_000.0),
            json!(1_500_000),
        );
        assert_eq!(subject(&one), "Data records");
        assert_eq!(what(&one), "limit raised");
        assert_eq!(difference(&one), "1,000,000 → 1,500,000 registers stored");
        let none = change(ChangeKind::LimitChanged, Some("sms"), json!(5), json!(0));
        assert_eq!(
            (what(&none), difference(&none)),
            ("limit lowered", "5 messages → none".to_owned())
        );
        let other = change(
            ChangeKind::LimitChanged,
            Some("tcore"),
            json!(1),
            json!(2.5),
        );
        assert_eq!(
            (subject(&other), difference(&other)),
            ("tcore".to_owned(), "1 → 2.5".to_owned())
        );
    }

    #[test]
    fn thresholds_say_which_was_reached_or_left_and_where_use_is_now() {
        use ChangeKind::{ThresholdLeft, ThresholdReached};
        for (kind, old, new, said) in [
            (ThresholdReached, json!(null), json!(90), "reached 90 %"),
            (
                ThresholdReached,
                json!(80),
                json!(100),
                "reached 100 %, was at 80 %",
            ),
            (
                ThresholdLeft,
                json!(90),
                json!(80),
                "left 90 %, now at 80 %",
            ),
            (
                ThresholdLeft,
                json!(100),
                json!(null),
                "left 100 %, now below 80 %",
            ),
        ] {
            let one = change(kind, Some("sms"), old, new);
            assert_eq!(difference(&one), said);
            assert_eq!(subject(&one), "SMS");
        }
    }

    #[test]
    fn names_people_dates_and_reasons_stand_as_they_are_and_unknown_is_left_out() {
        use ChangeKind as Kind;
        let (none, day) = (json!(null), json!("2026-12-05T12:30:00Z"));
        for (kind, old, new, said) in [
            (Kind::ProfileRenamed, json!("A"), json!("B"), "A → B"),
            (Kind::ProfileAppeared, none.clone(), json!("A"), "A"),
            (Kind::ProfileRemoved, json!("A"), none.clone(), "was A"),
            (
                Kind::PlanChanged,
                json!("free"),
                json!("scale"),
                "free → scale",
            ),
            (
                Kind::TokenCreated,
                none.clone(),
                json!("full"),
                "with permission full",
            ),
            (Kind::TokenCreated, none.clone(), none.clone(), ""),
            (
                Kind::TokenGone,
                json!("full"),
                none.clone(),
                "had permission full",
            ),
            (
                Kind::TokenExpiring,
                none.clone(),
                day.clone(),
                "on 2026-12-05 12:30",
            ),
            (Kind::MemberJoined, none.clone(), json!("a@b.c"), "a@b.c"),
            (Kind::MemberLeft, json!("a@b.c"), none.clone(), "was a@b.c"),
            (
                Kind::PaymentFailed,
                none.clone(),
                json!("Declined"),
                "Declined",
            ),
            (Kind::PaymentOverdue, none.clone(), none.clone(), ""),
            (
                Kind::PaymentRecovered,
                json!("Declined"),
                none.clone(),
                "was: Declined",
            ),
            (
                Kind::DowngradeScheduled,
                none.clone(),
                day.clone(),
                "for 2026-12-05 12:30",
            ),
            (
                Kind::DowngradeScheduled,
                json!("2026-12-01T00:00:00Z"),
                day.clone(),
                "2026-12-01 00:00 → 2026-12-05 12:30",
            ),
            (
                Kind::DowngradeGone,
                day.clone(),
                none.clone(),
                "was for 2026-12-05 12:30",
            ),
            (
                Kind::BackupOld,
                none.clone(),
                day,
                "the newest is of 2026-12-05 12:30",
            ),
            (Kind::BackupOld, none.clone(), none, "there is none"),
        ] {
            assert_eq!(
                difference(&change(kind, Some("x"), old, new)),
                said,
                "{kind}"
            );
        }
    }

    #[test]
    fn a_name_that_stands_beside_it_is_not_repeated() {
        let mut one = change(
            ChangeKind::ProfileAppeared,
            None,
            json!(null),
            json!("Porto"),
        );
        assert_eq!(difference(&one), "Porto");
        one.profile_name = Some("Porto".to_owned());
        assert_eq!(difference(&one), "");
        let left = change(
            ChangeKind::MemberLeft,
            Some("a@b.c"),
            json!("a@b.c"),
            json!(null),
        );
        assert_eq!(difference(&left), "");
    }
}
