//! A transfer to another account that takes long: TagoIO's support does it, and a person has to ask after it.

use jiff::SignedDuration;
use model::{AttentionFacts, AttentionSeverity, Timestamp};

use super::{Finding, Since, hours};

/// A transfer that waits no longer than this is on its way.
const LONG: SignedDuration = SignedDuration::from_hours(14 * 24);

/// One that was asked for at a time, and has not happened.
pub fn transfer(destination: &str, ticket: &str, at: Timestamp, now: Timestamp) -> Option<Finding> {
    (now.duration_since(at) > LONG).then(|| Finding {
        severity: AttentionSeverity::Notice,
        step: 1,
        measure: Some((hours(at, now) / 24.0).floor()),
        since: Some(Since {
            at,
            or_earlier: false,
        }),
        detail: None,
        members: Vec::new(),
        facts: AttentionFacts::Transfer {
            destination: destination.to_owned(),
            at,
            ticket: ticket.to_owned(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_is_worth_a_line_once_it_waited_for_more_than_14_days() {
        let asked: Timestamp = "2026-05-01T12:00:00Z".parse().unwrap();
        let after = |days: i64| asked + SignedDuration::from_hours(days * 24);
        assert_eq!(transfer("a@b.c", "", asked, after(14)), None);
        let found = transfer("a@b.c", "", asked, after(15)).unwrap();
        assert_eq!(found.measure, Some(15.0));
    }
}
