//! When which account is synced by itself. Pure.

use std::time::Duration;

use model::Timestamp;

/// An account that could not be reached is tried again after this, then after twice as long, and so on.
const FIRST_RETRY: Duration = Duration::from_secs(30);

/// An account, as far as its next sync goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Its number in the store.
    pub(crate) account: i64,
    /// When its last sync ended, however it ended.
    pub(crate) last_sync_at: Option<Timestamp>,
    /// How often in a row it could not be reached.
    pub(crate) unreached: u32,
}

/// When an account is due. Each has a pause of its own, up to a tenth longer than the interval, so that
/// the accounts spread over it instead of asking all at once.
pub(crate) fn due_at(standing: &Standing, interval: Duration, now: Timestamp) -> Timestamp {
    let Some(last) = standing.last_sync_at else {
        return now;
    };
    if last > now {
        // The clock was set back since: nobody knows how long ago it was.
        return now;
    }
    let pause = match standing.unreached {
        0 => interval + (interval / 10).mul_f64(spread(standing.account)),
        times => {
            let doubled = FIRST_RETRY.saturating_mul(1 << (times - 1).min(16));
            doubled.min(interval)
        }
    };
    last.saturating_add(pause).unwrap_or(Timestamp::MAX)
}

/// Numbers from 0 to 1 that lie far apart for neighbouring accounts: multiples of the golden ratio.
fn spread(account: i64) -> f64 {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let hashed = account.unsigned_abs().wrapping_mul(GOLDEN) >> 32;
    #[expect(clippy::cast_precision_loss, reason = "below 2^32")]
    let share = hashed as f64 / 4_294_967_296.0;
    share
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUARTER: Duration = Duration::from_mins(15);

    fn at(text: &str) -> Timestamp {
        format!("2026-11-24T{text}Z").parse().unwrap()
    }

    fn standing(account: i64, last: Option<&str>, unreached: u32) -> Standing {
        Standing {
            account,
            last_sync_at: last.map(at),
            unreached,
        }
    }

    #[test]
    fn an_account_is_due_an_interval_after_its_last_sync_and_a_new_one_at_once() {
        let now = at("12:10:00");
        assert_eq!(due_at(&standing(1, None, 0), QUARTER, now), now);
        for account in 0..100 {
            let due = due_at(&standing(account, Some("12:00:00"), 0), QUARTER, now);
            assert!(due >= at("12:15:00") && due < at("12:16:30"), "{due}");
        }
    }

    #[test]
    fn sixty_accounts_do_not_ask_at_the_same_second() {
        let now = at("12:10:00");
        let mut due: Vec<_> = (1..=60)
            .map(|account| due_at(&standing(account, Some("12:00:00"), 0), QUARTER, now))
            .map(Timestamp::as_second)
            .collect();
        due.sort_unstable();
        due.dedup();
        assert!(due.len() >= 40, "{}", due.len());
    }

    #[test]
    fn a_host_that_is_away_is_tried_again_after_growing_pauses_up_to_the_interval() {
        let now = at("12:10:00");
        let pauses: Vec<_> = (1..=8)
            .map(|times| {
                let due = due_at(&standing(1, Some("12:00:00"), times), QUARTER, now);
                due.duration_since(at("12:00:00")).as_secs()
            })
            .collect();
        assert_eq!(pauses, [30, 60, 120, 240, 480, 900, 900, 900]);
    }

    #[test]
    fn after_the_clock_was_set_back_it_is_due_at_once_and_not_hours_later() {
        let now = at("11:00:00");
        assert_eq!(due_at(&standing(1, Some("12:00:00"), 0), QUARTER, now), now);
    }
}
