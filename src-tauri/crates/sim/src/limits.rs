//! Requests per minute, counted as TagoIO does: per profile and route, reset on the wall-clock minute.

use std::collections::HashMap;

use axum::http::Method;
use jiff::Timestamp;

use crate::routes::is_named;

/// The counts of the current minute.
#[derive(Debug)]
pub(crate) struct RateWindows {
    rpm: Option<u32>,
    by_route: Vec<(String, u32)>,
    minute: i64,
    /// By profile, method and route.
    counts: HashMap<(String, Method, String), u32>,
}

impl RateWindows {
    pub(crate) fn new(rpm: Option<u32>, by_route: Vec<(String, u32)>) -> Self {
        Self {
            rpm,
            by_route,
            minute: i64::MIN,
            counts: HashMap::new(),
        }
    }

    pub(crate) fn set_rpm(&mut self, rpm: Option<u32>) {
        self.rpm = rpm;
    }

    /// Counts a request. `Err` holds the seconds until the window opens again, 1 to 60.
    ///
    /// What is refused does not count: TagoIO does not tell, and as the window opens at a fixed time,
    /// it shows only where a limit is raised within the minute.
    pub(crate) fn count(
        &mut self,
        profile: &str,
        method: &Method,
        route: &str,
        now: Timestamp,
    ) -> Result<(), i64> {
        let own = self
            .by_route
            .iter()
            .find(|(wanted, _)| is_named(wanted, method, route))
            .map(|(_, rpm)| *rpm);
        let Some(rpm) = own.or(self.rpm) else {
            return Ok(());
        };
        let minute = now.as_second().div_euclid(60);
        if minute != self.minute {
            self.minute = minute;
            self.counts.clear();
        }
        let key = (profile.to_owned(), method.clone(), route.to_owned());
        let count = self.counts.entry(key).or_default();
        if *count >= rpm {
            return Err(seconds_to_next_minute(now));
        }
        *count += 1;
        Ok(())
    }
}

/// How long until the next wall-clock minute, 1 to 60 seconds.
pub(crate) fn seconds_to_next_minute(now: Timestamp) -> i64 {
    60 - now.as_second().rem_euclid(60)
}
