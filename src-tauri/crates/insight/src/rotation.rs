//! How far the replacement of a token by another one is.

use std::time::Duration;

use model::Timestamp;
use serde::Serialize;
use ts_rs::TS;

/// How long a token must not have been used to count as quiet. TagoIO tells a use by the hour, and jobs run by the
/// day.
pub const QUIET: Duration = Duration::from_hours(25);

/// What the last list of tokens said of one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether it is in the list.
    pub stands: bool,
    /// When it was last used; `None` is never or not known.
    pub used_at: Option<Timestamp>,
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RotationStep {
    /// The new token is not there: it was never made, or is revoked.
    NotMade,
    /// The new one is to be put in its place: nobody used it.
    Place,
    /// The new one is used, and the old one is not quiet yet.
    Watch,
    /// The new one is used and the old one is quiet: that one can be revoked.
    Revoke,
    /// The old one is gone.
    Over,
}

/// How far it is, as of the list that came at `fetched_at`.
pub fn rotation_step(old: Seen, new: Seen, fetched_at: Timestamp) -> RotationStep {
    if !old.stands {
        return RotationStep::Over;
    }
    if !new.stands {
        return RotationStep::NotMade;
    }
    if new.used_at.is_none() {
        return RotationStep::Place;
    }
    let is_quiet = |at: Timestamp| {
        let since = fetched_at.duration_since(at);
        !since.is_negative() && since.unsigned_abs() >= QUIET
    };
    if old.used_at.is_none_or(is_quiet) {
        RotationStep::Revoke
    } else {
        RotationStep::Watch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_token_is_revoked_once_the_new_one_is_used_and_it_was_quiet_for_a_day() {
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let now = at("2026-05-10T12:00:00Z").unwrap();
        let seen = |used_at| Seen {
            stands: true,
            used_at,
        };
        let gone = Seen {
            stands: false,
            used_at: at("2026-05-10T11:00:00Z"),
        };
        let (hour, two_days) = (at("2026-05-10T11:00:00Z"), at("2026-05-08T11:00:00Z"));
        for (old, new, step) in [
            (seen(hour), gone, RotationStep::NotMade),
            (seen(two_days), seen(None), RotationStep::Place),
            (seen(hour), seen(hour), RotationStep::Watch),
            (
                seen(at("2026-05-09T12:00:00Z")),
                seen(hour),
                RotationStep::Watch,
            ),
            (
                seen(at("2026-05-10T13:00:00Z")),
                seen(hour),
                RotationStep::Watch,
            ),
            (seen(two_days), seen(hour), RotationStep::Revoke),
            (seen(None), seen(hour), RotationStep::Revoke),
            (gone, seen(None), RotationStep::Over),
        ] {
            assert_eq!(rotation_step(old, new, now), step, "{old:?} {new:?}");
        }
    }
}
