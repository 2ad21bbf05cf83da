//! Numbers and states as a person reads them.

pub(crate) use desk::number;
use desk::read::{Coverage, UsageCell};
use model::{Freshness, Timestamp, UsageState};

use crate::time::ago;

/// What stands for a number that is not known. Never zero, never blank.
pub(crate) const UNKNOWN: &str = "—";

/// A number that may be unknown.
pub(crate) fn known(value: Option<f64>) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), number)
}

/// The share of a limit in percent, rounded down so that 99.96 % does not read as blocked.
pub(crate) fn percent(cell: &UsageCell) -> String {
    match (cell.state, cell.share) {
        (UsageState::NotAllocated, _) => "none".to_owned(),
        (_, Some(share)) => format!("{} %", (share * 100.0 + 1e-9).floor()),
        (_, None) => UNKNOWN.to_owned(),
    }
}

/// What a share means, in a word.
pub(crate) const fn standing(state: UsageState) -> &'static str {
    match state {
        UsageState::Unknown => "unknown",
        UsageState::NotAllocated => "not allocated",
        UsageState::Ok => "ok",
        UsageState::Warn => "above 80 %",
        UsageState::High => "above 90 %",
        UsageState::Over => "blocked",
    }
}

/// How fresh a datum is, in a few words.
pub(crate) fn freshness(state: &Freshness, now: Timestamp) -> String {
    match state {
        Freshness::NeverFetched => "never fetched".to_owned(),
        Freshness::Fresh { fetched_at } => ago(*fetched_at, now),
        Freshness::Stale { fetched_at } => format!("stale, {}", ago(*fetched_at, now)),
        Freshness::Failed {
            fetched_at: Some(at),
            ..
        } => format!("failed, from {}", ago(*at, now)),
        Freshness::Failed { .. } => "failed".to_owned(),
        Freshness::NotPermitted { .. } => "not permitted".to_owned(),
        Freshness::NotThere { .. } => "not there".to_owned(),
    }
}

/// When the value that stands arrived, if one does.
pub(crate) const fn fetched_at(state: &Freshness) -> Option<Timestamp> {
    match state {
        Freshness::Fresh { fetched_at } | Freshness::Stale { fetched_at } => Some(*fetched_at),
        Freshness::Failed { fetched_at, .. } => *fetched_at,
        Freshness::NeverFetched | Freshness::NotPermitted { .. } | Freshness::NotThere { .. } => {
            None
        }
    }
}

/// That something is not known of all profiles, and why; `None` if it is.
pub(crate) fn coverage(what: &str, coverage: &Coverage) -> Option<String> {
    if coverage.known == coverage.profiles {
        return None;
    }
    let why: Vec<String> = [
        (coverage.never_fetched, "never fetched"),
        (coverage.not_permitted, "not permitted"),
        (coverage.failed, "failed"),
        (coverage.not_there, "not there"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect();
    Some(format!(
        "{what} of {} of {} profiles are known: {}.",
        coverage.known,
        coverage.profiles,
        why.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_down_and_a_missing_limit_is_said() {
        let cell = |share, state| UsageCell {
            used: None,
            limit: None,
            share,
            state,
        };
        assert_eq!(percent(&cell(Some(0.9999), UsageState::High)), "99 %");
        assert_eq!(percent(&cell(Some(0.29), UsageState::Ok)), "29 %");
        assert_eq!(percent(&cell(Some(1.3), UsageState::Over)), "130 %");
        assert_eq!(percent(&cell(None, UsageState::NotAllocated)), "none");
        assert_eq!(percent(&cell(None, UsageState::Unknown)), "—");
        assert_eq!(known(None), "—");
    }
}
