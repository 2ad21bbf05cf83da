//! Backups at TagoIO that are older than was chosen.

use std::time::Duration;

use model::{ChangeKind, Timestamp};
use serde_json::Value;

use super::{Log, moment};

/// A profile's newest completed backup before and now, and how old it may be.
pub(in crate::sync) fn aged(
    before: Option<Timestamp>,
    newest: Option<Timestamp>,
    age: Option<Duration>,
    log: &mut Log,
) {
    let (Some(age), Some(fetched)) = (age, log.before()) else {
        return;
    };
    let is_old = |backup: Option<Timestamp>, at: Timestamp| {
        backup.is_none_or(|made| {
            let since = at.duration_since(made);
            since.is_positive() && since.unsigned_abs() > age
        })
    };
    if is_old(newest, log.at()) && !is_old(before, fetched) {
        log.note(ChangeKind::BackupOld, None, Value::Null, moment(newest));
    }
}

#[cfg(test)]
mod tests {
    use super::super::log;
    use super::*;

    #[test]
    fn a_backup_grows_old_once() {
        let at = |day: u8| format!("2026-11-{day:02}T12:00:00Z");
        let week = Some(Duration::from_hours(7 * 24));
        let newest: Option<Timestamp> = Some(at(10).parse().unwrap());
        for (before, now, told) in [(15, 16, 0), (17, 18, 1), (18, 19, 0)] {
            let mut log = log(Some(&at(before)), &at(now));
            aged(newest, newest, week, &mut log);
            assert_eq!(log.told().len(), told, "{before} to {now}");
        }
        let mut log = log(Some(&at(17)), &at(18));
        aged(newest, newest, None, &mut log);
        assert!(log.told().is_empty(), "nobody wants to know");
    }
}
