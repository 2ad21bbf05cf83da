//! Requests per minute, counted as TagoIO does: per profile and route, reset on the wall-clock minute.

use std::collections::HashMap;

use jiff::Timestamp;

/// The counts of the current minute.
#[derive(Debug)]
pub(crate) struct RateWindows {
    rpm: Option<u32>,
    minute: i64,
    counts: HashMap<(String, String), u32>,
}

impl RateWindows {
    pub(crate) fn new(rpm: Option<u32>) -> Self {
        Self {
            rpm,
            minute: i64::MIN,
            counts: HashMap::new(),
        }
    }

    pub(crate) fn set_rpm(&mut self, rpm: Option<u32>) {
        self.rpm = rpm;
    }

    /// Counts a request. `Err` holds the seconds until the window opens again, 1 to 60.
    pub(crate) fn count(
        &mut self,
        profile: &str,
        route: String,
        now: Timestamp,
    ) -> Result<(), i64> {
        let Some(rpm) = self.rpm else { return Ok(()) };
        let minute = now.as_second().div_euclid(60);
        if minute != self.minute {
            self.minute = minute;
            self.counts.clear();
        }
        let count = self.counts.entry((profile.to_owned(), route)).or_default();
        *count += 1;
        if *count > rpm {
            Err(seconds_to_next_minute(now))
        } else {
            Ok(())
        }
    }
}

/// How long until the next wall-clock minute, 1 to 60 seconds.
pub(crate) fn seconds_to_next_minute(now: Timestamp) -> i64 {
    60 - now.as_second().rem_euclid(60)
}
