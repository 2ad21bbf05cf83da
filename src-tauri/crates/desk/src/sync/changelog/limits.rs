//! Limits that changed, and use that crossed 80, 90 or 100 % of one.

use model::{Amounts, ChangeKind, Service, usage_share};
use serde_json::Value;
use store::{ProfileKey, StoreError, Summary, Writer};

use super::Log;

/// The thresholds, in percent, at which TagoIO warns; at the last one a service is blocked.
const THRESHOLDS: [u8; 3] = [80, 90, 100];

/// Use must fall so many points below a threshold to have left it, so that a level that wavers around one
/// does not fill the log.
const HYSTERESIS: f64 = 2.0;

/// The limits before and now, each service for itself. One that an answer leaves out is unknown, not gone.
pub(crate) fn changed(before: Option<&Amounts>, now: &Amounts, log: &mut Log) {
    let Some(before) = before else { return };
    for (key, new) in now.known() {
        let old = before.by_key(key);
        if old.is_some_and(|old| (old - new).abs() > f64::EPSILON) {
            let subject = Some(key.to_owned());
            log.note(ChangeKind::LimitChanged, subject, old, Value::from(new));
        }
    }
}

/// Compares use with the thresholds that it is known to be at, and notes where it is now.
pub(crate) fn crossed(
    store: &Writer<'_>,
    profile: ProfileKey,
    summary: &Summary,
    log: &mut Log,
) -> Result<(), StoreError> {
    let held = store.thresholds(profile)?;
    for service in Service::ALL {
        let (used, limit) = (summary.used[service], summary.limit[service]);
        if used.is_none() || limit.is_none() {
            // Not known now: it is where it was.
            continue;
        }
        let old = held.get(&service).copied();
        let new = level(old, usage_share(used, limit));
        if old == new {
            continue;
        }
        let kind = if new > old {
            ChangeKind::ThresholdReached
        } else {
            ChangeKind::ThresholdLeft
        };
        log.note(kind, Some(service.key().to_owned()), old, new);
        store.put_threshold(profile, service, new)?;
    }
    Ok(())
}

/// The highest threshold that use is at, if it was at `held` before.
fn level(held: Option<u8>, share: Option<f64>) -> Option<u8> {
    let percent = share? * 100.0;
    let is_at = |threshold: u8| {
        let least = f64::from(threshold);
        if held.is_some_and(|held| threshold <= held) {
            percent > least - HYSTERESIS
        } else if threshold == 100 {
            percent >= least
        } else {
            percent > least
        }
    };
    THRESHOLDS
        .into_iter()
        .rev()
        .find(|threshold| is_at(*threshold))
}

#[cfg(test)]
mod tests {
    use super::super::log;
    use super::*;

    #[test]
    fn a_threshold_is_reached_where_the_states_of_use_change_and_left_two_points_below() {
        assert_eq!(level(None, Some(0.80)), None);
        assert_eq!(level(None, Some(0.801)), Some(80));
        assert_eq!(level(Some(80), Some(0.95)), Some(90));
        assert_eq!(level(Some(90), Some(0.999)), Some(90));
        assert_eq!(level(Some(90), Some(1.0)), Some(100));
        assert_eq!(level(None, Some(1.3)), Some(100));
        assert_eq!(level(Some(100), Some(0.99)), Some(100));
        assert_eq!(level(Some(100), Some(0.97)), Some(90));
        assert_eq!(level(Some(90), Some(0.881)), Some(90));
        assert_eq!(level(Some(90), Some(0.88)), Some(80));
        assert_eq!(level(Some(80), Some(0.79)), Some(80));
        assert_eq!(level(Some(80), Some(0.78)), None);
        assert_eq!(level(Some(100), Some(0.0)), None, "a cycle began");
        assert_eq!(
            level(Some(100), None),
            None,
            "nothing is allocated any more"
        );
    }

    #[test]
    fn a_use_that_wavers_around_a_threshold_crosses_it_once() {
        let mut held = None;
        let mut crossed = 0;
        for percent in [79.0, 80.5, 79.5, 80.5, 78.5, 81.0, 79.0] {
            let now = level(held, Some(percent / 100.0));
            crossed += u32::from(now != held);
            held = now;
        }
        assert_eq!((crossed, held), (1, Some(80)));
    }

    #[test]
    fn each_limit_that_differs_is_noted_and_one_that_is_left_out_is_not() {
        let mut log = log(Some("2026-11-24T12:00:00Z"), "2026-11-24T12:15:00Z");
        let before: Amounts = [("input", 10.0), ("sms", 5.0), ("tcore", 1.0)]
            .into_iter()
            .collect();
        let now: Amounts = [("input", 10.0), ("tcore", 2.0), ("email", 3.0)]
            .into_iter()
            .collect();
        changed(Some(&before), &now, &mut log);
        let told = [(
            ChangeKind::LimitChanged,
            Some("tcore"),
            1.0.into(),
            2.0.into(),
        )];
        assert_eq!(log.told(), told);
        changed(None, &now, &mut log);
        assert_eq!(log.told().len(), 1);
    }
}
