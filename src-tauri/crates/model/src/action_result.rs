//! How a change that this program made at TagoIO ended.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::word::words;

/// What became of an action in the action log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ActionResult {
    /// It was about to be sent, and nothing was noted since: it goes on, or the program was stopped.
    Begun,
    /// TagoIO confirmed it.
    Done,
    /// It was not sent, for a reason that was known before.
    Refused,
    /// It was not done.
    Failed,
    /// The answer was lost, and what stands at TagoIO could not be read since.
    Unknown,
}

words!(ActionResult {
    Begun = "begun",
    Done = "done",
    Refused = "refused",
    Failed = "failed",
    Unknown = "unknown",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_leads_back_and_is_what_serde_writes() {
        for result in ActionResult::ALL {
            assert_eq!(ActionResult::from_key(result.key()), Some(result));
            assert_eq!(serde_json::to_value(result).unwrap(), result.key());
        }
    }
}
