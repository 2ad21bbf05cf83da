//! Hours, days and months of a time zone, as exact moments.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::{HOUR, later};

/// The most periods that one call makes: eleven years of hours.
pub const MAX_PERIODS: usize = 100_000;

/// The width of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// An hour of the zone's clock.
    Hour,
    /// From one midnight to the next; 23 to 25 hours where the clock is switched.
    Day,
    /// From the first of a month to the first of the next.
    Month,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// Its beginning, inclusive.
    pub start: Timestamp,
    /// Its end, exclusive.
    pub end: Timestamp,
    /// Whether it begins or ends at a midnight of UTC in place of the zone's own, because only
    /// daily samples are left of that time. The caller labels it so.
    pub utc: bool,
}

/// Why a range cannot be cut into periods.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// No zone has this name.
    #[error("there is no time zone {0:?}; give an IANA name such as Europe/Lisbon, or UTC")]
    Zone(String),
    /// More than [`MAX_PERIODS`].
    #[error(
        "the range has more than {MAX_PERIODS} periods; choose a shorter one, or wider periods"
    )]
    TooMany,
    /// A time outside of the years −9999 to 9999.
    #[error("the range reaches beyond the calendar")]
    Calendar,
}

/// The zone of an IANA name; `UTC` if the name is empty. Case does not matter.
pub fn zone(name: &str) -> Result<TimeZone, PeriodError> {
    match name.trim() {
        "" => Ok(TimeZone::UTC),
        name => TimeZone::get(name).map_err(|_| PeriodError::Zone(name.to_owned())),
    }
}

/// The periods of a zone that touch `[from, to)`: whole ones, in order, without a hole or an overlap;
/// none if the range is empty.
///
/// A day begins at the first moment of its date, which is not midnight where the clock jumps
/// over midnight. An hour ends where the clock's hour does or where the clock is switched, so a day with
/// a switch has 23 or 25 hours, or a half one (Lord Howe).
pub fn periods(
    from: Timestamp,
    to: Timestamp,
    by: By,
    zone: &TimeZone,
) -> Result<Vec<Period>, PeriodError> {
    cut(from, to, by, zone, |_| false)
}

/// The same, where `in_utc` says of a date whether it begins at midnight UTC for want of samples
/// nearer to the zone's own. The dates are those of the zone in either case.
pub(crate) fn cut(
    from: Timestamp,
    to: Timestamp,
    by: By,
    zone: &TimeZone,
    in_utc: impl Fn(Date) -> bool,
) -> Result<Vec<Period>, PeriodError> {
    let mut cut = Vec::new();
    if from >= to {
        return Ok(cut);
    }
    if by == By::Hour {
        let mut start = hour_start(from, zone)?;
        while start < to {
            let end = hour_end(start, zone);
            push(&mut cut, start, end, false)?;
            start = end;
        }
        return Ok(cut);
    }
    let mut date = zone.to_datetime(from).date();
    if by == By::Month {
        date = date.first_of_month();
    }
    // The zone's own midnight, and the one that counts.
    let begin = |date: Date| -> Result<(Timestamp, Timestamp), PeriodError> {
        let own = midnight(date, zone)?;
        let utc = midnight(date, &TimeZone::UTC)?;
        Ok((own, if in_utc(date) { utc } else { own }))
    };
    let mut start = begin(date)?;
    while start.0 < to {
        date = after(date, by)?;
        let end = begin(date)?;
        let utc = start.0 != start.1 || end.0 != end.1;
        push(&mut cut, start.1, end.1, utc)?;
        start = end;
    }
    Ok(cut)
}

fn push(
    cut: &mut Vec<Period>,
    start: Timestamp,
    end: Timestamp,
    utc: bool,
) -> Result<(), PeriodError> {
    if cut.len() == MAX_PERIODS {
        return Err(PeriodError::TooMany);
    }
    // A date that a zone never had (Samoa, 30 December 2011) is empty and left out.
    if start < end {
        cut.push(Period { start, end, utc });
    }
    Ok(())
}

/// The first moment of a date in a zone.
pub(crate) fn midnight(date: Date, zone: &TimeZone) -> Result<Timestamp, PeriodError> {
    zone.to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
        .map_err(|_| PeriodError::Calendar)
}

fn after(date: Date, by: By) -> Result<Date, PeriodError> {
    let last = if by == By::Month {
        date.last_of_month()
    } else {
        date
    };
    last.tomorrow().map_err(|_| PeriodError::Calendar)
}

/// The beginning of the clock's hour in which a moment lies, or the switch since.
fn hour_start(at: Timestamp, zone: &TimeZone) -> Result<Timestamp, PeriodError> {
    let clock = zone.to_datetime(at).time();
    let into =
        SignedDuration::from_secs(i64::from(clock.minute()) * 60 + i64::from(clock.second()))
            + SignedDuration::from_nanos(i64::from(clock.subsec_nanosecond()));
    let whole = at.checked_sub(into).map_err(|_| PeriodError::Calendar)?;
    Ok(switch_after(whole, zone)
        .filter(|switch| *switch <= at)
        .unwrap_or(whole))
}

fn hour_end(start: Timestamp, zone: &TimeZone) -> Timestamp {
    let clock = zone.to_datetime(start).time();
    let into = i64::from(clock.minute()) * 60 + i64::from(clock.second());
    let whole = later(start, HOUR - SignedDuration::from_secs(into));
    switch_after(start, zone)
        .filter(|switch| *switch < whole)
        .unwrap_or(whole)
}

/// The next moment at which the zone's clock is switched. Changes of the zone's name alone are none.
fn switch_after(at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let next = zone.following(at).next()?;
    let offset = zone.to_offset(later(next.timestamp(), SignedDuration::from_nanos(-1)));
    (next.offset() != offset).then(|| next.timestamp())
}
