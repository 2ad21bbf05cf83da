//! The billing cycle: when the counters go back to zero.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::{DAY, later};

/// The boundaries of an account's billing cycle, as far as they are known and continued by the month.
///
/// A cycle starts on the date *and hour* of the account's first paid upgrade; without a subscription it
/// is the calendar month, UTC. Starts that the API told are *known*. Those between and beyond them are
/// *continued*: the same day and time each month, clamped to the month's last day (31 January, 28
/// February, 31 March). A continued boundary may be wrong, as before the first upgrade, or where only the
/// owner sees the subscription; so [`crate::History`] gives it up where the samples
/// speak against it, and never gives up a known one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// Sorted by start; empty for calendar months.
    anchors: Vec<Anchor>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Anchor {
    start: Timestamp,
    /// The day of the month before clamping.
    day: i8,
}

/// A moment at which the counters go back to zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Boundary {
    /// When.
    pub at: Timestamp,
    /// Whether the API told it, rather than the calendar.
    pub known: bool,
}

impl Cycle {
    /// Calendar months of UTC: an account without a subscription, or one whose cycle nobody told.
    pub const fn calendar_month() -> Self {
        Self {
            anchors: Vec::new(),
        }
    }

    /// From every `current_cycle` that the API ever told, `(start, end)`, in any order. Only starts are
    /// known boundaries, since an end is a plan that a change of the subscription can overtake; it
    /// tells the day of the month where the start is clamped. No cycles at all give calendar months.
    pub fn of(cycles: impl IntoIterator<Item = (Timestamp, Option<Timestamp>)>) -> Self {
        let mut anchors: Vec<Anchor> = cycles
            .into_iter()
            .map(|(start, end)| {
                let first = TimeZone::UTC.to_datetime(start);
                let last_of_month = first.date().days_in_month() == first.day();
                let day = end
                    .map(|end| TimeZone::UTC.to_datetime(end))
                    .filter(|end| last_of_month && end.time() == first.time())
                    .map_or(first.day(), |end| end.day().max(first.day()));
                Anchor { start, day }
            })
            .collect();
        anchors.sort_by_key(|anchor| (anchor.start, std::cmp::Reverse(anchor.day)));
        anchors.dedup_by_key(|anchor| anchor.start);
        Self { anchors }
    }

    /// The boundaries after `after` and up to and including `until`, in order.
    pub fn boundaries(&self, after: Timestamp, until: Timestamp) -> Vec<Boundary> {
        let mut found = Vec::new();
        if self.anchors.is_empty() {
            let month = Anchor {
                start: Timestamp::UNIX_EPOCH,
                day: 1,
            };
            month.continued(after, until, |at| found.push(Boundary { at, known: false }));
            return found;
        }
        for (place, anchor) in self.anchors.iter().enumerate() {
            // The first anchor also continues into the past, the last into the future.
            let next = self.anchors.get(place + 1).map(|next| next.start);
            anchor.continued(after, until, |at| {
                if (place == 0 || at >= anchor.start) && next.is_none_or(|next| at < next) {
                    let known = at == anchor.start;
                    found.push(Boundary { at, known });
                }
            });
        }
        found
    }

    /// The cycle in which a moment lies: its start, inclusive, and its end. `None` only at the ends of time.
    pub fn containing(&self, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let near = self.boundaries(later(at, DAY * -40), later(at, DAY * 40));
        let start = near.iter().rfind(|boundary| boundary.at <= at)?;
        let end = near.iter().find(|boundary| boundary.at > at)?;
        Some((start.at, end.at))
    }
}

impl Anchor {
    /// Tells every month's boundary in `(after, until]`, in order.
    fn continued(self, after: Timestamp, until: Timestamp, mut tell: impl FnMut(Timestamp)) {
        let time = TimeZone::UTC.to_datetime(self.start).time();
        // One month early, because this month's boundary may lie before `after`.
        let Ok(mut month) = TimeZone::UTC
            .to_datetime(after)
            .date()
            .first_of_month()
            .yesterday()
        else {
            return;
        };
        while month.first_of_month() <= TimeZone::UTC.to_datetime(until).date() {
            if let Some(at) = self.in_month(month, time)
                && at > after
                && at <= until
            {
                tell(at);
            }
            match month.last_of_month().tomorrow() {
                Ok(next) => month = next,
                Err(_) => return,
            }
        }
    }

    fn in_month(self, month: Date, time: Time) -> Option<Timestamp> {
        let day = self.day.min(month.days_in_month());
        let date = Date::new(month.year(), month.month(), day).ok()?;
        TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn starts(cycle: &Cycle, after: &str, until: &str) -> Vec<String> {
        let found = cycle.boundaries(at(after), at(until));
        found.iter().map(|found| found.at.to_string()).collect()
    }

    #[test]
    fn a_cycle_that_starts_on_the_31st_is_clamped_and_comes_back() {
        let cycle = Cycle::of([(at("2024-01-31T14:00:00Z"), None)]);
        assert_eq!(
            starts(&cycle, "2023-11-01T00:00:00Z", "2024-04-01T00:00:00Z"),
            [
                "2023-11-30T14:00:00Z",
                "2023-12-31T14:00:00Z",
                "2024-01-31T14:00:00Z",
                "2024-02-29T14:00:00Z",
                "2024-03-31T14:00:00Z",
            ]
        );
        let found = cycle.boundaries(at("2024-01-01T00:00:00Z"), at("2024-03-01T00:00:00Z"));
        assert_eq!(
            found.iter().map(|one| one.known).collect::<Vec<_>>(),
            [true, false]
        );
    }

    #[test]
    fn a_clamped_start_learns_its_day_from_the_cycles_end() {
        let cycle = Cycle::of([(at("2025-02-28T09:00:00Z"), Some(at("2025-03-31T09:00:00Z")))]);
        assert_eq!(
            starts(&cycle, "2025-01-01T00:00:00Z", "2025-05-01T00:00:00Z"),
            [
                "2025-01-31T09:00:00Z",
                "2025-02-28T09:00:00Z",
                "2025-03-31T09:00:00Z",
                "2025-04-30T09:00:00Z",
            ]
        );
    }

    #[test]
    fn an_end_just_before_the_next_start_does_not_move_the_day() {
        let cycle = Cycle::of([(at("2025-04-30T00:00:00Z"), Some(at("2025-05-29T23:59:59Z")))]);
        assert_eq!(
            starts(&cycle, "2025-05-01T00:00:00Z", "2025-06-01T00:00:00Z"),
            ["2025-05-30T00:00:00Z"]
        );
    }

    #[test]
    fn a_later_known_start_takes_over_from_the_one_before() {
        let cycle = Cycle::of([
            (at("2025-03-20T10:00:00Z"), None),
            (at("2025-01-10T08:00:00Z"), None),
            (at("2025-01-10T08:00:00Z"), None),
        ]);
        assert_eq!(
            starts(&cycle, "2024-12-01T00:00:00Z", "2025-05-01T00:00:00Z"),
            [
                "2024-12-10T08:00:00Z",
                "2025-01-10T08:00:00Z",
                "2025-02-10T08:00:00Z",
                "2025-03-10T08:00:00Z",
                "2025-03-20T10:00:00Z",
                "2025-04-20T10:00:00Z",
            ]
        );
    }

    #[test]
    fn without_a_subscription_the_cycle_is_the_calendar_month_of_utc() {
        let cycle = Cycle::of([]);
        assert_eq!(cycle, Cycle::calendar_month());
        assert_eq!(
            cycle.containing(at("2024-02-29T23:59:59Z")),
            Some((at("2024-02-01T00:00:00Z"), at("2024-03-01T00:00:00Z")))
        );
        assert_eq!(
            cycle.containing(at("2024-03-01T00:00:00Z")),
            Some((at("2024-03-01T00:00:00Z"), at("2024-04-01T00:00:00Z")))
        );
        let found = cycle.boundaries(at("2024-02-01T00:00:00Z"), at("2024-03-01T00:00:00Z"));
        assert_eq!(
            found,
            [Boundary {
                at: at("2024-03-01T00:00:00Z"),
                known: false
            }]
        );
    }
}
