//! Plans, payments and scheduled downgrades.

use model::ChangeKind;
use serde_json::Value;

use super::super::record::{Health, Schedule};
use super::{Log, moment};

/// A plan before and now; what is unknown is as it was.
pub(in crate::sync) fn plan(before: Option<&str>, now: Option<&str>, log: &mut Log) {
    if let (Some(before), Some(now)) = (before, now)
        && before != now
    {
        log.note(ChangeKind::PlanChanged, None, before, Value::from(now));
    }
}

/// A scheduled downgrade before and now.
pub(crate) fn schedule(before: Option<&Schedule>, now: Option<&Schedule>, log: &mut Log) {
    let when =
        |schedule: Option<&Schedule>| moment(schedule.and_then(|schedule| schedule.release_at));
    let plan = |schedule: Option<&Schedule>| schedule.and_then(|schedule| schedule.plan.clone());
    let kind = match (before, now) {
        (_, None) if before.is_some() => ChangeKind::DowngradeGone,
        (before, Some(_)) if before != now => ChangeKind::DowngradeScheduled,
        _ => return,
    };
    let subject = plan(now).or_else(|| plan(before));
    log.note(kind, subject, when(before), when(now));
}

/// Whether payments went through before and do now.
pub(crate) fn health(before: Option<&Health>, now: &Health, log: &mut Log) {
    let failed = |health: &Health| health.payment_error.clone();
    let overdue = |health: &Health| health.overdue == Some(true);
    let old = before.and_then(failed);
    let was_overdue = before.is_some_and(overdue);
    match (&old, failed(now)) {
        (None, Some(reason)) => log.note(ChangeKind::PaymentFailed, None, Value::Null, reason),
        (Some(before), Some(reason)) if *before != reason => {
            log.note(ChangeKind::PaymentFailed, None, old, reason);
        }
        _ => {}
    }
    if overdue(now) && !was_overdue {
        log.note(ChangeKind::PaymentOverdue, None, Value::Null, Value::Null);
    }
    let was_wrong = was_overdue || before.and_then(failed).is_some();
    if was_wrong && !overdue(now) && failed(now).is_none() {
        let old = before.and_then(failed);
        log.note(ChangeKind::PaymentRecovered, None, old, Value::Null);
    }
}

#[cfg(test)]
mod tests {
    use super::super::log;
    use super::*;

    fn health_of(error: Option<&str>, overdue: bool) -> Health {
        Health {
            payment_error: error.map(str::to_owned),
            overdue: Some(overdue),
            ..Health::default()
        }
    }

    fn kinds(before: Option<&Health>, now: &Health) -> Vec<ChangeKind> {
        let mut log = log(Some("2026-11-24T12:00:00Z"), "2026-11-25T12:00:00Z");
        health(before, now, &mut log);
        log.told().into_iter().map(|(kind, ..)| kind).collect()
    }

    #[test]
    fn a_payment_fails_once_and_recovers_once() {
        let (good, failed) = (health_of(None, false), health_of(Some("No."), false));
        let overdue = health_of(Some("No."), true);
        assert_eq!(kinds(None, &good), []);
        assert_eq!(kinds(Some(&good), &failed), [ChangeKind::PaymentFailed]);
        assert_eq!(kinds(Some(&failed), &failed), []);
        assert_eq!(kinds(Some(&failed), &overdue), [ChangeKind::PaymentOverdue]);
        assert_eq!(kinds(Some(&overdue), &good), [ChangeKind::PaymentRecovered]);
    }

    #[test]
    fn a_downgrade_is_told_when_it_is_scheduled_moved_and_gone() {
        let on = |day: &str| Schedule {
            release_at: Some(format!("{day}T00:00:00Z").parse().unwrap()),
            plan: Some("free".to_owned()),
            ..Schedule::default()
        };
        let (first, later) = (on("2026-12-01"), on("2026-12-05"));
        for (before, now, kind) in [
            (None, Some(&first), Some(ChangeKind::DowngradeScheduled)),
            (Some(&first), Some(&first), None),
            (
                Some(&first),
                Some(&later),
                Some(ChangeKind::DowngradeScheduled),
            ),
            (Some(&later), None, Some(ChangeKind::DowngradeGone)),
            (None, None, None),
        ] {
            let mut log = log(Some("2026-11-24T12:00:00Z"), "2026-11-25T12:00:00Z");
            schedule(before, now, &mut log);
            let told: Vec<_> = log.told().into_iter().map(|(kind, ..)| kind).collect();
            assert_eq!(told, kind.into_iter().collect::<Vec<_>>());
        }
    }
}
