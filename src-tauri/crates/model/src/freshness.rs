//! How far a stored datum can be trusted: six states that are never mixed up.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the last attempt to fetch a dataset ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum FetchOutcome {
    /// It arrived and was stored.
    Ok,
    /// It did not arrive; what was stored before still stands.
    Failed {
        /// A stable word for the cause, such as `unreachable`.
        code: String,
        /// What happened, for a person.
        message: String,
    },
    /// The API said that this token may not see it.
    NotPermitted {
        /// The API's own words.
        message: String,
    },
    /// The API said that there is no such thing, as a Free account has no subscription.
    NotThere,
}

/// The last attempt and the last success of fetching one dataset, of one profile or account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchStatus {
    /// When it was last tried.
    pub attempted_at: Timestamp,
    /// When it last arrived; `None` if it never did.
    pub succeeded_at: Option<Timestamp>,
    /// How the last try ended.
    pub outcome: FetchOutcome,
}

/// What a screen says about a datum beside its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Freshness {
    /// Nobody ever asked for it.
    NeverFetched,
    /// Fetched within its age.
    Fresh {
        /// When it arrived.
        #[ts(type = "string")]
        fetched_at: Timestamp,
    },
    /// Fetched, but longer ago than its age allows.
    Stale {
        /// When it arrived.
        #[ts(type = "string")]
        fetched_at: Timestamp,
    },
    /// The last try failed; a value from before may still stand.
    Failed {
        /// When it was tried.
        #[ts(type = "string")]
        attempted_at: Timestamp,
        /// When the value that stands arrived, if there is one.
        #[ts(type = "string | null")]
        fetched_at: Option<Timestamp>,
        /// What happened, for a person.
        reason: String,
    },
    /// The token may not see it.
    NotPermitted {
        /// When it was tried.
        #[ts(type = "string")]
        attempted_at: Timestamp,
        /// The API's own words.
        reason: String,
    },
    /// There is no such thing for this profile or account.
    NotThere {
        /// When the API said so.
        #[ts(type = "string")]
        fetched_at: Timestamp,
    },
}

impl Freshness {
    /// Judges a fetch status at a moment. A datum exactly as old as `max_age` is still fresh; one
    /// from the future (the clock was set back) is fresh too.
    pub fn of(status: Option<&FetchStatus>, now: Timestamp, max_age: Duration) -> Self {
        let Some(status) = status else {
            return Self::NeverFetched;
        };
        match &status.outcome {
            FetchOutcome::Ok => {
                let fetched_at = status.succeeded_at.unwrap_or(status.attempted_at);
                let age = now.duration_since(fetched_at);
                if age.unsigned_abs() > max_age && age.is_positive() {
                    Self::Stale { fetched_at }
                } else {
                    Self::Fresh { fetched_at }
                }
            }
            FetchOutcome::Failed { message, .. } => Self::Failed {
                attempted_at: status.attempted_at,
                fetched_at: status.succeeded_at,
                reason: message.clone(),
            },
            FetchOutcome::NotPermitted { message } => Self::NotPermitted {
                attempted_at: status.attempted_at,
                reason: message.clone(),
            },
            FetchOutcome::NotThere => Self::NotThere {
                fetched_at: status.attempted_at,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUARTER: Duration = Duration::from_mins(15);

    fn ok_at(second: i64) -> FetchStatus {
        let at = Timestamp::from_second(second).unwrap();
        FetchStatus {
            attempted_at: at,
            succeeded_at: Some(at),
            outcome: FetchOutcome::Ok,
        }
    }

    #[test]
    fn age_decides_between_fresh_and_stale_and_the_future_is_fresh() {
        let now = Timestamp::from_second(10_000).unwrap();
        let state = |second| Freshness::of(Some(&ok_at(second)), now, QUARTER);
        assert!(matches!(state(10_000 - 900), Freshness::Fresh { .. }));
        assert!(matches!(state(10_000 - 901), Freshness::Stale { .. }));
        assert!(matches!(state(20_000), Freshness::Fresh { .. }));
        assert_eq!(Freshness::of(None, now, QUARTER), Freshness::NeverFetched);
    }

    #[test]
    fn a_failure_keeps_the_time_of_the_last_good_value() {
        let now = Timestamp::from_second(10_000).unwrap();
        let mut status = ok_at(5_000);
        status.attempted_at = now;
        status.outcome = FetchOutcome::Failed {
            code: "unreachable".into(),
            message: "no route".into(),
        };
        assert_eq!(
            Freshness::of(Some(&status), now, QUARTER),
            Freshness::Failed {
                attempted_at: now,
                fetched_at: status.succeeded_at,
                reason: "no route".into()
            }
        );
    }
}
