//! Which part of a profile's audit log to ask for next. Pure.
//!
//! The API keeps six months and answers for seven days at most. The newest week comes first, since it is
//! what a person looks for; then the oldest that the API still has, since it is about to be gone; so on
//! from there. Afterwards, once a day, what is new.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use model::Timestamp;

/// The longest part that one query may span.
const WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Events of the last minutes may still be on their way into the log: they are asked for again.
const SETTLED: SignedDuration = SignedDuration::from_mins(5);

/// A part that has been archived, or is to be: from, until.
pub(crate) type Span = (Timestamp, Timestamp);

/// How urgent a part is; a smaller one comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Urgency {
    /// Of the newest week nothing is known.
    NewestWeek,
    /// New events since the log was archived.
    New,
    /// The oldest part that the API still has.
    Oldest,
}

/// A part to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) urgency: Urgency,
}

impl Window {
    /// The part of it that is archived once its events are here.
    pub(crate) fn covers(&self, now: Timestamp) -> Span {
        let settled = now.saturating_sub(SETTLED).unwrap_or(now);
        (self.from, self.until.min(settled))
    }
}

/// The next part to ask for, beside what is archived (disjoint, in order of time); `None` if all of it is
/// there and the newest is not older than `age`.
pub(crate) fn next(archived: &[Span], now: Timestamp, age: Duration) -> Option<Window> {
    let newest = archived.last().map(|(_, until)| *until);
    let week = now.saturating_sub(WINDOW).unwrap_or(now);
    let Some(newest) = newest.filter(|newest| *newest > week) else {
        return Some(Window {
            from: week,
            until: now,
            urgency: Urgency::NewestWeek,
        });
    };
    let since = now.duration_since(newest);
    // A clock that was set back makes nothing new.
    if since.is_positive() && since.unsigned_abs() >= age {
        return Some(Window {
            from: newest,
            until: now,
            urgency: Urgency::New,
        });
    }
    let (from, until) = gaps(archived, now).next()?;
    let longest = from.saturating_add(WINDOW).unwrap_or(until);
    Some(Window {
        from,
        until: until.min(longest),
        urgency: Urgency::Oldest,
    })
}

/// The parts that a time is asked for in, the newest first; what the API has no more of is left out.
pub(crate) fn parts(from: Timestamp, until: Timestamp, now: Timestamp) -> Vec<Span> {
    let (from, mut until) = (from.max(oldest(now)), until.min(now));
    let mut parts = Vec::new();
    while from < until {
        let longest = until.saturating_sub(WINDOW).unwrap_or(from);
        parts.push((from.max(longest), until));
        until = from.max(longest);
    }
    parts
}

/// The part of a part whose events are all in the log by now; `None` if that is nothing.
pub(crate) fn settled((from, until): Span, now: Timestamp) -> Option<Span> {
    let settled = now.saturating_sub(SETTLED).unwrap_or(now);
    let until = until.min(settled);
    (from < until).then_some((from, until))
}

/// How many queries it takes to archive all of it.
pub(crate) fn left(archived: &[Span], now: Timestamp) -> u32 {
    let queries = |from: Timestamp, until: Timestamp| {
        let seconds = until.duration_since(from).as_secs().max(0);
        u32::try_from((seconds + WINDOW.as_secs() - 1) / WINDOW.as_secs()).unwrap_or(0)
    };
    let gaps: u32 = gaps(archived, now)
        .map(|(from, until)| queries(from, until))
        .sum();
    let newest = archived
        .last()
        .map_or_else(|| oldest(now), |(_, until)| *until);
    gaps + queries(newest.max(oldest(now)), now)
}

/// What the API still has of a log and is not archived, oldest first, up to now.
pub(crate) fn missing(archived: &[Span], now: Timestamp) -> Vec<Span> {
    let newest = archived.last().map_or(Timestamp::MIN, |(_, until)| *until);
    let tail = (newest.max(oldest(now)), now);
    gaps(archived, now)
        .chain((tail.0 < tail.1).then_some(tail))
        .collect()
}

/// What is missing between the oldest that the API has and the newest that is archived, oldest first.
fn gaps(archived: &[Span], now: Timestamp) -> impl Iterator<Item = Span> {
    let mut reached = oldest(now);
    archived.iter().filter_map(move |(from, until)| {
        let gap = (reached, *from);
        reached = reached.max(*until);
        (gap.0 < gap.1).then_some(gap)
    })
}

/// The oldest that the API has: six months back.
fn oldest(now: Timestamp) -> Timestamp {
    now.to_zoned(TimeZone::UTC)
        .checked_sub(6.months())
        .map_or(Timestamp::MIN, |oldest| oldest.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    #[test]
    fn a_time_is_asked_for_in_parts_of_a_week_the_newest_first_as_far_as_it_is_kept() {
        let now = at("2026-11-22T13:20:00Z");
        let three = parts(at("2026-11-02T00:00:00Z"), at("2026-11-20T12:00:00Z"), now);
        let spans: Vec<_> = three
            .iter()
            .map(|(from, until)| (from.to_string(), until.to_string()))
            .collect();
        assert_eq!(
            spans,
            [
                ("2026-11-13T12:00:00Z", "2026-11-20T12:00:00Z"),
                ("2026-11-06T12:00:00Z", "2026-11-13T12:00:00Z"),
                ("2026-11-02T00:00:00Z", "2026-11-06T12:00:00Z"),
            ]
            .map(|(from, until)| (from.to_owned(), until.to_owned()))
        );
        let all = parts(Timestamp::MIN, Timestamp::MAX, now);
        assert_eq!(all.first().unwrap().1, now);
        assert_eq!(all.last().unwrap().0, at("2026-05-22T13:20:00Z"));
        assert!(all.windows(2).all(|two| two[0].0 == two[1].1));
        assert_eq!(parts(now, now, now), []);
        let last = settled((at("2026-11-22T00:00:00Z"), now), now);
        assert_eq!(last.unwrap().1, at("2026-11-22T13:15:00Z"));
        assert_eq!(settled((now, now), now), None);
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Adds a part to what is archived, as the store does.
    fn add(archived: &mut Vec<Span>, span: Span) {
        archived.push(span);
        archived.sort_unstable();
        let mut merged: Vec<Span> = Vec::new();
        for (from, until) in archived.drain(..) {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(until),
                _ => merged.push((from, until)),
            }
        }
        *archived = merged;
    }

    #[test]
    fn the_newest_week_comes_first_then_the_oldest_and_so_on_until_all_is_there() {
        let now = at("2026-11-24T12:00:00Z");
        let mut archived = Vec::new();
        let mut windows = Vec::new();
        while let Some(window) = next(&archived, now, DAY) {
            assert!(window.until.duration_since(window.from) <= WINDOW);
            add(&mut archived, window.covers(now));
            windows.push(window);
            assert!(windows.len() < 40, "it never ends");
        }
        assert_eq!(windows[0].urgency, Urgency::NewestWeek);
        assert_eq!(windows[0].from, at("2026-11-17T12:00:00Z"));
        assert_eq!(windows[1].from, at("2026-05-24T12:00:00Z"));
        assert!(
            windows[1..]
                .windows(2)
                .all(|pair| pair[0].until == pair[1].from)
        );
        assert_eq!(
            archived,
            [(at("2026-05-24T12:00:00Z"), at("2026-11-24T11:55:00Z"))]
        );
        assert_eq!(windows.len(), 27);
        assert_eq!(left(&[], now), 27);
        assert_eq!(left(&archived, now), 1, "the last five minutes");
    }

    #[test]
    fn a_day_later_only_what_is_new_is_asked_for() {
        let archived = [(at("2026-05-24T12:00:00Z"), at("2026-11-24T11:55:00Z"))];
        assert_eq!(next(&archived, at("2026-11-25T11:54:00Z"), DAY), None);
        let now = at("2026-11-25T11:55:00Z");
        let window = next(&archived, now, DAY).unwrap();
        assert_eq!(window.from, at("2026-11-24T11:55:00Z"));
        assert_eq!((window.until, window.urgency), (now, Urgency::New));
    }

    #[test]
    fn what_was_interrupted_goes_on_where_it_stopped() {
        let now = at("2026-11-24T12:00:00Z");
        let archived = [
            (at("2026-05-24T12:00:00Z"), at("2026-06-07T12:00:00Z")),
            (at("2026-07-01T00:00:00Z"), at("2026-07-03T00:00:00Z")),
            (at("2026-11-17T12:00:00Z"), at("2026-11-24T11:55:00Z")),
        ];
        let window = next(&archived, now, DAY).unwrap();
        assert_eq!(window.from, at("2026-06-07T12:00:00Z"));
        assert_eq!(window.until, at("2026-06-14T12:00:00Z"));
    }

    #[test]
    fn after_a_long_absence_the_newest_week_comes_first_again_and_what_is_gone_is_not_asked_for() {
        let archived = [(at("2025-11-01T00:00:00Z"), at("2026-01-01T00:00:00Z"))];
        let now = at("2026-11-24T12:00:00Z");
        let first = next(&archived, now, DAY).unwrap();
        assert_eq!(first.urgency, Urgency::NewestWeek);
        let mut archived = archived.to_vec();
        add(&mut archived, first.covers(now));
        let second = next(&archived, now, DAY).unwrap();
        assert_eq!(second.from, at("2026-05-24T12:00:00Z"));
    }

    #[test]
    fn a_clock_that_was_set_back_asks_for_nothing_new() {
        let archived = [(at("2026-05-01T12:00:00Z"), at("2026-11-24T11:55:00Z"))];
        assert_eq!(next(&archived, at("2026-11-24T09:00:00Z"), DAY), None);
    }
}
