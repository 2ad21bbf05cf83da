//! How a change that this program made at TagoIO ended.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

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

impl ActionResult {
    /// Every result.
    pub const ALL: [Self; 5] = [
        Self::Begun,
        Self::Done,
        Self::Refused,
        Self::Failed,
        Self::Unknown,
    ];

    /// Its word in the store and in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// The result with this word.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|result| result.key() == key)
    }
}

impl fmt::Display for ActionResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

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
